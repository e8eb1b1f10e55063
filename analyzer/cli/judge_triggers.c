/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/judge_triggers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/onset.h"
#include "analyzer/judge/repair.h"

enum { KEPT = 8, STEPS_PER_ZONE = 64, DAY_S = 86400 };

/* Where an event of the list came from. */
struct origin {
	int64_t event_id;    /* 0: a step of the calendar */
	struct ks_span zone; /* into `gathered.name` */
	int32_t tag;
	bool planned, since_unknown;
};

/* All that is known about what happened to the zone of one storm and to those above it. */
struct gathered {
	struct ks_onset_event *events;
	struct origin *origins;
	size_t n, capacity;
	uint8_t name[KS_NAME_MAX];
	size_t n_name;
};

static enum ks_error
add(struct gathered *gathered, const struct ks_onset_event *event, const struct origin *origin,
    struct ks_diag *diag)
{
	if (gathered->n == gathered->capacity) {
		const size_t capacity = gathered->capacity * 2 + 64;
		void *const events = reallocarray(gathered->events, capacity, sizeof(*gathered->events));
		if (events != NULL)
			gathered->events = events;
		void *const origins = reallocarray(gathered->origins, capacity, sizeof(*gathered->origins));
		if (origins != NULL)
			gathered->origins = origins;
		if (events == NULL || origins == NULL)
			return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for %zu events", capacity);
		gathered->capacity = capacity;
	}
	gathered->events[gathered->n] = *event;
	gathered->origins[gathered->n++] = *origin;
	return KS_SUCCESS;
}

/* --- what was seen --- */

static const struct ks_judged_zone *
find_zone(const struct ks_judged_events *judged, int64_t zone_id)
{
	for (size_t i = 0; i < judged->n_zones && zone_id != 0; i++)
		if (judged->zones[i].zone_id == zone_id)
			return &judged->zones[i];
	return NULL;
}

/* Caches that hold an old DS fail for as long as they keep that. */
static int64_t
life_of(const struct ks_judged_zone *zone, enum ks_event_kind kind)
{
	const bool ds = kind == KS_EVENT_DS_ADDED || kind == KS_EVENT_DS_REMOVED ||
			kind == KS_EVENT_DS_MISMATCH || kind == KS_EVENT_DS_PARTIAL;
	return ds && zone->ds_life_ns > zone->life_ns ? zone->ds_life_ns : zone->life_ns;
}

/* A signature expires when it says, however late that is seen. */
static struct ks_onset_event
onset_event(const struct ks_judged_zone *zone, const struct ks_event *event, unsigned above)
{
	const bool known = event->before_ns != KS_TIME_UNKNOWN;
	const int64_t before_ns = known ? event->before_ns : event->t_ns;
	return (struct ks_onset_event){
		.kind = event->kind,
		.before_ns = before_ns,
		.t_ns = event->kind == KS_EVENT_SIG_EXPIRED ? before_ns : event->t_ns,
		.life_ns = life_of(zone, event->kind),
		.zsk = event->phase != NULL && strncmp(event->phase, "zsk", 3) == 0,
		.above = above,
	};
}

static enum ks_error
add_seen(struct gathered *gathered, const struct ks_judged_events *judged, const int64_t *ids,
	 const struct ks_judged_zone *zone, struct ks_span name, unsigned above, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; zone != NULL && i < zone->n && error == KS_SUCCESS; i++) {
		const struct ks_event *const event = &judged->events[zone->first + i].event;
		const struct ks_onset_event onset = onset_event(zone, event, above);
		const struct origin origin = {
			.event_id = ids[zone->first + i],
			.zone = name,
			.tag = event->tag,
			.since_unknown = event->before_ns == KS_TIME_UNKNOWN,
		};
		error = add(gathered, &onset, &origin, diag);
	}
	return error;
}

/* --- what was told --- */

/* A step at midnight is known to the day. How long caches keep what it changed is known where it was seen. */
static struct ks_onset_event
told_event(const struct ks_milestone *step, const struct ks_judged_zone *zone, unsigned above)
{
	const bool day_only = step->t_ns % (DAY_S * KS_NS_PER_S) == 0;
	return (struct ks_onset_event){
		.kind = step->event,
		.before_ns = step->t_ns,
		.t_ns = step->t_ns + (day_only ? DAY_S * KS_NS_PER_S - 1 : 0),
		.life_ns = zone != NULL ? life_of(zone, step->event) : DAY_S * KS_NS_PER_S,
		.calendar = true,
		.above = above,
	};
}

static enum ks_error
add_told(struct gathered *gathered, struct ks_store *store, const struct ks_store_storm *storm,
	 const struct ks_judged_zone *zone, struct ks_span name, unsigned above, struct ks_diag *diag)
{
	struct ks_milestone steps[STEPS_PER_ZONE];
	size_t n = 0;
	enum ks_error error = ks_store_milestones(store, name, (storm->start_s - 3 * DAY_S) * KS_NS_PER_S,
						  (storm->start_s + storm->bin_s) * KS_NS_PER_S, steps,
						  KS_COUNT(steps), &n, diag);
	for (size_t i = 0; i < n && error == KS_SUCCESS; i++) {
		const struct ks_onset_event onset = told_event(&steps[i], zone, above);
		const struct origin origin = {.zone = name, .tag = steps[i].tag, .planned = steps[i].planned};
		error = add(gathered, &onset, &origin, diag);
	}
	return error;
}

