/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The levels of a search as a table with every digit. */
#include <inttypes.h>
#include <string.h>

#include "analyzer/cli/model.h"

void
ks_cli_put_grouped(struct ks_buf *buf, uint64_t n)
{
	char digits[24];
	const size_t length = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, n);
	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			ks_buf_put(buf, ",", 1);
		ks_buf_put(buf, &digits[i], 1);
	}
}

enum { LEVEL_COLUMNS = 6 };

static void
put_cell(struct ks_buf *buf, const struct ks_buf *cell, size_t width)
{
	ks_buf_fill(buf, ' ', width > cell->n ? width - cell->n : 0);
	ks_buf_text(buf, ks_buf_string(cell));
	buf->failed |= cell->failed;
}

static void
print_level(struct ks_buf cells[LEVEL_COLUMNS], size_t number, const struct ks_model_level *level)
{
	const struct ks_model_count counts[] = {
		{.n = number}, {.n = level->servers},    level->dnskey,
		level->ds,     level->dnskey_per_server, level->ds_per_server};
	static_assert(KS_COUNT(counts) == LEVEL_COLUMNS, "a count each");
	for (size_t i = 0; i < LEVEL_COLUMNS; i++) {
		ks_buf_clear(&cells[i]);
		if (number == 1 && (i == 3 || i == 5)) {
			ks_buf_put(&cells[i], "-", 1);
			continue;
		}
		ks_buf_text(&cells[i], counts[i].over ? ">" : "");
		ks_cli_put_grouped(&cells[i], counts[i].n);
	}
}

void
ks_cli_put_levels(const struct ks_model_search *search, struct ks_buf *buf)
{
	static const char *const titles[LEVEL_COLUMNS] = {"level", "servers",     "DNSKEY",
							  "DS",    "DNSKEY each", "DS each"};
	struct ks_buf cells[LEVEL_COLUMNS] = {0};
	size_t widths[LEVEL_COLUMNS];
	for (size_t i = 0; i < LEVEL_COLUMNS; i++)
		widths[i] = strlen(titles[i]);
	for (size_t row = 0; row < search->n_levels; row++) {
		print_level(cells, row + 1, &search->levels[row]);
		for (size_t i = 0; i < LEVEL_COLUMNS; i++)
			widths[i] = cells[i].n > widths[i] ? cells[i].n : widths[i];
	}
	for (size_t row = 0; row <= search->n_levels; row++) {
		if (row > 0)
			print_level(cells, row, &search->levels[row - 1]);
		for (size_t i = 0; i < LEVEL_COLUMNS; i++) {
			if (row == 0) {
				ks_buf_clear(&cells[i]);
				ks_buf_text(&cells[i], titles[i]);
			}
			ks_buf_text(buf, i == 0 ? "" : "  ");
			put_cell(buf, &cells[i], widths[i]);
		}
		ks_buf_put(buf, "\n", 1);
	}
	for (size_t i = 0; i < LEVEL_COLUMNS; i++)
		ks_buf_done(&cells[i]);
	ks_buf_put(buf, "\n", 1);
}
