/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/changes.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

#include "storm_feed.h"

enum { CHANGES = 64 };

static double counts[KS_CHANGES_BINS];
static size_t changes[CHANGES];

static double
price(size_t n)
{
	return 2 * log((double)n);
}

static double
segment(size_t from, size_t to)
{
	double sum = 0;
	for (size_t i = from; i < to; i++)
		sum += counts[i];
	return sum > 0 ? sum * (1 - log(sum / (double)(to - from))) : 0;
}

/* The cost of a partition. */
static double
cost_of(const size_t *at, size_t n_changes, size_t n, double each)
{
	double cost = 0;
	size_t from = 0;
	for (size_t i = 0; i <= n_changes; i++) {
		const size_t to = i < n_changes ? at[i] : n;
		cost += segment(from, to) + (i > 0 ? each : 0);
		from = to;
	}
	return cost;
}

/* The best cost there is, by trying every last segment of every prefix. */
static double
best_cost(size_t n, double each)
{
	static double best[KS_CHANGES_BINS + 1];
	best[0] = -each;
	for (size_t to = 1; to <= n; to++) {
		best[to] = INFINITY;
		for (size_t from = 0; from + KS_CHANGES_LEAST <= to; from++)
			best[to] = fmin(best[to], best[from] + segment(from, to) + each);
	}
	return best[n];
}

Test(changes, no_partition_is_better)
{
	uint64_t state = 7;
	for (int round = 0; round < 300; round++) {
		const size_t n = 3 + (size_t)ks_draw_uniform(&state, 90);
		double mean = 2;
		for (size_t i = 0; i < n; i++) {
			if (ks_draw_uniform(&state, 12) == 0)
				mean = (double)ks_draw_uniform(&state, 30);
			counts[i] = ks_draw_poisson(mean, &state);
		}
		const double each = round % 3 == 0 ? 1.5 : price(n);
		const size_t found = ks_changes_find(counts, n, each, changes, CHANGES);
		cr_assert(found < CHANGES);
		for (size_t i = 0; i <= found; i++) {
			const size_t bins = (i < found ? changes[i] : n) - (i > 0 ? changes[i - 1] : 0);
			cr_assert(bins >= KS_CHANGES_LEAST, "round %d", round);
		}
		cr_assert(epsilon_eq(dbl, cost_of(changes, found, n, each), best_cost(n, each), 1e-6),
			  "round %d, %zu bins", round, n);
	}
}

Test(changes, a_step_and_a_spike)
{
	uint64_t state = 3;
	for (size_t i = 0; i < 600; i++)
		counts[i] = ks_draw_poisson(i < 200 ? 5 : 25, &state);
	for (size_t i = 400; i < 404; i++)
		counts[i] = 200;
	cr_assert(eq(sz, ks_changes_find(counts, 600, price(600), changes, CHANGES), 3));
	cr_expect(eq(sz, changes[0], 200));
	cr_expect(eq(sz, changes[1], 400));
	cr_expect(eq(sz, changes[2], 404));
	cr_expect(eq(sz, ks_changes_find(counts, 600, price(600), changes, 1), 1),
		  "as many as there is room");
	cr_expect(eq(sz, changes[0], 200));
}

Test(changes, noise_has_none)
{
	uint64_t state = 11;
	for (int round = 0; round < 50; round++) {
		for (size_t i = 0; i < 500; i++)
			counts[i] = ks_draw_poisson(round, &state);
		cr_expect(eq(sz, ks_changes_find(counts, 500, price(500), changes, CHANGES), 0), "mean %d",
			  round);
	}
}

Test(changes, of_too_little_nothing_is_said)
{
	for (size_t n = 0; n < 6; n++) {
		for (size_t i = 0; i < n; i++)
			counts[i] = i < 2 ? 0 : 1000;
		cr_expect(eq(sz, ks_changes_find(counts, n, price(n + 2), changes, CHANGES), 0), "%zu", n);
	}
	for (size_t i = 0; i < KS_CHANGES_BINS; i++)
		counts[i] = 0;
	cr_expect(eq(sz, ks_changes_find(counts, KS_CHANGES_BINS, 15, changes, CHANGES), 0), "silence");
}
