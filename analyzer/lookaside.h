/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/lookaside.h -- queries for DLV records, and the key tags that the answers name (DOMAIN 4-04).
 *
 * A DLV record in a lookaside registry stands for the DS record that a parent does not have. When it names a
 * key that the zone has no longer, resolvers that look there fail.
 *
 * Memory:  bounded; what finds no room is counted. Threads: one owner. Standards: RFC 4431, RFC 5074. */
#ifndef KS_ANALYZER_LOOKASIDE_H
#define KS_ANALYZER_LOOKASIDE_H

#include "analyzer/names.h"
#include "dissect/dns.h"

struct ks_lookaside_entry {
	struct ks_key key; /* name in `names`; 0 */
	uint64_t queries, responses;
	int64_t first_ns, last_ns;
	int64_t told_ns; /* the last answer with records; 0: none */
	uint16_t tag[KS_DLV_TAGS];
	uint16_t n_tags, unused[3];
};

struct ks_lookaside {
	struct ks_map table;
	struct ks_names names;
	uint64_t unlisted;
};

KS_MUST_CHECK enum ks_error ks_lookaside_init(struct ks_lookaside *lookaside, size_t bytes,
					      const struct ks_secret *secret, struct ks_diag *diag);
void ks_lookaside_done(struct ks_lookaside *lookaside);

/* A query or a response with a DLV question. */
void ks_lookaside_feed(struct ks_lookaside *lookaside, const struct ks_dns *dns, int64_t t_ns);

#endif
