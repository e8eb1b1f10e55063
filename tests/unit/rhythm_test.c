/* SPDX-License-Identifier: BSD-2-Clause
 *
 * When sources ask again: behind a timer, or with day and night. */
#include "analyzer/judge/rhythm.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

#define MS(n) ((int64_t)(n)*KS_NS_PER_MS)
#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)

Test(rhythm, late_cells_have_the_edges_of_the_definition_and_three_to_the_octave)
{
	cr_assert(eq(u32, ks_late_cell(MS(400) - 1), KS_LATE_CELLS));
	cr_assert(eq(u32, ks_late_cell(MS(400)), 0));
	cr_assert(eq(u32, ks_late_cell(MS(800)), 3));
	cr_assert(eq(u32, ks_late_cell(MS(3200)), 9));
	cr_assert(eq(u32, ks_late_cell(MS(10000) - 1), KS_LATE_CELLS - 1));
	cr_assert(eq(u32, ks_late_cell(MS(10000)), KS_LATE_CELLS));
	cr_assert(eq(u32, ks_late_cell(-1), KS_LATE_CELLS));
	unsigned last = 0;
	for (int64_t ms = 400; ms < 10000; ms++) {
		const unsigned cell = ks_late_cell(MS(ms));
		cr_assert(cell == last || cell == last + 1, "%lld", (long long)ms);
		last = cell;
	}
}

/* Gaps from answers to queries, each so many times. */
static double
late(const int64_t *gaps_ms, size_t n, unsigned times)
{
	struct ks_behaviour_counts counts = {0};
	for (size_t i = 0; i < n; i++) {
		const unsigned cell = ks_late_cell(MS(gaps_ms[i]));
		if (gaps_ms[i] < 2000)
			counts.gaps[ks_gap_cell(MS(gaps_ms[i]))] += times;
		if (cell < KS_LATE_CELLS)
			counts.late[cell] += times;
	}
	return ks_rhythm_late(&counts);
}
#define LATE(times, ...)                                                                                     \
	late((const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t), times)

Test(rhythm, a_timer_that_doubles_is_late_and_clients_by_chance_are_not)
{
	cr_expect_eq(LATE(5, 800, 1600, 3200), 15, "0.8, 1.6 and 3.2 s");
	cr_expect_eq(LATE(20, 1000), 20, "every second");
	cr_expect_eq(LATE(20, 20), 0, "at once");
	cr_expect_eq(LATE(5, 20, 20, 20, 800, 1600, 3200), 0, "half of it at once");
	cr_expect_eq(LATE(5, 420, 600, 700, 900, 1100, 1400, 1800, 2200, 2700, 4000, 6000), 0, "by chance");
	cr_expect(isnan(LATE(3, 800, 1600, 3200)), "nine are too few");
	cr_expect(isnan(LATE(20, 12000)), "what is later has to do with other things");
}

/* Queries of `days` days from `from_s` on, watched all the time: as many an hour as `rate` says of it. */
static double
day_of(int64_t from_s, int64_t days, double (*rate)(int64_t hour))
{
	uint64_t counts[KS_CLOCK_CELLS] = {0};
	double watched_s[KS_CLOCK_CELLS];
	const struct ks_gaps_span span = {from_s, from_s + days * DAY};
	for (int64_t hour = 0; hour < days * 24; hour++)
		counts[ks_clock_cell(from_s + hour * HOUR)] += (uint64_t)rate(from_s / HOUR + hour);
	ks_rhythm_watched(&span, 1, span.from_s, span.to_s, watched_s);
	return ks_rhythm_day(counts, watched_s);
}

static double
flat(int64_t hour)
{
	(void)hour;
	return 60;
}

/* Four times as much at noon as at midnight. */
static double
by_day(int64_t hour)
{
	return 100 * (1 - 0.6 * cos(2 * acos(-1) * (double)hour / 24));
}

static double
chance(int64_t hour)
{
	return (double)((uint64_t)hour * 2654435761u >> 7 & 127);
}

/* It halves with each day. */
static double
fading(int64_t hour)
{
	return 4000 * pow(0.5, (double)(hour % (14 * 24)) / 24);
}

static double
by_day_of_even_days(int64_t hour)
{
	return hour / 24 % 2 == 0 ? by_day(hour) : 100;
}

Test(rhythm, day_and_night)
{
	cr_expect(epsilon_eq(dbl, day_of(0, 4, flat), 0, 1e-9));
	/* A cell of three hours makes a wave of a day flatter by a few hundredths. */
	cr_expect(epsilon_eq(dbl, day_of(0, 4, by_day), 0.6, 0.03));
	cr_expect(epsilon_eq(dbl, day_of(5 * HOUR + 1, 6, by_day), 0.6, 0.03), "whenever it begins");
	cr_expect(lt(dbl, day_of(0, 14, chance), 0.2));
	cr_expect(lt(dbl, day_of(0, 14, by_day_of_even_days), 0.1), "what odd days do not do is no habit");
	const double fades = day_of(0, 14, fading);
	cr_expect(isnan(fades) || fades < 0.3, "a storm that fades is no day");
	cr_expect(isnan(day_of(0, 1, by_day)), "one day has no night to compare with");
}

Test(rhythm, what_was_not_watched_is_not_known)
{
	uint64_t counts[KS_CLOCK_CELLS];
	double watched_s[KS_CLOCK_CELLS];
	for (size_t i = 0; i < KS_CLOCK_CELLS; i++) {
		counts[i] = 1000;
		watched_s[i] = 10800;
	}
	cr_expect(not(isnan(ks_rhythm_day(counts, watched_s))));
	watched_s[3] = 3599;
	cr_expect(isnan(ks_rhythm_day(counts, watched_s)));
	watched_s[3] = 10800;
	for (size_t i = 0; i < KS_CLOCK_CELLS; i++)
		counts[i] = 62;
	cr_expect(isnan(ks_rhythm_day(counts, watched_s)), "992 queries");
}

Test(rhythm, spans_are_cut_and_what_two_saw_was_watched_once)
{
	static const struct ks_gaps_span spans[] = {
		{0, 2 * HOUR}, {1 * HOUR, 4 * HOUR}, {1 * HOUR, 2 * HOUR}, {23 * HOUR, 25 * HOUR}};
	double watched_s[KS_CLOCK_CELLS];
	ks_rhythm_watched(spans, KS_COUNT(spans), HOUR / 2, 24 * HOUR + 60, watched_s);
	for (size_t i = 0; i < KS_CLOCK_CELLS; i++) {
		const double want = i == 0 ? 2.5 * HOUR : i == 1 ? HOUR : i == 7 ? HOUR : i == 8 ? 60 : 0;
		cr_expect_eq(watched_s[i], want, "cell %zu", i);
	}
}
