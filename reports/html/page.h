/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/html/page.h -- all reports as one page that needs nothing else: no network, no scripts to be read.
 *
 * Output:  one HTML5 file; words first, then pictures, then tables. Its policy (CSP) lets no request leave
 * and runs no script but its own. Bounds:  plots as in plot.h; a table has at most the rows that its section
 * says (or --limit), and tells how many there are. Memory:  a section at a time. Errors:  those of the store;
 * KS_ERR_OUTPUT. */
#ifndef KS_REPORTS_HTML_PAGE_H
#define KS_REPORTS_HTML_PAGE_H

#include "reports/fmt/fmt.h"

KS_MUST_CHECK enum ks_error ks_page_write(struct ks_store *store, const struct ks_document *document,
					  struct ks_diag *diag);

#endif
