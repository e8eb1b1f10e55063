/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/judge_causes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/inherit.h"
#include "store/cause.h"

/* What those that make a storm have in common. */
struct storm_pool {
	int64_t storm_id;
	double skewed; /* weight of those whose clock is wrong */
	struct ks_evidence_pool pool;
	struct ks_inherit_pool above;
};

/* One zone lies below another. */
struct below {
	int64_t zone_id, above_id;
};

struct judging {
	struct ks_view view;
	struct ks_store_diagnosis *diagnoses;
	size_t n, capacity;
	size_t n_sources, at; /* of them, of sources, in order; the one that shares are told of */
	struct storm_pool *pools;
	size_t n_pools, pool_capacity;
	struct below *below; /* in order of zone_id, then the nearest above first */
	size_t n_below, below_capacity;
};

static enum ks_error
room(void **list, size_t n, size_t *capacity, size_t size, struct ks_diag *diag)
{
	if (n < *capacity)
		return KS_SUCCESS;
	const size_t wanted = *capacity != 0 ? 2 * *capacity : 64;
	void *const grown = reallocarray(*list, wanted, size);
	if (grown == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for %zu diagnoses", wanted);
	*list = grown;
	*capacity = wanted;
	return KS_SUCCESS;
}

static enum ks_error
next_diagnosis(struct judging *judging, struct ks_store_diagnosis **ret, struct ks_diag *diag)
{
	const enum ks_error error = room((void **)&judging->diagnoses, judging->n, &judging->capacity,
					 sizeof(*judging->diagnoses), diag);
	if (error == KS_SUCCESS)
		*ret = &judging->diagnoses[judging->n++];
	return error;
}

/* There are few storms. */
static enum ks_error
pool_of(struct judging *judging, int64_t storm_id, struct storm_pool **ret, struct ks_diag *diag)
{
	for (size_t i = 0; i < judging->n_pools; i++)
		if (judging->pools[i].storm_id == storm_id) {
			*ret = &judging->pools[i];
			return KS_SUCCESS;
		}
	const enum ks_error error = room((void **)&judging->pools, judging->n_pools, &judging->pool_capacity,
					 sizeof(*judging->pools), diag);
	if (error != KS_SUCCESS)
		return error;
	*ret = &judging->pools[judging->n_pools++];
	**ret = (struct storm_pool){.storm_id = storm_id};
	return KS_SUCCESS;
}

static void
conclude(struct ks_store_diagnosis *diagnosis)
{
	ks_diagnose(diagnosis->findings, &diagnosis->diagnosis);
	const struct ks_diagnosis *const result = &diagnosis->diagnosis;
	diagnosis->has_findings = true;
	diagnosis->verdict = result->decided ? ks_hypothesis_name(result->order[0]) : "undetermined";
	diagnosis->lead_db = result->known ? result->lead_db : NAN;
}

static bool
set_skew(struct ks_store_diagnosis *diagnosis, double changed_zones)
{
	int lead_db;
	if (!ks_evidence_clock_skew(diagnosis->findings, changed_zones, &diagnosis->diagnosis, &lead_db))
		return false;
	diagnosis->verdict = "clock-skew";
	diagnosis->lead_db = lead_db;
	return true;
}

static enum ks_error
judge_source(void *arg, const struct ks_store_cause *cause, struct ks_diag *diag)
{
	struct judging *const judging = arg;
	struct ks_store_diagnosis *diagnosis = NULL;
	const enum ks_error error = next_diagnosis(judging, &diagnosis, diag);
	if (error != KS_SUCCESS)
		return error;
	*diagnosis = (struct ks_store_diagnosis){
		.zone_id = cause->zone_id, .source = cause->source, .queries = cause->clues.queries};
	ks_evidence_of_source(&judging->view, &cause->zone, &cause->clues, diagnosis->findings);
	if (ks_evidence_is_healthy(&cause->clues, diagnosis->findings)) {
		diagnosis->verdict = "healthy";
		diagnosis->lead_db = NAN;
		return KS_SUCCESS;
	}
	conclude(diagnosis);
	(void)set_skew(diagnosis, cause->clues.hot_zones_changed);
	return KS_SUCCESS;
}

/* --- what holds below a zone --- */

static enum ks_error
add_below(void *arg, int64_t zone_id, int64_t above_id, struct ks_diag *diag)
{
	struct judging *const judging = arg;
	const enum ks_error error = room((void **)&judging->below, judging->n_below, &judging->below_capacity,
					 sizeof(*judging->below), diag);
	if (error == KS_SUCCESS)
		judging->below[judging->n_below++] = (struct below){.zone_id = zone_id, .above_id = above_id};
	return error;
}

/* In the order in which the store gives them: IPv4 before IPv6. */
static int
compare_sources(const void *a, const void *b)
{
	const struct ks_store_diagnosis *const x = a, *const y = b;
	if (x->zone_id != y->zone_id)
		return x->zone_id < y->zone_id ? -1 : 1;
	const struct ks_span p = ks_addr_bytes(&x->source), q = ks_addr_bytes(&y->source);
	if (p.n != q.n)
		return p.n < q.n ? -1 : 1;
	return memcmp(p.at, q.at, p.n);
}

static size_t
first_below(const struct judging *judging, int64_t zone_id)
{
	size_t from = 0, to = judging->n_below;
	while (from < to) {
		const size_t middle = (from + to) / 2;
		if (judging->below[middle].zone_id < zone_id)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* What the source's own evidence says of the nearest zone above of which it says something that holds below;
 * NULL: nothing. */
static const struct ks_store_diagnosis *
verdict_above(const struct judging *judging, const struct ks_store_diagnosis *of)
{
	struct ks_store_diagnosis key = {.source = of->source};
	for (size_t i = first_below(judging, of->zone_id);
	     i < judging->n_below && judging->below[i].zone_id == of->zone_id; i++) {
		key.zone_id = judging->below[i].above_id;
		const struct ks_store_diagnosis *const found =
			bsearch(&key, judging->diagnoses, judging->n_sources, sizeof(key), compare_sources);
		if (found != NULL && found->above_zone_id == 0 && ks_inherit_passes(found->verdict))
			return found;
	}
	return NULL;
}

static void
inherit(struct judging *judging)
{
	for (size_t i = 0; i < judging->n_sources; i++) {
		struct ks_store_diagnosis *const own = &judging->diagnoses[i];
		const struct ks_store_diagnosis *const above =
			strcmp(own->verdict, "undetermined") == 0 ? verdict_above(judging, own) : NULL;
		if (above == NULL)
			continue;
		own->verdict = above->verdict;
		own->lead_db = above->lead_db;
		own->above_zone_id = above->zone_id;
	}
}

/* Inherited, or its own and the same. */
static void
add_above(const struct judging *judging, struct storm_pool *pool, const struct ks_store_diagnosis *source,
	  double queries)
{
	if (!ks_inherit_passes(source->verdict))
		return;
	const struct ks_store_diagnosis *const above = verdict_above(judging, source);
	if (above != NULL && strcmp(above->verdict, source->verdict) == 0)
		ks_inherit_add(&pool->above, above->verdict, above->lead_db, above->zone_id, queries);
}

static void
inherit_storm(const struct storm_pool *pool, double excess, struct ks_store_diagnosis *storm)
{
	if (strcmp(storm->verdict, "undetermined") != 0)
		return;
	const char *const verdict =
		ks_inherit_conclude(&pool->above, excess, &storm->lead_db, &storm->above_zone_id);
	if (verdict != NULL)
		storm->verdict = verdict;
}

/* --- storms --- */

static bool
is_of(const struct ks_store_diagnosis *diagnosis, const struct ks_store_share *share)
{
	return diagnosis->zone_id == share->zone_id &&
	       memcmp(&diagnosis->source, &share->source, sizeof(share->source)) == 0;
}

/* Shares come in the order of sources, each of which is there. */
static enum ks_error
add_share(void *arg, const struct ks_store_share *share, struct ks_diag *diag)
{
	struct judging *const judging = arg;
	struct storm_pool *pool = NULL;
	while (judging->at < judging->n_sources && !is_of(&judging->diagnoses[judging->at], share))
		judging->at++;
	if (judging->at == judging->n_sources)
		return KS_SUCCESS;
	const struct ks_store_diagnosis *const diagnosis = &judging->diagnoses[judging->at];
	const enum ks_error error = pool_of(judging, share->storm_id, &pool, diag);
	if (error != KS_SUCCESS || !diagnosis->has_findings)
		return error;
	ks_evidence_pool_add(&pool->pool, share->queries, diagnosis->findings);
	add_above(judging, pool, diagnosis, share->queries);
	if (strcmp(diagnosis->verdict, "clock-skew") == 0)
		pool->skewed += share->queries;
	return KS_SUCCESS;
}

static enum ks_error
judge_storm(void *arg, const struct ks_store_cause *cause, struct ks_diag *diag)
{
	struct judging *const judging = arg;
	struct ks_store_diagnosis *diagnosis = NULL;
	struct storm_pool *pool = NULL;
	enum ks_error error = next_diagnosis(judging, &diagnosis, diag);
	if (error == KS_SUCCESS)
		error = pool_of(judging, cause->storm_id, &pool, diag);
	if (error != KS_SUCCESS)
		return error;
	pool->pool.total = cause->excess;
	*diagnosis = (struct ks_store_diagnosis){
		.zone_id = cause->zone_id, .storm_id = cause->storm_id, .queries = cause->zone_queries};
	ks_evidence_of_storm(&judging->view, &cause->zone, &pool->pool, diagnosis->findings);
	conclude(diagnosis);
	if (pool->skewed > 0 && pool->skewed >= 0.5 * cause->excess)
		(void)set_skew(diagnosis, /* changed_zones= */ 0);
	inherit_storm(pool, cause->excess, diagnosis);
	return KS_SUCCESS;
}

static enum ks_error
judge_all(struct ks_store *store, struct judging *judging, struct ks_diag *diag)
{
	enum ks_error error = ks_store_each_source_cause(store, judge_source, judging, diag);
	judging->n_sources = judging->n;
	if (error == KS_SUCCESS)
		error = ks_store_each_below(store, add_below, judging, diag);
	if (error == KS_SUCCESS)
		inherit(judging);
	if (error == KS_SUCCESS)
		error = ks_store_each_share(store, add_share, judging, diag);
	if (error == KS_SUCCESS)
		error = ks_store_each_storm_cause(store, judge_storm, judging, diag);
	for (size_t i = 0; i < judging->n && error == KS_SUCCESS; i++)
		error = ks_store_judge_diagnosis(store, &judging->diagnoses[i], diag);
	return error;
}

enum ks_error
ks_judge_causes(struct ks_store *store, struct ks_diag *diag)
{
	struct judging judging = {0};
	bool any = false;
	enum ks_error error = ks_store_causes_begin(store, &judging.view, &any, diag);
	if (error == KS_SUCCESS && any)
		error = judge_all(store, &judging, diag);
	if (error == KS_SUCCESS)
		error = ks_store_causes_end(store, diag);
	free(judging.diagnoses);
	free(judging.pools);
	free(judging.below);
	return error;
}
