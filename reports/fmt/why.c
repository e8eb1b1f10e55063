/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/fmt/why.c -- report diagnosis for people: a storm or source after the other, each with its
 * explanations in order, what made their sums, and what would tell more. The rows are eight explanations
 * times eighteen kinds of evidence; here each explanation is a line. */
#include "reports/fmt/why.h"

#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/each.h"
#include "reports/number.h"
#include "reports/prose.h"
#include "reports/summary.h"

enum { SUBJECTS = 5, LACKING = 3 };

struct why {
	const struct ks_document *document;
	struct ks_buf buf, subject, label,
		list;           /* `list`: the evidence of the explanation that `label` begins */
	struct ks_buf meanings; /* lines that say what the evidence of the first one is */
	struct ks_buf lacking[LACKING];
	struct ks_buf verdict;
	int64_t limit, n, rank;
	int64_t n_all; /* subjects, of which the rows of `n` came */
};

static struct ks_value
text_of(const struct ks_rows *rows, const char *name)
{
	const struct ks_value value = ks_column_value(rows, name);
	return value.type == KS_VALUE_TEXT ? value : (struct ks_value){.type = KS_VALUE_NULL};
}

static void
put(struct why *why, struct ks_buf *buf, const struct ks_rows *rows, const char *name)
{
	const struct ks_column column = ks_column_of(name);
	const struct ks_value value = ks_column_value(rows, name);
	ks_column_print(buf, &column, &value, why->document->request->unicode);
}

/* --- ends --- */

static void
end_hypothesis(struct why *why)
{
	if (why->label.n > 0)
		ks_prose_fold(&why->buf, ks_buf_string(&why->label),
			      why->list.n > 0 ? ks_buf_string(&why->list) : "nothing for or against",
			      why->document->request->width);
	ks_buf_clear(&why->label);
	ks_buf_clear(&why->list);
}

static void
end_subject(struct why *why)
{
	struct ks_buf lacking = {0};
	end_hypothesis(why);
	if (why->meanings.n > 0)
		ks_buf_put(&why->buf, "\n", 1);
	ks_buf_text(&why->buf, ks_buf_string(&why->meanings));
	ks_buf_clear(&why->meanings);
	for (size_t i = 0; i < LACKING; i++) {
		if (why->lacking[i].n > 0)
			ks_buf_printf(&lacking, "%s%s", lacking.n == 0 ? "" : "; ",
				      ks_buf_string(&why->lacking[i]));
		ks_buf_clear(&why->lacking[i]);
	}
	if (lacking.n > 0)
		ks_prose_fold(&why->buf, "to know more, capture: ", ks_buf_string(&lacking),
			      why->document->request->width);
	why->buf.failed |= lacking.failed;
	ks_buf_done(&lacking);
}

/* --- beginnings --- */

static void
put_subject(struct why *why, struct ks_buf *buf, const struct ks_rows *rows)
{
	const bool unicode = why->document->request->unicode;
	const struct ks_value zone = ks_column_value(rows, "zone"), start = text_of(rows, "start");
	if (text_of(rows, "source").type == KS_VALUE_TEXT) {
		put(why, buf, rows, "source");
		ks_buf_text(buf, " asking for ");
		ks_summary_put_zone(buf, &zone, unicode);
		return;
	}
	ks_buf_text(buf, "Storm on ");
	ks_summary_put_zone(buf, &zone, unicode);
	ks_buf_text(buf, start.type == KS_VALUE_TEXT ? ", since " : ", on before the capture");
	ks_buf_put(buf, start.text, start.n_text);
}

static void
begin_subject(struct why *why, const struct ks_rows *rows)
{
	struct ks_buf text = {0}, folded = {0}, name = {0};
	const struct ks_value verdict = text_of(rows, "verdict");
	const double lead = ks_each_number(rows, "lead_db");
	ks_buf_put(&why->buf, "\n", 1);
	put_subject(why, &text, rows);
	ks_buf_text(&text, ": ");
	const size_t at = text.n;
	if (verdict.type == KS_VALUE_TEXT)
		put(why, &text, rows, "verdict");
	else
		ks_buf_text(&text, "undetermined");
	ks_buf_text(&name, ks_buf_string(&text) + at);
	const struct ks_value above = ks_column_value(rows, "inherited_from");
	if (above.type == KS_VALUE_TEXT) {
		ks_buf_text(&text, ", as at ");
		ks_summary_put_zone(&text, &above, why->document->request->unicode);
		ks_buf_text(&text, " above");
	} else if (isfinite(lead)) {
		ks_prose_lead(&text, ks_buf_string(&name), lead);
	}
	ks_buf_text(&text, ".");
	ks_prose_fold(&folded, "", ks_buf_string(&text), why->document->request->width);
	ks_prose_tone(&why->buf, why->document, KS_TONE_HEAD, ks_buf_string(&folded), "\n");
	const char *const note = ks_prose_verdict_note(ks_buf_string(&name));
	if (note != NULL)
		ks_prose_fold(&why->buf, "", note, why->document->request->width);
	ks_buf_text(&why->buf, "sum dB  explanation         for and against, dB\n");
	why->buf.failed |= text.failed || folded.failed || name.failed;
	ks_buf_done(&name);
	ks_buf_done(&text);
	ks_buf_done(&folded);
}

static void
begin_hypothesis(struct why *why, const struct ks_rows *rows)
{
	struct ks_buf sum = {0}, name = {0};
	end_hypothesis(why);
	put(why, &sum, rows, "sum_db");
	put(why, &name, rows, "hypothesis");
	ks_buf_printf(&why->label, "%6s  %-18s  ", ks_buf_string(&sum), ks_buf_string(&name));
	why->label.failed |= sum.failed || name.failed;
	ks_buf_done(&sum);
	ks_buf_done(&name);
}

