/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/pair.h -- which answer belongs to which query (DOMAIN B0).
 *
 * The key is (transport, client address and port, server address and port, ID, folded qname, qtype,
 * qclass); only a 64-bit keyed hash of it is kept. The first response within KS_PAIR_NS wins; the same
 * query again before any response is a retransmission.
 *
 * Memory:  bounded; buckets of KS_PAIR_WAYS, a thousand at first. Where more wait in one of them than that,
 * there are twice as many, until the bound: a table no larger than what waits stays in the cache. Then a full
 * bucket gives up its oldest query, which is counted if it was still waiting. Work:    one bucket a call, and
 * each pair moves a few times at most. Time: packet time. Threads: one owner. */
#ifndef KS_ANALYZER_PAIR_H
#define KS_ANALYZER_PAIR_H

#include "analyzer/region.h"
#include "dissect/dissect.h"

#define KS_PAIR_NS (INT64_C(10) * KS_NS_PER_S)
enum { KS_PAIR_WAYS = 4 };

struct ks_pair {
	uint64_t hash;   /* 0: free */
	int64_t t_ns;    /* of the query */
	uint32_t record; /* the owner's reference to what it keeps of the query */
	bool answered;
};

struct ks_pairs {
	struct ks_region region;
	uint64_t mask, mask_max; /* buckets - 1 */
	struct ks_secret secret;
	uint64_t evicted; /* queries given up while they were waiting */
};

KS_MUST_CHECK enum ks_error ks_pairs_init(struct ks_pairs *pairs, size_t bytes,
					  const struct ks_secret *secret, struct ks_diag *diag);
void ks_pairs_done(struct ks_pairs *pairs);

/* Never 0. */
uint64_t ks_pairs_hash(const struct ks_pairs *pairs, const struct ks_message *message);

/* The same in two steps, for messages in a row about one name. */
uint64_t ks_pairs_name(const struct ks_pairs *pairs, struct ks_span qname);
uint64_t ks_pairs_hash_named(const struct ks_pairs *pairs, const struct ks_message *message, uint64_t name);

/* One of the calls below will come for this hash. */
static inline void
ks_pairs_soon(const struct ks_pairs *pairs, uint64_t hash)
{
	const struct ks_pair *const bucket =
		(const struct ks_pair *)pairs->region.base + (hash & pairs->mask) * KS_PAIR_WAYS;
	__builtin_prefetch(bucket, 1);
	__builtin_prefetch(bucket + KS_PAIR_WAYS - 1, 1);
}

/* A query was seen. Returns its pair; `*ret_again` tells that the same query is waiting already. */
struct ks_pair *ks_pairs_ask(struct ks_pairs *pairs, uint64_t hash, int64_t t_ns, bool *ret_again);

/* A response was seen. Returns the pair of the query that it answers, now marked answered; NULL when none
 * is waiting. */
struct ks_pair *ks_pairs_answer(struct ks_pairs *pairs, uint64_t hash, int64_t t_ns);

#endif
