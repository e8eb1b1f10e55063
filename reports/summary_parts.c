/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The questions behind the summary. See summary.c for what becomes of the answers. */
#include <math.h>
#include <string.h>

#include "reports/chart.h"
#include "reports/columns.h"
#include "reports/escape.h"
#include "reports/number.h"
#include "reports/summary.h"
#include "reports/summary_p.h"

/* Called for each row; false ends the reading. */
typedef bool row_fn(void *arg, const struct ks_rows *rows);

static enum ks_error
each_row(const struct ks_summary *summary, const char *name, int64_t limit, row_fn *fn, void *arg,
	 struct ks_diag *diag)
{
	const struct ks_query query = {.limit = limit};
	struct ks_rows *rows;
	enum ks_error error = ks_rows_open(summary->store, name, &query, &rows, diag);
	if (error != KS_SUCCESS)
		return error;
	for (;;) {
		bool have = false;
		error = ks_rows_next(rows, &have, diag);
		if (error != KS_SUCCESS || !have || !fn(arg, rows))
			break;
	}
	ks_rows_close(rows);
	return error;
}

static bool
is_text(const struct ks_value *value, const char *text)
{
	return value->type == KS_VALUE_TEXT && value->n_text == strlen(text) &&
	       memcmp(value->text, text, value->n_text) == 0;
}

void
ks_summary_put_zone(struct ks_buf *buf, const struct ks_value *zone, bool unicode)
{
	if (is_text(zone, "."))
		ks_buf_text(buf, "the root zone (.)");
	else {
		ks_buf_text(buf, "zone ");
		ks_escape_terminal(buf, zone->type == KS_VALUE_TEXT ? zone->text : "?",
				   zone->type == KS_VALUE_TEXT ? zone->n_text : 1, unicode);
	}
}

/* --- storms --- */

/* Keep the strongest few by peak rate; of equals the store's order. */
static bool
see_storm(void *arg, const struct ks_rows *rows)
{
	struct ks_summary *summary = arg;
	const struct ks_value value = ks_column_value(rows, "peak_qps");
	const double peak = ks_column_number(&value, 0);
	size_t place = summary->n_storms < KS_SUMMARY_TOP ? summary->n_storms : KS_SUMMARY_TOP;
	summary->n_storms++;
	while (place > 0 && peak > summary->storm_peak[place - 1])
		place--;
	if (place == KS_SUMMARY_TOP)
		return true;
	struct ks_buf spare = summary->storm[KS_SUMMARY_TOP - 1];
	for (size_t i = KS_SUMMARY_TOP - 1; i > place; i--) {
		summary->storm[i] = summary->storm[i - 1];
		summary->storm_peak[i] = summary->storm_peak[i - 1];
	}
	ks_buf_clear(&spare);
	ks_summary_put_storm(&spare, rows, summary->document->request->unicode);
	summary->storm[place] = spare;
	if (place == 0) {
		const struct ks_value zone = ks_column_value(rows, "zone");
		ks_buf_clear(&summary->strongest);
		ks_summary_put_zone(&summary->strongest, &zone, summary->document->request->unicode);
	}
	summary->storm_peak[place] = peak;
	return true;
}

enum ks_error
ks_summary_read_storms(struct ks_summary *summary, struct ks_diag *diag)
{
	return each_row(summary, "storms", -1, see_storm, summary, diag);
}

/* --- who sends --- */

struct hitters {
	struct ks_summary *summary;
	size_t n;
	char named[KS_SUMMARY_TOP][KS_ADDR_TEXT]; /* a source may stand in the list with several zones */
	bool found; /* the offender is one by its requery ratio, not only the first of the list */
};

static bool
is_named(const struct hitters *hitters, const struct ks_value *source)
{
	for (size_t i = 0; i < hitters->n; i++)
		if (i < KS_SUMMARY_TOP && is_text(source, hitters->named[i]))
			return true;
	return false;
}

