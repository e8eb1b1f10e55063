/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/rhythm.h"

#include <math.h>

enum { LEAST_LATE = 10, LEAST_OF_DAYS = 1000, LEAST_WATCHED_S = 3600 };

/* --- timers --- */

static double
sum(const uint64_t *cells, size_t n)
{
	double ret = 0;
	for (size_t i = 0; i < n; i++)
		ret += (double)cells[i];
	return ret;
}

static double
three_greatest(const uint64_t *cells, size_t n)
{
	uint64_t most[3] = {0};
	for (size_t i = 0; i < n; i++) {
		uint64_t count = cells[i];
		for (size_t k = 0; k < KS_COUNT(most); k++)
			if (count > most[k]) {
				const uint64_t less = most[k];
				most[k] = count;
				count = less;
			}
	}
	return sum(most, KS_COUNT(most));
}

double
ks_rhythm_late(const struct ks_behaviour_counts *counts)
{
	/* Gaps are counted within bursts only; what is later than a late one's beginning is among the late.
	 */
	const double soon = sum(counts->gaps, ks_gap_cell(KS_LATE_FROM_MS * KS_NS_PER_MS));
	const double late = sum(counts->late, KS_LATE_CELLS);
	if (soon + late < LEAST_LATE)
		return NAN;
	const bool mostly = late >= LEAST_LATE && late >= 0.8 * (soon + late);
	return mostly && three_greatest(counts->late, KS_LATE_CELLS) >= 0.75 * late ? late : 0;
}

/* --- day and night --- */

static void
add_stretch(int64_t from_s, int64_t to_s, double ret_s[KS_CLOCK_CELLS])
{
	while (from_s < to_s) {
		const int64_t edge_s = from_s - from_s % KS_CLOCK_CELL_S + KS_CLOCK_CELL_S;
		const int64_t until_s = edge_s < to_s ? edge_s : to_s;
		ret_s[ks_clock_cell(from_s)] += (double)(until_s - from_s);
		from_s = until_s;
	}
}

void
ks_rhythm_watched(const struct ks_gaps_span *spans, size_t n, int64_t from_s, int64_t to_s,
		  double ret_s[KS_CLOCK_CELLS])
{
	for (size_t i = 0; i < KS_CLOCK_CELLS; i++)
		ret_s[i] = 0;
	for (size_t i = 0; i < n && from_s < to_s; i++) {
		const int64_t begin_s = spans[i].from_s > from_s ? spans[i].from_s : from_s;
		const int64_t end_s = spans[i].to_s < to_s ? spans[i].to_s : to_s;
		add_stretch(begin_s, end_s, ret_s);
		from_s = end_s > from_s ? end_s : from_s;
	}
}

/* The rate of one kind of days: its mean, and its wave of a day as a share of that. */
struct wave {
	double mean, x, y;
};

static struct wave
wave_of(const uint64_t *counts, const double *watched_s)
{
	struct wave wave = {0};
	for (size_t i = 0; i < KS_CLOCK_OF_DAY; i++) {
		const double angle = 2 * acos(-1) * (double)i / KS_CLOCK_OF_DAY;
		const double rate = (double)counts[i] / watched_s[i] / KS_CLOCK_OF_DAY;
		wave.mean += rate;
		wave.x += 2 * rate * cos(angle);
		wave.y += 2 * rate * sin(angle);
	}
	return wave;
}

double
ks_rhythm_day(const uint64_t counts[KS_CLOCK_CELLS], const double watched_s[KS_CLOCK_CELLS])
{
	for (size_t i = 0; i < KS_CLOCK_CELLS; i++)
		if (watched_s[i] < LEAST_WATCHED_S)
			return NAN;
	if (sum(counts, KS_CLOCK_CELLS) < LEAST_OF_DAYS)
		return NAN;
	const struct wave even = wave_of(counts, watched_s);
	const struct wave odd = wave_of(counts + KS_CLOCK_OF_DAY, watched_s + KS_CLOCK_OF_DAY);
	if (!(even.mean <= 2 * odd.mean && odd.mean <= 2 * even.mean))
		return NAN;
	const double alike = (even.x * odd.x + even.y * odd.y) / (even.mean * odd.mean);
	return alike > 0 ? sqrt(alike) : 0;
}
