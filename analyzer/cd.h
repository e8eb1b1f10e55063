/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cd.h -- sources that begin to set CD, "checking disabled" (DOMAIN 5-07, 0.7).
 *
 * The bit itself is no alarm: some resolvers set it in every query. Told are only transitions: a source whose
 * queries had CD=0 sets it for the first time; or, before a resolver, a client asks again with CD=1 for a
 * name that it was refused with SERVFAIL less than a minute ago. A SERVFAIL to a query that had CD=1 does not
 * count: responses repeat the bit (RFC 4035 section 3.2.2).
 *
 * Memory:  bounded: an entry a source that changed; a fixed number of refusals, of which the latest stay.
 * Threads: one owner. Standards: RFC 4035 s3.2.2, RFC 6840 s5.9. */
#ifndef KS_ANALYZER_CD_H
#define KS_ANALYZER_CD_H

#include "analyzer/map.h"
#include "dissect/dissect.h"

#define KS_CD_RETRY_NS (INT64_C(60) * KS_NS_PER_S)
enum { KS_CD_REFUSALS = 4096 };

struct ks_cd_change {
	struct ks_key key;         /* source number; 0 */
	int64_t first_ns, last_ns; /* of the transitions; `first_ns` also of the first query with CD */
	uint64_t plain_before;     /* queries without CD before the first one with it */
	uint64_t retries;          /* queries with CD=1 behind a SERVFAIL */
};

struct ks_cd {
	struct ks_map changes;
	struct ks_region refusals; /* struct ks_cd_refusal, by their hash */
	bool refused;              /* any yet? Most captures have none */
	uint64_t forgotten;        /* refusals of the last minute that gave way to others */
	uint64_t unlisted;
};

KS_MUST_CHECK enum ks_error ks_cd_init(struct ks_cd *cd, size_t bytes, const struct ks_secret *secret,
				       struct ks_diag *diag);
void ks_cd_done(struct ks_cd *cd);

/* A query with CD=1; `before` and `cd_before`: how many the source sent before it, and of those with CD=1. */
void ks_cd_query(struct ks_cd *cd, uint32_t source, const struct ks_message *query, uint64_t before,
		 uint64_t cd_before);

/* A SERVFAIL with CD=0. */
void ks_cd_refuse(struct ks_cd *cd, const struct ks_message *response);

#endif
