/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages in, facts out, through a sink that remembers. */
#include "analyzer/shard.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>

#include "dissect/name.h"

enum { MANY = 4096 };

struct signal_line {
	struct ks_fact_ta_signal fact;
	char zone[KS_NAME_TEXT], tags[80];
};

struct failure_line {
	struct ks_fact_failure fact;
	char name[KS_NAME_TEXT], zone[KS_NAME_TEXT];
};

/* What came out; of each kind the first MANY, and how many there were. */
static struct {
	struct ks_sink sink;
	struct ks_fact_source sources[MANY];
	struct ks_fact_rest rests[MANY];
	struct ks_fact_flow flows[MANY];
	struct ks_fact_query queries[MANY];
	struct ks_fact_bin bins[MANY];
	struct ks_fact_server servers[MANY];
	size_t n_sources, n_rests, n_flows, n_queries, n_bins, n_servers, n_zones;
	uint64_t zone_bin_queries, new_offenders, hops, hops_squares, ports, ports_squares;
	struct ks_fact_behaviour behaviours[8];
	struct ks_server_count servers_asked[8][4];
	size_t n_behaviours;
	struct ks_fact_icmp icmp;
	size_t n_icmp;
	struct ks_fact_stack stack; /* the last */
	char stack_text[KS_FINGERPRINT_TEXT];
	size_t n_stacks;
	struct ks_fact_nxdomain nxdomain; /* the last */
	size_t n_nxdomain;
	struct signal_line signals[MANY];
	struct ks_fact_zone_key keys[MANY];
	struct failure_line failures[MANY];
	size_t n_signals, n_keys, n_failures;
	struct ks_fact_zone_server zone_servers[MANY];
	struct ks_fact_opening openings[MANY];
	struct ks_fact_manner manners[MANY];
	struct ks_fact_lookaside lookasides[MANY];
	struct ks_fact_depth depths[MANY];
	size_t n_depths;
	size_t n_zone_servers, n_openings, n_manners, n_lookasides;
} got;

#define KEEP(kind, list)                                                                                     \
	static enum ks_error keep_##kind(struct ks_sink *sink, const struct ks_fact_##kind *fact,            \
					 struct ks_diag *diag)                                               \
	{                                                                                                    \
		(void)sink;                                                                                  \
		(void)diag;                                                                                  \
		if (got.n_##list < MANY)                                                                     \
			got.list[got.n_##list] = *fact;                                                      \
		got.n_##list++;                                                                              \
		return KS_SUCCESS;                                                                           \
	}

KEEP(source, sources)
KEEP(rest, rests)
KEEP(flow, flows)
KEEP(query, queries)
KEEP(bin, bins)
KEEP(server, servers)
KEEP(depth, depths)
KEEP(zone_server, zone_servers)
KEEP(opening, openings)
KEEP(manner, manners)
KEEP(lookaside, lookasides)

static enum ks_error
keep_behaviour(struct ks_sink *sink, const struct ks_fact_behaviour *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	if (got.n_behaviours < KS_COUNT(got.behaviours)) {
		got.behaviours[got.n_behaviours] = *fact;
		for (size_t i = 0; i < fact->n_servers && i < 4; i++)
			got.servers_asked[got.n_behaviours][i] = fact->servers[i];
	}
	got.n_behaviours++;
	return KS_SUCCESS;
}

static enum ks_error
keep_stack(struct ks_sink *sink, const struct ks_fact_stack *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	got.stack = *fact;
	(void)snprintf(got.stack_text, sizeof(got.stack_text), "%s", fact->fingerprint);
	got.n_stacks++;
	return KS_SUCCESS;
}

static enum ks_error
keep_zone(struct ks_sink *sink, const struct ks_fact_zone *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	(void)fact;
	got.n_zones++;
	return KS_SUCCESS;
}

static enum ks_error
keep_icmp(struct ks_sink *sink, const struct ks_fact_icmp *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	got.icmp = *fact;
	got.n_icmp++;
	return KS_SUCCESS;
}

static enum ks_error
add_zone_bin(struct ks_sink *sink, const struct ks_fact_zone_bin *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	got.zone_bin_queries += fact->queries;
	got.new_offenders += fact->sources_new;
	got.hops += fact->hops;
	got.hops_squares += fact->hops_squares;
	got.ports += fact->ports;
	got.ports_squares += fact->ports_squares;
	return KS_SUCCESS;
}

static enum ks_error
keep_nxdomain(struct ks_sink *sink, const struct ks_fact_nxdomain *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	got.nxdomain = *fact;
	got.n_nxdomain++;
	return KS_SUCCESS;
}

static enum ks_error
keep_ta_signal(struct ks_sink *sink, const struct ks_fact_ta_signal *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	struct signal_line *const line = &got.signals[got.n_signals++ % MANY];
	line->fact = *fact;
	(void)ks_name_print(fact->zone.at, fact->zone.n, line->zone, sizeof(line->zone));
	(void)snprintf(line->tags, sizeof(line->tags), "%.*s", (int)fact->tags.n,
		       (const char *)fact->tags.at);
	return KS_SUCCESS;
}

static enum ks_error
keep_zone_key(struct ks_sink *sink, const struct ks_fact_zone_key *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	got.keys[got.n_keys++ % MANY] = *fact;
	return KS_SUCCESS;
}

static enum ks_error
keep_failure(struct ks_sink *sink, const struct ks_fact_failure *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	struct failure_line *const line = &got.failures[got.n_failures++ % MANY];
	*line = (struct failure_line){.fact = *fact};
	if (fact->name.n > 0)
		(void)ks_name_print(fact->name.at, fact->name.n, line->name, sizeof(line->name));
	if (fact->zone.n > 0)
		(void)ks_name_print(fact->zone.at, fact->zone.n, line->zone, sizeof(line->zone));
	return KS_SUCCESS;
}

static enum ks_error
drop_ledger_name(struct ks_sink *sink, const struct ks_fact_ledger_name *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)fact;
	(void)diag;
	return KS_SUCCESS;
}

static enum ks_error
drop_rrset(struct ks_sink *sink, const struct ks_fact_rrset *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)fact;
	(void)diag;
	return KS_SUCCESS;
}

