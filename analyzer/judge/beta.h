/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/beta.h -- the beta distribution, and limits of a probability that come from it.
 *
 * Input:   parameters above 0, counts that need not be whole. Pure functions.
 * Method:  continued fraction of the incomplete beta function (DLMF 8.17.22, turned by 8.17.4 where it
 *          would be slow); the quantile by halving, which nothing can keep from converging.
 * Errors:  quantiles to 1e-9 relative for parameters up to KS_BETA_MAX; that many bound the work of hostile
 *          counts, which is proportional to the square root of the greater one.
 * Memory:  none. Threads: no state.
 * Sources: NIST Digital Library of Mathematical Functions, section 8.17; C. J. Clopper, E. S. Pearson, "The
 *          use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26
 *          (1934). */
#ifndef KS_ANALYZER_JUDGE_BETA_H
#define KS_ANALYZER_JUDGE_BETA_H

#include "dissect/base.h"

#define KS_BETA_MAX 1e8

/* x with I_x(a, b) = p. */
double ks_beta_quantile(double p, double a, double b);

/* Clopper-Pearson: the probability behind `x` successes and `y` failures, tails of 2.5 %. `x + y` > 0. */
void ks_beta_binomial(double x, double y, double *ret_lo, double *ret_hi);

#endif
