/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Text for people: head, table, what did not fit, caveats, the command to type next. */
#include <string.h>

#include "reports/fmt/fmt.h"
#include "reports/fmt/grid.h"
#include "reports/prose.h"

/* Widths are taken from this many rows; a longer series goes on in the same layout, so that memory stays
 * bounded. A screen has fewer lines, and rows of one report look alike. */
enum { ROWS_MEASURED = 2048 };

static bool
is_narrowed(const struct ks_query *query)
{
	return query->zone != NULL || query->has_source || query->has_server || query->has_from ||
	       query->has_to;
}

static void
put_empty(struct ks_buf *buf, const struct ks_document *document)
{
	const struct ks_report_request *request = document->request;
	ks_prose_fold(buf, "", document->report->empty, request->width);
	if (is_narrowed(&request->query))
		ks_prose_fold(
			buf, "",
			"This is about the part you asked for; without --zone, --source, --server, --from "
			"and --to there may be more.",
			request->width);
}

static void
put_left_out(struct ks_buf *buf, const struct ks_document *document, const struct ks_grid *table)
{
	struct ks_buf names = {0};
	ks_grid_left_out(table, &names);
	if (names.n > 0) {
		ks_buf_text(&names, " (-f csv has them)");
		ks_prose_fold(buf, "more columns: ", ks_buf_string(&names), document->request->width);
	}
	buf->failed |= names.failed;
	ks_buf_done(&names);
}

/* A comparison has no option for more. */
static bool
is_bounded(const struct ks_document *document)
{
	return document->request->query.limit == 0 && document->n_sides == 0;
}

/* A series that nobody asked for to the last row. */
static void
put_rest(struct ks_buf *buf, const struct ks_document *document)
{
	struct ks_buf text = {0};
	ks_buf_printf(&text, "the first %d rows; --limit all has every one", ROWS_MEASURED);
	ks_prose_fold(buf, "", ks_buf_string(&text), document->request->width);
	buf->failed |= text.failed;
	ks_buf_done(&text);
}

/* Rows behind the measured ones, printed as they come. */
static enum ks_error
stream_rest(const struct ks_document *document, struct ks_rows *rows, struct ks_grid *table,
	    struct ks_buf *buf, struct ks_diag *diag)
{
	for (;;) {
		bool have = false;
		enum ks_error error = ks_rows_next(rows, &have, diag);
		if (error != KS_SUCCESS || !have)
			return error;
		ks_grid_reuse(table);
		ks_grid_add(table, rows);
		ks_grid_print(table, buf);
		error = ks_buf_flush(buf, document->request->out, diag);
		if (error != KS_SUCCESS)
			return error;
	}
}

static enum ks_error
put_table(const struct ks_document *document, struct ks_rows *rows, struct ks_grid *table, struct ks_buf *buf,
	  bool more, struct ks_diag *diag)
{
	size_t width = document->request->width;
	if (document->report->record && table->n_rows == 1) {
		ks_grid_print_record(table, buf, width);
		ks_buf_put(buf, "\n", 1);
		return KS_SUCCESS;
	}
	ks_grid_fit(table, width);
	struct ks_buf head = {0};
	ks_grid_print_head(table, &head);
	ks_prose_tone(buf, document, KS_TONE_HEAD, ks_buf_string(&head), "\n");
	buf->failed |= head.failed;
	ks_buf_done(&head);
	ks_grid_print(table, buf);
	bool bounded = more && is_bounded(document);
	if (more) {
		enum ks_error error = bounded ? ks_rows_next(rows, &bounded, diag)
					      : stream_rest(document, rows, table, buf, diag);
		if (error != KS_SUCCESS)
			return error;
	}
	ks_buf_put(buf, "\n", 1);
	if (bounded)
		put_rest(buf, document);
	put_left_out(buf, document, table);
	return KS_SUCCESS;
}

/* Read what the table measures, and the command that the first row suggests. */
static enum ks_error
read_rows(const struct ks_document *document, struct ks_rows *rows, struct ks_grid *table,
	  struct ks_buf *next, bool *ret_more, struct ks_diag *diag)
{
	while (table->n_rows < ROWS_MEASURED && !table->failed) {
		bool have = false;
		enum ks_error error = ks_rows_next(rows, &have, diag);
		if (error != KS_SUCCESS || !have)
			return error;
		ks_grid_add(table, rows);
		if (table->n_rows == 1 && !ks_prose_expand(next, document->report->next, rows))
			ks_buf_clear(next);
	}
	*ret_more = true;
	return KS_SUCCESS;
}

static enum ks_error
write_text(const struct ks_document *document, struct ks_rows *rows, struct ks_diag *diag)
{
	struct ks_buf buf = {0}, next = {0};
	struct ks_grid table;
	bool more = false;
	ks_grid_init(&table, rows, document->request->unicode);
	enum ks_error error = read_rows(document, rows, &table, &next, &more, diag);
	if (error == KS_SUCCESS) {
		ks_prose_head(&buf, document);
		ks_buf_put(&buf, "\n", 1);
		if (table.n_rows == 0 && !table.failed)
			put_empty(&buf, document);
		else
			error = put_table(document, rows, &table, &buf, more, diag);
	}
	if (error == KS_SUCCESS) {
		ks_prose_caveats(&buf, document);
		ks_prose_command(&buf, document,
				 "next: ", next.n > 0 ? ks_buf_string(&next) : document->report->next_empty);
		buf.failed |= next.failed || table.failed;
		error = ks_buf_flush(&buf, document->request->out, diag);
	}
	ks_grid_done(&table);
	ks_buf_done(&next);
	ks_buf_done(&buf);
	return error;
}

const struct ks_fmt_ops ks_fmt_text = {
	.name = "text", .for_people = true, .n_screen = ROWS_MEASURED, .write = write_text};
