/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/all.h -- every report in one document: a page (html), or one after the other (text, json).
 *
 * Errors: KS_ERR_USAGE for another format, or for an option but --limit; those of the reports. */
#ifndef KS_REPORTS_ALL_H
#define KS_REPORTS_ALL_H

#include "reports/fmt/fmt.h"

/* Writes one of the reports in the format of `document`; the caller knows how. */
typedef enum ks_error ks_all_one_fn(struct ks_store *store, const struct ks_document *document,
				    struct ks_diag *diag);

/* "all": no question of its own, so it is not among ks_report_names. */
extern const struct ks_report_name ks_all_report;

KS_MUST_CHECK enum ks_error ks_all_write(struct ks_store *store, const struct ks_document *document,
					 ks_all_one_fn *one, struct ks_diag *diag);

#endif
