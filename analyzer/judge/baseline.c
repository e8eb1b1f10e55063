/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/baseline.h"

#include <math.h>
#include <string.h>

enum { DAY_S = 86400, DAYS = 7, AROUND_S = 1800, SLOT_S = 900 };

/* Move the `k` lowest values to the front (Hoare's FIND): sorting would cost ten times as much. */
static void
select_lowest(double *values, size_t n, size_t k)
{
	size_t lo = 0, hi = n;
	while (hi - lo > 1) {
		/* The lower one of two in the middle: the left part then never is the whole. */
		const double pivot = values[lo + (hi - lo - 1) / 2];
		size_t i = lo, j = hi - 1;
		for (;; i++, j--) {
			while (values[i] < pivot)
				i++;
			while (values[j] > pivot)
				j--;
			if (i >= j)
				break;
			const double other = values[i];
			values[i] = values[j];
			values[j] = other;
		}
		/* Now [lo, j] <= pivot <= (j, hi). */
		if (k <= j + 1)
			hi = j + 1;
		else
			lo = j + 1;
	}
}

struct ks_baseline
ks_baseline_learn(double *values, size_t n, double keep)
{
	struct ks_baseline base = {.n = (size_t)ceil((double)n * keep), .dispersion = 1};
	if (base.n == 0)
		return base;
	select_lowest(values, n, base.n);
	double sum = 0, squares = 0;
	for (size_t i = 0; i < base.n; i++)
		sum += values[i];
	base.mean = sum / (double)base.n;
	for (size_t i = 0; i < base.n; i++)
		squares += (values[i] - base.mean) * (values[i] - base.mean);
	if (base.n > 1 && base.mean > 0)
		base.dispersion = fmax(1.0, squares / (double)(base.n - 1) / base.mean);
	return base;
}

/* Are the bins of the baseline full of requeries already? Then what they would have been without storm is
 * what was asked besides. */
static bool
is_inside(const struct ks_watch *watch, size_t n, double *ret_calm_mean)
{
	double transactions = 0, requeries = 0, known = 0;
	for (size_t i = 0; i < n; i++) {
		const struct ks_storm_bin *const bin = &watch->series->bins[i];
		if (watch->excluded[i])
			continue;
		known++;
		transactions += (double)(bin->queries - bin->retransmits);
		requeries += (double)bin->requeries;
	}
	*ret_calm_mean = known > 0 ? (transactions - requeries) / known : 0;
	return transactions > 0 && requeries / transactions >= watch->limits->inside_ratio &&
	       requeries / (known * watch->series->bin_s) >= watch->limits->inside_qps;
}

/* How many bins the first quarter has. */
static size_t
first_bins(const struct ks_watch *watch)
{
	const size_t week = (size_t)DAYS * DAY_S / watch->series->bin_s;
	const size_t all = watch->series->n < week ? watch->series->n : week;
	const size_t n = (size_t)((double)all * watch->limits->baseline_share);
	return n > 0 ? n : 1;
}

void
ks_baseline_begin(struct ks_watch *watch, const struct ks_storm_series *series,
		  const struct ks_storm_limits *limits, uint8_t *excluded, double *values)
{
	*watch =
		(struct ks_watch){.series = series, .limits = limits, .excluded = excluded, .values = values};
	for (size_t i = 0; i < series->n; i++)
		excluded[i] = !ks_storm_is_known(series, i);
	const size_t n = first_bins(watch);
	size_t known = 0;
	for (size_t i = 0; i < n; i++)
		if (!excluded[i])
			values[known++] = (double)series->bins[i].queries;
	watch->first = ks_baseline_learn(values, known, limits->baseline_keep);
	double calm_mean;
	if (is_inside(watch, n, &calm_mean))
		watch->first = (struct ks_baseline){KS_BASELINE_CALM, watch->first.n, calm_mean, 1.0};
}

