/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/summary.h"

#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/escape.h"
#include "reports/number.h"
#include "reports/prose.h"
#include "reports/summary_p.h"

static void
copy_text(struct ks_buf *buf, const struct ks_value *value, bool unicode)
{
	if (value->type == KS_VALUE_TEXT)
		ks_escape_terminal(buf, value->text, value->n_text, unicode);
}

static void
take_row(struct ks_summary *summary, const struct ks_rows *rows)
{
	const bool unicode = summary->document->request->unicode;
	const struct {
		const char *name;
		struct ks_value *ret;
	} numbers[] = {
		{"packets", &summary->packets},
		{"dns_messages", &summary->dns_messages},
		{"queries", &summary->queries},
		{"responses", &summary->responses},
		{"sources", &summary->sources},
		{"zones", &summary->zones},
		{"dnskey_queries", &summary->dnskey_queries},
		{"dnskey_share", &summary->dnskey_share},
		{"storms", &summary->storms},
		{"offenders", &summary->offenders},
		{"heavy_hitters", &summary->heavy_hitters},
		{"lead_db", &summary->lead_db},
	};
	for (size_t i = 0; i < KS_COUNT(numbers); i++) {
		struct ks_value value = ks_column_value(rows, numbers[i].name);
		if (value.type == KS_VALUE_TEXT) /* its bytes die with the row, and it is no number */
			value = (struct ks_value){.type = KS_VALUE_NULL};
		*numbers[i].ret = value;
	}
	struct ks_value text = ks_column_value(rows, "verdict");
	copy_text(&summary->verdict, &text, unicode);
	text = ks_column_value(rows, "to_decide");
	copy_text(&summary->to_decide, &text, unicode);
	text = ks_column_value(rows, "next_milestone");
	copy_text(&summary->milestone, &text, unicode);
}

static enum ks_error
read_row(struct ks_summary *summary, struct ks_diag *diag)
{
	struct ks_rows *rows;
	enum ks_error error =
		ks_rows_open(summary->store, "summary", &summary->document->request->query, &rows, diag);
	if (error != KS_SUCCESS)
		return error;
	bool have = false;
	error = ks_rows_next(rows, &have, diag);
	if (error == KS_SUCCESS && have)
		take_row(summary, rows);
	ks_rows_close(rows);
	return error;
}

static double
number(const struct ks_value *value)
{
	return ks_column_number(value, NAN);
}

static void
put_count(struct ks_buf *buf, const struct ks_value *value, const char *one, const char *many)
{
	static const struct ks_column count = {.kind = KS_COLUMN_COUNT};
	if (value->type == KS_VALUE_NULL)
		ks_buf_text(buf, "an unknown number of");
	else
		ks_column_print(buf, &count, value, /* unicode= */ false);
	const bool single = value->type == KS_VALUE_INT && value->integer == 1;
	ks_buf_printf(buf, " %s", single ? one : many);
}

/* "DNSKEY is 3.10 % of the queries, 12.3 q/s on average." */
static void
put_load(struct ks_buf *buf, const struct ks_summary *summary)
{
	const struct ks_store_head *head = summary->document->head;
	const double share = number(&summary->dnskey_share), queries = number(&summary->dnskey_queries);
	const double span = head->has_span ? ((double)head->last_ns - (double)head->first_ns) / 1e9 : 0;
	if (!isfinite(queries))
		return;
	if (!(number(&summary->queries) > 0) && number(&summary->responses) > 0) {
		ks_buf_text(buf,
			    "Only responses were captured: who asks for DNSKEY, and how often, is unknown.");
		return;
	}
	if (queries <= 0) {
		ks_buf_text(buf, "Nobody asked for DNSKEY.");
		return;
	}
	ks_buf_text(buf, "DNSKEY is ");
	if (isfinite(share)) {
		ks_number_share(buf, share);
		ks_buf_text(buf, " of the queries, ");
	}
	if (span > 0) {
		ks_number_scaled(buf, queries / span, /* whole= */ false, "");
		ks_buf_text(buf, " q/s on average.");
	} else {
		put_count(buf, &summary->dnskey_queries, "query.", "queries.");
	}
}

