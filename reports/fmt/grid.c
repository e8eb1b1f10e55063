/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/fmt/grid.h"

#include <stdlib.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/prose.h"

enum { GAP = 2 };

void
ks_grid_init(struct ks_grid *table, const struct ks_rows *rows, bool unicode)
{
	*table = (struct ks_grid){.n_columns = ks_rows_columns(rows), .unicode = unicode};
	table->columns = calloc(table->n_columns + 1, sizeof(*table->columns));
	if (table->columns == NULL) {
		table->failed = true;
		return;
	}
	for (size_t i = 0; i < table->n_columns; i++) {
		struct ks_grid_column *column = &table->columns[i];
		column->column = ks_column_of(ks_rows_column(rows, i));
		column->right = ks_column_is_right(&column->column, KS_VALUE_NULL);
		column->natural = strlen(column->column.title);
		column->shown = true;
	}
}

static bool
grow(struct ks_grid *table)
{
	if (table->failed)
		return false;
	if (table->n_rows < table->cap_rows)
		return true;
	size_t cap = table->cap_rows == 0 ? 16 : table->cap_rows * 2;
	struct ks_grid_cell *cells = reallocarray(table->cells, cap * (table->n_columns + 1), sizeof(*cells));
	if (cells == NULL) {
		table->failed = true;
		return false;
	}
	table->cells = cells;
	table->cap_rows = cap;
	return true;
}

void
ks_grid_add(struct ks_grid *table, const struct ks_rows *rows)
{
	if (!grow(table))
		return;
	struct ks_grid_cell *cells = table->cells + table->n_rows * table->n_columns;
	for (size_t i = 0; i < table->n_columns; i++) {
		struct ks_grid_column *column = &table->columns[i];
		const struct ks_value value = ks_rows_value(rows, i);
		cells[i].at = table->text.n;
		ks_column_print(&table->text, &column->column, &value, table->unicode);
		cells[i].n = table->text.n - cells[i].at;
		cells[i].told = ks_column_is_told(column->column.name, &value);
		column->any |= value.type != KS_VALUE_NULL;
		column->right |= ks_column_is_right(&column->column, value.type);
		size_t width =
			table->text.failed ? 0 : ks_utf8_columns(table->text.at + cells[i].at, cells[i].n);
		if (width > column->natural)
			column->natural = width;
	}
	table->n_rows++;
}

void
ks_grid_reuse(struct ks_grid *table)
{
	ks_buf_clear(&table->text);
	table->n_rows = 0;
}

void
ks_grid_done(struct ks_grid *table)
{
	ks_buf_done(&table->text);
	free(table->columns);
	free(table->cells);
	*table = (struct ks_grid){0};
}

static size_t
least_width(const struct ks_grid_column *column)
{
	size_t flex = column->column.flex, title = strlen(column->column.title);
	size_t least = flex < title ? title : flex;
	return flex == 0 || column->natural < least ? column->natural : least;
}

/* What the table needs at least; `ret_shown` counts its columns. */
static size_t
least_total(const struct ks_grid *table, size_t *ret_shown)
{
	size_t total = 0, shown = 0;
	for (size_t i = 0; i < table->n_columns; i++)
		if (table->columns[i].shown) {
			total += least_width(&table->columns[i]) + (shown > 0 ? GAP : 0);
			shown++;
		}
	*ret_shown = shown;
	return total;
}

/* Columns without any value go first, then by priority, then the rightmost. The core of a report stays
 * even then: that every `end` is unknown says that every storm is still on. */
enum { CORE = 90 };

static size_t
least_wanted(const struct ks_grid *table)
{
	size_t worst = SIZE_MAX;
	int worst_rank = 0;
	for (size_t i = 0; i < table->n_columns; i++) {
		const struct ks_grid_column *column = &table->columns[i];
		const int priority = column->column.priority;
		const int rank = (column->any || priority >= CORE ? 100 : 0) + priority;
		if (column->shown && (worst == SIZE_MAX || rank <= worst_rank)) {
			worst = i;
			worst_rank = rank;
		}
	}
	return worst;
}

void
ks_grid_fit(struct ks_grid *table, size_t width)
{
	if (table->failed)
		return;
	size_t limit = width == 0 ? SIZE_MAX : width, shown, total;
	table->limit = width;
	while ((total = least_total(table, &shown)) > limit && shown > 1)
		table->columns[least_wanted(table)].shown = false;
	size_t spare = total < limit ? limit - total : 0;
	for (size_t i = 0; i < table->n_columns; i++) {
		struct ks_grid_column *column = &table->columns[i];
		if (!column->shown)
			continue;
		column->width = least_width(column);
		size_t more = column->natural - column->width;
		more = more < spare ? more : spare;
		column->width += more;
		spare -= more;
	}
}

