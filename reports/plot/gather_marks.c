/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Marks over time: what one source asked which server; which zones had storms when. */
#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/escape.h"
#include "reports/number.h"
#include "reports/plot/gather_p.h"

/* --- the sequence of one source --- */

static const char *const requeries[] = {"hot (asked again within 5 s)",
					"first",
					"warm (within 300 s)",
					"cool (within an hour)",
					"refresh",
					"retransmit",
					"other queries"};
static const char *const requery_words[] = {"hot", "first", "warm", "cool", "refresh", "retransmit"};

static uint8_t
class_of(const struct ks_rows *rows)
{
	uint8_t class = 0;
	while (class < KS_COUNT(requery_words) && !ks_each_is(rows, "requery", requery_words[class]))
		class ++;
	return class;
}

static void
put_query(struct ks_buf *text, const struct ks_rows *rows)
{
	ks_gather_put(text, rows, "t");
	ks_buf_put(text, " ", 1);
	ks_gather_put(text, rows, "qname");
	ks_buf_put(text, " ", 1);
	ks_gather_put(text, rows, "qtype");
	ks_buf_text(text, " to ");
	ks_gather_put(text, rows, "server");
	const struct ks_value class = ks_column_value(rows, "requery");
	if (class.type == KS_VALUE_TEXT) {
		ks_buf_text(text, ", ");
		ks_gather_put(text, rows, "requery");
	}
	const struct ks_value answered = ks_column_value(rows, "response_t");
	if (answered.type == KS_VALUE_NULL) {
		ks_buf_text(text, ", no answer");
		return;
	}
	ks_buf_text(text, ", ");
	ks_gather_put(text, rows, "rcode");
	ks_buf_text(text, " of ");
	ks_gather_put(text, rows, "response_bytes");
}

static bool
see_query(void *arg, const struct ks_rows *rows)
{
	struct ks_plot *const plot = arg;
	const struct ks_value server = ks_column_value(rows, "server");
	int64_t t_ns;
	if (!ks_each_time(rows, "t", &t_ns))
		return true;
	struct ks_plot_mark *const mark = ks_plot_add_mark(plot);
	if (mark == NULL)
		return true;
	const bool known = server.type == KS_VALUE_TEXT;
	mark->from_ns = t_ns;
	mark->to_ns = t_ns;
	mark->class = class_of(rows);
	mark->row = (uint16_t)ks_plot_row(plot, known ? server.text : "other servers",
					  known ? server.n_text : 13);
	put_query(&mark->text, rows);
	/* Of several sources one comes behind the other: times may go back. */
	if (plot->n_marks == 1 || t_ns < plot->from_ns)
		plot->from_ns = t_ns;
	if (plot->n_marks == 1 || t_ns > plot->to_ns)
		plot->to_ns = t_ns;
	return true;
}

/* A span that ends behind the last mark, and is one even where there is a single mark. */
static void
widen(struct ks_plot *plot)
{
	const int64_t room = (plot->to_ns - plot->from_ns) / 50 + KS_NS_PER_MS;
	plot->from_ns -= room;
	plot->to_ns += room;
}

/* "Queries of 192.0.2.0/24 by server" */
static void
name_sequence(struct ks_plot *plot, const struct ks_query *query)
{
	char address[KS_ADDR_TEXT];
	const bool v4 = ks_addr_is_v4(&query->source) && query->source_bits >= 96;
	ks_buf_text(&plot->title, "Queries of ");
	ks_buf_text(&plot->title, ks_addr_print(&query->source, address));
	if (query->source_bits < 128)
		ks_buf_printf(&plot->title, "/%u", v4 ? query->source_bits - 96 : query->source_bits);
	ks_buf_text(&plot->title, " by server");
}

