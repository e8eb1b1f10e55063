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

/* Standard deviations above the floor of a storm, below which a bin is calm. */
static const double CALM = 1.0;

struct finding {
	struct ks_watch watch;
	struct ks_storm *storms;
	size_t n, max;
};

/* Anscombe: 2 sqrt(x + 3/8) of a Poisson count has a standard deviation near 1. */
static double
above(double count, double normal, double dispersion)
{
	return 2.0 * (sqrt(count + 0.375) - sqrt(normal + 0.375)) / sqrt(dispersion);
}

/* How far bin `at` is above the baseline, that of bins before `before`, taken `times`. */
static double
deviation(struct finding *finding, size_t at, size_t before, double times)
{
	const struct ks_baseline *const base = ks_baseline_at(&finding->watch, at, before);
	return above((double)finding->watch.series->bins[at].queries, base->mean * times, base->dispersion);
}

/* Calm is what is not more than the least that would be called a storm. Against the baseline itself a busy
 * zone would hardly ever be calm: of bins that are but noise every sixth has z above 1, and one that keeps
 * some percent of a storm's load has it in all. Nor would a quiet zone, whose keys are fetched a few times an
 * hour: twice its baseline is less than a single query. So a bin is calm, too, when as many like it as end a
 * storm hold no more together than one bin of the least storm. The storm began at `start`, so what is normal
 * is what was so before. */
static bool
is_calm(struct finding *finding, size_t at, size_t start)
{
	const struct ks_storm_limits *const limits = finding->watch.limits;
	const struct ks_storm_series *const series = finding->watch.series;
	const struct ks_baseline *const base = ks_baseline_at(&finding->watch, at, start);
	const double quiet = limits->min_qps * series->bin_s / limits->calm_bins;
	const double least = fmax(base->mean * limits->min_uplift, quiet);
	return above((double)series->bins[at].queries, least, base->dispersion) < CALM;
}

/* The first bin at or behind `from` where `calm_bins` calm ones begin, of those known; the number of bins
 * when there is none. */
