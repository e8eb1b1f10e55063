/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/storm.h"

#include <math.h>
#include <stdlib.h>

const struct ks_storm_limits ks_storm_defaults = {
	.cusum_slack = 0.5,
	.cusum_alarm = 10.0, /* one false alarm in 141,347 bins (Siegmund), 98 days of minutes */
	.baseline_share = 0.25,
	.baseline_keep = 0.95,
	.calm_bins = 30,
	.min_bins = 3,
	.min_uplift = 2.0,
	.min_qps = 1.0,
	.inside_ratio = 0.5,
	.inside_qps = 1.0,
};

/* What is normal. */
struct baseline {
	size_t n;          /* bins it was taken from */
	double mean;       /* queries per bin */
	double dispersion; /* variance over mean, at least 1 */
	bool inside;       /* the bins are in a storm themselves; mean counts only what was not asked again */
};

static int
compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Are the bins of the baseline full of requeries already? Then what they would have been without
 * storm is what was asked besides. */
static bool
is_inside(const struct ks_storm_bin *bins, size_t n, uint32_t bin_s, const struct ks_storm_limits *limits,
	  double *ret_calm_mean)
{
	double transactions = 0, requeries = 0;
	for (size_t i = 0; i < n; i++) {
		transactions += (double)(bins[i].queries - bins[i].retransmits);
		requeries += (double)bins[i].requeries;
	}
	*ret_calm_mean = (transactions - requeries) / (double)n;
	return transactions > 0 && requeries / transactions >= limits->inside_ratio &&
	       requeries / ((double)n * bin_s) >= limits->inside_qps;
}

/* Mean and dispersion of the lowest bins: a mean, for most zones see less than one query a bin and a
 * median of 0 would make each healthy refresh look like growth; trimmed, so that a burst or an onset in
 * the last of the baseline's bins does not raise it. */
static struct baseline
learn(const struct ks_storm_bin *bins, size_t n_all, uint32_t bin_s, const struct ks_storm_limits *limits,
      double *scratch)
{
	struct baseline base = {.n = (size_t)((double)n_all * limits->baseline_share)};
	if (base.n == 0)
		base.n = 1;
	for (size_t i = 0; i < base.n; i++)
		scratch[i] = (double)bins[i].queries;
	qsort(scratch, base.n, sizeof(*scratch), compare_doubles);
	const size_t kept = (size_t)ceil((double)base.n * limits->baseline_keep);
	double sum = 0, squares = 0;
	for (size_t i = 0; i < kept; i++)
		sum += scratch[i];
	base.mean = sum / (double)kept;
	for (size_t i = 0; i < kept; i++)
		squares += (scratch[i] - base.mean) * (scratch[i] - base.mean);
	base.dispersion = 1.0;
	if (kept > 1 && base.mean > 0)
		base.dispersion = fmax(1.0, squares / (double)(kept - 1) / base.mean);
	double calm_mean;
	base.inside = is_inside(bins, base.n, bin_s, limits, &calm_mean);
	if (base.inside)
		base = (struct baseline){.n = base.n, .mean = calm_mean, .dispersion = 1.0, .inside = true};
	return base;
}

/* Anscombe: 2 sqrt(x + 3/8) of a Poisson count has a standard deviation near 1. */
static double
deviation(uint64_t count, const struct baseline *base)
{
	return 2.0 * (sqrt((double)count + 0.375) - sqrt(base->mean + 0.375)) / sqrt(base->dispersion);
}

/* The first bin at or behind `from` where `calm_bins` calm ones begin; n when there is none. */
static size_t
find_end(const double *z, size_t n, size_t from, const struct ks_storm_limits *limits)
{
	size_t calm = 0;
	for (size_t i = from; i < n; i++) {
		calm = z[i] < 1.0 ? calm + 1 : 0;
		if (calm == limits->calm_bins)
			return i + 1 - calm;
	}
	return n;
}

static struct ks_storm
measure(const struct ks_storm_bin *bins, size_t n, uint32_t bin_s, size_t start, size_t end,
	const struct baseline *base)
{
	struct ks_storm storm = {
		.start = start, .end = end, .peak = start, .open = end == n, .base_qps = base->mean / bin_s};
	for (size_t i = start; i < end; i++) {
		storm.queries += bins[i].queries;
		if (bins[i].queries > bins[storm.peak].queries)
			storm.peak = i;
	}
	storm.peak_qps = (double)bins[storm.peak].queries / bin_s;
	storm.mean_qps = (double)storm.queries / ((double)(end - start) * bin_s);
	storm.uplift = base->mean > 0 ? storm.mean_qps / storm.base_qps : INFINITY;
	return storm;
}

static bool
is_worth_telling(const struct ks_storm *storm, const struct ks_storm_limits *limits)
{
	return storm->end - storm->start >= limits->min_bins && storm->uplift >= limits->min_uplift &&
	       storm->mean_qps >= limits->min_qps;
}

size_t
ks_storm_find(const struct ks_storm_bin *bins, size_t n, uint32_t bin_s, const struct ks_storm_limits *limits,
	      double *z, struct ks_storm *ret, size_t max)
{
	if (n == 0 || max == 0)
		return 0;
	const struct baseline base = learn(bins, n, bin_s, limits, z);
	for (size_t i = 0; i < n; i++)
		z[i] = deviation(bins[i].queries, &base);

	size_t found = 0, from = 0;
	if (base.inside) {
		const size_t end = find_end(z, n, 0, limits);
		struct ks_storm storm = measure(bins, n, bin_s, 0, end, &base);
		storm.began_before = storm.uplift_is_lower_bound = true;
		if (is_worth_telling(&storm, limits))
			ret[found++] = storm;
		from = end;
	}
	double sum = 0;
	size_t start = from;
	for (size_t i = from; i < n && found < max; i++) {
		sum = fmax(0.0, sum + z[i] - limits->cusum_slack);
		if (sum == 0.0)
			start = i + 1;
		if (sum <= limits->cusum_alarm)
			continue;
		const size_t end = find_end(z, n, i, limits);
		const struct ks_storm storm = measure(bins, n, bin_s, start, end, &base);
		if (is_worth_telling(&storm, limits))
			ret[found++] = storm;
		sum = 0.0;
		start = end;
		i = end == n ? n : end - 1;
		if (end == n)
			break;
	}
	return found;
}
