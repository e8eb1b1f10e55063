/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/zone.h -- what is known of one zone's keys over time, and what happened to it.
 *
 * Input:   facts of the ledger (summary.h), all runs together, authoritative ones only.
 * Memory:  the caller's. Threads: no state.
 * Units:   times in ns since the epoch. */
#ifndef KS_ANALYZER_JUDGE_ZONE_H
#define KS_ANALYZER_JUDGE_ZONE_H

#include "analyzer/judge/event.h"
#include "analyzer/summary.h"

#define KS_TIME_UNKNOWN INT64_MIN

enum { KS_ZONE_SIGNERS_MAX = 32, KS_TAG_NONE = -1 };

/* A server as one can tell it apart. */
struct ks_zone_node {
	struct ks_addr server;
	struct ks_span nsid; /* empty: nobody asked */
};

/* What a server gave: of DNSKEY and CDNSKEY `keys`, of DS and CDS `ds`, of the others `wire`. */
struct ks_zone_content {
	uint8_t hash[16];
	enum ks_denial denial;
	const struct ks_rrset_key *keys;
	const struct ks_rrset_ds *ds;
	size_t n_keys, n_ds;
	struct ks_span wire;    /* as in struct ks_fact_rrset; of NSEC3PARAM only */
	uint32_t soa_refresh_s; /* of SOA */
};

/* A period in which a node gave one content with one TTL and one set of signers. */
struct ks_zone_seen {
	uint16_t type;
	uint32_t node, content;                      /* indices */
	const char *signer_tags, *signer_algorithms; /* as in struct ks_fact_rrset_seen; NULL: not known */
	uint32_t ttl_s;
	uint64_t count;
	int64_t first_ns, last_ns;
};

struct ks_zone_facts {
	bool root; /* nothing above it: RFC 5011 instead of DS */
	const struct ks_zone_node *nodes;
	const struct ks_zone_content *contents;
	const struct ks_zone_seen *seen; /* in order of type, node, first_ns */
	const struct ks_fact_key *keys;  /* `name` is not used, here and below */
	const struct ks_fact_signature *signatures;
	const struct ks_fact_nsec *nsec;
	size_t n_nodes, n_contents, n_seen, n_keys, n_signatures, n_nsec;
	bool cut; /* there may be more than these */
};

/* Something that happened to the zone, at some instant behind `before_ns` and not behind `t_ns`. */
struct ks_event {
	enum ks_event_kind kind;
	int64_t t_ns;      /* first seen so, by `node` */
	int64_t before_ns; /* last seen otherwise, or KS_TIME_UNKNOWN: never, it was so at first sight */
	int64_t all_ns;    /* first seen so by the last of the servers that changed */
	uint32_t servers;  /* addresses that were seen to change */
	uint32_t node;     /* or KS_NODE_NONE */
	int32_t algorithm; /* or -1 */
	int32_t tag;       /* or KS_TAG_NONE */
	bool has_key;
	uint8_t identity[16];       /* of the key, with `has_key` */
	const char *phase, *method; /* static text, or NULL */
	char detail[128], warning[256];
};
#define KS_NODE_NONE UINT32_MAX

/* Events of one zone on their way; more than there is room for are counted. */
struct ks_events {
	struct ks_event *at;
	size_t n, max;
	uint64_t lost;
	bool in_part; /* so much was known of the zone that not all of it was looked at */
};

/* A new event with nothing but kind and times, or NULL when there is no room. */
struct ks_event *ks_events_add(struct ks_events *events, enum ks_event_kind kind, int64_t before_ns,
			       int64_t t_ns);

/* In order of time, then of kinds, algorithm, tag, node. */
void ks_events_sort(struct ks_events *events);

/* The periods of one type: `*ret_n` of them from the one returned, in order of node and time. */
const struct ks_zone_seen *ks_zone_seen_of(const struct ks_zone_facts *facts, uint16_t type, size_t *ret_n);

/* Numbers out of "13 257", at most KS_ZONE_SIGNERS_MAX; none of NULL. */
size_t ks_zone_numbers(const char *text, uint16_t ret[KS_ZONE_SIGNERS_MAX]);

/* Does the DS belong to the key? A digest type that is not known belongs to nobody, which `*ret_unknown`
 * tells. */
KS_MUST_CHECK bool ks_zone_ds_fits(const struct ks_zone_facts *facts, const struct ks_rrset_ds *ds,
				   const struct ks_rrset_key *key, bool *ret_unknown);

#endif
