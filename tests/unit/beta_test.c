/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Quantiles and limits against published values, and against sums of binomial terms. */
#include "analyzer/judge/beta.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

static bool
near(double got, double want, double relative)
{
	return fabs(got - want) <= relative * fabs(want);
}

/* P(X >= k) for X binomial (n, p), term by term. */
static double
tail_of_doubles(unsigned n, unsigned k, double p)
{
	double sum = 0;
	for (unsigned i = k; i <= n; i++)
		sum += exp(lgamma(n + 1.0) - lgamma(i + 1.0) - lgamma(n - i + 1.0) + i * log(p) +
			   (n - i) * log1p(-p));
	return sum;
}

Test(beta, quantiles_are_where_sums_of_binomial_terms_say)
{
	for (unsigned n = 1; n <= 60; n += n < 12 ? 1 : 16)
		for (unsigned k = 1; k <= n; k++) {
			const double lo = ks_beta_quantile(0.025, k, n - k + 1);
			const double hi = ks_beta_quantile(0.975, k, n - k + 1);
			cr_assert(near(tail_of_doubles(n, k, lo), 0.025, 1e-8), "%u of %u: %g", k, n, lo);
			cr_assert(near(tail_of_doubles(n, k, hi), 0.975, 1e-8), "%u of %u: %g", k, n, hi);
		}
}

Test(beta, quantiles_are_those_of_published_tables)
{
	static const struct {
		double n, k, lo, hi; /* Clopper-Pearson, 95 % */
	} rows[] = {{10, 5, 0.1871, 0.8129},
		    {10, 1, 0.0025, 0.4450},
		    {20, 1, 0.0013, 0.2487},
		    {100, 10, 0.0490, 0.1762}};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		const double n = rows[i].n, k = rows[i].k;
		cr_expect(epsilon_eq(dbl, ks_beta_quantile(0.025, k, n - k + 1), rows[i].lo, 6e-5));
		cr_expect(epsilon_eq(dbl, ks_beta_quantile(0.975, k + 1, n - k), rows[i].hi, 6e-5));
	}
	/* 0 of 10 and 10 of 10 have one bound each: 0.3085 and 0.6915. */
	cr_expect(epsilon_eq(dbl, ks_beta_quantile(0.975, 1, 10), 0.3085, 6e-5));
	cr_expect(epsilon_eq(dbl, ks_beta_quantile(0.025, 10, 1), 0.6915, 6e-5));
}

/* --- limits --- */

Test(beta, the_binomial_interval_is_the_published_one)
{
	/* Tables of 95 % limits in per cent, as in Documenta Geigy and any textbook since. */
	static const struct {
		double x, n, lo, hi;
	} rows[] = {
		{0, 10, 0, 0.3085},        {1, 10, 0.0025, 0.4450},     {5, 10, 0.1871, 0.8129},
		{10, 10, 0.6915, 1},       {4, 20, 0.0573, 0.4366},     {10, 100, 0.0490, 0.1762},
		{50, 100, 0.3983, 0.6017}, {0, 100, 0, 0.0362},         {1, 100, 0.0003, 0.0545},
		{99, 100, 0.9455, 0.9997}, {500, 1000, 0.4686, 0.5314},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		double lo, hi;
		ks_beta_binomial(rows[i].x, rows[i].n - rows[i].x, &lo, &hi);
		cr_expect(epsilon_eq(dbl, lo, rows[i].lo, 0.00006), "%g of %g", rows[i].x, rows[i].n);
		cr_expect(epsilon_eq(dbl, hi, rows[i].hi, 0.00006), "%g of %g", rows[i].x, rows[i].n);
	}
}

/* Probability of at least x successes, term by term. */
static long double
upper_tail(int x, int n, long double p)
{
	long double sum = 0;
	for (int k = x; k <= n; k++)
		sum += expl(lgammal(n + 1.0L) - lgammal(k + 1.0L) - lgammal(n - k + 1.0L) + k * logl(p) +
			    (n - k) * log1pl(-p));
	return sum;
}

/* What the limits are by definition: there each tail has 2.5 %. */
Test(beta, each_tail_of_the_binomial_has_its_share)
{
	static const int counts[] = {1, 2, 3, 7, 19, 64, 250, 1999};
	for (size_t i = 0; i < KS_COUNT(counts); i++)
		for (size_t k = 0; k < KS_COUNT(counts); k++) {
			const int x = counts[i], n = counts[i] + counts[k];
			double lo, hi;
			ks_beta_binomial(x, n - x, &lo, &hi);
			cr_expect(near((double)upper_tail(x, n, lo), 0.025, 1e-6), "at the lower limit");
			cr_expect(near(1 - (double)upper_tail(x + 1, n, hi), 0.025, 1e-6),
				  "at the upper limit");
		}
}
