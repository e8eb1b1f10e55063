/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/onset.h"

#include <string.h>

/* What happened above must be able to break the chain to the zone: KS_EVENT_ZSK_ACTIVE and what hurts more.
 */
enum { WEIGHT_ABOVE = 7 };

/* From what breaks validation for all, over what breaks it for the stale, to what breaks nothing; 0: never.
 */
static unsigned
weight_of(enum ks_event_kind kind)
{
	static const unsigned char weights[KS_EVENT_KINDS] = {
		[KS_EVENT_DS_MISMATCH] = 16, [KS_EVENT_SIG_EXPIRED] = 15,
		[KS_EVENT_SIG_FUTURE] = 14,  [KS_EVENT_KEY_REVOKED] = 13,
		[KS_EVENT_KEY_REMOVED] = 12, [KS_EVENT_SIGNER_CHANGED] = 11,
		[KS_EVENT_DS_REMOVED] = 10,  [KS_EVENT_DS_ADDED] = 9,
		[KS_EVENT_ALG_REMOVED] = 8,  [KS_EVENT_ZSK_ACTIVE] = WEIGHT_ABOVE,
		[KS_EVENT_INCONSISTENT] = 6, [KS_EVENT_ALG_ADDED] = 5,
		[KS_EVENT_KEY_ADDED] = 4,    [KS_EVENT_DS_PARTIAL] = 3,
		[KS_EVENT_TTL_CHANGED] = 2,  [KS_EVENT_PARAM_CHANGED] = 1,
	};
	return weights[kind];
}

static bool
is_near(const struct ks_onset_event *event, int64_t start_ns, int64_t bin_ns)
{
	const int64_t reach_ns = event->life_ns + KS_ONSET_SLACK_S * KS_NS_PER_S;
	return weight_of(event->kind) >= (event->above > 0 ? WEIGHT_ABOVE : 1) &&
	       event->before_ns < start_ns + bin_ns && event->t_ns >= start_ns - reach_ns;
}

/* The last step before the storm, of each zone, seen and told apart. */
struct steps {
	int64_t last_ns[2][KS_ONSET_ABOVE_MAX + 1];
};

static bool
is_last(const struct steps *steps, const struct ks_onset_event *event)
{
	const int64_t last_ns = steps->last_ns[event->calendar][event->above];
	return event->before_ns >= last_ns - KS_ONSET_STEP_S * KS_NS_PER_S;
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* Is `a` likelier than `b`? Of two alike the one that was given first. */
static bool
is_likelier(const struct steps *steps, const struct ks_onset_event *a, const struct ks_onset_event *b)
{
	const int orders[] = {
		ORDER(a->calendar, b->calendar),
		ORDER(a->above, b->above),
		-ORDER(is_last(steps, a), is_last(steps, b)),
		-ORDER(weight_of(a->kind), weight_of(b->kind)),
		ORDER(a->zsk, b->zsk),
		-ORDER(a->before_ns, b->before_ns),
	};
	for (size_t i = 0; i < KS_COUNT(orders); i++)
		if (orders[i] != 0)
			return orders[i] < 0;
	return false;
}

size_t
ks_onset_rank(const struct ks_onset_event *events, size_t n, int64_t start_ns, int64_t bin_ns, size_t *ret,
	      size_t max)
{
	struct steps steps;
	size_t found = 0;
	memset(&steps, 0x80, sizeof(steps)); /* long before everything */
	for (size_t i = 0; i < n; i++) {
		assert(events[i].above <= KS_ONSET_ABOVE_MAX);
		int64_t *const last_ns = &steps.last_ns[events[i].calendar][events[i].above];
		if (is_near(&events[i], start_ns, bin_ns) && events[i].before_ns > *last_ns)
			*last_ns = events[i].before_ns;
	}
	for (size_t i = 0; i < n; i++) {
		if (!is_near(&events[i], start_ns, bin_ns))
			continue;
		size_t place = found;
		while (place > 0 && is_likelier(&steps, &events[i], &events[ret[place - 1]]))
			place--;
		if (place == max)
			continue;
		found += found < max;
		memmove(&ret[place + 1], &ret[place], (found - place - 1) * sizeof(*ret));
		ret[place] = i;
	}
	return found;
}
