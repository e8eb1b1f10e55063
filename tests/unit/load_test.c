/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/load.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

/* A look every second: a digit is how many tenths of the ring wait, x that something was lost. */
static const struct {
	const char *what, *looks, *steps;
} rows[] = {
	{"keeping up", "0120012210", "0000000000"},
	{"samples first", "023", "001"},
	{"then background", "02345", "00112"},
	{"more than half full is both at once", "09", "02"},
	{"not back at once", "0500000000", "0222222222"},
	{"step by step, each after ten calm seconds", "0500000000000000000000000",
	 "0222222222211111111110000"},
	{"what is less than calm begins the ten seconds anew", "0500000003000000000000",
	 "0222222222222222222111"},
	{"loss is a step each", "0x0x0x0", "0112222"},
	{"loss when it fills is a step too", "03x", "012"},
	{"loss on top of the last step keeps it", "05000000x0000000000", "0222222222222222221"},
};

Test(load, is_shed_in_order)
{
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_load load = {0};
		char got[64] = "";
		uint64_t lost = 0, changes = 0;
		for (size_t s = 0; rows[i].looks[s] != '\0'; s++) {
			const char look = rows[i].looks[s];
			lost += look == 'x' ? 3 : 0;
			const double fill = look == 'x' ? 0 : (look - '0') / 10.0;
			changes += ks_load_look(&load, (int64_t)(1000 + s) * KS_NS_PER_S, fill, lost);
			got[s] = (char)('0' + (int)load.step);
		}
		cr_expect(strcmp(got, rows[i].steps) == 0, "%s: %s gives %s, wanted %s", rows[i].what,
			  rows[i].looks, got, rows[i].steps);
		cr_expect(eq(u64, load.changes, changes));
	}
}

Test(load, a_clock_set_back_keeps_nothing_out)
{
	struct ks_load load = {0};
	cr_assert(ks_load_look(&load, 5000 * KS_NS_PER_S, 1, 0));
	for (int64_t s = 0; s < 21; s++)
		(void)ks_load_look(&load, (100 + s) * KS_NS_PER_S, 0, 0);
	cr_expect(eq(int, (int)load.step, KS_SHED_NONE));
}
