/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/freeze_nets.c -- who leaves a full table, and what becomes of it: bounds and nets. */
#include <endian.h>
#include <stdlib.h>

#include "analyzer/freeze_p.h"
#include "analyzer/top.h"

void
ks_shard_net_source(struct ks_shard *shard, uint32_t number)
{
	const struct ks_source *const source = ks_map_at(&shard->sources, number);
	const struct ks_source_more *const more = ks_source_more(&shard->sources_more, source);
	const struct ks_network net = {
		.queries = source->queries,
		.responses = source->responses,
		.dnskey_queries = more->dnskey_queries,
		.tcp_queries = more->tcp_queries,
		.tcp_responses = more->tcp_responses,
		.query_dns_bytes = ks_source_octets(source, more, KS_OCTETS_QUERY),
		.response_dns_bytes = ks_source_octets(source, more, KS_OCTETS_RESPONSE),
		.sigkey_dns_bytes = ks_source_octets(source, more, KS_OCTETS_SIGKEY),
		.tcp_query_dns_bytes = more->tcp_query_octets,
		.tcp_response_dns_bytes = more->tcp_response_octets,
		.first_ns = source->first_ns,
		.last_ns = source->last_ns,
	};
	const struct ks_addr addr = ks_freeze_addr(&source->key);
	ks_networks_add(&shard->source_nets, &addr, KS_MAP_NONE, &net);
}

void
ks_shard_leave_source(void *arg, uint32_t number)
{
	struct ks_shard *const shard = arg;
	struct ks_source *const source = ks_map_at(&shard->sources, number);
	ks_shard_net_source(shard, number);
	shard->totals.unlisted_sources += (uint64_t)source->queries + source->responses;
	ks_samples_close(&shard->samples, ks_source_log(ks_source_more(&shard->sources_more, source)),
			 number);
	ks_openings_forget(&shard->openings, number);
	ks_source_leave(&shard->sources_more, source);
}

void
ks_shard_leave_flow(void *arg, uint32_t number)
{
	struct ks_shard *const shard = arg;
	const struct ks_flow *const flow = ks_map_at(&shard->flows, number);
	struct ks_network net = {
		.queries = flow->queries,
		.responses = flow->responses,
		.dnskey_queries = flow->queries,
		.response_dns_bytes = flow->response_dns_bytes,
		.first_ns = flow->first_ns,
		.last_ns = flow->last_ns,
	};
	memcpy(net.cls, flow->cls, sizeof(net.cls));
	const struct ks_addr source = ks_shard_flow_source(shard, flow);
	ks_networks_add(&shard->flow_nets, &source, flow->zone, &net);
	shard->totals.unlisted_flows += flow->queries;
}

/* --- nets --- */

/* So many networks of sources, and of flows, have rows. */
enum { KEPT = 4096 };

static struct ks_fact_net
fact_of(const struct ks_network *net, const uint32_t *zone_place)
{
	const uint32_t zone = (uint32_t)net->key.w[1];
	const uint32_t err = ks_saving_err(net->err);
	struct ks_fact_net fact = {
		.by_zone = zone != KS_MAP_NONE,
		.zone = zone != KS_MAP_NONE ? zone_place[zone] : 0,
		.queries = (uint64_t)net->queries + err,
		.err = err,
		.responses = net->responses,
		.dnskey_queries = net->dnskey_queries,
		.tcp_queries = net->tcp_queries,
		.tcp_responses = net->tcp_responses,
		.query_dns_bytes = net->query_dns_bytes,
		.response_dns_bytes = net->response_dns_bytes,
		.sigkey_dns_bytes = net->sigkey_dns_bytes,
		.tcp_query_dns_bytes = net->tcp_query_dns_bytes,
		.tcp_response_dns_bytes = net->tcp_response_dns_bytes,
		.first_ns = net->first_ns,
		.last_ns = net->last_ns,
	};
	fact.prefix = ks_network_prefix(net, &fact.bits);
	for (size_t i = 0; i < KS_RQ_COUNT; i++)
		fact.cls[i] = net->cls[i];
	return fact;
}

static uint64_t
most_of(const struct ks_network *net)
{
	const uint64_t counted = net->queries > net->responses ? net->queries : net->responses;
	return counted + ks_saving_err(net->err);
}

static int
compare_facts(const void *a, const void *b)
{
	const struct ks_fact_net *const x = a, *const y = b;
	if (x->zone != y->zone)
		return x->zone < y->zone ? -1 : 1;
	const struct ks_span p = ks_addr_bytes(&x->prefix), q = ks_addr_bytes(&y->prefix);
	const int order = memcmp(p.at, q.at, p.n < q.n ? p.n : q.n);
	if (order != 0)
		return order;
	if (p.n != q.n)
		return p.n < q.n ? -1 : 1;
	return (x->bits > y->bits) - (x->bits < y->bits);
}

