/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/shard_past.c -- what a shard takes over from the run before it, and leaves to the next one
 * (past.h). */
#include "analyzer/shard_p.h"

void
ks_shard_begin(struct ks_shard *shard, struct ks_past *past)
{
	shard->past = past;
	if (past->pairs.region.base == NULL)
		return;
	ks_pairs_done(&shard->pairs);
	shard->pairs = past->pairs;
	past->pairs = (struct ks_pairs){0};
}

void
ks_shard_recall(struct ks_shard *shard, struct ks_flow *flow)
{
	struct ks_past_state known;
	if (!ks_past_take(shard->past, &flow->source, ks_names_at(&shard->zones, flow->zone), &known))
		return;
	flow->state = known.state;
	flow->offended = known.offended;
}

static uint32_t
requeries_of(const struct ks_flow *flow)
{
	return flow->cls[KS_RQ_HOT] | flow->cls[KS_RQ_WARM] | flow->cls[KS_RQ_COOL];
}

static struct ks_past_state
known_of(const struct ks_flow *flow)
{
	return (struct ks_past_state){
		.state = flow->state,
		.offended = flow->offended || requeries_of(flow) != 0,
	};
}

/* Returns how many flows with this past there are; leaves them to `past` if that is not NULL. */
static size_t
leave_flows(const struct ks_shard *shard, int64_t t_ns, bool offended, struct ks_past *past)
{
	size_t n = 0;
	for (uint32_t i = 0; i < shard->flows.n; i++) {
		const struct ks_flow *const flow = ks_map_at(&shard->flows, i);
		const struct ks_past_state known = known_of(flow);
		if (known.offended != offended || !ks_past_matters(&known, t_ns))
			continue;
		n++;
		if (past != NULL)
			ks_past_leave(past, &flow->source, ks_names_at(&shard->zones, flow->zone), &known);
	}
	return n;
}

static int64_t
end_of(const struct ks_shard *shard)
{
	int64_t t_ns = INT64_MIN;
	for (uint32_t i = 0; i < shard->servers.n; i++) {
		const struct ks_server *const server = ks_map_at(&shard->servers, i);
		t_ns = server->last_ns > t_ns ? server->last_ns : t_ns;
	}
	return t_ns;
}

/* Queries that wait go on waiting; the sample that held them is over. */
static void
leave_pairs(struct ks_shard *shard, struct ks_past *past)
{
	const size_t n = (shard->pairs.mask + 1) * KS_PAIR_WAYS;
	struct ks_pair *const pairs = shard->pairs.region.base;
	for (size_t i = 0; i < n; i++)
		if (pairs[i].hash != 0)
			pairs[i].record = KS_SAMPLE_NONE;
	shard->pairs.evicted = 0;
	past->pairs = shard->pairs;
	shard->pairs = (struct ks_pairs){0};
}

void
ks_shard_leave(struct ks_shard *shard, struct ks_past *past)
{
	const int64_t t_ns = end_of(shard);
	if (shard->servers.n == 0)
		return; /* nothing was said: all is as it was, and the queries wait no longer */
	const size_t n = leave_flows(shard, t_ns, true, NULL) + leave_flows(shard, t_ns, false, NULL);
	ks_past_renew(past, t_ns, n);
	(void)leave_flows(shard, t_ns, true, past);
	(void)leave_flows(shard, t_ns, false, past);
	leave_pairs(shard, past);
}
