/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/judge_storms.h"

#include <stdlib.h>

#include "analyzer/judge/grade.h"
#include "analyzer/judge/storm.h"

static enum ks_error
make_room(struct ks_judged_storms *judged, struct ks_diag *diag)
{
	if (judged->n < judged->capacity)
		return KS_SUCCESS;
	const size_t capacity = judged->capacity * 2 + 16;
	struct ks_store_storm *const grown = realloc(judged->storms, capacity * sizeof(*judged->storms));
	if (grown == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for %zu storms", capacity);
	judged->storms = grown;
	judged->capacity = capacity;
	return KS_SUCCESS;
}

static struct ks_store_storm
conclusion(const struct ks_store_series *series, const struct ks_storm *storm,
	   const struct ks_storm_grade *grade)
{
	const struct ks_storm_series *const bins = &series->storm;
	return (struct ks_store_storm){
		.zone_id = series->zone_id,
		.start_s = bins->t0_s + (int64_t)storm->start * bins->bin_s,
		.end_s = bins->t0_s + (int64_t)storm->end * bins->bin_s,
		.began_before = storm->began_before,
		.open = storm->open,
		.peak_qps = storm->peak_qps,
		.base_qps = storm->base_qps,
		.uplift = storm->uplift,
		.uplift_is_lower_bound = storm->uplift_is_lower_bound,
		.queries = storm->queries,
		.graded = true,
		.bin_s = bins->bin_s,
		.mean_qps = storm->mean_qps,
		.base = storm->base,
		.grade = *grade,
	};
}

/* How long two were on together. */
static int64_t
shared_s(const struct ks_store_storm *a, const struct ks_store_storm *b)
{
	const int64_t from_s = a->start_s > b->start_s ? a->start_s : b->start_s;
	const int64_t to_s = a->end_s < b->end_s ? a->end_s : b->end_s;
	return to_s - from_s;
}

/* Whose storm does a server see? A server's queries are not kept by zone: of the zones in a storm at the time
 * the one with most queries. */
static int64_t
zone_of(const struct ks_judged_storms *judged, const struct ks_store_storm *seen)
{
	const struct ks_store_storm *most = NULL;
	for (size_t i = 0; i < judged->n; i++) {
		const struct ks_store_storm *const storm = &judged->storms[i];
		if (!storm->by_server && shared_s(storm, seen) > 0 &&
		    (most == NULL || storm->queries > most->queries))
			most = storm;
	}
	return most != NULL ? most->zone_id : 0;
}

static void
set_server(const struct ks_judged_storms *judged, struct ks_store_storm *storm, const struct ks_addr *server)
{
	storm->by_server = true;
	storm->server = *server;
	storm->zone_id = zone_of(judged, storm);
}

/* The storm of the same zone that was judged last: series may come in several pieces, since years can lie
 * between two rollovers. */
static bool
storm_before(const struct ks_judged_storms *judged, const struct ks_store_series *series,
	     struct ks_storm_grade *ret)
{
	const struct ks_store_storm *const last = judged->n > 0 ? &judged->storms[judged->n - 1] : NULL;
	const bool is_same = last != NULL && series->zone_id != 0 && last->zone_id == series->zone_id;
	if (is_same)
		*ret = last->grade;
	return is_same;
}

static enum ks_error
judge_zone(struct ks_judged_storms *judged, const struct ks_store_series *series,
	   const struct ks_storm_scratch *scratch, struct ks_storm *storms, struct ks_diag *diag)
{
	struct ks_storm_grade grade;
	const size_t n = ks_storm_find(&series->storm, &ks_storm_defaults, scratch, storms,
				       ks_storm_most(&series->storm, &ks_storm_defaults));
	bool has_before = storm_before(judged, series, &grade);
	for (size_t i = 0; i < n; i++) {
		const size_t until = i + 1 < n ? storms[i + 1].start : series->storm.n;
		const struct ks_storm_grade before = has_before ? grade : (struct ks_storm_grade){0};
		const enum ks_error error = make_room(judged, diag);
		if (error != KS_SUCCESS)
			return error;
		grade = ks_storm_judge(&series->storm, &storms[i], &ks_storm_defaults, until, scratch,
				       has_before ? &before : NULL);
		has_before = true;
		judged->storms[judged->n] = conclusion(series, &storms[i], &grade);
		if (series->zone_id == 0)
			set_server(judged, &judged->storms[judged->n], &series->server);
		judged->n++;
	}
	return KS_SUCCESS;
}

static enum ks_error
judge_series(void *arg, const struct ks_store_series *series, struct ks_diag *diag)
{
	const size_t n = series->storm.n;
	struct ks_storm_scratch scratch = {
		.values = malloc((n + 1) * sizeof(*scratch.values)),
		.excluded = malloc(n + 1),
	};
	struct ks_storm *const storms =
		calloc(ks_storm_most(&series->storm, &ks_storm_defaults), sizeof(*storms));
	const enum ks_error error = scratch.values == NULL || scratch.excluded == NULL || storms == NULL
					    ? ks_diag_set(diag, KS_ERR_MEMORY, "no memory for %zu bins", n)
					    : judge_zone(arg, series, &scratch, storms, diag);
	free(storms);
	free(scratch.values);
	free(scratch.excluded);
	return error;
}

enum ks_error
ks_judge_storms(struct ks_store *store, struct ks_judged_storms *ret, struct ks_diag *diag)
{
	/* Fewer queries than this make no storm, whatever their times are. */
	const uint32_t least = (uint32_t)(ks_storm_defaults.min_bins * ks_storm_defaults.min_qps);
	const enum ks_error error = ks_store_each_series(store, least, judge_series, ret, diag);
	if (error != KS_SUCCESS || ret->n == 0)
		return error;
	return ks_store_each_server_series(store, least, judge_series, ret, diag);
}
