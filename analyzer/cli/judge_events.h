/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/judge_events.h -- what happened to zones: out of the database, through the judge, and back.
 *
 * Memory: on the heap, until ks_judge_events_done. Threads: one. */
#ifndef KS_ANALYZER_CLI_JUDGE_EVENTS_H
#define KS_ANALYZER_CLI_JUDGE_EVENTS_H

#include "store/store.h"

struct ks_judged_zone {
	int64_t zone_id;
	int64_t life_ns;    /* of its keys in a cache */
	int64_t ds_life_ns; /* of its DS */
	size_t first, n;    /* its events */
};

struct ks_judged_events {
	struct ks_store_event *events; /* zone by zone */
	struct ks_judged_zone *zones;  /* those with events */
	size_t n_events, cap_events, n_zones, cap_zones;
	uint64_t lost;    /* events of zones that have too many */
	uint64_t in_part; /* zones of which too much is known */
};

/* Judge all zones. Writes nothing. */
KS_MUST_CHECK enum ks_error ks_judge_events(struct ks_store *store, struct ks_judged_events *ret,
					    struct ks_diag *diag);

/* Write them, and which of them came before which storm; the storms are written already. */
KS_MUST_CHECK enum ks_error ks_judge_events_put(struct ks_store *store, const struct ks_judged_events *judged,
						const struct ks_store_storm *storms, size_t n_storms,
						struct ks_diag *diag);

void ks_judge_events_done(struct ks_judged_events *judged);

#endif
