/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/course.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "storm_feed.h"

enum { DAY = 1440, BINS = 60 * DAY, HOUR_S = 3600, DAY_S = 86400, STORMS = 4 };

static struct ks_storm_bin bins[BINS];
static struct ks_storm_whole whole[BINS];
static double values[BINS];
static uint8_t excluded[BINS];
static struct ks_storm storms[STORMS];

static struct ks_storm_series
series_of(size_t n, double life_s)
{
	return (struct ks_storm_series){.bins = bins, .whole = whole, .n = n, .bin_s = 60, .life_s = life_s};
}

/* 60 queries a minute, then over `rise` bins up to ten times as many, until `end`, then `rest`. */
static size_t
find(size_t n, size_t at, size_t rise, size_t end, double rest, double life_s)
{
	uint64_t state = 1;
	for (size_t i = 0; i < n; i++) {
		double mean = 60;
		if (i >= at && i < end)
			mean = i - at < rise ? 60 + 540.0 * (double)(i - at + 1) / (double)rise : 600;
		else if (i >= end)
			mean = rest;
		bins[i] = (struct ks_storm_bin){.queries = (uint64_t)ks_draw_poisson(mean, &state)};
	}
	const struct ks_storm_series series = series_of(n, life_s);
	const struct ks_storm_scratch scratch = {values, excluded};
	return ks_storm_find(&series, &ks_storm_defaults, &scratch, storms, STORMS);
}

static struct ks_rise_verdict
rise_with(size_t n, double life_s)
{
	const struct ks_storm_series series = series_of(n, life_s);
	return ks_course_rise(&series, &storms[0], values);
}

/* DOMAIN A1 1-08. */
Test(course, step_and_ramps_are_told_apart)
{
	static const struct {
		const char *what;
		size_t rise, end, n;
		enum ks_rise with_hour, with_day, without;
	} rows[] = {
		{"a step", 1, 3 * DAY, 5 * DAY, KS_RISE_STEP, KS_RISE_STEP, KS_RISE_STEP},
		{"a ramp of six hours", 360, 3 * DAY, 5 * DAY, KS_RISE_RAMP, KS_RISE_STEP, KS_RISE_UNKNOWN},
		{"a ramp of thirty days", 30 * DAY, 40 * DAY, 50 * DAY, KS_RISE_RAMP, KS_RISE_RAMP,
		 KS_RISE_RAMP},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		const size_t at = rows[i].n > 10 * DAY ? 8 * DAY : 2 * DAY;
		cr_assert(ge(sz, find(rows[i].n, at, rows[i].rise, rows[i].end, 60, HOUR_S), 1), "%s",
			  rows[i].what);
		const struct ks_rise_verdict rise = rise_with(rows[i].n, HOUR_S);
		cr_expect(eq(int, rise.rise, rows[i].with_hour), "%s, an hour", rows[i].what);
		cr_expect(eq(int, rise_with(rows[i].n, DAY_S).rise, rows[i].with_day), "%s, a day",
			  rows[i].what);
		cr_expect(eq(int, rise_with(rows[i].n, NAN).rise, rows[i].without), "%s, unknown",
			  rows[i].what);
		const double true_s = fmax(60, 0.8 * (double)rows[i].rise * 60);
		cr_expect(rise.seconds >= true_s * 0.8 && rise.seconds <= true_s * 1.1 + 180, "%s: %g s, %g",
			  rows[i].what, rise.seconds, true_s);
		cr_expect(storms[0].start + 15 >= at, "%s: %zu", rows[i].what, storms[0].start);
	}
	cr_expect(strcmp(ks_rise_name(KS_RISE_STEP), "step") == 0 &&
		  strcmp(ks_rise_name(KS_RISE_RAMP), "ramp") == 0);
	cr_expect(ks_rise_name(KS_RISE_UNKNOWN) == NULL);
}

Test(course, of_a_storm_that_was_on_before_no_rise_is_told)
{
	cr_assert(eq(sz, find(1000, 500, 1, 700, 60, NAN), 1));
	storms[0].began_before = true;
	const struct ks_rise_verdict rise = rise_with(1000, HOUR_S);
	cr_expect(eq(int, rise.rise, KS_RISE_UNKNOWN));
	cr_expect(isnan(rise.seconds));
}

/* --- recovery --- */

/* Falls by half every 20 bins from 6060 to 60. */
static void
decay(size_t n, size_t at)
{
	for (size_t i = 0; i < n; i++)
		bins[i].queries = i < at ? 60 : 60 + (uint64_t)(6000 * pow(0.5, (double)(i - at) / 20));
}

