/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/table.h -- a bounded keyed table over an array that its user gives, oldest entry first out.
 *
 * Chained hashing with as many chains as entries. The hash is keyed (hash.h), so a chain longer than
 * KS_TABLE_CHAIN is bad luck; the entry that would lengthen it displaces the chain's last one, so
 * that work per look-up has a bound that needs no luck.
 *
 * An entry is a struct whose first member is a struct ks_table_link, directly followed by the key:
 * `key_bytes` bytes without padding that is not zero.
 *
 * Private to frag.c and the stream files.
 * Threads: one owner. */
#ifndef KS_DISSECT_TABLE_H
#define KS_DISSECT_TABLE_H

#include "dissect/base.h"

enum { KS_TABLE_CHAIN = 16 };

/* Doubly linked, by age. A link is in at most one list; a zeroed link is in none. */
struct ks_list_link {
	struct ks_list_link *older, *newer;
};

struct ks_list {
	struct ks_list_link *oldest, *newest;
};

#define KS_CONTAINER(link, type, member) ((type *)(void *)((uint8_t *)(link)-offsetof(type, member)))

void ks_list_append(struct ks_list *list, struct ks_list_link *link);
void ks_list_remove(struct ks_list *list, struct ks_list_link *link);
bool ks_list_has(const struct ks_list *list, const struct ks_list_link *link);

struct ks_table_link {
	struct ks_table_link *chain;
	struct ks_list_link age;
	uint64_t hash;
};

struct ks_table {
	struct ks_table_link **chains; /* `n` of them */
	struct ks_table_link *removed; /* entries to use again, joined by .chain */
	uint8_t *entries;
	struct ks_list by_age;
	size_t n, n_used; /* entries in all; those used at least once, which come first */
	size_t entry_bytes, key_bytes;
};

/* `entries`: n structs of `entry_bytes`; `chains`: n pointers. All zeroed. n > 0 */
void ks_table_init(struct ks_table *table, void *entries, size_t entry_bytes, size_t key_bytes,
		   struct ks_table_link **chains, size_t n);

/* NULL when absent. */
struct ks_table_link *ks_table_find(const struct ks_table *table, uint64_t hash, const void *key);

/* The entry that must be removed before one with `hash` may be added; NULL when there is room. */
struct ks_table_link *ks_table_displaced(const struct ks_table *table, uint64_t hash);

/* Add an entry as the newest. The key is copied; what lies behind it is as the last user left it. */
struct ks_table_link *ks_table_add(struct ks_table *table, uint64_t hash, const void *key);

/* Make it the newest. */
void ks_table_touch(struct ks_table *table, struct ks_table_link *entry);

void ks_table_remove(struct ks_table *table, struct ks_table_link *entry);

/* NULL when the table is empty. */
struct ks_table_link *ks_table_oldest(const struct ks_table *table);

/* Packet clocks step. Is `then` more than `limit_ns` away from `now`, on either side? An entry stamped
 * by a clock that ran ahead must go too, or it would stay for as long as the clock was wrong. */
static inline bool
ks_time_apart(int64_t now, int64_t then, int64_t limit_ns)
{
	const uint64_t distance =
		now > then ? (uint64_t)now - (uint64_t)then : (uint64_t)then - (uint64_t)now;
	return distance > (uint64_t)limit_ns;
}

#endif
