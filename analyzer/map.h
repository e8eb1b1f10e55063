/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/map.h -- bounded hash tables whose entries keep their number.
 *
 *     index:   [ away|hash|number ][ empty ][ ... ] ...     4 octets a slot, open addressing
 *     entries: [ key, ... ][ key, ... ] ...                dense, in order of arrival
 *
 * The entries lie in a region reserved for the greatest capacity, so they never move and their number
 * (0, 1, 2, ...) is a name that other tables can hold in four octets. The index grows by doubling
 * inside its own region: it is cleared and refilled from the dense entries, so growth needs no second
 * copy. Nothing is removed one by one: ks_map_replace gives an entry to another key, ks_map_rekey serves
 * those who fold.
 *
 * The number takes as many bits of a slot as the capacity needs. The uppermost three say how far the slot is
 * from where its key wanted to be, less eights; between the two stands as much of the hash as there is room
 * for. A probe that meets another key's slot therefore moves on without touching that entry when that key
 * wanted to be elsewhere, and nearly always (255 times of 256 with a million entries, 31 of 32 with ten) when
 * it did not: a hit costs two cache misses, a miss one. And when a key leaves, those behind it move up with
 * hardly a look at their entries, and no mark of the dead stays to slow down later probes.
 *
 * Memory:  entry_size + 4/load octets an entry; load is kept at 5/8 or below: 6.4 to 12.8 octets of index.
 * Threads: one owner. */
#ifndef KS_ANALYZER_MAP_H
#define KS_ANALYZER_MAP_H

#include <string.h>

#include "analyzer/region.h"
#include "dissect/hash.h"

/* All keys are sixteen octets and stand first in their entry. */
struct ks_key {
	uint64_t w[2];
};

struct ks_map {
	struct ks_region entries, index;
	size_t entry_size;
	uint32_t n, capacity; /* entries */
	uint32_t mask;        /* slots in use by the index - 1 */
	uint32_t grow_at;     /* entries; UINT32_MAX: there are as many slots as there can be */
	uint32_t numbers;     /* bits of a slot that hold number + 1 */
	uint32_t hash_bits;   /* those that hold hash */
	uint64_t refused;     /* additions that found the table full */
	struct ks_secret secret;
};

#define KS_MAP_NONE UINT32_MAX

/* One slot away, in the uppermost three bits of a slot. A slot has one bit of the hash at least. */
#define KS_MAP_AWAY (UINT32_C(1) << 29)
#define KS_MAP_CAPACITY_MAX ((UINT32_C(1) << 28) - 1)

/* Room for `capacity` entries of `entry_size` octets (a multiple of 8, key included). */
KS_MUST_CHECK enum ks_error ks_map_init(struct ks_map *table, size_t entry_size, size_t capacity,
					const struct ks_secret *secret, struct ks_diag *diag);
void ks_map_done(struct ks_map *table); /* a zeroed table is fine */

/* Nobody will ask for a key any more, or add one: give the index back. Entries stay, by their numbers. */
void ks_map_close(struct ks_map *table);

/* How many entries fit into `bytes` with their index: 16 to KS_MAP_CAPACITY_MAX. */
size_t ks_map_capacity(size_t entry_size, size_t bytes);

/* Give every entry a new key (`rekey`) and add up those that now share one (`merge`: `from` into `into`).
 * Numbers change. Works in place, in one pass. */
void ks_map_rekey(struct ks_map *table, void (*rekey)(void *entry, const void *arg),
		  void (*merge)(void *into, const void *from), const void *arg);

/* Give entry `number` to `key`, which must not be in the table: all zero but its key. */
void ks_map_replace(struct ks_map *table, uint32_t number, const struct ks_key *key);

/* Makes room in the index for one more entry. Internal to ks_map_add. */
void ks_map_grow(struct ks_map *table);

static inline void *
ks_map_at(const struct ks_map *table, uint32_t number)
{
	return (uint8_t *)table->entries.base + (size_t)number * table->entry_size;
}

static inline uint64_t
ks_map_hash(const struct ks_map *table, const struct ks_key *key)
{
	return ks_hash_words(&table->secret, key->w[0], key->w[1]);
}

static inline bool
ks_map_equal(const void *entry, const struct ks_key *key)
{
	uint64_t w[2];
	memcpy(w, entry, sizeof(w));
	return w[0] == key->w[0] && w[1] == key->w[1];
}

/* The slot where a probe for entry `number` begins: ks_map_replace will need it. (For a prefetch by the
 * caller: gcc takes a function that does nothing else for one without effect, and leaves out the call.) */
static inline const uint32_t *
ks_map_slot(const struct ks_map *table, uint32_t number)
{
	struct ks_key key;
	memcpy(&key, ks_map_at(table, number), sizeof(key));
	return (const uint32_t *)table->index.base + ((uint32_t)ks_map_hash(table, &key) & table->mask);
}

/* --- slots --- */

