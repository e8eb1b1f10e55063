/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/storm.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

enum { BINS = 400, STORMS = 8 };

static struct ks_storm_bin bins[BINS];
static double values[BINS];
static uint8_t excluded[BINS];
static const struct ks_storm_scratch scratch = {values, excluded};
static struct ks_storm storms[STORMS];

/* Queries of every second bin differ by one, so that the dispersion is not that of a machine. */
static void
fill(size_t from, size_t to, uint64_t queries, uint64_t requeries)
{
	for (size_t i = from; i < to; i++)
		bins[i] = (struct ks_storm_bin){.queries = queries + i % 2, .requeries = requeries};
}

static size_t
find(size_t n, uint32_t bin_s)
{
	const struct ks_storm_series series = {.bins = bins, .n = n, .bin_s = bin_s, .life_s = NAN};
	return ks_storm_find(&series, &ks_storm_defaults, &scratch, storms, STORMS);
}

Test(storm, none_in_a_steady_series)
{
	fill(0, BINS, 10, 0);
	cr_assert(eq(sz, find(BINS, 1), 0));
	fill(0, BINS, 0, 0);
	cr_assert(eq(sz, find(BINS, 1), 0));
	cr_assert(eq(sz, find(0, 1), 0));
}

Test(storm, a_step_is_found_at_its_bins)
{
	fill(0, 150, 2, 0);
	fill(150, 250, 40, 38);
	fill(250, BINS, 2, 0);
	cr_assert(eq(sz, find(BINS, 1), 1));
	cr_assert(eq(sz, storms[0].start, 150));
	cr_assert(eq(sz, storms[0].end, 250));
	cr_assert(not(storms[0].open));
	cr_assert(not(storms[0].began_before));
	cr_assert(epsilon_eq(dbl, storms[0].mean_qps, 40.5, 1e-9));
	cr_assert(epsilon_eq(dbl, storms[0].peak_qps, 41, 1e-9));
	/* 95 of the baseline's 100 bins, the lowest: 50 twos and 45 threes */
	cr_assert(epsilon_eq(dbl, storms[0].base_qps, (50 * 2 + 45 * 3) / 95.0, 1e-9));
	cr_assert(epsilon_eq(dbl, storms[0].uplift, 40.5 / storms[0].base_qps, 1e-9));
}

Test(storm, one_that_lasts_to_the_end_is_open)
{
	fill(0, 200, 2, 0);
	fill(200, BINS, 40, 38);
	cr_assert(eq(sz, find(BINS, 1), 1));
	cr_assert(storms[0].open);
	cr_assert(eq(sz, storms[0].end, BINS));
}

Test(storm, two_apart_are_two)
{
	fill(0, BINS, 2, 0);
	fill(120, 160, 60, 0);
	fill(300, 340, 60, 0);
	cr_assert(eq(sz, find(BINS, 1), 2));
	cr_assert(eq(sz, storms[0].start, 120));
	cr_assert(eq(sz, storms[1].start, 300));
}

Test(storm, calm_shorter_than_thirty_bins_does_not_end_one)
{
	fill(0, BINS, 2, 0);
	fill(120, 160, 60, 0);
	fill(189, 230, 60, 0);
	cr_assert(eq(sz, find(BINS, 1), 1));
	cr_assert(eq(sz, storms[0].end, 230));
}

Test(storm, silence_before_means_no_finite_uplift)
{
	fill(0, BINS, 0, 0);
	for (size_t i = 0; i < BINS; i++)
		bins[i].queries = i >= 150 ? 20 : 0;
	cr_assert(eq(sz, find(BINS, 1), 1));
	cr_assert(isinf(storms[0].uplift));
}

Test(storm, a_doubling_below_one_query_a_second_is_not_told)
{
	for (size_t i = 0; i < BINS; i++)
		bins[i] = (struct ks_storm_bin){.queries = i < 150 ? 3 : 30};
	cr_assert(eq(sz, find(BINS, 60), 0));
	cr_assert(eq(sz, find(BINS, 1), 1));
}

Test(storm, growth_below_double_is_not_told)
{
	fill(0, 150, 1000, 0);
	fill(150, BINS, 1900, 0);
	cr_assert(eq(sz, find(BINS, 1), 0));
}

