/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/fmt/svg.h -- a report as one picture, for a paper or a ticket.
 *
 * Errors: KS_ERR_USAGE where the report has no picture (the line lists those that have), or where there is
 *         nothing to draw; those of the store; KS_ERR_OUTPUT. */
#ifndef KS_REPORTS_FMT_SVG_H
#define KS_REPORTS_FMT_SVG_H

#include "reports/fmt/fmt.h"

KS_MUST_CHECK enum ks_error ks_svg_write(struct ks_store *store, const struct ks_document *document,
					 struct ks_diag *diag);

#endif
