/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/pool.h"

#include <assert.h>
#include <string.h>

enum ks_error
ks_pool_init(struct ks_pool *pool, size_t part_bytes, uint32_t capacity, struct ks_diag *diag)
{
	assert(part_bytes >= sizeof(uint32_t));
	*pool = (struct ks_pool){.part_bytes = part_bytes, .capacity = capacity};
	return ks_region_init(&pool->region, capacity * part_bytes, diag);
}

void
ks_pool_done(struct ks_pool *pool)
{
	ks_region_done(&pool->region);
	*pool = (struct ks_pool){0};
}

uint32_t
ks_pool_take(struct ks_pool *pool)
{
	const uint32_t part = pool->free;
	if (part == 0) {
		assert(pool->n < pool->capacity);
		return ++pool->n; /* never touched: zero */
	}
	memcpy(&pool->free, ks_pool_at(pool, part), sizeof(pool->free));
	memset(ks_pool_at(pool, part), 0, sizeof(pool->free));
	return part;
}

void
ks_pool_give(struct ks_pool *pool, uint32_t part)
{
	assert(part != 0 && part <= pool->n);
	memset(ks_pool_at(pool, part), 0, pool->part_bytes);
	memcpy(ks_pool_at(pool, part), &pool->free, sizeof(pool->free));
	pool->free = part;
}
