/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/columns.h"

#include <math.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/number.h"

bool
ks_column_is_right(const struct ks_column *column, enum ks_value_type type)
{
	switch (column->kind) {
	case KS_COLUMN_TEXT:
	case KS_COLUMN_BOOL:
	case KS_COLUMN_TIME:
	case KS_COLUMN_SECOND:
		return false;
	case KS_COLUMN_AUTO:
		return type == KS_VALUE_INT || type == KS_VALUE_NATURAL || type == KS_VALUE_REAL;
	default:
		return true;
	}
}

/* RFC 3339 text as the store prints it; anything else goes out as text. */
static bool
print_time(struct ks_buf *buf, const struct ks_value *value, bool to_second)
{
	enum { SECONDS = 19 }; /* "2026-11-21T22:47:00" */
	int64_t unused;
	if (value->n_text <= SECONDS || value->text[10] != 'T' ||
	    !ks_number_parse_time(value->text, value->n_text, &unused))
		return false;
	struct ks_buf text = {0};
	ks_buf_put(&text, value->text, 10);
	ks_buf_put(&text, " ", 1);
	ks_buf_put(&text, value->text + 11, to_second ? SECONDS - 11 : value->n_text - 11);
	if (to_second)
		ks_buf_put(&text, "Z", 1);
	ks_escape_terminal(buf, ks_buf_string(&text), text.n, /* unicode= */ false);
	ks_buf_done(&text);
	return true;
}

static void
print_text(struct ks_buf *buf, const struct ks_column *column, const struct ks_value *value, bool unicode)
{
	bool time = column->kind == KS_COLUMN_TIME || column->kind == KS_COLUMN_SECOND;
	if (time && print_time(buf, value, column->kind == KS_COLUMN_SECOND))
		return;
	ks_escape_terminal(buf, value->text, value->n_text, unicode);
}

static void
print_number(struct ks_buf *buf, const struct ks_column *column, double number, const struct ks_value *value)
{
	const bool natural = value->type == KS_VALUE_NATURAL;
	const bool whole = value->type == KS_VALUE_INT || natural;
	switch (column->kind) {
	case KS_COLUMN_BOOL:
		ks_buf_text(buf, number > 0 || number < 0 ? "yes" : "no");
		break;
	case KS_COLUMN_PLAIN:
		if (natural)
			ks_buf_printf(buf, "%llu", (unsigned long long)value->natural);
		else if (whole)
			ks_buf_printf(buf, "%lld", (long long)value->integer);
		else
			ks_number_exact(buf, number);
		break;
	case KS_COLUMN_SHARE:
		ks_number_share(buf, number);
		break;
	case KS_COLUMN_BYTES:
		ks_number_scaled(buf, number, whole, "B");
		break;
	case KS_COLUMN_BPS:
		ks_number_scaled(buf, number, whole, "b/s");
		break;
	case KS_COLUMN_SPAN_S:
		ks_number_duration(buf, number);
		break;
	case KS_COLUMN_SPAN_MS:
		ks_number_duration(buf, number / 1000);
		break;
	default:
		ks_number_scaled(buf, number, whole, "");
	}
}

void
ks_column_print(struct ks_buf *buf, const struct ks_column *column, const struct ks_value *value,
		bool unicode)
{
	size_t before = buf->n;
	double number = ks_column_number(value, NAN);
	if (value->type == KS_VALUE_TEXT)
		print_text(buf, column, value, unicode);
	else if (isfinite(number))
		print_number(buf, column, number, value);
	if (buf->n == before) /* empty text too: a hole in a table looks like a fault */
		ks_buf_put(buf, "-", 1);
}

struct ks_value
ks_column_value(const struct ks_rows *rows, const char *name)
{
	size_t n = ks_rows_columns(rows);
	for (size_t i = 0; i < n; i++)
		if (strcmp(ks_rows_column(rows, i), name) == 0)
			return ks_rows_value(rows, i);
	return (struct ks_value){.type = KS_VALUE_NULL};
}

double
ks_column_number(const struct ks_value *value, double otherwise)
{
	if (value->type == KS_VALUE_INT)
		return (double)value->integer;
	if (value->type == KS_VALUE_NATURAL)
		return (double)value->natural;
	if (value->type == KS_VALUE_REAL && isfinite(value->real))
		return value->real;
	return otherwise;
}
