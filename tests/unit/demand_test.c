/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Windows of demand and DNSKEY queries: what is counted, and whether a planted coupling comes out again. */
#include "analyzer/demand.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

#include "analyzer/judge/search.h"

#define MS(n) ((int64_t)(n)*KS_NS_PER_MS)
#define T0 (INT64_C(1795298174) * KS_NS_PER_S)

/* A resolver that is asked `per_s` times a second and sends `each` DNSKEY queries for each. */
static void
run(struct ks_demand *state, unsigned seconds, unsigned per_s, unsigned each, int64_t from_s)
{
	uint64_t others = 0;
	for (unsigned i = 0; i < seconds * per_s; i++) {
		const int64_t t_ns = T0 + from_s * KS_NS_PER_S + MS(1000) * i / per_s;
		others++;
		for (unsigned k = 0; k < each; k++) {
			if (ks_demand_is_due(state, t_ns))
				ks_demand_cut(state, t_ns, others, false);
			ks_demand_ask(state);
		}
	}
}

static void
add(struct ks_demand_sums *into, const struct ks_demand_sums *from)
{
	into->windows += from->windows;
	into->x += from->x;
	into->y += from->y;
	into->xx += from->xx;
	into->xy += from->xy;
	into->yy += from->yy;
}

/* Knot Resolver with a stale root anchor, once at one query a second and once at twenty: two captures. */
Test(demand, five_for_each_query_is_a_slope_of_five)
{
	struct ks_demand slow = {0}, fast = {0};
	run(&slow, 74, 1, 5, 0);
	run(&fast, 17, 20, 5, 0);
	cr_assert(eq(u64, slow.sums.windows, 14));
	cr_assert(eq(u64, slow.sums.x, 70));
	cr_assert(eq(u64, slow.sums.y, 350));
	cr_assert(eq(u64, fast.sums.windows, 3));
	struct ks_demand_verdict verdict = ks_demand_judge(&slow.sums);
	cr_assert(epsilon_eq(dbl, verdict.per_query, 5, 1e-9));
	cr_assert(isnan(verdict.slope) != 0, "demand that never varies has no slope");
	add(&slow.sums, &fast.sums);
	verdict = ks_demand_judge(&slow.sums);
	cr_assert(epsilon_eq(dbl, verdict.slope, 5, 1e-9));
	cr_assert(epsilon_eq(dbl, verdict.correlation, 1, 1e-9));
}

/* BIND 9.18: thirteen every thirty seconds, whatever its clients do. */
Test(demand, a_search_every_thirty_seconds_has_no_slope)
{
	struct ks_demand state = {0};
	uint64_t others = 0;
	for (unsigned burst = 0; burst < 20; burst++) {
		const int64_t t_ns = T0 + MS(30100) * burst;
		others += 30 + burst * 7 % 40;
		for (unsigned i = 0; i < 13; i++) {
			if (ks_demand_is_due(&state, t_ns + MS(20) * i))
				ks_demand_cut(&state, t_ns + MS(20) * i, others, false);
			ks_demand_ask(&state);
		}
	}
	const struct ks_demand_verdict verdict = ks_demand_judge(&state.sums);
	cr_assert(eq(u64, state.sums.windows, 19));
	cr_assert(epsilon_eq(dbl, verdict.slope, 0, 1e-9));
	cr_assert(isnan(verdict.correlation) != 0);
}

Test(demand, windows_that_cannot_be_compared_are_not_counted)
{
	static const struct {
		const char *what;
		int64_t t_ms;
		uint64_t others;
		bool of_clients;
		uint64_t windows;
	} rows[] = {
		{"a whole window", 6000, 17, false, 1},
		{"the clock steps back", -1, 17, false, 0},
		{"clients came into view", 6000, 17, true, 0},
		{"the count fell", 6000, 9, false, 0},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_demand state = {0};
		cr_expect(ks_demand_is_due(&state, T0), "%s", rows[i].what);
		ks_demand_cut(&state, T0, 10, false);
		ks_demand_ask(&state);
		cr_expect(not(ks_demand_is_due(&state, T0 + MS(4999))), "%s", rows[i].what);
		cr_expect(ks_demand_is_due(&state, T0 + MS(rows[i].t_ms)), "%s", rows[i].what);
		ks_demand_cut(&state, T0 + MS(rows[i].t_ms), rows[i].others, rows[i].of_clients);
		cr_expect(eq(u64, state.sums.windows, rows[i].windows), "%s", rows[i].what);
	}
}

Test(demand, sums_of_an_absurd_window_do_not_overflow)
{
	struct ks_demand state = {0};
	ks_demand_cut(&state, T0, 0, false);
	ks_demand_cut(&state, T0 + MS(6000), UINT64_MAX, false);
	cr_assert(eq(u64, state.sums.x, 4000000));
	cr_assert(eq(u64, state.sums.xx, UINT64_C(16000000000000)));
}

Test(demand, without_demand_there_is_no_ratio)
{
	const struct ks_demand_sums sums = {.windows = 10, .y = 50, .yy = 250};
	const struct ks_demand_verdict verdict = ks_demand_judge(&sums);
	cr_assert(isnan(verdict.per_query) != 0);
	cr_assert(isnan(verdict.slope) != 0);
}

Test(search_verdict, rfc9520)
{
	static const struct {
		const char *what, *want;
		struct ks_search_counts counts;
		enum ks_memory memory;
	} rows[] = {
		{"nothing known", NULL, {0}, KS_MEMORY_UNKNOWN},
		{"BIND", "caches", {.failing = 3, .min_ns = MS(30100)}, KS_MEMORY_30S},
		{"a second", "caches", {.failing = 3, .min_ns = MS(1000)}, KS_MEMORY_UNKNOWN},
		{"one interval", NULL, {.failing = 2, .min_ns = MS(30100)}, KS_MEMORY_UNKNOWN},
		{"five minutes", "caches", {.failing = 3, .min_ns = MS(300000)}, KS_MEMORY_UNKNOWN},
		{"longer: nobody asked, or too long",
		 NULL,
		 {.failing = 3, .min_ns = MS(300001)},
		 KS_MEMORY_600S},
		{"in rounds", "violates", {.failing = 1, .crowded = 1, .min_ns = MS(260)}, KS_MEMORY_NONE},
		{"in slow rounds",
		 "violates",
		 {.failing = 1, .crowded = 1, .min_ns = MS(1560)},
		 KS_MEMORY_NONE},
		{"when somebody asks, seldom", NULL, {.failing = 9, .min_ns = MS(5000)}, KS_MEMORY_NONE},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		const char *const got =
			ks_rfc9520_name(ks_search_judge(&rows[i].counts, rows[i].memory).rfc9520);
		const bool same = got == NULL || rows[i].want == NULL ? got == rows[i].want
								      : strcmp(got, rows[i].want) == 0;
		cr_expect(same, "%s: %s", rows[i].what, got != NULL ? got : "unknown");
	}
}
