/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Streams beside an exact count of everything: what the table claims is never wrong, whoever made the stream.
 */
#include "analyzer/saving.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 65536, LENGTH_MAX = 400000 };

struct counted {
	struct ks_key key;
	uint32_t n, other, err, unused;
};

static const struct ks_secret secret = {.a = 0x0123456789abcdef, .b = 0xfedcba9876543210};
static uint32_t exact[KEYS_MAX]; /* the oracle: every key there can be */
static uint64_t left;            /* units of entries that were given away */

/* --- streams --- */

static uint64_t
draw(uint64_t *state)
{
	*state += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = *state;
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static double
uniform(uint64_t *state)
{
	return (double)(draw(state) >> 11) / 9007199254740992.0;
}

struct stream {
	const char *what;
	uint32_t (*key)(uint64_t *state, uint32_t i, uint32_t n, uint32_t keys);
};

/* Density 1/x over 1 to keys: the integer part is Zipf-like, s = 1. */
static uint32_t
zipf(uint64_t *state, uint32_t i, uint32_t n, uint32_t keys)
{
	(void)i;
	(void)n;
	return (uint32_t)pow(keys, uniform(state)) - 1;
}

static uint32_t
flat(uint64_t *state, uint32_t i, uint32_t n, uint32_t keys)
{
	(void)i;
	(void)n;
	return (uint32_t)(draw(state) % keys);
}

static uint32_t
sequential(uint64_t *state, uint32_t i, uint32_t n, uint32_t keys)
{
	(void)state;
	(void)n;
	return i % keys;
}

/* Nobody comes twice for as long as there are keys; then one key only. */
static uint32_t
hot_after_flood(uint64_t *state, uint32_t i, uint32_t n, uint32_t keys)
{
	(void)state;
	return i < n / 4 * 3 ? 1 + i % (keys - 1) : 0;
}

/* Ten heavy keys within a flood of others that come once a round. */
static uint32_t
heavy_in_flood(uint64_t *state, uint32_t i, uint32_t n, uint32_t keys)
{
	(void)n;
	return i % 10 == 0 ? (uint32_t)(draw(state) % 10) : 10 + i % (keys - 10);
}

/* Each key twice in a row: it enters, shows that it lives, and is gone. */
static uint32_t
pairs(uint64_t *state, uint32_t i, uint32_t n, uint32_t keys)
{
	(void)state;
	(void)n;
	return i / 2 % keys;
}

/* Staircase: key k as often as k % 64, so that counts are as different as they can be. */
static uint32_t
stairs(uint64_t *state, uint32_t i, uint32_t n, uint32_t keys)
{
	(void)i;
	(void)n;
	const uint32_t key = (uint32_t)(draw(state) % keys);
	return draw(state) % 64 < key % 64 ? key : key / 64 * 64;
}

static const struct stream streams[] = {
	{"Zipf", zipf},
	{"uniform", flat},
	{"sequential", sequential},
	{"hot key after a flood", hot_after_flood},
	{"ten heavy keys in a flood", heavy_in_flood},
	{"each key twice in a row", pairs},
	{"counts as different as can be", stairs},
};

/* --- the table --- */

static struct ks_map map;
static struct ks_saving saving;

static void
count_leaving(void *arg, uint32_t number)
{
	(void)arg;
	left += ((const struct counted *)ks_map_at(&map, number))->n;
}

static void
begin(uint32_t capacity)
{
	static const size_t count_at[2] = {offsetof(struct counted, n), offsetof(struct counted, other)};
	struct ks_diag diag;
	cr_assert(eq(int, ks_map_init(&map, sizeof(struct counted), capacity, &secret, &diag), KS_SUCCESS));
	saving = ks_saving_init(&map, count_at, offsetof(struct counted, err));
	saving.leave = count_leaving;
	memset(exact, 0, sizeof(exact));
	left = 0;
}

static struct ks_key
key_of(uint32_t key)
{
	return (struct ks_key){.w = {key, 0}};
}

static void
feed(uint32_t key)
{
	const struct ks_key wide = key_of(key);
	bool is_new;
	const uint32_t number = ks_saving_add(&saving, &wide, &is_new);
	cr_assert(ne(u32, number, KS_MAP_NONE));
	((struct counted *)ks_map_at(&map, number))->n++;
	exact[key]++;
}

static void
check_bounds(const char *what, uint64_t seed, uint32_t n, uint32_t keys)
{
	uint64_t sum = left;
	const uint32_t floor_max = n / map.capacity;
	cr_assert(le(u32, saving.floor, floor_max), "%s, seed %llu: floor %u > N/m", what,
		  (unsigned long long)seed, saving.floor);
	for (uint32_t key = 0; key < keys; key++) {
		const struct ks_key wide = key_of(key);
		const uint32_t number = ks_map_find(&map, &wide);
		if (number == KS_MAP_NONE) {
			cr_assert(le(u32, exact[key], saving.floor), "%s, seed %llu: key %u was lost", what,
				  (unsigned long long)seed, key);
			continue;
		}
		const struct counted *const entry = ks_map_at(&map, number);
		const uint32_t err = ks_saving_err(entry->err);
		sum += entry->n;
		cr_assert(le(u32, err, saving.floor), "%s: err above the floor", what);
		cr_assert(entry->n <= exact[key] && exact[key] <= entry->n + err,
			  "%s, seed %llu, key %u: %u is not in %u + %u", what, (unsigned long long)seed, key,
			  exact[key], entry->n, err);
	}
	cr_assert(eq(u64, sum, n), "%s: every unit is in an entry or has left with one", what);
}

static void
run(const struct stream *stream, uint64_t seed, uint32_t capacity, uint32_t n, uint32_t keys)
{
	uint64_t state = seed;
	begin(capacity);
	for (uint32_t i = 0; i < n; i++)
		feed(stream->key(&state, i, n, keys));
	check_bounds(stream->what, seed, n, keys);
}

Test(saving, bounds_hold_in_a_thousand_random_streams)
{
	for (uint64_t seed = 1; seed <= 1001; seed++) {
		uint64_t state = seed * 77;
		const uint32_t capacity = 16 + (uint32_t)(draw(&state) % 500);
		const uint32_t keys = 64 + (uint32_t)(draw(&state) % 4000);
		const uint32_t n = 1 + (uint32_t)(draw(&state) % 8000);
		run(&streams[seed % KS_COUNT(streams)], seed, capacity, n, keys);
		ks_map_done(&map);
	}
}

Test(saving, bounds_hold_on_long_streams_of_every_kind)
{
	for (size_t i = 0; i < KS_COUNT(streams); i++) {
		run(&streams[i], i, 1000, LENGTH_MAX, KEYS_MAX);
		ks_map_done(&map);
	}
}

Test(saving, with_room_for_all_counts_are_exact)
{
	run(&streams[0], 5, 4096, 100000, 4000);
	cr_assert(eq(u32, saving.floor, 0));
	cr_assert(eq(u64, saving.replaced, 0));
	ks_map_done(&map);
}

static uint32_t
rank_floor(uint32_t rank)
{
	static uint32_t sorted[KEYS_MAX];
	memcpy(sorted, exact, sizeof(sorted));
	for (uint32_t i = 0; i <= rank; i++) { /* selection: `rank` is small */
		uint32_t best = i;
		for (uint32_t k = i + 1; k < KEYS_MAX; k++)
			if (sorted[k] > sorted[best])
				best = k;
		const uint32_t swap = sorted[i];
		sorted[i] = sorted[best];
		sorted[best] = swap;
	}
	return sorted[rank];
}

Test(saving, the_hundred_most_frequent_of_a_zipf_stream_are_all_there_and_guaranteed)
{
	run(&streams[0], 11, 2000, LENGTH_MAX, KEYS_MAX);
	const uint32_t least = rank_floor(99);
	for (uint32_t key = 0; key < KEYS_MAX; key++) {
		if (exact[key] < least)
			continue;
		const struct ks_key wide = key_of(key);
		const uint32_t number = ks_map_find(&map, &wide);
		cr_assert(ne(u32, number, KS_MAP_NONE), "key %u", key);
		/* More for certain than anybody has who is not in the table. */
		cr_assert(gt(u32, ((struct counted *)ks_map_at(&map, number))->n, saving.floor), "key %u",
			  key);
	}
	ks_map_done(&map);
}

Test(saving, a_flood_does_not_push_out_those_who_ask_more_than_it_does)
{
	begin(1000);
	for (uint32_t i = 0; i < 10; i++)
		for (uint32_t k = 0; k < 400; k++)
			feed(i);
	for (uint32_t i = 0; i < 300000; i++)
		feed(10 + i % (KEYS_MAX - 10));
	cr_assert(lt(u32, saving.floor, 400));
	for (uint32_t i = 0; i < 10; i++) {
		const struct ks_key wide = key_of(i);
		const uint32_t number = ks_map_find(&map, &wide);
		cr_assert(ne(u32, number, KS_MAP_NONE));
		cr_assert(eq(u32, ((struct counted *)ks_map_at(&map, number))->n, 400));
	}
	ks_map_done(&map);
}

Test(saving, pinned_entries_stay_and_a_table_of_them_refuses)
{
	begin(16);
	for (uint32_t i = 0; i < 16; i++)
		feed(i);
	for (uint32_t i = 0; i < 15; i++)
		ks_saving_pin(&saving, i);
	for (uint32_t i = 16; i < 1000; i++)
		feed(i);
	for (uint32_t i = 0; i < 15; i++) {
		const struct ks_key wide = key_of(i);
		cr_assert(eq(u32, ks_map_find(&map, &wide), i));
	}
	ks_saving_pin(&saving, 15);
	const struct ks_key wide = key_of(5000);
	bool is_new;
	cr_assert(eq(u32, ks_saving_add(&saving, &wide, &is_new), KS_MAP_NONE));
	cr_assert(not(is_new));
	ks_map_done(&map);
}

/* --- merging --- */

static struct ks_tally lists[3][2 * KEYS_MAX];

static int
compare_tallies(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ks_key));
}

