/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/summary.h -- the answer in sentences: is there a storm, since when, how strong, who sends.
 *
 * Asks the queries summary, storms, hitters, qtypes, quality and signatures, each read once (qtypes twice),
 * holding a handful of rows. Nothing is written before all of them answered. */
#ifndef KS_REPORTS_SUMMARY_H
#define KS_REPORTS_SUMMARY_H

#include "reports/buf.h"
#include "reports/fmt/fmt.h"

KS_MUST_CHECK enum ks_error ks_summary_write(struct ks_store *store, const struct ks_document *document,
					     struct ks_diag *diag);

/* The same answer in pieces, each in sentences, unfolded and safe for a terminal: what a page sets in its own
 * type. `storms` has a line for each; what there is nothing to say about is empty. */
struct ks_summary_prose {
	struct ks_buf headline, storms, load, verdict, senders, counted, refused, milestone;
	bool has_storm;
};
KS_MUST_CHECK enum ks_error ks_summary_read_prose(struct ks_store *store, const struct ks_document *document,
						  struct ks_summary_prose *ret, struct ks_diag *diag);
void ks_summary_prose_done(struct ks_summary_prose *prose);

/* "the root zone (.)", "zone example.com." */
void ks_summary_put_zone(struct ks_buf *buf, const struct ks_value *zone, bool unicode);

#endif
