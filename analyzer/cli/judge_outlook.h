/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/judge_outlook.h -- what the storms of a zone let expect of the next one. Memory: none.
 * Threads: one. Errors: KS_ERR_DATABASE. */
#ifndef KS_ANALYZER_CLI_JUDGE_OUTLOOK_H
#define KS_ANALYZER_CLI_JUDGE_OUTLOOK_H

#include "store/store.h"

/* `storms` as they came from the judge: zone by zone, in the order of time; they are written already. */
KS_MUST_CHECK enum ks_error ks_judge_outlooks_put(struct ks_store *store, const struct ks_store_storm *storms,
						  size_t n, struct ks_diag *diag);

#endif
