/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/plot/gather.h -- from rows to plots: one function for each report that has a picture.
 *
 * Asks the same queries as the tables do, with the same options; nothing is counted here. A plot may come
 * back empty (ks_plot_is_empty): then there is nothing to look at, and `caption` may say why. */
#ifndef KS_REPORTS_PLOT_GATHER_H
#define KS_REPORTS_PLOT_GATHER_H

#include "reports/fmt/fmt.h"
#include "reports/plot/plot.h"

/* `ret` is zeroed before; the caller releases it, whatever is returned. */
typedef enum ks_error ks_gather_fn(struct ks_store *store, const struct ks_document *document,
				   struct ks_plot *ret, struct ks_diag *diag);

ks_gather_fn ks_gather_traffic, ks_gather_qtypes, ks_gather_rollover_series, ks_gather_sequence,
	ks_gather_storms, ks_gather_rollovers, ks_gather_chain;

/* The source whose sequence tells most, of those that zone and source of `query` allow: the first in
 * `hitters` that asks again at least every second time, or else the first. Empty text: nobody. */
struct ks_offender {
	char source[KS_ADDR_TEXT];
	struct ks_buf zone;
	bool repeats;
};
KS_MUST_CHECK enum ks_error ks_gather_offender(struct ks_store *store, const struct ks_query *query,
					       struct ks_offender *ret, struct ks_diag *diag);

/* The gatherer of a report; NULL when it has no picture. `ks_gather_names` lists those that have, for a
 * refusal. */
ks_gather_fn *ks_gather_find(const char *report);
extern const char ks_gather_names[];

#endif
