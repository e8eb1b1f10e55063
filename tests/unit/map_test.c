/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/map.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

struct counted {
	struct ks_key key;
	uint64_t n;
};

static const struct ks_secret secret = {.a = 0x0123456789abcdef, .b = 0xfedcba9876543210};

static struct ks_map
table_of(size_t capacity)
{
	struct ks_map table;
	struct ks_diag diag;
	cr_assert(eq(int, ks_map_init(&table, sizeof(struct counted), capacity, &secret, &diag), KS_SUCCESS));
	return table;
}

static uint32_t
add(struct ks_map *table, uint64_t a, uint64_t b)
{
	bool is_new;
	const struct ks_key key = {.w = {a, b}};
	const uint32_t number = ks_map_add(table, &key, &is_new);
	if (number != KS_MAP_NONE)
		((struct counted *)ks_map_at(table, number))->n++;
	return number;
}

Test(map, numbers_follow_arrival_and_survive_growth)
{
	struct ks_map table = table_of(100000);
	for (uint32_t i = 0; i < 100000; i++)
		cr_assert(eq(u32, add(&table, i * 7919u, i), i));
	for (uint32_t i = 0; i < 100000; i++) {
		const struct ks_key key = {.w = {i * 7919u, i}};
		cr_assert(eq(u32, ks_map_find(&table, &key), i));
	}
	ks_map_done(&table);
}

Test(map, counts_equal_a_naive_count)
{
	enum { KEYS = 997, DRAWS = 200000 };
	static uint64_t naive[KEYS];
	struct ks_map table = table_of(KEYS);
	uint64_t state = 42;
	for (uint32_t i = 0; i < DRAWS; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		const uint64_t key = (state >> 33) % KEYS;
		naive[key]++;
		cr_assert(ne(u32, add(&table, key, 1), KS_MAP_NONE));
	}
	for (uint32_t i = 0; i < table.n; i++) {
		const struct counted *const entry = ks_map_at(&table, i);
		cr_assert(eq(u64, entry->n, naive[entry->key.w[0]]));
	}
	ks_map_done(&table);
}

Test(map, a_full_table_refuses_and_counts_but_still_finds)
{
	struct ks_map table = table_of(16);
	for (uint32_t i = 0; i < 16; i++)
		cr_assert(eq(u32, add(&table, i, 0), i));
	for (uint32_t i = 0; i < 5000; i++)
		cr_assert(eq(u32, add(&table, 1000 + i, 0), KS_MAP_NONE));
	cr_assert(eq(u64, table.refused, 5000));
	cr_assert(eq(u32, add(&table, 3, 0), 3));
	const struct ks_key absent = {.w = {77, 77}};
	cr_assert(eq(u32, ks_map_find(&table, &absent), KS_MAP_NONE));
	ks_map_done(&table);
}

static void
halve_key(void *entry, const void *arg)
{
	(void)arg;
	((struct counted *)entry)->key.w[0] /= 2;
}

static void
add_counts(void *into, const void *from)
{
	((struct counted *)into)->n += ((const struct counted *)from)->n;
}

Test(map, rekey_merges_entries_that_meet_and_loses_nothing)
{
	struct ks_map table = table_of(5000);
	for (uint32_t i = 0; i < 5000; i++)
		for (uint32_t k = 0; k <= i % 3; k++)
			(void)add(&table, i, 9);
	ks_map_rekey(&table, halve_key, add_counts, NULL);
	cr_assert(eq(u32, table.n, 2500));
	for (uint64_t i = 0; i < 2500; i++) {
		const struct ks_key key = {.w = {i, 9}};
		const uint32_t number = ks_map_find(&table, &key);
		cr_assert(ne(u32, number, KS_MAP_NONE));
		const struct counted *const entry = ks_map_at(&table, number);
		cr_assert(eq(u64, entry->n, 2 * i % 3 + 1 + (2 * i + 1) % 3 + 1));
	}
	/* What lay behind is zero again: a new entry begins with no count. */
	const uint32_t fresh = add(&table, 1 << 20, 0);
	cr_assert(eq(u64, ((struct counted *)ks_map_at(&table, fresh))->n, 1));
	ks_map_done(&table);
}

