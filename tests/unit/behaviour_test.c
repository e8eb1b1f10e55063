/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Scripts of queries and answers of one (source, zone), and what is counted of them. */
#include "analyzer/behaviour.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define MS(n) ((int64_t)(n)*KS_NS_PER_MS)
#define T0 (INT64_C(1795298174) * KS_NS_PER_S)

static struct ks_behaviours pool;

static struct ks_behaviour *
begin(int64_t answered_ms)
{
	struct ks_diag diag;
	uint32_t place;
	cr_assert(eq(int, ks_behaviours_init(&pool, 1 << 20, &diag), KS_SUCCESS));
	const struct ks_behaviour_start start = {
		.asked_ns = T0, .answered_ns = answered_ms != 0 ? T0 + MS(answered_ms) : 0, .server = 0};
	cr_assert(ks_behaviours_take(&pool, &start, &place));
	return ks_behaviours_at(&pool, place);
}

/* One step: a query (`asked_ms` < 0) or the answer to the query of `asked_ms`. */
struct step {
	int64_t t_ms, asked_ms;
	enum ks_requery class;
	bool again;
	uint32_t server;
};
#define ASK(t, server_)                                                                                      \
	{                                                                                                    \
		t, -1, KS_RQ_HOT, false, server_                                                             \
	}
#define ANSWER(t, asked)                                                                                     \
	{                                                                                                    \
		t, asked, KS_RQ_NONE, false, 0                                                               \
	}
#define END                                                                                                  \
	{                                                                                                    \
		-1, 0, KS_RQ_NONE, false, 0                                                                  \
	}

static struct ks_behaviour_counts
play(struct ks_behaviour *state, const struct step *steps, int64_t life_s)
{
	for (; steps->t_ms >= 0; steps++) {
		const struct ks_behaviour_query query = {.t_ns = T0 + MS(steps->t_ms),
							 .life_ns = life_s * KS_NS_PER_S,
							 .server = steps->server,
							 .class = steps->class,
							 .again = steps->again};
		if (steps->asked_ms < 0)
			ks_behaviour_ask(state, &query);
		else
			ks_behaviour_answer(state, T0 + MS(steps->asked_ms), query.t_ns);
	}
	struct ks_behaviour_counts counts;
	ks_behaviour_close(state, &counts);
	return counts;
}

static const struct script {
	const char *what;
	int64_t answered_ms; /* of the query at 0; 0: not answered before the script begins */
	struct step steps[12];
	uint64_t queries, successive, closed, bursts, failing_bursts, max_waiting;
	int64_t gap_ms; /* of a gap that must be counted, or -1 */
} scripts[] = {
	{"a closed loop",
	 20,
	 {ASK(40, 1), ANSWER(60, 40), ASK(80, 2), ANSWER(100, 80), END},
	 3,
	 2,
	 2,
	 1,
	 1,
	 1,
	 20},
	{"the next is asked while one waits",
	 0,
	 {ASK(40, 1), ANSWER(60, 0), ANSWER(61, 40), END},
	 2,
	 1,
	 0,
	 1,
	 1,
	 2,
	 -1},
	{"answers out of order: the last one starts the gap",
	 0,
	 {ASK(10, 1), ANSWER(50, 10), ANSWER(60, 0), ASK(100, 2), END},
	 3,
	 2,
	 1,
	 1,
	 1,
	 2,
	 40},
	{"a retransmission is no query",
	 0,
	 {{400, -1, KS_RQ_RETRANSMIT, true, 0}, ANSWER(420, 0), ASK(470, 1), END},
	 2,
	 1,
	 1,
	 1,
	 1,
	 1,
	 50},
	{"TCP after TC=1 is no query, but its answer starts the gap",
	 20,
	 {{40, -1, KS_RQ_RETRANSMIT, false, 0}, ANSWER(80, 40), ASK(110, 1), END},
	 2,
	 1,
	 1,
	 1,
	 1,
	 1,
	 30},
	{"asked over TCP before that was answered",
	 20,
	 {{40, -1, KS_RQ_RETRANSMIT, false, 0}, ASK(50, 1), END},
	 2,
	 1,
	 0,
	 1,
	 1,
	 2,
	 -1},
	{"two seconds end a burst, and what lies between is no gap",
	 20,
	 {ASK(2000, 1), END},
	 2,
	 0,
	 0,
	 2,
	 1,
	 1,
	 -1},
	{"a nanosecond less than that does not", 20, {ASK(1999, 1), END}, 2, 1, 1, 1, 1, 1, 1979},
	{"a lost answer stops nobody for longer than it could come",
	 0,
	 {ASK(11000, 1), ANSWER(11020, 11000), ASK(11040, 2), END},
	 3,
	 1,
	 1,
	 2,
	 1,
	 1,
	 20},
	{"an answer to a query of before is nobody's",
	 0,
	 {ANSWER(10, 7), ASK(30, 1), END},
	 2,
	 1,
	 0,
	 1,
	 1,
	 2,
	 -1},
	{"a clock that steps back ends the burst and makes no gap",
	 20000,
	 {ASK(25000, 1), ANSWER(25020, 25000), ASK(24000, 2), END},
	 3,
	 0,
	 0,
	 3,
	 2,
	 1,
	 -1},
	{"queries that are no requeries make no failing burst",
	 20,
	 {{40, -1, KS_RQ_FIRST, false, 1}, {60, -1, KS_RQ_REFRESH, false, 1}, END},
	 3,
	 2,
	 1,
	 1,
	 0,
	 2,
	 20},
};

