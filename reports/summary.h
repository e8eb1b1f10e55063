/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/summary.h -- the answer in sentences: is there a storm, since when, how strong, who sends.
 *
 * Asks the queries summary, storms, hitters, qtypes and quality, each read once (qtypes twice), holding
 * a handful of rows. Nothing is written before all of them answered. */
#ifndef KS_REPORTS_SUMMARY_H
#define KS_REPORTS_SUMMARY_H

#include "reports/fmt/fmt.h"

KS_MUST_CHECK enum ks_error ks_summary_write(struct ks_store *store, const struct ks_document *document,
					     struct ks_diag *diag);

#endif