/* --- of one storm --- */

/* From the storm's zone up to the root, label by label. */
static enum ks_error
gather(struct gathered *gathered, struct ks_store *store, const struct ks_judged_events *judged,
       const int64_t *ids, const struct ks_store_storm *storm, struct ks_diag *diag)
{
	gathered->n = 0;
	enum ks_error error =
		ks_store_zone_name(store, storm->zone_id, gathered->name, &gathered->n_name, diag);
	unsigned above = 0;
	for (size_t at = 0; at < gathered->n_name && error == KS_SUCCESS; at += gathered->name[at] + 1u) {
		const struct ks_span name = {gathered->name + at, gathered->n_name - at};
		int64_t zone_id = 0;
		error = ks_store_zone_id(store, name, &zone_id, diag);
		const struct ks_judged_zone *const zone = find_zone(judged, zone_id);
		if (error == KS_SUCCESS)
			error = add_seen(gathered, judged, ids, zone, name, above, diag);
		if (error == KS_SUCCESS)
			error = add_told(gathered, store, storm, zone, name, above, diag);
		above++;
	}
	return error;
}

static struct ks_store_candidate
candidate_of(const struct gathered *gathered, size_t number, const struct ks_store_storm *storm)
{
	const struct ks_onset_event *const event = &gathered->events[number];
	const struct origin *const origin = &gathered->origins[number];
	const int64_t start_ns = storm->start_s * KS_NS_PER_S;
	const int64_t lag_ns = start_ns - event->t_ns;
	const int64_t most_ns = start_ns + storm->bin_s * KS_NS_PER_S - event->before_ns;
	return (struct ks_store_candidate){
		.event_id = origin->event_id,
		.zone = origin->zone,
		.above = event->above,
		.kind = event->kind,
		.tag = origin->tag,
		.planned = origin->planned,
		.lag_s = lag_ns > 0 ? (double)lag_ns / KS_NS_PER_S : 0.0,
		.lag_most_s = origin->since_unknown ? (double)NAN : (double)most_ns / KS_NS_PER_S,
	};
}

static enum ks_error
put_all(struct ks_store *store, const struct gathered *gathered, const struct ks_store_storm *storm,
	struct ks_diag *diag)
{
	size_t order[KEPT];
	const size_t n = ks_onset_rank(gathered->events, gathered->n, storm->start_s * KS_NS_PER_S,
				       storm->bin_s * KS_NS_PER_S, order, KEPT);
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < n && error == KS_SUCCESS; i++) {
		struct ks_store_candidate candidate = candidate_of(gathered, order[i], storm);
		candidate.place = i + 1;
		error = ks_store_judge_candidate(store, storm, &candidate, diag);
		/* The zone's own events go first, so this is the best of them. */
		if (i == 0 && error == KS_SUCCESS && candidate.event_id != 0 && candidate.above == 0)
			error = ks_store_judge_trigger(store, storm, candidate.event_id, candidate.lag_s,
						       candidate.lag_most_s, diag);
	}
	return error;
}

/* To the end, and to when the rate was half way down, unless it was before. */
static enum ks_error
put_repair(struct ks_store *store, const struct gathered *gathered, const struct ks_store_storm *storm,
	   struct ks_diag *diag)
{
	size_t at;
	if (!ks_repair_find(gathered->events, gathered->n, (storm->start_s + storm->bin_s) * KS_NS_PER_S,
			    storm->end_s * KS_NS_PER_S, &at))
		return KS_SUCCESS;
	const struct ks_onset_event *const event = &gathered->events[at];
	const double at_s = (double)event->t_ns / KS_NS_PER_S;
	const double half_s = (double)storm->start_s + storm->grade.recovery.half_s - at_s;
	return ks_store_judge_repair(store, storm, gathered->origins[at].event_id, event->above > 0,
				     ks_course_fix_s(storm->open, storm->end_s, at_s),
				     half_s >= 0 ? half_s : (double)NAN, diag);
}

enum ks_error
ks_judge_triggers_put(struct ks_store *store, const struct ks_judged_events *judged, const int64_t *ids,
		      const struct ks_store_storm *storms, size_t n_storms, struct ks_diag *diag)
{
	struct gathered gathered = {0};
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < n_storms && error == KS_SUCCESS; i++) {
		if (storms[i].by_server)
			continue;
		error = gather(&gathered, store, judged, ids, &storms[i], diag);
		if (error == KS_SUCCESS)
			error = put_repair(store, &gathered, &storms[i], diag);
		/* Of a storm that was on before the capture nobody knows when it began. */
		if (error == KS_SUCCESS && !storms[i].began_before)
			error = put_all(store, &gathered, &storms[i], diag);
	}
	free(gathered.events);
	free(gathered.origins);
	return error;
}
