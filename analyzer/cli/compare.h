/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/compare.h -- two databases, what each says of itself, and both side by side. */
#ifndef KS_ANALYZER_CLI_COMPARE_H
#define KS_ANALYZER_CLI_COMPARE_H

#include "reports/sheet.h"
#include "store/store.h"

/* Names and addresses are copies, freed with the side. Arrays are in the order of their names. */
struct ks_cli_side {
	const char *path;
	struct ks_store *store;
	struct ks_store_head head;
	struct ks_store_covers covers;
	struct ks_store_rates all; /* zones together */
	struct ks_store_rates *zones;
	size_t n_zones, cap_zones;
	struct ks_store_zone_storms *storms;
	size_t n_storms, cap_storms;
	struct ks_store_offender *offenders;
	size_t n_offenders, cap_offenders;
	bool storms_known, offenders_known, complete;
	struct ks_store_amplification amplification;
};

/* Everything of one database; `zone` NULL: all zones. The store stays open until ks_cli_side_done. */
KS_MUST_CHECK enum ks_error ks_cli_side_read(struct ks_cli_side *side, const char *path, const char *zone,
					     struct ks_diag *diag);
void ks_cli_side_done(struct ks_cli_side *side);

struct ks_cli_comparison {
	struct ks_cli_side a, b;
	const char *zone; /* as asked for; NULL: all */
	int64_t limit;    /* zones, and offenders; < 0: all */
};

extern const char *const ks_cli_compare_columns[];
extern const size_t ks_cli_n_compare_columns;

/* Rows into `sheet`, what people read into `buf`. */
KS_MUST_CHECK enum ks_error ks_cli_compare(const struct ks_cli_comparison *comparison,
					   const struct ks_document *document, struct ks_sheet *sheet,
					   struct ks_buf *buf, struct ks_diag *diag);

#endif
