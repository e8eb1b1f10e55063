/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/grade.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "storm_feed.h"

enum { BINS = 2000, STORMS = 4, ANSWER = 1188 };

static struct ks_storm_bin bins[BINS];
static struct ks_storm_whole whole[BINS];
static double values[BINS];
static uint8_t excluded[BINS];
static const struct ks_storm_scratch scratch = {values, excluded};
static struct ks_storm storms[STORMS];
static struct ks_storm_limits limits;

/* A zone's DNSKEY queries, all answered, among `others` of 100 octets an answer, in bins of a second. */
static void
fill(size_t from, size_t to, double dnskey, double others, uint64_t seed)
{
	for (size_t i = from; i < to; i++) {
		const uint64_t n = (uint64_t)ks_draw_poisson(dnskey, &seed);
		const uint64_t m = (uint64_t)ks_draw_poisson(others, &seed);
		bins[i] = (struct ks_storm_bin){.queries = n, .responses = n, .response_bytes = n * ANSWER};
		whole[i] = (struct ks_storm_whole){.queries = n + m,
						   .response_bytes = n * ANSWER + m * 100,
						   .out_wire_bytes = n * (ANSWER + 66) + m * 166,
						   .packets = 2 * (n + m)};
	}
}

static struct ks_storm_series
series_of(size_t n, double life_s)
{
	return (struct ks_storm_series){.bins = bins, .whole = whole, .n = n, .bin_s = 1, .life_s = life_s};
}

static struct ks_storm_grade
judge(const struct ks_storm_series *series)
{
	if (limits.calm_bins == 0)
		limits = ks_storm_defaults;
	cr_assert(ge(sz, ks_storm_find(series, &limits, &scratch, storms, STORMS), 1));
	return ks_storm_judge(series, &storms[0], &limits, series->n, &scratch, NULL);
}

Test(grade, each_true_test_adds_one)
{
	static const struct {
		const char *what;
		double dnskey, others, life_s; /* in the storm; before it 5 and 1000, 172 kB/s out */
		unsigned severity, unknown;
	} rows[] = {
		{"three times, little of the octets, short", 15, 1500, 1000, 1, 0},
		{"lasts longer than the keys live", 15, 1500, 100, 2, 0},
		{"twenty times, and half of the growth", 70, 1100, 1000, 3, 0},
		{"and twice the octets out", 200, 1000, 1000, 4, 0},
		{"and longer than the keys live", 200, 1000, 100, 5, 0},
		{"how long they live is not known", 200, 1000, NAN, 4, 1},
		{"others shrank so that nothing grew", 15, 10, 1000, 1, 0},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		fill(0, BINS, 5, 1000, 1);
		fill(800, 1200, rows[i].dnskey, rows[i].others, 2);
		const struct ks_storm_series series = series_of(BINS, rows[i].life_s);
		const struct ks_storm_grade grade = judge(&series);
		cr_expect(eq(u32, grade.severity, rows[i].severity), "%s", rows[i].what);
		cr_expect(eq(u32, grade.severity_unknown, rows[i].unknown), "%s", rows[i].what);
	}
}

Test(grade, nine_tenths_of_the_increase)
{
	/* DOMAIN A1 1-02: of 100 kB/s more, 90 are DNSKEY. */
	fill(0, BINS, 5, 1000, 3);
	fill(800, 1200, 5 + 90000.0 / ANSWER, 1100, 4);
	struct ks_storm_series series = series_of(BINS, NAN);
	struct ks_storm_grade grade = judge(&series);
	cr_expect(epsilon_eq(dbl, grade.byte_share, 0.9, 0.01));
	cr_expect(epsilon_eq(dbl, grade.answer_bytes, ANSWER, 1e-6));
	cr_expect(epsilon_eq(dbl, grade.answered_bps, grade.cost.dns_bps, 1), "all were answered");
	series.no_responses = true;
	grade = judge(&series);
	cr_expect(isnan(grade.byte_share));
	cr_expect(eq(u32, grade.severity_unknown, 2));
	series.whole = NULL;
	grade = judge(&series);
	cr_expect(isnan(grade.byte_share) && isnan(grade.residual_share.value));
	cr_expect(eq(u32, grade.severity_unknown, 3));
}

Test(grade, the_interval_of_the_uplift_holds_the_truth)
{
	int held = 0;
	for (uint64_t seed = 0; seed < 40; seed++) {
		fill(0, BINS, 5, 100, 100 + seed);
		fill(800, 1200, 20, 100, 200 + seed);
		const struct ks_storm_series series = series_of(BINS, NAN);
		const struct ks_storm_grade grade = judge(&series);
		held += grade.uplift.lo <= 4 && grade.uplift.hi >= 4;
		cr_expect(grade.uplift.hi / grade.uplift.lo < 1.2, "%g to %g", grade.uplift.lo,
			  grade.uplift.hi);
	}
	cr_expect(held >= 36, "%d of 40", held);
}