/* One line of cells; false when none of them had anything left to print. `rest` advances. */
static bool
print_line(const struct ks_grid *table, struct ks_grid_cell *rest, bool first, struct ks_buf *buf)
{
	bool more = false;
	size_t pending = 0; /* spaces owed, paid only when something follows */
	for (size_t i = 0; i < table->n_columns; i++) {
		const struct ks_grid_column *column = &table->columns[i];
		if (!column->shown)
			continue;
		const char *at = table->text.at + rest[i].at;
		size_t skip = rest[i].n, n = rest[i].n;
		if (column->column.flex > 0)
			n = ks_prose_fit(at, rest[i].n, column->width, &skip);
		size_t used = ks_utf8_columns(at, n);
		size_t pad = used < column->width ? column->width - used : 0;
		if (n > 0) {
			ks_buf_fill(buf, ' ', pending + (column->right ? pad : 0));
			ks_buf_put(buf, at, n);
			pending = (column->right ? 0 : pad) + GAP;
			more = true;
		} else {
			pending += column->width + GAP;
		}
		rest[i].at += skip;
		rest[i].n -= skip;
	}
	if (first || more)
		ks_buf_put(buf, "\n", 1);
	return more;
}

static bool
anything_left(const struct ks_grid *table, const struct ks_grid_cell *rest)
{
	for (size_t i = 0; i < table->n_columns; i++)
		if (table->columns[i].shown && rest[i].n > 0)
			return true;
	return false;
}

/* "      phase: ksk-activate; warning: HOLD_DOWN: ...", below the row that it is about. */
static void
print_told(const struct ks_grid *table, const struct ks_grid_cell *cells, struct ks_buf *buf)
{
	struct ks_buf text = {0};
	for (size_t i = 0; i < table->n_columns; i++) {
		if (table->columns[i].shown || !cells[i].told)
			continue;
		ks_buf_printf(&text, "%s%s: ", text.n > 0 ? "; " : "", table->columns[i].column.title);
		ks_buf_put(&text, table->text.at + cells[i].at, cells[i].n);
	}
	if (text.n > 0)
		ks_prose_fold(buf, "      ", ks_buf_string(&text), table->limit);
	buf->failed |= text.failed;
	ks_buf_done(&text);
}

void
ks_grid_print(const struct ks_grid *table, struct ks_buf *buf)
{
	if (table->failed || table->text.failed) {
		buf->failed = true;
		return;
	}
	for (size_t row = 0; row < table->n_rows; row++) {
		struct ks_grid_cell *cells = table->cells + row * table->n_columns;
		bool first = true;
		do {
			(void)print_line(table, cells, first, buf);
			first = false;
		} while (anything_left(table, cells));
		print_told(table, cells, buf);
	}
}

void
ks_grid_print_head(const struct ks_grid *table, struct ks_buf *buf)
{
	size_t pending = 0;
	for (size_t i = 0; !table->failed && i < table->n_columns; i++) {
		const struct ks_grid_column *column = &table->columns[i];
		if (!column->shown)
			continue;
		size_t title = strlen(column->column.title);
		size_t pad = title < column->width ? column->width - title : 0;
		ks_buf_fill(buf, ' ', pending + (column->right ? pad : 0));
		ks_buf_text(buf, column->column.title);
		pending = (column->right ? 0 : pad) + GAP;
	}
	ks_buf_put(buf, "\n", 1);
}

void
ks_grid_print_record(const struct ks_grid *table, struct ks_buf *buf, size_t width)
{
	if (table->failed || table->text.failed) {
		buf->failed = true;
		return;
	}
	size_t title_width = 0;
	for (size_t i = 0; i < table->n_columns; i++) {
		size_t n = strlen(table->columns[i].column.name);
		title_width = n > title_width ? n : title_width;
	}
	for (size_t i = 0; table->n_rows > 0 && i < table->n_columns; i++) {
		struct ks_buf label = {0}, value = {0};
		ks_buf_printf(&label, "%-*s  ", (int)title_width, table->columns[i].column.name);
		ks_buf_put(&value, table->text.at + table->cells[i].at, table->cells[i].n);
		ks_prose_fold(buf, ks_buf_string(&label), ks_buf_string(&value), width);
		buf->failed |= label.failed || value.failed;
		ks_buf_done(&label);
		ks_buf_done(&value);
	}
}

void
ks_grid_left_out(const struct ks_grid *table, struct ks_buf *buf)
{
	const char *gap = "";
	for (size_t i = 0; !table->failed && i < table->n_columns; i++)
		if (!table->columns[i].shown) {
			ks_buf_printf(buf, "%s%s", gap, table->columns[i].column.name);
			gap = ", ";
		}
}