void
ks_baseline_exclude(struct ks_watch *watch, size_t from, size_t to)
{
	memset(watch->excluded + from, 1, to - from);
	watch->calm.valid = watch->frozen.valid = false;
}

/* The first bin that begins at `t_s` or behind, within the series. */
static size_t
bin_at(const struct ks_storm_series *series, int64_t t_s)
{
	const int64_t after = t_s - series->t0_s + series->bin_s - 1;
	if (after < 0)
		return 0;
	const uint64_t at = (uint64_t)after / series->bin_s;
	return at < series->n ? (size_t)at : series->n;
}

/* The days to look at end at most this many seconds before a bin in the middle of a slot. */
static int64_t
days_back(const struct ks_storm_series *series, int64_t middle_s, size_t before)
{
	const int64_t end_s = series->t0_s + (int64_t)before * series->bin_s;
	const int64_t ahead = middle_s + AROUND_S - end_s;
	return ahead > DAY_S ? (ahead + DAY_S - 1) / DAY_S : 1;
}

static bool
has_week(const struct ks_storm_series *series, size_t before)
{
	return (uint64_t)before * series->bin_s >= (uint64_t)DAYS * DAY_S;
}

static struct ks_baseline
learn_daily(struct ks_watch *watch, int64_t middle_s, size_t before)
{
	const struct ks_storm_series *const series = watch->series;
	const int64_t back = days_back(series, middle_s, before);
	const size_t wanted = (size_t)DAYS * (2 * AROUND_S / series->bin_s);
	size_t n = 0;
	for (int64_t day = back + DAYS - 1; day >= back; day--) {
		const size_t from = bin_at(series, middle_s - day * DAY_S - AROUND_S);
		const size_t to = bin_at(series, middle_s - day * DAY_S + AROUND_S);
		for (size_t i = from; i < to && i < before; i++)
			if (!watch->excluded[i])
				watch->values[n++] = (double)series->bins[i].queries;
	}
	if (n == 0 || n < wanted / 2)
		return watch->first;
	struct ks_baseline base = ks_baseline_learn(watch->values, n, watch->limits->baseline_keep);
	base.kind = KS_BASELINE_DAILY;
	return base;
}

const struct ks_baseline *
ks_baseline_at(struct ks_watch *watch, size_t at, size_t before)
{
	const struct ks_storm_series *const series = watch->series;
	if (!has_week(series, before))
		return &watch->first;
	const int64_t slot = (series->t0_s + (int64_t)at * series->bin_s) / SLOT_S;
	/* While it is calm `before` moves with `at`, which changes nothing within a slot. */
	struct ks_baseline_memo *const memo = before == at ? &watch->calm : &watch->frozen;
	const size_t key = before == at ? SIZE_MAX : before;
	if (!memo->valid || memo->slot != slot || memo->before != key)
		*memo = (struct ks_baseline_memo){learn_daily(watch, slot * SLOT_S + SLOT_S / 2, before),
						  slot, key, true};
	return &memo->base;
}

bool
ks_baseline_covers(const struct ks_watch *watch, const struct ks_storm *storm, size_t at)
{
	const struct ks_storm_series *const series = watch->series;
	if (watch->excluded[at])
		return false;
	if (storm->base.kind != KS_BASELINE_DAILY)
		return at < first_bins(watch);
	const uint64_t week = (uint64_t)DAYS * DAY_S / series->bin_s;
	if (at >= storm->start || at + week < storm->start)
		return false;
	/* How long before the bin's time of day, some day, the storm's begins. */
	const uint64_t length_s = (uint64_t)(storm->end - storm->start) * series->bin_s;
	const uint64_t behind_s = (uint64_t)(storm->start - at) * series->bin_s;
	const uint64_t into_s = (DAY_S - behind_s % DAY_S) % DAY_S;
	return into_s < length_s + AROUND_S || into_s + AROUND_S >= DAY_S;
}