static void
put_verdict(struct ks_buf *buf, const struct ks_summary *summary)
{
	if (summary->verdict.n == 0)
		return;
	ks_buf_text(buf, " Verdict: ");
	ks_buf_text(buf, ks_buf_string(&summary->verdict));
	if (isfinite(number(&summary->lead_db))) {
		ks_buf_text(buf, " (lead ");
		ks_number_scaled(buf, number(&summary->lead_db), /* whole= */ false, "");
		ks_buf_text(buf, " dB)");
	}
	ks_buf_text(buf, ".");
	/* The name says of what, not of whom. */
	if (strcmp(ks_buf_string(&summary->verdict), "clock-skew") == 0)
		ks_buf_text(buf, " The clock of those who ask is wrong: they ask again for several unrelated "
				 "zones, to "
				 "none of which anything happened.");
	if (summary->to_decide.n > 0)
		ks_buf_printf(buf, " To decide, capture: %s.", ks_buf_string(&summary->to_decide));
}

/* Folded first: an escape sequence has no width. */
static void
put_toned(struct ks_buf *buf, const struct ks_summary *summary, enum ks_tone tone, const char *text,
	  const char *stops)
{
	struct ks_buf folded = {0};
	ks_prose_fold(&folded, "", text, summary->document->request->width);
	ks_prose_tone(buf, summary->document, tone, ks_buf_string(&folded), stops);
	buf->failed |= folded.failed;
	ks_buf_done(&folded);
}

static void
put_answer(struct ks_buf *buf, const struct ks_summary *summary)
{
	struct ks_buf text = {0};
	const size_t named = summary->n_storms < KS_SUMMARY_TOP ? summary->n_storms : KS_SUMMARY_TOP;
	for (size_t i = 0; i < named; i++)
		put_toned(buf, summary, KS_TONE_BAD, ks_buf_string(&summary->storm[i]), ",\n");
	if (summary->n_storms > named)
		ks_buf_printf(&text, "%zu more, weaker (keystorm report storms). ",
			      summary->n_storms - named);
	if (summary->n_storms == 0 && isfinite(number(&summary->storms))) {
		const bool silent = !(number(&summary->dns_messages) > 0);
		ks_buf_text(&text, silent ? "No DNS message was read, so nothing can be said about storms."
					  : "No storm: no zone's DNSKEY rate rose above its own base. ");
		if (!silent)
			put_load(&text, summary);
	} else {
		put_load(&text, summary);
	}
	put_verdict(&text, summary);
	if (text.n > 0 && summary->n_storms == 0)
		put_toned(buf, summary, KS_TONE_GOOD, ks_buf_string(&text), ":,\n");
	else if (text.n > 0)
		ks_prose_fold(buf, "", ks_buf_string(&text), summary->document->request->width);
	buf->failed |= text.failed;
	ks_buf_done(&text);
}

/* "2 of 20 sources ask"; a share is worth little without what it is a share of. */
static void
put_part(struct ks_buf *buf, const struct ks_summary *summary, const struct ks_value *part, const char *one,
	 const char *many)
{
	const bool known = number(&summary->sources) > 0;
	const bool single = part->type == KS_VALUE_INT && part->integer == 1;
	put_count(buf, part, known ? "of" : one, known ? "of" : many);
	if (!known)
		return;
	ks_buf_text(buf, " ");
	put_count(buf, &summary->sources, one, single ? "sources asks" : many);
}

static void
put_share(struct ks_buf *buf, const struct ks_summary *summary, const struct ks_value *part,
	  const char *before)
{
	if (!(number(&summary->sources) > 0) || !isfinite(number(part)))
		return;
	ks_buf_text(buf, before);
	ks_number_share(buf, number(part) / number(&summary->sources));
}

