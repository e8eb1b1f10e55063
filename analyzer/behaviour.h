/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/behaviour.h -- counts of how one source asks for one zone's keys (DOMAIN B5, B6, 1-12 to 1-16).
 *
 * A query is a transaction here: its retransmissions, and the TCP query that TC=1 asks for, are part of it. A
 * burst is a run of queries less than KS_BURST_NS apart. It fails when a query in it is a requery: the keys
 * had been delivered and were of no use. Only the pause between two failing bursts says how long a failure is
 * remembered; a healthy cache, which asks once a TTL, has none.
 *
 * Who is followed: a (source, zone) from the query on that is a requery or continues a burst, and the one
 * before it. A healthy source never takes a place, so that a million of them leave the pool to those few
 * whose manner matters.
 *
 * Memory:  a pool reserved at the start; places are not given back.
 * Work:    bounded by KS_BEHAVIOUR_SERVERS + KS_BEHAVIOUR_WAITING steps a message. Time: packet time; a clock
 * that steps back ends the burst. Threads: one owner. */
#ifndef KS_ANALYZER_BEHAVIOUR_H
#define KS_ANALYZER_BEHAVIOUR_H

#include "analyzer/demand.h"
#include "analyzer/region.h"
#include "analyzer/search.h"

#define KS_BURST_NS (INT64_C(2) * KS_NS_PER_S)
/* Queries whose answer may still come: as long as pair.h waits. */
#define KS_BEHAVIOUR_WAIT_NS (INT64_C(10) * KS_NS_PER_S)

enum { KS_BEHAVIOUR_SERVERS = 32, KS_BEHAVIOUR_WAITING = 16 };

struct ks_behaviour {
	int64_t asked_ns, answered_ns;         /* the last query; the last answer, 0: none yet */
	int64_t burst_ns;                      /* when the burst at hand began */
	int64_t requery_ns;                    /* the last requery; 0: none */
	int64_t burst_life_ns;                 /* lifetime of the keys delivered before it; 0: unknown */
	int64_t failed_ns;                     /* when the search before it began; 0: there was none */
	uint32_t burst_queries, largest_burst; /* burst_queries 0: there is no burst at hand */
	bool burst_fails;
	uint8_t n_waiting; /* queries without answer, at the times below */
	uint8_t n_servers;
	int64_t waiting_ns[KS_BEHAVIOUR_WAITING];

	uint32_t queries, successive, closed, bursts, failing_bursts, failing_queries, long_queries,
		halted_bursts;
	uint32_t pauses_over_life, max_waiting, asked_rest, unused;
	uint32_t asked[KS_BEHAVIOUR_SERVERS];
	uint16_t servers[KS_BEHAVIOUR_SERVERS]; /* numbers, in order of appearance */
	uint32_t gaps[KS_GAP_CELLS];
	uint32_t pauses[KS_PAUSE_CELLS];
	uint32_t late[KS_LATE_CELLS];
	uint32_t clock[KS_CLOCK_CELLS];
	struct ks_search search;
	struct ks_demand demand;
};
static_assert((int)KS_BEHAVIOUR_SERVERS == (int)KS_SEARCH_SERVERS, "places of servers are shared");

struct ks_behaviours {
	struct ks_region region;
	uint32_t n, capacity;
};

KS_MUST_CHECK enum ks_error ks_behaviours_init(struct ks_behaviours *pool, size_t bytes,
					       struct ks_diag *diag);
void ks_behaviours_done(struct ks_behaviours *pool); /* a zeroed pool is fine */

static inline struct ks_behaviour *
ks_behaviours_at(const struct ks_behaviours *pool, uint32_t place)
{
	return (struct ks_behaviour *)pool->region.base + place;
}

/* A query whose flow is not followed yet. */
struct ks_behaviour_start {
	int64_t asked_ns;
	int64_t answered_ns; /* 0: no answer seen */
	uint32_t server;
};

/* A place for a (source, zone) whose first query worth following is about to be told; false when there is
 * none. */
bool ks_behaviours_take(struct ks_behaviours *pool, const struct ks_behaviour_start *before,
			uint32_t *ret_place);

/* What is left of a state when the run that counted it is over, for the run after it: no counts. A burst that
 * the end of the run cuts is two. */
struct ks_behaviour_past {
	int64_t asked_ns;    /* 0: nothing known */
	int64_t answered_ns; /* the last answer, if nothing was waiting any more; 0: none */
	int64_t failed_ns;
	uint32_t largest_burst;
	bool followed;
};
void ks_behaviour_leave(const struct ks_behaviour *state, struct ks_behaviour_past *ret);

/* A place for a (source, zone) that goes on, whose first query in this run is about to be told; false when
 * there is none. */
bool ks_behaviours_resume(struct ks_behaviours *pool, const struct ks_behaviour_past *past,
			  uint32_t *ret_place);

/* A query. `again`: it repeats one that is waiting. `life_ns`: how long the keys delivered last may be kept.
 */
struct ks_behaviour_query {
	int64_t t_ns, life_ns;
	uint32_t server;
	enum ks_requery class;
	bool again;
};
void ks_behaviour_ask(struct ks_behaviour *state, const struct ks_behaviour_query *query);

/* The demand on the source (demand.h), to be told before a query whenever it is due. */
static inline bool
ks_behaviour_wants_demand(const struct ks_behaviour *state, int64_t t_ns)
{
	return ks_demand_is_due(&state->demand, t_ns);
}

/* A response to the query of `asked_ns`. */
void ks_behaviour_answer(struct ks_behaviour *state, int64_t asked_ns, int64_t t_ns);

/* The counts, as if the burst at hand were over. */
void ks_behaviour_close(const struct ks_behaviour *state, struct ks_behaviour_counts *ret);

#endif
