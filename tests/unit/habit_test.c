/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What counts of a (source, zone) say of it. */
#include "analyzer/judge/behaviour.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

#define S(seconds) ((int64_t)((seconds)*1e9))

static struct ks_behaviour_verdict
judge(const struct ks_behaviour_counts *counts)
{
	const struct ks_behaviour_servers none = {0};
	return ks_behaviour_judge(counts, &none, &ks_behaviour_defaults);
}

/* Deterministic: xorshift64. */
static double
draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (double)(*state >> 11) / 9007199254740992.0;
}

Test(habit, gap_cells_are_in_order_and_their_middle_is_within_the_stated_error)
{
	const double factor = 1.0442737824274138 * (1 + 1e-8); /* 2^(1/16), and cells begin at whole steps */
	unsigned last = 0;
	for (int64_t gap = 8192; gap < INT64_C(1) << 31; gap += gap / 257 + 1) {
		const unsigned cell = ks_gap_cell(gap);
		const double ratio = ks_gap_middle_ns(cell) / (double)gap;
		cr_assert(cell == last || cell == last + 1, "%lld ns", (long long)gap);
		cr_assert(ratio < factor && ratio > 1 / factor, "%lld ns: %g", (long long)gap, ratio);
		last = cell;
	}
	cr_assert(eq(u32, last, KS_GAP_CELLS - 1));
	cr_assert(eq(u32, ks_gap_cell(0), 0));
	cr_assert(eq(u32, ks_gap_cell(8191), 0));
	cr_assert(eq(u32, ks_gap_cell(INT64_C(1) << 31), KS_GAP_CELLS - 1));
	cr_assert(eq(u32, ks_gap_cell(INT64_MAX), KS_GAP_CELLS - 1));
}

Test(habit, pause_cells_are_dense_and_have_the_edges_of_the_classes)
{
	static const uint32_t edges_ms[] = {2000, 28000, 29500, 32500, 59000, 62500, 590000, 620000};
	for (size_t i = 0; i < KS_COUNT(edges_ms); i++) {
		const unsigned cell = ks_pause_cell(edges_ms[i] * KS_NS_PER_MS);
		cr_expect(eq(u32, ks_pause_from_ms(cell), edges_ms[i]));
		cr_expect(eq(u32, ks_pause_cell(edges_ms[i] * KS_NS_PER_MS - 1), cell - 1), "%u ms",
			  edges_ms[i]);
	}
	unsigned last = 0;
	for (int64_t ms = 0; ms < 700000; ms += 100) {
		const unsigned cell = ks_pause_cell(ms * KS_NS_PER_MS);
		cr_assert(cell == last || cell == last + 1, "%lld ms", (long long)ms);
		cr_assert(ks_pause_from_ms(cell) <= ms);
		last = cell;
	}
	cr_assert(eq(u32, last, KS_PAUSE_CELLS - 1));
	cr_assert(eq(u32, ks_pause_cell(INT64_MAX), KS_PAUSE_CELLS - 1));
}

Test(habit, planted_gaps_are_recovered)
{
	static const double planted_ms[] = {0.05, 1, 19.7, 20.6, 120, 121.8, 440, 1600};
	for (size_t i = 0; i < KS_COUNT(planted_ms); i++) {
		struct ks_behaviour_counts counts = {.closed = 100, .successive = 100};
		counts.gaps[ks_gap_cell((int64_t)(planted_ms[i] * 1e6))] = 100;
		counts.gaps[3] += 10; /* and some that are none of them */
		counts.gaps[KS_GAP_CELLS - 1] += 10;
		const double got = judge(&counts).median_gap_ms;
		cr_expect(fabs(got / planted_ms[i] - 1) < 0.045, "%g ms: %g", planted_ms[i], got);
	}
}

static void
add_gaps(struct ks_behaviour_counts *counts, unsigned n, double from_ms, double to_ms)
{
	uint64_t state = 88172645463325252u;
	for (unsigned i = 0; i < n; i++)
		counts->gaps[ks_gap_cell((int64_t)((from_ms + (to_ms - from_ms) * draw(&state)) * 1e6))]++;
}

Test(habit, self_clocking)
{
	static const struct {
		const char *what;
		unsigned gaps;
		double from_ms, to_ms;
		uint64_t closed, successive;
		double lo, hi; /* of SCI; lo < 0: null */
	} rows[] = {
		{"answer and at once the next, 20 ms away", 1000, 20.5, 20.8, 1000, 1000, 0.99, 1.0},
		{"jitter of a few per cent", 1000, 20, 22, 1000, 1000, 0.85, 1.0},
		{"a clock that does not wait for answers: gaps by chance, rarely nothing waiting", 100, 0.1,
		 50, 100, 1000, 0.0, 0.1},
		{"clients at random, far apart", 400, 1, 2000, 400, 1000, 0.0, 0.3},
		{"a loop of two", 500, 20, 20.5, 500, 1000, 0.45, 0.55},
		{"too few gaps", 19, 20, 20.5, 19, 19, -1, -1},
		{"just enough", 20, 20.5, 20.8, 20, 20, 0.99, 1.0},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_behaviour_counts counts = {.closed = rows[i].closed,
						     .successive = rows[i].successive};
		add_gaps(&counts, rows[i].gaps, rows[i].from_ms, rows[i].to_ms);
		const double sci = judge(&counts).sci;
		if (rows[i].lo < 0)
			cr_expect(isnan(sci) != 0, "%s", rows[i].what);
		else
			cr_expect(sci >= rows[i].lo && sci <= rows[i].hi, "%s: %g", rows[i].what, sci);
	}
	const struct ks_behaviour_counts nothing = {0};
	const struct ks_behaviour_verdict verdict = judge(&nothing);
	cr_assert(isnan(verdict.sci) != 0);
	cr_assert(isnan(verdict.median_gap_ms) != 0);
}

