/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/course.h"

#include <math.h>
#include <stdlib.h>

#include "analyzer/judge/changes.h"

enum { DAY_S = 86400, STEEP_BINS = 3, AROUND_BINS = KS_CHANGES_BINS / 2, CHANGES_MAX = 256 };

static double
count(const struct ks_storm_series *series, size_t at)
{
	return (double)series->bins[at].queries;
}

/* Median of a bin and its two neighbours, of those that are known and within [from, to). */
static double
smooth(const struct ks_storm_series *series, size_t at, size_t from, size_t to)
{
	double a = count(series, at), b = a, c = a;
	if (at > from && ks_storm_is_known(series, at - 1))
		b = count(series, at - 1);
	if (at + 1 < to && ks_storm_is_known(series, at + 1))
		c = count(series, at + 1);
	return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

static int
compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The level that a share of the known bins in [from, to) is below; smoothed or not. NaN without any. */
static double
level(const struct ks_storm_series *series, size_t from, size_t to, double share, bool smoothed,
      double *values)
{
	size_t n = 0;
	for (size_t i = from; i < to; i++)
		if (ks_storm_is_known(series, i))
			values[n++] = smoothed ? smooth(series, i, from, to) : count(series, i);
	if (n == 0)
		return NAN;
	qsort(values, n, sizeof(*values), compare);
	return values[(size_t)((double)(n - 1) * share + 0.5)];
}

/* The first known bin of the storm with at least `wanted`; its end when there is none. */
static size_t
first_with(const struct ks_storm_series *series, const struct ks_storm *storm, size_t from, double wanted)
{
	for (size_t i = from; i < storm->end; i++)
		if (ks_storm_is_known(series, i) && smooth(series, i, storm->start, storm->end) >= wanted)
			return i;
	return storm->end;
}

static enum ks_rise
rise_of(const struct ks_storm_series *series, double seconds)
{
	if (seconds >= DAY_S || seconds >= series->life_s)
		return KS_RISE_RAMP;
	const bool steep = isnan(series->life_s) && seconds <= STEEP_BINS * (double)series->bin_s;
	return seconds < series->life_s || steep ? KS_RISE_STEP : KS_RISE_UNKNOWN;
}

struct ks_rise_verdict
ks_course_rise(const struct ks_storm_series *series, const struct ks_storm *storm, double *values)
{
	const struct ks_rise_verdict unknown = {KS_RISE_UNKNOWN, NAN};
	if (storm->began_before)
		return unknown;
	const double base = storm->base.mean;
	const double growth =
		level(series, storm->start, storm->end, 0.9, /* smoothed= */ true, values) - base;
	if (!(growth > 0))
		return unknown;
	const size_t from = first_with(series, storm, storm->start, base + 0.1 * growth);
	const size_t to = first_with(series, storm, from, base + 0.9 * growth);
	if (to == storm->end)
		return unknown;
	const double seconds = (double)(to - from + 1) * series->bin_s;
	return (struct ks_rise_verdict){rise_of(series, seconds), seconds};
}

const char *
ks_rise_name(enum ks_rise rise)
{
	static const char *const names[] = {
		[KS_RISE_STEP] = "step",
		[KS_RISE_RAMP] = "ramp",
	};
	return names[rise];
}

static size_t
peak_of(const struct ks_storm_series *series, const struct ks_storm *storm)
{
	size_t peak = storm->start;
	double most = -1;
	for (size_t i = storm->start; i < storm->end; i++) {
		const double here =
			ks_storm_is_known(series, i) ? smooth(series, i, storm->start, storm->end) : -1;
		if (here > most) {
			most = here;
			peak = i;
		}
	}
	return peak;
}

struct ks_recovery
ks_course_recovery(const struct ks_storm_series *series, const struct ks_storm *storm, size_t until,
		   double *values)
{
	struct ks_recovery ret = {.still_elevated = storm->open,
				  .half_life_s = NAN,
				  .at_least_s = NAN,
				  .half_s = NAN,
				  .rest = NAN,
				  .rest_from = storm->end,
				  .rest_to = storm->end};
	const size_t peak = peak_of(series, storm);
	if (storm->open) {
		ret.at_least_s = (double)(series->n - peak) * series->bin_s;
		return ret;
	}
	ret.rest_to = until;
	ret.rest_from = until - (until - storm->end + 3) / 4;
	ret.rest = level(series, ret.rest_from, until, 0.5, /* smoothed= */ false, values);
	const double top = smooth(series, peak, storm->start, storm->end);
	const double half = ret.rest + (top - ret.rest) / 2;
	for (size_t i = peak; i < until && isnan(ret.half_life_s); i++)
		if (ks_storm_is_known(series, i) && smooth(series, i, storm->start, until) <= half)
			ret.half_life_s = (double)(i - peak) * series->bin_s;
	if (isnan(ret.half_life_s))
		ret.at_least_s = (double)(until - peak) * series->bin_s;
	else
		ret.half_s = (double)(peak - storm->start) * series->bin_s + ret.half_life_s;
	return ret;
}

double
ks_course_fix_s(bool open, int64_t end_s, double event_s)
{
	return open || event_s > (double)end_s ? NAN : (double)end_s - event_s;
}

/* --- the second opinion --- */

static double
mean(const double *counts, size_t from, size_t to)
{
	double sum = 0;
	for (size_t i = from; i < to; i++)
		sum += counts[i];
	return sum / (double)(to - from);
}

/* Of the changes upwards the nearest to `wanted`; of two as near the earlier. */
static bool
nearest_rise(const double *counts, size_t n, double price, size_t wanted, size_t *ret)
{
	size_t changes[CHANGES_MAX + 1];
	const size_t n_changes = ks_changes_find(counts, n, price, changes, CHANGES_MAX);
	size_t nearest = SIZE_MAX;
	changes[n_changes] = n;
	for (size_t i = 0; i < n_changes; i++) {
		const size_t before = i > 0 ? changes[i - 1] : 0, at = changes[i];
		const size_t apart = at > wanted ? at - wanted : wanted - at;
		if (apart >= nearest || mean(counts, at, changes[i + 1]) <= mean(counts, before, at))
			continue;
		nearest = apart;
		*ret = at;
	}
	return nearest != SIZE_MAX;
}

bool
ks_course_second_start(const struct ks_storm_series *series, const struct ks_storm *storm, double *values,
		       size_t *ret)
{
	if (storm->began_before)
		return false;
	const size_t from = storm->start > AROUND_BINS ? storm->start - AROUND_BINS : 0;
	const size_t to = series->n - storm->start > AROUND_BINS ? storm->start + AROUND_BINS : series->n;
	size_t n = 0, start = 0;
	for (size_t i = from; i < to; i++) {
		start = i == storm->start ? n : start;
		if (ks_storm_is_known(series, i))
			values[n++] = count(series, i);
	}
	size_t at;
	const double price = 2 * log((double)n);
	if (!nearest_rise(values, n, price, start, &at))
		return false;
	/* Bins that are not known were passed over: count again. */
	size_t bin = from;
	for (size_t known = 0; bin < to; bin++)
		if (ks_storm_is_known(series, bin) && known++ == at)
			break;
	*ret = bin;
	return true;
}
