/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/fmt/grid.h -- rows as aligned columns that fit a terminal.
 *
 * Use: init with the columns, add rows, fit once, print; then single rows may still follow in the same
 * layout (`reuse`, add, print), so that a long series costs the memory of its first rows only.
 *
 * Memory:  cells of the rows held; malloc failures are sticky and reported by ks_grid_print. */
#ifndef KS_REPORTS_FMT_GRID_H
#define KS_REPORTS_FMT_GRID_H

#include "reports/buf.h"
#include "reports/columns.h"

struct ks_grid_column {
	struct ks_column column;
	size_t natural;         /* widest cell */
	size_t width;           /* what it got */
	bool shown, right, any; /* any: some cell has a value */
};

struct ks_grid_cell {
	size_t at, n;
	bool told; /* stands below its row when its column is not shown */
};

struct ks_grid {
	struct ks_grid_column *columns;
	size_t n_columns;
	struct ks_grid_cell *cells; /* n_rows of n_columns */
	size_t n_rows, cap_rows;
	size_t limit; /* of a line; 0: none */
	struct ks_buf text;
	bool unicode, failed;
};

void ks_grid_init(struct ks_grid *table, const struct ks_rows *rows, bool unicode);
void ks_grid_add(struct ks_grid *table, const struct ks_rows *rows); /* the current row */
void ks_grid_reuse(struct ks_grid *table);                           /* forget the rows, keep the layout */
void ks_grid_done(struct ks_grid *table);

/* Choose columns and widths for a terminal of `width` columns; 0: everything as wide as it is. Judgements and
 * warnings of columns without room go on lines of their own below their rows. */
void ks_grid_fit(struct ks_grid *table, size_t width);

void ks_grid_print_head(const struct ks_grid *table, struct ks_buf *buf);
void ks_grid_print(const struct ks_grid *table, struct ks_buf *buf);
/* Row 0 downwards: one line a column. */
void ks_grid_print_record(const struct ks_grid *table, struct ks_buf *buf, size_t width);
/* Names of the columns that found no place, "" when all did. */
void ks_grid_left_out(const struct ks_grid *table, struct ks_buf *buf);

#endif
