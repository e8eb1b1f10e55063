/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/model.h -- what a search for keys costs that cannot succeed, and what many such searches do
 * to servers: arithmetic, no packets.
 *
 * Input:   numbers of server addresses, from the zone of the answer (level 1) up to the zone of the stale
 *          trust anchor (level k). Pure functions.
 * Method:  DOMAIN A2. DNSKEY(i) = N1^2 ... Ni^2; DS(i) = N1^2 ... N(i-1)^2 Ni, for the DS records of level
 *          i-1, asked at level i. What level 1 answered itself is not counted. An upper bound: software of
 *          2010, which remembers no failure.
 * Errors:  integers are exact; beyond 64 bits they stay at the largest and say so (`over`).
 * Memory:  none. Threads: no state. */
#ifndef KS_ANALYZER_JUDGE_MODEL_H
#define KS_ANALYZER_JUDGE_MODEL_H

#include "dissect/base.h"

enum {
	KS_MODEL_LEVELS = 128,   /* of a name: 127 labels at most (RFC 1035 s2.3.4), and the root */
	KS_MODEL_CEILING_S = 30, /* a resolver of 2010 gave up a search after so long */
	KS_MODEL_RARITY = 1500   /* clients for each one that storms, as counted in 2009 */
};

/* A count that knows when it was too large to count. */
struct ks_model_count {
	uint64_t n;
	bool over; /* n is 2^64-1, and the truth is more */
};
struct ks_model_count ks_model_times(struct ks_model_count count, uint64_t factor);
struct ks_model_count ks_model_plus(struct ks_model_count a, struct ks_model_count b);

struct ks_model_level {
	uint64_t servers;
	struct ks_model_count dnskey, ds; /* queries to this level */
	struct ks_model_count dnskey_per_server, ds_per_server;
};

struct ks_model_search {
	size_t n_levels;
	struct ks_model_level levels[KS_MODEL_LEVELS]; /* [0] is level 1 */
	struct ks_model_count total;
};

/* `servers` are 1 or more each, `n` of them, 1 to KS_MODEL_LEVELS. */
void ks_model_search(const uint64_t *servers, size_t n, struct ks_model_search *ret);

/* Queries that one after the other fit into the ceiling at this round-trip time, 1 ns or more. */
uint64_t ks_model_ceiling_queries(uint64_t rtt_ns);
/* The round-trip time at which so many queries, 1 or more, would just fit into it. */
double ks_model_fitting_rtt_s(struct ks_model_count queries);

/* Clients that storm, of `clients`: one in KS_MODEL_RARITY, whole ones. */
uint64_t ks_model_rare(uint64_t clients);
/* To one significant digit, as one says "some 3,000". */
uint64_t ks_model_about(uint64_t n);

/* Octets of a root DNSKEY answer: `keys` RSA keys of 2048 bits, `signatures` by such keys, EDNS. */
uint64_t ks_model_root_bytes(uint64_t keys, uint64_t signatures);

/* What resolvers of today do about the same failure: measured, each of them alone with a stale root anchor.
 */
struct ks_model_software {
	const char *name;
	uint32_t first, again; /* DNSKEY queries of the first burst, and of those behind it */
	bool per_server;       /* those are one for each server address of the zone, not the numbers given */
	double every_s;        /* from burst to burst; 0: a burst for each client query */
	bool every_is_least;   /* none was seen to come sooner than that */
};
extern const struct ks_model_software ks_model_software[];
extern const size_t ks_model_n_software;
/* Queries of its first burst, or of a later one, in a zone with so many server addresses. */
uint64_t ks_model_burst(const struct ks_model_software *software, bool first, uint64_t servers);
/* Queries per second of one such resolver; those without memory follow their clients. */
double ks_model_software_qps(const struct ks_model_software *software, uint64_t servers, double client_qps);

#endif
