/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/sheet.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/fmt/grid.h"

void
ks_sheet_init(struct ks_sheet *sheet, const char *const *columns, size_t n_columns)
{
	*sheet = (struct ks_sheet){.rows = {.columns = columns, .n_columns = n_columns}};
}

void
ks_sheet_done(struct ks_sheet *sheet)
{
	for (size_t i = 0; i < sheet->n; i++)
		if (sheet->values[i].type == KS_VALUE_TEXT)
			free((void *)(uintptr_t)sheet->values[i].text);
	free(sheet->values);
	*sheet = (struct ks_sheet){0};
}

static void
put(struct ks_sheet *sheet, struct ks_value value)
{
	if (sheet->n == sheet->cap && !sheet->failed) {
		const size_t cap = sheet->cap * 2 + 64;
		struct ks_value *const grown = reallocarray(sheet->values, cap, sizeof(*grown));
		sheet->failed = grown == NULL;
		if (grown != NULL) {
			sheet->values = grown;
			sheet->cap = cap;
		}
	}
	if (!sheet->failed)
		sheet->values[sheet->n++] = value;
}

void
ks_sheet_put_null(struct ks_sheet *sheet)
{
	put(sheet, (struct ks_value){.type = KS_VALUE_NULL});
}

void
ks_sheet_put_nulls(struct ks_sheet *sheet, size_t times)
{
	for (size_t i = 0; i < times; i++)
		ks_sheet_put_null(sheet);
}

void
ks_sheet_put_natural(struct ks_sheet *sheet, uint64_t value)
{
	put(sheet, (struct ks_value){.type = KS_VALUE_NATURAL, .natural = value});
}

void
ks_sheet_put_bool(struct ks_sheet *sheet, bool value)
{
	put(sheet, (struct ks_value){.type = KS_VALUE_INT, .integer = value});
}

void
ks_sheet_put_real(struct ks_sheet *sheet, double value)
{
	if (isfinite(value))
		put(sheet, (struct ks_value){.type = KS_VALUE_REAL, .real = value});
	else
		ks_sheet_put_null(sheet);
}

void
ks_sheet_put_text(struct ks_sheet *sheet, const char *text)
{
	if (text == NULL) {
		ks_sheet_put_null(sheet);
		return;
	}
	char *const copy = strdup(text);
	if (copy == NULL)
		sheet->failed = true;
	else
		put(sheet, (struct ks_value){.type = KS_VALUE_TEXT, .text = copy, .n_text = strlen(copy)});
	if (sheet->failed)
		free(copy);
}

/* Complete rows, for whoever reads them. */
static void
close_rows(struct ks_sheet *sheet)
{
	assert(sheet->failed || sheet->n % sheet->rows.n_columns == 0);
	sheet->rows.values = sheet->values;
	sheet->rows.n_rows = sheet->n / sheet->rows.n_columns;
}

void
ks_sheet_print(struct ks_sheet *sheet, struct ks_buf *buf, size_t width, bool unicode)
{
	struct ks_diag unused;
	struct ks_grid grid;
	struct ks_rows *rows;
	bool have = false;
	close_rows(sheet);
	buf->failed |= sheet->failed;
	if (sheet->failed || sheet->n == 0 || ks_rows_of_table(&sheet->rows, &rows, &unused) != KS_SUCCESS)
		return;
	ks_grid_init(&grid, rows, unicode);
	while (ks_rows_next(rows, &have, &unused) == KS_SUCCESS && have)
		ks_grid_add(&grid, rows);
	for (size_t i = 0; i < grid.n_columns && !grid.failed; i++)
		grid.columns[i].shown = grid.columns[i].any;
	ks_grid_fit(&grid, width);
	ks_grid_print_head(&grid, buf);
	ks_grid_print(&grid, buf);
	ks_grid_done(&grid);
	ks_rows_close(rows);
}

static enum ks_error
write_rows(struct ks_sheet *sheet, const struct ks_document *document, const struct ks_fmt_ops *format,
	   struct ks_diag *diag)
{
	struct ks_rows *rows;
	if (sheet->failed)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for the rows");
	close_rows(sheet);
	enum ks_error error = ks_rows_of_table(&sheet->rows, &rows, diag);
	if (error != KS_SUCCESS)
		return error;
	error = format->write(document, rows, diag);
	ks_rows_close(rows);
	return error;
}

enum ks_error
ks_sheet_write(struct ks_sheet *sheet, struct ks_document *document, const char *name, struct ks_buf *text,
	       struct ks_diag *diag)
{
	const struct ks_report_name report = {.name = name};
	const struct ks_fmt_ops *const format = ks_fmt_find(document->request->format);
	FILE *const out = document->request->out;
	if (format == NULL)
		return ks_fmt_refuse(document->request->format, diag);
	document->report = &report;
	const enum ks_error error = format->for_people ? ks_buf_flush(text, out, diag)
						       : write_rows(sheet, document, format, diag);
	document->report = NULL;
	if (error == KS_SUCCESS && (fflush(out) != 0 || ferror(out)))
		return ks_diag_set(diag, KS_ERR_OUTPUT, "cannot write: %s", strerror(errno));
	return error;
}