static bool
see_hitter(void *arg, const struct ks_rows *rows)
{
	struct hitters *hitters = arg;
	struct ks_summary *summary = hitters->summary;
	const bool unicode = summary->document->request->unicode;
	const struct ks_value source = ks_column_value(rows, "source");
	const struct ks_value zone = ks_column_value(rows, "zone");
	const struct ks_value share = ks_column_value(rows, "share");
	const struct ks_value ratio = ks_column_value(rows, "rr");
	if (source.type != KS_VALUE_TEXT || is_named(hitters, &source))
		return true;
	if (hitters->n < KS_SUMMARY_TOP) {
		(void)snprintf(hitters->named[hitters->n], KS_ADDR_TEXT, "%.*s", (int)source.n_text,
			       source.text);
		ks_buf_text(&summary->top, hitters->n == 0 ? "" : ", ");
		ks_escape_terminal(&summary->top, source.text, source.n_text, unicode);
		ks_buf_text(&summary->top, " (");
		if (isfinite(ks_column_number(&share, NAN))) {
			ks_number_share(&summary->top, ks_column_number(&share, NAN));
			ks_buf_text(&summary->top, ", ");
		}
		ks_summary_put_zone(&summary->top, &zone, unicode);
		ks_buf_text(&summary->top, ")");
	}
	const bool repeats = ks_column_number(&ratio, 0) >= 0.5; /* DOMAIN B7 */
	if (hitters->n == 0 || (repeats && !hitters->found)) {
		ks_buf_clear(&summary->offender);
		ks_escape_shell(&summary->offender, source.text, source.n_text);
	}
	hitters->found |= repeats;
	hitters->n++;
	return !hitters->found || hitters->n < KS_SUMMARY_TOP;
}

enum ks_error
ks_summary_read_hitters(struct ks_summary *summary, struct ks_diag *diag)
{
	enum { LOOKED_AT = 200 };
	struct hitters hitters = {.summary = summary};
	return each_row(summary, "foremost", LOOKED_AT, see_hitter, &hitters, diag);
}

/* --- the chart --- */

struct series {
	int64_t bin_s;
	struct ks_chart *chart;
};

static bool
read_bin(const struct ks_rows *rows, int64_t *ret_t, double *ret_queries, double *ret_qps)
{
	const struct ks_value type = ks_column_value(rows, "qtype");
	const struct ks_value t = ks_column_value(rows, "t");
	const struct ks_value queries = ks_column_value(rows, "queries");
	const struct ks_value qps = ks_column_value(rows, "qps");
	if (!is_text(&type, "DNSKEY") || t.type != KS_VALUE_TEXT ||
	    !ks_number_parse_time(t.text, t.n_text, ret_t))
		return false;
	*ret_queries = ks_column_number(&queries, 0);
	*ret_qps = ks_column_number(&qps, 0);
	return *ret_queries > 0 && *ret_qps > 0;
}

/* The width of the bins is no column, but it is in every row: a rate is a count by a width. */
static bool
see_width(void *arg, const struct ks_rows *rows)
{
	struct series *series = arg;
	int64_t t;
	double queries, qps;
	if (!read_bin(rows, &t, &queries, &qps) || queries / qps < 0.5 || queries / qps > 1e9)
		return true;
	series->bin_s = llround(queries / qps);
	return false;
}

static bool
see_bin(void *arg, const struct ks_rows *rows)
{
	struct series *series = arg;
	int64_t t;
	double queries, qps;
	const struct ks_value wide = ks_column_value(rows, "bin_s");
	const double width_s = ks_column_number(&wide, 0);
	if (read_bin(rows, &t, &queries, &qps))
		ks_chart_add(series->chart, t, width_s > 0 && width_s < 1e9 ? (int64_t)width_s : 0, qps);
	return true;
}

enum ks_error
ks_summary_read_chart(struct ks_summary *summary, struct ks_diag *diag)
{
	const struct ks_store_head *head = summary->document->head;
	const struct ks_report_request *request = summary->document->request;
	struct ks_chart chart;
	struct series series = {.chart = &chart};
	if (!head->has_span || head->first_ns > head->last_ns)
		return KS_SUCCESS;
	/* Where the store does not know the width: twice over the rows rather than once with all of them in
	 * memory. */
	series.bin_s = head->bin_s;
	enum ks_error error =
		series.bin_s > 0 ? KS_SUCCESS : each_row(summary, "key-rate", -1, see_width, &series, diag);
	if (error != KS_SUCCESS || series.bin_s == 0)
		return error;
	ks_chart_init(&chart, head->first_ns / KS_NS_PER_S, head->last_ns / KS_NS_PER_S, series.bin_s,
		      request->width);
	error = each_row(summary, "key-rate", -1, see_bin, &series, diag);
	if (error == KS_SUCCESS)
		ks_chart_print(&chart, &summary->chart, "DNSKEY queries per second", request->unicode);
	return error;
}

/* --- what was not counted --- */

struct refusal {
	double value;
	struct ks_buf name, note;
};

struct refusals {
	struct refusal top[KS_SUMMARY_TOP];
	bool unicode;
};

