/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/run.h"

#include <string.h>

static struct ks_run *
pool_take(struct ks_run_pool *pool)
{
	assert(pool->n_free > 0);
	struct ks_run *block = pool->given_back;
	if (block != NULL)
		pool->given_back = block->next_block;
	else
		block = pool->fresh++;
	pool->n_free--;
	block->next_block = NULL;
	return block;
}

static void
pool_give(struct ks_run_pool *pool, struct ks_run *block)
{
	block->next_block = pool->given_back;
	pool->given_back = block;
	pool->n_free++;
}

void
ks_run_pool_init(struct ks_run_pool *pool, struct ks_run *blocks, size_t n)
{
	*pool = (struct ks_run_pool){.given_back = NULL, .fresh = blocks, .n_free = n};
}

struct ks_run *
ks_run_new(struct ks_run_pool *pool, uint32_t at, int64_t time_ns)
{
	struct ks_run *const run = pool_take(pool);
	run->last_block = run;
	run->next = NULL;
	run->time_ns = time_ns;
	run->at = at;
	run->len = run->cap = 0;
	return run;
}

/* What of `bytes` would be stored: nothing once a byte is missing. */
static uint32_t
storable(const struct ks_run *run, const struct ks_bytes *bytes)
{
	return run->cap == run->len ? bytes->cap : 0;
}

size_t
ks_run_append_blocks(const struct ks_run *run, const struct ks_bytes *bytes)
{
	return ks_run_blocks(run->cap + storable(run, bytes)) - ks_run_blocks(run->cap);
}

void
ks_run_append(struct ks_run_pool *pool, struct ks_run *run, const struct ks_bytes *bytes)
{
	assert(bytes->cap <= bytes->len);
	uint32_t left = storable(run, bytes);
	const uint8_t *from = bytes->at;
	while (left > 0) {
		uint32_t used = run->cap % KS_BLOCK_DATA;
		if (used == 0 && run->cap > 0) {
			run->last_block->next_block = pool_take(pool);
			run->last_block = run->last_block->next_block;
		}
		const uint32_t n = ks_min_u32(left, KS_BLOCK_DATA - used);
		memcpy(run->last_block->data + used, from, n);
		from += n;
		left -= n;
		run->cap += n;
	}
	run->len += bytes->len;
}

void
ks_run_copy(const struct ks_run *run, uint32_t offset, uint8_t *ret, uint32_t n)
{
	assert(offset <= run->cap && n <= run->cap - offset);
	const struct ks_run *block = run;
	for (; offset >= KS_BLOCK_DATA && n > 0; offset -= KS_BLOCK_DATA)
		block = block->next_block;
	for (; n > 0; block = block->next_block, offset = 0) {
		const uint32_t here = ks_min_u32(n, KS_BLOCK_DATA - offset);
		memcpy(ret, block->data + offset, here);
		ret += here;
		n -= here;
	}
}

bool
ks_run_equals(const struct ks_run *run, uint32_t offset, const uint8_t *bytes, uint32_t n)
{
	assert(offset <= run->cap && n <= run->cap - offset);
	const struct ks_run *block = run;
	for (; offset >= KS_BLOCK_DATA && n > 0; offset -= KS_BLOCK_DATA)
		block = block->next_block;
	for (; n > 0; block = block->next_block, offset = 0) {
		const uint32_t here = ks_min_u32(n, KS_BLOCK_DATA - offset);
		if (memcmp(bytes, block->data + offset, here) != 0)
			return false;
		bytes += here;
		n -= here;
	}
	return true;
}

size_t
ks_run_free(struct ks_run_pool *pool, struct ks_run *run)
{
	size_t n = 0;
	while (run != NULL) {
		struct ks_run *const next = run->next_block;
		pool_give(pool, run);
		run = next;
		n++;
	}
	return n;
}
