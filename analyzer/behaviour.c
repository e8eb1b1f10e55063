/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/behaviour.h"

#include <string.h>

#include "analyzer/requery.h"

static_assert(sizeof(struct ks_behaviour) <= 1872, "some five hundred and sixty to the megabyte");

/* A burst that goes on like this is driven by clients or by nothing, and not held back by memory. */
enum { LONG_QUERIES = 20, LONG_S = 10 };
/* Resolvers of old give up a search after 30 s, DOMAIN 1-16. */
enum { HALT_FROM_S = 28, HALT_TO_S = 32 };

enum ks_error
ks_behaviours_init(struct ks_behaviours *pool, size_t bytes, struct ks_diag *diag)
{
	const size_t capacity = bytes / sizeof(struct ks_behaviour);
	/* Places share a word with flags in struct ks_flow. */
	*pool = (struct ks_behaviours){.capacity = capacity < (1u << 28) ? (uint32_t)capacity : 1u << 28};
	return ks_region_init(&pool->region, pool->capacity * sizeof(struct ks_behaviour), diag);
}

void
ks_behaviours_done(struct ks_behaviours *pool)
{
	ks_region_done(&pool->region);
}

/* Returns the server's place, or KS_BEHAVIOUR_SERVERS for those beyond. */
static unsigned
count_server(struct ks_behaviour *state, uint32_t server)
{
	for (unsigned i = 0; i < state->n_servers; i++) {
		if (state->servers[i] == server) {
			state->asked[i]++;
			return i;
		}
	}
	if (state->n_servers == KS_BEHAVIOUR_SERVERS || server > UINT16_MAX) {
		state->asked_rest++;
		return KS_BEHAVIOUR_SERVERS;
	}
	state->servers[state->n_servers] = (uint16_t)server;
	state->asked[state->n_servers] = 1;
	return state->n_servers++;
}

static void
wait_for(struct ks_behaviour *state, int64_t asked_ns)
{
	if (state->n_waiting == KS_BEHAVIOUR_WAITING) {
		memmove(state->waiting_ns, state->waiting_ns + 1,
			sizeof(state->waiting_ns) - sizeof(asked_ns));
		state->n_waiting--;
	}
	state->waiting_ns[state->n_waiting++] = asked_ns;
	if (state->n_waiting > state->max_waiting)
		state->max_waiting = state->n_waiting;
}

/* What was not answered by now will not be: the answer, or the query, was lost. */
static void
give_up_waiting(struct ks_behaviour *state, int64_t t_ns)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < state->n_waiting; i++) {
		const int64_t age_ns = t_ns - state->waiting_ns[i];
		if (age_ns >= 0 && age_ns <= KS_BEHAVIOUR_WAIT_NS)
			state->waiting_ns[kept++] = state->waiting_ns[i];
	}
	state->n_waiting = (uint8_t)kept;
}

static void
begin_burst(struct ks_behaviour *state, int64_t t_ns, int64_t life_ns)
{
	state->burst_ns = t_ns;
	state->burst_life_ns = life_ns;
	state->burst_queries = 0;
	state->burst_fails = false;
	state->bursts++;
}

/* From one search to the next. A burst of a query or two between them is none: BIND looks after its trust
 * anchors with single queries, which says nothing of what it remembers. */
static void
count_pause(struct ks_behaviour *state)
{
	enum { SMALL = 4 }; /* as large as this part of the largest */
	if (state->burst_queries > state->largest_burst)
		state->largest_burst = state->burst_queries;
	if (state->burst_queries < state->largest_burst / SMALL)
		return;
	const int64_t pause_ns = state->burst_ns - state->failed_ns;
	if (state->failed_ns != 0 && pause_ns >= 0) {
		state->pauses[ks_pause_cell(pause_ns)]++;
		/* As for a refresh (DOMAIN B1): caches count whole seconds. */
		state->pauses_over_life +=
			state->burst_life_ns > 0 && pause_ns >= state->burst_life_ns / 10 * 9 - KS_NS_PER_S;
	}
	state->failed_ns = state->burst_ns;
}

static void
end_burst(struct ks_behaviour *state)
{
	const int64_t length_ns = state->asked_ns - state->burst_ns;
	state->halted_bursts +=
		length_ns >= HALT_FROM_S * KS_NS_PER_S && length_ns <= HALT_TO_S * KS_NS_PER_S;
	if (!state->burst_fails)
		return;
	state->failing_bursts++;
	state->failing_queries += state->burst_queries;
	if (state->burst_queries >= LONG_QUERIES && length_ns >= LONG_S * KS_NS_PER_S)
		state->long_queries += state->burst_queries;
	count_pause(state);
}

static void
count_clock(struct ks_behaviour *state, int64_t t_ns)
{
	if (t_ns >= 0)
		state->clock[ks_clock_cell(t_ns / KS_NS_PER_S)]++;
}

/* What was asked last is answered, and some time later it asks all the same. */
static void
count_late(struct ks_behaviour *state, int64_t t_ns)
{
	if (state->n_waiting != 0 || state->answered_ns == 0 || state->answered_ns < state->asked_ns)
		return;
	const unsigned cell = ks_late_cell(t_ns - state->answered_ns);
	if (cell < KS_LATE_CELLS)
		state->late[cell]++;
}

