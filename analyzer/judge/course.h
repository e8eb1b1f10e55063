/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/course.h -- how a storm rises and how it goes.
 *
 * Input:   the series it was found in. Pure functions.
 * Method:  DOMAIN A1 1-08 and B10, on medians of three bins: a rate's single bins jump. The level that a rise
 * is measured to is the one that nine of ten of the storm's bins stay below, not the highest, which a long
 *          storm reaches by chance at any time.
 * Errors:  times are whole bins.
 * Unknown: NaN.
 * Memory:  scratch given by the caller. Threads: no state. */
#ifndef KS_ANALYZER_JUDGE_COURSE_H
#define KS_ANALYZER_JUDGE_COURSE_H

#include "analyzer/judge/storm.h"

enum ks_rise {
	KS_RISE_UNKNOWN,
	KS_RISE_STEP, /* quicker than caches forget the keys: something happened */
	KS_RISE_RAMP  /* slower: it spreads */
};

struct ks_rise_verdict {
	enum ks_rise rise;
	double seconds; /* from the first bin at 10 % of the growth to the end of the first one at 90 % */
};

/* NaN and unknown for a storm that began before the capture. Without a known lifetime of the keys only the
 * extremes can be told: a rise as steep as the bins can show is a step, one of a day or more is a ramp (no
 * cache that counts keeps keys longer, DOMAIN B1). `values`: scratch for as many as the series has bins. */
struct ks_rise_verdict ks_course_rise(const struct ks_storm_series *series, const struct ks_storm *storm,
				      double *values);

/* "step", "ramp"; NULL for unknown. */
const char *ks_rise_name(enum ks_rise rise);

struct ks_recovery {
	bool still_elevated; /* it is on when the capture ends */
	double half_life_s;  /* from the peak to half way down; NaN: not reached */
	double at_least_s;   /* likewise, when not reached: how long it has been waited for; else NaN */
	double half_s;       /* the same instant, from the start of the storm; NaN: not reached */
	double rest; /* queries per bin in the last quarter of the time after it, their median; or NaN */
	size_t rest_from, rest_to; /* those bins; equal when it is still on */
};

/* `until`: the first bin that belongs to a later storm, or the number of bins. */
struct ks_recovery ks_course_recovery(const struct ks_storm_series *series, const struct ks_storm *storm,
				      size_t until, double *values);

/* From an event that should repair things, to the end of the storm; NaN while the storm is on or when the
 * event came behind its end. All as on the clock of the packets. */
double ks_course_fix_s(bool open, int64_t end_s, double event_s);

/* Where PELT (changes.h) sees the series go up, nearest to the storm's start. False: nowhere, or there is
 * nothing to compare with. `values`: scratch. */
bool ks_course_second_start(const struct ks_storm_series *series, const struct ks_storm *storm,
			    double *values, size_t *ret);

#endif