static enum ks_error
drop_rrset_seen(struct ks_sink *sink, const struct ks_fact_rrset_seen *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)fact;
	(void)diag;
	return KS_SUCCESS;
}

static enum ks_error
drop_key(struct ks_sink *sink, const struct ks_fact_key *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)fact;
	(void)diag;
	return KS_SUCCESS;
}

static enum ks_error
drop_signature(struct ks_sink *sink, const struct ks_fact_signature *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)fact;
	(void)diag;
	return KS_SUCCESS;
}

static enum ks_error
drop_nsec(struct ks_sink *sink, const struct ks_fact_nsec *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)fact;
	(void)diag;
	return KS_SUCCESS;
}

static enum ks_error
drop_exhaustion(struct ks_sink *sink, const struct ks_fact_exhaustion *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)fact;
	(void)diag;
	return KS_SUCCESS;
}
#define DROP(kind)                                                                                           \
	static enum ks_error drop_##kind(struct ks_sink *sink, const struct ks_fact_##kind *fact,            \
					 struct ks_diag *diag)                                               \
	{                                                                                                    \
		(void)sink;                                                                                  \
		(void)fact;                                                                                  \
		(void)diag;                                                                                  \
		return KS_SUCCESS;                                                                           \
	}

DROP(bound)
DROP(clients)
DROP(net)
DROP(traffic)

static const struct ks_sink_ops ops = {
	.bound = drop_bound,
	.server = keep_server,
	.source = keep_source,
	.rest = keep_rest,
	.clients = drop_clients,
	.bin = keep_bin,
	.traffic = drop_traffic,
	.zone = keep_zone,
	.zone_bin = add_zone_bin,
	.flow = keep_flow,
	.net = drop_net,
	.behaviour = keep_behaviour,
	.query = keep_query,
	.icmp = keep_icmp,
	.stack = keep_stack,
	.nxdomain = keep_nxdomain,
	.depth = keep_depth,
	.zone_server = keep_zone_server,
	.opening = keep_opening,
	.manner = keep_manner,
	.lookaside = keep_lookaside,
	.ta_signal = keep_ta_signal,
	.zone_key = keep_zone_key,
	.failure = keep_failure,
	.ledger_name = drop_ledger_name,
	.rrset = drop_rrset,
	.rrset_seen = drop_rrset_seen,
	.key = drop_key,
	.signature = drop_signature,
	.nsec = drop_nsec,
	.exhaustion = drop_exhaustion,
};

static struct ks_shard shard;

static void
begin(size_t memory_bytes)
{
	static const struct ks_secret secret = {.a = 1234567, .b = 7654321};
	struct ks_diag diag;
	cr_assert(eq(int, ks_shard_init(&shard, memory_bytes, 0, &secret, &diag), KS_SUCCESS));
}

static void
freeze(void)
{
	struct ks_diag diag;
	got.sink.ops = &ops;
	cr_assert(eq(int, ks_shard_freeze(&shard, &got.sink, &diag), KS_SUCCESS));
}