static const struct {
	const char *what, *want; /* NULL: unknown */
	double pauses_s[8];      /* up to 0 */
	unsigned more;           /* of the last one */
	uint64_t over_life, long_queries, failing_queries;
} memories[] = {
	{"nothing", NULL, {0}, 0, 0, 0, 0},
	{"two bursts", NULL, {30.1}, 0, 0, 0, 0},
	{"three bursts of BIND 9.18", "30s", {30.2, 30.1}, 0, 0, 0, 0},
	{"its clients come late", "30s", {29.5, 35, 47, 120, 31}, 0, 0, 0, 0},
	{"just before", NULL, {29.4, 29.4, 29.4}, 0, 0, 0, 0},
	{"just behind", NULL, {32.5, 32.6}, 0, 0, 0, 0},
	{"Unbound", "60s", {61.3, 61.2}, 0, 0, 0, 0},
	{"the edges of 60 s", "60s", {59, 62.49}, 0, 0, 0, 0},
	{"behind them", NULL, {62.5, 62.5}, 0, 0, 0, 0},
	{"BIND 9.7.1", "600s", {600.5, 611}, 0, 0, 0, 0},
	{"behind it", NULL, {620, 620}, 0, 0, 0, 0},
	{"as long as the keys live", "ttl", {3600, 3601, 4000}, 0, 3, 0, 0},
	{"not always so long", NULL, {3600, 3601, 700}, 0, 2, 0, 0},
	{"a class is named before a TTL", "30s", {30.1, 30.2}, 0, 2, 0, 0},
	{"whenever somebody asks", "none", {3.1, 5, 7, 4.4, 30.1}, 0, 0, 0, 0},
	{"one short pause of few is a restart", NULL, {5, 26, 30.5}, 0, 0, 0, 0},
	{"one of many does not hide the others", "30s", {5, 30.2}, 98, 0, 0, 0},
	{"one burst that never ends", "none", {0}, 0, 0, 500, 510},
	{"some long bursts, but most queries in short ones", "60s", {61.3, 61.2}, 0, 0, 20, 60},
};

Test(habit, memory_classes)
{
	for (size_t i = 0; i < KS_COUNT(memories); i++) {
		struct ks_behaviour_counts counts = {
			.pauses_over_life = memories[i].over_life,
			.long_queries = memories[i].long_queries,
			.failing_queries = memories[i].failing_queries,
		};
		size_t k = 0;
		for (; k < 8 && memories[i].pauses_s[k] > 0; k++)
			counts.pauses[ks_pause_cell(S(memories[i].pauses_s[k]))]++;
		if (k > 0)
			counts.pauses[ks_pause_cell(S(memories[i].pauses_s[k - 1]))] += memories[i].more;
		const char *const got = ks_memory_name(judge(&counts).memory);
		const char *const want = memories[i].want;
		const bool same = got == NULL || want == NULL ? got == want : strcmp(got, want) == 0;
		cr_expect(same, "%s: %s", memories[i].what, got != NULL ? got : "unknown");
	}
}

Test(habit, spray)
{
	static const struct {
		const char *what;
		uint64_t queries[14];
		size_t n;
		uint32_t zone_servers;
		double spray, coverage; /* spray < 0: null */
	} rows[] = {
		{"BIND: 13 servers, 12 queries each",
		 {12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12},
		 13,
		 13,
		 1,
		 1},
		{"one of two", {7}, 1, 2, 0, 0.5},
		{"one server there is", {7}, 1, 1, -1, -1},
		{"none answered", {7, 7}, 2, 0, -1, -1},
		{"too few to tell", {2, 2}, 2, 2, -1, -1},
		{"never asked", {0}, 0, 13, -1, -1},
		{"one to three", {5, 15}, 2, 2, 0.8112781, 1},
		{"two of four, alike", {5, 5}, 2, 4, 0.5, 0.5},
		{"more servers than answered", {5, 5, 5}, 3, 2, 1, 1},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		const struct ks_behaviour_counts counts = {0};
		const struct ks_behaviour_servers servers = {rows[i].queries, rows[i].n,
							     rows[i].zone_servers};
		const struct ks_behaviour_verdict got =
			ks_behaviour_judge(&counts, &servers, &ks_behaviour_defaults);
		if (rows[i].spray < 0) {
			cr_expect(isnan(got.spray) != 0 && isnan(got.coverage) != 0, "%s", rows[i].what);
			continue;
		}
		cr_expect(fabs(got.spray - rows[i].spray) < 1e-6, "%s: %g", rows[i].what, got.spray);
		cr_expect(fabs(got.coverage - rows[i].coverage) < 1e-6, "%s", rows[i].what);
	}
}
