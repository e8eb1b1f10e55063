/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/past.h -- what a run knows from the runs before it: who was given which zone's keys.
 *
 * A capture that never ends is counted in runs, each with empty tables. Caches do not begin anew: whether a
 * query was needed (requery.h) depends on an answer that may have been counted by a run that is over. So each
 * run leaves to the next one the requery states of its flows, as long as they can decide a class, since when
 * they have been failing (behaviour.h), and the queries that still wait for their answers. No counts: what a
 * run counts is its own, and runs add up.
 *
 * A state is at one place at a time. The run that meets its source and zone again takes it, and leaves it
 * behind at its end; those that it does not meet stay for the run after it.
 *
 * Memory:  one table, reserved at the start. Between two runs, when there are more states than it holds,
 *          those of earlier runs that never asked too early go first; what finds no room is counted.
 * Work:    two hashes and a probe for a source and zone that is new to the run. At the end of a run a few
 *          times through its flows and the table.
 * Time:    packet time. Threads: one owner. */
#ifndef KS_ANALYZER_PAST_H
#define KS_ANALYZER_PAST_H

#include "analyzer/behaviour.h"
#include "analyzer/map.h"
#include "analyzer/pair.h"
#include "analyzer/requery.h"

struct ks_past {
	struct ks_map states;
	struct ks_pairs pairs; /* zeroed: none */
	struct ks_secret secret;
	uint64_t forgotten; /* states, when the last run ended */
};

/* What is known of one source and zone. */
struct ks_past_state {
	struct ks_requery_state state;
	struct ks_behaviour_past manner;
	bool offended; /* a requery of it was counted in an earlier run */
};

KS_MUST_CHECK enum ks_error ks_past_init(struct ks_past *past, size_t bytes, const struct ks_secret *secret,
					 struct ks_diag *diag);
void ks_past_done(struct ks_past *past); /* a zeroed past is fine */

/* Take what is known of `source` and the zone `name` (wire format, lower case). False: nothing. */
bool ks_past_take(struct ks_past *past, const struct ks_addr *source, struct ks_span name,
		  struct ks_past_state *ret);

/* What was taken, as long as the run lasts; NULL: nothing was. */
const struct ks_past_state *ks_past_taken(const struct ks_past *past, const struct ks_addr *source,
					  struct ks_span name);

/* The run is over at `t_ns`, with `n` states to be left: forget what was taken and what time has decided. */
void ks_past_renew(struct ks_past *past, int64_t t_ns, size_t n);

/* Can this decide anything behind `t_ns`? */
bool ks_past_matters(const struct ks_past_state *state, int64_t t_ns);

/* Leave it. Behind ks_past_renew; the foremost first. */
void ks_past_leave(struct ks_past *past, const struct ks_addr *source, struct ks_span name,
		   const struct ks_past_state *state);

#endif