static struct ks_addr
addr(uint32_t number)
{
	const uint8_t bytes[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8),
				  (uint8_t)number};
	return ks_addr_from_v4(bytes);
}

/* A DNSKEY query of `source` for the root, or with `answer` its answer. */
static void
say(uint32_t source, uint32_t server, uint16_t id, int64_t t_ns, bool answer)
{
	static const uint8_t root[1];
	struct ks_message message = {
		.time_ns = t_ns,
		.client = addr(source),
		.server = addr(server),
		.client_port = 4000,
		.ttl = 20,
		.server_port = 53,
		.len = answer ? 864 : 28,
		.ip_bytes = answer ? 892 : 56,
		.dns = {.id = id,
			.has_question = true,
			.qname = {root, 1},
			.qtype = KS_TYPE_DNSKEY,
			.qclass = 1,
			.flags = answer ? KS_FLAG_QR | KS_FLAG_AA : 0},
	};
	if (answer)
		message.dns.dnskey = (struct ks_dnskey_answer){
			.keys = 2, .signatures = 1, .key_ttl = 3600, .sig_ttl = 3600, .original_ttl = 3600};
	ks_shard_message(&shard, &message);
}

#define T0 (INT64_C(1795298174) * KS_NS_PER_S)
#define MS(n) ((int64_t)(n)*KS_NS_PER_MS)

Test(shard, a_stale_source_is_counted_by_class_and_its_sequence_kept)
{
	begin(64 << 20);
	for (uint16_t i = 0; i < 40; i++) {
		say(7, 53, i, T0 + MS(20 * i), false);
		say(7, 53, i, T0 + MS(20 * i + 19), true);
	}
	say(8, 53, 1, T0 + MS(5), false);
	say(8, 53, 1, T0 + MS(25), true);
	freeze();
	cr_assert(eq(sz, got.n_flows, 2));
	cr_assert(eq(u64, got.flows[0].queries, 40));
	cr_assert(eq(u64, got.flows[0].cls[KS_RQ_FIRST], 1));
	cr_assert(eq(u64, got.flows[0].cls[KS_RQ_HOT], 39));
	cr_assert(eq(u64, got.flows[0].response_dns_bytes, 40 * 864));
	cr_assert(eq(u64, got.flows[1].cls[KS_RQ_FIRST], 1));
	cr_assert(eq(u64, got.sources[0].requeries, 39));
	cr_assert(eq(sz, got.n_queries, 41));
	cr_assert(eq(sz, got.n_bins, 1));
	cr_assert(eq(u64, got.bins[0].query_ip_bytes, 41 * 56));
	cr_assert(eq(u64, got.bins[0].response_ip_bytes, 41 * 892));
	for (size_t i = 0; i < 40; i++) {
		cr_assert(eq(u64, got.queries[i].number, i));
		cr_assert(eq(i64, got.queries[i].response_ns - got.queries[i].t_ns, MS(19)));
		cr_assert(eq(u32, got.queries[i].response_bytes, 864));
	}
	cr_assert(eq(u64, got.zone_bin_queries, 41));
	uint64_t hops = 0, hops_squares = 0, ports = 0, ports_squares = 0;
	for (size_t i = 0; i < 41; i++) {
		const uint64_t hop = got.queries[i].hop_limit, port = got.queries[i].sport;
		hops += hop;
		hops_squares += hop * hop;
		ports += port;
		ports_squares += port * port;
	}
	cr_assert(hops > 0 && ports > 0);
	cr_assert(got.hops == hops && got.hops_squares == hops_squares);
	cr_assert(got.ports == ports && got.ports_squares == ports_squares);
	cr_assert(eq(u64, got.new_offenders, 1));
	cr_assert(eq(sz, got.n_stacks, 2), "one for each source that asked");
	cr_assert(eq(u64, got.stack.queries, 1));
	cr_assert(eq(str, got.stack_text, (char *)(uintptr_t) "no-edns ttl=32"));
	ks_shard_done(&shard);
}

