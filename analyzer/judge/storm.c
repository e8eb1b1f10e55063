/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/storm.h"

#include <math.h>

#include "analyzer/judge/baseline.h"

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

struct finding {
	struct ks_watch watch;
	double times; /* as much as the baseline is still normal */
	struct ks_storm *storms;
	size_t n, max;
};

/* Anscombe: 2 sqrt(x + 3/8) of a Poisson count has a standard deviation near 1. The baseline is that of bins
 * before `before`, taken `times`. */
static double
deviation(struct finding *finding, size_t at, size_t before, double times)
{
	const struct ks_baseline *const base = ks_baseline_at(&finding->watch, at, before);
	const double count = (double)finding->watch.series->bins[at].queries;
	return 2.0 * (sqrt(count + 0.375) - sqrt(base->mean * times + 0.375)) / sqrt(base->dispersion);
}

/* Calm is what is not more than the least that would be called a storm. Against the baseline itself a busy
 * zone would hardly ever be calm: of bins that are but noise every sixth has z above 1, and one that keeps
 * some percent of a storm's load has it in all. The storm began at `start`, so what is normal is what was so
 * before. */
static bool
is_calm(struct finding *finding, size_t at, size_t start)
{
	return deviation(finding, at, start, finding->watch.limits->min_uplift) < 1.0;
}

/* The first bin at or behind `from` where `calm_bins` calm ones begin, of those known; `to` when there is
 * none. */
static size_t
find_end(struct finding *finding, size_t from, size_t to, size_t start)
{
	size_t calm = 0, end = from;
	for (size_t i = from; i < to; i++) {
		if (!ks_storm_is_known(finding->watch.series, i))
			continue;
		if (!is_calm(finding, i, start)) {
			calm = 0;
			continue;
		}
		end = calm == 0 ? i : end;
		if (++calm == finding->watch.limits->calm_bins)
			return end;
	}
	return to;
}

/* What would have been normal while the storm was on: a mean over its bins, for that changes with the time of
 * day. */
static struct ks_baseline
base_of(struct ks_watch *watch, size_t start, size_t end)
{
	struct ks_baseline base = *ks_baseline_at(watch, start, start);
	double mean = 0, dispersion = 0, n = 0;
	if (base.kind != KS_BASELINE_DAILY)
		return base;
	for (size_t i = start; i < end; i++, n++) {
		const struct ks_baseline *const at = ks_baseline_at(watch, i, start);
		mean += at->mean;
		dispersion += at->dispersion;
	}
	base.mean = mean / n;
	base.dispersion = dispersion / n;
	return base;
}

static void
count_baseline_bins(const struct ks_watch *watch, struct ks_storm *storm)
{
	if (storm->base.kind != KS_BASELINE_DAILY)
		return;
	storm->base.n = 0;
	for (size_t i = 0; i < storm->start; i++)
		storm->base.n += ks_baseline_covers(watch, storm, i);
	storm->base.n = (size_t)ceil((double)storm->base.n * watch->limits->baseline_keep);
}

static struct ks_storm
measure(struct ks_watch *watch, size_t start, size_t end)
{
	const struct ks_storm_series *const series = watch->series;
	struct ks_storm storm = {.start = start, .end = end, .peak = start, .open = end == series->n};
	for (size_t i = start; i < end; i++) {
		storm.known += ks_storm_is_known(series, i);
		storm.queries += series->bins[i].queries;
		if (series->bins[i].queries > series->bins[storm.peak].queries)
			storm.peak = i;
	}
	storm.base = base_of(watch, start, end);
	count_baseline_bins(watch, &storm);
	storm.base_qps = storm.base.mean / series->bin_s;
	storm.peak_qps = (double)series->bins[storm.peak].queries / series->bin_s;
	storm.mean_qps = (double)storm.queries / ((double)storm.known * series->bin_s);
	storm.uplift = storm.base.mean > 0 ? storm.mean_qps / storm.base_qps : INFINITY;
	return storm;
}

static bool
is_worth_telling(const struct ks_storm *storm, const struct ks_storm_limits *limits)
{
	return storm->known >= limits->min_bins && storm->uplift >= limits->min_uplift &&
	       storm->mean_qps >= limits->min_qps;
}

/* No bin reaches the least rate, so no storm's mean does. Most zones end here. */
static bool
is_too_quiet(const struct ks_storm_series *series, const struct ks_storm_limits *limits)
{
	for (size_t i = 0; i < series->n; i++)
		if ((double)series->bins[i].queries >= limits->min_qps * series->bin_s)
			return false;
	return true;
}

static void find_between(struct finding *finding, size_t from, size_t to);

/* More than was normal, but less than a storm, as a whole: it may hold one all the same, and what is left of
 * it becomes normal with time. Growth that would not be reported anyway is not looked for again. */
static void
look_closer(struct finding *finding, size_t start, size_t end)
{
	finding->times = finding->watch.limits->min_uplift;
	find_between(finding, start, end);
	finding->times = 1;
}

/* A stretch between a change and the return to normal. */
static void
add(struct finding *finding, size_t start, size_t end, bool began_before)
{
	struct ks_storm storm = measure(&finding->watch, start, end);
	storm.began_before = storm.uplift_is_lower_bound = began_before;
	if (is_worth_telling(&storm, finding->watch.limits)) {
		finding->storms[finding->n++] = storm;
		ks_baseline_exclude(&finding->watch, start, end);
	} else if (finding->times <= 1) {
		look_closer(finding, start, end);
	}
}

static void
find_between(struct finding *finding, size_t from, size_t to)
{
	const struct ks_storm_limits *const limits = finding->watch.limits;
	double sum = 0;
	size_t start = from;
	for (size_t i = from; i < to && finding->n < finding->max; i++) {
		if (!ks_storm_is_known(finding->watch.series, i))
			continue;
		const double z = deviation(finding, i, i, finding->times);
		/* Bounded, so that what became normal with time is forgotten. */
		sum = fmin(fmax(0.0, sum + z - limits->cusum_slack), 2 * limits->cusum_alarm);
		if (sum == 0.0)
			start = i + 1;
		if (sum <= limits->cusum_alarm || is_calm(finding, i, start))
			continue;
		const size_t end = find_end(finding, i + 1, to, start);
		add(finding, start, end, /* began_before= */ false);
		sum = 0.0;
		start = end;
		i = end - 1;
	}
}

size_t
ks_storm_find(const struct ks_storm_series *series, const struct ks_storm_limits *limits,
	      const struct ks_storm_scratch *scratch, struct ks_storm *ret, size_t max)
{
	struct finding finding = {.times = 1, .storms = ret, .max = max};
	if (max == 0 || is_too_quiet(series, limits))
		return 0;
	ks_baseline_begin(&finding.watch, series, limits, scratch->excluded, scratch->values);
	size_t from = 0;
	if (finding.watch.first.kind == KS_BASELINE_CALM) {
		from = find_end(&finding, 0, series->n, 0);
		add(&finding, 0, from, /* began_before= */ true);
	}
	find_between(&finding, from, series->n);
	return finding.n;
}
