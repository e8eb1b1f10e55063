/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/repair.h"

/* How likely it mends: what no longer asks too much of anybody, before what only makes more possible. 0: it
 * does not. */
static unsigned
weight(enum ks_event_kind kind)
{
	switch (kind) {
	case KS_EVENT_DS_ADDED:
	case KS_EVENT_DS_REMOVED:
	case KS_EVENT_CONSISTENT:
	case KS_EVENT_SIG_RENEWED:
		return 4;
	case KS_EVENT_KEY_REMOVED:
	case KS_EVENT_ALG_REMOVED:
		return 3;
	case KS_EVENT_SIGNER_CHANGED:
		return 2;
	case KS_EVENT_KEY_ADDED:
	case KS_EVENT_ALG_ADDED:
	case KS_EVENT_ZSK_ACTIVE:
		return 1;
	default:
		return 0;
	}
}

static bool
is_candidate(const struct ks_onset_event *event, int64_t from_ns, int64_t end_ns)
{
	return !event->calendar && weight(event->kind) > 0 && event->t_ns >= from_ns && event->t_ns <= end_ns;
}

static bool
is_later(const struct ks_onset_event *a, const struct ks_onset_event *b)
{
	return a->above != b->above ? a->above < b->above : a->t_ns > b->t_ns;
}

/* Of the events of one step with `last`, itself among them, the first of the greatest weight. */
static const struct ks_onset_event *
best_of_step(const struct ks_onset_event *events, size_t n, const struct ks_onset_event *last,
	     int64_t from_ns)
{
	const struct ks_onset_event *best = last;
	const int64_t step_ns = last->t_ns - KS_ONSET_STEP_S * KS_NS_PER_S;
	for (size_t i = 0; i < n; i++)
		if (is_candidate(&events[i], from_ns > step_ns ? from_ns : step_ns, last->t_ns) &&
		    events[i].above == last->above && weight(events[i].kind) > weight(best->kind))
			best = &events[i];
	return best;
}

static const struct ks_onset_event *
last_seen(const struct ks_onset_event *events, size_t n, int64_t from_ns, int64_t end_ns)
{
	const struct ks_onset_event *last = NULL;
	for (size_t i = 0; i < n; i++)
		if (is_candidate(&events[i], from_ns, end_ns) && (last == NULL || is_later(&events[i], last)))
			last = &events[i];
	return last;
}

/* Who no longer asks does not see the repair: it was seen by others, later, but may have happened by the end.
 */
static const struct ks_onset_event *
first_after(const struct ks_onset_event *events, size_t n, int64_t end_ns)
{
	const struct ks_onset_event *first = NULL;
	for (size_t i = 0; i < n; i++)
		if (is_candidate(&events[i], end_ns, INT64_MAX) && events[i].before_ns < end_ns &&
		    (first == NULL || is_later(first, &events[i])))
			first = &events[i];
	return first;
}

bool
ks_repair_find(const struct ks_onset_event *events, size_t n, int64_t from_ns, int64_t end_ns, size_t *ret)
{
	const struct ks_onset_event *last = last_seen(events, n, from_ns, end_ns);
	if (last == NULL)
		last = first_after(events, n, end_ns);
	if (last == NULL)
		return false;
	*ret = (size_t)(best_of_step(events, n, last, from_ns) - events);
	return true;
}