/* A query or response with these flags and this question. */
static void
speak(uint32_t source, int64_t t_ns, const char *qname, size_t n_qname, uint16_t qtype, uint16_t flags,
      uint16_t rcode)
{
	uint8_t labels = 0;
	for (const char *at = qname; *at != 0; at += *at + 1)
		labels++;
	struct ks_message message = {
		.time_ns = t_ns,
		.client = addr(source),
		.server = addr(53),
		.client_port = 4000,
		.server_port = 53,
		.len = 100,
		.dns = {.id = (uint16_t)t_ns,
			.has_question = true,
			.qname = {(const uint8_t *)qname, n_qname},
			.labels = labels,
			.qtype = qtype,
			.qclass = 1,
			.flags = flags,
			.rcode = rcode},
	};
	ks_shard_message(&shard, &message);
}
#define SPEAK(source, t_ns, qname, qtype, flags, rcode)                                                      \
	speak(source, t_ns, qname, sizeof(qname) - 1, qtype, flags, rcode)

Test(shard, sweeps_priming_and_the_cd_bit_become_facts)
{
	begin(64 << 20);
	for (uint32_t i = 0; i < 13; i++) {
		say(7, 60 + i, (uint16_t)i, T0 + MS(20 * i), false);
		say(7, 60 + i, (uint16_t)i, T0 + MS(20 * i + 19), true);
	}
	SPEAK(7, T0 + MS(300), "\0", KS_TYPE_NS, 0, 0);
	SPEAK(7, T0 + MS(9000), "\0", KS_TYPE_NS, 0, 0);
	say(7, 60, 99, T0 + MS(9010), false);
	SPEAK(7, T0 + MS(10000), "\3tld\0", KS_TYPE_DS, 0, 0);
	SPEAK(8, T0 + MS(10000), "\3www\3tld\0", 1, 0, 0);
	SPEAK(8, T0 + MS(10010), "\3www\3tld\0", 1, KS_FLAG_QR, 2);
	SPEAK(8, T0 + MS(10020), "\3www\3tld\0", 1, KS_FLAG_CD, 0);
	SPEAK(9, T0 + MS(10000), "\3tld\3dlv\0", KS_TYPE_DLV, KS_FLAG_CD, 0);
	freeze();
	cr_assert(eq(sz, got.n_openings, 1));
	cr_assert(eq(u64, got.openings[0].queries, 13));
	cr_assert(eq(u32, got.openings[0].servers, 13));
	cr_assert(eq(i64, got.openings[0].length_ns, MS(240)));
	cr_assert(got.openings[0].primed);
	cr_assert(eq(sz, got.n_zone_servers, 13));
	cr_assert(eq(sz, got.n_manners, 2), "one that primed, one that changed; not one that always sets CD");
	cr_assert(eq(u64, got.manners[0].priming_queries, 2));
	cr_assert(eq(u64, got.manners[0].primed_queries, 1));
	cr_assert(not(got.manners[0].changed));
	cr_assert(got.manners[1].changed);
	cr_assert(eq(u64, got.manners[1].plain_before, 1));
	cr_assert(eq(u64, got.manners[1].cd_queries, 1));
	cr_assert(eq(u64, got.manners[1].retries, 1));
	cr_assert(eq(sz, got.n_lookasides, 1));
	cr_assert(eq(u64, got.lookasides[0].queries, 1));
	cr_assert(eq(sz, got.n_depths, 2));
	cr_assert(eq(u64, got.depths[0].dnskey_queries, 14));
	cr_assert(eq(u64, got.depths[1].ds_queries, 1));
	cr_assert(eq(u32, got.depths[1].labels, 1));
	ks_shard_done(&shard);
}

Test(shard, a_sweep_after_a_minute_of_silence_is_another_opening)
{
	begin(64 << 20);
	for (uint32_t round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 13; i++)
			say(7, 60 + i, (uint16_t)(100 * round + i), T0 + MS(70000 * round + 20 * i), false);
	freeze();
	cr_assert(eq(sz, got.n_openings, 2));
	cr_assert(eq(i64, got.openings[0].silence_ns, 0));
	cr_assert(eq(i64, got.openings[1].silence_ns, MS(70000 - 240)));
	ks_shard_done(&shard);
}

Test(shard, the_same_query_before_its_answer_is_a_retransmission)
{
	begin(64 << 20);
	say(7, 53, 1, T0, false);
	say(7, 53, 1, T0 + MS(400), false);
	say(7, 53, 1, T0 + MS(420), true);
	say(7, 53, 2, T0 + MS(440), false);
	freeze();
	cr_assert(eq(u64, got.flows[0].cls[KS_RQ_FIRST], 1));
	cr_assert(eq(u64, got.flows[0].cls[KS_RQ_RETRANSMIT], 1));
	cr_assert(eq(u64, got.flows[0].cls[KS_RQ_HOT], 1));
	cr_assert(eq(i64, got.queries[0].response_ns, T0 + MS(420)));
	cr_assert(eq(i64, got.queries[1].response_ns, 0));
	ks_shard_done(&shard);
}

