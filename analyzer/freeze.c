/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/freeze.c -- a shard's tables become facts in a total order: servers, bins, zones, ICMP, names that
 * do not exist. What hangs on sources is in freeze_sources.c, on flows in freeze_flows.c. */
#include <endian.h>
#include <stdlib.h>

#include "analyzer/freeze_p.h"

static int
compare_ranks(const void *a, const void *b)
{
	const struct ks_rank *const x = a, *const y = b;
	if (x->major != y->major)
		return x->major < y->major ? -1 : 1;
	if (x->minor != y->minor)
		return x->minor < y->minor ? -1 : 1;
	if (x->last != y->last)
		return x->last < y->last ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

void
ks_freeze_sort(struct ks_order *order)
{
	qsort(order->ranks, order->n, sizeof(*order->ranks), compare_ranks);
}

/* Sort the entries of `table` by what `rank_of` gives each. */
static enum ks_error
order_init(struct ks_order *order, const struct ks_map *table, ks_freeze_rank_fn *rank_of,
	   const struct ks_freezer *freezer)
{
	*order = (struct ks_order){.ranks = malloc((table->n + 1) * sizeof(*order->ranks)), .n = table->n};
	if (order->ranks == NULL)
		return ks_diag_set(freezer->diag, KS_ERR_MEMORY, "no memory to sort %u entries", table->n);
	for (uint32_t i = 0; i < table->n; i++) {
		order->ranks[i] = (struct ks_rank){.number = i};
		rank_of(freezer, ks_map_at(table, i), &order->ranks[i]);
	}
	ks_freeze_sort(order);
	return KS_SUCCESS;
}

void
ks_freeze_rank_addr(const struct ks_freezer *freezer, const void *entry, struct ks_rank *ret)
{
	(void)freezer;
	struct ks_addr addr;
	memcpy(addr.b, entry, sizeof(addr.b));
	const struct ks_span bytes = ks_addr_bytes(&addr);
	uint8_t padded[16] = {0};
	uint64_t w[2];
	memcpy(padded, bytes.at, bytes.n);
	memcpy(w, padded, sizeof(w));
	ret->major = be64toh(w[0]);
	ret->minor = be64toh(w[1]);
}

struct ks_addr
ks_freeze_addr(const struct ks_key *key)
{
	struct ks_addr addr;
	memcpy(addr.b, key->w, sizeof(addr.b));
	return addr;
}

static struct ks_addr
server_addr(const struct ks_shard *shard, uint32_t number, bool *ret_other)
{
	*ret_other = number >= shard->servers.n || number >= KS_SERIES_SERVERS;
	if (*ret_other)
		return (struct ks_addr){0};
	const struct ks_server *const server = ks_map_at(&shard->servers, number);
	return ks_freeze_addr(&server->key);
}

static enum ks_error
put_servers(const struct ks_freezer *freezer)
{
	for (uint32_t i = 0; i < freezer->servers.n; i++) {
		const struct ks_server *const server =
			ks_map_at(&freezer->shard->servers, freezer->servers.ranks[i].number);
		if (server->queries + server->responses == 0)
			continue; /* only packets without a message, such as handshakes */
		const struct ks_fact_server fact = {
			.server = ks_freeze_addr(&server->key),
			.queries = server->queries,
			.responses = server->responses,
			.authoritative = server->authoritative,
			.recursive = server->recursive,
			.response_dns_bytes = server->response_dns_bytes,
			.sigkey_dns_bytes = server->sigkey_dns_bytes,
			.first_ns = server->first_ns,
			.last_ns = server->last_ns,
		};
		const enum ks_error error = freezer->sink->ops->server(freezer->sink, &fact, freezer->diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

/* --- bins --- */

/* Server numbers depend on the order of arrival only, which the capture fixes: they may rank. */
static void
rank_by_key(const struct ks_freezer *freezer, const void *entry, struct ks_rank *ret)
{
	(void)freezer;
	struct ks_key key;
	memcpy(&key, entry, sizeof(key));
	ret->major = key.w[0];
	ret->minor = key.w[1];
}

static enum ks_error
put_cell(const struct ks_freezer *freezer, const void *entry)
{
	const struct ks_cell *const cell = entry;
	struct ks_fact_bin fact = {
		.t_s = (int64_t)cell->key.w[0],
		.transport = (enum ks_transport)(cell->key.w[1] >> 20 & 1),
		.qtype = (uint32_t)(cell->key.w[1] & 0x1ffff),
		.queries = cell->queries,
		.responses = cell->responses,
		.query_dns_bytes = cell->query_dns_bytes,
		.response_dns_bytes = cell->response_dns_bytes,
		.do_queries = cell->do_queries,
		.cd_queries = cell->cd_queries,
		.tc_responses = cell->tc_responses,
		.query_ip_bytes = cell->query_ip_bytes,
		.response_ip_bytes = cell->response_ip_bytes,
	};
	fact.server = server_addr(freezer->shard, (uint32_t)(cell->key.w[1] >> 32), &fact.server_other);
	return freezer->sink->ops->bin(freezer->sink, &fact, freezer->diag);
}

static enum ks_error
put_flux(const struct ks_freezer *freezer, const void *entry)
{
	const struct ks_flux *const flux = entry;
	struct ks_fact_traffic fact = {
		.t_s = (int64_t)flux->key.w[0],
		.in_packets = flux->in_packets,
		.out_packets = flux->out_packets,
		.in_ip_bytes = flux->in_ip_bytes,
		.out_ip_bytes = flux->out_ip_bytes,
		.in_wire_bytes = flux->in_wire_bytes,
		.out_wire_bytes = flux->out_wire_bytes,
	};
	fact.server = server_addr(freezer->shard, (uint32_t)flux->key.w[1], &fact.server_other);
	return freezer->sink->ops->traffic(freezer->sink, &fact, freezer->diag);
}

static void
rank_zone_cell(const struct ks_freezer *freezer, const void *entry, struct ks_rank *ret)
{
	struct ks_key key;
	memcpy(&key, entry, sizeof(key));
	ret->major = freezer->zone_place[key.w[1]];
	ret->minor = key.w[0];
}

static enum ks_error
put_zone_cell(const struct ks_freezer *freezer, const void *entry)
{
	const struct ks_zone_cell *const cell = entry;
	struct ks_fact_zone_bin fact = {
		.zone = freezer->zone_place[cell->key.w[1]],
		.t_s = (int64_t)cell->key.w[0],
		.queries = cell->queries,
		.responses = cell->responses,
		.response_dns_bytes = cell->response_dns_bytes,
		.sources_new = cell->sources_new,
		.hops = cell->hops,
		.hops_squares = cell->hops_squares,
		.ports = cell->ports,
		.ports_squares = cell->ports_squares,
	};
	memcpy(fact.cls, cell->cls, sizeof(fact.cls));
	return freezer->sink->ops->zone_bin(freezer->sink, &fact, freezer->diag);
}

/* --- zones --- */

static int
compare_zones(const void *a, const void *b, void *names)
{
	const struct ks_span x = ks_names_at(names, ((const struct ks_rank *)a)->number);
	const struct ks_span y = ks_names_at(names, ((const struct ks_rank *)b)->number);
	const int order = memcmp(x.at, y.at, x.n < y.n ? x.n : y.n);
	return order != 0 ? order : (x.n > y.n) - (x.n < y.n);
}

static enum ks_error
order_zones(struct ks_freezer *freezer)
{
	struct ks_names *const names = &freezer->shard->zones;
	uint32_t n = names->table.n;
	freezer->zones = (struct ks_order){.ranks = calloc(n + 1u, sizeof(struct ks_rank))};
	freezer->zone_place = calloc(n + 1u, sizeof(*freezer->zone_place));
	if (freezer->zones.ranks == NULL || freezer->zone_place == NULL)
		return ks_diag_set(freezer->diag, KS_ERR_MEMORY, "no memory to sort %u zones", n);
	/* Names that were only asked for DS are no zones of ours, and there are many of them. */
	for (uint32_t i = 0; i < n; i++)
		if (ks_shard_is_zone(freezer->shard, i))
			freezer->zones.ranks[freezer->zones.n++].number = i;
	n = freezer->zones.n;
	qsort_r(freezer->zones.ranks, n, sizeof(struct ks_rank), compare_zones, names);
	for (uint32_t i = 0; i < n; i++)
		freezer->zone_place[freezer->zones.ranks[i].number] = i;
	return KS_SUCCESS;
}

static enum ks_error
put_zones(const struct ks_freezer *freezer)
{
	for (uint32_t i = 0; i < freezer->zones.n; i++) {
		const uint32_t number = freezer->zones.ranks[i].number;
		const struct ks_zone *const zone = ks_shard_zone(freezer->shard, number);
		const struct ks_fact_zone fact = {
			.name = ks_names_at(&freezer->shard->zones, number),
			.answered = zone->answered,
			.dnskey_queries = zone->dnskey_queries,
			.servers = (uint32_t)__builtin_popcountll(zone->servers),
		};
		const enum ks_error error = freezer->sink->ops->zone(freezer->sink, &fact, freezer->diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

enum ks_error
ks_freeze_table(const struct ks_freezer *freezer, const struct ks_map *table, ks_freeze_rank_fn *rank_of,
		enum ks_error (*put)(const struct ks_freezer *freezer, const void *entry))
{
	struct ks_order order;
	enum ks_error error = order_init(&order, table, rank_of, freezer);
	for (uint32_t i = 0; i < order.n && error == KS_SUCCESS; i++)
		error = put(freezer, ks_map_at(table, order.ranks[i].number));
	free(order.ranks);
	return error;
}

/* --- ICMP --- */

/* Numbers of a table depend on the order of arrival, which the capture fixes. */
static enum ks_error
put_icmp(const struct ks_freezer *freezer)
{
	const struct ks_map *const map = &freezer->shard->icmp.map;
	for (uint32_t i = 0; i < map->n; i++) {
		const struct ks_icmp_entry *const entry = ks_map_at(map, i);
		const struct ks_fact_icmp fact = {
			.server = entry->server,
			.source = entry->source,
			.kind = (enum ks_icmp_kind)entry->kind,
			.packets = entry->packets,
		};
		const enum ks_error error = freezer->sink->ops->icmp(freezer->sink, &fact, freezer->diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

/* --- names that do not exist --- */

static int
compare_parents(const void *a, const void *b, void *map)
{
	const struct ks_nx_parent *const x = ks_map_at(map, ((const struct ks_rank *)a)->number);
	const struct ks_nx_parent *const y = ks_map_at(map, ((const struct ks_rank *)b)->number);
	const int order = memcmp(x->name, y->name, x->n_name < y->n_name ? x->n_name : y->n_name);
	return order != 0 ? order : (x->n_name > y->n_name) - (x->n_name < y->n_name);
}

static enum ks_error
put_parent(const struct ks_freezer *freezer, const struct ks_nx_parent *parent)
{
	const struct ks_fact_nxdomain fact = {
		.parent = {parent->name, parent->n_name},
		.nxdomain = parent->nxdomain,
		.responses = parent->responses,
		.distinct_labels = ks_nxdomain_labels(parent),
		.sources = ks_nxdomain_sources(parent),
		.first_ns = parent->first_ns,
		.last_ns = parent->last_ns,
	};
	return freezer->sink->ops->nxdomain(freezer->sink, &fact, freezer->diag);
}

static enum ks_error
put_nxdomain(const struct ks_freezer *freezer)
{
	struct ks_map *const map = &freezer->shard->nxdomain.map;
	struct ks_rank *const ranks = calloc(map->n + 1u, sizeof(*ranks));
	if (ranks == NULL)
		return ks_diag_set(freezer->diag, KS_ERR_MEMORY, "no memory to sort %u names", map->n);
	for (uint32_t i = 0; i < map->n; i++)
		ranks[i].number = i;
	qsort_r(ranks, map->n, sizeof(*ranks), compare_parents, map);
	enum ks_error error = KS_SUCCESS;
	for (uint32_t i = 0; i < map->n && error == KS_SUCCESS; i++)
		error = put_parent(freezer, ks_map_at(map, ranks[i].number));
	free(ranks);
	return error;
}

/* --- the whole --- */

/* What only served to count: who is where, which query waits. */
static void
stop_counting(struct ks_shard *shard)
{
	ks_map_close(&shard->sources);
	ks_map_close(&shard->flows);
	ks_map_close(&shard->series.cells);
	ks_map_close(&shard->series.fluxes);
	ks_map_close(&shard->series.zones);
	ks_pairs_done(&shard->pairs);
}

static enum ks_error
put_series(const struct ks_freezer *freezer)
{
	struct ks_series *const series = &freezer->shard->series;
	enum ks_error error = ks_freeze_table(freezer, &series->cells, rank_by_key, put_cell);
	if (error == KS_SUCCESS)
		error = ks_freeze_table(freezer, &series->fluxes, rank_by_key, put_flux);
	if (error == KS_SUCCESS)
		error = put_zones(freezer);
	if (error == KS_SUCCESS)
		error = ks_freeze_table(freezer, &series->zones, rank_zone_cell, put_zone_cell);
	ks_series_done(series);
	return error;
}

static enum ks_error
freeze(struct ks_freezer *freezer)
{
	struct ks_shard *const shard = freezer->shard;
	stop_counting(shard);
	enum ks_error error = ks_freeze_choose_sources(freezer);
	if (error == KS_SUCCESS)
		error = order_init(&freezer->servers, &shard->servers, ks_freeze_rank_addr, freezer);
	if (error == KS_SUCCESS)
		error = order_zones(freezer);
	if (error == KS_SUCCESS)
		error = put_servers(freezer);
	if (error == KS_SUCCESS)
		error = ks_freeze_sources(freezer);
	if (error == KS_SUCCESS)
		error = put_series(freezer);
	if (error == KS_SUCCESS)
		error = ks_freeze_flows(freezer);
	if (error == KS_SUCCESS)
		error = ks_freeze_sequences(freezer);
	ks_samples_done(&shard->samples);
	if (error == KS_SUCCESS)
		error = put_icmp(freezer);
	if (error == KS_SUCCESS)
		error = ks_freeze_stacks(freezer);
	ks_stacks_done(&shard->stacks);
	if (error == KS_SUCCESS)
		error = put_nxdomain(freezer);
	ks_nxdomain_done(&shard->nxdomain);
	if (error == KS_SUCCESS)
		error = ks_freeze_manners(freezer);
	if (error == KS_SUCCESS)
		error = ks_shard_freeze_signals(shard, freezer->zone_place, freezer->sink, freezer->diag);
	if (error == KS_SUCCESS)
		error = ks_shard_freeze_ledger(shard, freezer->sink, freezer->diag);
	return error;
}

enum ks_error
ks_shard_freeze(struct ks_shard *shard, struct ks_sink *sink, struct ks_diag *diag)
{
	struct ks_freezer freezer = {.shard = shard, .sink = sink, .diag = diag};
	const enum ks_error error = freeze(&freezer);
	free(freezer.sources.ranks);
	free(freezer.servers.ranks);
	free(freezer.zones.ranks);
	free(freezer.zone_place);
	return error;
}
