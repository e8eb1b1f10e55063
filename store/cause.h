/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/cause.h -- why: clues out to the judge, diagnoses in.
 *
 * Use: inside of ks_store_judge_begin and _end, when storms, habits, events and triggers have been put:
 * begin, both each, any number of judge, end. Between begin and end there are temporary tables. Bounds:
 * KS_CAUSES_MAX sources, those that asked most. Threads: one. Errors: KS_ERR_DATABASE. */
#ifndef KS_STORE_CAUSE_H
#define KS_STORE_CAUSE_H

#include "analyzer/judge/evidence.h"
#include "store/store.h"

enum { KS_CAUSES_MAX = 4096 };

/* `ret_any` false: there is neither a storm nor a suspect, so nothing to ask and nothing to judge but the
 * end. */
KS_MUST_CHECK enum ks_error ks_store_causes_begin(struct ks_store *store, struct ks_view *ret, bool *ret_any,
						  struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_causes_end(struct ks_store *store, struct ks_diag *diag);

/* A source and a zone, or with `storm_id` a storm. */
struct ks_store_cause {
	int64_t zone_id, storm_id; /* storm_id 0: a source */
	double zone_queries;       /* DNSKEY queries of all for the zone */
	double excess;             /* of a storm: those beyond its base */
	struct ks_zone_clues zone;
	struct ks_addr source;
	struct ks_source_clues clues; /* of a source */
};
typedef enum ks_error ks_store_cause_fn(void *arg, const struct ks_store_cause *cause, struct ks_diag *diag);

/* In order of zone_id and address. `each` must not use the store. */
KS_MUST_CHECK enum ks_error ks_store_each_source_cause(struct ks_store *store, ks_store_cause_fn *each,
						       void *arg, struct ks_diag *diag);
/* In order of storm_id. */
KS_MUST_CHECK enum ks_error ks_store_each_storm_cause(struct ks_store *store, ks_store_cause_fn *each,
						      void *arg, struct ks_diag *diag);

/* Of the zones that source causes are of: which lies below which; in order of zone_id, the nearest above
 * first. */
typedef enum ks_error ks_store_below_fn(void *arg, int64_t zone_id, int64_t above_id, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_each_below(struct ks_store *store, ks_store_below_fn *each, void *arg,
						struct ks_diag *diag);

/* How many queries of a storm's excess are a source's. */
struct ks_store_share {
	int64_t storm_id, zone_id;
	struct ks_addr source;
	double queries;
};
typedef enum ks_error ks_store_share_fn(void *arg, const struct ks_store_share *share, struct ks_diag *diag);
/* In the order of the sources above; of each, of all storms of its zone. */
KS_MUST_CHECK enum ks_error ks_store_each_share(struct ks_store *store, ks_store_share_fn *each, void *arg,
						struct ks_diag *diag);

struct ks_store_diagnosis {
	int64_t zone_id, storm_id; /* storm_id 0: of the source */
	struct ks_addr source;
	double queries;        /* what it weighs */
	const char *verdict;   /* a fixed word */
	double lead_db;        /* NAN: does not apply */
	int64_t above_zone_id; /* whose verdict it inherits (inherit.h); 0: it is of its own evidence */
	bool has_findings;     /* else what follows is not meant */
	struct ks_finding findings[KS_EVIDENCE];
	struct ks_diagnosis diagnosis;
};
KS_MUST_CHECK enum ks_error ks_store_judge_diagnosis(struct ks_store *store,
						     const struct ks_store_diagnosis *diagnosis,
						     struct ks_diag *diag);

#endif