Test(behaviour, scripts)
{
	for (size_t i = 0; i < KS_COUNT(scripts); i++) {
		const struct script *const script = &scripts[i];
		const struct ks_behaviour_counts counts =
			play(begin(script->answered_ms), script->steps, 3600);
		cr_expect(eq(u64, counts.queries, script->queries), "%s", script->what);
		cr_expect(eq(u64, counts.successive, script->successive), "%s", script->what);
		cr_expect(eq(u64, counts.closed, script->closed), "%s", script->what);
		cr_expect(eq(u64, counts.bursts, script->bursts), "%s", script->what);
		cr_expect(eq(u64, counts.failing_bursts, script->failing_bursts), "%s", script->what);
		cr_expect(eq(u64, counts.max_waiting, script->max_waiting), "%s", script->what);
		uint64_t gaps = 0;
		for (size_t cell = 0; cell < KS_GAP_CELLS; cell++)
			gaps += counts.gaps[cell];
		cr_expect(eq(u64, gaps, counts.closed), "%s: as many gaps as closed", script->what);
		if (script->gap_ms >= 0)
			cr_expect(ge(u64, counts.gaps[ks_gap_cell(MS(script->gap_ms))], 1), "%s",
				  script->what);
		ks_behaviours_done(&pool);
	}
}

static uint64_t
pauses_of(const struct ks_behaviour_counts *counts)
{
	uint64_t all = 0;
	for (size_t i = 0; i < KS_PAUSE_CELLS; i++)
		all += counts->pauses[i];
	return all;
}

Test(behaviour, a_pause_counts_between_failing_bursts_only_and_from_start_to_start)
{
	static const struct step steps[] = {
		ASK(100, 1), /* burst 1 fails */
		ASK(30200, 1),
		ASK(31000, 1),                         /* 30.2 s: burst 2 fails */
		{61300, -1, KS_RQ_WARM, false, 1},     /* 31.1 s: burst 3 fails */
		{121300, -1, KS_RQ_REFRESH, false, 1}, /* the life of the keys: burst 4 is healthy */
		{181300, -1, KS_RQ_FIRST, false, 1},   /* 120 s after burst 3: burst 5 fails */
		ASK(181350, 2),
		END};
	const struct ks_behaviour_counts counts = play(begin(20), steps, 60);
	cr_assert(eq(u64, counts.bursts, 5));
	cr_assert(eq(u64, counts.failing_bursts, 4));
	cr_assert(eq(u64, counts.failing_queries, 7));
	cr_assert(eq(u64, counts.pauses[ks_pause_cell(MS(30200))], 1));
	cr_assert(eq(u64, counts.pauses[ks_pause_cell(MS(31100))], 1));
	cr_assert(eq(u64, counts.pauses[ks_pause_cell(MS(120000))], 1));
	cr_assert(eq(u64, counts.pauses_over_life, 1));
	cr_assert(eq(u64, pauses_of(&counts), 3));
	cr_assert(eq(i64, counts.last_requery_ns, T0 + MS(181350)));
	ks_behaviours_done(&pool);
}

/* As bn-staleinit.pcap of the laboratory: 14 queries, one after 25 s, 13 after 30.7 s. */
Test(behaviour, a_single_query_between_two_searches_ends_no_pause)
{
	static const struct step first[] = {ASK(1, 1), ASK(2, 2), ASK(3, 3), ASK(4, 4), ASK(5, 5),
					    ASK(6, 6), ASK(7, 7), ASK(8, 8), END},
				 later[] = {{25000, -1, KS_RQ_WARM, false, 0},
					    {30730, -1, KS_RQ_WARM, false, 0},
					    ASK(30731, 2),
					    ASK(30732, 3),
					    END};
	struct ks_behaviour *const state = begin(0);
	(void)play(state, first, 3600);
	const struct ks_behaviour_counts counts = play(state, later, 3600);
	cr_assert(eq(u64, counts.failing_bursts, 3));
	cr_assert(eq(u64, pauses_of(&counts), 1));
	cr_assert(eq(u64, counts.pauses[ks_pause_cell(MS(30730))], 1));
	ks_behaviours_done(&pool);
}