/* Which zones there are hangs on names, not on their numbers. */
static void
offer(struct ks_top *top, const struct ks_network *net, uint32_t number, const uint32_t *zone_place)
{
	const uint32_t zone = (uint32_t)net->key.w[1];
	const uint64_t bits = net->key.w[1] >> 32;
	const struct ks_top_entry entry = {
		.score = most_of(net),
		.tie = {be64toh(net->key.w[0]), bits << 32 | (zone != KS_MAP_NONE ? zone_place[zone] : 0)},
		.number = number,
	};
	ks_top_offer(top, &entry);
}

/* Those that get no row raise the floor, as if they had been given away. */
static void
leave_out(const struct ks_map *map, const struct ks_top *top, struct ks_fact_bound *bound)
{
	uint64_t all = 0, kept = 0;
	for (uint32_t i = 0; i < map->n; i++) {
		const struct ks_network *const net = ks_map_at(map, i);
		all += (uint64_t)net->queries + net->responses;
	}
	for (uint32_t i = 0; i < top->n; i++) {
		const struct ks_network *const net = ks_map_at(map, top->heap[i].number);
		kept += (uint64_t)net->queries + net->responses;
	}
	bound->lost += all - kept;
	/* No one left out is above the least of the heap. */
	if (map->n > top->n && top->n > 0 && top->heap[0].score > bound->floor)
		bound->floor = top->heap[0].score;
}

static enum ks_error
put_kept(const struct ks_freezer *freezer, const struct ks_map *map, const struct ks_top *top)
{
	struct ks_fact_net *const facts = malloc((top->n + 1u) * sizeof(*facts));
	if (facts == NULL)
		return ks_diag_set(freezer->diag, KS_ERR_MEMORY, "no memory to sort %u networks", top->n);
	for (uint32_t i = 0; i < top->n; i++)
		facts[i] = fact_of(ks_map_at(map, top->heap[i].number), freezer->zone_place);
	qsort(facts, top->n, sizeof(*facts), compare_facts);
	enum ks_error error = KS_SUCCESS;
	for (uint32_t i = 0; i < top->n && error == KS_SUCCESS; i++)
		error = freezer->sink->ops->net(freezer->sink, &facts[i], freezer->diag);
	free(facts);
	return error;
}

static enum ks_error
put_nets(const struct ks_freezer *freezer, const struct ks_networks *nets, struct ks_fact_bound *bound)
{
	struct ks_top top;
	enum ks_error error = ks_top_init(&top, KEPT, freezer->diag);
	for (uint32_t i = 0; i < nets->map.n && error == KS_SUCCESS; i++)
		offer(&top, ks_map_at(&nets->map, i), i, freezer->zone_place);
	if (error == KS_SUCCESS) {
		leave_out(&nets->map, &top, bound);
		error = put_kept(freezer, &nets->map, &top);
	}
	ks_top_done(&top);
	return error;
}

/* --- bounds --- */

static struct ks_fact_bound
bound_of(enum ks_bound_table table, const struct ks_saving *saving, uint64_t lost)
{
	return (struct ks_fact_bound){
		.table = table,
		.capacity = saving->map->capacity,
		.floor = saving->floor,
		.replaced = saving->replaced,
		.lost = lost,
	};
}

enum ks_error
ks_freeze_nets(const struct ks_freezer *freezer)
{
	const struct ks_shard *const shard = freezer->shard;
	const struct ks_totals *const totals = &shard->totals;
	struct ks_fact_bound bounds[KS_BOUND_TABLES] = {
		bound_of(KS_BOUND_SOURCES, &shard->saving_sources, totals->unlisted_sources),
		bound_of(KS_BOUND_FLOWS, &shard->saving_flows, totals->unlisted_flows),
		bound_of(KS_BOUND_SOURCE_NETS, &shard->source_nets.saving, shard->source_nets.lost),
		bound_of(KS_BOUND_FLOW_NETS, &shard->flow_nets.saving, shard->flow_nets.lost),
	};
	if (freezer->floor > bounds[KS_BOUND_SOURCES].floor)
		bounds[KS_BOUND_SOURCES].floor = freezer->floor;
	enum ks_error error = put_nets(freezer, &shard->source_nets, &bounds[KS_BOUND_SOURCE_NETS]);
	if (error == KS_SUCCESS)
		error = put_nets(freezer, &shard->flow_nets, &bounds[KS_BOUND_FLOW_NETS]);
	for (size_t i = 0; i < KS_COUNT(bounds) && error == KS_SUCCESS; i++)
		error = freezer->sink->ops->bound(freezer->sink, &bounds[i], freezer->diag);
	return error;
}