Test(shard, facts_come_in_the_order_of_addresses_whatever_came_first)
{
	begin(64 << 20);
	for (uint32_t i = 0; i < 1000; i++)
		say(1 + i * 7919 % 1000, 53, 1, T0 + MS(i), false);
	freeze();
	cr_assert(eq(sz, got.n_sources, 1000));
	for (size_t i = 1; i < got.n_sources; i++)
		cr_assert(lt(int, memcmp(got.sources[i - 1].source.b, got.sources[i].source.b, 16), 0));
	ks_shard_done(&shard);
}

Test(shard, more_sources_than_room_are_counted_in_totals_and_told)
{
	begin(16 << 20);
	for (uint32_t i = 0; i < 300000; i++)
		say(i, 53, 1, T0 + (int64_t)i * 1000, false);
	cr_assert(gt(u64, shard.totals.unlisted_sources, 0));
	cr_assert(eq(u64, shard.sources.n + shard.totals.unlisted_sources, 300000));
	cr_assert(eq(u64, shard.totals.queries, 300000));
	uint64_t in_cells = 0;
	for (uint32_t i = 0; i < shard.series.cells.n; i++)
		in_cells += ((struct ks_cell *)ks_map_at(&shard.series.cells, i))->queries;
	cr_assert(eq(u64, in_cells, 300000));
	ks_shard_done(&shard);
}

/* Those who came first also ask for a connection; nobody behind them does. */
Test(shard, who_takes_the_place_of_another_source_inherits_nothing_of_it)
{
	enum { FIRST = 20000, ALL = 300000 };
	begin(16 << 20);
	for (uint32_t i = 0; i < ALL; i++) {
		const struct ks_batch_flux syn = {.server = addr(53),
						  .client = addr(i),
						  .time_ns = T0 + (int64_t)i * 1000,
						  .packets = 1,
						  .towards_server = true,
						  .syn = true};
		say(i, 53, 1, T0 + (int64_t)i * 1000, false);
		if (i < FIRST)
			ks_shard_flux(&shard, &syn);
	}
	cr_assert(gt(u64, shard.saving_sources.replaced, ALL / 2));
	freeze();
	size_t newcomers = 0;
	for (size_t i = 0; i < got.n_sources && i < MANY; i++) {
		const struct ks_fact_source *const fact = &got.sources[i];
		if (ks_be32(fact->source.b + 12) < FIRST)
			continue;
		newcomers++;
		cr_assert(eq(u64, fact->tcp_syns, 0));
		cr_assert(eq(u64, fact->dnskey_queries, 1));
		cr_assert(eq(u64, fact->requeries, 0));
		cr_assert(eq(i64, fact->first_ns, fact->last_ns));
	}
	cr_assert(gt(sz, newcomers, 100));
	ks_shard_done(&shard);
}

Test(shard, a_flood_of_made_up_zones_keeps_every_query_in_the_bins)
{
	begin(16 << 20);
	struct ks_message message = {.time_ns = T0, .client = addr(1), .server = addr(2), .len = 40};
	for (uint32_t i = 0; i < 200000; i++) {
		char text[32];
		uint8_t wire[KS_NAME_MAX];
		(void)snprintf(text, sizeof(text), "x%u.example.", i);
		const size_t n = ks_name_parse(text, wire);
		message.dns = (struct ks_dns){
			.has_question = true, .qname = {wire, n}, .qtype = KS_TYPE_DNSKEY, .qclass = 1};
		message.time_ns += 10000;
		ks_shard_message(&shard, &message);
	}
	freeze();
	uint64_t in_bins = 0;
	cr_assert(le(sz, got.n_bins, MANY));
	for (size_t i = 0; i < got.n_bins; i++)
		in_bins += got.bins[i].queries;
	cr_assert(eq(u64, in_bins, 200000));
	cr_assert(gt(u64, shard.totals.unlisted_zones, 0));
	ks_shard_done(&shard);
}

/* A query for an address, from a source of its own. */
static void
say_other(uint32_t client, uint16_t id, int64_t t_ns)
{
	static const uint8_t name[] = "\1x\7example";
	const struct ks_message message = {
		.time_ns = t_ns,
		.client = addr(client),
		.server = addr(53),
		.client_port = 4000,
		.server_port = 53,
		.len = 30,
		.ip_bytes = 58,
		.dns = {.id = id,
			.has_question = true,
			.qname = {name, sizeof(name)},
			.qtype = 1,
			.qclass = 1},
	};
	ks_shard_message(&shard, &message);
}

