/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/judge_clients.h -- the judgement of how many different sources asked: read all, then put. */
#ifndef KS_ANALYZER_CLI_JUDGE_CLIENTS_H
#define KS_ANALYZER_CLI_JUDGE_CLIENTS_H

#include "store/store.h"

struct ks_client_counts;

KS_MUST_CHECK enum ks_error ks_client_counts_read(struct ks_store *store, struct ks_client_counts **ret,
						  struct ks_diag *diag);
/* Between ks_store_judge_begin and ks_store_judge_end. */
KS_MUST_CHECK enum ks_error ks_client_counts_put(struct ks_store *store,
						 const struct ks_client_counts *counts, struct ks_diag *diag);
void ks_client_counts_free(struct ks_client_counts *counts); /* NULL is fine */

#endif
