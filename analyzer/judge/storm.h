/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/storm.h -- is there a storm, since when, how strong.
 *
 * Input:   the DNSKEY series of one zone: arrays of facts, nothing else. Pure functions: the same
 *          series and thresholds give the same storms.
 * Method:  DOMAIN B4: CUSUM over Anscombe-transformed counts against a trimmed-mean baseline (baseline.h); a
 *          capture that begins inside a storm is known by its requery ratio.
 * Unknown: a bin in which nothing was captured is neither calm nor stormy: it is passed over.
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
	uint32_t calm_bins;    /* in a row, not above min_uplift, that end a storm */
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
	uint64_t responses;
	uint64_t response_bytes; /* DNS messages */
};

/* The same bin of everything that was captured. */
struct ks_storm_whole {
	uint64_t queries; /* of all types, for all names */
	uint64_t response_bytes;
	uint64_t out_wire_bytes; /* frames from the servers */
	uint64_t packets;
	uint64_t lost; /* packets that were there and could not be captured */
	bool unknown;  /* nothing was captured then, or too little, see gaps.h */
	bool nothing;  /* nothing was captured then */
};

struct ks_storm_series {
	const struct ks_storm_bin *bins;
	const struct ks_storm_whole *whole; /* as many; NULL: only the zone is known */
	size_t n;
	uint32_t bin_s;
	int64_t t0_s;      /* start of bin 0 */
	double life_s;     /* of the zone's keys in caches (DOMAIN B1, L); NaN: not known */
	bool no_responses; /* some captures have no answers: their bytes are not known */
};

static inline bool
ks_storm_is_known(const struct ks_storm_series *series, size_t at)
{
	return series->whole == NULL || !series->whole[at].unknown;
}

enum ks_baseline_kind {
	KS_BASELINE_FIRST, /* the first quarter */
	KS_BASELINE_DAILY, /* the same time of day in the seven days before */
	KS_BASELINE_CALM   /* the first quarter, requeries left out: the capture begins inside the storm */
};

/* What is normal. */
struct ks_baseline {
	enum ks_baseline_kind kind;
	size_t n;          /* bins it was taken from; not those cut off as the highest */
	double mean;       /* queries per bin */
	double dispersion; /* variance over mean, at least 1 */
};

struct ks_storm {
	size_t start;      /* bin index; meaningless when began_before */
	size_t end;        /* first bin behind the storm; == number of bins when open */
	size_t peak;       /* bin index of the highest rate */
	size_t known;      /* bins inside of which something is known */
	bool began_before; /* the capture begins inside the storm */
	bool open;         /* the capture ends before the storm does */
	uint64_t queries;  /* inside */
	double peak_qps, base_qps, mean_qps;
	double uplift; /* mean_qps / base_qps; INFINITY when nothing was asked before */
	bool uplift_is_lower_bound;
	struct ks_baseline base;
};

/* Scratch, each with as many members as the series has bins. Afterwards `excluded` tells bins inside storms,
 * whether reported or not, and those not known. */
struct ks_storm_scratch {
	double *values;
	uint8_t *excluded;
};

/* A series cannot have more storms than this: behind each, the last one aside, `calm_bins` of it are calm. */
static inline size_t
ks_storm_most(const struct ks_storm_series *series, const struct ks_storm_limits *limits)
{
	return series->n / limits->calm_bins + 1;
}

/* Find the storms in a series, in order of time. Returns how many were written to `ret` (at most `max`; a
 * zone with more storms than that keeps its first ones, which with ks_storm_most does not happen). */
size_t ks_storm_find(const struct ks_storm_series *series, const struct ks_storm_limits *limits,
		     const struct ks_storm_scratch *scratch, struct ks_storm *ret, size_t max);

#endif
