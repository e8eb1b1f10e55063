/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/ratio.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

#include "analyzer/judge/beta.h"

static void
is_near(double got, double want, double relative, const char *what)
{
	cr_expect(fabs(got - want) <= relative * fabs(want), "%s: got %.9g, wanted %.9g", what, got, want);
}

/* --- the exact interval --- */

Test(ratio, exposures_count)
{
	/* 20 in 10 s over 5 in 50 s: 2/s over 0.1/s */
	const struct ks_ratio ratio = ks_ratio_of_rates(20, 10, 5, 50, 1);
	double lo, hi;
	ks_beta_binomial(20, 5, &lo, &hi);
	is_near(ratio.value, 20, 1e-12, "value");
	is_near(ratio.lo, lo / (1 - lo) * 5, 1e-9, "lo");
	is_near(ratio.hi, hi / (1 - hi) * 5, 1e-9, "hi");
}

Test(ratio, dispersion_makes_it_log_normal)
{
	const struct ks_ratio ratio = ks_ratio_of_rates(400, 1, 100, 1, 2.25);
	const double spread = exp(1.959963985 * sqrt(2.25 * (1 / 400.0 + 1 / 100.0)));
	is_near(ratio.value, 4, 1e-12, "value");
	is_near(ratio.lo, 4 / spread, 1e-9, "lo");
	is_near(ratio.hi, 4 * spread, 1e-9, "hi");
}

Test(ratio, exact_and_log_normal_meet_in_large_counts)
{
	const struct ks_ratio exact = ks_ratio_of_rates(4e6, 1, 1e6, 1, 1);
	const struct ks_ratio normal = ks_ratio_of_rates(4e6, 1, 1e6, 1, 1 + 1e-12);
	is_near(exact.lo, normal.lo, 1e-5, "lo");
	is_near(exact.hi, normal.hi, 1e-5, "hi");
	const struct ks_ratio small = ks_ratio_of_rates(5e7, 1, 3, 1, 1),
			      huge = ks_ratio_of_rates(5e17, 1e10, 3, 1, 1);
	is_near(huge.lo, small.lo, 1e-3, "lo of a hostile count");
	is_near(huge.hi, small.hi, 1e-3, "hi of a hostile count");
	cr_expect(huge.lo < huge.value && huge.value < huge.hi);
}

Test(ratio, nothing_before_leaves_a_lower_limit)
{
	static const double dispersions[] = {1, 4};
	for (size_t i = 0; i < 2; i++) {
		const struct ks_ratio ratio = ks_ratio_of_rates(100, 10, 0, 10, dispersions[i]);
		cr_expect(isinf(ratio.value) && isinf(ratio.hi));
		cr_expect(ratio.lo > 5 && ratio.lo < 30, "%g", ratio.lo);
	}
	/* (n1, 0): P(all n1 on one side) = p^n1 = 0.025, p = 0.025^(1/100) */
	const double p = pow(0.025, 1 / 100.0);
	is_near(ks_ratio_of_rates(100, 1, 0, 1, 1).lo, p / (1 - p), 1e-6, "by hand");
	cr_expect(ks_ratio_of_rates(100, 10, 0, 10, 4).lo < ks_ratio_of_rates(100, 10, 0, 10, 1).lo,
		  "uneven counts say less");
}

Test(ratio, what_says_nothing_is_not_a_number)
{
	static const double bad[][4] = {
		{0, 1, 0, 1}, {1, 0, 1, 1}, {1, 1, 1, 0}, {NAN, 1, 1, 1}, {1, 1, NAN, 1}};
	for (size_t i = 0; i < KS_COUNT(bad); i++) {
		const struct ks_ratio ratio =
			ks_ratio_of_rates(bad[i][0], bad[i][1], bad[i][2], bad[i][3], 1);
		cr_expect(isnan(ratio.value) && isnan(ratio.lo) && isnan(ratio.hi), "row %zu", i);
	}
	const struct ks_ratio none = ks_ratio_of_rates(0, 1, 8, 1, 1);
	cr_expect(none.value <= 0 && none.lo <= 0);
	cr_expect(none.hi > 0 && none.hi < 1, "%g", none.hi);
}