Test(shard, what_is_shed_is_counted_and_keys_never_are)
{
	enum { N = 1000 };
	static const enum ks_shed steps[] = {KS_SHED_NONE, KS_SHED_SAMPLES, KS_SHED_BACKGROUND};
	for (size_t step = 0; step < KS_COUNT(steps); step++) {
		begin(64 << 20);
		shard.shed = steps[step];
		for (uint32_t i = 0; i < N; i++) {
			say_other(1000 + i, (uint16_t)i, T0 + MS(2 * i));
			say(7, 53, (uint16_t)i, T0 + MS(2 * i) + 1, false);
			say(7, 53, (uint16_t)i, T0 + MS(2 * i) + 2, true);
		}
		uint64_t in_cells = 0;
		for (uint32_t i = 0; i < shard.series.cells.n; i++)
			in_cells += ((struct ks_cell *)ks_map_at(&shard.series.cells, i))->queries;
		cr_expect(eq(u64, in_cells, 2 * N));
		cr_expect(eq(u64, shard.totals.queries, 2 * N));
		cr_expect(eq(u64, shard.samples_shed, steps[step] == KS_SHED_SAMPLES ? N : 0));
		cr_expect(eq(u64, shard.details_shed, steps[step] == KS_SHED_BACKGROUND ? N : 0));
		cr_expect(eq(u32, shard.sources.n, steps[step] == KS_SHED_BACKGROUND ? 1 : N + 1));
		/* The same source asks for the same keys, whatever is left out. */
		const struct ks_flow *const flow = ks_map_at(&shard.flows, 0);
		cr_expect(eq(u32, flow->queries, N));
		cr_expect(eq(u32, flow->cls[KS_RQ_HOT], N - 1));
		cr_expect(flow->followed);
		freeze();
		ks_shard_done(&shard);
	}
}

Test(shard, vantage_is_several_servers_only_if_they_answer_for_one_zone)
{
	begin(64 << 20);
	say(7, 53, 1, T0, false);
	say(7, 53, 1, T0 + 1, true);
	cr_assert(eq(int, ks_shard_vantage(&shard), 'A'));
	say(7, 54, 2, T0 + 2, false);
	cr_assert(eq(int, ks_shard_vantage(&shard), 'A'), "asked, but silent");
	say(7, 54, 2, T0 + 3, true);
	cr_assert(eq(int, ks_shard_vantage(&shard), 'M'));
	ks_shard_done(&shard);
}

Test(shard, an_icmp_error_is_tied_to_server_and_source)
{
	struct ks_ports ports = {0};
	struct ks_walk walk = {.ports = &ports, .icmp_type = 3, .icmp_code = 3};
	ks_ports_add(&ports, 53);
	walk.dg = (struct ks_datagram){.src = addr(53), .dst = addr(7), .sport = 53, .dport = 4000};
	begin(64 << 20);
	ks_shard_icmp(&shard, &walk);
	ks_shard_icmp(&shard, &walk);
	freeze();
	const struct ks_addr server = addr(53), source = addr(7);
	cr_assert(eq(sz, got.n_icmp, 1));
	cr_assert(ks_addr_equal(&got.icmp.server, &server));
	cr_assert(ks_addr_equal(&got.icmp.source, &source));
	cr_assert(eq(int, got.icmp.kind, KS_ICMP_PORT_UNREACHABLE));
	cr_assert(eq(u64, got.icmp.packets, 2));
	cr_assert(eq(u64, shard.totals.icmp_quoted, 2));
	ks_shard_done(&shard);
}

Test(shard, bursts_are_followed_from_their_first_query_on)
{
	begin(64 << 20);
	/* Two bursts of five, 30.1 s apart, to two servers in turn; answers after 19 ms, next query 1 ms
	 * later. */
	for (uint16_t i = 0; i < 10; i++) {
		const int64_t t_ns = T0 + MS(20 * (i % 5)) + (i >= 5 ? MS(30100) : 0);
		say(7, 53 + i % 2, i, t_ns, false);
		say(7, 53 + i % 2, i, t_ns + MS(19), true);
	}
	freeze();
	cr_assert(eq(sz, got.n_behaviours, 1));
	const struct ks_behaviour_counts *const counts = &got.behaviours[0].counts;
	cr_assert(eq(u64, counts->queries, 10));
	cr_assert(eq(u64, counts->bursts, 2));
	cr_assert(eq(u64, counts->failing_bursts, 2));
	cr_assert(eq(u64, counts->successive, 8));
	cr_assert(eq(u64, counts->closed, 8));
	cr_assert(eq(u64, counts->gaps[ks_gap_cell(MS(1))], 8));
	cr_assert(eq(u64, counts->pauses[ks_pause_cell(MS(30100))], 1));
	cr_assert(eq(u64, counts->max_waiting, 1));
	cr_assert(eq(sz, got.behaviours[0].n_servers, 2));
	const struct ks_addr first = addr(53);
	cr_assert(ks_addr_equal(&got.servers_asked[0][0].server, &first));
	cr_assert(eq(u64, got.servers_asked[0][0].queries, 5));
	cr_assert(eq(u64, got.servers_asked[0][1].queries, 5));
	ks_shard_done(&shard);
}

