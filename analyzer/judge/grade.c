/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/grade.h"

#include <math.h>

#include "analyzer/judge/baseline.h"

enum { SEVERE_TIMES = 10, OUT_TIMES = 2 };
static const double SEVERE_SHARE = 0.5;

/* Sums over known bins. */
struct totals {
	double n, queries, responses, response_bytes;
	double all_queries, all_response_bytes, out_wire_bytes;
};

static void
add(struct totals *totals, const struct ks_storm_series *series, size_t at)
{
	const struct ks_storm_bin *const bin = &series->bins[at];
	totals->n++;
	totals->queries += (double)bin->queries;
	totals->responses += (double)bin->responses;
	totals->response_bytes += (double)bin->response_bytes;
	if (series->whole == NULL)
		return;
	totals->all_queries += (double)series->whole[at].queries;
	totals->all_response_bytes += (double)series->whole[at].response_bytes;
	totals->out_wire_bytes += (double)series->whole[at].out_wire_bytes;
}

static struct totals
totals_between(const struct ks_storm_series *series, size_t from, size_t to)
{
	struct totals totals = {0};
	for (size_t i = from; i < to; i++)
		if (ks_storm_is_known(series, i))
			add(&totals, series, i);
	return totals;
}

/* Over the bins that the baseline was taken from, the highest among them. A capture that begins inside has
 * none. */
static struct totals
totals_before(const struct ks_storm_series *series, const struct ks_storm *storm,
	      const struct ks_storm_limits *limits, const struct ks_storm_scratch *scratch)
{
	struct ks_watch watch = {.series = series, .limits = limits, .excluded = scratch->excluded};
	struct totals totals = {0};
	for (size_t i = 0; i < series->n && storm->base.kind != KS_BASELINE_CALM; i++)
		if (ks_baseline_covers(&watch, storm, i))
			add(&totals, series, i);
	return totals;
}

/* --- uplift and severity --- */

/* Cutting off the highest bins of the baseline leaves less than the mean, if they were but chance; leaving
 * them in, more than what is normal, if they were not. The interval holds either. */
static struct ks_ratio
uplift_of(const struct ks_storm *storm, const struct totals *before)
{
	const double queries = (double)storm->queries, known = (double)storm->known;
	const double n = (double)storm->base.n, dispersion = storm->base.dispersion;
	struct ks_ratio ret = ks_ratio_of_rates(queries, known, storm->base.mean * n, n, dispersion);
	const struct ks_ratio all = ks_ratio_of_rates(queries, known, before->queries, before->n, dispersion);
	if (all.lo < ret.lo)
		ret.lo = all.lo;
	/* Who knows how much of what remains without requeries belongs to the storm. */
	if (storm->uplift_is_lower_bound)
		ret.hi = NAN;
	return ret;
}

enum answer { NO, YES, UNKNOWN };

static enum answer
is_at_least(double value, double limit)
{
	if (isnan(value))
		return UNKNOWN;
	return value >= limit ? YES : NO;
}

/* When all that is known is that it is no less. */
static enum answer
is_at_least_so(double value, double limit)
{
	return value >= limit ? YES : UNKNOWN;
}

static enum answer
is_uplift_severe(const struct ks_storm *storm, const struct ks_ratio *uplift)
{
	if (isinf(uplift->value))
		return is_at_least_so(uplift->lo, SEVERE_TIMES);
	return (storm->uplift_is_lower_bound ? is_at_least_so : is_at_least)(uplift->value, SEVERE_TIMES);
}

/* Growth in octets a bin. */
static double
increase(double after, double n_after, double before, double n_before)
{
	return after / n_after - before / n_before;
}

static bool
has_bytes(const struct ks_storm_series *series, const struct totals *before)
{
	return series->whole != NULL && !series->no_responses && before->n > 0;
}

static double
byte_share(const struct ks_storm_series *series, const struct totals *during, const struct totals *before)
{
	if (!has_bytes(series, before))
		return NAN;
	const double zone = increase(during->response_bytes, during->n, before->response_bytes, before->n);
	const double all =
		increase(during->all_response_bytes, during->n, before->all_response_bytes, before->n);
	return all > 0 ? zone / all : NAN;
}

/* Where nothing grew, no half of it did. */
static enum answer
is_share_severe(const struct ks_storm_series *series, const struct totals *before, double share)
{
	return has_bytes(series, before) && isnan(share) ? NO : is_at_least(share, SEVERE_SHARE);
}

static enum answer
is_out_severe(const struct ks_storm_series *series, const struct totals *during, const struct totals *before)
{
	if (series->whole == NULL || before->n <= 0 || before->out_wire_bytes <= 0)
		return UNKNOWN;
	return is_at_least(during->out_wire_bytes / during->n,
			   OUT_TIMES * before->out_wire_bytes / before->n);
}

static enum answer
is_duration_severe(const struct ks_storm_series *series, const struct ks_storm *storm, double duration_s)
{
	if (isnan(series->life_s))
		return UNKNOWN;
	return (storm->open || storm->began_before ? is_at_least_so : is_at_least)(duration_s,
										   series->life_s);
}

