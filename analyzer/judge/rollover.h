/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/rollover.h -- everything that happened to one zone's keys.
 *
 * Input:   the facts of one zone. Pure: the same facts give the same events, in order of time.
 * Memory:  scratch and room for events by the caller. Threads: no state. */
#ifndef KS_ANALYZER_JUDGE_ROLLOVER_H
#define KS_ANALYZER_JUDGE_ROLLOVER_H

#include "analyzer/judge/traits.h"

/* What is in `events` is replaced. */
void ks_rollover_judge(const struct ks_zone_facts *facts, struct ks_traits_scratch *scratch,
		       struct ks_events *events);

#endif
