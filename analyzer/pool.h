/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/pool.h -- parts that only some entries of a table need: taken at the first need, given back when
 * the entry goes.
 *
 * A part has a number that is never 0, so that 0 in an entry says "none". Parts given back are taken again
 * first, the latest before all others: the pool touches as many pages as parts were ever in use at once.
 *
 * Memory:  reserved for `capacity` parts, pages as they are touched. A pool of as many parts as there are
 *          entries never runs dry.
 * Work:    O(1). Threads: one owner. */
#ifndef KS_ANALYZER_POOL_H
#define KS_ANALYZER_POOL_H

#include "analyzer/region.h"

struct ks_pool {
	struct ks_region region;
	size_t part_bytes;
	uint32_t n, capacity; /* parts ever taken; at most */
	uint32_t free;        /* given back last; 0: none */
};

/* Parts of `part_bytes` octets, four at least. */
KS_MUST_CHECK enum ks_error ks_pool_init(struct ks_pool *pool, size_t part_bytes, uint32_t capacity,
					 struct ks_diag *diag);
void ks_pool_done(struct ks_pool *pool); /* a zeroed pool is fine */

/* Number of a part, all zero. There must be one left. */
uint32_t ks_pool_take(struct ks_pool *pool);

/* It is nobody's from now on. */
void ks_pool_give(struct ks_pool *pool, uint32_t part);

static inline void *
ks_pool_at(const struct ks_pool *pool, uint32_t part)
{
	return (uint8_t *)pool->region.base + (size_t)(part - 1) * pool->part_bytes;
}

#endif
