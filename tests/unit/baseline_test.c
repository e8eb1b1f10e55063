/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/baseline.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "storm_feed.h"

enum { DAY = 1440, DAYS = 24, BINS = DAY * DAYS, STORMS = 16, T0 = 1795219200 /* midnight */ };

static struct ks_storm_bin bins[BINS];
static struct ks_storm_whole whole[BINS];
static double values[BINS];
static uint8_t excluded[BINS];
static const struct ks_storm_scratch scratch = {values, excluded};
static struct ks_storm storms[STORMS];

static struct ks_storm_series
series_of(size_t n)
{
	return (struct ks_storm_series){
		.bins = bins, .whole = whole, .n = n, .bin_s = 60, .t0_s = T0, .life_s = NAN};
}

static size_t
find(size_t n)
{
	const struct ks_storm_series series = series_of(n);
	return ks_storm_find(&series, &ks_storm_defaults, &scratch, storms, STORMS);
}

/* Queries a minute that a zone gets: by night a tenth of what it gets at noon. */
static double
diurnal(size_t minute)
{
	const double phase = (double)(minute % DAY) / DAY * 2 * 3.14159265358979;
	return 600 * (0.55 - 0.45 * cos(phase));
}

static void
fill(size_t from, size_t to, double times, uint64_t seed)
{
	for (size_t i = from; i < to; i++)
		bins[i].queries = (uint64_t)ks_draw_poisson(diurnal(i) * times, &seed);
}

static int
compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Selection is the only clever thing about it: against sorting. */
Test(baseline, the_mean_of_the_lowest_is_that_of_a_sorted_list)
{
	uint64_t state = 5;
	for (int round = 0; round < 2000; round++) {
		double all[100], sorted[100];
		const size_t n = 1 + (size_t)ks_draw_uniform(&state, 100);
		const uint64_t below = 1 + ks_draw_uniform(&state, 50);
		for (size_t i = 0; i < n; i++)
			all[i] = sorted[i] = (double)ks_draw_uniform(&state, below);
		qsort(sorted, n, sizeof(*sorted), compare);
		const struct ks_baseline base = ks_baseline_learn(all, n, 0.95);
		double sum = 0, squares = 0;
		cr_assert(eq(sz, base.n, (size_t)ceil((double)n * 0.95)));
		for (size_t i = 0; i < base.n; i++)
			sum += sorted[i];
		const double mean = sum / (double)base.n;
		for (size_t i = 0; i < base.n; i++)
			squares += (sorted[i] - mean) * (sorted[i] - mean);
		cr_assert(epsilon_eq(dbl, base.mean, mean, 1e-9), "round %d", round);
		if (base.n > 1 && mean > 0)
			cr_assert(epsilon_eq(dbl, base.dispersion,
					     fmax(1, squares / (double)(base.n - 1) / mean), 1e-9));
		qsort(all, n, sizeof(*all), compare);
		cr_assert(memcmp(all, sorted, n * sizeof(*all)) == 0, "moved about, none lost");
	}
	cr_assert(eq(sz, ks_baseline_learn(values, 0, 0.95).n, 0));
}

Test(baseline, day_and_night_are_no_storm)
{
	fill(0, BINS, 1, 1);
	cr_expect(eq(sz, find(BINS), 0));
	/* Without the days before, the first quarter of one day is a night. */
	cr_expect(eq(sz, find(DAY), 1));
	cr_expect(eq(int, storms[0].base.kind, KS_BASELINE_FIRST));
}

