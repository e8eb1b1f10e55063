/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/map.h"

enum { FIRST_SLOTS = 1024 };

static size_t
slots_for(size_t capacity)
{
	size_t slots = FIRST_SLOTS;
	while (slots < capacity * 2)
		slots *= 2;
	return slots;
}

size_t
ks_map_capacity(size_t entry_size, size_t bytes)
{
	/* The index may be up to four slots an entry just after a doubling. */
	const size_t capacity = bytes / (entry_size + 4 * sizeof(uint64_t));
	return capacity < 16 ? 16 : capacity;
}

enum ks_error
ks_map_init(struct ks_map *table, size_t entry_size, size_t capacity, const struct ks_secret *secret,
	    struct ks_diag *diag)
{
	assert(entry_size >= sizeof(struct ks_key) && entry_size % 8 == 0);
	assert(capacity > 0 && capacity < UINT32_MAX / 4);
	*table = (struct ks_map){
		.entry_size = entry_size,
		.capacity = (uint32_t)capacity,
		.mask = FIRST_SLOTS - 1,
		.secret = *secret,
	};
	enum ks_error error = ks_region_init(&table->entries, capacity * entry_size, diag);
	if (error == KS_SUCCESS)
		error = ks_region_init(&table->index, slots_for(capacity) * sizeof(uint64_t), diag);
	if (error != KS_SUCCESS)
		ks_map_done(table);
	return error;
}

void
ks_map_done(struct ks_map *table)
{
	ks_region_done(&table->entries);
	ks_region_done(&table->index);
	*table = (struct ks_map){0};
}

static void
occupy(const struct ks_map *table, uint64_t hash, uint32_t number)
{
	uint64_t *const slots = table->index.base;
	uint32_t i = (uint32_t)hash & table->mask;
	while (slots[i] != 0)
		i = (i + 1) & table->mask;
	slots[i] = hash << 32 | (number + 1);
}

static void
refill(struct ks_map *table)
{
	uint64_t *const slots = table->index.base;
	memset(slots, 0, ((size_t)table->mask + 1) * sizeof(*slots));
	for (uint32_t number = 0; number < table->n; number++) {
		struct ks_key key;
		memcpy(&key, ks_map_at(table, number), sizeof(key));
		occupy(table, ks_map_hash(table, &key), number);
	}
}

void
ks_map_grow(struct ks_map *table)
{
	/* At full capacity the index has its greatest extent already: 2 slots an entry, rounded up. */
	if (((size_t)table->mask + 1) * 2 * sizeof(uint64_t) > table->index.reserved_bytes)
		return;
	table->mask = table->mask * 2 + 1;
	refill(table);
}

/* Empty slot `hole`: whoever was pushed past it moves up. */
static void
vacate(const struct ks_map *table, uint32_t hole)
{
	uint64_t *const slots = table->index.base;
	for (uint32_t i = (hole + 1) & table->mask; slots[i] != 0; i = (i + 1) & table->mask) {
		const uint32_t home = (uint32_t)(slots[i] >> 32) & table->mask;
		/* Distances to where each wants to be: one that would land before its home must stay. */
		if (((i - home) & table->mask) >= ((i - hole) & table->mask)) {
			slots[hole] = slots[i];
			hole = i;
		}
	}
	slots[hole] = 0;
}

void
ks_map_replace(struct ks_map *table, uint32_t number, const struct ks_key *key)
{
	const uint64_t *const slots = table->index.base;
	struct ks_key old;
	assert(number < table->n);
	memcpy(&old, ks_map_at(table, number), sizeof(old));
	uint32_t i = (uint32_t)ks_map_hash(table, &old) & table->mask;
	while ((uint32_t)slots[i] != number + 1)
		i = (i + 1) & table->mask;
	vacate(table, i);
	occupy(table, ks_map_hash(table, key), number);
	memset(ks_map_at(table, number), 0, table->entry_size);
	memcpy(ks_map_at(table, number), key, sizeof(*key));
}

void
ks_map_rekey(struct ks_map *table, void (*rekey)(void *entry, const void *arg),
	     void (*merge)(void *into, const void *from), const void *arg)
{
	const uint32_t n = table->n;
	table->n = 0;
	refill(table);
	/* Entry `i` moves to a place at or before `i`: every entry before it became one or was merged. */
	for (uint32_t i = 0; i < n; i++) {
		void *const entry = ks_map_at(table, i);
		rekey(entry, arg);
		struct ks_key key;
		memcpy(&key, entry, sizeof(key));
		bool is_new;
		const uint32_t number = ks_map_add(table, &key, &is_new);
		assert(number <= i);
		void *const place = ks_map_at(table, number);
		if (!is_new)
			merge(place, entry);
		else if (place != entry)
			memcpy(place, entry, table->entry_size);
	}
	memset(ks_map_at(table, table->n), 0, (size_t)(n - table->n) * table->entry_size);
}
