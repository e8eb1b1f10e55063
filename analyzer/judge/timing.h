/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/timing.h -- was a step of a rollover taken before caches could have forgotten what was
 * before?
 *
 * Only what is certain is told: the longest interval that the observations allow must be too short. How long
 * a zone's servers take to follow one another is not known and counts as nothing.
 *
 * Warnings begin with one word:
 *   TOO_EARLY   a step was taken before the records it relies on could be everywhere, or before those it
 * takes away could be gone (RFC 7583 s3.2, s3.3: Ipub, Iret, IpubC, IretP) HOLD_DOWN   the root's new key
 * signs alone before it was published for 30 days (RFC 5011 s2.4.1) ORDER       steps of an algorithm
 * rollover in an order that breaks validators (RFC 6781 s4.1.4) COLLISION   a key has algorithm and tag of
 * another one in the set UNUSABLE    a key is not to be read as one of its algorithm
 *
 * Input: facts and events of one zone. Threads: pure function. */
#ifndef KS_ANALYZER_JUDGE_TIMING_H
#define KS_ANALYZER_JUDGE_TIMING_H

#include "analyzer/judge/zone.h"

void ks_timing_judge(const struct ks_zone_facts *facts, struct ks_events *events);

#endif
