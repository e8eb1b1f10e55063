/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Intervals against published values, and against sums of binomial terms. */
#include "analyzer/judge/contrast.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

static bool
near(double got, double want, double relative)
{
	return fabs(got - want) <= relative * fabs(want);
}

static struct ks_contrast
rates(double count_a, double seconds_a, double count_b, double seconds_b, double dispersion)
{
	const struct ks_rate a = {.count = count_a, .seconds = seconds_a, .dispersion = dispersion};
	const struct ks_rate b = {.count = count_b, .seconds = seconds_b, .dispersion = dispersion};
	return ks_contrast_of_rates(&a, &b);
}

Test(contrast, rates_of_chance_have_the_exact_interval)
{
	const struct ks_contrast got = rates(5, 100, 5, 50, 1);
	cr_assert(epsilon_eq(dbl, got.ratio, 2, 1e-12));
	cr_assert(epsilon_eq(dbl, got.lo, 2 * 0.18709 / (1 - 0.18709), 2e-4));
	cr_assert(epsilon_eq(dbl, got.hi, 2 * 0.81291 / (1 - 0.81291), 2e-3));
	/* Turned round it is the inverse. */
	const struct ks_contrast back = rates(30, 60, 7, 20, 1), forth = rates(7, 20, 30, 60, 1);
	cr_assert(near(back.lo, 1 / forth.hi, 1e-9));
	cr_assert(near(back.hi, 1 / forth.lo, 1e-9));
}

Test(contrast, rates_that_scatter_more_have_a_wider_interval)
{
	const struct ks_contrast got = rates(400, 100, 100, 100, 4);
	const double reach = exp(1.96 * sqrt(4 * (1 / 400.0 + 1 / 100.0)));
	cr_assert(epsilon_eq(dbl, got.ratio, 0.25, 1e-12));
	cr_assert(near(got.lo, 0.25 / reach, 1e-4));
	cr_assert(near(got.hi, 0.25 * reach, 1e-4));
	const struct ks_contrast sure = rates(400, 100, 100, 100, 1);
	cr_assert(gt(dbl, sure.lo, got.lo));
	cr_assert(lt(dbl, sure.hi, got.hi));
}

Test(contrast, large_counts_go_over_from_one_interval_to_the_other)
{
	const struct ks_contrast below = rates(499999, 1, 500000, 1, 1),
				 above = rates(500001, 1, 500002, 1, 1);
	cr_assert(near(below.lo, above.lo, 2e-5));
	cr_assert(near(below.hi, above.hi, 2e-5));
	const struct ks_contrast huge = rates(1e18, 86400, 2e18, 86400, 1);
	cr_assert(near(huge.lo, 2, 1e-6) && near(huge.hi, 2, 1e-6));
}

Test(contrast, after_nothing_there_is_a_lower_bound_only)
{
	const struct ks_contrast got = rates(0, 10, 10, 10, 1);
	cr_assert(isnan(got.ratio));
	cr_assert(epsilon_eq(dbl, got.lo, 0.6915 / (1 - 0.6915), 1e-3));
	cr_assert(isnan(got.hi));
	const struct ks_contrast gone = rates(10, 10, 0, 10, 1);
	cr_assert(zero(dbl, gone.ratio));
	cr_assert(zero(dbl, gone.lo));
	cr_assert(epsilon_eq(dbl, gone.hi, 0.3085 / (1 - 0.3085), 1e-3));
	cr_assert(gt(dbl, rates(10, 10, 0, 10, 5).hi, gone.hi)); /* ten in two flocks say less */

	/* Nothing scatters as the other side does, whatever the unit: 10 answers, or their octets. */
	const struct ks_rate octets = {.count = 10000, .seconds = 10, .dispersion = 1000};
	const struct ks_rate none = {.seconds = 10, .dispersion = 1};
	cr_assert(near(ks_contrast_of_rates(&none, &octets).lo, got.lo, 1e-9));
	cr_assert(near(ks_contrast_of_rates(&octets, &none).hi, gone.hi, 1e-9));
}

