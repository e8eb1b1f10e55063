/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/judge_events.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/onset.h"
#include "analyzer/judge/rollover.h"
#include "dissect/rrtype.h"

enum { EVENTS_PER_ZONE = 1024 };

struct judging {
	struct ks_judged_events *judged;
	struct ks_events events;
	struct ks_traits_scratch *scratch;
};

static enum ks_error
room(void **list, size_t n, size_t *capacity, size_t size, struct ks_diag *diag)
{
	if (n < *capacity)
		return KS_SUCCESS;
	const size_t wanted = *capacity != 0 ? 2 * *capacity : 64;
	void *const grown = reallocarray(*list, wanted, size);
	if (grown == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for %zu events", wanted);
	*list = grown;
	*capacity = wanted;
	return KS_SUCCESS;
}

static enum ks_error
keep(struct ks_judged_events *judged, int64_t zone_id, const struct ks_zone_facts *facts,
     const struct ks_event *event, struct ks_diag *diag)
{
	const enum ks_error error = room((void **)&judged->events, judged->n_events, &judged->cap_events,
					 sizeof(*judged->events), diag);
	if (error != KS_SUCCESS)
		return error;
	struct ks_store_event *const kept = &judged->events[judged->n_events++];
	*kept = (struct ks_store_event){.zone_id = zone_id, .event = *event};
	if (event->node == KS_NODE_NONE)
		return KS_SUCCESS;
	const struct ks_zone_node *const node = &facts->nodes[event->node];
	kept->has_server = true;
	kept->server = node->server;
	kept->n_nsid = node->nsid.n < sizeof(kept->nsid) ? node->nsid.n : sizeof(kept->nsid);
	if (kept->n_nsid != 0)
		memcpy(kept->nsid, node->nsid.at, kept->n_nsid);
	return KS_SUCCESS;
}

static int64_t
life_ns(const struct ks_zone_facts *facts)
{
	size_t n;
	const struct ks_zone_seen *const seen = ks_zone_seen_of(facts, KS_TYPE_DNSKEY, &n);
	int64_t ttl_s = 0;
	for (size_t i = 0; i < n; i++)
		ttl_s = seen[i].ttl_s > ttl_s ? seen[i].ttl_s : ttl_s;
	return (ttl_s < 86400 ? ttl_s : 86400) * KS_NS_PER_S; /* DOMAIN B1 */
}

static enum ks_error
judge_zone(void *arg, int64_t zone_id, const struct ks_zone_facts *facts, struct ks_diag *diag)
{
	struct judging *const judging = arg;
	struct ks_judged_events *const judged = judging->judged;
	ks_rollover_judge(facts, judging->scratch, &judging->events);
	if (judging->events.n == 0)
		return KS_SUCCESS;
	enum ks_error error = room((void **)&judged->zones, judged->n_zones, &judged->cap_zones,
				   sizeof(*judged->zones), diag);
	if (error != KS_SUCCESS)
		return error;
	judged->zones[judged->n_zones++] = (struct ks_judged_zone){
		.zone_id = zone_id,
		.life_ns = life_ns(facts),
		.first = judged->n_events,
		.n = judging->events.n,
	};
	for (size_t i = 0; i < judging->events.n && error == KS_SUCCESS; i++)
		error = keep(judged, zone_id, facts, &judging->events.at[i], diag);
	return error;
}

enum ks_error
ks_judge_events(struct ks_store *store, struct ks_judged_events *ret, struct ks_diag *diag)
{
	struct judging judging = {
		.judged = ret,
		.events = {.at = calloc(EVENTS_PER_ZONE, sizeof(struct ks_event)), .max = EVENTS_PER_ZONE},
		.scratch = calloc(1, sizeof(*judging.scratch)),
	};
	enum ks_error error;
	if (judging.events.at == NULL || judging.scratch == NULL)
		error = ks_diag_set(diag, KS_ERR_MEMORY, "no memory for %d events", EVENTS_PER_ZONE);
	else
		error = ks_store_each_zone(store, judge_zone, &judging, diag);
	free(judging.events.at);
	free(judging.scratch);
	return error;
}

/* --- back --- */

/* A signature expires when it says, however late that is seen. */
static struct ks_onset_event
onset_event(const struct ks_event *event)
{
	const bool known = event->before_ns != KS_TIME_UNKNOWN;
	const int64_t before_ns = known ? event->before_ns : event->t_ns;
	return (struct ks_onset_event){
		.kind = event->kind,
		.before_ns = before_ns,
		.t_ns = event->kind == KS_EVENT_SIG_EXPIRED ? before_ns : event->t_ns,
	};
}

static enum ks_error
put_trigger(struct ks_store *store, const struct ks_store_event *events, const int64_t *ids,
	    const struct ks_judged_zone *zone, const struct ks_store_storm *storm, struct ks_diag *diag)
{
	struct ks_onset_event list[EVENTS_PER_ZONE];
	for (size_t i = 0; i < zone->n; i++)
		list[i] = onset_event(&events[i].event);
	const int64_t start_ns = storm->start_s * KS_NS_PER_S;
	const size_t found =
		ks_onset_trigger(list, zone->n, start_ns, storm->bin_s * KS_NS_PER_S, zone->life_ns);
	if (found == zone->n)
		return KS_SUCCESS;
	const int64_t lag_ns = start_ns - list[found].t_ns;
	const int64_t most_ns = start_ns + storm->bin_s * KS_NS_PER_S - list[found].before_ns;
	const bool known = events[found].event.before_ns != KS_TIME_UNKNOWN;
	return ks_store_judge_trigger(store, storm, ids[found],
				      lag_ns > 0 ? (double)lag_ns / KS_NS_PER_S : 0.0,
				      known ? (double)most_ns / KS_NS_PER_S : (double)NAN, diag);
}

static enum ks_error
put_zone(struct ks_store *store, const struct ks_judged_events *judged, const struct ks_judged_zone *zone,
	 const struct ks_store_storm *storms, size_t n_storms, struct ks_diag *diag)
{
	const struct ks_store_event *const events = &judged->events[zone->first];
	int64_t ids[EVENTS_PER_ZONE];
	enum ks_error error = KS_SUCCESS;
	assert(zone->n <= EVENTS_PER_ZONE);
	for (size_t i = 0; i < zone->n && error == KS_SUCCESS; i++)
		error = ks_store_judge_event(store, &events[i], &ids[i], diag);
	/* Of a storm that was on before the capture nobody knows when it began. */
	for (size_t i = 0; i < n_storms && error == KS_SUCCESS; i++)
		if (storms[i].zone_id == zone->zone_id && !storms[i].began_before && !storms[i].by_server)
			error = put_trigger(store, events, ids, zone, &storms[i], diag);
	return error;
}

enum ks_error
ks_judge_events_put(struct ks_store *store, const struct ks_judged_events *judged,
		    const struct ks_store_storm *storms, size_t n_storms, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < judged->n_zones && error == KS_SUCCESS; i++)
		error = put_zone(store, judged, &judged->zones[i], storms, n_storms, diag);
	return error;
}

void
ks_judge_events_done(struct ks_judged_events *judged)
{
	free(judged->events);
	free(judged->zones);
	*judged = (struct ks_judged_events){0};
}