Test(behaviour, long_and_halted_bursts_count_when_they_are_over_and_when_the_capture_is)
{
	static const struct {
		const char *what;
		int64_t step_ms;
		unsigned n;
		uint64_t long_queries, halted;
	} rows[] = {
		{"10 s and 21 queries", 500, 20, 21, 0},
		{"20 queries in less", 480, 20, 0, 0},
		{"10 s and 19 queries", 560, 18, 0, 0},
		{"27.9 s", 1000, 27, 28, 0},
		{"28 s", 1000, 28, 29, 1},
		{"32 s", 1000, 32, 33, 1},
		{"33 s", 1000, 33, 34, 0},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_behaviour *const state = begin(20);
		for (unsigned k = 1; k <= rows[i].n; k++) {
			const struct step steps[] = {ASK(rows[i].step_ms * k, k), END};
			(void)play(state, steps, 3600);
		}
		struct ks_behaviour_counts counts;
		ks_behaviour_close(state, &counts);
		cr_expect(eq(u64, counts.long_queries, rows[i].long_queries), "%s", rows[i].what);
		cr_expect(eq(u64, counts.halted_bursts, rows[i].halted), "%s", rows[i].what);
		const struct step later[] = {ASK(rows[i].step_ms * rows[i].n + 600000, 0), END};
		counts = play(state, later, 3600);
		cr_expect(eq(u64, counts.long_queries, rows[i].long_queries), "%s, over", rows[i].what);
		cr_expect(eq(u64, counts.halted_bursts, rows[i].halted), "%s, over", rows[i].what);
		ks_behaviours_done(&pool);
	}
}

Test(behaviour, servers_beyond_those_kept_apart_and_without_number_are_counted_together)
{
	struct ks_behaviour *const state = begin(20);
	for (unsigned i = 0; i < 2 * KS_BEHAVIOUR_SERVERS; i++) {
		const struct step steps[] = {ASK(20 * (i + 1), i), END};
		(void)play(state, steps, 3600);
	}
	const struct step unknown[] = {ASK(5000, UINT32_MAX), END};
	(void)play(state, unknown, 3600);
	cr_assert(eq(u32, state->n_servers, KS_BEHAVIOUR_SERVERS));
	cr_assert(eq(u32, state->asked[0], 2), "the one before it was followed, too");
	cr_assert(eq(u32, state->asked[1], 1));
	cr_assert(eq(u32, state->asked_rest, KS_BEHAVIOUR_SERVERS + 1));
	cr_assert(eq(u32, state->queries, 2 * KS_BEHAVIOUR_SERVERS + 2));
	ks_behaviours_done(&pool);
}

/* Late is what comes behind an answer that was the last one awaited. */
Test(behaviour, late_queries_and_the_clock_are_counted)
{
	struct ks_behaviour *const state = begin(20);
	const struct step steps[] = {ASK(1020, 1),        ANSWER(1040, 1020), ASK(1060, 2),
				     ANSWER(1080, 1060),  ASK(9080, 3),       ASK(10080, 4),
				     ANSWER(10090, 9080), ASK(11090, 5),      END};
	const struct ks_behaviour_counts counts = play(state, steps, 3600);
	uint64_t late = 0, clock = 0;
	for (size_t i = 0; i < KS_LATE_CELLS; i++)
		late += counts.late[i];
	for (size_t i = 0; i < KS_CLOCK_CELLS; i++)
		clock += counts.clock[i];
	cr_expect(eq(u64, late, 2), "1 s and 8 s behind the answer; then one waits");
	cr_expect(eq(u64, counts.late[ks_late_cell(MS(1000))], 1));
	cr_expect(eq(u64, counts.late[ks_late_cell(MS(8000))], 1));
	cr_expect(eq(u64, clock, counts.queries));
	cr_expect(eq(u64, counts.clock[ks_clock_cell(T0 / KS_NS_PER_S)], counts.queries));
	ks_behaviours_done(&pool);
}

Test(behaviour, more_waiting_queries_than_room_forget_the_oldest)
{
	struct ks_behaviour *const state = begin(0);
	for (unsigned i = 1; i < 100; i++) {
		const struct step steps[] = {ASK(i, i), END};
		(void)play(state, steps, 3600);
	}
	cr_assert(eq(u32, state->n_waiting, KS_BEHAVIOUR_WAITING));
	const struct step forgotten[] = {ANSWER(200, 1), ANSWER(201, 99), END};
	(void)play(state, forgotten, 3600);
	cr_assert(eq(u32, state->n_waiting, KS_BEHAVIOUR_WAITING - 1));
	ks_behaviours_done(&pool);
}

Test(behaviour, a_full_pool_says_so)
{
	struct ks_diag diag;
	const struct ks_behaviour_start start = {.asked_ns = T0};
	cr_assert(eq(int, ks_behaviours_init(&pool, 3 * sizeof(struct ks_behaviour), &diag), KS_SUCCESS));
	uint32_t place = 99;
	for (uint32_t i = 0; i < 3; i++) {
		cr_assert(ks_behaviours_take(&pool, &start, &place));
		cr_assert(eq(u32, place, i));
	}
	cr_assert(not(ks_behaviours_take(&pool, &start, &place)));
	cr_assert(eq(u32, place, 2));
	ks_behaviours_done(&pool);
}
