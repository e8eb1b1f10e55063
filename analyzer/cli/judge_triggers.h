/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/judge_triggers.h -- which events and steps of the calendar came before which storm. */
#ifndef KS_ANALYZER_CLI_JUDGE_TRIGGERS_H
#define KS_ANALYZER_CLI_JUDGE_TRIGGERS_H

#include "analyzer/cli/judge_events.h"

/* Events and storms are written already; `ids` has those of the events. */
KS_MUST_CHECK enum ks_error ks_judge_triggers_put(struct ks_store *store,
						  const struct ks_judged_events *judged, const int64_t *ids,
						  const struct ks_store_storm *storms, size_t n_storms,
						  struct ks_diag *diag);

#endif
