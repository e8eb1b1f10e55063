/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/saving.h"

#include <stdlib.h>

/* Steps that the hand looks ahead: a miss in the index is then over when the entry's turn comes. */
enum { AHEAD = 8 };

static uint32_t
count_of(const struct ks_saving *saving, uint32_t number)
{
	const uint32_t a = *ks_saving_word(saving, number, saving->count_at[0]);
	const uint32_t b = *ks_saving_word(saving, number, saving->count_at[1]);
	const uint32_t err = ks_saving_err(*ks_saving_word(saving, number, saving->err_at));
	const uint64_t count = (uint64_t)(a > b ? a : b) + err;
	return count < KS_SAVING_ERR_MAX ? (uint32_t)count : KS_SAVING_ERR_MAX;
}

/* A new round. False when the one before met pinned entries only. */
static bool
go_round(struct ks_saving *saving)
{
	const bool any = saving->least != UINT32_MAX;
	if (any && saving->least > saving->floor)
		saving->floor = saving->least;
	saving->least = UINT32_MAX;
	saving->hand = 0;
	return any;
}

static uint32_t
next_to_go(struct ks_saving *saving)
{
	const uint64_t n = saving->map->n;
	/* At worst the rest of a round whose least has grown since, a round that learns the least of now, and
	 * the one that finds it. */
	for (uint64_t steps = 0; steps <= 3 * n; steps++) {
		if (saving->hand >= n && !go_round(saving) && steps > n)
			return KS_MAP_NONE;
		const uint32_t number = saving->hand++;
		if ((*ks_saving_word(saving, number, saving->err_at) & KS_SAVING_PINNED) != 0)
			continue;
		const uint32_t count = count_of(saving, number);
		if (count <= saving->floor)
			return number;
		if (count < saving->least)
			saving->least = count;
	}
	return KS_MAP_NONE;
}

uint32_t
ks_saving_replace(struct ks_saving *saving, const struct ks_key *key)
{
	const uint32_t number = next_to_go(saving);
	if (number == KS_MAP_NONE)
		return KS_MAP_NONE;
	if (saving->hand + AHEAD < saving->map->n)
		__builtin_prefetch(ks_map_slot(saving->map, saving->hand + AHEAD), 1);
	if (saving->leave != NULL)
		saving->leave(saving->arg, number);
	ks_map_replace(saving->map, number, key);
	*ks_saving_word(saving, number, saving->err_at) = saving->floor;
	saving->replaced++;
	/* The hand has passed the newcomer, which will count one more than the floor at least. */
	if (saving->floor < KS_SAVING_ERR_MAX && saving->floor + 1 < saving->least)
		saving->least = saving->floor + 1;
	return number;
}

/* --- summaries --- */

static int
compare_keys(const void *a, const void *b)
{
	return memcmp(&((const struct ks_tally *)a)->key, &((const struct ks_tally *)b)->key,
		      sizeof(struct ks_key));
}

static int
compare_counts(const void *a, const void *b)
{
	const struct ks_tally *const x = a, *const y = b;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return compare_keys(a, b);
}

/* One that the other summary does not list: it may have met it `floor` times. */
static struct ks_tally
with_floor(struct ks_tally tally, uint64_t floor)
{
	tally.count += floor;
	tally.err += floor;
	return tally;
}

void
ks_tallies_merge(const struct ks_tallies *a, const struct ks_tallies *b, size_t capacity,
		 struct ks_tallies *ret)
{
	struct ks_tallies merged = {.list = ret->list, .floor = a->floor + b->floor};
	size_t i = 0, k = 0;
	while (i < a->n || k < b->n) {
		const int order = i == a->n ? 1 : k == b->n ? -1 : compare_keys(&a->list[i], &b->list[k]);
		struct ks_tally *const at = &merged.list[merged.n++];
		if (order < 0) {
			*at = with_floor(a->list[i++], b->floor);
		} else if (order > 0) {
			*at = with_floor(b->list[k++], a->floor);
		} else {
			*at = a->list[i++];
			at->count += b->list[k].count;
			at->err += b->list[k++].err;
		}
	}
	if (merged.n > capacity) {
		qsort(merged.list, merged.n, sizeof(*merged.list), compare_counts);
		if (merged.list[capacity].count > merged.floor)
			merged.floor = merged.list[capacity].count;
		merged.n = capacity;
		qsort(merged.list, merged.n, sizeof(*merged.list), compare_keys);
	}
	*ret = merged;
}
