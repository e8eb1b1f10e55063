/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which event ended a storm. */
#include "analyzer/judge/repair.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

/* A storm whose first bin ends at 100 s, and which ends at 500 s. */
#define S(seconds) ((seconds)*KS_NS_PER_S)
enum { NONE = -1, EVENTS = 3 };

static const struct {
	const char *what;
	struct ks_onset_event events[EVENTS];
	size_t n;
	int want;
} cases[] = {
	{"nothing happened", {{0}}, 0, NONE},
	{"the key that was revoked goes", {{.kind = KS_EVENT_KEY_REMOVED, .t_ns = S(480)}}, 1, 0},
	{"before the first bin is over it may be the trigger",
	 {{.kind = KS_EVENT_KEY_REMOVED, .t_ns = S(99)}},
	 1,
	 NONE},
	{"at the very end", {{.kind = KS_EVENT_DS_REMOVED, .t_ns = S(500)}}, 1, 0},
	{"behind the end it mends nothing",
	 {{.kind = KS_EVENT_DS_REMOVED, .before_ns = S(500), .t_ns = S(501)}},
	 1,
	 NONE},
	{"seen behind the end, it may have happened before",
	 {{.kind = KS_EVENT_DS_REMOVED, .before_ns = S(499), .t_ns = S(505)},
	  {.kind = KS_EVENT_KEY_REMOVED, .before_ns = S(480), .t_ns = S(501)},
	  {.kind = KS_EVENT_SIG_EXPIRED, .before_ns = S(480), .t_ns = S(501)}},
	 3,
	 1},
	{"what was seen by the end goes before what may have been",
	 {{.kind = KS_EVENT_DS_REMOVED, .before_ns = S(499), .t_ns = S(505)},
	  {.kind = KS_EVENT_KEY_REMOVED, .before_ns = S(300), .t_ns = S(301)}},
	 2,
	 1},
	{"what breaks does not mend",
	 {{.kind = KS_EVENT_SIG_EXPIRED, .t_ns = S(300)},
	  {.kind = KS_EVENT_DS_MISMATCH, .t_ns = S(300)},
	  {.kind = KS_EVENT_KEY_REVOKED, .t_ns = S(300)}},
	 3,
	 NONE},
	{"signatures are valid again",
	 {{.kind = KS_EVENT_SIG_EXPIRED, .t_ns = S(150)},
	  {.kind = KS_EVENT_KEY_REMOVED, .t_ns = S(395)},
	  {.kind = KS_EVENT_SIG_RENEWED, .t_ns = S(400)}},
	 3,
	 2},
	{"a calendar has seen nothing",
	 {{.kind = KS_EVENT_KEY_REMOVED, .t_ns = S(300), .calendar = true}},
	 1,
	 NONE},
	{"the last of several",
	 {{.kind = KS_EVENT_KEY_ADDED, .t_ns = S(200)},
	  {.kind = KS_EVENT_DS_ADDED, .t_ns = S(400)},
	  {.kind = KS_EVENT_SIGNER_CHANGED, .t_ns = S(300)}},
	 3,
	 1},
	{"of one step what went before what came",
	 {{.kind = KS_EVENT_KEY_ADDED, .t_ns = S(400)},
	  {.kind = KS_EVENT_KEY_REMOVED, .t_ns = S(399)},
	  {.kind = KS_EVENT_DS_REMOVED, .t_ns = S(380)}},
	 3,
	 1},
	{"the zone's own before a later one above",
	 {{.kind = KS_EVENT_KEY_REMOVED, .t_ns = S(450), .above = 1},
	  {.kind = KS_EVENT_DS_ADDED, .t_ns = S(200)}},
	 2,
	 1},
	{"of the zones above the nearest",
	 {{.kind = KS_EVENT_KEY_REMOVED, .t_ns = S(450), .above = 2},
	  {.kind = KS_EVENT_KEY_REMOVED, .t_ns = S(200), .above = 1}},
	 2,
	 1},
};

Test(repair, the_event_that_may_have_ended_it)
{
	for (size_t i = 0; i < KS_COUNT(cases); i++) {
		size_t at = 99;
		const bool found = ks_repair_find(cases[i].events, cases[i].n, S(100), S(500), &at);
		cr_expect_eq(found ? (int)at : NONE, cases[i].want, "%s", cases[i].what);
	}
}
