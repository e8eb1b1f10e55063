/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/ratio.h"

#include <math.h>

#define TAIL 0.025
#define NORMAL_975 1.959963984540054

/* A count beyond this adds less than one part in ten thousand to an interval, so it may as well be this many
 * in a shorter time; the continued fraction takes sqrt(count) steps, which hostile counts could buy. */
#define COUNT_MAX 1e8

/* The continued fraction of the incomplete beta function by Lentz's method (DLMF 8.17.22). */
static double
beta_fraction(double a, double b, double x)
{
	enum { STEPS = 40000 }; /* sqrt(COUNT_MAX) times four */
	const double tiny = 1e-300;
	double c = 1, d = 1 - (a + b) * x / (a + 1);
	d = 1 / (fabs(d) < tiny ? tiny : d);
	double ret = d;
	for (int i = 1; i < STEPS; i++) {
		const double even = i * (b - i) * x / ((a + 2 * i - 1) * (a + 2 * i));
		const double odd = -(a + i) * (a + b + i) * x / ((a + 2 * i) * (a + 2 * i + 1));
		const double terms[] = {even, odd};
		double step = 1;
		for (int k = 0; k < 2; k++) {
			d = 1 + terms[k] * d;
			c = 1 + terms[k] / c;
			d = 1 / (fabs(d) < tiny ? tiny : d);
			c = fabs(c) < tiny ? tiny : c;
			step = c * d;
			ret *= step;
		}
		if (fabs(step - 1) < 1e-14)
			break;
	}
	return ret;
}

/* Regularized incomplete beta function I_x(a, b): DLMF 8.17.1, and 8.17.4 where the fraction would be slow.
 */
static double
beta_cumulated(double a, double b, double x)
{
	int sign;
	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	const double front = exp(lgamma_r(a + b, &sign) - lgamma_r(a, &sign) - lgamma_r(b, &sign) +
				 a * log(x) + b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/* By halves: some fifty of them, and nothing that could fail to converge. In the logarithm of the odds, so
 * that limits near 0 and near 1 are as exact as those between. */
static double
beta_quantile(double a, double b, double probability)
{
	double lo = -60, hi = 60;
	for (int i = 0; i < 60; i++) {
		const double middle = (lo + hi) / 2;
		if (beta_cumulated(a, b, 1 / (1 + exp(-middle))) < probability)
			lo = middle;
		else
			hi = middle;
	}
	return 1 / (1 + exp(-(lo + hi) / 2));
}

void
ks_ratio_binomial(double x, double y, double *ret_lo, double *ret_hi)
{
	*ret_lo = x > 0 ? beta_quantile(x, y + 1, TAIL) : 0;
	*ret_hi = y > 0 ? beta_quantile(x + 1, y, 1 - TAIL) : 1;
}

static double
odds(double probability)
{
	return probability < 1 ? probability / (1 - probability) : INFINITY;
}

static struct ks_ratio
exact(double n1, double n0, double exposure)
{
	double lo, hi;
	ks_ratio_binomial(n1, n0, &lo, &hi);
	return (struct ks_ratio){n1 / n0 * exposure, odds(lo) * exposure, odds(hi) * exposure};
}

static struct ks_ratio
log_normal(double n1, double n0, double exposure, double dispersion)
{
	const double value = n1 / n0 * exposure;
	const double spread = exp(NORMAL_975 * sqrt(dispersion * (1 / n1 + 1 / n0)));
	return (struct ks_ratio){value, value / spread, value * spread};
}

struct ks_ratio
ks_ratio_of_rates(double n1, double t1, double n0, double t0, double dispersion)
{
	if (!(t1 > 0) || !(t0 > 0) || !(n1 >= 0) || !(n0 >= 0) || n1 + n0 <= 0)
		return (struct ks_ratio){NAN, NAN, NAN};
	const double least = fmin(n1, n0), less = fmax(dispersion, 1);
	if ((dispersion > 1 && least > 0) || least > COUNT_MAX)
		return log_normal(n1, n0, t0 / t1, less);
	/* A logarithm needs both counts. Where one is missing, overdispersed counts tell as much as fewer
	 * ones. */
	const double few1 = fmin(n1 / less, COUNT_MAX), few0 = fmin(n0 / less, COUNT_MAX);
	const double shorter = (n1 > 0 ? n1 / less / few1 : 1) / (n0 > 0 ? n0 / less / few0 : 1);
	return exact(few1, few0, t0 / t1 * shorter);
}

/* Standard deviation of the logarithm. */
static double
log_spread(const struct ks_ratio *ratio)
{
	return log(ratio->hi / ratio->lo) / (2 * NORMAL_975);
}

static struct ks_ratio
log_interval(double value, double spread)
{
	const double factor = exp(NORMAL_975 * spread);
	if (!isfinite(value) || !isfinite(factor))
		return (struct ks_ratio){NAN, NAN, NAN};
	return (struct ks_ratio){value, value / factor, value * factor};
}

struct ks_ratio
ks_ratio_growth(const struct ks_ratio *earlier, const struct ks_ratio *later)
{
	return log_interval(later->value / earlier->value, hypot(log_spread(earlier), log_spread(later)));
}

struct ks_ratio
ks_ratio_forecast(const struct ks_ratio *later, const struct ks_ratio *growth)
{
	/* In logarithms 2 later - earlier, and growth's variance is that of both: 4 v + w = 3 v + (v + w). */
	const double spread = log_spread(later), both = log_spread(growth);
	return log_interval(later->value * growth->value, sqrt(3 * spread * spread + both * both));
}

double
ks_ratio_doubling(double factor, double apart)
{
	return factor > 1 ? apart * log(2) / log(factor) : NAN;
}