Test(grade, what_remains)
{
	static const struct {
		double rest;
		bool higher;
	} rows[] = {{5, false}, {8.9, true}};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		fill(0, BINS, 5, 1000, 5);
		fill(800, 1200, 100, 1000, 6);
		fill(1200, BINS, rows[i].rest, 1200, 7);
		const struct ks_storm_series series = series_of(BINS, NAN);
		const struct ks_storm_grade grade = judge(&series);
		cr_expect(epsilon_eq(dbl, grade.residual.value, rows[i].rest / 5, 0.15), "%g", rows[i].rest);
		cr_expect(eq(int, grade.residual.lo > 1, rows[i].higher), "%g", grade.residual.lo);
		/* As a share of all queries, of which there are a fifth more. */
		const double share = rows[i].rest / (1200 + rows[i].rest) / (5.0 / 1005);
		cr_expect(epsilon_eq(dbl, grade.residual_share.value, share, 0.12), "%g", rows[i].rest);
		cr_expect(grade.residual_share.lo < grade.residual_share.value &&
			  grade.residual_share.hi > grade.residual_share.value);
	}
}

Test(grade, of_a_storm_that_is_on_nothing_remains_to_be_told)
{
	fill(0, BINS, 5, 1000, 8);
	fill(800, BINS, 100, 1000, 9);
	struct ks_storm_series series = series_of(BINS, 1300);
	struct ks_storm_grade grade = judge(&series);
	cr_expect(grade.recovery.still_elevated);
	cr_expect(isnan(grade.residual.value) && isnan(grade.residual.lo));
	cr_expect(eq(u32, grade.severity_unknown, 1), "it may last longer than the keys live yet");
	series.life_s = 1000;
	grade = judge(&series);
	cr_expect(eq(u32, grade.severity_unknown, 0));
}

Test(grade, begun_before_is_at_least)
{
	fill(0, BINS, 100, 1000, 10);
	for (size_t i = 0; i < BINS; i++)
		bins[i].requeries = bins[i].queries - bins[i].queries / 20;
	const struct ks_storm_series series = series_of(BINS, NAN);
	const struct ks_storm_grade grade = judge(&series);
	cr_assert(storms[0].began_before);
	cr_expect(strcmp(ks_baseline_name(storms[0].base.kind), "without-requeries") == 0);
	cr_expect(grade.uplift.value > 18 && grade.uplift.lo > 15 && isnan(grade.uplift.hi));
	cr_expect(isnan(grade.byte_share) && isnan(grade.growth.value));
	cr_expect(eq(u32, grade.severity, 2));
	cr_expect(eq(u32, grade.severity_unknown, 3));
	cr_expect(not(grade.has_second));
}

Test(grade, growth_since_the_storm_before)
{
	fill(0, BINS, 5, 1000, 11);
	fill(600, 800, 50, 1000, 12);
	fill(1300, 1500, 150, 1000, 13);
	const struct ks_storm_series series = series_of(BINS, NAN);
	const struct ks_storm_grade first = judge(&series);
	const struct ks_storm_grade second =
		ks_storm_judge(&series, &storms[1], &limits, series.n, &scratch, &first);
	cr_expect(isnan(first.growth.value));
	cr_expect(epsilon_eq(dbl, second.growth.value, 3, 0.15));
	cr_expect(second.growth.lo < 3 && second.growth.hi > 3);
}

/* in-addr.arpa, 16 December 2009, a hundredth of it: 0.12, then 0.20, then 0.30 Mb/s of answers of 1188
 * octets. */
Test(grade, the_reverse_tree_in_2009)
{
	const double per_mbps = 1e6 / 8 / ANSWER;
	limits = ks_storm_defaults;
	limits.min_uplift = 1.3; /* 1.667 is no storm of a zone by itself, see DOMAIN B4 */
	uint64_t state = 14;
	for (size_t i = 0; i < BINS; i++) {
		const double mbps = i < 1000 ? 0.12 : i >= 1600 && i < 1700 ? 0.30 : 0.20;
		bins[i] = (struct ks_storm_bin){
			.queries = (uint64_t)ks_draw_poisson(mbps * per_mbps * 60, &state)};
	}
	const struct ks_storm_series series = {.bins = bins, .n = BINS, .bin_s = 60, .life_s = NAN};
	const struct ks_storm_grade grade = judge(&series);
	cr_expect(storms[0].start + 1 >= 1000 && storms[0].start <= 1001, "onset within a bin: %zu",
		  storms[0].start);
	cr_expect(epsilon_eq(dbl, storms[0].peak_qps / storms[0].base_qps, 2.5, 0.3));
	cr_expect(grade.recovery.still_elevated);
	double steady = 0, base = 0;
	for (size_t i = 0; i < 500; i++) {
		base += (double)bins[i].queries;
		steady += (double)bins[1000 + i].queries;
	}
	const struct ks_ratio uplift = ks_ratio_of_rates(steady, 500, base, 500, 1);
	cr_expect(uplift.lo <= 1.667 && uplift.hi >= 1.667, "%g to %g", uplift.lo, uplift.hi);
	cr_expect(uplift.hi - uplift.lo < 0.05);
}
