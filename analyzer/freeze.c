/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/freeze.c -- a shard's tables become facts in a total order. */
#include <endian.h>
#include <stdlib.h>

#include "analyzer/shard.h"

/* So many queries of sequences are kept: about six megabytes of database, a tenth of a second to write. */
enum { QUERIES_KEPT = 50000, OTHER_NAME = 0x80000000u };

/* What a table's entry is sorted by, and which entry it is. */
struct rank {
	uint64_t major, minor;
	uint32_t number;
};

/* An order of the entries of one table. */
struct order {
	struct rank *ranks;
	uint32_t n;
};

struct freezer {
	struct ks_shard *shard;
	struct ks_sink *sink;
	struct ks_diag *diag;
	struct order sources, servers, zones;
	uint32_t *zone_place; /* by number: index in the order of zones */
};

static int
compare_ranks(const void *a, const void *b)
{
	const struct rank *const x = a, *const y = b;
	if (x->major != y->major)
		return x->major < y->major ? -1 : 1;
	if (x->minor != y->minor)
		return x->minor < y->minor ? -1 : 1;
	return 0;
}

/* Sort the entries of `table` by what `rank_of` gives each. */
static enum ks_error
order_init(struct order *order, const struct ks_map *table,
	   void (*rank_of)(const struct freezer *freezer, const void *entry, struct rank *ret),
	   const struct freezer *freezer)
{
	*order = (struct order){.ranks = malloc((table->n + 1) * sizeof(*order->ranks)), .n = table->n};
	if (order->ranks == NULL)
		return ks_diag_set(freezer->diag, KS_ERR_MEMORY, "no memory to sort %u entries", table->n);
	for (uint32_t i = 0; i < table->n; i++) {
		order->ranks[i].number = i;
		rank_of(freezer, ks_map_at(table, i), &order->ranks[i]);
	}
	qsort(order->ranks, order->n, sizeof(*order->ranks), compare_ranks);
	return KS_SUCCESS;
}

/* As the bytes of the address themselves sort, 4 of them or 16: the order in which the store keeps its keys,
 * so that every row is appended. */
static void
rank_by_addr(const struct freezer *freezer, const void *entry, struct rank *ret)
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

static struct ks_addr
addr_of(const struct ks_key *key)
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
	return addr_of(&server->key);
}

