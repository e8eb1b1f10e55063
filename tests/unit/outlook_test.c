/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What two storms let expect of a third. */
#include "analyzer/judge/outlook.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

enum { DAY_S = 86400 };

/* Published counts of one server: 75,755,939 queries on the one day, 504,177,903 on another, 67 days later.
 */
Test(outlook, doubling_of_the_published_counts)
{
	const struct ks_ratio earlier = {10.4, 10.3, 10.5}, later = {10.4 * 6.6553, 68.5, 69.9};
	const struct ks_ratio growth = ks_ratio_growth(&earlier, &later);
	const struct ks_outlook outlook = ks_outlook_judge(&later, &growth, 67.0 * DAY_S);
	cr_expect(epsilon_eq(dbl, outlook.doubling_s.value / DAY_S, 24.5, 0.05));
	cr_expect(outlook.doubling_s.lo < outlook.doubling_s.value &&
		  outlook.doubling_s.value < outlook.doubling_s.hi);
	cr_expect(epsilon_eq(dbl, outlook.next.value, later.value * later.value / earlier.value, 1e-6));
	cr_expect(outlook.next.lo < outlook.next.value && outlook.next.value < outlook.next.hi);
}

Test(outlook, what_may_not_grow_has_no_upper_end)
{
	const struct ks_ratio uplift = {12, 8, 18}, growth = {1.2, 0.8, 1.8};
	const struct ks_outlook outlook = ks_outlook_judge(&uplift, &growth, DAY_S);
	cr_expect(epsilon_eq(dbl, outlook.doubling_s.value, DAY_S * log(2) / log(1.2), 1e-6));
	cr_expect(epsilon_eq(dbl, outlook.doubling_s.lo, DAY_S * log(2) / log(1.8), 1e-6));
	cr_expect(isnan(outlook.doubling_s.hi));
}

Test(outlook, what_shrinks_never_doubles_but_has_a_next)
{
	const struct ks_ratio uplift = {5, 4, 6}, growth = {0.5, 0.4, 0.6};
	const struct ks_outlook outlook = ks_outlook_judge(&uplift, &growth, DAY_S);
	cr_expect(isnan(outlook.doubling_s.value));
	cr_expect(epsilon_eq(dbl, outlook.next.value, 2.5, 1e-9));
}

Test(outlook, nothing_of_a_storm_whose_growth_is_not_known)
{
	const struct ks_ratio uplift = {5, 4, 6}, growth = {NAN, NAN, NAN};
	const struct ks_outlook outlook = ks_outlook_judge(&uplift, &growth, DAY_S);
	cr_expect(isnan(outlook.doubling_s.value) && isnan(outlook.next.value));
	cr_expect(epsilon_eq(dbl, outlook.apart_s, DAY_S, 0.1));
	const struct ks_ratio known = {2, 1.5, 3};
	cr_expect(isnan(ks_outlook_judge(&uplift, &known, 0).next.value), "two at one time are one");
}
