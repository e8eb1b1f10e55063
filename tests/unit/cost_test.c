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
		{"one octet more: its frame is padded", 1473, 1473 + 8 + 40, 1473 + 8 + 40 + 25 + 76},
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

static double
mbps(double bytes, double qps)
{
	return bytes * 8 * qps / 1e6;
}

Test(cost, octets_of_one_answer_at_three_layers)
{
	cr_assert(epsilon_eq(dbl, mbps(1188, 3000), 28.512, 1e-9));
	cr_assert(epsilon_eq(dbl, mbps(ks_cost_ip_bytes(1188), 3000), 29.184, 1e-9));
	cr_assert(epsilon_eq(dbl, mbps(ks_cost_ethernet_bytes(1188), 3000), 30.096, 1e-9));
}

Test(cost, short_frames_are_padded_and_long_datagrams_fragmented)
{
	static const struct {
		const char *what;
		double dns, ip, ethernet;
	} rows[] = {
		{"a query of 17 octets is padded", 17, 45, 46 + 38},
		{"18 octets just fill the frame", 18, 46, 46 + 38},
		{"the longest in one packet", 1472, 1500, 1538},
		{"one octet more is a packet more", 1473, 1521, 1538 + 46 + 38},
		{"three packets", 4096, 4096 + 8 + 60, 2 * 1538 + 1144 + 20 + 38},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		cr_expect(epsilon_eq(dbl, ks_cost_ip_bytes(rows[i].dns), rows[i].ip, 1e-9), "%s",
			  rows[i].what);
		cr_expect(epsilon_eq(dbl, ks_cost_ethernet_bytes(rows[i].dns), rows[i].ethernet, 1e-9), "%s",
			  rows[i].what);
	}
}
