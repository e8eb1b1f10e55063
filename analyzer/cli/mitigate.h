/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/mitigate.h -- from a database to a plan: which zones, who is named, how he is delayed. */
#ifndef KS_ANALYZER_CLI_MITIGATE_H
#define KS_ANALYZER_CLI_MITIGATE_H

#include "reports/mitigate/mitigate.h"
#include "store/store.h"

enum { KS_CLI_MITIGATE_ZONES = 64 }; /* in one file, those with the highest peaks */

/* Fills `plan`, whose `tool` and `zone_asked` are set. Done in any case with ks_cli_plan_done. */
KS_MUST_CHECK enum ks_error ks_cli_plan_read(struct ks_store *store, struct ks_mitigate_plan *plan,
					     struct ks_diag *diag);
void ks_cli_plan_done(struct ks_mitigate_plan *plan);

#endif
