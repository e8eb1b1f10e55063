/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/onset.h -- which event set off a storm.
 *
 * A storm begins when caches run out after a step, so its trigger lies before it by no more than the lifetime
 * of the keys and an hour (DOMAIN A3, E1). Of several, the last step counts; of the events of one step, the
 * one that hurts most. Coming after something is not being caused by it: the report says trigger, the
 * diagnosis weighs.
 *
 * Input: events of the storm's zone. Pure. Memory: none. Threads: no state. */
#ifndef KS_ANALYZER_JUDGE_ONSET_H
#define KS_ANALYZER_JUDGE_ONSET_H

#include "analyzer/judge/event.h"

struct ks_onset_event {
	enum ks_event_kind kind;
	int64_t before_ns; /* it happened behind this instant; as `t_ns` where that is not known */
	int64_t t_ns;      /* and not behind this one */
};

enum { KS_ONSET_STEP_S = 10, KS_ONSET_SLACK_S = 3600 };

/* Events of one step happened within so long of one another, as far as can be known. `start_ns` is the start
 * of the storm's first bin, which is `bin_ns` wide: what happened inside it may be the trigger. `life_ns` is
 * the lifetime of the keys. Returns the index, or `n` when there is none. */
size_t ks_onset_trigger(const struct ks_onset_event *events, size_t n, int64_t start_ns, int64_t bin_ns,
			int64_t life_ns);

#endif
