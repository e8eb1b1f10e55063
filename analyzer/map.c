/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/map.h"

enum { FIRST_SLOTS = 1024 };

/* So many entries stand in that many slots before there are more slots. */
static size_t
load_of(size_t slots)
{
	return slots / 8 * 5;
}

static size_t
slots_for(size_t capacity)
{
	size_t slots = FIRST_SLOTS;
	while (load_of(slots) < capacity)
		slots *= 2;
	return slots;
}

/* At full capacity the index has its greatest extent already. */
static uint32_t
grow_at(const struct ks_map *table)
{
	const size_t load = load_of((size_t)table->mask + 1);
	return load < table->capacity ? (uint32_t)load : UINT32_MAX;
}

size_t
ks_map_capacity(size_t entry_size, size_t bytes)
{
	/* The index may be up to four slots an entry just after a doubling; and who is sorted in the end
	 * needs about as much again. */
	const size_t capacity = bytes / (entry_size + 2 * 4 * sizeof(uint32_t));
	if (capacity > KS_MAP_CAPACITY_MAX)
		return KS_MAP_CAPACITY_MAX;
	return capacity < 16 ? 16 : capacity;
}

enum ks_error
ks_map_init(struct ks_map *table, size_t entry_size, size_t capacity, const struct ks_secret *secret,
	    struct ks_diag *diag)
{
	assert(entry_size >= sizeof(struct ks_key) && entry_size % 8 == 0);
	assert(capacity > 0 && capacity <= KS_MAP_CAPACITY_MAX);
	const uint32_t bits = 32 - (uint32_t)__builtin_clz((uint32_t)capacity);
	*table = (struct ks_map){
		.entry_size = entry_size,
		.capacity = (uint32_t)capacity,
		.mask = FIRST_SLOTS - 1,
		.numbers = (UINT32_C(1) << bits) - 1,
		.hash_bits = (KS_MAP_AWAY - 1) >> bits << bits,
		.secret = *secret,
	};
	enum ks_error error = ks_region_init(&table->entries, capacity * entry_size, diag);
	if (error == KS_SUCCESS)
		error = ks_region_init(&table->index, slots_for(capacity) * sizeof(uint32_t), diag);
	table->grow_at = grow_at(table);
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

void
ks_map_close(struct ks_map *table)
{
	ks_region_done(&table->index);
}

static uint64_t
hash_at(const struct ks_map *table, uint32_t number)
{
	struct ks_key key;
	memcpy(&key, ks_map_at(table, number), sizeof(key));
	return ks_map_hash(table, &key);
}

static inline void
occupy(const struct ks_map *table, uint64_t hash, uint32_t number)
{
	uint32_t *const slots = table->index.base;
	uint32_t sign = ks_map_sign(table, hash);
	uint32_t i = (uint32_t)hash & table->mask;
	while (slots[i] != 0) {
		i = (i + 1) & table->mask;
		sign += KS_MAP_AWAY;
	}
	slots[i] = sign | (number + 1);
}

static void
refill(const struct ks_map *table)
{
	/* A copy that nobody points at: writing slots cannot change it, and it stays in registers. */
	const struct ks_map own = *table;
	memset(own.index.base, 0, ((size_t)own.mask + 1) * sizeof(uint32_t));
	for (uint32_t number = 0; number < own.n; number++)
		occupy(&own, hash_at(&own, number), number);
}

void
ks_map_grow(struct ks_map *table)
{
	table->mask = table->mask * 2 + 1;
	table->grow_at = grow_at(table);
	refill(table);
}

/* The slot where the run of occupied ones begins that `i` stands in. */
static uint32_t
run_start(const struct ks_map *table, uint32_t i)
{
	const uint32_t *const slots = table->index.base;
	while (slots[(i - 1) & table->mask] != 0)
		i = (i - 1) & table->mask;
	return i;
}

/* Slots from where the key in slot `i` wants to be, which is not before `start`. The slot tells, unless the
 * run is so long that it may be eight more; then the entry does. */
static uint32_t
away(const struct ks_map *table, uint32_t i, uint32_t start)
{
	const uint32_t slot = ((const uint32_t *)table->index.base)[i];
	const uint32_t told = slot / KS_MAP_AWAY;
	if (told + UINT32_MAX / KS_MAP_AWAY + 1 > ((i - start) & table->mask))
		return told;
	return (i - (uint32_t)hash_at(table, (slot & table->numbers) - 1)) & table->mask;
}

/* Slot `hole` is given up: whoever was pushed past it moves up. */
static void
vacate(const struct ks_map *table, uint32_t hole)
{
	uint32_t *const slots = table->index.base;
	const uint32_t start = run_start(table, hole);
	for (uint32_t i = (hole + 1) & table->mask; slots[i] != 0; i = (i + 1) & table->mask) {
		const uint32_t step = (i - hole) & table->mask;
		if (away(table, i, start) < step)
			continue; /* it would land before the slot that it wants */
		slots[hole] = slots[i] - step * KS_MAP_AWAY;
		hole = i;
	}
	slots[hole] = 0;
}

void
ks_map_replace(struct ks_map *table, uint32_t number, const struct ks_key *key)
{
	const uint32_t *const slots = table->index.base;
	assert(number < table->n);
	uint32_t i = (uint32_t)hash_at(table, number) & table->mask;
	while ((slots[i] & table->numbers) != number + 1)
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
	ks_region_clear(&table->entries, table->n * table->entry_size, n * table->entry_size);
}