Test(shard, who_asks_once_a_lifetime_takes_no_place)
{
	begin(64 << 20);
	for (uint16_t i = 0; i < 50; i++) { /* the keys live 3600 s */
		say(7, 53, i, T0 + MS(3600000) * i, false);
		say(7, 53, i, T0 + MS(3600000) * i + MS(19), true);
	}
	freeze();
	cr_assert(eq(sz, got.n_flows, 1));
	cr_assert(eq(sz, got.n_behaviours, 0));
	cr_assert(eq(u32, shard.behaviours.n, 0));
	ks_shard_done(&shard);
}

Test(shard, sources_beyond_the_room_to_follow_are_told_once_each)
{
	begin(16 << 20);
	const uint32_t capacity = shard.behaviours.capacity;
	cr_assert(gt(u32, capacity, 0));
	for (uint32_t i = 0; i < capacity + 25; i++)
		for (uint16_t k = 0; k < 4; k++)
			say(1 + i, 53, k, T0 + MS(10 * k) + (int64_t)i * 1000, false);
	cr_assert(eq(u64, shard.totals.unfollowed_flows, 25));
	cr_assert(eq(u32, shard.behaviours.n, capacity));
	freeze();
	cr_assert(eq(sz, got.n_behaviours, capacity));
	ks_shard_done(&shard);
}

Test(shard, a_flood_of_made_up_names_is_one_fact)
{
	begin(64 << 20);
	struct ks_message message = {.time_ns = T0, .client = addr(1), .server = addr(2), .len = 40};
	for (uint32_t i = 0; i < 5000; i++) {
		char text[32];
		uint8_t wire[KS_NAME_MAX];
		(void)snprintf(text, sizeof(text), "x%u.example.", i);
		const size_t n = ks_name_parse(text, wire);
		message.dns = (struct ks_dns){.flags = KS_FLAG_QR | KS_FLAG_AA | 3,
					      .has_question = true,
					      .qname = {wire, n},
					      .qtype = 1,
					      .qclass = 1,
					      .rcode = 3};
		ks_shard_message(&shard, &message);
	}
	freeze();
	cr_assert(eq(sz, got.n_nxdomain, 1));
	cr_assert(eq(u64, got.nxdomain.nxdomain, 5000));
	cr_assert(eq(u64, got.nxdomain.sources, 1));
	cr_assert(ge(u64, got.nxdomain.distinct_labels, 4500));
	cr_assert(eq(sz, got.nxdomain.parent.n, 9));
	ks_shard_done(&shard);
}

static void
say_name(uint32_t source, const char *name, uint16_t qtype, uint16_t flags, int ede)
{
	uint8_t wire[KS_NAME_MAX];
	struct ks_message message = {
		.time_ns = T0,
		.client = addr(source),
		.server = addr(53),
		.client_port = 4000,
		.server_port = 53,
		.len = 40,
		.dns = {.has_question = true,
			.qtype = qtype,
			.qclass = 1,
			.flags = flags,
			.edns = {.records = 1, .dnssec_ok = true}},
	};
	message.dns.qname = (struct ks_span){wire, ks_name_parse(name, wire)};
	if (ede >= 0) {
		message.dns.edns.options = KS_EDNS_EDE;
		message.dns.edns.ede = (uint16_t)ede;
	}
	if (qtype == KS_TYPE_DNSKEY && (flags & KS_FLAG_QR) != 0)
		message.dns.dnskey = (struct ks_dnskey_answer){
			.keys = 1,
			.signatures = 1,
			.key = {{.tag = 7, .flags = 257, .algorithm = 8}},
			.signer = {{.tag = 7, .algorithm = 8}},
		};
	ks_shard_message(&shard, &message);
}

