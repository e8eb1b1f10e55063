/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/ratio.h -- how many times as much, and how sure that is.
 *
 * Input:   counts and the exposures (seconds, or queries of all kinds) in which they were made. Pure
 *          functions.
 * Method:  DOMAIN B8. Without overdispersion the exact conditional interval: given their sum, one of two
 *          Poisson counts is binomial (beta.h). With overdispersion the log-normal one.
 * Errors:  intervals are those of 95 %; limits are computed to a relative error below 1e-4.
 * Unknown: NaN. A ratio to nothing is INFINITY, has a lower limit and no upper one.
 * Memory:  none. Threads: no state. */
#ifndef KS_ANALYZER_JUDGE_RATIO_H
#define KS_ANALYZER_JUDGE_RATIO_H

#include "dissect/base.h"

struct ks_ratio {
	double value, lo, hi;
};

/* (n1 / t1) / (n0 / t0). `dispersion`: variance over mean of the counts, 1 for Poisson. */
struct ks_ratio ks_ratio_of_rates(double n1, double t1, double n0, double t0, double dispersion);

/* later / earlier, each with its interval, taken as log-normal and independent. */
struct ks_ratio ks_ratio_growth(const struct ks_ratio *earlier, const struct ks_ratio *later);

/* What comes next if it grows again as it did: later x growth. */
struct ks_ratio ks_ratio_forecast(const struct ks_ratio *later, const struct ks_ratio *growth);

/* Time in which something doubles that grows `factor` times in `apart`; NaN when it does not grow. */
double ks_ratio_doubling(double factor, double apart);

#endif
