/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/freeze_flows.c -- flows become facts, and the behaviour of those that were followed. */
#include <stdlib.h>

#include "analyzer/freeze_p.h"

/* By zone, then by address: the order of the store's keys. */
static void
rank_flow(const struct ks_freezer *freezer, const void *entry, struct ks_rank *ret)
{
	const struct ks_flow *const flow = entry;
	const struct ks_addr address = ks_shard_flow_source(freezer->shard, flow);
	struct ks_rank source;
	ks_freeze_rank_addr(freezer, &address, &source);
	ret->major = freezer->zone_place[flow->zone];
	ret->minor = source.major;
	ret->last = source.minor;
}

static enum ks_error
put_flow(const struct ks_freezer *freezer, const void *entry)
{
	const struct ks_flow *const flow = entry;
	const uint32_t err = ks_saving_err(flow->err);
	struct ks_fact_flow fact = {
		.zone = freezer->zone_place[flow->zone],
		.source = ks_shard_flow_source(freezer->shard, flow),
		.queries = (uint64_t)flow->queries + err,
		.err = err,
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
put_behaviour(const struct ks_freezer *freezer, const void *entry)
{
	const struct ks_flow *const flow = entry;
	if (!flow->followed)
		return KS_SUCCESS;
	const struct ks_shard *const shard = freezer->shard;
	const struct ks_behaviour *const state = ks_behaviours_at(&shard->behaviours, flow->place);
	struct ks_server_count servers[KS_BEHAVIOUR_SERVERS + 1];
	size_t n = 0;
	for (; n < state->n_servers; n++) {
		const struct ks_server *const server = ks_map_at(&shard->servers, state->servers[n]);
		servers[n] = (struct ks_server_count){.server = ks_freeze_addr(&server->key),
						      .queries = state->asked[n]};
	}
	if (state->asked_rest > 0)
		servers[n++] = (struct ks_server_count){.other = true, .queries = state->asked_rest};
	qsort(servers, n, sizeof(*servers), compare_server_counts);
	struct ks_fact_behaviour fact = {
		.zone = freezer->zone_place[flow->zone],
		.source = ks_shard_flow_source(freezer->shard, flow),
		.n_servers = n,
		.servers = servers,
	};
	ks_behaviour_close(state, &fact.counts);
	return freezer->sink->ops->behaviour(freezer->sink, &fact, freezer->diag);
}

enum ks_error
ks_freeze_flows(const struct ks_freezer *freezer)
{
	struct ks_shard *const shard = freezer->shard;
	enum ks_error error = ks_freeze_table(freezer, &shard->flows, rank_flow, put_flow);
	if (error == KS_SUCCESS)
		error = ks_freeze_nets(freezer);
	if (error == KS_SUCCESS)
		error = ks_freeze_table(freezer, &shard->flows, rank_flow, put_behaviour);
	ks_behaviours_done(&shard->behaviours);
	ks_map_done(&shard->flows);
	return error;
}
