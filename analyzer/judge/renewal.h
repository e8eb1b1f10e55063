/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/renewal.h -- signatures that are valid again after others had run out.
 *
 * Input:   the signatures of one zone. Pure function. Memory: none. Threads: no state.
 * Method:  for each type of which a signature was served when it was over: the first one that was seen after
 *          that, was never over itself, and outlived the last sight of an expired one. An event for each key
 *          that made such signatures, as SIG_EXPIRED is (signing.h), so that what ended a storm of an expired
 *          zone can be told (DOMAIN B10; DOMAIN B9 has no word for it).
 * Errors:  servers are not told apart here: where one went on with expired signatures after another had new
 *          ones, `before_ns` is when the first expired one was seen.
 * Bounds:  validities that were folded into one row (more than are kept apart) cannot tell and are left out.
 */
#ifndef KS_ANALYZER_JUDGE_RENEWAL_H
#define KS_ANALYZER_JUDGE_RENEWAL_H

#include "analyzer/judge/zone.h"

void ks_renewal_judge(const struct ks_zone_facts *facts, struct ks_events *events);

#endif