Test(storm, a_capture_that_begins_inside_says_so)
{
	fill(0, BINS, 30, 28);
	cr_assert(eq(sz, find(BINS, 1), 1));
	cr_assert(storms[0].began_before);
	cr_assert(storms[0].open);
	cr_assert(storms[0].uplift_is_lower_bound);
	cr_assert(epsilon_eq(dbl, storms[0].base_qps, 2.5, 1e-9));
	cr_assert(epsilon_eq(dbl, storms[0].uplift, 30.5 / 2.5, 1e-9));
}

Test(storm, a_capture_that_begins_inside_sees_the_end_and_the_next_one)
{
	fill(0, 150, 30, 28);
	fill(150, 300, 2, 0);
	fill(300, BINS, 30, 28);
	cr_assert(eq(sz, find(BINS, 1), 2));
	cr_assert(eq(sz, storms[0].end, 150));
	cr_assert(not(storms[1].began_before));
	cr_assert(eq(sz, storms[1].start, 300));
}

Test(storm, requeries_in_a_healthy_zone_are_not_a_storm)
{
	fill(0, BINS, 30, 1);
	cr_assert(eq(sz, find(BINS, 1), 0));
}

Test(storm, tcp_follow_ups_do_not_hide_that_a_capture_begins_inside)
{
	for (size_t i = 0; i < BINS; i++)
		bins[i] = (struct ks_storm_bin){.queries = 40, .requeries = 18, .retransmits = 20};
	cr_assert(eq(sz, find(BINS, 1), 1));
	cr_assert(storms[0].began_before);
}

/* Today's BIND: thirteen queries at once, then nothing for 31 s. */
Test(storm, bursts_with_pauses_are_one_storm)
{
	for (size_t i = 0; i < BINS; i++)
		bins[i] = (struct ks_storm_bin){.queries = i >= 130 && i % 32 == 2 ? 130 : i % 2};
	cr_assert(eq(sz, find(BINS, 1), 1));
	cr_assert(storms[0].start == 129 || storms[0].start == 130, "%zu", storms[0].start);
	cr_assert(ge(sz, storms[0].end, 386), "the last burst: %zu", storms[0].end);
	cr_assert(epsilon_eq(dbl, storms[0].mean_qps, (130 + 15.5) / 32, 0.8));
}

Test(storm, a_shift_below_the_floor_hides_no_storm)
{
	fill(0, 100, 100, 0);
	fill(100, 300, 150, 0);
	fill(300, 310, 400, 0);
	fill(310, BINS, 150, 0);
	cr_assert(eq(sz, find(BINS, 1), 1));
	cr_assert(eq(sz, storms[0].start, 300));
	cr_assert(eq(sz, storms[0].end, 310));
	cr_assert(epsilon_eq(dbl, storms[0].uplift, 4, 0.1));
}

/* A few refreshes an hour are all that a quiet zone knows; they come behind a storm too. */
Test(storm, refreshes_of_a_quiet_zone_do_not_keep_its_storm_going)
{
	fill(0, BINS, 0, 0);
	for (size_t i = 0; i < BINS; i++)
		bins[i].queries = i % 25 == 3; /* the highest 5 % of the baseline, which are left out */
	for (size_t i = 200; i < 220; i++)
		bins[i].queries = bins[i].requeries = 150;
	cr_assert(eq(sz, find(BINS, 60), 1));
	cr_assert(eq(sz, storms[0].start, 200));
	cr_assert(eq(sz, storms[0].end, 220));
	cr_assert(not(storms[0].open));
}

/* As many as there can be: ten bins each, and the thirty calm ones that end it. */
Test(storm, none_of_many_is_left_out)
{
	enum { MANY = 200, EACH = 41, CALM = MANY * EACH / 2, ALL = CALM + MANY * EACH };
	static struct ks_storm_bin series_bins[ALL];
	static double series_values[ALL];
	static uint8_t series_excluded[ALL];
	static struct ks_storm found[ALL / 30 + 1];
	const struct ks_storm_scratch own = {series_values, series_excluded};
	const struct ks_storm_series series = {.bins = series_bins, .n = ALL, .bin_s = 60, .life_s = NAN};
	for (size_t i = 0; i < ALL; i++)
		series_bins[i].queries = i >= CALM && (i - CALM) % EACH < 10 ? 6000 : 10 + i % 2;
	const size_t most = ks_storm_most(&series, &ks_storm_defaults);
	cr_assert(eq(sz, most, sizeof(found) / sizeof(found[0])));
	cr_assert(eq(sz, ks_storm_find(&series, &ks_storm_defaults, &own, found, most), MANY));
}
