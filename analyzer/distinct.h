/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/distinct.h -- how many different things were met, in a few octets: HyperLogLog.
 *
 * 2^p registers of an octet each; the relative standard error is 1.04 / sqrt(2^p): 0.81 % for p = 14, 2.3 %
 * for p = 11, 6.5 % for p = 8. The estimate is the one by O. Ertl ("New cardinality estimation algorithms for
 * HyperLogLog sketches", 2017), which needs no tables and no switch for small counts.
 *
 * The hash has no secret, since figures must not change from run to run. So a sender who studies this file
 * can choose names that count as few; he cannot do so for those whom he does not control.
 *
 * Memory: the caller's, zeroed. Threads: no state. */
#ifndef KS_ANALYZER_DISTINCT_H
#define KS_ANALYZER_DISTINCT_H

#include "dissect/base.h"

void ks_distinct_add(uint8_t *registers, unsigned p, const void *bytes, size_t n);

/* `into` becomes what it would be, had it met all that `from` has met as well. */
void ks_distinct_merge(uint8_t *into, const uint8_t *from, unsigned p);

double ks_distinct_count(const uint8_t *registers, unsigned p);

#endif
