/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/shard.h -- everything one worker knows about the traffic it has seen.
 *
 * DNS messages and packets come in from the dissector; counts per source, server, zone, (source, zone) and
 * bin build up in bounded tables; at the end the facts are frozen and handed to a sink in a total order, so
 * that neither the secret of the hash tables nor the order of arrival shows in a report.
 *
 * Memory:  shares of one budget, reserved at the start (ks_shard_init); no allocation afterwards, except in
 *          ks_shard_freeze, which sorts.
 * Time:    packet time. Threads: one owner. */
#ifndef KS_ANALYZER_SHARD_H
#define KS_ANALYZER_SHARD_H

#include "analyzer/batch.h"
#include "analyzer/behaviour.h"
#include "analyzer/cd.h"
#include "analyzer/clients.h"
#include "analyzer/depth.h"
#include "analyzer/errors.h"
#include "analyzer/fingerprint.h"
#include "analyzer/given.h"
#include "analyzer/icmp.h"
#include "analyzer/ledger.h"
#include "analyzer/lookaside.h"
#include "analyzer/names.h"
#include "analyzer/network.h"
#include "analyzer/nxdomain.h"
#include "analyzer/opening.h"
#include "analyzer/pair.h"
#include "analyzer/past.h"
#include "analyzer/requery.h"
#include "analyzer/sample.h"
#include "analyzer/saving.h"
#include "analyzer/series.h"
#include "analyzer/shed.h"
#include "analyzer/signals.h"
#include "analyzer/sink.h"
#include "analyzer/source.h"
#include "dissect/dissect.h"

/* DNSKEY queries of one source for one zone. Sources come and go in their table, and so do flows in theirs:
 * each knows its address, in its key. */
struct ks_flow {
	struct ks_key key; /* of ks_shard_flow_key */
	struct ks_requery_state state;
	uint32_t zone; /* number */
	uint32_t err;  /* saving.h */
	uint64_t response_dns_bytes;
	int64_t first_ns, last_ns;
	uint32_t queries, responses;
	uint32_t cls[KS_RQ_COUNT];
	uint32_t
		place : 28; /* of its behaviour when followed; before that, number of the server asked last */
	uint32_t answered : 1;                 /* the query asked last, before it is followed */
	uint32_t followed : 1, unfollowed : 1; /* unfollowed: there was no room */
	uint32_t offended : 1;                 /* asked again too early in a run before this one */
	int64_t asked_ns;                      /* the query asked last, before it is followed */
};

struct ks_server {
	struct ks_key key; /* address */
	uint64_t queries, responses, authoritative, recursive;
	uint64_t response_dns_bytes, sigkey_dns_bytes;
	int64_t first_ns, last_ns;
};

/* Of a name in a DNSKEY message: there are many more that are just asked for DS. */
struct ks_zone {
	uint64_t dnskey_queries;
	uint64_t servers; /* bit per server (of the first 64) that gave an authoritative DNSKEY answer */
	bool answered;
};

/* Totals of messages. */
struct ks_totals {
	uint64_t queries, responses, udp, tcp, ipv4, ipv6, do_queries, tc_responses;
	uint64_t query_dns_bytes, response_dns_bytes;
	uint64_t icmp_quoted;
	uint64_t unlisted_sources; /* messages of sources that were given away, or found no room */
	uint64_t unlisted_servers;
	uint64_t unlisted_zones;     /* DNSKEY queries whose zone found no room */
	uint64_t unlisted_zone_bins; /* DNSKEY queries missing from the series of their zone */
	uint64_t unlisted_flows;    /* DNSKEY queries whose (source, zone) was given away, or found no room */
	uint64_t unfollowed_flows;  /* (source, zone) whose behaviour found no room */
	uint64_t unasked_responses; /* responses to DNSKEY or DS without a query waiting */
};

struct ks_shard {
	struct ks_map sources, flows, servers;
	struct ks_saving saving_sources, saving_flows; /* over the first two */
	struct ks_networks source_nets, flow_nets;     /* of those that they gave away */
	struct ks_pool sources_more;                   /* struct ks_source_more of those who need it */
	struct ks_clients clients;
	struct ks_names zones, names; /* names asked for DNSKEY or DS; other names in samples */
	struct ks_pool zone_states;   /* struct ks_zone, by `owner` of names in `zones` */
	struct ks_pairs pairs;
	struct ks_series series;
	struct ks_samples samples;
	struct ks_icmp icmp;
	struct ks_behaviours behaviours; /* by `place` of flows */
	struct ks_stacks stacks;
	struct ks_nxdomain nxdomain;
	struct ks_signals signals;
	struct ks_errors errors;
	struct ks_ledger ledger;
	struct ks_openings openings;
	struct ks_cd cd;
	struct ks_lookaside lookaside;
	struct ks_depths depths;
	struct ks_totals totals;
	enum ks_shed shed; /* the caller's wish */
	uint64_t samples_shed, details_shed;
	const struct ks_given_server *given; /* sorted, n_given of them, for the end; the caller's */
	size_t n_given;
	struct ks_past *past; /* of the runs before this one, or NULL; the caller's */
	struct ks_server_met {
		struct ks_addr addr;
		uint32_t number_and_one; /* 0: none */
	} server_met[4];                 /* last, by the end of the address: most captures have few servers */
};

