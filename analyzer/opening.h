/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/opening.h -- how sources begin: the first DNSKEY queries of a source, and the first after a
 * silence (DOMAIN 1-17, 4-07, 4-08), and whether priming queries are followed by DNSKEY queries (1-19).
 *
 * An opening begins with the first DNSKEY query ever of a source, or with one less than five seconds after
 * the source woke up from a silence of a minute and more. It takes in the DNSKEY queries for the same zone
 * that follow each other in less than two seconds. While only one server was asked, it moves on to the next
 * zone that is asked for: a resolver may look at a child before it searches. Only openings worth telling are
 * kept: at several servers, behind a silence with a priming query, or behind a silence of thirty days.
 *
 * Memory:  bounded: a slot a source for as long as its opening lasts, and a list of those that were kept. Two
 *          sources may meet in one slot: then the older opening ends, which is counted.
 * Work:    O(1) a query. Time: packet time; a clock that steps back ends the opening. Threads: one owner. */
#ifndef KS_ANALYZER_OPENING_H
#define KS_ANALYZER_OPENING_H

#include "analyzer/region.h"
#include "analyzer/summary.h"

#define KS_OPENING_SILENCE_NS (INT64_C(60) * KS_NS_PER_S)
#define KS_OPENING_LONG_NS (INT64_C(30) * 86400 * KS_NS_PER_S)
#define KS_OPENING_GAP_NS (INT64_C(2) * KS_NS_PER_S)
#define KS_PRIMING_NS (INT64_C(5) * KS_NS_PER_S)

struct ks_opening {
	int64_t t_ns, last_ns; /* its first query, its last */
	int64_t silence_ns;    /* before it; 0: the source was not seen before */
	uint64_t servers;      /* bit per server, of the first 64 */
	uint32_t source, zone; /* the owner's numbers */
	uint32_t queries;
	uint32_t primed; /* 1: a priming query came with it */
};

struct ks_opening_slot {
	struct ks_opening opening;
	int64_t woke_ns, silence_ns; /* when the source woke up last, from how long a silence */
	int64_t primed_ns;           /* its last priming query; 0: none */
	uint32_t owner;              /* source number + 1; 0: free */
	bool open;                   /* `opening` is going on */
	bool awaits;                 /* a DNSKEY query behind that priming query */
};

struct ks_openings {
	struct ks_region slots, kept;
	uint32_t mask; /* slots - 1 */
	uint32_t n_kept, capacity;
	uint64_t met;      /* openings that ended because two sources met */
	uint64_t unlisted; /* openings worth telling without room */
};

/* A DNSKEY query of this source will come. */
static inline void
ks_openings_soon(const struct ks_openings *openings, uint32_t source)
{
	const struct ks_opening_slot *const slot =
		(const struct ks_opening_slot *)openings->slots.base + (source & openings->mask);
	__builtin_prefetch(slot, 1);
	__builtin_prefetch(&slot->open, 1);
}

KS_MUST_CHECK enum ks_error ks_openings_init(struct ks_openings *openings, size_t bytes,
					     struct ks_diag *diag);
void ks_openings_done(struct ks_openings *openings);

/* The source says something after `silence_ns` of silence, which is a minute at least. */
void ks_openings_wake(struct ks_openings *openings, uint32_t source, int64_t t_ns, int64_t silence_ns);

/* It primes: asks for the name servers of the root. */
void ks_openings_prime(struct ks_openings *openings, uint32_t source, int64_t t_ns);

/* A DNSKEY query that is neither repeated nor a TCP follow-up; `first`: the source's first. True when it is
 * the first within five seconds behind a priming query. */
struct ks_opening_query {
	int64_t t_ns;
	uint32_t source, zone, server;
	bool first;
};
bool ks_openings_ask(struct ks_openings *openings, const struct ks_opening_query *query);

/* The source's number will be another one's: what is open of it is not kept. */
void ks_openings_forget(struct ks_openings *openings, uint32_t source);

/* No more queries: what is open is over. */
void ks_openings_close(struct ks_openings *openings);

static inline const struct ks_opening *
ks_openings_at(const struct ks_openings *openings, uint32_t number)
{
	return (const struct ks_opening *)openings->kept.base + number;
}

#endif
