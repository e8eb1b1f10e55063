/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How sources begin, told query by query. */
#include "analyzer/opening.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define MS(n) ((int64_t)(n)*KS_NS_PER_MS)
#define T0 (INT64_C(1795298174) * KS_NS_PER_S)
enum { ROOT, COM, A = 7 };

static struct ks_openings openings;
static bool asked_before;

static void
begin(void)
{
	struct ks_diag diag;
	cr_assert(eq(int, ks_openings_init(&openings, 1 << 16, &diag), KS_SUCCESS));
	asked_before = false;
}

static bool
ask_from(uint32_t source, int64_t t_ms, uint32_t zone, uint32_t server, bool first)
{
	const struct ks_opening_query query = {
		.t_ns = T0 + MS(t_ms), .source = source, .zone = zone, .server = server, .first = first};
	return ks_openings_ask(&openings, &query);
}

static bool
ask(int64_t t_ms, uint32_t zone, uint32_t server)
{
	const bool first = !asked_before;
	asked_before = true;
	return ask_from(A, t_ms, zone, server, first);
}

/* One query to each of 13 servers. */
static void
sweep(int64_t t_ms, uint32_t zone)
{
	for (uint32_t i = 0; i < 13; i++)
		(void)ask(t_ms + i * 20, zone, i);
}

static const struct ks_opening *
only(void)
{
	ks_openings_close(&openings);
	cr_assert(eq(u32, openings.n_kept, 1));
	return ks_openings_at(&openings, 0);
}

Test(opening, the_articles_client_sweeps_and_then_searches)
{
	begin();
	sweep(0, ROOT);
	/* "... a further 156 DNSKEY queries in 19 seconds, 12 to each of the 13" */
	for (uint32_t i = 0; i < 156; i++)
		(void)ask(30000 + i * 122, ROOT, i % 13);
	const struct ks_opening *const opening = only();
	cr_assert(eq(u32, opening->queries, 13));
	cr_assert(eq(int, __builtin_popcountll(opening->servers), 13));
	cr_assert(eq(i64, opening->t_ns, T0));
	cr_assert(eq(i64, opening->last_ns, T0 + MS(240)));
	cr_assert(eq(i64, opening->silence_ns, 0));
	ks_openings_done(&openings);
}

Test(opening, a_healthy_resolver_is_not_worth_telling)
{
	begin();
	(void)ask(0, ROOT, 3);
	(void)ask(40, COM, 20);
	(void)ask(60, ROOT, 3);
	(void)ask(90000, ROOT, 5); /* it was never silent */
	ks_openings_close(&openings);
	cr_assert(eq(u32, openings.n_kept, 0));
	ks_openings_done(&openings);
}

Test(opening, a_search_that_looks_at_a_child_first_is_one_of_the_parent)
{
	begin();
	(void)ask(0, COM, 20);
	sweep(50, ROOT);
	(void)ask(900, COM, 21);
	const struct ks_opening *const opening = only();
	cr_assert(eq(u32, opening->zone, ROOT));
	cr_assert(eq(i64, opening->t_ns, T0 + MS(50)));
	cr_assert(eq(u32, opening->queries, 13));
	cr_assert(eq(i64, opening->last_ns, T0 + MS(290)), "the other zone makes it no longer");
	ks_openings_done(&openings);
}

Test(opening, after_a_silence_the_next_dnskey_query_opens_again)
{
	static const struct {
		const char *what;
		int64_t prime_ms; /* behind waking up; < 0: none */
		int64_t ask_ms;
		uint32_t servers;
		bool kept, primed;
	} rows[] = {
		{"sweep", -1, 10, 13, true, false},
		{"priming and one query: restarted, and healthy", 5, 10, 1, true, true},
		{"one query", -1, 10, 1, false, false},
		{"too long after waking up", 5, 5000, 13, false, false},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		begin();
		(void)ask(0, ROOT, 0);
		ks_openings_wake(&openings, A, T0 + MS(70000), MS(70000));
		if (rows[i].prime_ms >= 0)
			ks_openings_prime(&openings, A, T0 + MS(70000 + rows[i].prime_ms));
		for (uint32_t k = 0; k < rows[i].servers; k++)
			(void)ask(70000 + rows[i].ask_ms + k, ROOT, k);
		ks_openings_close(&openings);
		cr_expect(eq(u32, openings.n_kept, rows[i].kept), "%s", rows[i].what);
		if (openings.n_kept > 0) {
			const struct ks_opening *const opening = ks_openings_at(&openings, 0);
			cr_expect(eq(i64, opening->silence_ns, MS(70000)), "%s", rows[i].what);
			cr_expect(eq(u32, opening->primed, rows[i].primed), "%s", rows[i].what);
			cr_expect(eq(u32, opening->queries, rows[i].servers), "%s", rows[i].what);
		}
		ks_openings_done(&openings);
	}
}

Test(opening, priming_in_the_same_breath_counts_in_either_order)
{
	begin();
	(void)ask(0, ROOT, 0);
	ks_openings_prime(&openings, A, T0 + MS(1));
	sweep(2, ROOT);
	cr_assert(eq(u32, only()->primed, 1));
	ks_openings_done(&openings);
}

Test(opening, a_silence_of_thirty_days_is_told_whatever_follows)
{
	begin();
	(void)ask(0, ROOT, 0);
	const int64_t days30 = KS_OPENING_LONG_NS;
	ks_openings_wake(&openings, A, T0 + days30, days30);
	(void)ask(days30 / KS_NS_PER_MS, ROOT, 0);
	cr_assert(eq(i64, only()->silence_ns, days30));
	ks_openings_done(&openings);
}

Test(opening, a_dnskey_query_answers_a_priming_query_once_and_within_five_seconds)
{
	begin();
	cr_assert(not(ask(0, ROOT, 0)));
	ks_openings_prime(&openings, A, T0 + MS(1000));
	cr_assert(ask(5999, ROOT, 0));
	cr_assert(not(ask(5999, ROOT, 1)));
	ks_openings_prime(&openings, A, T0 + MS(10000));
	cr_assert(not(ask(15000, ROOT, 0)));
	cr_assert(not(ask(15001, ROOT, 0)));
	ks_openings_done(&openings);
}

Test(opening, two_sources_in_one_slot_end_the_older_opening)
{
	begin();
	const uint32_t other = A + openings.mask + 1;
	sweep(0, ROOT);
	(void)ask_from(other, 300, ROOT, 0, true);
	cr_assert(eq(u64, openings.met, 1));
	cr_assert(eq(u32, openings.n_kept, 1));
	cr_assert(not(ask(400, ROOT, 0)), "the loser is not followed any more, and nothing breaks");
	cr_assert(eq(u32, openings.n_kept, 1));
	ks_openings_done(&openings);
}

Test(opening, what_finds_no_room_is_counted)
{
	begin();
	openings.capacity = 1;
	for (uint32_t source = 0; source < 3; source++)
		for (uint32_t server = 0; server < 2; server++)
			(void)ask_from(source, server, ROOT, server, server == 0);
	ks_openings_close(&openings);
	cr_assert(eq(u32, openings.n_kept, 1));
	cr_assert(eq(u64, openings.unlisted, 2));
	ks_openings_done(&openings);
}

Test(opening, a_clock_that_steps_back_ends_it)
{
	begin();
	sweep(100000, ROOT);
	sweep(0, ROOT);
	cr_assert(eq(u32, only()->queries, 13));
	ks_openings_done(&openings);
}
