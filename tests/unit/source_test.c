/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/source.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

/* What is counted, in the plainest way. */
struct naive {
	uint64_t octets[KS_OCTETS_COUNT];
	uint32_t queries, do_queries, ds_queries, cd_queries, days;
};

static struct ks_pool
pool_of(uint32_t capacity)
{
	struct ks_pool pool;
	struct ks_diag diag;
	cr_assert(eq(int, ks_pool_init(&pool, sizeof(struct ks_source_more), capacity, &diag), KS_SUCCESS));
	return pool;
}

static void
check(const struct ks_pool *pool, const struct ks_source *source, const struct naive *naive)
{
	const struct ks_source_more *const more = ks_source_more(pool, source);
	for (unsigned i = 0; i < KS_OCTETS_COUNT; i++)
		cr_assert(
			eq(u64, ks_source_octets(source, more, (enum ks_source_octets)i), naive->octets[i]));
	cr_assert(eq(u32, ks_source_do_queries(source, more), naive->do_queries));
	cr_assert(eq(u32, ks_source_ds_queries(source, more), naive->ds_queries));
	cr_assert(eq(u32, ks_source_cd_queries(source, more), naive->cd_queries));
	cr_assert(eq(u32, ks_source_days(source, more), naive->days));
}

/* So many queries that all low digits go round, octets too: each is as long as a message can be. */
Test(source, counts_in_two_parts_equal_counts_in_one)
{
	enum { SOURCES = 3, STEPS = 1000000 };
	struct ks_pool pool = pool_of(SOURCES);
	struct ks_source sources[SOURCES] = {0};
	struct naive naive[SOURCES] = {0};
	uint64_t state = 3;
	for (uint32_t step = 0; step < STEPS; step++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		const uint32_t i = (uint32_t)(state >> 33) % SOURCES, bits = (uint32_t)(state >> 40);
		struct ks_source *const source = &sources[i];
		const uint32_t place = bits % 7 * 5 % 32, octets = 65535 - (bits >> 8 & 255);
		source->queries++;
		naive[i].queries++;
		const bool is_new_day = (naive[i].days >> place & 1) == 0;
		cr_assert(eq(int, ks_source_see_day(&pool, source, place), is_new_day));
		naive[i].days |= UINT32_C(1) << place;
		const enum ks_source_octets which = (enum ks_source_octets)(bits % KS_OCTETS_COUNT);
		ks_source_add_octets(&pool, source, which, octets);
		naive[i].octets[which] += octets;
		ks_source_count_do(&pool, source, bits & 1);
		naive[i].do_queries += bits & 1;
		if ((bits & 6) == 0) {
			ks_source_count_ds(&pool, source);
			naive[i].ds_queries++;
		}
		if ((bits & 8) == 0) {
			ks_source_count_cd(&pool, source);
			naive[i].cd_queries++;
		}
		if (step % 1000 == 0)
			check(&pool, source, &naive[i]);
	}
	for (uint32_t i = 0; i < SOURCES; i++)
		check(&pool, &sources[i], &naive[i]);
	ks_pool_done(&pool);
}

Test(source, a_plain_client_needs_nothing_but_its_line)
{
	struct ks_pool pool = pool_of(1);
	struct ks_source source = {0};
	for (uint32_t i = 0; i < 255; i++) {
		source.queries++;
		cr_assert(eq(int, ks_source_see_day(&pool, &source, 3), i == 0));
		ks_source_add_octets(&pool, &source, KS_OCTETS_QUERY, 65535);
		ks_source_count_do(&pool, &source, 1);
		ks_source_count_ds(&pool, &source);
		ks_source_count_cd(&pool, &source);
	}
	cr_assert(eq(u32, source.more, 0));
	cr_assert(eq(u32, pool.n, 0));
	cr_assert(eq(u32, ks_source_log(ks_source_more(&pool, &source)), KS_SAMPLE_NONE));
	ks_pool_done(&pool);
}

Test(source, counts_of_queries_stop_at_their_greatest_value)
{
	struct ks_pool pool = pool_of(1);
	struct ks_source source = {
		.do_queries = UINT16_MAX - 1, .ds_queries = UINT8_MAX - 1, .cd_queries = UINT8_MAX - 1};
	struct ks_source_more *const more = ks_source_need(&pool, &source);
	more->do_high = UINT16_MAX;
	more->ds_high = more->cd_high = UINT32_MAX >> 8;
	for (uint32_t i = 0; i < 3; i++) {
		ks_source_count_do(&pool, &source, 1);
		ks_source_count_ds(&pool, &source);
		ks_source_count_cd(&pool, &source);
		cr_assert(eq(u32, ks_source_do_queries(&source, more), UINT32_MAX));
		cr_assert(eq(u32, ks_source_ds_queries(&source, more), UINT32_MAX));
		cr_assert(eq(u32, ks_source_cd_queries(&source, more), UINT32_MAX));
	}
	ks_pool_done(&pool);
}

Test(source, who_leaves_gives_its_part_to_the_next)
{
	struct ks_pool pool = pool_of(1);
	struct ks_source one = {0}, other = {0};
	ks_source_need(&pool, &one)->requeries = 7;
	ks_source_leave(&pool, &one);
	cr_assert(eq(u32, ks_source_more(&pool, &one)->requeries, 0));
	cr_assert(eq(u32, ks_source_need(&pool, &other)->requeries, 0));
	ks_source_leave(&pool, &other);
	ks_source_leave(&pool, &other); /* it has nothing */
	ks_pool_done(&pool);
}