enum ks_error
ks_gather_sequence(struct ks_store *store, const struct ks_document *document, struct ks_plot *ret,
		   struct ks_diag *diag)
{
	struct ks_query query = document->request->query;
	struct ks_offender offender = {0};
	ret->kind = KS_PLOT_DOTS;
	ret->id = "sequence";
	ret->unit = "";
	ret->what = "";
	ret->classes = requeries;
	ret->n_classes = KS_COUNT(requeries);
	enum ks_error error = KS_SUCCESS;
	if (!query.has_source) {
		error = ks_gather_offender(store, &query, &offender, diag);
		query.has_source = ks_addr_parse_prefix(offender.source, &query.source, &query.source_bits);
	}
	ret->failed |= offender.zone.failed;
	ks_buf_done(&offender.zone);
	if (error != KS_SUCCESS || !query.has_source)
		return error;
	name_sequence(ret, &query);
	query.limit = query.limit == 0 ? -1 : query.limit;
	query.by = NULL;
	error = ks_each_row(store, "sequence", &query, see_query, ret, diag);
	ks_buf_text(&ret->caption,
		    "Each mark is a query, by time and server; its shape is the class of the query.");
	if (ret->n_marks_seen > ret->n_marks)
		ks_buf_printf(&ret->caption, " The first %zu of %zu queries on record.", ret->n_marks,
			      ret->n_marks_seen);
	ks_plot_sort_rows(ret);
	widen(ret);
	return error;
}

/* --- storms --- */

static void
put_storm(struct ks_buf *text, const struct ks_rows *rows, bool open)
{
	const double uplift = ks_each_number(rows, "uplift"), least = ks_each_number(rows, "uplift_lo");
	ks_buf_text(text, "peak ");
	ks_gather_put(text, rows, "peak_qps");
	ks_buf_text(text, " q/s");
	if (isfinite(uplift) || isfinite(least)) {
		ks_buf_text(text, isfinite(uplift) ? ", " : ", at least ");
		ks_gather_put(text, rows, isfinite(uplift) ? "uplift" : "uplift_lo");
		ks_buf_text(text, " times the base");
	}
	if (isfinite(ks_each_number(rows, "severity"))) {
		ks_buf_text(text, ", severity ");
		ks_gather_put(text, rows, "severity");
	}
	ks_buf_text(text, open ? ", not over" : "");
}

static bool
see_storm(void *arg, const struct ks_rows *rows)
{
	struct ks_plot *const plot = arg;
	const struct ks_value zone = ks_column_value(rows, "zone");
	int64_t from_ns = plot->from_ns, to_ns = plot->to_ns;
	const bool began = ks_each_time(rows, "start", &from_ns);
	const bool ended = ks_each_time(rows, "end", &to_ns);
	if (plot->n_rows == KS_PLOT_ROWS - 1) { /* all further would share a row */
		plot->n_marks_seen++;
		return true;
	}
	struct ks_plot_mark *const mark = ks_plot_add_mark(plot);
	if (mark == NULL)
		return true;
	mark->from_ns = from_ns > plot->from_ns ? from_ns : plot->from_ns;
	mark->to_ns = to_ns > mark->from_ns ? to_ns : mark->from_ns + 1;
	mark->class = began ? 0 : 2;
	struct ks_buf name = {0};
	if (zone.type == KS_VALUE_TEXT)
		ks_gather_put_zone(&name, zone.text, zone.n_text);
	else
		ks_buf_text(&name, "all zones");
	mark->row = (uint16_t)ks_plot_row(plot, ks_buf_string(&name), name.n);
	plot->failed |= name.failed;
	ks_buf_done(&name);
	put_storm(&mark->text, rows, !ended);
	return true;
}

static const char *const beginnings[] = {"storm", "", "on before the capture began"};

enum ks_error
ks_gather_storms(struct ks_store *store, const struct ks_document *document, struct ks_plot *ret,
		 struct ks_diag *diag)
{
	struct ks_query query = document->request->query;
	ret->kind = KS_PLOT_DOTS;
	ret->id = "storms";
	ret->classes = beginnings;
	ret->n_classes = KS_COUNT(beginnings);
	ret->unit = "";
	ret->what = "";
	query.limit = query.limit == 0 ? -1 : query.limit;
	query.by = NULL;
	ks_buf_text(&ret->title, "Storms by zone");
	ks_buf_text(&ret->caption,
		    "Each bar is a storm, from its start to its end or to the end of the capture.");
	if (!ks_gather_time(document, ret))
		return KS_SUCCESS;
	enum ks_error error = ks_each_row(store, "storms", &query, see_storm, ret, diag);
	if (ret->n_marks_seen > ret->n_marks)
		ks_buf_printf(&ret->caption, " %zu of %zu storms.", ret->n_marks, ret->n_marks_seen);
	return error != KS_SUCCESS ? error : ks_gather_events(store, query.zone, ret, diag);
}
