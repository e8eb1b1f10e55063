/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/contrast.h"

#include <float.h>
#include <math.h>

static const double tail = 0.025;           /* on each side */
static const double deviations = 1.9599640; /* of the normal distribution, for that tail */

/* --- the beta distribution --- */

enum { FRACTION_STEPS = 100000 }; /* it takes about sqrt(a + b) of them */

static double
away_from_zero(double x)
{
	return fabs(x) < DBL_MIN ? DBL_MIN : x;
}

/* The continued fraction of I_x(a, b), by Lentz's method: each step multiplies by what the next pair of
 * coefficients changes. Converges fast for x < (a + 1) / (a + b + 2). */
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

/* I_x(a, b) */
static double
incomplete_beta(double x, double a, double b)
{
	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	const double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * fraction(x, a, b) / a;
	return 1 - front * fraction(1 - x, b, a) / b;
}

double
ks_contrast_beta_quantile(double p, double a, double b)
{
	double low = 0, high = 1;
	for (int i = 0; i < 200 && high - low > 1e-12 * high; i++) {
		const double middle = (low + high) / 2;
		if (incomplete_beta(middle, a, b) < p)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

/* --- rates --- */

double
ks_contrast_dispersion(double n, double sum, double squares)
{
	if (!(n >= KS_CONTRAST_BINS_LEAST))
		return NAN;
	if (sum <= 0)
		return 1;
	const double variance = (squares - sum * sum / n) / (n - 1);
	return fmax(1, variance / (sum / n));
}

static double
odds(double p)
{
	return p / (1 - p);
}

/* Given how many events there were in all, those of `b` are binomial. The counts need not be whole: events
 * that come in flocks count as fewer. */
static struct ks_contrast
exact(double ratio, double count_a, double count_b, double times)
{
	return (struct ks_contrast){
		.ratio = ratio,
		.lo = count_b > 0 ? times * odds(ks_contrast_beta_quantile(tail, count_b, count_a + 1)) : 0,
		.hi = count_a > 0 ? times * odds(ks_contrast_beta_quantile(1 - tail, count_b + 1, count_a))
				  : (double)NAN,
	};
}

static struct ks_contrast
log_normal(double ratio, double variance)
{
	const double reach = exp(deviations * sqrt(variance));
	return (struct ks_contrast){.ratio = ratio, .lo = ratio / reach, .hi = ratio * reach};
}

struct ks_contrast
ks_contrast_of_rates(const struct ks_rate *a, const struct ks_rate *b)
{
	struct ks_contrast ret = {.ratio = NAN, .lo = NAN, .hi = NAN};
	if (!(a->seconds > 0 && b->seconds > 0 && a->count + b->count > 0))
		return ret;
	const double times = a->seconds / b->seconds;
	ret.ratio = a->count > 0 ? b->count / a->count * times : (double)NAN;
	if (isnan(a->dispersion) || isnan(b->dispersion))
		return ret;
	/* How nothing would scatter is not known: as the other side does. */
	if (a->count <= 0)
		return exact(ret.ratio, 0, b->count / b->dispersion, times);
	if (b->count <= 0)
		return exact(ret.ratio, a->count / a->dispersion, 0, times);
	if (a->dispersion <= 1 && b->dispersion <= 1 && a->count + b->count <= KS_CONTRAST_EXACT)
		return exact(ret.ratio, a->count, b->count, times);
	return log_normal(ret.ratio, a->dispersion / a->count + b->dispersion / b->count);
}

/* --- shares --- */

/* Variance of the logarithm of a share: what its bins say, and at least what chance alone gives. */
static double
share_variance(const struct ks_share *share)
{
	const double ratio = share->part / share->whole;
	const double chance = (1 - ratio) / share->part;
	if (!(share->n >= KS_CONTRAST_BINS_LEAST))
		return NAN;
	const double rest =
		share->part_part - 2 * ratio * share->part_whole + ratio * ratio * share->whole_whole;
	return fmax(chance, share->n / (share->n - 1) * fmax(rest, 0) / (share->part * share->part));
}

struct ks_contrast
ks_contrast_of_shares(const struct ks_share *a, const struct ks_share *b)
{
	struct ks_contrast ret = {.ratio = NAN, .lo = NAN, .hi = NAN};
	if (!(a->whole > 0 && b->whole > 0 && a->part > 0))
		return ret;
	ret.ratio = b->part / b->whole / (a->part / a->whole);
	const double variance = b->part > 0 ? share_variance(a) + share_variance(b) : (double)NAN;
	return isnan(variance) ? ret : log_normal(ret.ratio, variance);
}
