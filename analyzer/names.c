/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/names.h"

#include "dissect/name.h"

static_assert(sizeof(struct ks_name_entry) == 24, "three words a name, besides its octets");

/* Names are short: measured in the lab captures 8 to 24 octets; the root is one. */
enum { TYPICAL_OCTETS = 32 };

enum { NAMES_MAX = (1 << 24) - 1 };
static_assert(KS_NAME_MAX < 1 << 8, "the length of a name has eight bits");

enum ks_error
ks_names_init(struct ks_names *names, size_t bytes, const struct ks_secret *secret, struct ks_diag *diag)
{
	const size_t room = ks_map_capacity(sizeof(struct ks_name_entry) + TYPICAL_OCTETS, bytes);
	const size_t capacity = room < NAMES_MAX ? room : NAMES_MAX;
	*names = (struct ks_names){
		.capacity_octets = capacity * TYPICAL_OCTETS + KS_NAME_MAX,
		.secret = {.a = ~secret->b, .b = ~secret->a}, /* other than the table's own */
	};
	enum ks_error error =
		ks_map_init(&names->table, sizeof(struct ks_name_entry), capacity, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_region_init(&names->octets, names->capacity_octets, diag);
	if (error != KS_SUCCESS)
		ks_names_done(names);
	return error;
}

void
ks_names_done(struct ks_names *names)
{
	ks_map_done(&names->table);
	ks_region_done(&names->octets);
	*names = (struct ks_names){0};
}

struct ks_key
ks_names_key(const struct ks_names *names, struct ks_span name)
{
	const struct ks_secret other = {.a = names->secret.b, .b = names->secret.a};
	struct ks_key key;
	ks_name_hash_twice(&names->secret, &other, name, key.w);
	return key;
}

uint32_t
ks_names_find(const struct ks_names *names, struct ks_span name)
{
	const struct ks_key key = ks_names_key(names, name);
	return ks_map_find(&names->table, &key);
}

uint32_t
ks_names_add(struct ks_names *names, struct ks_span name, bool *ret_new)
{
	uint8_t folded[KS_NAME_MAX];
	ks_name_fold(name.at, name.n, folded);
	const struct ks_key key = ks_names_key(names, name);
	*ret_new = false;
	if (names->capacity_octets - names->used < KS_NAME_MAX) {
		const uint32_t known = ks_map_find(&names->table, &key);
		names->refused += known == KS_MAP_NONE;
		return known;
	}
	const uint32_t number = ks_map_add(&names->table, &key, ret_new);
	if (number == KS_MAP_NONE)
		names->refused++;
	if (!*ret_new)
		return number;
	struct ks_name_entry *const entry = ks_map_at(&names->table, number);
	entry->offset = (uint32_t)names->used;
	entry->n = name.n & UINT8_MAX;
	memcpy((uint8_t *)names->octets.base + names->used, folded, name.n);
	names->used += name.n;
	return number;
}

struct ks_span
ks_names_at(const struct ks_names *names, uint32_t number)
{
	const struct ks_name_entry *const entry = ks_map_at(&names->table, number);
	return (struct ks_span){(const uint8_t *)names->octets.base + entry->offset, entry->n};
}
