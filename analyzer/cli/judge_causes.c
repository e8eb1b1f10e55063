/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/judge_causes.h"

#include <math.h>
#include <stdlib.h>

#include "store/cause.h"

/* What the sources of a zone have in common. */
struct zone_pool {
	int64_t zone_id;
	double healthy; /* weight of those that are no part of a storm */
	double skewed;  /* of those whose clock is wrong */
	struct ks_evidence_pool pool;
};

struct judging {
	struct ks_view view;
	struct ks_store_diagnosis *diagnoses;
	size_t n, capacity;
	struct zone_pool *pools; /* in order of zone_id */
	size_t n_pools, pool_capacity;
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

/* Sources come zone by zone. */
static enum ks_error
pool_of(struct judging *judging, int64_t zone_id, struct zone_pool **ret, struct ks_diag *diag)
{
	if (judging->n_pools == 0 || judging->pools[judging->n_pools - 1].zone_id != zone_id) {
		const enum ks_error error = room((void **)&judging->pools, judging->n_pools,
						 &judging->pool_capacity, sizeof(*judging->pools), diag);
		if (error != KS_SUCCESS)
			return error;
		judging->pools[judging->n_pools++] = (struct zone_pool){.zone_id = zone_id};
	}
	*ret = &judging->pools[judging->n_pools - 1];
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
	struct zone_pool *pool = NULL;
	enum ks_error error = next_diagnosis(judging, &diagnosis, diag);
	if (error == KS_SUCCESS)
		error = pool_of(judging, cause->zone_id, &pool, diag);
	if (error != KS_SUCCESS)
		return error;
	const double weight = cause->clues.queries;
	*diagnosis = (struct ks_store_diagnosis){
		.zone_id = cause->zone_id, .source = cause->source, .queries = weight};
	ks_evidence_of_source(&judging->view, &cause->zone, &cause->clues, diagnosis->findings);
	if (ks_evidence_is_healthy(&cause->clues, diagnosis->findings)) {
		diagnosis->verdict = "healthy";
		diagnosis->lead_db = NAN;
		pool->healthy += weight;
		return KS_SUCCESS;
	}
	conclude(diagnosis);
	ks_evidence_pool_add(&pool->pool, weight, diagnosis->findings);
	if (set_skew(diagnosis, cause->clues.hot_zones_changed))
		pool->skewed += weight;
	return KS_SUCCESS;
}

static struct zone_pool
find_pool(const struct judging *judging, int64_t zone_id)
{
	for (size_t i = 0; i < judging->n_pools; i++)
		if (judging->pools[i].zone_id == zone_id)
			return judging->pools[i];
	return (struct zone_pool){.zone_id = zone_id};
}

static enum ks_error
judge_storm(void *arg, const struct ks_store_cause *cause, struct ks_diag *diag)
{
	struct judging *const judging = arg;
	struct ks_store_diagnosis *diagnosis = NULL;
	const enum ks_error error = next_diagnosis(judging, &diagnosis, diag);
	if (error != KS_SUCCESS)
		return error;
	struct zone_pool pool = find_pool(judging, cause->zone_id);
	pool.pool.total = cause->zone_queries - pool.healthy;
	*diagnosis = (struct ks_store_diagnosis){
		.zone_id = cause->zone_id, .storm_id = cause->storm_id, .queries = cause->zone_queries};
	ks_evidence_of_storm(&judging->view, &cause->zone, &pool.pool, diagnosis->findings);
	conclude(diagnosis);
	if (pool.skewed >= 0.5 * pool.pool.total && pool.skewed > 0)
		(void)set_skew(diagnosis, 0);
	return KS_SUCCESS;
}

enum ks_error
ks_judge_causes(struct ks_store *store, struct ks_diag *diag)
{
	struct judging judging = {0};
	enum ks_error error = ks_store_causes_begin(store, &judging.view, diag);
	if (error == KS_SUCCESS)
		error = ks_store_each_source_cause(store, judge_source, &judging, diag);
	if (error == KS_SUCCESS)
		error = ks_store_each_storm_cause(store, judge_storm, &judging, diag);
	for (size_t i = 0; i < judging.n && error == KS_SUCCESS; i++)
		error = ks_store_judge_diagnosis(store, &judging.diagnoses[i], diag);
	if (error == KS_SUCCESS)
		error = ks_store_causes_end(store, diag);
	free(judging.diagnoses);
	free(judging.pools);
	return error;
}