/* What a slot of this hash has above its number where the key wants to be; KS_MAP_AWAY more for each slot
 * that is further. */
static inline uint32_t
ks_map_sign(const struct ks_map *table, uint64_t hash)
{
	return (uint32_t)(hash >> 32) & table->hash_bits;
}

/* The number in a slot that has this sign; any other slot gives `numbers` or more. An empty one: less one. */
static inline uint32_t
ks_map_number(uint32_t slot, uint32_t sign)
{
	return slot - sign - 1;
}

/* --- with the hash of the key, for those who ask ahead --- */

/* An addition or search for a key of this hash will come: fetch its slot. */
static inline void
ks_map_soon(const struct ks_map *table, uint64_t hash)
{
	const uint32_t *const slots = table->index.base;
	__builtin_prefetch(&slots[(uint32_t)hash & table->mask]);
}

/* Once that has come: the number of what is probably it, KS_MAP_NONE when it is not there. */
static inline uint32_t
ks_map_guess(const struct ks_map *table, uint64_t hash)
{
	const uint32_t *const slots = table->index.base;
	uint32_t i = (uint32_t)hash & table->mask;
	uint32_t sign = ks_map_sign(table, hash);
	for (;;) {
		const uint32_t slot = slots[i], number = ks_map_number(slot, sign);
		if (number < table->numbers)
			return number;
		if (slot == 0)
			return KS_MAP_NONE;
		i = (i + 1) & table->mask;
		sign += KS_MAP_AWAY;
	}
}

/* The same, and fetch the whole entry. */
static inline uint32_t
ks_map_sooner(const struct ks_map *table, uint64_t hash)
{
	const uint32_t number = ks_map_guess(table, hash);
	if (number == KS_MAP_NONE)
		return KS_MAP_NONE;
	const uint8_t *const entry = ks_map_at(table, number);
	for (size_t line = 0; line < table->entry_size; line += 64)
		__builtin_prefetch(entry + line, 1);
	if (table->entry_size % 64 != 0)
		__builtin_prefetch(entry + table->entry_size - 1, 1);
	return number;
}

/* Was the guess right? Entries may have gone to other keys since. */
static inline bool
ks_map_holds(const struct ks_map *table, uint32_t guess, const struct ks_key *key)
{
	return guess != KS_MAP_NONE && ks_map_equal(ks_map_at(table, guess), key);
}

/* As ks_map_find and ks_map_add below. */
static inline uint32_t
ks_map_find_hashed(const struct ks_map *table, uint64_t hash, const struct ks_key *key)
{
	const uint32_t *const slots = table->index.base;
	uint32_t sign = ks_map_sign(table, hash);
	for (uint32_t i = (uint32_t)hash & table->mask;; i = (i + 1) & table->mask) {
		const uint32_t slot = slots[i], number = ks_map_number(slot, sign);
		if (number < table->numbers && ks_map_equal(ks_map_at(table, number), key))
			return number;
		if (slot == 0)
			return KS_MAP_NONE;
		sign += KS_MAP_AWAY;
	}
}

static inline uint32_t
ks_map_add_hashed(struct ks_map *table, uint64_t hash, const struct ks_key *key, bool *ret_new)
{
	if (table->n >= table->grow_at)
		ks_map_grow(table);
	uint32_t *const slots = table->index.base;
	uint32_t i = (uint32_t)hash & table->mask;
	uint32_t sign = ks_map_sign(table, hash);
	for (; slots[i] != 0; i = (i + 1) & table->mask) {
		const uint32_t number = ks_map_number(slots[i], sign);
		if (number < table->numbers && ks_map_equal(ks_map_at(table, number), key)) {
			*ret_new = false;
			return number;
		}
		sign += KS_MAP_AWAY;
	}
	*ret_new = false;
	if (table->n == table->capacity) {
		table->refused++;
		return KS_MAP_NONE;
	}
	const uint32_t number = table->n++;
	slots[i] = sign | (number + 1);
	memcpy(ks_map_at(table, number), key, sizeof(*key));
	*ret_new = true;
	return number;
}

/* --- without --- */

/* Number of the entry with this key, or KS_MAP_NONE. */
static inline uint32_t
ks_map_find(const struct ks_map *table, const struct ks_key *key)
{
	return ks_map_find_hashed(table, ks_map_hash(table, key), key);
}

/* Number of the entry with this key, made if there is none (all zero but its key; `*ret_new` true), or
 * KS_MAP_NONE when the table is full, which is counted. */
static inline uint32_t
ks_map_add(struct ks_map *table, const struct ks_key *key, bool *ret_new)
{
	return ks_map_add_hashed(table, ks_map_hash(table, key), key, ret_new);
}

static inline struct ks_key
ks_key_of_addr(const struct ks_addr *addr)
{
	struct ks_key key;
	memcpy(key.w, addr->b, sizeof(key.w));
	return key;
}

#endif
