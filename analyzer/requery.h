/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/requery.h -- was this DNSKEY query needed? (DOMAIN B1)
 *
 * State of one (source, zone): when the last usable answer was delivered and how long a cache may keep it.
 * Pure state machine fed in packet time; a clock that steps back makes a query `first`, never a requery. */
#ifndef KS_ANALYZER_REQUERY_H
#define KS_ANALYZER_REQUERY_H

#include "analyzer/summary.h"
#include "dissect/dns.h"

#define KS_REQUERY_HOT_NS (INT64_C(5) * KS_NS_PER_S)
#define KS_REQUERY_WARM_NS (INT64_C(300) * KS_NS_PER_S)
#define KS_REQUERY_COOL_NS (INT64_C(3600) * KS_NS_PER_S)
#define KS_REQUERY_LIFE_MAX_NS (INT64_C(86400) * KS_NS_PER_S)
#define KS_REQUERY_TCP_NS (INT64_C(10) * KS_NS_PER_S)

struct ks_requery_state {
	int64_t delivered_ns; /* last usable answer */
	int64_t life_ns;      /* L of that answer; 0: none delivered yet */
	int64_t truncated_ns; /* answer with TC=1 whose TCP follow-up is still to come; 0: none */
};

/* Is this message an answer that counts as delivered: NOERROR, AA=1, TC=0, at least one DNSKEY of the
 * question's name? */
bool ks_requery_is_answer(const struct ks_dns *dns);

/* L of such an answer at `t_ns`: the least of its TTLs, the original TTL, what remains of its signatures
 * and a day. Signatures that have expired do not shorten it: the answer is in the cache all the same, and
 * asking again within its TTL is what this module counts. 0 when a TTL is 0. */
int64_t ks_requery_life_ns(const struct ks_dns *dns, int64_t t_ns);

/* A DNSKEY query at `t_ns`. `again`: the same query is waiting for its answer. `tcp`: sent over TCP. */
enum ks_requery ks_requery_ask(struct ks_requery_state *state, int64_t t_ns, bool again, bool tcp);

/* A response to a DNSKEY query at `t_ns`. */
void ks_requery_answer(struct ks_requery_state *state, const struct ks_dns *dns, int64_t t_ns, bool tcp);

static inline bool ks_requery_counts(enum ks_requery class)
{
	return class == KS_RQ_HOT || class == KS_RQ_WARM || class == KS_RQ_COOL;
}

#endif