Test(baseline, a_nightly_storm_is_seen_that_is_less_than_noon)
{
	const size_t at = 20 * DAY + 120, end = at + 90;
	fill(0, BINS, 1, 2);
	fill(at, end, 4, 3);
	cr_assert(eq(sz, find(BINS), 1));
	cr_expect(eq(int, storms[0].base.kind, KS_BASELINE_DAILY));
	cr_expect(storms[0].start + 2 >= at && storms[0].start <= at + 1, "%zu", storms[0].start);
	cr_expect(storms[0].end + 1 >= end && storms[0].end <= end + 2, "%zu", storms[0].end);
	cr_expect(epsilon_eq(dbl, storms[0].uplift, 4, 0.35));
	/* 90 minutes and half an hour on both sides, seven days, without the highest 5 % */
	cr_expect(epsilon_eq(dbl, (double)storms[0].base.n, 150 * 7 * 0.95, 15));
}

Test(baseline, a_storm_of_days_does_not_become_its_own_baseline)
{
	const size_t at = 8 * DAY, end = 18 * DAY;
	fill(0, BINS, 1, 4);
	fill(at, end, 3, 5);
	cr_assert(eq(sz, find(BINS), 1));
	cr_expect(storms[0].start + 2 >= at && storms[0].start <= at + 2, "%zu", storms[0].start);
	cr_expect(storms[0].end + 2 >= end && storms[0].end <= end + 2, "%zu", storms[0].end);
	cr_expect(epsilon_eq(dbl, storms[0].uplift, 3, 0.2));
}

Test(baseline, what_a_storm_taught_is_forgotten)
{
	/* One in the first week, and one at the same hours a day later each. */
	fill(0, BINS, 1, 6);
	for (size_t day = 7; day < 11; day++)
		fill(day * DAY + 600, day * DAY + 660, 4, day);
	cr_assert(eq(sz, find(BINS), 4));
	for (size_t i = 0; i < 4; i++)
		cr_expect(epsilon_eq(dbl, storms[i].uplift, 4, 0.35), "storm %zu", i);
}

Test(baseline, a_new_level_below_the_floor_becomes_normal_and_hides_no_storm)
{
	fill(0, BINS, 1, 7);
	fill(8 * DAY, BINS, 1.7, 8);
	const size_t at = 18 * DAY + 700;
	fill(at, at + 60, 8, 9);
	cr_assert(eq(sz, find(BINS), 1));
	cr_expect(storms[0].start + 2 >= at && storms[0].start <= at + 2, "%zu", storms[0].start);
	cr_expect(epsilon_eq(dbl, storms[0].uplift, 8 / 1.7, 0.4), "over what was normal by then: %g",
		  storms[0].uplift);
}

Test(baseline, days_of_which_nothing_is_known_leave_the_first_quarter)
{
	fill(0, BINS, 1, 10);
	const size_t at = 15 * DAY + 600;
	for (size_t i = 9 * DAY; i < 15 * DAY; i++) {
		bins[i].queries = 0;
		whole[i].unknown = true;
	}
	fill(at, at + 60, 6, 11);
	cr_assert(ge(sz, find(BINS), 1));
	const struct ks_storm_series series = series_of(BINS);
	struct ks_watch watch;
	ks_baseline_begin(&watch, &series, &ks_storm_defaults, excluded, values);
	cr_expect(eq(int, ks_baseline_at(&watch, at, at)->kind, KS_BASELINE_FIRST),
		  "one day of seven is too little");
	cr_expect(eq(int, ks_baseline_at(&watch, 9 * DAY, 9 * DAY)->kind, KS_BASELINE_DAILY));
	bool found = false;
	for (size_t i = 0; i < STORMS && !found; i++)
		found = storms[i].start <= at + 1 && storms[i].end > at;
	cr_expect(found);
}

Test(baseline, ten_days_of_noise_give_no_alarm)
{
	/* DOMAIN B4: one in 98 days for a zone. */
	for (uint64_t seed = 0; seed < 10; seed++) {
		uint64_t state = seed;
		for (size_t i = 0; i < 10 * DAY; i++)
			bins[i].queries = (uint64_t)ks_draw_poisson(90, &state);
		cr_expect(eq(sz, find(10 * DAY), 0), "seed %llu", (unsigned long long)seed);
	}
}