bool
ks_behaviours_take(struct ks_behaviours *pool, const struct ks_behaviour_start *before, uint32_t *ret_place)
{
	if (pool->n == pool->capacity)
		return false;
	struct ks_behaviour *const state = ks_behaviours_at(pool, pool->n);
	begin_burst(state, before->asked_ns, 0);
	state->asked_ns = before->asked_ns;
	state->answered_ns = before->answered_ns;
	state->burst_queries = state->queries = 1;
	/* The first query of all is no requery: nothing was known before it, or it would have been followed.
	 */
	count_clock(state, before->asked_ns);
	ks_search_ask(&state->search, before->asked_ns, count_server(state, before->server), false);
	if (before->answered_ns == 0)
		wait_for(state, before->asked_ns);
	*ret_place = pool->n++;
	return true;
}

/* As of its end. */
void
ks_behaviour_leave(const struct ks_behaviour *state, struct ks_behaviour_past *ret)
{
	struct ks_behaviour over = *state;
	end_burst(&over);
	const bool idle = over.n_waiting == 0 && over.answered_ns >= over.asked_ns;
	*ret = (struct ks_behaviour_past){
		.asked_ns = over.asked_ns,
		.answered_ns = idle ? over.answered_ns : 0,
		.failed_ns = over.failed_ns,
		.largest_burst = over.largest_burst,
		.followed = true,
	};
}

bool
ks_behaviours_resume(struct ks_behaviours *pool, const struct ks_behaviour_past *past, uint32_t *ret_place)
{
	if (pool->n == pool->capacity)
		return false;
	struct ks_behaviour *const state = ks_behaviours_at(pool, pool->n);
	state->asked_ns = past->asked_ns;
	state->answered_ns = past->answered_ns;
	state->failed_ns = past->failed_ns;
	state->largest_burst = past->largest_burst;
	*ret_place = pool->n++;
	return true;
}

static void
continue_burst(struct ks_behaviour *state, int64_t t_ns)
{
	state->successive++;
	if (state->n_waiting != 0 || state->answered_ns == 0)
		return;
	state->closed++;
	if (t_ns >= state->answered_ns)
		state->gaps[ks_gap_cell(t_ns - state->answered_ns)]++;
}

void
ks_behaviour_ask(struct ks_behaviour *state, const struct ks_behaviour_query *query)
{
	if (query->again)
		return;
	give_up_waiting(state, query->t_ns);
	if (query->class == KS_RQ_RETRANSMIT) { /* over TCP as told to: its transaction waits again */
		wait_for(state, query->t_ns);
		return;
	}
	count_clock(state, query->t_ns);
	count_late(state, query->t_ns);
	const int64_t since_ns = query->t_ns - state->asked_ns;
	const bool near = since_ns >= 0 && since_ns < KS_BURST_NS;
	if (near && state->burst_queries > 0) {
		continue_burst(state, query->t_ns);
	} else {
		if (state->burst_queries > 0)
			end_burst(state);
		else if (near)
			state->failed_ns = 0; /* one burst, cut: no pause lies between its parts */
		begin_burst(state, query->t_ns, query->life_ns);
	}
	state->asked_ns = query->t_ns;
	state->burst_queries++;
	state->queries++;
	const bool requery = ks_requery_counts(query->class);
	state->burst_fails |= requery;
	if (requery)
		state->requery_ns = query->t_ns;
	ks_search_ask(&state->search, query->t_ns, count_server(state, query->server), requery);
	ks_demand_ask(&state->demand);
	wait_for(state, query->t_ns);
}

void
ks_behaviour_answer(struct ks_behaviour *state, int64_t asked_ns, int64_t t_ns)
{
	for (unsigned i = 0; i < state->n_waiting; i++) {
		if (state->waiting_ns[i] != asked_ns)
			continue;
		state->n_waiting--;
		memmove(&state->waiting_ns[i], &state->waiting_ns[i + 1],
			(state->n_waiting - i) * sizeof(state->waiting_ns[0]));
		state->answered_ns = t_ns;
		return;
	}
}

void
ks_behaviour_close(const struct ks_behaviour *state, struct ks_behaviour_counts *ret)
{
	struct ks_behaviour over = *state;
	end_burst(&over);
	*ret = (struct ks_behaviour_counts){
		.queries = over.queries,
		.successive = over.successive,
		.closed = over.closed,
		.bursts = over.bursts,
		.failing_bursts = over.failing_bursts,
		.failing_queries = over.failing_queries,
		.long_queries = over.long_queries,
		.halted_bursts = over.halted_bursts,
		.pauses_over_life = over.pauses_over_life,
		.max_waiting = over.max_waiting,
		.last_requery_ns = over.requery_ns,
		.demand = over.demand.sums,
	};
	ks_search_close(&over.search, &ret->searches);
	for (size_t i = 0; i < KS_GAP_CELLS; i++)
		ret->gaps[i] = over.gaps[i];
	for (size_t i = 0; i < KS_PAUSE_CELLS; i++)
		ret->pauses[i] = over.pauses[i];
	for (size_t i = 0; i < KS_LATE_CELLS; i++)
		ret->late[i] = over.late[i];
	for (size_t i = 0; i < KS_CLOCK_CELLS; i++)
		ret->clock[i] = over.clock[i];
}