/* Poisson by multiplication; a generator of our own, so that every machine draws alike. */
static unsigned
draw(double mean, uint64_t *state)
{
	double product = 1;
	const double limit = exp(-mean);
	for (unsigned n = 0;; n++) {
		*state = *state * 6364136223846793005u + 1442695040888963407u;
		product *= ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
		if (product < limit)
			return n;
	}
}

Test(ratio, the_interval_covers_the_truth_as_often_as_it_says)
{
	static const double means[][2] = {{6, 3}, {30, 5}, {2, 20}, {60, 60}};
	uint64_t state = 1;
	for (size_t i = 0; i < KS_COUNT(means); i++) {
		int covered = 0;
		for (int round = 0; round < 2000; round++) {
			const double n1 = draw(means[i][0], &state), n0 = draw(means[i][1], &state);
			const struct ks_ratio ratio = ks_ratio_of_rates(n1, 1, n0, 1, 1);
			const double truth = means[i][0] / means[i][1];
			covered += n1 + n0 <= 0 || (ratio.lo <= truth && truth <= ratio.hi);
		}
		cr_expect(covered >= 1890, "%g over %g: %d of 2000", means[i][0], means[i][1], covered);
	}
}

/* --- growth --- */

Test(ratio, growth_from_one_storm_to_the_next)
{
	const struct ks_ratio first = ks_ratio_of_rates(4000, 1, 1000, 1, 2);
	const struct ks_ratio second = ks_ratio_of_rates(10000, 1, 1000, 1, 2);
	const struct ks_ratio growth = ks_ratio_growth(&first, &second);
	is_near(growth.value, 2.5, 1e-12, "factor");
	const double spread = exp(1.959963985 * sqrt(2 * (1 / 4e3 + 1 / 1e3 + 1 / 1e4 + 1 / 1e3)));
	is_near(growth.lo, 2.5 / spread, 1e-6, "lo");
	is_near(growth.hi, 2.5 * spread, 1e-6, "hi");
	const struct ks_ratio next = ks_ratio_forecast(&second, &growth);
	is_near(next.value, 25, 1e-12, "forecast");
	cr_expect(next.lo < growth.lo * 10 && next.hi > growth.hi * 10, "less sure than either");
	const struct ks_ratio endless = ks_ratio_of_rates(10, 1, 0, 1, 1);
	cr_expect(isnan(ks_ratio_growth(&endless, &second).value));
	cr_expect(isnan(ks_ratio_growth(&first, &endless).value));
}

/* --- the root, 2018 and 2019: answers of DNSKEY a day at A (RSSAC002), DOMAIN D1 --- */

Test(ratio, the_root_rollover_of_2018)
{
	const double day = 86400, before = 7257477, before_tcp = 509022;
	static const struct {
		const char *what;
		double udp, background, uplift;
	} rows[] = {
		{"nine days after the roll", 31645953, 1188367, 4.2},
		{"two days after the revocation", 75755939, 0, 10.4},
		{"the day before the removal", 504177903, 0, 69.5},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		const struct ks_ratio ratio =
			ks_ratio_of_rates(rows[i].udp - rows[i].background, day, before, day, 1);
		cr_expect(epsilon_eq(dbl, ratio.value, rows[i].uplift, 0.05), "%s", rows[i].what);
		cr_expect(ratio.lo > rows[i].uplift - 0.1 && ratio.hi < rows[i].uplift + 0.1, "%s",
			  rows[i].what);
	}
	cr_expect(epsilon_eq(dbl,
			     ks_ratio_of_rates(504177903.0 + 5190504, day, before + before_tcp, day, 1).value,
			     65.6, 0.05));
	cr_expect(epsilon_eq(dbl, ks_ratio_doubling(504177903.0 / 75755939, 67), 24.5, 0.05), "days");
	cr_expect(isnan(ks_ratio_doubling(0.5, 1)));

	const double after = 18696788.0 - 5756387;
	const struct ks_ratio rest = ks_ratio_of_rates(after, day, before, day, 1);
	cr_expect(epsilon_eq(dbl, rest.value, 1.78, 0.005));
	/* DNSKEY was 0.147 % of all queries, then 0.219 %. */
	const struct ks_ratio share = ks_ratio_of_rates(after, after / 0.00219, before, before / 0.00147, 1);
	cr_expect(epsilon_eq(dbl, share.value, 1.49, 0.005));
	cr_expect(rest.lo > 1 && share.lo > 1, "higher than before");
}
