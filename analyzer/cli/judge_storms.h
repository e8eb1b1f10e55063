/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/judge_storms.h -- the storms of a database, found and graded. */
#ifndef KS_ANALYZER_CLI_JUDGE_STORMS_H
#define KS_ANALYZER_CLI_JUDGE_STORMS_H

#include "store/store.h"

struct ks_judged_storms {
	struct ks_store_storm *storms; /* to be freed, also after an error */
	/* In order of zones, then of time; behind them, when there are any and several servers, those that
	 * each server saw. */
	size_t n, capacity;
};

KS_MUST_CHECK enum ks_error ks_judge_storms(struct ks_store *store, struct ks_judged_storms *ret,
					    struct ks_diag *diag);

#endif