static enum ks_error
put_servers(const struct freezer *freezer)
{
	for (uint32_t i = 0; i < freezer->servers.n; i++) {
		const struct ks_server *const server =
			ks_map_at(&freezer->shard->servers, freezer->servers.ranks[i].number);
		if (server->queries + server->responses == 0)
			continue; /* only packets without a message, such as handshakes */
		const struct ks_fact_server fact = {
			.server = addr_of(&server->key),
			.queries = server->queries,
			.responses = server->responses,
			.authoritative = server->authoritative,
			.recursive = server->recursive,
			.first_ns = server->first_ns,
			.last_ns = server->last_ns,
		};
		const enum ks_error error = freezer->sink->ops->server(freezer->sink, &fact, freezer->diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

static enum ks_error
put_sources(const struct freezer *freezer)
{
	for (uint32_t i = 0; i < freezer->sources.n; i++) {
		const struct ks_source *const source =
			ks_map_at(&freezer->shard->sources, freezer->sources.ranks[i].number);
		const struct ks_fact_source fact = {
			.source = addr_of(&source->key),
			.queries = source->queries,
			.responses = source->responses,
			.dnskey_queries = source->dnskey_queries,
			.ds_queries = source->ds_queries,
			.requeries = source->requeries,
			.do_queries = source->do_queries,
			.tcp_queries = source->tcp_queries,
			.query_dns_bytes = source->query_dns_bytes,
			.response_dns_bytes = source->response_dns_bytes,
			.sigkey_dns_bytes = source->sigkey_dns_bytes,
			.first_ns = source->first_ns,
			.last_ns = source->last_ns,
		};
		const enum ks_error error = freezer->sink->ops->source(freezer->sink, &fact, freezer->diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

/* --- bins --- */

/* Server numbers depend on the order of arrival only, which the capture fixes: they may rank. */
static void
rank_by_key(const struct freezer *freezer, const void *entry, struct rank *ret)
{
	(void)freezer;
	struct ks_key key;
	memcpy(&key, entry, sizeof(key));
	ret->major = key.w[0];
	ret->minor = key.w[1];
}

static enum ks_error
put_cell(const struct freezer *freezer, const void *entry)
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
put_flux(const struct freezer *freezer, const void *entry)
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
rank_zone_cell(const struct freezer *freezer, const void *entry, struct rank *ret)
{
	struct ks_key key;
	memcpy(&key, entry, sizeof(key));
	ret->major = freezer->zone_place[key.w[1]];
	ret->minor = key.w[0];
}

static enum ks_error
put_zone_cell(const struct freezer *freezer, const void *entry)
{
	const struct ks_zone_cell *const cell = entry;
	struct ks_fact_zone_bin fact = {
		.zone = freezer->zone_place[cell->key.w[1]],
		.t_s = (int64_t)cell->key.w[0],
		.queries = cell->queries,
		.responses = cell->responses,
		.response_dns_bytes = cell->response_dns_bytes,
		.sources_new = cell->sources_new,
	};
	memcpy(fact.cls, cell->cls, sizeof(fact.cls));
	return freezer->sink->ops->zone_bin(freezer->sink, &fact, freezer->diag);
}

/* --- zones and flows --- */

static int
compare_zones(const void *a, const void *b, void *names)
{
	const struct ks_span x = ks_names_at(names, ((const struct rank *)a)->number);
	const struct ks_span y = ks_names_at(names, ((const struct rank *)b)->number);
	const int order = memcmp(x.at, y.at, x.n < y.n ? x.n : y.n);
	return order != 0 ? order : (x.n > y.n) - (x.n < y.n);
}

static enum ks_error
order_zones(struct freezer *freezer)
{
	struct ks_names *const names = &freezer->shard->zones;
	const uint32_t n = names->table.n;
	freezer->zones = (struct order){.ranks = calloc(n + 1u, sizeof(struct rank)), .n = n};
	freezer->zone_place = calloc(n + 1u, sizeof(*freezer->zone_place));
	if (freezer->zones.ranks == NULL || freezer->zone_place == NULL)
		return ks_diag_set(freezer->diag, KS_ERR_MEMORY, "no memory to sort %u zones", n);
	for (uint32_t i = 0; i < n; i++)
		freezer->zones.ranks[i].number = i;
	qsort_r(freezer->zones.ranks, n, sizeof(struct rank), compare_zones, names);
	for (uint32_t i = 0; i < n; i++)
		freezer->zone_place[freezer->zones.ranks[i].number] = i;
	return KS_SUCCESS;
}

static enum ks_error
put_zones(const struct freezer *freezer)
{
	for (uint32_t i = 0; i < freezer->zones.n; i++) {
		const uint32_t number = freezer->zones.ranks[i].number;
		const struct ks_zone *const zone =
			(const struct ks_zone *)freezer->shard->zone_states.base + number;
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

/* By zone, then by the place of the source in its own order: known only as a number here, so the address
 * is looked up when the rank is made. */
static void
rank_flow(const struct freezer *freezer, const void *entry, struct rank *ret)
{
	struct ks_key key;
	memcpy(&key, entry, sizeof(key));
	ret->major = freezer->zone_place[key.w[1]];
	ret->minor = key.w[0];
}

static enum ks_error
put_flow(const struct freezer *freezer, const void *entry)
{
	const struct ks_flow *const flow = entry;
	const struct ks_source *const source = ks_map_at(&freezer->shard->sources, (uint32_t)flow->key.w[0]);
	struct ks_fact_flow fact = {
		.zone = freezer->zone_place[flow->key.w[1]],
		.source = addr_of(&source->key),
		.queries = flow->queries,
		.responses = flow->responses,
		.response_dns_bytes = flow->response_dns_bytes,
		.first_ns = flow->first_ns,
		.last_ns = flow->last_ns,
	};
	for (size_t i = 0; i < KS_RQ_COUNT; i++)
		fact.cls[i] = flow->cls[i];
	return freezer->sink->ops->flow(freezer->sink, &fact, freezer->diag);
}

static int
compare_server_counts(const void *a, const void *b)
{
	const struct ks_server_count *const x = a, *const y = b;
	return x->other != y->other ? x->other - y->other : memcmp(&x->server, &y->server, sizeof(x->server));
}

static enum ks_error
put_behaviour(const struct freezer *freezer, const void *entry)
{
	const struct ks_flow *const flow = entry;
	if (!flow->followed)
		return KS_SUCCESS;
	const struct ks_shard *const shard = freezer->shard;
	const struct ks_behaviour *const state = ks_behaviours_at(&shard->behaviours, flow->place);
	const struct ks_source *const source = ks_map_at(&shard->sources, (uint32_t)flow->key.w[0]);
	struct ks_server_count servers[KS_BEHAVIOUR_SERVERS + 1];
	size_t n = 0;
	for (; n < state->n_servers; n++) {
		const struct ks_server *const server = ks_map_at(&shard->servers, state->servers[n]);
		servers[n] =
			(struct ks_server_count){.server = addr_of(&server->key), .queries = state->asked[n]};
	}
	if (state->asked_rest > 0)
		servers[n++] = (struct ks_server_count){.other = true, .queries = state->asked_rest};
	qsort(servers, n, sizeof(*servers), compare_server_counts);
	struct ks_fact_behaviour fact = {
		.zone = freezer->zone_place[flow->key.w[1]],
		.source = addr_of(&source->key),
		.n_servers = n,
		.servers = servers,
	};
	ks_behaviour_close(state, &fact.counts);
	return freezer->sink->ops->behaviour(freezer->sink, &fact, freezer->diag);
}

/* Sort a table and put each of its entries. */
static enum ks_error
put_table(const struct freezer *freezer, const struct ks_map *table,
	  void (*rank_of)(const struct freezer *freezer, const void *entry, struct rank *ret),
	  enum ks_error (*put)(const struct freezer *freezer, const void *entry))
{
	struct order order;
	enum ks_error error = order_init(&order, table, rank_of, freezer);
	for (uint32_t i = 0; i < order.n && error == KS_SUCCESS; i++)
		error = put(freezer, ks_map_at(table, order.ranks[i].number));
	free(order.ranks);
	return error;
}

/* --- ICMP --- */

/* Numbers of a table depend on the order of arrival, which the capture fixes. */
static enum ks_error
put_icmp(const struct freezer *freezer)
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

/* --- fingerprints --- */

static enum ks_error
put_stack(const struct freezer *freezer, const struct ks_source *source, const struct ks_stack *stack)
{
	char text[KS_FINGERPRINT_TEXT];
	const struct ks_fact_stack fact = {
		.source = addr_of(&source->key),
		.fingerprint = ks_fingerprint_print(stack->fingerprint, text),
		.queries = stack->queries,
		.cased_queries = stack->cased_queries,
		.mixed_queries = stack->mixed_queries,
		.first_ns = stack->first_ns,
		.last_ns = stack->last_ns,
	};
	return freezer->sink->ops->stack(freezer->sink, &fact, freezer->diag);
}

static enum ks_error
put_stacks(const struct freezer *freezer)
{
	const struct ks_shard *const shard = freezer->shard;
	for (uint32_t i = 0; i < freezer->sources.n; i++) {
		const uint32_t number = freezer->sources.ranks[i].number;
		const struct ks_source *const source = ks_map_at(&shard->sources, number);
		if (source->dnskey_queries == 0)
			continue;
		for (uint32_t place = 0; place < KS_STACKS_EACH; place++) {
			const struct ks_stack *const stack = ks_stacks_at(&shard->stacks, number, place);
			if (stack == NULL)
				break;
			const enum ks_error error = put_stack(freezer, source, stack);
			if (error != KS_SUCCESS)
				return error;
		}
	}
	return KS_SUCCESS;
}

/* --- names that do not exist --- */

static int
compare_parents(const void *a, const void *b, void *map)
{
	const struct ks_nx_parent *const x = ks_map_at(map, ((const struct rank *)a)->number);
	const struct ks_nx_parent *const y = ks_map_at(map, ((const struct rank *)b)->number);
	const int order = memcmp(x->name, y->name, x->n_name < y->n_name ? x->n_name : y->n_name);
	return order != 0 ? order : (x->n_name > y->n_name) - (x->n_name < y->n_name);
}

static enum ks_error
put_parent(const struct freezer *freezer, const struct ks_nx_parent *parent)
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
put_nxdomain(const struct freezer *freezer)
{
	struct ks_map *const map = &freezer->shard->nxdomain.map;
	struct rank *const ranks = calloc(map->n + 1u, sizeof(*ranks));
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

/* --- sequences --- */

static struct ks_span
record_name(const struct ks_shard *shard, const struct ks_record *record)
{
	if (record->name == KS_MAP_NONE)
		return (struct ks_span){0};
	if ((record->name & OTHER_NAME) != 0)
		return ks_names_at(&shard->names, record->name & ~OTHER_NAME);
	return ks_names_at(&shard->zones, record->name);
}

static enum ks_error
put_record(const struct freezer *freezer, const struct ks_source *source, const struct ks_record *record)
{
	const struct ks_shard *const shard = freezer->shard;
	struct ks_fact_query fact = {
		.source = addr_of(&source->key),
		.number = record->number,
		.t_ns = record->t_ns,
		.response_ns = record->response_ns,
		.name = record_name(shard, record),
		.id = record->id,
		.sport = record->sport,
		.qtype = record->qtype,
		.flags = record->flags,
		.edns_size = record->edns_size,
		.dnssec_ok = (record->bits & KS_REC_DO) != 0,
		.edns = (record->bits & KS_REC_EDNS) != 0,
		.transport = (record->bits & KS_REC_TCP) != 0 ? KS_TCP : KS_UDP,
		.requery = (enum ks_requery)record->requery,
		.response_bytes = record->response_bytes,
		.rcode = record->rcode,
		.tc = (record->bits & KS_REC_TC) != 0,
	};
	if (record->server < shard->servers.n) {
		const struct ks_server *const server = ks_map_at(&shard->servers, record->server);
		fact.server = addr_of(&server->key);
	}
	return freezer->sink->ops->query(freezer->sink, &fact, freezer->diag);
}

static enum ks_error
put_sequences(const struct freezer *freezer)
{
	struct ks_samples *const samples = &freezer->shard->samples;
	ks_samples_shrink(samples, QUERIES_KEPT);
	for (uint32_t i = 0; i < freezer->sources.n; i++) {
		const uint32_t number = freezer->sources.ranks[i].number;
		const struct ks_source *const source = ks_map_at(&freezer->shard->sources, number);
		if (!ks_samples_is_of(samples, source->log, number))
			continue;
		const struct ks_record *record = NULL;
		while ((record = ks_samples_next(samples, source->log, record)) != NULL) {
			const enum ks_error error = put_record(freezer, source, record);
			if (error != KS_SUCCESS)
				return error;
		}
	}
	return KS_SUCCESS;
}

static enum ks_error
freeze(struct freezer *freezer)
{
	struct ks_shard *const shard = freezer->shard;
	enum ks_error error = order_init(&freezer->sources, &shard->sources, rank_by_addr, freezer);
	if (error == KS_SUCCESS)
		error = order_init(&freezer->servers, &shard->servers, rank_by_addr, freezer);
	if (error == KS_SUCCESS)
		error = order_zones(freezer);
	if (error == KS_SUCCESS)
		error = put_servers(freezer);
	if (error == KS_SUCCESS)
		error = put_sources(freezer);
	if (error == KS_SUCCESS)
		error = put_table(freezer, &shard->series.cells, rank_by_key, put_cell);
	if (error == KS_SUCCESS)
		error = put_table(freezer, &shard->series.fluxes, rank_by_key, put_flux);
	if (error == KS_SUCCESS)
		error = put_zones(freezer);
	if (error == KS_SUCCESS)
		error = put_table(freezer, &shard->series.zones, rank_zone_cell, put_zone_cell);
	if (error == KS_SUCCESS)
		error = put_table(freezer, &shard->flows, rank_flow, put_flow);
	if (error == KS_SUCCESS)
		error = put_table(freezer, &shard->flows, rank_flow, put_behaviour);
	if (error == KS_SUCCESS)
		error = put_sequences(freezer);
	if (error == KS_SUCCESS)
		error = put_icmp(freezer);
	if (error == KS_SUCCESS)
		error = put_stacks(freezer);
	if (error == KS_SUCCESS)
		error = put_nxdomain(freezer);
	if (error == KS_SUCCESS)
		error = ks_shard_freeze_signals(shard, freezer->zone_place, freezer->sink, freezer->diag);
	if (error == KS_SUCCESS)
		error = ks_shard_freeze_ledger(shard, freezer->sink, freezer->diag);
	return error;
}

enum ks_error
ks_shard_freeze(struct ks_shard *shard, struct ks_sink *sink, struct ks_diag *diag)
{
	struct freezer freezer = {.shard = shard, .sink = sink, .diag = diag};
	const enum ks_error error = freeze(&freezer);
	free(freezer.sources.ranks);
	free(freezer.servers.ranks);
	free(freezer.zones.ranks);
	free(freezer.zone_place);
	return error;
}
