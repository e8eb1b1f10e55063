/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/judge_events.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/cli/judge_triggers.h"
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

/* How long caches keep records of this type at most. */
static int64_t
life_ns(const struct ks_zone_facts *facts, uint16_t type)
{
	size_t n;
	const struct ks_zone_seen *const seen = ks_zone_seen_of(facts, type, &n);
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
	judged->lost += judging->events.lost;
	judged->in_part += judging->events.in_part;
	if (judging->events.n == 0)
		return KS_SUCCESS;
	enum ks_error error = room((void **)&judged->zones, judged->n_zones, &judged->cap_zones,
				   sizeof(*judged->zones), diag);
	if (error != KS_SUCCESS)
		return error;
	judged->zones[judged->n_zones++] = (struct ks_judged_zone){
		.zone_id = zone_id,
		.life_ns = life_ns(facts, KS_TYPE_DNSKEY),
		.ds_life_ns = life_ns(facts, KS_TYPE_DS),
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

enum ks_error
ks_judge_events_put(struct ks_store *store, const struct ks_judged_events *judged,
		    const struct ks_store_storm *storms, size_t n_storms, struct ks_diag *diag)
{
	int64_t *const ids = calloc(judged->n_events + 1, sizeof(*ids));
	enum ks_error error = KS_SUCCESS;
	if (ids == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for %zu events", judged->n_events);
	for (size_t i = 0; i < judged->n_events && error == KS_SUCCESS; i++)
		error = ks_store_judge_event(store, &judged->events[i], &ids[i], diag);
	if (error == KS_SUCCESS)
		error = ks_store_judge_rest(store, judged->lost, judged->in_part, diag);
	if (error == KS_SUCCESS)
		error = ks_judge_triggers_put(store, judged, ids, storms, n_storms, diag);
	free(ids);
	return error;
}

void
ks_judge_events_done(struct ks_judged_events *judged)
{
	free(judged->events);
	free(judged->zones);
	*judged = (struct ks_judged_events){0};
}
