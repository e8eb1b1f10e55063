/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/changes.h"

#include <math.h>

struct partition {
	double sum[KS_CHANGES_BINS + 1];    /* of the counts before */
	double cost[KS_CHANGES_BINS + 1];   /* of the best partition of the bins before */
	uint16_t last[KS_CHANGES_BINS + 1]; /* its last change */
	/* Places where the last segment may begin, and from which end on they need not be tried. */
	uint16_t open[KS_CHANGES_BINS + 1], closes[KS_CHANGES_BINS + 1];
	size_t n_open;
};

static double
segment_cost(const struct partition *partition, size_t from, size_t to)
{
	const double sum = partition->sum[to] - partition->sum[from];
	return sum > 0 ? sum * (1 - log(sum / (double)(to - from))) : 0;
}

/* Best last segment that ends before `to`. */
static void
extend(struct partition *partition, size_t to, double price)
{
	partition->cost[to] = INFINITY;
	for (size_t i = 0; i < partition->n_open; i++) {
		const uint16_t from = partition->open[i];
		const double cost = partition->cost[from] + segment_cost(partition, from, to) + price;
		if (cost < partition->cost[to]) {
			partition->cost[to] = cost;
			partition->last[to] = from;
		}
	}
}

/* A place that is worse than a change right here even without paying for it can never be best again, once a
 * segment from here on may be long enough. */
static void
prune(struct partition *partition, size_t to)
{
	size_t kept = 0;
	for (size_t i = 0; i < partition->n_open; i++) {
		const uint16_t from = partition->open[i];
		if (partition->closes[from] == 0 &&
		    partition->cost[from] + segment_cost(partition, from, to) > partition->cost[to])
			partition->closes[from] = (uint16_t)(to + KS_CHANGES_LEAST);
		if (partition->closes[from] == 0 || to + 1 < partition->closes[from])
			partition->open[kept++] = from;
	}
	partition->n_open = kept;
}

size_t
ks_changes_find(const double *counts, size_t n, double price, size_t *ret, size_t max)
{
	struct partition partition;
	static_assert(KS_CHANGES_BINS + KS_CHANGES_LEAST <= UINT16_MAX, "bins are numbered in 16 bits");
	assert(n <= KS_CHANGES_BINS);
	partition.n_open = 0;
	partition.sum[0] = 0;
	partition.cost[0] = -price;
	for (size_t to = 1; to <= n; to++) {
		partition.sum[to] = partition.sum[to - 1] + counts[to - 1];
		partition.cost[to] = INFINITY; /* shorter than a segment */
		if (to < KS_CHANGES_LEAST)
			continue;
		const size_t fresh = to - KS_CHANGES_LEAST;
		partition.closes[fresh] = 0;
		if (isfinite(partition.cost[fresh]))
			partition.open[partition.n_open++] = (uint16_t)fresh;
		extend(&partition, to, price);
		prune(&partition, to);
	}
	size_t found = 0;
	if (n < KS_CHANGES_LEAST)
		return 0;
	for (size_t at = partition.last[n]; at > 0; at = partition.last[at])
		found++;
	size_t place = found;
	for (size_t at = partition.last[n]; at > 0; at = partition.last[at])
		if (--place < max)
			ret[place] = at;
	return found < max ? found : max;
}
