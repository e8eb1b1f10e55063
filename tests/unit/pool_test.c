/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/pool.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

struct part {
	uint32_t words[5];
};

enum { PARTS = 300, STEPS = 100000 };

static bool
is_zero(const void *part)
{
	static const struct part zero;
	return memcmp(part, &zero, sizeof(zero)) == 0;
}

/* Against an array of who has which part: none has two owners, each keeps what was written, and what is taken
 * is zero. */
Test(pool, parts_are_taken_zero_and_belong_to_one_until_given_back)
{
	static uint32_t held[PARTS]; /* by owner; 0: none */
	static bool taken[PARTS + 1];
	struct ks_pool pool;
	struct ks_diag diag;
	cr_assert(eq(int, ks_pool_init(&pool, sizeof(struct part), PARTS, &diag), KS_SUCCESS));
	uint64_t state = 11;
	for (uint32_t step = 0; step < STEPS; step++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		const uint32_t owner = (uint32_t)(state >> 33) % PARTS;
		if (held[owner] == 0) {
			const uint32_t number = ks_pool_take(&pool);
			cr_assert(number >= 1 && number <= PARTS && !taken[number]);
			struct part *const part = ks_pool_at(&pool, number);
			cr_assert(is_zero(part));
			memset(part, (int)(owner % 255 + 1), sizeof(*part));
			held[owner] = number;
			taken[number] = true;
			continue;
		}
		struct part expected;
		memset(&expected, (int)(owner % 255 + 1), sizeof(expected));
		cr_assert(memcmp(ks_pool_at(&pool, held[owner]), &expected, sizeof(expected)) == 0);
		ks_pool_give(&pool, held[owner]);
		taken[held[owner]] = false;
		held[owner] = 0;
	}
	ks_pool_done(&pool);
}

Test(pool, no_more_parts_are_touched_than_were_in_use_at_once)
{
	struct ks_pool pool;
	struct ks_diag diag;
	cr_assert(eq(int, ks_pool_init(&pool, sizeof(struct part), 1000, &diag), KS_SUCCESS));
	for (uint32_t round = 0; round < 500; round++) {
		const uint32_t a = ks_pool_take(&pool), b = ks_pool_take(&pool);
		cr_assert(ne(u32, a, b));
		ks_pool_give(&pool, a);
		ks_pool_give(&pool, b);
	}
	cr_assert(eq(u32, pool.n, 2));
	ks_pool_done(&pool);
}
