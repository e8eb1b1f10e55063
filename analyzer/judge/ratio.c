/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/ratio.h"

#include <math.h>

#include "analyzer/judge/beta.h"

#define NORMAL_975 1.959963984540054

/* A count beyond this adds less than one part in ten thousand to an interval, so it may as well be this many
 * in a shorter time. */
#define COUNT_MAX KS_BETA_MAX

static double
odds(double probability)
{
	return probability < 1 ? probability / (1 - probability) : INFINITY;
}

static struct ks_ratio
exact(double n1, double n0, double exposure)
{
	double lo, hi;
	ks_beta_binomial(n1, n0, &lo, &hi);
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