static void
put_senders(struct ks_buf *text, const struct ks_summary *summary)
{
	if (!(number(&summary->dnskey_queries) > 0))
		return;
	if (!isfinite(number(&summary->offenders))) {
		ks_buf_text(text,
			    "Who asks again for keys just delivered is unknown: answers were not captured.");
	} else if (number(&summary->offenders) > 0) {
		put_part(text, summary, &summary->offenders, "source asks", "sources ask");
		ks_buf_text(text, " again for keys just delivered (offenders");
		put_share(text, summary, &summary->offenders, ", ");
		ks_buf_text(text, "); ");
		put_count(text, &summary->heavy_hitters, "of them is a heavy hitter", "are heavy hitters");
		put_share(text, summary, &summary->heavy_hitters, ", ");
		ks_buf_text(text, ".");
	} else {
		ks_buf_text(text, "No source asks again and again for keys just delivered.");
	}
	if (summary->top.n > 0) {
		ks_buf_text(text, " Most DNSKEY queries come from ");
		ks_buf_text(text, ks_buf_string(&summary->top));
		ks_buf_text(text, ".");
	}
}

static void
put_counts(struct ks_buf *text, const struct ks_summary *summary)
{
	put_count(text, &summary->packets, "packet", "packets");
	ks_buf_text(text, " with ");
	put_count(text, &summary->dns_messages, "DNS message: ", "DNS messages: ");
	put_count(text, &summary->queries, "query, ", "queries, ");
	put_count(text, &summary->responses, "response; ", "responses; ");
	put_count(text, &summary->sources, "source, ", "sources, ");
	put_count(text, &summary->zones, "zone.", "zones.");
}

/* A sentence of its own on a line of its own, folded. */
static void
put_folded(struct ks_buf *buf, const struct ks_summary *summary, const char *label,
	   void (*put)(struct ks_buf *, const struct ks_summary *))
{
	struct ks_buf text = {0};
	put(&text, summary);
	if (text.n > 0)
		ks_prose_fold(buf, label, ks_buf_string(&text), summary->document->request->width);
	buf->failed |= text.failed;
	ks_buf_done(&text);
}

static void
put_not_counted(struct ks_buf *buf, const struct ks_summary *summary)
{
	if (summary->refused.n > 0)
		ks_prose_fold(buf, "not counted: ", ks_buf_string(&summary->refused),
			      summary->document->request->width);
}

static void
put_next(struct ks_buf *buf, const struct ks_summary *summary)
{
	const struct ks_document *document = summary->document;
	if (summary->offender.n > 0) {
		struct ks_buf args = {0};
		ks_buf_text(&args, "sequence --source ");
		ks_buf_text(&args, ks_buf_string(&summary->offender));
		if (summary->n_storms > 0) {
			ks_prose_command(buf, document, "next: ", "diagnosis");
			ks_prose_command(buf, document, "      ", "hitters");
		} else {
			ks_prose_command(buf, document, "next: ", "hitters");
		}
		ks_prose_command(buf, document, "      ", ks_buf_string(&args));
		if (summary->n_storms > 0)
			ks_prose_remedy(buf, document, "      ", ks_buf_string(&summary->verdict));
		buf->failed |= args.failed;
		ks_buf_done(&args);
		return;
	}
	const bool silent = !(number(&summary->dns_messages) > 0);
	ks_prose_command(buf, document, "next: ", silent ? "quality" : "qtypes --step all");
}

static void
put_all(struct ks_buf *buf, const struct ks_summary *summary)
{
	ks_prose_head(buf, summary->document);
	ks_buf_put(buf, "\n", 1);
	put_answer(buf, summary);
	put_folded(buf, summary, "", put_senders);
	if (summary->expired.n > 0)
		ks_prose_fold(buf, "", ks_buf_string(&summary->expired), summary->document->request->width);
	if (summary->chart.n > 0) {
		ks_buf_put(buf, "\n", 1);
		ks_buf_text(buf, ks_buf_string(&summary->chart));
	}
	ks_buf_put(buf, "\n", 1);
	put_folded(buf, summary, "counted: ", put_counts);
	put_not_counted(buf, summary);
	ks_prose_caveats(buf, summary->document);
	if (summary->milestone.n > 0)
		ks_prose_fold(buf, "next milestone: ", ks_buf_string(&summary->milestone),
			      summary->document->request->width);
	put_next(buf, summary);
}