/* `memory_bytes` is the budget for all tables together; `bin_s` 0: chosen by the length of the capture. */
KS_MUST_CHECK enum ks_error ks_shard_init(struct ks_shard *shard, size_t memory_bytes, uint32_t bin_s,
					  const struct ks_secret *secret, struct ks_diag *diag);
void ks_shard_done(struct ks_shard *shard);

/* Go on where the run before this one ended: before anything is counted. `past` lives as long as the shard.
 */
void ks_shard_begin(struct ks_shard *shard, struct ks_past *past);

/* The run is over: leave to the next one what it must know. The shard is of no use afterwards. */
void ks_shard_leave(struct ks_shard *shard, struct ks_past *past);

/* Count what happened, in order of its time but for what a capture's clock does. */
void ks_shard_message(struct ks_shard *shard, const struct ks_message *message);
void ks_shard_flux(struct ks_shard *shard, const struct ks_batch_flux *flux);
void ks_shard_icmp(struct ks_shard *shard, const struct ks_walk *walk);

/* Count all of a batch. The same as one call for each of its events, but faster: what the messages will need
 * is fetched from memory while others are counted. */
void ks_shard_batch(struct ks_shard *shard, const struct ks_batch *batch);

/* 'R' when most responses came from recursion, 'M' when several servers of one zone are seen, else 'A'
 * (DOMAIN A). */
char ks_shard_vantage(const struct ks_shard *shard);

/* What saving.h calls before it gives a source or a flow away; `arg` is the shard. */
void ks_shard_leave_source(void *arg, uint32_t number);
void ks_shard_leave_flow(void *arg, uint32_t number);

/* Count what source `number` has counted for its networks. */
void ks_shard_net_source(struct ks_shard *shard, uint32_t number);

/* Signals, keys by tag, failures. `zone_place` gives each zone number its place among the zones
 * put. */
KS_MUST_CHECK enum ks_error ks_shard_freeze_signals(const struct ks_shard *shard, const uint32_t *zone_place,
						    struct ks_sink *sink, struct ks_diag *diag);

/* Before freezing, and before its counters are read: choose what of the ledger becomes facts. */
KS_MUST_CHECK enum ks_error ks_shard_choose(struct ks_shard *shard, struct ks_diag *diag);

/* The last of them: the ledger. */
KS_MUST_CHECK enum ks_error ks_shard_freeze_ledger(struct ks_shard *shard, struct ks_sink *sink,
						   struct ks_diag *diag);

/* Hand all facts but run, inputs and packet counters to the sink. What has been handed over, and what is of
 * no use any more, gives its memory back on the way, since the database needs some: the shard can only be
 * `done` afterwards. */
KS_MUST_CHECK enum ks_error ks_shard_freeze(struct ks_shard *shard, struct ks_sink *sink,
					    struct ks_diag *diag);

/* Is the name with that number a zone of ours: was a DNSKEY message about it? */
static inline bool
ks_shard_is_zone(const struct ks_shard *shard, uint32_t zone)
{
	return ((const struct ks_name_entry *)ks_map_at(&shard->zones.table, zone))->owner != 0;
}

/* What is known of it, if it is one. */
static inline struct ks_zone *
ks_shard_zone(const struct ks_shard *shard, uint32_t zone)
{
	const struct ks_name_entry *const name = ks_map_at(&shard->zones.table, zone);
	return ks_pool_at(&shard->zone_states, name->owner);
}

/* Of a (source, zone): the address under the zone's own key, which is 128 bits of keyed hash. Two flows share
 * one with the probability with which two names do. */
static inline struct ks_key
ks_shard_flow_key(const struct ks_addr *source, const struct ks_key *zone)
{
	const struct ks_key address = ks_key_of_addr(source);
	return (struct ks_key){.w = {address.w[0] ^ zone->w[0], address.w[1] ^ zone->w[1]}};
}

/* The address of a flow. */
static inline struct ks_addr
ks_shard_flow_source(const struct ks_shard *shard, const struct ks_flow *flow)
{
	const struct ks_key *const zone = ks_map_at(&shard->zones.table, flow->zone);
	struct ks_addr source;
	memcpy(source.b, (uint64_t[]){flow->key.w[0] ^ zone->w[0], flow->key.w[1] ^ zone->w[1]}, 16);
	return source;
}

/* What few sources need, of the one with that number; all zero if it has none. */
static inline const struct ks_source_more *
ks_shard_more(const struct ks_shard *shard, uint32_t source)
{
	return ks_source_more(&shard->sources_more, ks_map_at(&shard->sources, source));
}

/* The same to write into. */
static inline struct ks_source_more *
ks_shard_need(struct ks_shard *shard, uint32_t source)
{
	return ks_source_need(&shard->sources_more, ks_map_at(&shard->sources, source));
}

#endif
