/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/each.h -- the rows of one query, one after the other. */
#ifndef KS_REPORTS_EACH_H
#define KS_REPORTS_EACH_H

#include "store/query.h"

/* Called for each row; false ends the reading, which is no error. */
typedef bool ks_each_row_fn(void *arg, const struct ks_rows *rows);

/* Errors are those of ks_rows_open and ks_rows_next. */
KS_MUST_CHECK enum ks_error ks_each_row(struct ks_store *store, const char *name,
					const struct ks_query *query, ks_each_row_fn *fn, void *arg,
					struct ks_diag *diag);

/* The named column of the current row as a number, NaN when it is none; as whole seconds of a time, false
 * when it is none; and whether it is this text. */
double ks_each_number(const struct ks_rows *rows, const char *column);
bool ks_each_time(const struct ks_rows *rows, const char *column, int64_t *ret_ns);
bool ks_each_is(const struct ks_rows *rows, const char *column, const char *text);

#endif
