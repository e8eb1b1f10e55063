/* SPDX-License-Identifier: BSD-2-Clause
 *
 * JSON (RFC 8259): the envelope of SPEC section 6, one row a line, so that line tools work on it too. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/escape.h"
#include "reports/fmt/fmt.h"
#include "reports/number.h"

enum { ENVELOPE_VERSION = 1 };

static void
put_string(struct ks_buf *buf, const char *text)
{
	if (text == NULL)
		ks_buf_text(buf, "null");
	else
		ks_escape_json(buf, text, strlen(text));
}

static void
put_time(struct ks_buf *buf, const struct ks_store_head *head, int64_t ns)
{
	if (!head->has_span) {
		ks_buf_text(buf, "null");
		return;
	}
	ks_buf_put(buf, "\"", 1);
	ks_number_time(buf, ns, head->time_digits, 'T');
	ks_buf_put(buf, "\"", 1);
}

/* "span": ..., "vantage": ... */
static void
put_head(struct ks_buf *buf, const struct ks_store_head *head)
{
	ks_buf_text(buf, "\"span\": {\"from\": ");
	put_time(buf, head, head->first_ns);
	ks_buf_text(buf, ", \"to\": ");
	put_time(buf, head, head->last_ns);
	ks_buf_text(buf, "}, \"vantage\": ");
	put_string(buf, head->vantage[0] == '\0' ? NULL : head->vantage);
}

/* A comparison tells of each side what the envelope tells of the whole. */
static void
put_sides(struct ks_buf *buf, const struct ks_document *document)
{
	for (size_t i = 0; i < document->n_sides; i++) {
		const struct ks_document_side *const side = &document->sides[i];
		ks_buf_text(buf, ", ");
		put_string(buf, side->name);
		ks_buf_text(buf, ": {\"database\": ");
		put_string(buf, side->database);
		ks_buf_text(buf, ", ");
		put_head(buf, side->head);
		ks_buf_put(buf, "}", 1);
	}
}

void
ks_json_put_envelope(struct ks_buf *buf, const struct ks_document *document)
{
	const struct ks_store_head *head = document->head;
	ks_buf_text(buf, "{\"report\": ");
	put_string(buf, document->report->name);
	ks_buf_printf(buf, ", \"version\": %d, \"tool\": ", ENVELOPE_VERSION);
	put_string(buf, document->request->tool);
	ks_buf_text(buf, ", ");
	put_head(buf, head);
	put_sides(buf, document);
	ks_buf_text(buf, ", \"caveats\": [");
	for (size_t i = 0; i < head->n_caveats; i++) {
		ks_buf_text(buf, i == 0 ? "" : ", ");
		put_string(buf, head->caveats[i]);
	}
	ks_buf_text(buf, "], \"rows\": [");
}

static void
put_value(struct ks_buf *buf, const struct ks_column *column, const struct ks_value *value)
{
	switch (value->type) {
	case KS_VALUE_INT:
		if (column->kind == KS_COLUMN_BOOL)
			ks_buf_text(buf, value->integer == 0 ? "false" : "true");
		else
			ks_buf_printf(buf, "%" PRId64, value->integer);
		return;
	case KS_VALUE_NATURAL:
		ks_buf_printf(buf, "%" PRIu64, value->natural);
		return;
	case KS_VALUE_REAL:
		if (isfinite(value->real)) /* RFC 8259 s6 knows neither NaN nor infinity */
			ks_number_exact(buf, value->real);
		else
			ks_buf_text(buf, "null");
		return;
	case KS_VALUE_TEXT:
		ks_escape_json(buf, value->text, value->n_text);
		return;
	case KS_VALUE_NULL:
		ks_buf_text(buf, "null");
	}
}

static void
put_row(struct ks_buf *buf, const struct ks_rows *rows)
{
	size_t n = ks_rows_columns(rows);
	for (size_t i = 0; i < n; i++) {
		const char *name = ks_rows_column(rows, i);
		const struct ks_column column = ks_column_of(name);
		const struct ks_value value = ks_rows_value(rows, i);
		ks_buf_text(buf, i == 0 ? "{" : ", ");
		put_string(buf, name);
		ks_buf_text(buf, ": ");
		put_value(buf, &column, &value);
	}
	ks_buf_put(buf, "}", 1);
}

static enum ks_error
write_json(const struct ks_document *document, struct ks_rows *rows, struct ks_diag *diag)
{
	struct ks_buf buf = {0};
	ks_json_put_envelope(&buf, document);
	enum ks_error error;
	bool first = true;
	for (;;) {
		bool have = false;
		error = ks_rows_next(rows, &have, diag);
		if (error != KS_SUCCESS || !have)
			break;
		ks_buf_text(&buf, first ? "\n" : ",\n");
		first = false;
		put_row(&buf, rows);
		error = ks_buf_flush(&buf, document->request->out, diag);
		if (error != KS_SUCCESS)
			break;
	}
	if (error == KS_SUCCESS) {
		ks_buf_text(&buf, first ? "]}\n" : "\n]}\n");
		error = ks_buf_flush(&buf, document->request->out, diag);
	}
	ks_buf_done(&buf);
	return error;
}

const struct ks_fmt_ops ks_fmt_json = {.name = "json", .write = write_json};