Test(contrast, what_is_not_known_stays_unknown)
{
	cr_assert(isnan(rates(0, 10, 0, 10, 1).ratio));
	cr_assert(isnan(rates(5, 0, 5, 10, 1).ratio));
	cr_assert(isnan(rates(5, NAN, 5, 10, 1).lo));
	const struct ks_contrast got = rates(5, 10, 10, 10, NAN);
	cr_assert(epsilon_eq(dbl, got.ratio, 2, 1e-12));
	cr_assert(isnan(got.lo) && isnan(got.hi));
}

Test(contrast, dispersion_of_bins)
{
	cr_assert(isnan(ks_contrast_dispersion(4, 40, 500)));
	cr_assert(epsilon_eq(dbl, ks_contrast_dispersion(10, 0, 0), 1, 0));
	cr_assert(epsilon_eq(dbl, ks_contrast_dispersion(10, 100, 1000), 1, 0)); /* all alike: not below 1 */
	/* five times 0 and five times 20 */
	cr_assert(epsilon_eq(dbl, ks_contrast_dispersion(10, 100, 2000), 1000 / 9.0 / 10, 1e-12));
}

/* Deterministic: xorshift64. */
static double
draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (double)(*state >> 11) / 9007199254740992.0;
}

static double
poisson(uint64_t *state, double mean)
{
	double n = 0;
	for (double product = draw(state); product > exp(-mean); product *= draw(state))
		n++;
	return n;
}

/* Bins whose events come `flock` at a time. */
static struct ks_rate
simulate(uint64_t *state, double events, double flock)
{
	enum { BINS = 60 };
	double sum = 0, squares = 0;
	for (int i = 0; i < BINS; i++) {
		const double n = flock * poisson(state, events / flock);
		sum += n;
		squares += n * n;
	}
	return (struct ks_rate){
		.count = sum, .seconds = BINS, .dispersion = ks_contrast_dispersion(BINS, sum, squares)};
}

Test(contrast, intervals_hold_the_truth_as_often_as_they_say)
{
	static const double flocks[] = {1, 5, 20};
	uint64_t state = 88172645463325252u;
	for (size_t k = 0; k < KS_COUNT(flocks); k++) {
		enum { TRIALS = 1000 };
		unsigned held = 0;
		for (int i = 0; i < TRIALS; i++) {
			const struct ks_rate a = simulate(&state, 40, flocks[k]),
					     b = simulate(&state, 20, flocks[k]);
			const struct ks_contrast got = ks_contrast_of_rates(&a, &b);
			held += got.lo <= 0.5 && 0.5 <= got.hi;
		}
		cr_expect(held >= 930 && held <= 990, "flocks of %g: %u of %d", flocks[k], held, TRIALS);
	}
}

Test(contrast, shares_scatter_as_their_bins_do)
{
	/* Ten bins of 100: half of them all hot, half of them all cold, against an even half. */
	const struct ks_share flocks = {.part = 500,
					.whole = 1000,
					.n = 10,
					.part_part = 50000,
					.part_whole = 50000,
					.whole_whole = 100000};
	const struct ks_share even = {.part = 500,
				      .whole = 1000,
				      .n = 10,
				      .part_part = 25000,
				      .part_whole = 50000,
				      .whole_whole = 100000};
	const struct ks_contrast wide = ks_contrast_of_shares(&flocks, &even),
				 thin = ks_contrast_of_shares(&even, &even);
	cr_assert(epsilon_eq(dbl, wide.ratio, 1, 1e-12));
	cr_assert(near(thin.hi, exp(1.96 * sqrt(2 * 0.5 / 500)), 1e-4)); /* chance alone */
	cr_assert(near(wide.hi, exp(1.96 * sqrt(0.5 / 500 + 10 / 9.0 * 25000 / 250000.0)), 1e-4));
	const struct ks_share none = {.whole = 100, .n = 10};
	cr_assert(zero(dbl, ks_contrast_of_shares(&even, &none).ratio));
	cr_assert(isnan(ks_contrast_of_shares(&even, &none).hi));
	cr_assert(isnan(ks_contrast_of_shares(&none, &even).ratio));
}
