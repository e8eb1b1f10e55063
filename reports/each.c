/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/each.h"

#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/number.h"

enum ks_error
ks_each_row(struct ks_store *store, const char *name, const struct ks_query *query, ks_each_row_fn *fn,
	    void *arg, struct ks_diag *diag)
{
	struct ks_rows *rows;
	enum ks_error error = ks_rows_open(store, name, query, &rows, diag);
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

double
ks_each_number(const struct ks_rows *rows, const char *column)
{
	const struct ks_value value = ks_column_value(rows, column);
	return ks_column_number(&value, NAN);
}

/* ".123456" behind the seconds of a time */
static int64_t
fraction_ns(const char *text, size_t n)
{
	const char *const point = memchr(text, '.', n);
	int64_t ns = 0, unit = KS_NS_PER_S;
	if (point == NULL)
		return 0;
	for (const char *at = point + 1; at < text + n && *at >= '0' && *at <= '9' && unit > 1; at++) {
		unit /= 10;
		ns += (*at - '0') * unit;
	}
	return ns;
}

bool
ks_each_time(const struct ks_rows *rows, const char *column, int64_t *ret_ns)
{
	const struct ks_value value = ks_column_value(rows, column);
	int64_t s;
	if (value.type != KS_VALUE_TEXT || !ks_number_parse_time(value.text, value.n_text, &s) ||
	    s <= INT64_MIN / 2 / KS_NS_PER_S || s >= INT64_MAX / 2 / KS_NS_PER_S)
		return false;
	*ret_ns = s * KS_NS_PER_S + fraction_ns(value.text, value.n_text);
	return true;
}

bool
ks_each_is(const struct ks_rows *rows, const char *column, const char *text)
{
	const struct ks_value value = ks_column_value(rows, column);
	return value.type == KS_VALUE_TEXT && value.n_text == strlen(text) &&
	       memcmp(value.text, text, value.n_text) == 0;
}