/* --- evidence --- */

/* "after-event 8.00, zone-bad (absent) 5.00" */
static void
put_weight(struct why *why, const struct ks_rows *rows, double weight)
{
	ks_buf_text(&why->list, why->list.n == 0 ? "" : ", ");
	put(why, &why->list, rows, "evidence");
	if (ks_each_is(rows, "state", "absent"))
		ks_buf_text(&why->list, " (absent)");
	ks_buf_text(&why->list, weight > 0 ? " +" : " ");
	put(why, &why->list, rows, "weight_db");
}

static void
put_meaning(struct why *why, const struct ks_rows *rows)
{
	struct ks_buf label = {0}, text = {0};
	put(why, &label, rows, "evidence");
	ks_buf_text(&label, ": ");
	put(why, &text, rows, "meaning");
	ks_buf_text(&text, " (report ");
	put(why, &text, rows, "shown_in");
	ks_buf_text(&text, ")");
	ks_prose_fold(&why->meanings, ks_buf_string(&label), ks_buf_string(&text),
		      why->document->request->width);
	why->meanings.failed |= label.failed || text.failed;
	ks_buf_done(&label);
	ks_buf_done(&text);
}

static void
note_lacking(struct why *why, const struct ks_rows *rows)
{
	const struct ks_value place = ks_column_value(rows, "missing");
	if (place.type != KS_VALUE_INT || place.integer < 1 || place.integer > LACKING)
		return;
	ks_buf_clear(&why->lacking[place.integer - 1]);
	put(why, &why->lacking[place.integer - 1], rows, "decided_by");
}

/* A subject is known by how it is called. */
static bool
is_new(struct why *why, const struct ks_rows *rows)
{
	struct ks_buf name = {0};
	put_subject(why, &name, rows);
	const bool same = strcmp(ks_buf_string(&name), ks_buf_string(&why->subject)) == 0;
	ks_buf_done(&why->subject);
	why->subject = name;
	return !same;
}

static bool
see_row(void *arg, const struct ks_rows *rows)
{
	struct why *const why = arg;
	const int64_t rank = (int64_t)ks_each_number(rows, "rank");
	const double weight = ks_each_number(rows, "weight_db");
	if (is_new(why, rows)) {
		end_subject(why);
		why->rank = 0;
		if (why->n++ < why->limit)
			begin_subject(why, rows);
		if (why->n == 1)
			put(why, &why->verdict, rows, "verdict");
	}
	if (why->n > why->limit)
		return true;
	if (rank != why->rank)
		begin_hypothesis(why, rows);
	why->rank = rank;
	if (weight > 0 || weight < 0) {
		put_weight(why, rows, weight);
		if (rank == 1)
			put_meaning(why, rows);
	}
	if (rank == 1)
		note_lacking(why, rows);
	return true;
}

/* --- the whole --- */

static void
put_next(struct why *why)
{
	const struct ks_document *const document = why->document;
	ks_prose_caveats(&why->buf, document);
	if (why->n == 0) {
		ks_prose_command(&why->buf, document, "next: ", document->report->next_empty);
		return;
	}
	ks_prose_command(&why->buf, document, "next: ", document->report->next);
	ks_prose_remedy(&why->buf, document, "      ", ks_buf_string(&why->verdict));
}

static void
put_end(struct why *why)
{
	end_subject(why);
	ks_buf_put(&why->buf, "\n", 1);
	if (why->n == 0)
		ks_prose_fold(&why->buf, "", why->document->report->empty, why->document->request->width);
	if (why->n_all > why->limit)
		ks_buf_printf(&why->buf, "%lld of %lld storms and sources; --limit N or all shows more\n",
			      (long long)why->limit, (long long)why->n_all);
	put_next(why);
}

/* How many subjects there are: the rows of those that are not shown were not asked for, unless the query
 * chooses by source or ranks, for then nobody but the rows can tell. */
static enum ks_error
count(struct ks_store *store, const struct ks_query *query, struct why *why, struct ks_diag *diag)
{
	struct ks_subject_count subjects = {0};
	why->n_all = why->n;
	if (query->has_source || query->by != NULL)
		return KS_SUCCESS;
	const enum ks_error error = ks_store_count_subjects(store, query, &subjects, diag);
	why->n_all = subjects.storms + subjects.sources;
	return error;
}

enum ks_error
ks_why_write(struct ks_store *store, const struct ks_document *document, struct ks_diag *diag)
{
	struct ks_query query = document->request->query;
	struct why why = {.document = document, .limit = query.limit == 0 ? SUBJECTS : query.limit};
	if (query.limit < 0)
		why.limit = INT64_MAX;
	query.n_subjects = query.limit < 0 ? 0 : why.limit;
	query.limit = -1;
	ks_prose_head(&why.buf, document);
	enum ks_error error = ks_each_row(store, "diagnosis", &query, see_row, &why, diag);
	if (error == KS_SUCCESS)
		error = count(store, &query, &why, diag);
	if (error == KS_SUCCESS)
		put_end(&why);
	struct ks_buf *const parts[] = {&why.subject,    &why.label,      &why.list,       &why.meanings,
					&why.lacking[0], &why.lacking[1], &why.lacking[2], &why.verdict};
	for (size_t i = 0; i < KS_COUNT(parts); i++) {
		why.buf.failed |= parts[i]->failed;
		ks_buf_done(parts[i]);
	}
	if (error == KS_SUCCESS)
		error = ks_buf_flush(&why.buf, document->request->out, diag);
	ks_buf_done(&why.buf);
	return error;
}
