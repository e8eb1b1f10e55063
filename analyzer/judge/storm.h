/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/storm.h -- is there a storm, since when, how strong.
 *
 * Input:   the DNSKEY series of one zone: arrays of facts, nothing else. Pure functions: the same
 *          series and thresholds give the same storms.
 * Method:  DOMAIN B4: CUSUM over Anscombe-transformed counts against a trimmed-mean baseline; a capture
 *          that begins inside a storm is known by its requery ratio.
 * Memory:  scratch given by the caller. Threads: no state.
 * Sources: E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954); F. J. Anscombe, "The
 *          transformation of Poisson, binomial and negative-binomial data", Biometrika 35 (1948). */
#ifndef KS_ANALYZER_JUDGE_STORM_H
#define KS_ANALYZER_JUDGE_STORM_H

#include "dissect/base.h"

/* Defaults: ks_storm_defaults; reasons: DOMAIN, table of thresholds. */
struct ks_storm_limits {
	double cusum_slack;    /* k, in standard deviations */
	double cusum_alarm;    /* h */
	double baseline_share; /* of the bins of a short capture that serve as the baseline */
	double baseline_keep;  /* share of its lowest bins that make the mean */
	uint32_t calm_bins;    /* bins with z < 1 in a row that end a storm */
	uint32_t min_bins;
	double min_uplift;
	double min_qps;
	double inside_ratio; /* requery ratio in the baseline that says: already inside */
	double inside_qps;
};

extern const struct ks_storm_limits ks_storm_defaults;

/* One bin of one zone. */
struct ks_storm_bin {
	uint64_t queries;     /* DNSKEY queries */
	uint64_t requeries;   /* of them hot, warm or cool */
	uint64_t retransmits; /* of them part of an earlier query's transaction */
};

struct ks_storm {
	size_t start;      /* bin index; meaningless when began_before */
	size_t end;        /* first bin behind the storm; == number of bins when open */
	size_t peak;       /* bin index of the highest rate */
	bool began_before; /* the capture begins inside the storm */
	bool open;         /* the capture ends before the storm does */
	uint64_t queries;  /* inside */
	double peak_qps, base_qps, mean_qps;
	double uplift; /* mean_qps / base_qps; INFINITY when nothing was asked before */
	bool uplift_is_lower_bound;
};

/* Find the storms in `n` bins of `bin_s` seconds, in order of time. `z` is scratch for `n` doubles.
 * Returns how many were written to `ret` (at most `max`; a zone with more storms than that keeps its
 * first ones). */
size_t ks_storm_find(const struct ks_storm_bin *bins, size_t n, uint32_t bin_s,
		     const struct ks_storm_limits *limits, double *z, struct ks_storm *ret, size_t max);

#endif
