/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who cannot validate a zone can validate nothing below it. */
#include "analyzer/judge/inherit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

enum { SOURCES = 3, TLD = 7, ROOT = 1 };

static const struct {
	const char *what;
	double excess;
	size_t n;
	struct {
		const char *verdict;
		double lead_db, weight;
		int64_t zone_id;
	} sources[SOURCES];
	const char *want;
	double lead_db;
	int64_t zone_id;
} cases[] = {
	{"nobody fails above", 100, 0, {{0}}, NULL, 0, 0},
	{"half of it is enough",
	 100,
	 1,
	 {{"stale-trust-anchor", 14, 50, ROOT}},
	 "stale-trust-anchor",
	 14,
	 ROOT},
	{"less is not", 100, 1, {{"stale-trust-anchor", 14, 49, ROOT}}, NULL, 0, 0},
	{"the least lead, and the zone of whoever weighs most",
	 100,
	 2,
	 {{"stale-trust-anchor", 14, 20, ROOT}, {"stale-trust-anchor", 19, 40, TLD}},
	 "stale-trust-anchor",
	 14,
	 TLD},
	{"two explanations do not add up",
	 100,
	 2,
	 {{"stale-trust-anchor", 14, 40, ROOT}, {"broken-zone", 19, 40, TLD}},
	 NULL,
	 0,
	 0},
	{"the greater of both",
	 100,
	 2,
	 {{"stale-trust-anchor", 14, 20, ROOT}, {"broken-zone", 19, 70, TLD}},
	 "broken-zone",
	 19,
	 TLD},
	{"what does not hold below weighs nothing",
	 100,
	 3,
	 {{"loop", 14, 90, ROOT}, {"clock-skew", 20, 90, ROOT}, {NULL, 20, 90, ROOT}},
	 NULL,
	 0,
	 0},
	{"nobody in a storm of nothing", 0, 1, {{"broken-zone", 19, 0, TLD}}, NULL, 0, 0},
};

Test(inherit, a_storm_has_the_verdict_of_half_of_it)
{
	for (size_t i = 0; i < KS_COUNT(cases); i++) {
		struct ks_inherit_pool pool = {0};
		double lead_db = 0;
		int64_t zone_id = 0;
		for (size_t k = 0; k < cases[i].n; k++)
			ks_inherit_add(&pool, cases[i].sources[k].verdict, cases[i].sources[k].lead_db,
				       cases[i].sources[k].zone_id, cases[i].sources[k].weight);
		const char *const got = ks_inherit_conclude(&pool, cases[i].excess, &lead_db, &zone_id);
		if (cases[i].want == NULL)
			cr_expect_null(got, "%s", cases[i].what);
		else
			cr_expect_str_eq(got != NULL ? got : "none", cases[i].want, "%s", cases[i].what);
		cr_expect_eq(lead_db, cases[i].lead_db, "%s", cases[i].what);
		cr_expect_eq(zone_id, cases[i].zone_id, "%s", cases[i].what);
	}
}

Test(inherit, only_what_breaks_the_chain_passes_down)
{
	static const struct {
		const char *verdict;
		bool passes;
	} words[] = {
		{"stale-trust-anchor", true}, {"broken-zone", true}, {"answer-lost", false},
		{"undetermined", false},      {"healthy", false},    {NULL, false},
	};
	for (size_t i = 0; i < KS_COUNT(words); i++)
		cr_expect_eq(ks_inherit_passes(words[i].verdict), words[i].passes, "%zu", i);
}
