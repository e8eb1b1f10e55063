/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Searches of known software as times and servers, what is counted of them, and against the definition done
 * the slow way on random sequences. */
#include "analyzer/search.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define MS(n) ((int64_t)(n)*KS_NS_PER_MS)
#define T0 (INT64_C(1795298174) * KS_NS_PER_S)

/* `n` queries `step_ms` apart, round `servers` servers, all but the first of all requeries. */
static void
search(struct ks_search *state, int64_t from_ms, unsigned n, unsigned step_ms, unsigned servers)
{
	for (unsigned i = 0; i < n; i++)
		ks_search_ask(state, T0 + MS(from_ms + (int64_t)i * step_ms), i % servers,
			      state->asked_ns != 0);
}

struct expected {
	uint64_t failing, crowded;
	int64_t min_ms;
};

static void
expect(const struct ks_search *state, const char *what, struct expected want)
{
	struct ks_search_counts got;
	ks_search_close(state, &got);
	cr_expect(eq(u64, got.failing, want.failing), "%s", what);
	cr_expect(eq(u64, got.crowded, want.crowded), "%s", what);
	cr_expect(eq(i64, got.min_ns, MS(want.min_ms)), "%s", what);
}

Test(search, known_software)
{
	struct ks_search bind918 = {0}, unbound = {0}, two_servers = {0}, bind970 = {0}, slow = {0};
	for (int64_t t_ms = 0; t_ms < 100000; t_ms += 30100)
		search(&bind918, t_ms, 13, 20, 13);
	expect(&bind918, "BIND 9.18: 13 servers once, every 30.1 s", (struct expected){4, 0, 30100});

	search(&unbound, 0, 6, 20, 13);
	search(&unbound, 61300, 5, 20, 13);
	expect(&unbound, "Unbound: 6 and 5 servers", (struct expected){2, 0, 61300});

	for (int64_t t_ms = 0; t_ms < 100000; t_ms += 61000)
		search(&two_servers, t_ms, 6, 20, 1);
	expect(&two_servers, "Unbound: one server six times", (struct expected){2, 0, 61000});

	search(&bind970, 0, 169, 20, 13);
	expect(&bind970, "BIND 9.7.0: 13 rounds in one search", (struct expected){1, 1, 260});

	search(&slow, 0, 169, 120, 13);
	expect(&slow, "the same, far away: without a pause all the same", (struct expected){1, 1, 1560});
}

Test(search, intervals_count_between_failing_searches_only)
{
	struct ks_search state = {0};
	expect(&state, "nothing", (struct expected){0, 0, 0});
	ks_search_ask(&state, T0, 0, false);
	ks_search_ask(&state, T0 + MS(5000), 0, true);
	expect(&state, "the first did not fail", (struct expected){1, 0, 0});
	ks_search_ask(&state, T0 + MS(12000), 0, true);
	expect(&state, "7 s", (struct expected){2, 0, 7000});
	ks_search_ask(&state, T0 + MS(13000), 0, true);
	expect(&state, "a second is a pause", (struct expected){3, 0, 1000});
	ks_search_ask(&state, T0 + MS(13999), 0, true);
	expect(&state, "less is none", (struct expected){3, 0, 1000});
}

Test(search, a_clock_that_steps_back_makes_no_interval)
{
	struct ks_search state = {0};
	search(&state, 100000, 3, 20, 3);
	search(&state, 50000, 3, 20, 3);
	expect(&state, "back", (struct expected){2, 0, 0});
	search(&state, 53000, 3, 20, 3);
	expect(&state, "and on", (struct expected){3, 0, 3000});
}

Test(search, servers_beyond_those_told_apart_crowd_nothing)
{
	struct ks_search state = {0};
	for (unsigned i = 0; i < 100; i++)
		ks_search_ask(&state, T0 + MS(i), KS_SEARCH_SERVERS, true);
	expect(&state, "the rest", (struct expected){1, 0, 0});
}

/* --- the definition, the slow way --- */

struct query {
	int64_t t_ns;
	unsigned server;
	bool requery;
};

static uint64_t
draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static struct expected
naive(const struct query *q, size_t n)
{
	struct expected want = {0, 0, INT64_MAX};
	int64_t before_ns = -1; /* begin of the search before, if it failed */
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && q[to].t_ns - q[to - 1].t_ns < KS_NS_PER_S; to++)
			;
		bool fails = false, crowded = false;
		int64_t round_ns = -1;
		for (size_t i = from; i < to; i++) {
			unsigned same = 0;
			for (size_t k = from; k < i; k++)
				same += q[k].server == q[i].server;
			fails |= q[i].requery;
			crowded |= same >= 6;
			if (same > 0 && round_ns < 0)
				round_ns = q[i].t_ns - q[from].t_ns;
		}
		want.failing += fails;
		want.crowded += fails && crowded;
		if (fails && crowded && round_ns < want.min_ms)
			want.min_ms = round_ns;
		if (fails && before_ns >= 0 && q[from].t_ns - before_ns < want.min_ms)
			want.min_ms = q[from].t_ns - before_ns;
		before_ns = fails ? q[from].t_ns : -1;
	}
	return want;
}

Test(search, random_sequences_agree_with_the_definition)
{
	uint64_t seed = 0x9e3779b97f4a7c15;
	for (unsigned run = 0; run < 2000; run++) {
		struct query q[120];
		struct ks_search state = {0};
		const uint64_t servers = 1 + draw(&seed) % 13, longest_ms = 1 + draw(&seed) % 1500;
		int64_t t_ns = T0;
		for (size_t i = 0; i < KS_COUNT(q); i++) {
			t_ns += 1 + MS(draw(&seed) % longest_ms);
			q[i] = (struct query){t_ns, (unsigned)(draw(&seed) % servers), draw(&seed) % 3 == 0};
			ks_search_ask(&state, q[i].t_ns, q[i].server, q[i].requery);
		}
		const struct expected want = naive(q, KS_COUNT(q));
		struct ks_search_counts got;
		ks_search_close(&state, &got);
		cr_assert(eq(u64, got.failing, want.failing), "run %u", run);
		cr_assert(eq(u64, got.crowded, want.crowded), "run %u", run);
		cr_assert(eq(i64, got.min_ns, want.min_ms == INT64_MAX ? 0 : want.min_ms), "run %u", run);
	}
}