/* Against an array that knows all: entry i belongs to key owner[i]. */
Test(map, replaced_keys_are_gone_and_all_others_are_found)
{
	enum { ENTRIES = 500, KEYS = 2000, ROUNDS = 50000 };
	static uint32_t owner[ENTRIES];
	struct ks_map table = table_of(ENTRIES);
	for (uint32_t i = 0; i < ENTRIES; i++)
		owner[i] = add(&table, i, 5);
	uint64_t state = 7;
	for (uint32_t round = 0; round < ROUNDS; round++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		const uint32_t number = (uint32_t)(state >> 33) % ENTRIES;
		const uint32_t fresh = (uint32_t)(state >> 13) % KEYS;
		const struct ks_key key = {.w = {fresh, 5}};
		if (ks_map_find(&table, &key) != KS_MAP_NONE) {
			cr_assert(eq(u32, owner[ks_map_find(&table, &key)], fresh));
			continue;
		}
		const struct ks_key old = {.w = {owner[number], 5}};
		ks_map_replace(&table, number, &key);
		owner[number] = fresh;
		cr_assert(eq(u32, ks_map_find(&table, &old), KS_MAP_NONE));
		cr_assert(eq(u32, ks_map_find(&table, &key), number));
		cr_assert(eq(u64, ((struct counted *)ks_map_at(&table, number))->n, 0));
		const struct ks_key any = {.w = {owner[round % ENTRIES], 5}};
		cr_assert(eq(u32, ks_map_find(&table, &any), round % ENTRIES));
	}
	ks_map_done(&table);
}

/* Keys that all want a few slots at the end of the index: runs of hundreds, which go on at its beginning,
 * where slots cannot tell how far away they are. */
Test(map, keys_that_want_the_same_few_slots_are_told_apart)
{
	enum { ENTRIES = 400, KEYS = 1200, ROUNDS = 20000, SLOTS = 1024, WANTED = 5 };
	static uint32_t keys[KEYS], owner[ENTRIES];
	struct ks_map table = table_of(ENTRIES);
	uint32_t n = 0;
	for (uint32_t i = 0; n < KEYS; i++) {
		const struct ks_key key = {.w = {i, 6}};
		if ((ks_map_hash(&table, &key) + WANTED / 2) % SLOTS < WANTED)
			keys[n++] = i;
	}
	for (uint32_t i = 0; i < ENTRIES; i++)
		cr_assert(eq(u32, add(&table, keys[owner[i] = i], 6), i));
	cr_assert(eq(u32, table.mask, SLOTS - 1));
	uint64_t state = 9;
	for (uint32_t round = 0; round < ROUNDS; round++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		const uint32_t number = (uint32_t)(state >> 33) % ENTRIES;
		const uint32_t fresh = (uint32_t)(state >> 13) % KEYS;
		const struct ks_key key = {.w = {keys[fresh], 6}}, old = {.w = {keys[owner[number]], 6}};
		const uint32_t found = ks_map_find(&table, &key);
		if (found != KS_MAP_NONE) {
			cr_assert(eq(u32, owner[found], fresh));
			continue;
		}
		ks_map_replace(&table, number, &key);
		owner[number] = fresh;
		cr_assert(eq(u32, ks_map_find(&table, &old), KS_MAP_NONE));
		for (uint32_t i = round % 7; i < ENTRIES; i += 7) {
			const struct ks_key any = {.w = {keys[owner[i]], 6}};
			cr_assert(eq(u32, ks_map_find(&table, &any), i));
			cr_assert(ks_map_guess(&table, ks_map_hash(&table, &any)) != KS_MAP_NONE);
		}
	}
	ks_map_done(&table);
}

Test(map, a_closed_table_keeps_its_entries)
{
	struct ks_map table = table_of(2000);
	for (uint32_t i = 0; i < 2000; i++)
		(void)add(&table, i, 1);
	ks_map_close(&table);
	for (uint32_t i = 0; i < 2000; i++)
		cr_assert(eq(u64, ((struct counted *)ks_map_at(&table, i))->key.w[0], i));
	ks_map_done(&table);
}
