/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/plot/gather_p.h -- what the gatherers share. Private to gather*.c. */
#ifndef KS_REPORTS_PLOT_GATHER_P_H
#define KS_REPORTS_PLOT_GATHER_P_H

#include "reports/each.h"
#include "reports/plot/gather.h"

/* The time that the plot is about: the capture, narrowed by the options; bins as stored or as --step says.
 * False when there is none. */
KS_MUST_CHECK bool ks_gather_time(const struct ks_document *document, struct ks_plot *plot);
/* Append to the caption how wide bins are, and how many make a point. */
void ks_gather_put_bins(struct ks_plot *plot);

/* Shade the storms (of one zone, or NULL: all); with `onsets` each start is an event too. */
KS_MUST_CHECK enum ks_error ks_gather_spans(struct ks_store *store, const char *zone, bool onsets,
					    struct ks_plot *plot, struct ks_diag *diag);
/* What happened to the keys of a zone (NULL: of all) within the plot. */
KS_MUST_CHECK enum ks_error ks_gather_events(struct ks_store *store, const char *zone, struct ks_plot *plot,
					     struct ks_diag *diag);

/* "example.com.", "root (.)": a single dot is easily missed. */
void ks_gather_put_zone(struct ks_buf *buf, const char *zone, size_t n);
/* Appends the value of a column as people read it, without leading text. */
void ks_gather_put(struct ks_buf *buf, const struct ks_rows *rows, const char *column);

#endif
