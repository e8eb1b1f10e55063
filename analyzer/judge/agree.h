/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/agree.h -- do the servers of a zone serve the same keys?
 *
 * Servers that are updated one after the other differ for a while; they are INCONSISTENT when they do for
 * longer than the zone's SOA refresh, and at least 300 s. A difference counts where two periods of unlike
 * keys stand at the same time.
 *
 * Method:  DOMAIN B9, A5 5-04. Input: facts of one zone. Memory: none. Threads: pure function. */
#ifndef KS_ANALYZER_JUDGE_AGREE_H
#define KS_ANALYZER_JUDGE_AGREE_H

#include "analyzer/judge/zone.h"

void ks_agree_judge(const struct ks_zone_facts *facts, struct ks_events *events);

#endif
