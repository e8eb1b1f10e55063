/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which event came before a storm. */
#include "analyzer/judge/onset.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define S(seconds) ((int64_t)((seconds)*1e9))

/* A storm that begins at 10000 s, in bins of 10 s, of a zone whose keys live 100 s. */
static size_t
trigger(const struct ks_onset_event *events, size_t n)
{
	return ks_onset_trigger(events, n, S(10000), S(10), S(100));
}

Test(onset, nothing_happened)
{
	cr_expect(eq(sz, trigger(NULL, 0), 0));
}

Test(onset, an_event_counts_from_an_hour_and_the_lifetime_before_until_the_first_bin_ends)
{
	static const struct {
		const char *what;
		double before_s, t_s;
		bool want;
	} rows[] = {
		{"just within reach", 6299, 6300, true},      {"beyond it", 6298, 6299.9, false},
		{"inside the first bin", 10008, 10009, true}, {"perhaps inside it", 10009, 10020, true},
		{"surely behind it", 10010, 10011, false},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		const struct ks_onset_event event = {KS_EVENT_KEY_REMOVED, S(rows[i].before_s),
						     S(rows[i].t_s)};
		const bool found = trigger(&event, 1) == 0;
		cr_expect(found == rows[i].want, "%s", rows[i].what);
	}
}

Test(onset, the_last_step_counts_and_of_a_step_what_hurts_most)
{
	const struct ks_onset_event events[] = {
		{KS_EVENT_DS_MISMATCH, S(8000), S(8001)}, /* worse, but long before */
		{KS_EVENT_KEY_ADDED, S(9990), S(9991)},
		{KS_EVENT_KEY_REVOKED, S(9990), S(9991)},
		{KS_EVENT_SIGNER_CHANGED, S(9993), S(9994)},
		{KS_EVENT_CONSISTENT, S(9999), S(9999.5)}, /* harms nobody */
	};
	cr_expect(eq(sz, trigger(events, KS_COUNT(events)), 2));
	cr_expect(eq(sz, trigger(events, 1), 0));
}
