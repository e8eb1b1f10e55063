/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/grade.h -- what a storm that was found amounts to.
 *
 * Input:   the series, the storm, its limits and the scratch as ks_storm_find left it. Pure functions.
 * Method:  DOMAIN B4 (severity), B8 (uplift), B10 (recovery), B11 (residual), A1 1-02 (share of the
 * increase), 1-04 (octets on the wire), 1-08 (rise), 1-09 (growth). Unknown: NaN, NULL and `unknown` counts,
 * never a guess. Memory:  scratch given by the caller. Threads: no state. */
#ifndef KS_ANALYZER_JUDGE_GRADE_H
#define KS_ANALYZER_JUDGE_GRADE_H

#include "analyzer/judge/cost.h"
#include "analyzer/judge/course.h"
#include "analyzer/judge/ratio.h"
#include "analyzer/judge/storm.h"

struct ks_storm_grade {
	struct ks_ratio uplift;
	unsigned severity;         /* 1 to 5 */
	unsigned severity_unknown; /* tests of the four that could not be made */
	double byte_share;         /* of the increase in DNS response bytes; NaN: not known, or no increase */
	double duration_s;         /* within the series */
	struct ks_rise_verdict rise;
	struct ks_recovery recovery;
	struct ks_ratio residual;       /* rate after over rate before */
	struct ks_ratio residual_share; /* likewise, each as a share of all queries */
	struct ks_ratio growth;         /* uplift over that of the storm before; NaN for the first */
	double answer_bytes;            /* mean; NaN without answers */
	double answered_bps;            /* DNSKEY answers of the zone, DNS messages */
	struct ks_cost cost;            /* were all queries answered like that */
	size_t unknown_bins;
	bool has_second;
	int64_t second_start_bins; /* of PELT behind that of the CUSUM */
};

/* `until`: first bin of a later storm, or the number of bins. `before`: the zone's storm before, or NULL. */
struct ks_storm_grade ks_storm_judge(const struct ks_storm_series *series, const struct ks_storm *storm,
				     const struct ks_storm_limits *limits, size_t until,
				     const struct ks_storm_scratch *scratch,
				     const struct ks_storm_grade *before);

/* How a baseline was chosen: "first-quarter", "same-time-7-days", "without-requeries". */
const char *ks_baseline_name(enum ks_baseline_kind kind);

#endif