Test(shard, signals_keys_and_failures_come_out)
{
	begin(64 << 20);
	say_name(7, "_ta-4f66.", 10, 0, -1);
	say_name(7, "_TA-4F66.", 10, 0, -1);
	say_name(8, "_ta-0007-4f66.example.com.", 1, 0, -1);
	say_name(7, "example.com.", KS_TYPE_DNSKEY, 0, -1);
	say_name(7, "example.com.", KS_TYPE_DNSKEY, KS_FLAG_QR | KS_FLAG_AA, -1);
	say_name(7, "com.", KS_TYPE_DNSKEY, KS_FLAG_QR | KS_FLAG_AA, -1);
	say_name(7, "net.", KS_TYPE_DNSKEY, 0, -1); /* asked for, not answered */
	static const struct {
		const char *name, *zone;
	} failures[] = {
		{"a.b.example.com.", "example.com."},
		{"example.com.", "example.com."},
		{"com.", "com."},
		{"example.net.", ""},
		{"other.com.", ""},
		{"net.", ""},
		{".", ""},
	};
	for (size_t i = 0; i < KS_COUNT(failures); i++)
		say_name(7, failures[i].name, 1, KS_FLAG_QR | KS_FLAG_RA | 2, 6);
	say_name(7, "_er.1.x.example.com.7._er.agent.", KS_TYPE_TXT, 0, -1);
	freeze();

	cr_assert(eq(sz, got.n_signals, 2));
	cr_assert(eq(u64, got.signals[0].fact.queries, 2));
	cr_assert(strcmp(got.signals[0].zone, ".") == 0 && strcmp(got.signals[0].tags, "20326") == 0);
	cr_assert(strcmp(got.signals[1].zone, "example.com.") == 0);
	cr_assert(strcmp(got.signals[1].tags, "7 20326") == 0);
	const struct ks_addr source = addr(8);
	cr_assert(ks_addr_equal(&got.signals[1].fact.source, &source));

	cr_assert(eq(sz, got.n_keys, 2));
	cr_assert(eq(u16, got.keys[0].tag, 7));
	cr_assert(got.keys[0].signs);

	cr_assert(eq(sz, got.n_failures, KS_COUNT(failures) + 1));
	for (size_t i = 0; i < KS_COUNT(failures); i++) {
		cr_assert(strcmp(got.failures[i].name, failures[i].name) == 0, "%s", failures[i].name);
		cr_assert(strcmp(got.failures[i].zone, failures[i].zone) == 0, "%s: %s", failures[i].name,
			  got.failures[i].zone);
	}
	const struct failure_line *const report = &got.failures[KS_COUNT(failures)];
	cr_assert(report->fact.report && report->fact.code == 7 && report->fact.qtype == 1);
	cr_assert(strcmp(report->name, "x.example.com.") == 0 && strcmp(report->zone, "example.com.") == 0);
	ks_shard_done(&shard);
}

/* Background: an A query of `source`. */
static void
ask(uint32_t source, int64_t t_ns)
{
	static const uint8_t name[] = "\3www\7example";
	const struct ks_message message = {
		.time_ns = t_ns,
		.client = addr(source),
		.server = addr(53),
		.client_port = 4000,
		.server_port = 53,
		.len = 29,
		.dns = {.has_question = true, .qname = {name, sizeof(name)}, .qtype = 1, .qclass = 1},
	};
	ks_shard_message(&shard, &message);
}

Test(shard, the_foremost_sources_have_rows_and_the_rest_is_a_sum)
{
	enum { SOURCES = 60000, FOREMOST = 40 };
	begin(64 << 20);
	for (uint32_t i = 0; i < SOURCES; i++)
		ask(1000 + i, T0 + MS(i));
	/* Late and high addresses: neither order of arrival nor of address chooses them. */
	for (uint32_t i = 0; i < 2 * FOREMOST; i++)
		ask(1000 + SOURCES - 1 - i % FOREMOST, T0 + MS(SOURCES + i));
	say(500, 53, 1, T0, false);
	freeze();
	cr_assert(eq(sz, got.n_rests, 1));
	cr_assert(eq(u64, got.n_sources + got.rests[0].sources, SOURCES + 1));
	cr_assert(ge(sz, got.n_sources, 4096));
	cr_assert(le(sz, got.n_sources, 20000), "the database must not grow with sources: %zu",
		  got.n_sources);
	cr_assert(eq(u64, got.rests[0].sum.queries, got.rests[0].sources), "the busy ones all have rows");
	cr_assert(eq(u64, got.rests[0].sum.dnskey_queries, 0));
	cr_assert(eq(u64, got.rests[0].sum.query_dns_bytes, got.rests[0].sources * 29));
	cr_assert(eq(u64, got.sources[0].dnskey_queries, 1));
}
