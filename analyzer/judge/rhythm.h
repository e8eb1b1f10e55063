/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/rhythm.h -- when a source asks again: behind a timer of its own, or more by day than by
 * night.
 *
 * Input:   cells of scale.h, counted over all runs, and how long the source was watched. Pure functions.
 * Method:  DOMAIN A3, E14 (from there the 0.4 to 10 s) and E16; stated at each function.
 * Unknown: NaN where there is too little to tell.
 * Memory:  none. Threads: no state. */
#ifndef KS_ANALYZER_JUDGE_RHYTHM_H
#define KS_ANALYZER_JUDGE_RHYTHM_H

#include "analyzer/judge/gaps.h"
#include "analyzer/summary.h"

/* Queries that came 0.4 to 10 s after an answer, with nothing outstanding, as if the answer had not come: how
 * many, when a timer makes them; else 0. A timer: four fifths of what was asked within 10 s of an answer came
 * that late, and three cells of fourteen hold three quarters of it. Clients who come by chance are spread
 * over more, and whoever reads its answers asks sooner. NaN below ten. */
double ks_rhythm_late(const struct ks_behaviour_counts *counts);

/* How long each cell of the clock was watched: spans in order of from_s, cut to [from_s, to_s). What several
 * captures saw at one time was watched once. */
void ks_rhythm_watched(const struct ks_gaps_span *spans, size_t n, int64_t from_s, int64_t to_s,
		       double ret_s[KS_CLOCK_CELLS]);

/* Day and night: the amplitude of a wave of a day in the rate, over its mean, as far as even and odd days (of
 * the calendar, UTC) have it alike: 0 none, 1 nothing at the quietest. The geometric mean of both, turned
 * into one direction, so that chance, and a storm that lasted one day, cancel out. NaN below a thousand
 * queries, where a cell was watched for less than an hour, or where even and odd days differ by a factor of
 * two: then something else goes on. */
double ks_rhythm_day(const uint64_t counts[KS_CLOCK_CELLS], const double watched_s[KS_CLOCK_CELLS]);

#endif