static struct ks_tallies
summary_of(struct ks_tally *list)
{
	struct ks_tallies ret = {.list = list, .n = map.n, .floor = saving.floor};
	for (uint32_t i = 0; i < map.n; i++) {
		const struct counted *const entry = ks_map_at(&map, i);
		const uint32_t err = ks_saving_err(entry->err);
		list[i] = (struct ks_tally){.key = entry->key, .count = (uint64_t)entry->n + err, .err = err};
	}
	qsort(list, ret.n, sizeof(*list), compare_tallies);
	return ret;
}

/* Both halves through tables of `capacity`, merged; `exact` then holds the counts of the whole. */
static struct ks_tallies
merge_halves(const struct stream *stream, uint64_t seed, uint32_t capacity, uint32_t n, uint32_t keys)
{
	static uint32_t first_half[KEYS_MAX];
	struct ks_tallies halves[2], merged = {.list = lists[2]};
	uint64_t state = seed;
	for (uint32_t half = 0; half < 2; half++) {
		begin(capacity);
		for (uint32_t i = half * (n / 2); i < (half == 0 ? n / 2 : n); i++)
			feed(stream->key(&state, i, n, keys));
		halves[half] = summary_of(lists[half]);
		ks_map_done(&map);
		if (half == 0)
			memcpy(first_half, exact, sizeof(exact));
	}
	for (uint32_t key = 0; key < KEYS_MAX; key++)
		exact[key] += first_half[key];
	ks_tallies_merge(&halves[0], &halves[1], capacity, &merged);
	return merged;
}

