/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/table.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

struct entry {
	struct ks_table_link link;
	uint64_t key;
};

enum { N = 64 };

/* Keys of one hash: the chain stays as short as promised, and it is the oldest of the chain that goes. */
Test(table, chains_are_bounded)
{
	static struct entry entries[N];
	static struct ks_table_link *chains[N];
	struct ks_table table;
	ks_table_init(&table, entries, sizeof(entries[0]), sizeof(uint64_t), chains, N);
	for (uint64_t key = 0; key < N; key++) {
		struct ks_table_link *const displaced = ks_table_displaced(&table, 42);
		cr_assert(eq(int, displaced != NULL, key >= KS_TABLE_CHAIN), "key %ju", (uintmax_t)key);
		if (displaced != NULL)
			ks_table_remove(&table, displaced);
		(void)ks_table_add(&table, 42, &key);
	}
	for (uint64_t key = 0; key < N; key++) {
		const bool found = ks_table_find(&table, 42, &key) != NULL;
		cr_assert(eq(int, found, key >= N - KS_TABLE_CHAIN), "key %ju", (uintmax_t)key);
	}
}

/* A full table names its oldest entry, and touching makes an entry the newest. */
Test(table, the_oldest_makes_room)
{
	static struct entry entries[N];
	static struct ks_table_link *chains[N];
	struct ks_table table;
	ks_table_init(&table, entries, sizeof(entries[0]), sizeof(uint64_t), chains, N);
	struct ks_table_link *added[N];
	for (uint64_t key = 0; key < N; key++) {
		const uint64_t hash = key << 58;
		cr_assert(eq(ptr, ks_table_displaced(&table, hash), NULL));
		added[key] = ks_table_add(&table, hash, &key);
	}
	cr_assert(eq(ptr, ks_table_displaced(&table, 0), added[0]));
	ks_table_touch(&table, added[0]);
	cr_assert(eq(ptr, ks_table_displaced(&table, 0), added[1]));
	ks_table_remove(&table, added[1]);
	cr_assert(eq(ptr, ks_table_displaced(&table, 0), NULL));
	cr_assert(eq(ptr, ks_table_oldest(&table), added[2]));
}
