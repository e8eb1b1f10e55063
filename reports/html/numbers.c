/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/html/numbers.c -- the few figures that stand in large type: of the strongest storm, and of those
 * who ask. */
#include <string.h>

#include "reports/each.h"
#include "reports/html/page_p.h"

static void
put_number(struct ks_page *page, const struct ks_rows *rows, const char *column, const char *label,
	   const char *unit)
{
	struct ks_buf *const buf = &page->numbers;
	const size_t n = ks_rows_columns(rows);
	for (size_t i = 0; i < n; i++) {
		const struct ks_value value = ks_rows_value(rows, i);
		if (strcmp(ks_rows_column(rows, i), column) != 0 || value.type == KS_VALUE_NULL)
			continue;
		ks_buf_printf(buf, "<div><dt>%s</dt><dd>", label);
		ks_page_put_value(buf, column, &value);
		ks_buf_printf(buf, "%s</dd></div>\n", unit);
	}
}

static bool
see_storm(void *arg, const struct ks_rows *rows)
{
	put_number(arg, rows, "peak_qps", "Peak, DNSKEY", " q/s");
	put_number(arg, rows, "uplift", "Times the base", "");
	put_number(arg, rows, "severity", "Severity, of 5", "");
	put_number(arg, rows, "byte_share", "Of the growth in answers", "");
	return false;
}

static bool
see_summary(void *arg, const struct ks_rows *rows)
{
	put_number(arg, rows, "dnskey_share", "DNSKEY, of all queries", "");
	put_number(arg, rows, "offenders", "Sources that ask again", "");
	put_number(arg, rows, "heavy_hitters", "Heavy hitters", "");
	return false;
}

enum ks_error
ks_page_read_numbers(struct ks_page *page, struct ks_diag *diag)
{
	const struct ks_query strongest = {.limit = 1, .by = "peak_qps"}, whole = {0};
	const enum ks_error error = ks_each_row(page->store, "storms", &strongest, see_storm, page, diag);
	return error != KS_SUCCESS ? error
				   : ks_each_row(page->store, "summary", &whole, see_summary, page, diag);
}
