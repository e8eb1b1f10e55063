/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which event came before a storm. */
#include "analyzer/judge/onset.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#define S(seconds) ((int64_t)((seconds)*1e9))

/* A storm that begins at 10000 s, in bins of 10 s; the indices as text. */
static const char *
rank(const struct ks_onset_event *events, size_t n, size_t max)
{
	static char text[128];
	size_t order[16];
	const size_t found = ks_onset_rank(events, n, S(10000), S(10), order, max);
	text[0] = '\0';
	for (size_t i = 0, at = 0; i < found; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, " %zu", order[i]);
	return text;
}

#define OWN(kind, before_s, t_s)                                                                             \
	{                                                                                                    \
		KS_EVENT_##kind, S(before_s), S(t_s), S(100), false, false, 0                                \
	}
#define ABOVE(kind, before_s, t_s, levels)                                                                   \
	{                                                                                                    \
		KS_EVENT_##kind, S(before_s), S(t_s), S(100), false, false, levels                           \
	}
#define TOLD(kind, before_s, t_s, levels)                                                                    \
	{                                                                                                    \
		KS_EVENT_##kind, S(before_s), S(t_s), S(100), true, false, levels                            \
	}

Test(onset, nothing_happened)
{
	cr_expect_str_eq(rank(NULL, 0, 8), "");
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
		const struct ks_onset_event event = OWN(KEY_REMOVED, rows[i].before_s, rows[i].t_s);
		cr_expect_str_eq(rank(&event, 1, 8), rows[i].want ? " 0" : "", "%s", rows[i].what);
	}
}

Test(onset, a_record_that_lives_longer_reaches_further)
{
	struct ks_onset_event event = OWN(DS_REMOVED, 5000, 5001);
	cr_expect_str_eq(rank(&event, 1, 8), "");
	event.life_ns = S(1400);
	cr_expect_str_eq(rank(&event, 1, 8), " 0");
}

Test(onset, the_last_step_counts_and_of_a_step_what_hurts_most)
{
	const struct ks_onset_event events[] = {
		OWN(DS_MISMATCH, 8000, 8001), /* worse, but long before */
		OWN(KEY_ADDED, 9990, 9991),      OWN(KEY_REVOKED, 9990, 9991),
		OWN(SIGNER_CHANGED, 9993, 9994), OWN(CONSISTENT, 9999, 9999.5), /* harms nobody */
	};
	cr_expect_str_eq(rank(events, KS_COUNT(events), 8), " 2 3 1 0");
	cr_expect_str_eq(rank(events, KS_COUNT(events), 2), " 2 3");
	cr_expect_str_eq(rank(events, KS_COUNT(events), 0), "");
	cr_expect_str_eq(rank(events, 1, 8), " 0");
}

Test(onset, of_two_keys_the_one_that_signs_keys_counts)
{
	struct ks_onset_event events[] = {OWN(KEY_REMOVED, 9990, 9991), OWN(KEY_REMOVED, 9990, 9991)};
	cr_expect_str_eq(rank(events, 2, 8), " 0 1");
	events[0].zsk = true;
	cr_expect_str_eq(rank(events, 2, 8), " 1 0");
}

Test(onset, the_zone_goes_before_those_above_and_what_was_seen_before_what_was_told)
{
	const struct ks_onset_event events[] = {
		TOLD(KEY_REVOKED, 9999, 9999, 0),
		TOLD(DS_REMOVED, 9999, 9999, 1),
		ABOVE(DS_MISMATCH, 9999, 9999.5, 2),
		ABOVE(KEY_REMOVED, 9990, 9990.5, 1),
		ABOVE(PARAM_CHANGED, 9990, 9990.5, 1), /* breaks no chain */
		OWN(KEY_ADDED, 8000, 8001),
		TOLD(KEY_ADDED, 12000, 12000, 0), /* later */
	};
	cr_expect_str_eq(rank(events, KS_COUNT(events), 8), " 5 3 2 0 1");
}