static bool
is_refusal(const struct ks_rows *rows)
{
	static const char *const others[] = {"packets", "dns", "input"};
	const struct ks_value name = ks_column_value(rows, "counter");
	const struct ks_value kind = ks_column_value(rows, "kind");
	for (size_t i = 0; i < KS_COUNT(others); i++)
		if (is_text(&name, others[i]))
			return false;
	/* Only packet counters are counts of packets; an older database may not tell kinds apart. */
	return name.type == KS_VALUE_TEXT && (kind.type == KS_VALUE_NULL || is_text(&kind, "packet"));
}

static bool
see_counter(void *arg, const struct ks_rows *rows)
{
	struct refusals *refusals = arg;
	const struct ks_value name = ks_column_value(rows, "counter");
	const struct ks_value note = ks_column_value(rows, "note");
	const struct ks_value count = ks_column_value(rows, "value");
	const double value = ks_column_number(&count, 0);
	size_t place = KS_SUMMARY_TOP;
	while (place > 0 && value > refusals->top[place - 1].value)
		place--;
	if (place == KS_SUMMARY_TOP || !is_refusal(rows))
		return true;
	struct refusal fresh = refusals->top[KS_SUMMARY_TOP - 1];
	for (size_t i = KS_SUMMARY_TOP - 1; i > place; i--)
		refusals->top[i] = refusals->top[i - 1];
	ks_buf_clear(&fresh.name);
	ks_buf_clear(&fresh.note);
	fresh.value = value;
	ks_escape_terminal(&fresh.name, name.text, name.n_text, refusals->unicode);
	if (note.type == KS_VALUE_TEXT)
		ks_escape_terminal(&fresh.note, note.text, note.n_text, refusals->unicode);
	refusals->top[place] = fresh;
	return true;
}

/* "not_dns 1.20M (neither port is a DNS port), ..." */
static void
put_refusal(struct ks_buf *buf, const struct refusal *refusal)
{
	ks_buf_text(buf, buf->n == 0 ? "" : "; ");
	ks_buf_put(buf, refusal->name.at, refusal->name.n);
	ks_buf_put(buf, " ", 1);
	ks_number_scaled(buf, refusal->value, /* whole= */ true, "");
	if (refusal->note.n > 0)
		ks_buf_text(buf, ", ");
	ks_buf_text(buf, ks_buf_string(&refusal->note));
}

enum ks_error
ks_summary_read_quality(struct ks_summary *summary, struct ks_diag *diag)
{
	struct refusals refusals = {.unicode = summary->document->request->unicode};
	enum ks_error error = each_row(summary, "quality", -1, see_counter, &refusals, diag);
	for (size_t i = 0; i < KS_SUMMARY_TOP; i++) {
		struct refusal *refusal = &refusals.top[i];
		summary->refused.failed |= refusal->name.failed || refusal->note.failed;
		if (refusal->value > 0 && !summary->refused.failed)
			put_refusal(&summary->refused, refusal);
		ks_buf_done(&refusal->name);
		ks_buf_done(&refusal->note);
	}
	return error;
}

/* --- signatures that were over --- */

struct expired {
	struct ks_buf zone; /* the first */
	bool several;       /* others too */
	double served;
	bool unicode;
};

static bool
see_signature(void *arg, const struct ks_rows *rows)
{
	struct expired *const expired = arg;
	const struct ks_value zone = ks_column_value(rows, "zone"), n = ks_column_value(rows, "seen_expired");
	if (!(ks_column_number(&n, 0) > 0))
		return true;
	expired->served += ks_column_number(&n, 0);
	struct ks_buf name = {0};
	ks_summary_put_zone(&name, &zone, expired->unicode);
	expired->several |=
		expired->zone.n > 0 && strcmp(ks_buf_string(&name), ks_buf_string(&expired->zone)) != 0;
	if (expired->zone.n == 0)
		ks_buf_text(&expired->zone, ks_buf_string(&name));
	ks_buf_done(&name);
	return true;
}

enum ks_error
ks_summary_read_expired(struct ks_summary *summary, struct ks_diag *diag)
{
	struct expired expired = {.unicode = summary->document->request->unicode};
	const enum ks_error error = each_row(summary, "signatures", -1, see_signature, &expired, diag);
	if (expired.zone.n > 0) {
		ks_buf_text(&summary->expired, "Expired signatures were served ");
		ks_number_scaled(&summary->expired, expired.served, /* whole= */ true, "");
		ks_buf_printf(&summary->expired, " time%s, of %s%s: keystorm report signatures.",
			      expired.served > 1 ? "s" : "", ks_buf_string(&expired.zone),
			      expired.several ? " and others" : "");
	}
	summary->expired.failed |= expired.zone.failed;
	ks_buf_done(&expired.zone);
	return error;
}
