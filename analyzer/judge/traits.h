/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/traits.h -- what appeared in a zone's records and what went away.
 *
 * Each period of the ledger has traits: keys, their algorithms, who signs, digests, the TTL. A trait that one
 * period of a node has and the next one has not went away between the two; the other way round it appeared.
 * What a node showed at first sight is no change, unless others were seen without it before and nobody
 * behind: then it appeared somewhere nobody looked.
 *
 * The same change on several servers is one event: that of the server which was first seen changed.
 *
 * Method:  DOMAIN B9. Input: facts of one zone. Memory: scratch of the caller. Threads: pure function. */
#ifndef KS_ANALYZER_JUDGE_TRAITS_H
#define KS_ANALYZER_JUDGE_TRAITS_H

#include "analyzer/judge/zone.h"

enum { KS_TRAITS_MAX = 64, KS_CHANGES_MAX = 4096, KS_TRAITS_DISTINCT = 256 };

enum ks_trait_kind {
	KS_TRAIT_KEY,
	KS_TRAIT_REVOKED,
	KS_TRAIT_ALGORITHM,  /* of keys */
	KS_TRAIT_SIGNATURES, /* algorithm of signatures */
	KS_TRAIT_SIGNERS,    /* of the DNSKEY RRset, all of them */
	KS_TRAIT_ACTIVE,     /* one signer of SOA or NSEC3PARAM */
	KS_TRAIT_DS,
	KS_TRAIT_TTL,
	KS_TRAIT_PARAM, /* NSEC3PARAM */
	KS_TRAIT_KINDS
};

/* Equal in the first three: the same. */
struct ks_trait {
	uint32_t number; /* tag, TTL, or digest type */
	uint8_t algorithm;
	uint8_t identity[16];
	int32_t tag;
	const struct ks_zone_seen *seen; /* whose it is */
};

struct ks_change {
	struct ks_trait trait;
	enum ks_trait_kind kind;
	bool appears;
	uint32_t node;
	int64_t before_ns, t_ns;
	const struct ks_zone_seen *from; /* what it was before */
};

struct ks_traits_scratch {
	struct ks_trait now[KS_TRAITS_MAX], then[KS_TRAITS_MAX];
	struct ks_trait distinct[KS_TRAITS_DISTINCT];
	struct ks_change changes[KS_CHANGES_MAX];
	size_t n_changes;
};

void ks_traits_judge(const struct ks_zone_facts *facts, struct ks_traits_scratch *scratch,
		     struct ks_events *events);

#endif
