/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/pattern.h"

#include <math.h>

enum { LEAST_BEFORE = 30, LEAST_ADDED = 100, LEAST_NETWORKS = 16 };

static double
variance(double n, double sum, double squares)
{
	const double mean = sum / n;
	return fmax(0, squares / n - mean * mean);
}

/* One value of what was added: its mean, or NaN. `scale`: how much longer it was inside than before. */
static double
one_value(const double before[3], const double inside[3], double scale)
{
	const double added = inside[0] - scale * before[0];
	if (before[0] < LEAST_BEFORE || added < LEAST_ADDED || added < 0.5 * inside[0])
		return NAN;
	const double sum = inside[1] - scale * before[1], squares = inside[2] - scale * before[2];
	const double normal = variance(before[0], before[1], before[2]);
	const double found = variance(added, sum, squares);
	return normal >= 4 && found <= fmin(1, normal / 10) ? sum / added : NAN;
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
	ret.hop = one_value((const double[]){before->queries, before->hops, before->hops_squares},
			    (const double[]){inside->queries, inside->hops, inside->hops_squares}, scale);
	ret.port = one_value((const double[]){before->queries, before->ports, before->ports_squares},
			     (const double[]){inside->queries, inside->ports, inside->ports_squares}, scale);
	if (!isnan(ret.hop) || !isnan(ret.port))
		ret.only_keys = facts->newcomers_only / facts->newcomers;
	return ret;
}
