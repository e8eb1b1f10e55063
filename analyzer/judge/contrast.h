/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/contrast.h -- by what factor did a rate change, and how sure is that?
 *
 * Input:   counts over known times, and how their bins scatter. Pure functions.
 * Method:  DOMAIN B8. Where bins scatter as chance alone would (dispersion 1): exact, conditional on the sum
 *          of both counts (Clopper-Pearson, beta.h). Where they scatter more: log-normal, each side with its
 * own dispersion. Confidence 95 %. Errors:  exact intervals to 1e-9 relative. Beyond KS_CONTRAST_EXACT events
 * the log-normal one takes their place; by then the two agree to 2e-5. Unknown: NaN. A bound that does not
 * exist is NaN too: after nothing there is no upper one. Memory:  none. Threads: no state. Sources: W. G.
 * Cochran, "Sampling Techniques" (1977), on ratio estimates. */
#ifndef KS_ANALYZER_JUDGE_CONTRAST_H
#define KS_ANALYZER_JUDGE_CONTRAST_H

#include "dissect/base.h"

enum { KS_CONTRAST_EXACT = 1000000, KS_CONTRAST_BINS_LEAST = 5 };

struct ks_contrast {
	double ratio, lo, hi;
};

struct ks_rate {
	double count, seconds;
	double dispersion; /* variance of a bin over its mean, at least 1; NaN: not known */
};

/* From `n` bins with these sums of counts and of their squares. 1 when nothing was counted, NaN when there
 * are fewer than KS_CONTRAST_BINS_LEAST bins. */
double ks_contrast_dispersion(double n, double sum, double squares);

/* `b` over `a`. */
struct ks_contrast ks_contrast_of_rates(const struct ks_rate *a, const struct ks_rate *b);

/* A share and its parts, and what its bins say of its variance: sums over `n` of them of part^2, part x whole
 * and whole^2. */
struct ks_share {
	double part, whole;
	double n, part_part, part_whole, whole_whole;
};
struct ks_contrast ks_contrast_of_shares(const struct ks_share *a, const struct ks_share *b);

#endif