Test(saving, merged_summaries_keep_their_promise)
{
	for (uint64_t seed = 1; seed <= 300; seed++) {
		uint64_t state = seed * 31;
		const struct stream *const stream = &streams[seed % KS_COUNT(streams)];
		const uint32_t capacity = 16 + (uint32_t)(draw(&state) % 300);
		const uint32_t n = 2 + (uint32_t)(draw(&state) % 8000);
		const uint32_t keys = 64 + (uint32_t)(draw(&state) % 3000);
		const struct ks_tallies merged = merge_halves(stream, seed, capacity, n, keys);
		static bool listed[KEYS_MAX];
		memset(listed, 0, sizeof(listed));
		cr_assert(le(sz, merged.n, capacity));
		cr_assert(le(u64, merged.floor, n / capacity), "%s, seed %llu", stream->what,
			  (unsigned long long)seed);
		for (size_t i = 0; i < merged.n; i++) {
			const struct ks_tally *const tally = &merged.list[i];
			const uint32_t truth = exact[tally->key.w[0]];
			listed[tally->key.w[0]] = true;
			cr_assert(tally->count - tally->err <= truth && truth <= tally->count);
			cr_assert(le(u64, tally->err, n / capacity));
		}
		for (uint32_t key = 0; key < keys; key++)
			cr_assert(listed[key] || exact[key] <= merged.floor, "%s, key %u", stream->what, key);
	}
}

Test(saving, halves_that_fit_merge_to_the_exact_whole)
{
	const struct ks_tallies merged = merge_halves(&streams[0], 3, 3000, 50000, 3000);
	for (size_t i = 0; i < merged.n; i++) {
		cr_assert(eq(u64, merged.list[i].count, exact[merged.list[i].key.w[0]]));
		cr_assert(eq(u64, merged.list[i].err, 0));
	}
	cr_assert(eq(u64, merged.floor, 0));
}