Test(course, a_decay_has_its_half_life)
{
	decay(1000, 300);
	const struct ks_storm_series series = series_of(1000, NAN);
	const struct ks_storm_scratch scratch = {values, excluded};
	cr_assert(eq(sz, ks_storm_find(&series, &ks_storm_defaults, &scratch, storms, STORMS), 1));
	const struct ks_recovery recovery = ks_course_recovery(&series, &storms[0], 1000, values);
	cr_expect(not(recovery.still_elevated));
	cr_expect(epsilon_eq(dbl, recovery.half_life_s, 20 * 60, 120), "to the bin and its neighbour");
	cr_expect(epsilon_eq(dbl, recovery.half_s + (double)storms[0].start * 60, 320 * 60, 120));
	cr_expect(isnan(recovery.at_least_s));
	cr_expect(epsilon_eq(dbl, recovery.rest, 60, 0.01));
	cr_expect(eq(sz, recovery.rest_to, 1000));
	cr_expect(eq(sz, recovery.rest_to - recovery.rest_from, (1000 - storms[0].end + 3) / 4));
	/* Repaired at bin 310: it took until the storm's end. */
	cr_expect(epsilon_eq(dbl, ks_course_fix_s(false, (int64_t)storms[0].end * 60, 310 * 60),
			     ((double)storms[0].end - 310) * 60, 0.1));
	cr_expect(isnan(ks_course_fix_s(false, (int64_t)storms[0].end * 60, 999 * 60)),
		  "too late to have been the cause");
}

Test(course, a_plateau_to_the_end_of_the_capture_has_none)
{
	cr_assert(eq(sz, find(1000, 500, 1, 1000, 60, NAN), 1));
	const struct ks_storm_series series = series_of(1000, NAN);
	const struct ks_recovery recovery = ks_course_recovery(&series, &storms[0], 1000, values);
	cr_expect(recovery.still_elevated);
	cr_expect(isnan(recovery.half_life_s) && isnan(recovery.rest));
	cr_expect(recovery.at_least_s > 0 && recovery.at_least_s <= 500 * 60, "%g", recovery.at_least_s);
	cr_expect(eq(sz, recovery.rest_from, recovery.rest_to));
	cr_expect(isnan(ks_course_fix_s(true, 1000 * 60, 600 * 60)));
}

/* --- the second opinion --- */

static size_t
second(size_t n)
{
	const struct ks_storm_series series = series_of(n, NAN);
	size_t at = SIZE_MAX;
	return ks_course_second_start(&series, &storms[0], values, &at) ? at : SIZE_MAX;
}

Test(course, two_methods_agree_on_steps_and_spikes)
{
	static const size_t lengths[] = {4, 10, 60, 400};
	for (size_t i = 0; i < KS_COUNT(lengths); i++)
		for (size_t at = 300; at < 320; at += 7) {
			cr_assert(eq(sz, find(1000, at, 1, at + lengths[i], 60, NAN), 1), "%zu bins",
				  lengths[i]);
			const size_t got = second(1000);
			cr_expect(got + 2 >= at && got <= at + 2, "%zu bins at %zu: %zu", lengths[i], at,
				  got);
		}
	/* Far from either end of a long series, where it looks at a part only. */
	cr_assert(eq(sz, find(9000, 6000, 1, 6300, 60, NAN), 1));
	cr_expect(eq(sz, second(9000), 6000));
}

Test(course, unknown_bins_move_no_start)
{
	(void)find(1000, 500, 1, 700, 60, NAN);
	for (size_t i = 420; i < 480; i++) {
		whole[i].unknown = true;
		bins[i].queries = 0;
	}
	const struct ks_storm_series series = series_of(1000, NAN);
	const struct ks_storm_scratch scratch = {values, excluded};
	cr_assert(eq(sz, ks_storm_find(&series, &ks_storm_defaults, &scratch, storms, STORMS), 1));
	cr_expect(storms[0].start + 1 >= 500 && storms[0].start <= 501, "%zu", storms[0].start);
	cr_expect(eq(sz, second(1000), 500));
}

Test(course, a_gap_inside_a_storm_is_no_end_and_no_dip)
{
	(void)find(1000, 500, 1, 700, 60, NAN);
	double sum = 0;
	for (size_t i = 500; i < 700; i++)
		sum += i < 550 || i >= 600 ? (double)bins[i].queries : 0;
	for (size_t i = 550; i < 600; i++) {
		whole[i].unknown = true;
		bins[i].queries = 0;
	}
	const struct ks_storm_series series = series_of(1000, NAN);
	const struct ks_storm_scratch scratch = {values, excluded};
	cr_assert(eq(sz, ks_storm_find(&series, &ks_storm_defaults, &scratch, storms, STORMS), 1));
	cr_expect(eq(sz, storms[0].end, 700));
	cr_expect(eq(sz, storms[0].end - storms[0].start - storms[0].known, 50));
	cr_expect(epsilon_eq(dbl, storms[0].mean_qps, sum / 150 / 60, 0.1));
	const struct ks_recovery recovery = ks_course_recovery(&series, &storms[0], 1000, values);
	cr_expect(recovery.half_life_s > 0, "not zero at the gap: %g", recovery.half_life_s);
	/* Without that knowledge the gap ends it. */
	memset(whole, 0, sizeof(whole));
	cr_expect(eq(sz, ks_storm_find(&series, &ks_storm_defaults, &scratch, storms, STORMS), 2));
}
