/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CSV (RFC 4180) with a header row; lines end in a bare LF, as every tool of this platform expects.
 * The head of the report (span, vantage, caveats) has no place in it. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/fmt/fmt.h"
#include "reports/number.h"

static void
put_value(struct ks_buf *buf, const struct ks_value *value)
{
	switch (value->type) {
	case KS_VALUE_INT:
		ks_buf_printf(buf, "%" PRId64, value->integer);
		return;
	case KS_VALUE_NATURAL:
		ks_buf_printf(buf, "%" PRIu64, value->natural);
		return;
	case KS_VALUE_REAL:
		if (isfinite(value->real))
			ks_number_exact(buf, value->real);
		return;
	case KS_VALUE_TEXT:
		ks_escape_csv(buf, value->text, value->n_text);
		return;
	case KS_VALUE_NULL:
		return;
	}
}

static void
put_header(struct ks_buf *buf, const struct ks_rows *rows)
{
	size_t n = ks_rows_columns(rows);
	for (size_t i = 0; i < n; i++) {
		const char *name = ks_rows_column(rows, i);
		ks_buf_text(buf, i == 0 ? "" : ",");
		ks_escape_csv(buf, name, strlen(name));
	}
	ks_buf_put(buf, "\n", 1);
}

static void
put_row(struct ks_buf *buf, const struct ks_rows *rows)
{
	size_t n = ks_rows_columns(rows);
	for (size_t i = 0; i < n; i++) {
		const struct ks_value value = ks_rows_value(rows, i);
		ks_buf_text(buf, i == 0 ? "" : ",");
		put_value(buf, &value);
	}
	ks_buf_put(buf, "\n", 1);
}

static enum ks_error
write_csv(const struct ks_document *document, struct ks_rows *rows, struct ks_diag *diag)
{
	struct ks_buf buf = {0};
	put_header(&buf, rows);
	enum ks_error error;
	for (;;) {
		error = ks_buf_flush(&buf, document->request->out, diag);
		if (error != KS_SUCCESS)
			break;
		bool have = false;
		error = ks_rows_next(rows, &have, diag);
		if (error != KS_SUCCESS || !have)
			break;
		put_row(&buf, rows);
	}
	ks_buf_done(&buf);
	return error;
}

const struct ks_fmt_ops ks_fmt_csv = {.name = "csv", .write = write_csv};