/* Release everything; true when some part had no memory. */
static bool
done(struct ks_summary *summary)
{
	struct ks_buf *const parts[] = {&summary->verdict, &summary->to_decide, &summary->milestone,
					&summary->top,     &summary->offender,  &summary->chart,
					&summary->refused, &summary->strongest, &summary->expired};
	bool failed = false;
	for (size_t i = 0; i < KS_COUNT(parts); i++) {
		failed |= parts[i]->failed;
		ks_buf_done(parts[i]);
	}
	for (size_t i = 0; i < KS_SUMMARY_TOP; i++) {
		failed |= summary->storm[i].failed;
		ks_buf_done(&summary->storm[i]);
	}
	return failed;
}

/* All but the chart. */
static enum ks_error
read_words(struct ks_summary *summary, struct ks_diag *diag)
{
	static enum ks_error (*const parts[])(struct ks_summary *, struct ks_diag *) = {
		read_row,
		ks_summary_read_storms,
		ks_summary_read_hitters,
		ks_summary_read_quality,
		ks_summary_read_expired,
	};
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; error == KS_SUCCESS && i < KS_COUNT(parts); i++)
		error = parts[i](summary, diag);
	return error;
}

enum ks_error
ks_summary_write(struct ks_store *store, const struct ks_document *document, struct ks_diag *diag)
{
	struct ks_summary summary = {.store = store, .document = document};
	enum ks_error error = ks_store_share(store, KS_SHARE_SUMMARY, diag);
	struct ks_buf buf = {0};
	if (error == KS_SUCCESS)
		error = read_words(&summary, diag);
	if (error == KS_SUCCESS)
		error = ks_summary_read_chart(&summary, diag);
	if (error == KS_SUCCESS)
		put_all(&buf, &summary);
	buf.failed |= done(&summary);
	if (error == KS_SUCCESS)
		error = ks_buf_flush(&buf, document->request->out, diag);
	ks_buf_done(&buf);
	return error;
}

static void
put_headline(struct ks_buf *buf, const struct ks_summary *summary)
{
	if (!(number(&summary->dns_messages) > 0))
		ks_buf_text(buf, "No DNS message was read");
	else if (summary->n_storms == 0)
		ks_buf_text(buf, isfinite(number(&summary->storms)) ? "No DNSKEY storm"
								    : "Storms were not looked for");
	else if (summary->n_storms == 1)
		ks_buf_text(buf, "DNSKEY storm on ");
	else
		ks_buf_printf(buf, "%zu DNSKEY storms, the strongest on ", summary->n_storms);
	ks_buf_text(buf, ks_buf_string(&summary->strongest));
}

static void
put_prose(struct ks_summary_prose *prose, const struct ks_summary *summary)
{
	prose->has_storm = summary->n_storms > 0;
	put_headline(&prose->headline, summary);
	for (size_t i = 0; i < summary->n_storms && i < KS_SUMMARY_TOP; i++) {
		ks_buf_text(&prose->storms, ks_buf_string(&summary->storm[i]));
		ks_buf_put(&prose->storms, "\n", 1);
	}
	put_load(&prose->load, summary);
	put_verdict(&prose->verdict, summary);
	put_senders(&prose->senders, summary);
	if (summary->expired.n > 0)
		ks_buf_printf(&prose->senders, "\n%s", ks_buf_string(&summary->expired));
	put_counts(&prose->counted, summary);
	ks_buf_text(&prose->refused, ks_buf_string(&summary->refused));
	ks_buf_text(&prose->milestone, ks_buf_string(&summary->milestone));
}

enum ks_error
ks_summary_read_prose(struct ks_store *store, const struct ks_document *document,
		      struct ks_summary_prose *ret, struct ks_diag *diag)
{
	struct ks_summary summary = {.store = store, .document = document};
	const enum ks_error error = read_words(&summary, diag);
	if (error == KS_SUCCESS)
		put_prose(ret, &summary);
	ret->headline.failed |= done(&summary);
	return error;
}

void
ks_summary_prose_done(struct ks_summary_prose *prose)
{
	struct ks_buf *const parts[] = {&prose->headline, &prose->storms,   &prose->load,
					&prose->verdict,  &prose->senders,  &prose->counted,
					&prose->refused,  &prose->milestone};
	for (size_t i = 0; i < KS_COUNT(parts); i++)
		ks_buf_done(parts[i]);
}
