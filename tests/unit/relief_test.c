/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who may be named, how he is delayed, and what that makes of his rate. */
#include "analyzer/judge/relief.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

Test(relief, each_verdict_allows_its_measures)
{
	static const struct {
		const char *verdict;
		enum ks_relief relief;
	} rows[] = {
		{"stale-trust-anchor", KS_RELIEF_NAMED},
		{"no-cache", KS_RELIEF_NAMED},
		{"loop", KS_RELIEF_NAMED},
		{"monitoring", KS_RELIEF_NAMED},
		{"clock-skew", KS_RELIEF_NAMED},
		{"dos", KS_RELIEF_LIMIT},
		{"reflection", KS_RELIEF_LIMIT},
		{"broken-zone", KS_RELIEF_REPAIR},
		{"answer-lost", KS_RELIEF_PATH},
		{"healthy", KS_RELIEF_NONE},
		{"undetermined", KS_RELIEF_PROVED},
		{NULL, KS_RELIEF_PROVED},
		{"", KS_RELIEF_PROVED},
		{"a word of tomorrow", KS_RELIEF_PROVED},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++)
		cr_expect(eq(int, ks_relief_of(rows[i].verdict), rows[i].relief), "%s",
			  rows[i].verdict != NULL ? rows[i].verdict : "NULL");
}

Test(relief, nobody_is_named_where_addresses_may_be_forged)
{
	static const struct {
		const char *what, *own, *storm;
		bool proved, named;
	} rows[] = {
		{"both sure", "stale-trust-anchor", "stale-trust-anchor", false, true},
		{"the storm is sure, the source is not", NULL, "stale-trust-anchor", false, true},
		{"a stale resolver in a reflection", "stale-trust-anchor", "reflection", false, true},
		{"a victim of the reflection", "reflection", "reflection", true, false},
		{"in a reflection, without verdict", NULL, "reflection", false, false},
		{"likewise; what it proved elsewhere says nothing of this", NULL, "reflection", true, false},
		{"a flood", "dos", "dos", true, false},
		{"a victim in a storm of stale resolvers", "reflection", "stale-trust-anchor", true, false},
		{"nothing is sure", NULL, NULL, false, false},
		{"nothing is sure but the address", NULL, NULL, true, true},
		{"likewise in words", "undetermined", "undetermined", true, true},
		{"a healthy source", "healthy", "stale-trust-anchor", true, false},
		{"the zone is broken", NULL, "broken-zone", true, false},
		{"answers are lost", NULL, "answer-lost", true, false},
		{"a stale resolver of a broken zone", "stale-trust-anchor", "broken-zone", false, true},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++)
		cr_expect(eq(int,
			     ks_relief_may_name(rows[i].own, ks_relief_of(rows[i].storm), rows[i].proved),
			     rows[i].named),
			  "%s", rows[i].what);
}

Test(relief, tiers_follow_from_behaviour)
{
	static const struct {
		const char *what;
		struct ks_relief_habits habits;
		enum ks_relief_tier tier;
		unsigned delay_ms;
	} rows[] = {
		{"does not wait", {"none", 0.2, 100}, KS_TIER_OPEN, 0},
		{"just waits", {"none", 0.21, 100}, KS_TIER_FLOOD, 2000},
		{"remembers", {"30s", 0.9, 100}, KS_TIER_REMEMBER, 250},
		{"remembers for long", {"ttl", NAN, 1}, KS_TIER_REMEMBER, 250},
		{"nothing known", {NULL, NAN, 1}, KS_TIER_UNKNOWN, 500},
		{"nothing known but that it waits", {NULL, 0.9, 40}, KS_TIER_UNKNOWN, 500},
		{"forgets", {"none", 0.9, 9.99}, KS_TIER_FORGET, 1000},
		{"forgets, and asks much", {"none", 0.9, 10}, KS_TIER_FLOOD, 2000},
		{"forgets, rate not known", {"none", 0.9, NAN}, KS_TIER_FORGET, 1000},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		const enum ks_relief_tier tier = ks_relief_choose(&rows[i].habits);
		cr_expect(eq(int, tier, rows[i].tier), "%s", rows[i].what);
		cr_expect(eq(uint, ks_relief_delay_ms(tier), rows[i].delay_ms), "%s", rows[i].what);
	}
}

/* DOMAIN 4-09: 156 queries in 19 s are 8.21 a second; a second of delay leaves 0.891. */
Test(relief, the_rate_behind_a_delay)
{
	const double gap_ms = 1000 * 19.0 / 156;
	cr_expect(epsilon_eq(dbl, ks_relief_rate_qps(gap_ms, 0), 8.2105, 1e-4));
	cr_expect(epsilon_eq(dbl, ks_relief_rate_qps(gap_ms, 1000), 0.8914, 1e-4));
	cr_expect(epsilon_eq(dbl, ks_relief_rate_qps(0, 250), 4, 1e-12));
	cr_expect(isnan(ks_relief_rate_qps(0, 0)), "no gap and no delay: as fast as it can");
	cr_expect(isnan(ks_relief_rate_qps(NAN, 1000)));
}

Test(relief, limits_leave_room_for_others)
{
	static const struct {
		const char *what;
		double busiest_qps;
		uint32_t least, limit;
	} rows[] = {
		{"nobody else", 0, 5, 5},          {"not known", NAN, 20, 20}, {"just the least", 2.5, 5, 5},
		{"a little more", 2.51, 5, 6},     {"busy", 480, 20, 960},     {"absurd", 1e300, 5, 1000000},
		{"endless", INFINITY, 5, 1000000},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++)
		cr_expect(eq(u32, ks_relief_limit_qps(rows[i].busiest_qps, rows[i].least), rows[i].limit),
			  "%s", rows[i].what);
}
