/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/distinct.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { P_MAX = 11 };

static uint8_t registers[1 << P_MAX];

static double
count_of(unsigned p, uint32_t n, const char *prefix)
{
	memset(registers, 0, sizeof(registers));
	for (uint32_t i = 0; i < n; i++) {
		char text[32];
		const int n_text = snprintf(text, sizeof(text), "%s%x", prefix, i);
		ks_distinct_add(registers, p, text, (size_t)n_text);
		ks_distinct_add(registers, p, text, (size_t)n_text);
	}
	return ks_distinct_count(registers, p);
}

/* Four standard errors, and a half for rounding. */
Test(distinct, estimates_stay_within_their_error_from_one_to_a_million)
{
	static const unsigned ps[] = {8, P_MAX};
	static const char *const prefixes[] = {"", "host-", "a-longer-prefix-"};
	for (size_t i = 0; i < KS_COUNT(ps); i++)
		for (size_t k = 0; k < KS_COUNT(prefixes); k++)
			for (uint32_t n = 1; n <= 1000000; n = n * 3 + 1) {
				const double error = 4 * 1.04 / sqrt(1 << ps[i]);
				const double got = count_of(ps[i], n, prefixes[k]);
				cr_expect(fabs(got - n) <= n * error + 0.5, "p %u, n %u: %f", ps[i], n, got);
			}
}

Test(distinct, nothing_is_none_and_repeats_are_one)
{
	cr_assert(count_of(P_MAX, 0, "") <= 0);
	for (int i = 0; i < 1000; i++)
		ks_distinct_add(registers, P_MAX, "www", 3);
	const double one = ks_distinct_count(registers, P_MAX);
	cr_assert(fabs(one - 1) < 0.01, "%f", one);
}

Test(distinct, full_registers_still_give_a_number)
{
	memset(registers, 0xff, sizeof(registers)); /* more than any hash can set */
	cr_assert(gt(dbl, ks_distinct_count(registers, P_MAX), 1e15));
	memset(registers, 1, sizeof(registers));
	registers[0] = 54;
	cr_assert(isfinite(ks_distinct_count(registers, P_MAX)));
}
