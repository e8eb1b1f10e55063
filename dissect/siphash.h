/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/siphash.h -- SipHash-2-4: a keyed hash that tells nothing of its key or its input.
 *
 * For what leaves the program, unlike hash.h, whose values never do.
 *
 * Source:  Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
 * Memory:  none. Threads: no state. */
#ifndef KS_DISSECT_SIPHASH_H
#define KS_DISSECT_SIPHASH_H

#include "dissect/base.h"

struct ks_siphash_key {
	uint64_t k0, k1;
};

/* Any bytes, also none. */
uint64_t ks_siphash(const struct ks_siphash_key *key, const void *bytes, size_t n);

#endif
