/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/saving.h -- the most frequent keys of a stream in a table that holds fewer than there are.
 *
 * Space-Saving (Metwally, Agrawal, El Abbadi, "Efficient computation of frequent and top-k elements in data
 * streams", 2005), as the continuation of an exact table. While the table has room each count is exact. When
 * it is full, a newcomer takes the place of an entry with the least count and inherits that count as its
 * `err`:
 *
 *     counted <= true count <= counted + err        of an entry
 *     true count <= floor                           of a key without entry
 *     err <= floor <= N / m                         N units counted, m entries that may be replaced
 *
 * `counted` is what the entry itself counted since its key entered, so whatever else hangs on an entry
 * (classes, sizes, times) is exact for that part of the stream and says nothing of the time before.
 *
 * The paper keeps entries in buckets of equal counts, linked both ways: sixteen octets an entry, and four
 * cache misses for a hit that only wanted to count one up. Nothing is kept here. A hand goes round the
 * table, and the first entry it meets whose count is the floor, which no count is below, is the one to go.
 * When it comes by the beginning again, all counts are above the floor, and the floor rises to the least of
 * them that was seen. So each round raises the floor; the floor never exceeds N / m; the steps of all rounds
 * together are at most N + 2m. Hits cost nothing, newcomers two steps on average; a single one may
 * have to wait for a whole round (10 ms for a million entries), the one after it will not.
 *
 * An entry that others refer to by its number can be pinned: it stays. Then m counts only the others.
 *
 * Memory:  none beside the table: each entry has a word for `err`. Counts of 32 bits; err of 31, saturating.
 * Threads: one owner. No clock, no chance: the same stream gives the same table. */
#ifndef KS_ANALYZER_SAVING_H
#define KS_ANALYZER_SAVING_H

#include "analyzer/map.h"

struct ks_saving {
	struct ks_map *map;
	size_t count_at[2]; /* offsets of two 32-bit words in an entry: the greater one counts */
	size_t err_at;      /* offset of the word for err */
	void (*leave)(void *arg, uint32_t number); /* told of an entry before it is given away; or NULL */
	void *arg;
	uint32_t hand;
	uint32_t floor;
	uint32_t least; /* count that the hand has seen in this round */
	uint64_t replaced;
};

#define KS_SAVING_PINNED 0x80000000u
#define KS_SAVING_ERR_MAX 0x7fffffffu

/* Over an empty table. `count_at` twice the same is fine. */
static inline struct ks_saving
ks_saving_init(struct ks_map *map, const size_t count_at[2], size_t err_at)
{
	return (struct ks_saving){
		.map = map, .count_at = {count_at[0], count_at[1]}, .err_at = err_at, .least = UINT32_MAX};
}

static inline uint32_t *
ks_saving_word(const struct ks_saving *saving, uint32_t number, size_t at)
{
	return (uint32_t *)(void *)((uint8_t *)ks_map_at(saving->map, number) + at);
}

static inline uint32_t
ks_saving_err(uint32_t word)
{
	return word & ~KS_SAVING_PINNED;
}

static inline void
ks_saving_pin(const struct ks_saving *saving, uint32_t number)
{
	*ks_saving_word(saving, number, saving->err_at) |= KS_SAVING_PINNED;
}

/* Number of an entry of the full table that now belongs to `key`, which is not in it: all zero but key and
 * err. KS_MAP_NONE when all entries are pinned. The caller counts at least one unit for it. */
uint32_t ks_saving_replace(struct ks_saving *saving, const struct ks_key *key);

/* As ks_map_add_hashed, but a full table finds room. `guess` as ks_map_guess made it, or KS_MAP_NONE. */
static inline uint32_t
ks_saving_add_hashed(struct ks_saving *saving, uint64_t hash, uint32_t guess, const struct ks_key *key,
		     bool *ret_new)
{
	*ret_new = false;
	if (ks_map_holds(saving->map, guess, key))
		return guess;
	uint32_t number = ks_map_add_hashed(saving->map, hash, key, ret_new);
	if (number == KS_MAP_NONE) {
		number = ks_saving_replace(saving, key);
		*ret_new = number != KS_MAP_NONE;
	}
	return number;
}

static inline uint32_t
ks_saving_add(struct ks_saving *saving, const struct ks_key *key, bool *ret_new)
{
	return ks_saving_add_hashed(saving, ks_map_hash(saving->map, key), KS_MAP_NONE, key, ret_new);
}

/* --- summaries of several tables --- */

struct ks_tally {
	struct ks_key key;
	uint64_t count; /* upper bound */
	uint64_t err;   /* count - err: lower bound */
};

/* Keys without tally count `floor` at most. In order of keys. */
struct ks_tallies {
	struct ks_tally *list;
	size_t n;
	uint64_t floor;
};

/* Two summaries of two streams become one of both, of at most `capacity` tallies: those with the greatest
 * counts, of equal ones those with the least keys. Errors add up, so with capacities m of all three err and
 * floor stay below (N1 + N2) / m (Agarwal et al., "Mergeable summaries", 2013; in this form Cafaro et al.,
 * "Parallel space saving on multi- and many-core processors", 2018). `ret->list` has room for a->n + b->n. */
void ks_tallies_merge(const struct ks_tallies *a, const struct ks_tallies *b, size_t capacity,
		      struct ks_tallies *ret);

#endif
