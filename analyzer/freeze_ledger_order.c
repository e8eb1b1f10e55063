/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/freeze_ledger_order.c -- see freeze_ledger_p.h. */
#include <stdlib.h>

#include "analyzer/freeze_ledger_p.h"

struct ks_addr
ks_ledger_server(const struct ks_shard *shard, uint32_t number)
{
	const struct ks_server *const server = ks_map_at(&shard->servers, number);
	return ks_freeze_addr(&server->key);
}

static struct ks_rank *
add(struct ks_order *order, uint32_t number)
{
	struct ks_rank *const rank = &order->ranks[order->n++];
	rank->number = number;
	return rank;
}

static int
compare_names(const void *a, const void *b, void *names)
{
	const struct ks_span x = ks_names_at(names, ((const struct ks_rank *)a)->number);
	const struct ks_span y = ks_names_at(names, ((const struct ks_rank *)b)->number);
	const int order = memcmp(x.at, y.at, x.n < y.n ? x.n : y.n);
	return order != 0 ? order : (x.n > y.n) - (x.n < y.n);
}

static void
order_names(struct ks_ledger_places *places, const struct ks_ledger *ledger)
{
	struct ks_order *const names = &places->names;
	struct ks_names table = ledger->names; /* qsort_r wants it without const */
	for (uint32_t i = 0; i < table.table.n; i++)
		if (ledger->chosen[i] != 0)
			(void)add(names, i);
	qsort_r(names->ranks, names->n, sizeof(*names->ranks), compare_names, &table);
	for (uint32_t i = 0; i < table.table.n; i++)
		places->name[i] = KS_MAP_NONE;
	for (uint32_t i = 0; i < names->n; i++)
		places->name[names->ranks[i].number] = i;
}

static void
order_contents(struct ks_ledger_places *places, const struct ks_ledger *ledger)
{
	for (uint32_t i = 0; i < ledger->contents.n; i++) {
		const struct ks_ledger_content *const content = ks_map_at(&ledger->contents, i);
		const uint32_t place = places->name[content->name];
		if (place != KS_MAP_NONE)
			add(&places->contents, i)->major = (uint64_t)place << 16 | content->type;
	}
	ks_freeze_sort(&places->contents);
}

static void
order_series(struct ks_ledger_places *places, const struct ks_shard *shard)
{
	const struct ks_map *const map = &shard->ledger.series;
	for (uint32_t i = 0; i < map->n; i++) {
		const struct ks_ledger_series *const series = ks_map_at(map, i);
		const uint32_t place = places->name[series->key.w[0] >> 32];
		const uint32_t server = (uint32_t)series->key.w[0];
		if (place == KS_MAP_NONE)
			continue;
		struct ks_rank *const rank = add(&places->series, i);
		ks_freeze_rank_addr(NULL, ks_map_at(&shard->servers, server), rank);
		rank->last = rank->minor;
		rank->minor = rank->major;
		rank->major = (uint64_t)place << 16 | (series->key.w[1] >> 16 & 0xffff);
	}
	ks_freeze_sort(&places->series);
}

static void
order_keys(struct ks_ledger_places *places, const struct ks_ledger *ledger)
{
	for (uint32_t i = 0; i < ledger->keys.n; i++) {
		const struct ks_ledger_key *const key = ks_map_at(&ledger->keys, i);
		if (places->name[key->name] != KS_MAP_NONE)
			add(&places->keys, i)->major = places->name[key->name];
	}
	ks_freeze_sort(&places->keys);
}

static bool
make_room(struct ks_order *order, uint32_t n)
{
	order->ranks = calloc(n + (size_t)1, sizeof(*order->ranks));
	return order->ranks != NULL;
}

enum ks_error
ks_ledger_places_init(struct ks_ledger_places *places, const struct ks_shard *shard, struct ks_diag *diag)
{
	const struct ks_ledger *const ledger = &shard->ledger;
	const uint32_t n = ledger->names.table.n;
	places->name = calloc(n + (size_t)1, sizeof(*places->name));
	places->content = calloc(ledger->contents.n + (size_t)1, sizeof(*places->content));
	if (places->name == NULL || places->content == NULL || !make_room(&places->names, n) ||
	    !make_room(&places->contents, ledger->contents.n) ||
	    !make_room(&places->series, ledger->series.n) || !make_room(&places->keys, ledger->keys.n))
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory to number %u names", n);
	order_names(places, ledger);
	order_contents(places, ledger);
	order_series(places, shard);
	order_keys(places, ledger);
	return KS_SUCCESS;
}

void
ks_ledger_places_done(struct ks_ledger_places *places)
{
	free(places->names.ranks);
	free(places->contents.ranks);
	free(places->series.ranks);
	free(places->keys.ranks);
	free(places->name);
	free(places->content);
}
