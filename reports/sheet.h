/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/sheet.h -- a document whose rows were computed instead of stored, cell by cell.
 *
 * Use:     init, then for each row one call per column, left to right; write; done. JSON and CSV get the
 *          rows, people the text that the caller wrote for them.
 * Memory:  all rows, and copies of their texts; malloc failures are sticky and reported by ks_sheet_write.
 * Threads: one per sheet. */
#ifndef KS_REPORTS_SHEET_H
#define KS_REPORTS_SHEET_H

#include "reports/buf.h"
#include "reports/fmt/fmt.h"

struct ks_sheet {
	struct ks_value_table rows; /* complete ones once ks_sheet_write looks */
	struct ks_value *values;
	size_t n, cap;
	bool failed;
};

void ks_sheet_init(struct ks_sheet *sheet, const char *const *columns, size_t n_columns);
void ks_sheet_done(struct ks_sheet *sheet);

void ks_sheet_put_null(struct ks_sheet *sheet);
void ks_sheet_put_nulls(struct ks_sheet *sheet, size_t times);
void ks_sheet_put_natural(struct ks_sheet *sheet, uint64_t value);
void ks_sheet_put_bool(struct ks_sheet *sheet, bool value);
void ks_sheet_put_real(struct ks_sheet *sheet, double value);     /* null unless finite */
void ks_sheet_put_text(struct ks_sheet *sheet, const char *text); /* NULL: null */

/* As a table that fits `width` columns (0: any), with the titles of reports/columns.c; nothing without rows.
 */
void ks_sheet_print(struct ks_sheet *sheet, struct ks_buf *buf, size_t width, bool unicode);

/* `document` without report; `name` is that of the report, `text` what people read. */
KS_MUST_CHECK enum ks_error ks_sheet_write(struct ks_sheet *sheet, struct ks_document *document,
					   const char *name, struct ks_buf *text, struct ks_diag *diag);

#endif
