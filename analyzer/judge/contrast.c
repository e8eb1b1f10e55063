/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/contrast.h"

#include <math.h>

#include "analyzer/judge/beta.h"

static const double deviations = 1.9599640; /* of the normal distribution, 2.5 % on each side */

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
	double lo, hi;
	ks_beta_binomial(count_b, count_a, &lo, &hi);
	return (struct ks_contrast){
		.ratio = ratio,
		.lo = times * odds(lo),
		.hi = count_a > 0 ? times * odds(hi) : (double)NAN,
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
