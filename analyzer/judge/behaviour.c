/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/behaviour.h"

#include <math.h>
#include <stdlib.h>

const struct ks_behaviour_limits ks_behaviour_defaults = {
	.min_gaps = 5,
	.min_gaps_sci = 20,
	.min_queries = 5, /* the fewest that a known resolver searches with */
	.min_pauses = 2,
	.low_pauses = 0.05,
	.long_share = 0.5,
	.none_below_ms = 28000, /* bursts 29.5 s apart are the shortest memory known */
	.min_short = 3,
};

const char *
ks_memory_name(enum ks_memory memory)
{
	static const char *const names[] = {[KS_MEMORY_NONE] = "none",
					    [KS_MEMORY_30S] = "30s",
					    [KS_MEMORY_60S] = "60s",
					    [KS_MEMORY_600S] = "600s",
					    [KS_MEMORY_TTL] = "ttl"};
	return names[memory];
}

static uint64_t
sum_of(const uint64_t *counts, size_t n)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += counts[i];
	return sum;
}

/* So many of one value. */
struct heap {
	double value;
	uint64_t n;
};

static int
compare_heaps(const void *a, const void *b)
{
	const double x = ((const struct heap *)a)->value, y = ((const struct heap *)b)->value;
	return (x > y) - (x < y);
}

/* The lower median of `total` values in ascending heaps. */
static double
median_of(const struct heap *heaps, uint64_t total)
{
	uint64_t left = (total - 1) / 2;
	size_t i = 0;
	while (left >= heaps[i].n)
		left -= heaps[i++].n;
	return heaps[i].value;
}

/* Median and rCV = 1.4826 MAD / median: 1.4826 makes the MAD of a normal distribution its deviation. */
static void
measure_gaps(const uint64_t gaps[KS_GAP_CELLS], uint64_t total, double *ret_median_ns, double *ret_rcv)
{
	struct heap heaps[KS_GAP_CELLS];
	for (unsigned i = 0; i < KS_GAP_CELLS; i++)
		heaps[i] = (struct heap){.value = ks_gap_middle_ns(i), .n = gaps[i]};
	const double median_ns = median_of(heaps, total);
	for (unsigned i = 0; i < KS_GAP_CELLS; i++)
		heaps[i].value = fabs(heaps[i].value - median_ns);
	qsort(heaps, KS_GAP_CELLS, sizeof(*heaps), compare_heaps);
	*ret_median_ns = median_ns;
	*ret_rcv = 1.4826 * median_of(heaps, total) / median_ns;
}

/* The end of the shortest pauses: the next burst waits for the next client, so only they show the memory. */
static unsigned
edge_cell(const struct ks_behaviour_counts *counts, uint64_t total, double share)
{
	const uint64_t low = (uint64_t)((double)total * share);
	uint64_t left = low;
	unsigned cell = 0;
	while (left >= counts->pauses[cell])
		left -= counts->pauses[cell++];
	return cell;
}

static uint64_t
pauses_below(const struct ks_behaviour_counts *counts, uint32_t ms)
{
	uint64_t n = 0;
	for (unsigned i = 0; i < KS_PAUSE_CELLS && ks_pause_from_ms(i) < ms; i++)
		n += counts->pauses[i];
	return n;
}

static enum ks_memory
memory_of(const struct ks_behaviour_counts *counts, const struct ks_behaviour_limits *limits)
{
	static const struct {
		uint32_t from_ms, to_ms;
		enum ks_memory memory;
	} classes[] = {
		{29500, 32500, KS_MEMORY_30S}, /* measured: 30.1 to 32.2 s, */
		{59000, 62500, KS_MEMORY_60S}, /* 60.7 to 62.2 s; nothing known lies between */
		{590000, 620000, KS_MEMORY_600S},
	};
	if (counts->long_queries > 0 &&
	    (double)counts->long_queries >= (double)counts->failing_queries * limits->long_share)
		return KS_MEMORY_NONE;
	const uint64_t total = sum_of(counts->pauses, KS_PAUSE_CELLS);
	if (total < limits->min_pauses)
		return KS_MEMORY_UNKNOWN;
	const unsigned cell = edge_cell(counts, total, limits->low_pauses);
	const uint32_t from_ms = ks_pause_from_ms(cell);
	for (size_t i = 0; i < KS_COUNT(classes); i++)
		if (from_ms >= classes[i].from_ms && from_ms < classes[i].to_ms)
			return classes[i].memory;
	/* Behind the classes by number: a TTL may be shorter than a memory, and then the number tells more.
	 */
	if ((double)counts->pauses_over_life >= (double)total * (1.0 - limits->low_pauses))
		return KS_MEMORY_TTL;
	return pauses_below(counts, limits->none_below_ms) >= limits->min_short ? KS_MEMORY_NONE
										: KS_MEMORY_UNKNOWN;
}

/* Entropy over its greatest possible value. */
static void
measure_spray(const struct ks_behaviour_servers *servers, const struct ks_behaviour_limits *limits,
	      struct ks_behaviour_verdict *verdict)
{
	const uint64_t total = sum_of(servers->queries, servers->n);
	if (servers->zone_servers < 2 || total < limits->min_queries)
		return;
	double entropy = 0;
	size_t hit = 0;
	for (size_t i = 0; i < servers->n; i++) {
		if (servers->queries[i] == 0)
			continue;
		const double share = (double)servers->queries[i] / (double)total;
		entropy -= share * log(share);
		hit++;
	}
	/* A source may ask servers that never answered anybody. */
	const double there = fmax((double)servers->zone_servers, (double)hit);
	verdict->spray = fmin(1.0, fabs(entropy) / log(there));
	verdict->coverage = (double)hit / there;
}

struct ks_behaviour_verdict
ks_behaviour_judge(const struct ks_behaviour_counts *counts, const struct ks_behaviour_servers *servers,
		   const struct ks_behaviour_limits *limits)
{
	struct ks_behaviour_verdict verdict = {
		.memory = memory_of(counts, limits),
		.median_gap_ms = NAN,
		.sci = NAN,
		.spray = NAN,
		.coverage = NAN,
	};
	measure_spray(servers, limits, &verdict);
	const uint64_t gaps = sum_of(counts->gaps, KS_GAP_CELLS);
	if (gaps < limits->min_gaps)
		return verdict;
	double median_ns, rcv;
	measure_gaps(counts->gaps, gaps, &median_ns, &rcv);
	verdict.median_gap_ms = median_ns / 1e6;
	if (gaps >= limits->min_gaps_sci)
		verdict.sci = (double)counts->closed / (double)counts->successive / (1.0 + rcv);
	return verdict;
}
