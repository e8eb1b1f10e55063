/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/fmt/why.h -- report diagnosis as text. Private to reports. */
#ifndef KS_REPORTS_FMT_WHY_H
#define KS_REPORTS_FMT_WHY_H

#include "reports/fmt/fmt.h"

/* The .text of that report: see struct ks_report_name. The limit of the request counts storms and sources.
 * Errors are those of ks_each_row, and KS_ERR_OUTPUT. */
KS_MUST_CHECK enum ks_error ks_why_write(struct ks_store *store, const struct ks_document *document,
					 struct ks_diag *diag);

#endif