static size_t
find_end(struct finding *finding, size_t from, size_t start)
{
	const size_t to = finding->watch.series->n;
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

/* The level at an alarm: the median of its bin and of the two behind. */
static double
level_at(struct finding *finding, size_t start, size_t alarm)
{
	const size_t n = finding->watch.series->n;
	double z[3];
	for (size_t i = 0; i < KS_COUNT(z); i++)
		z[i] = deviation(finding, alarm + i < n ? alarm + i : alarm, start, 1.0);
	return fmax(fmin(z[0], z[1]), fmin(fmax(z[0], z[1]), z[2]));
}

/* Where between `start` and the alarm did it begin? A CUSUM tells no better than where it was zero last, and
 * by chance that may be long ago. Where a single bin is enough for an alarm, nothing before is needed for it:
 * the most likely place of a step to that level is the one from which what exceeds half of it adds up to
 * most. */
static size_t
refine_start(struct finding *finding, size_t start, size_t alarm)
{
	const double level = level_at(finding, start, alarm);
	double sum = 0, most = -INFINITY;
	size_t ret = start;
	if (level <= finding->watch.limits->cusum_alarm)
		return start;
	for (size_t i = alarm + 1; i-- > start;) {
		if (!ks_storm_is_known(finding->watch.series, i))
			continue;
		sum += deviation(finding, i, start, 1.0) - level / 2;
		if (sum >= most) {
			most = sum;
			ret = i;
		}
	}
	return ret;
}

/* Does what lies from `start` on belong to the storm before it? Sources that remember a failure come back
 * after 30 s or after 60 (DOMAIN A1 1-15): where bins are short, a pause of that length ends nothing, if with
 * the pause it still is a storm. Adds up what lies between. */
static bool
goes_on(const struct finding *finding, const struct ks_storm *last, const struct ks_storm *next,
	struct ks_storm *ret)
{
	enum { MEMORY_S = 65 };
	const struct ks_storm_series *const series = finding->watch.series;
	if (next->start > last->end && (next->start - last->end) * series->bin_s > MEMORY_S)
		return false;
	*ret = *last;
	ret->end = next->end;
	for (size_t i = last->end; i < next->end; i++) {
		ret->queries += series->bins[i].queries;
		ret->known += ks_storm_is_known(series, i);
	}
	const double least = fmax(finding->watch.limits->min_uplift * last->base.mean,
				  finding->watch.limits->min_qps * series->bin_s);
	return (double)ret->queries >= least * (double)ret->known;
}

/* A stretch between a change and the return to normal. True: it was one to tell of. */
static bool
add(struct finding *finding, size_t start, size_t end, bool began_before)
{
	struct ks_storm storm = measure(&finding->watch, start, end), whole;
	storm.began_before = began_before;
	if (!is_worth_telling(&storm, finding->watch.limits))
		return false;
	struct ks_storm *const last = &finding->storms[finding->n - (finding->n > 0)];
	if (finding->n > 0 && goes_on(finding, last, &storm, &whole))
		*last = whole; /* its rates are measured when all are found: many may go on */
	else
		finding->storms[finding->n++] = storm;
	ks_baseline_exclude(&finding->watch, start, end);
	return true;
}

static void
measure_all(struct finding *finding)
{
	for (size_t i = 0; i < finding->n; i++) {
		const struct ks_storm found = finding->storms[i];
		struct ks_storm *const storm = &finding->storms[i];
		*storm = measure(&finding->watch, found.start, found.end);
		storm->began_before = storm->uplift_is_lower_bound = found.began_before;
	}
}

struct cusum {
	double sum;
	size_t start; /* behind the last bin where it was zero */
};

static void
step(struct cusum *cusum, double excess, size_t at, const struct ks_storm_limits *limits)
{
	/* Bounded, so that what became normal with time is forgotten. */
	cusum->sum = fmin(fmax(0.0, cusum->sum + excess), 2 * limits->cusum_alarm);
	if (cusum->sum == 0.0)
		cusum->start = at + 1;
}

/* Try what began at `start`, and is not calm at `at`. */
static bool
try(struct finding *finding, size_t start, size_t at, size_t *ret_end)
{
	*ret_end = find_end(finding, at + 1, start);
	return add(finding, start, *ret_end, /* began_before= */ false);
}

/* Two sums. One tells since when it is more than normal. That may be long, and all in all too little to tell
 * of: then it goes on, for a slow rise becomes a storm later, and the other one, of what is more than the
 * floor of a storm, finds storms on top of it. */
static void
find_from(struct finding *finding, size_t from)
{
	const struct ks_storm_limits *const limits = finding->watch.limits;
	struct cusum more = {.start = from}, storm = {.start = from};
	size_t patience = 0; /* looking at a long stretch again and again would cost its square */
	for (size_t i = from, end; i < finding->watch.series->n && finding->n < finding->max; i++) {
		if (!ks_storm_is_known(finding->watch.series, i))
			continue;
		const bool raises = more.sum <= limits->cusum_alarm;
		step(&more, deviation(finding, i, i, 1.0) - limits->cusum_slack, i, limits);
		step(&storm, deviation(finding, i, i, limits->min_uplift) - CALM, i, limits);
		bool found = false;
		if (more.sum > limits->cusum_alarm && i >= patience && !is_calm(finding, i, more.start)) {
			const size_t start = raises ? refine_start(finding, more.start, i) : more.start;
			found = try(finding, start, i, &end);
			patience = i + (end - start) / 8;
		}
		if (!found && storm.sum > limits->cusum_alarm) {
			found = try(finding, storm.start, i, &end);
			storm.sum = 0;
		}
		if (!found)
			continue;
		more = storm = (struct cusum){.start = end};
		patience = 0;
		i = end - 1;
	}
}

size_t
ks_storm_find(const struct ks_storm_series *series, const struct ks_storm_limits *limits,
	      const struct ks_storm_scratch *scratch, struct ks_storm *ret, size_t max)
{
	struct finding finding = {.storms = ret, .max = max};
	if (max == 0 || is_too_quiet(series, limits))
		return 0;
	ks_baseline_begin(&finding.watch, series, limits, scratch->excluded, scratch->values);
	size_t from = 0;
	if (finding.watch.first.kind == KS_BASELINE_CALM) {
		from = find_end(&finding, 0, 0);
		(void)add(&finding, 0, from, /* began_before= */ true);
	}
	find_from(&finding, from);
	measure_all(&finding);
	return finding.n;
}
