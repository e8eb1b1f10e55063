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
	const struct ks_addr source = ks_shard_flow_source(shard, flow);
	struct ks_past_state known;
	if (!ks_past_take(shard->past, &source, ks_names_at(&shard->zones, flow->zone), &known))
		return;
	flow->state = known.state;
	flow->offended = known.offended;
	flow->asked_ns = known.manner.asked_ns;
	if (flow->asked_ns != 0)
		flow->place = KS_SHARD_ASKED_BEFORE;
}

/* The manner as it was left; of who was not followed yet, when it asked. */
static struct ks_behaviour_past
manner_of(const struct ks_shard *shard, const struct ks_flow *flow)
{
	const struct ks_addr source = ks_shard_flow_source(shard, flow);
	const struct ks_past_state *const known =
		ks_past_taken(shard->past, &source, ks_names_at(&shard->zones, flow->zone));
	return known != NULL ? known->manner : (struct ks_behaviour_past){.asked_ns = flow->asked_ns};
}

bool
ks_shard_was_followed(const struct ks_shard *shard, const struct ks_flow *flow)
{
	return ks_shard_resumes(flow) && manner_of(shard, flow).followed;
}

bool
ks_shard_resume(struct ks_shard *shard, const struct ks_flow *flow, uint32_t *ret_place)
{
	const struct ks_behaviour_past manner = manner_of(shard, flow);
	return ks_behaviours_resume(&shard->behaviours, &manner, ret_place);
}

static uint32_t
requeries_of(const struct ks_flow *flow)
{
	return flow->cls[KS_RQ_HOT] | flow->cls[KS_RQ_WARM] | flow->cls[KS_RQ_COOL];
}

static struct ks_past_state
known_of(const struct ks_shard *shard, const struct ks_flow *flow)
{
	struct ks_past_state known = {
		.state = flow->state,
		.offended = flow->offended || requeries_of(flow) != 0,
		.manner = {.asked_ns = flow->asked_ns, .answered_ns = flow->answered ? flow->last_ns : 0},
	};
	if (flow->followed)
		ks_behaviour_leave(ks_behaviours_at(&shard->behaviours, flow->place), &known.manner);
	else if (ks_shard_resumes(flow))
		known.manner = manner_of(shard, flow);
	return known;
}

static void
leave_flow(const struct ks_shard *shard, const struct ks_flow *flow, const struct ks_past_state *known,
	   struct ks_past *past)
{
	const struct ks_addr source = ks_shard_flow_source(shard, flow);
	ks_past_leave(past, &source, ks_names_at(&shard->zones, flow->zone), known);
}

/* Those that did not ask in this run, but were answered, stay as they were taken. */
static void
put_back(const struct ks_shard *shard, struct ks_past *past)
{
	for (uint32_t i = 0; i < shard->flows.n; i++) {
		const struct ks_flow *const flow = ks_map_at(&shard->flows, i);
		if (!ks_shard_resumes(flow))
			continue;
		const struct ks_past_state known = known_of(shard, flow);
		leave_flow(shard, flow, &known, past);
	}
}

/* Returns how many flows with this past there are; leaves them to `past` if that is not NULL. */
static size_t
leave_flows(const struct ks_shard *shard, int64_t t_ns, bool offended, struct ks_past *past)
{
	size_t n = 0;
	for (uint32_t i = 0; i < shard->flows.n; i++) {
		const struct ks_flow *const flow = ks_map_at(&shard->flows, i);
		const struct ks_past_state known = known_of(shard, flow);
		if (ks_shard_resumes(flow) || known.offended != offended || !ks_past_matters(&known, t_ns))
			continue;
		n++;
		if (past != NULL)
			leave_flow(shard, flow, &known, past);
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
	put_back(shard, past);
	const size_t n = leave_flows(shard, t_ns, true, NULL) + leave_flows(shard, t_ns, false, NULL);
	ks_past_renew(past, t_ns, n);
	(void)leave_flows(shard, t_ns, true, past);
	(void)leave_flows(shard, t_ns, false, past);
	leave_pairs(shard, past);
}
