/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/signing.h -- signatures that run out, that are not valid yet, and who signs the zone.
 *
 * Method:  DOMAIN B9, A5 5-01. A signature expires at the instant it names; the event is the first answer
 * with it afterwards. It is about to expire when it is still served less than seven days before its end; what
 *          was so at first sight did not happen, and a zone whose signatures live no longer than that never
 * is. Who signs is told from SOA by traits.h; here from other types, where no SOA was seen. Input:   facts of
 * one zone. Memory: none. Threads: pure function. */
#ifndef KS_ANALYZER_JUDGE_SIGNING_H
#define KS_ANALYZER_JUDGE_SIGNING_H

#include "analyzer/judge/zone.h"

void ks_signing_judge(const struct ks_zone_facts *facts, struct ks_events *events);

#endif
