/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/onset.h -- which event set off a storm.
 *
 * A storm begins when caches run out after a step, so its trigger lies before it by no more than the lifetime
 * of the records and an hour (DOMAIN A3, E1). What happened to the zone itself, its DS at the parent
 * included, goes before what happened to the zones above, and that before what a calendar says. Of several
 * steps the last one counts; of the events of one step, the one that hurts most. Coming after something is
 * not being caused by it: the report says trigger and shows the others too, the diagnosis weighs.
 *
 * Input: events and steps of the storm's zone and of those above. Pure. Memory: none. Threads: no state. */
#ifndef KS_ANALYZER_JUDGE_ONSET_H
#define KS_ANALYZER_JUDGE_ONSET_H

#include "analyzer/judge/event.h"

struct ks_onset_event {
	enum ks_event_kind kind;
	int64_t before_ns; /* it happened behind this instant; as `t_ns` where that is not known */
	int64_t t_ns;      /* and not behind this one */
	int64_t life_ns;   /* of what it changed, in a cache */
	bool calendar;     /* told, not seen */
	bool zsk;          /* of a key that signs no keys: whoever trusts another does not miss it */
	unsigned above;    /* levels between the storm's zone and the event's; 0: its own */
};

enum {
	KS_ONSET_STEP_S = 10, /* events of one step happened within so long of one another */
	KS_ONSET_SLACK_S = 3600,
	KS_ONSET_ABOVE_MAX = 128 /* levels; a name has no more */
};

/* Those that may have set off the storm, the likeliest first: writes their indices, at most `max`, and
 * returns how many. `start_ns` is the start of the storm's first bin, which is `bin_ns` wide: what happened
 * inside it may be the trigger. */
size_t ks_onset_rank(const struct ks_onset_event *events, size_t n, int64_t start_ns, int64_t bin_ns,
		     size_t *ret, size_t max);

#endif
