/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/search.h"

#include <math.h>

enum { KEEP_FROM_S = 1, KEEP_TO_S = 300, SEARCHES_MIN = 3, WINDOWS_MIN = 4 };

const char *
ks_rfc9520_name(enum ks_rfc9520 rfc9520)
{
	static const char *const names[] = {
		[KS_RFC9520_VIOLATES] = "violates",
		[KS_RFC9520_CACHES] = "caches",
	};
	return names[rfc9520];
}

/* A crowded search is several, whatever its rounds take: nothing was remembered between them. On the other
 * hand one long interval proves nothing, and several do not where the pauses say that there is no memory:
 * nobody asked. */
static enum ks_rfc9520
rfc9520_of(const struct ks_search_counts *counts, double min_s, enum ks_memory memory)
{
	if (counts->crowded > 0 || min_s < KEEP_FROM_S)
		return KS_RFC9520_VIOLATES;
	const bool keeps = counts->failing >= SEARCHES_MIN && min_s <= KEEP_TO_S && memory != KS_MEMORY_NONE;
	return keeps ? KS_RFC9520_CACHES : KS_RFC9520_UNKNOWN;
}

struct ks_search_verdict
ks_search_judge(const struct ks_search_counts *counts, enum ks_memory memory)
{
	if (counts->min_ns <= 0)
		return (struct ks_search_verdict){.min_interval_s = NAN};
	const double min_s = (double)counts->min_ns / 1e9;
	return (struct ks_search_verdict){min_s, rfc9520_of(counts, min_s, memory)};
}

struct ks_demand_verdict
ks_demand_judge(const struct ks_demand_sums *sums)
{
	struct ks_demand_verdict verdict = {NAN, NAN, NAN};
	const double n = (double)sums->windows, x = (double)sums->x, y = (double)sums->y;
	if (sums->x == 0)
		return verdict;
	verdict.per_query = y / x;
	/* n^2 times variances and covariance. */
	const double xx = n * (double)sums->xx - x * x, yy = n * (double)sums->yy - y * y;
	const double xy = n * (double)sums->xy - x * y;
	if (sums->windows < WINDOWS_MIN || xx <= 0)
		return verdict;
	verdict.slope = xy / xx;
	if (yy > 0)
		verdict.correlation = xy / sqrt(xx * yy);
	return verdict;
}