static void
set_severity(struct ks_storm_grade *grade, const struct ks_storm_series *series, const struct ks_storm *storm,
	     const struct totals *during, const struct totals *before)
{
	const enum answer answers[] = {
		is_uplift_severe(storm, &grade->uplift),
		is_share_severe(series, before, grade->byte_share),
		is_out_severe(series, during, before),
		is_duration_severe(series, storm, grade->duration_s),
	};
	grade->severity = 1;
	for (size_t i = 0; i < KS_COUNT(answers); i++) {
		grade->severity += answers[i] == YES;
		grade->severity_unknown += answers[i] == UNKNOWN;
	}
}

/* --- what remains --- */

/* Like the baseline a mean of the lowest bins, so that the two can be compared. */
static struct ks_baseline
rest_of(const struct ks_storm_series *series, const struct ks_recovery *recovery,
	const struct ks_storm_limits *limits, double *values)
{
	size_t n = 0;
	for (size_t i = recovery->rest_from; i < recovery->rest_to; i++)
		if (ks_storm_is_known(series, i))
			values[n++] = (double)series->bins[i].queries;
	return ks_baseline_learn(values, n, limits->baseline_keep);
}

static void
set_residual(struct ks_storm_grade *grade, const struct ks_storm_series *series, const struct ks_storm *storm,
	     const struct ks_storm_limits *limits, const struct totals *before,
	     const struct ks_storm_scratch *scratch)
{
	const struct ks_ratio unknown = {NAN, NAN, NAN};
	grade->residual = grade->residual_share = unknown;
	if (grade->recovery.still_elevated || storm->base.kind == KS_BASELINE_CALM)
		return;
	const struct ks_baseline rest = rest_of(series, &grade->recovery, limits, scratch->values);
	const double n1 = (double)rest.n, n0 = (double)storm->base.n;
	const double dispersion = fmax(rest.dispersion, storm->base.dispersion);
	grade->residual = ks_ratio_of_rates(rest.mean * n1, n1, storm->base.mean * n0, n0, dispersion);
	const struct totals after =
		totals_between(series, grade->recovery.rest_from, grade->recovery.rest_to);
	if (series->whole != NULL)
		grade->residual_share = ks_ratio_of_rates(after.queries, after.all_queries, before->queries,
							  before->all_queries, dispersion);
}

/* --- all --- */

static void
set_second_start(struct ks_storm_grade *grade, const struct ks_storm_series *series,
		 const struct ks_storm *storm, const struct ks_storm_scratch *scratch)
{
	size_t at;
	grade->has_second = ks_course_second_start(series, storm, scratch->values, &at);
	if (grade->has_second)
		grade->second_start_bins = (int64_t)at - (int64_t)storm->start;
}

static struct ks_ratio
growth_since(const struct ks_storm_grade *before, const struct ks_storm *storm,
	     const struct ks_storm_grade *now)
{
	if (before == NULL || storm->uplift_is_lower_bound || isnan(before->uplift.hi))
		return (struct ks_ratio){NAN, NAN, NAN};
	return ks_ratio_growth(&before->uplift, &now->uplift);
}

struct ks_storm_grade
ks_storm_judge(const struct ks_storm_series *series, const struct ks_storm *storm,
	       const struct ks_storm_limits *limits, size_t until, const struct ks_storm_scratch *scratch,
	       const struct ks_storm_grade *before)
{
	const struct totals normal = totals_before(series, storm, limits, scratch);
	const struct totals during = totals_between(series, storm->start, storm->end);
	struct ks_storm_grade grade = {
		.uplift = uplift_of(storm, &normal),
		.byte_share = byte_share(series, &during, &normal),
		.duration_s = (double)(storm->end - storm->start) * series->bin_s,
		.rise = ks_course_rise(series, storm, scratch->values),
		.recovery = ks_course_recovery(series, storm, until, scratch->values),
		.answer_bytes = during.responses > 0 ? during.response_bytes / during.responses : NAN,
		.answered_bps =
			during.responses > 0 ? during.response_bytes * 8 / (during.n * series->bin_s) : NAN,
		.unknown_bins = storm->end - storm->start - storm->known,
	};
	grade.cost = ks_cost_of_answers(storm->mean_qps, grade.answer_bytes);
	grade.growth = growth_since(before, storm, &grade);
	set_severity(&grade, series, storm, &during, &normal);
	set_residual(&grade, series, storm, limits, &normal, scratch);
	set_second_start(&grade, series, storm, scratch);
	return grade;
}

const char *
ks_baseline_name(enum ks_baseline_kind kind)
{
	static const char *const names[] = {
		[KS_BASELINE_FIRST] = "first-quarter",
		[KS_BASELINE_DAILY] = "same-time-7-days",
		[KS_BASELINE_CALM] = "without-requeries",
	};
	return names[kind];
}
