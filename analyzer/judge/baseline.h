/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/baseline.h -- what is normal for a zone, at some time.
 *
 * Input:   the DNSKEY series of one zone. Pure functions: the same series gives the same baseline.
 * Method:  DOMAIN B4. With a week behind a bin: the bins of the same time of day, half an hour more and less,
 * in the seven days before (the time of day to the quarter of an hour); in the first week, and where too
 *          little of those seven days is known: the first quarter of the series, or of its first week. Bins
 *          inside storms, and those of which nothing is known, are left out.
 * Memory:  scratch given by the caller. Threads: no state. */
#ifndef KS_ANALYZER_JUDGE_BASELINE_H
#define KS_ANALYZER_JUDGE_BASELINE_H

#include "analyzer/judge/storm.h"

/* A series while it is judged. */
struct ks_watch {
	const struct ks_storm_series *series;
	const struct ks_storm_limits *limits;
	uint8_t *excluded; /* by bin: not to learn from */
	double *values;    /* scratch, as many as bins */
	struct ks_baseline first;
	/* Those asked for last: while it is calm, and while a storm is on. The two are asked for in turn. */
	struct ks_baseline_memo {
		struct ks_baseline base;
		int64_t slot;
		size_t before;
		bool valid;
	} calm, frozen;
};

/* `excluded` and `values` have room for as many as the series has bins. */
void ks_baseline_begin(struct ks_watch *watch, const struct ks_storm_series *series,
		       const struct ks_storm_limits *limits, uint8_t *excluded, double *values);

/* What is normal in bin `at`, from bins before `before`. */
const struct ks_baseline *ks_baseline_at(struct ks_watch *watch, size_t at, size_t before);

/* Bins from `from` to `to` are a storm: they teach nothing. */
void ks_baseline_exclude(struct ks_watch *watch, size_t from, size_t to);

/* Did the baseline of a storm (its `base`, its start and end) take something from bin `at`? */
bool ks_baseline_covers(const struct ks_watch *watch, const struct ks_storm *storm, size_t at);

/* Mean and dispersion of the lowest `keep` of the values, which are moved about. */
struct ks_baseline ks_baseline_learn(double *values, size_t n, double keep);

#endif
