/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/nxdomain.h -- names that do not exist, by the name above them.
 *
 * A flood of made-up names below one suffix shows in how few of its labels come twice; typing errors and
 * misconfigured hosts ask the same few again. Answers are counted, not queries: an answer says which
 * zone was made to work.
 *
 * Counting begins with a parent's first NXDOMAIN, so that ordinary names need no room.
 *
 * Memory:  bounded: KS_NX_PARENTS or what the budget holds; beyond, answers are counted only.
 * Threads: one owner.
 * Standards: RFC 1035 s4.1.1 (RCODE 3), RFC 8020. */
#ifndef KS_ANALYZER_NXDOMAIN_H
#define KS_ANALYZER_NXDOMAIN_H

#include "analyzer/map.h"
#include "dissect/dissect.h"

enum { KS_NX_PARENTS = 2048, KS_NX_LABELS_P = 11, KS_NX_SOURCES_P = 8 };

struct ks_nx_parent {
	struct ks_key key; /* keyed hash of the name */
	uint64_t nxdomain, responses;
	int64_t first_ns, last_ns;           /* of NXDOMAIN */
	uint8_t labels[1 << KS_NX_LABELS_P]; /* see distinct.h */
	uint8_t sources[1 << KS_NX_SOURCES_P];
	uint8_t n_name;
	uint8_t name[255]; /* wire format, lower case */
};

struct ks_nxdomain {
	struct ks_map map;
	uint64_t unlisted; /* NXDOMAIN answers whose parent found no room */
};

KS_MUST_CHECK enum ks_error ks_nxdomain_init(struct ks_nxdomain *nxdomain, size_t bytes,
					     const struct ks_secret *secret, struct ks_diag *diag);
void ks_nxdomain_done(struct ks_nxdomain *nxdomain);

/* What ks_nxdomain_feed will look up for a response: asked for ahead, memory has it by then. */
struct ks_nx_asked {
	bool known; /* else it is found out when its turn comes */
	struct ks_key key;
	uint64_t hash;
};
void ks_nxdomain_soon(const struct ks_nxdomain *nxdomain, const struct ks_message *response,
		      struct ks_nx_asked *ret);
void ks_nxdomain_sooner(const struct ks_nxdomain *nxdomain, const struct ks_nx_asked *asked);

/* `asked` may be NULL. */
void ks_nxdomain_feed(struct ks_nxdomain *nxdomain, const struct ks_message *response,
		      const struct ks_nx_asked *asked);

/* Estimates, never more than there were answers. */
uint64_t ks_nxdomain_labels(const struct ks_nx_parent *parent);
uint64_t ks_nxdomain_sources(const struct ks_nx_parent *parent);

#endif
