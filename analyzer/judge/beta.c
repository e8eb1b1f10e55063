/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/beta.h"

#include <float.h>
#include <math.h>

#define TAIL 0.025

enum { FRACTION_STEPS = 100000 }; /* it takes a few times sqrt(KS_BETA_MAX) of them */

static double
away_from_zero(double x)
{
	return fabs(x) < DBL_MIN ? DBL_MIN : x;
}

/* By Lentz's method: each step multiplies by what the next pair of coefficients changes. Converges fast for
 * x < (a + 1) / (a + b + 2). */
static double
fraction(double x, double a, double b)
{
	double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
	double value = d;
	for (int i = 1; i <= FRACTION_STEPS; i++) {
		const double even = i * (b - i) * x / ((a + 2 * i - 1) * (a + 2 * i));
		const double odd = -(a + i) * (a + b + i) * x / ((a + 2 * i) * (a + 2 * i + 1));
		d = 1 / away_from_zero(1 + even * d);
		c = away_from_zero(1 + even / c);
		value *= c * d;
		d = 1 / away_from_zero(1 + odd * d);
		c = away_from_zero(1 + odd / c);
		value *= c * d;
		if (fabs(c * d - 1) < 1e-15)
			break;
	}
	return value;
}

/* I_x(a, b), regularized. */
static double
cumulated(double x, double a, double b)
{
	int sign;
	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	const double front = exp(lgamma_r(a + b, &sign) - lgamma_r(a, &sign) - lgamma_r(b, &sign) +
				 a * log(x) + b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * fraction(x, a, b) / a;
	return 1 - front * fraction(1 - x, b, a) / b;
}

/* In the logarithm of the odds, so that limits near 0 are as exact as those between. */
double
ks_beta_quantile(double p, double a, double b)
{
	double low = -60, high = 60;
	for (int i = 0; i < 60; i++) {
		const double middle = (low + high) / 2;
		if (cumulated(1 / (1 + exp(-middle)), a, b) < p)
			low = middle;
		else
			high = middle;
	}
	return 1 / (1 + exp(-(low + high) / 2));
}

void
ks_beta_binomial(double x, double y, double *ret_lo, double *ret_hi)
{
	*ret_lo = x > 0 ? ks_beta_quantile(TAIL, x, y + 1) : 0;
	*ret_hi = y > 0 ? ks_beta_quantile(1 - TAIL, x + 1, y) : 1;
}
