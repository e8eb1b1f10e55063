/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/onset.h"

/* From what breaks validation for all, over what breaks it for the stale, to what breaks nothing; 0: never.
 */
static unsigned
weight_of(enum ks_event_kind kind)
{
	static const unsigned char weights[KS_EVENT_KINDS] = {
		[KS_EVENT_DS_MISMATCH] = 16,  [KS_EVENT_SIG_EXPIRED] = 15, [KS_EVENT_SIG_FUTURE] = 14,
		[KS_EVENT_KEY_REVOKED] = 13,  [KS_EVENT_KEY_REMOVED] = 12, [KS_EVENT_SIGNER_CHANGED] = 11,
		[KS_EVENT_DS_REMOVED] = 10,   [KS_EVENT_DS_ADDED] = 9,     [KS_EVENT_ALG_REMOVED] = 8,
		[KS_EVENT_ZSK_ACTIVE] = 7,    [KS_EVENT_INCONSISTENT] = 6, [KS_EVENT_ALG_ADDED] = 5,
		[KS_EVENT_KEY_ADDED] = 4,     [KS_EVENT_DS_PARTIAL] = 3,   [KS_EVENT_TTL_CHANGED] = 2,
		[KS_EVENT_PARAM_CHANGED] = 1,
	};
	return weights[kind];
}

static bool
is_near(const struct ks_onset_event *event, int64_t start_ns, int64_t bin_ns, int64_t reach_ns)
{
	return weight_of(event->kind) > 0 && event->before_ns < start_ns + bin_ns &&
	       event->t_ns >= start_ns - reach_ns;
}

size_t
ks_onset_trigger(const struct ks_onset_event *events, size_t n, int64_t start_ns, int64_t bin_ns,
		 int64_t life_ns)
{
	const int64_t reach_ns = life_ns + KS_ONSET_SLACK_S * KS_NS_PER_S;
	int64_t last_ns = INT64_MIN;
	for (size_t i = 0; i < n; i++)
		if (is_near(&events[i], start_ns, bin_ns, reach_ns) && events[i].before_ns > last_ns)
			last_ns = events[i].before_ns;
	size_t found = n;
	for (size_t i = 0; i < n; i++) {
		if (!is_near(&events[i], start_ns, bin_ns, reach_ns) ||
		    events[i].before_ns < last_ns - KS_ONSET_STEP_S * KS_NS_PER_S)
			continue;
		if (found == n || weight_of(events[i].kind) > weight_of(events[found].kind))
			found = i;
	}
	return found;
}
