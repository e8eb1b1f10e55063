/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/judge_causes.h -- why: clues out of the database, through the judge, and the diagnoses back.
 */
#ifndef KS_ANALYZER_CLI_JUDGE_CAUSES_H
#define KS_ANALYZER_CLI_JUDGE_CAUSES_H

#include "store/store.h"

/* When storms, habits, events and triggers have been put, before the judgements end. */
KS_MUST_CHECK enum ks_error ks_judge_causes(struct ks_store *store, struct ks_diag *diag);

#endif
