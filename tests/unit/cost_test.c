/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/cost.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

/* DOMAIN A1 1-04: the 35 Mb/s of the article do not follow from its figures; these do. */
Test(cost, three_thousand_answers_of_1188_octets)
{
	const struct ks_cost cost = ks_cost_of_answers(3000, 1188);
	cr_expect(epsilon_eq(dbl, cost.dns_bps, 28.512e6, 0.5));
	cr_expect(epsilon_eq(dbl, cost.ip_bps, 29.184e6, 0.5));
	cr_expect(epsilon_eq(dbl, cost.wire_bps, 30.096e6, 0.5));
}

Test(cost, fragments_and_short_frames)
{
	static const struct {
		const char *what;
		double message, ip, wire; /* octets */
	} rows[] = {
		{"as much as one packet holds", 1472, 1500, 1538},
		{"one octet more", 1473, 1473 + 8 + 40, 1473 + 8 + 40 + 76},
		{"three fragments", 3592, 3592 + 8 + 60, 3592 + 8 + 60 + 114},
		{"padded to the shortest frame", 12, 40, 84},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		const struct ks_cost cost = ks_cost_of_answers(1, rows[i].message);
		cr_expect(epsilon_eq(dbl, cost.ip_bps, rows[i].ip * 8, 1e-6), "%s", rows[i].what);
		cr_expect(epsilon_eq(dbl, cost.wire_bps, rows[i].wire * 8, 1e-6), "%s", rows[i].what);
	}
	const struct ks_cost unknown = ks_cost_of_answers(3000, NAN);
	cr_expect(isnan(unknown.dns_bps) && isnan(unknown.ip_bps) && isnan(unknown.wire_bps));
}
