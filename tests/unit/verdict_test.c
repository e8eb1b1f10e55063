/* SPDX-License-Identifier: BSD-2-Clause
 *
 * verdict_test.c -- each verdict has a counter name that scripts can rely on, and a note. */
#include "dissect/verdict.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

Test(verdict, names_are_words_and_unlike)
{
	for (int i = 0; i < KS_VERDICT_COUNT; i++) {
		const char *const name = ks_verdict_name((enum ks_verdict)i);
		cr_assert(strlen(name) > 0);
		for (const char *c = name; *c != '\0'; c++)
			cr_assert(strchr("abcdefghijklmnopqrstuvwxyz_", *c) != NULL, "%s", name);
		for (int j = 0; j < i; j++)
			cr_assert(strcmp(name, ks_verdict_name((enum ks_verdict)j)) != 0, "%s twice", name);
	}
}

Test(verdict, notes_are_one_line)
{
	for (int i = 0; i < KS_VERDICT_COUNT; i++) {
		const char *const note = ks_verdict_note((enum ks_verdict)i);
		cr_assert(strlen(note) > 10, "%s", ks_verdict_name((enum ks_verdict)i));
		cr_assert(strchr(note, '\n') == NULL);
	}
}

/* SPEC section 3: packets = dns + not_dns + fragments_pending + each refusal reason. */
Test(verdict, names_that_the_contract_fixes)
{
	cr_assert(strcmp(ks_verdict_name(KS_DNS), "dns") == 0);
	cr_assert(strcmp(ks_verdict_name(KS_NOT_DNS), "not_dns") == 0);
	cr_assert(strcmp(ks_verdict_name(KS_FRAGMENT_PENDING), "fragments_pending") == 0);
}
