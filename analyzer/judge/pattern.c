/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/pattern.h"

#include <math.h>

enum { LEAST_BEFORE = 30, LEAST_ADDED = 100, LEAST_NETWORKS = 16, FAR = 8 };

struct sums {
	double n, sum, squares;
};

static double
mean(const struct sums *sums)
{
	return sums->sum / sums->n;
}

static double
variance(const struct sums *sums)
{
	return sums->squares / sums->n - mean(sums) * mean(sums);
}

/* What is inside, less `n` queries like those before. */
static struct sums
without(const struct sums *inside, const struct sums *before, double n)
{
	const double part = n / before->n;
	return (struct sums){inside->n - n, inside->sum - part * before->sum,
			     inside->squares - part * before->squares};
}

/* One value of what was added: its mean, or NaN. How many would have been asked without the storm is known
 * but for chance, and a few that are far off weigh heavily in a variance: so whether it may be one value is
 * asked of all that chance allows, three standard deviations. `scale`: how much longer it was inside than
 * before. */
static double
one_value(const struct sums *before, const struct sums *inside, double scale)
{
	const double usual = scale * before->n, chance = 3 * sqrt(usual) + 3;
	if (before->n < LEAST_BEFORE || inside->n - usual < LEAST_ADDED || inside->n < 2 * (usual + chance))
		return NAN;
	const struct sums likely = without(inside, before, usual);
	const struct sums most = without(inside, before, usual + chance);
	const struct sums least = without(inside, before, fmax(0, usual - chance));
	const double found = fmin(variance(&likely), fmin(variance(&most), variance(&least)));
	/* One busy client before can make its hop limit that of most, so being far from it tells as well. */
	const double most_found =
		fabs(mean(&likely) - mean(before)) >= FAR ? 1 : fmin(1, variance(before) / 10);
	const bool can_tell = variance(before) >= 4 || most_found >= 1;
	return can_tell && found <= most_found ? mean(&likely) : NAN;
}

struct ks_pattern
ks_pattern_judge(const struct ks_pattern_facts *facts)
{
	const struct ks_pattern_sums *const before = &facts->before, *const inside = &facts->inside;
	struct ks_pattern ret = {NAN, NAN, NAN};
	if (!(before->seconds > 0) || !(facts->networks >= LEAST_NETWORKS))
		return ret;
	const double scale = inside->seconds / before->seconds;
	if (!(facts->newcomers >= 0.5 * (inside->queries - scale * before->queries)))
		return ret;
	ret.hop = one_value(&(struct sums){before->queries, before->hops, before->hops_squares},
			    &(struct sums){inside->queries, inside->hops, inside->hops_squares}, scale);
	ret.port = one_value(&(struct sums){before->queries, before->ports, before->ports_squares},
			     &(struct sums){inside->queries, inside->ports, inside->ports_squares}, scale);
	if (!isnan(ret.hop) || !isnan(ret.port))
		ret.only_keys = facts->newcomers_only / facts->newcomers;
	return ret;
}
