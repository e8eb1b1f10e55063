/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/unit/store_feed.h -- small captures, told to a store as facts; a scratch folder; rows as text. */
#ifndef KS_TESTS_STORE_FEED_H
#define KS_TESTS_STORE_FEED_H

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/query.h"

#define SUCCEED(call, diag) cr_assert(eq(int, (call), KS_SUCCESS), "%s", (diag).text)

static inline void
text_is(const char *got, const char *want)
{
	cr_expect(strcmp(got, want) == 0, "got\n%s\nwanted\n%s", got, want);
}

enum { T0 = 1795301220 }; /* 2026-11-21T22:47:00Z */
#define NS(seconds) ((int64_t)((T0 + (seconds)) * KS_NS_PER_S))

static char folder[64];

/* A fresh path in a folder of the test's own; Criterion runs each test in its own process. */
static inline const char *
scratch(const char *name)
{
	static char path[4][128];
	static unsigned at;
	if (folder[0] == '\0') {
		(void)snprintf(folder, sizeof(folder), "/tmp/ks_store_XXXXXX");
		cr_assert(mkdtemp(folder) != NULL);
	}
	char *const ret = path[at++ % 4];
	(void)snprintf(ret, sizeof(path[0]), "%s/%s", folder, name);
	return ret;
}

static inline void
sweep(void)
{
	char command[128];
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (folder[0] != '\0')
		(void)!system(command);
}

static inline struct ks_addr
addr(const char *text)
{
	struct ks_addr ret;
	cr_assert(ks_addr_parse(text, &ret), "%s", text);
	return ret;
}

static inline struct ks_store *
open_write(const char *path)
{
	struct ks_store *store = NULL;
	struct ks_diag diag = {0};
	SUCCEED(ks_store_open(path, &store, &diag), diag);
	return store;
}

static inline struct ks_store *
open_read(const char *path)
{
	struct ks_store *store = NULL;
	struct ks_diag diag = {0};
	SUCCEED(ks_store_open_read(path, &store, &diag), diag);
	return store;
}

#define SEND(store, kind, ...)                                                                               \
	do {                                                                                                 \
		struct ks_diag send_diag = {0};                                                              \
		struct ks_sink *const send_sink = ks_store_sink(store);                                      \
		SUCCEED(send_sink->ops->kind(send_sink, &(struct ks_fact_##kind){__VA_ARGS__}, &send_diag),  \
			send_diag);                                                                          \
	} while (0)

static inline void
send_end(struct ks_store *store)
{
	struct ks_diag diag = {0};
	struct ks_sink *const sink = ks_store_sink(store);
	SUCCEED(sink->ops->end(sink, &diag), diag);
}

static inline void
send_run(struct ks_store *store, uint8_t hash)
{
	struct ks_fact_run run = {
		.tool_version = "1.2.3",
		.sensor = "",
		.vantage = 'A',
		.bin_s = 10,
		.time_digits = 6,
		.first_ns = NS(0) + 123456000,
		.last_ns = NS(40) + 123456000,
	};
	memset(run.set_hash, hash, sizeof(run.set_hash));
	struct ks_diag diag = {0};
	struct ks_sink *const sink = ks_store_sink(store);
	SUCCEED(sink->ops->begin(sink, &run, &diag), diag);
}

static inline void
send_input(struct ks_store *store, const char *path, uint8_t hash, uint64_t size_bytes)
{
	struct ks_fact_input input = {
		.path = path,
		.container = "pcap",
		.state = "whole",
		.note = "",
		.size_bytes = size_bytes,
		.packets = 100,
		.linktype = 1,
		.snaplen = 262144,
		.first_ns = NS(0),
		.last_ns = NS(40),
	};
	memset(input.hash, hash, sizeof(input.hash));
	struct ks_diag diag = {0};
	struct ks_sink *const sink = ks_store_sink(store);
	SUCCEED(sink->ops->input(sink, &input, &diag), diag);
}

/* A run of one file with nothing but its packets counted. */
static inline void
send_bare_run(struct ks_store *store, uint8_t set_hash, const char *files)
{
	send_run(store, set_hash);
	for (const char *c = files; *c != '\0'; c++)
		send_input(store, "some.pcap", (uint8_t)*c, (uint64_t)*c * 1000);
	SEND(store, counter, .kind = KS_COUNTER_TOTAL, .name = "packets", .value = 100, .note = "n");
	send_end(store);
}

#define WIRE(literal) ((struct ks_span){(const uint8_t *)(literal), sizeof(literal)})
#define ROOT WIRE("")
#define EXAMPLE WIRE("\7example\3com")

static inline int
print_value(char *ret, size_t cap, struct ks_value value)
{
	switch (value.type) {
	case KS_VALUE_INT:
		return snprintf(ret, cap, "%lld", (long long)value.integer);
	case KS_VALUE_REAL:
		return snprintf(ret, cap, "%.6g", value.real);
	case KS_VALUE_TEXT:
		return snprintf(ret, cap, "%.*s", (int)value.n_text, value.text);
	default:
		return snprintf(ret, cap, "-");
	}
}

/* The rows of a report, one a line, values between bars, NULL as "-". The caller frees. */
static inline char *
rows_text(struct ks_store *store, const char *name, const struct ks_query *query)
{
	const size_t cap = 1 << 20;
	char *const ret = calloc(1, cap);
	size_t n = 0;
	struct ks_rows *rows = NULL;
	struct ks_diag diag = {0};
	SUCCEED(ks_rows_open(store, name, query, &rows, &diag), diag);
	for (bool have;;) {
		SUCCEED(ks_rows_next(rows, &have, &diag), diag);
		if (!have)
			break;
		for (size_t i = 0; i < ks_rows_columns(rows); i++) {
			n += (size_t)print_value(ret + n, cap - n, ks_rows_value(rows, i));
			ret[n++] = i + 1 < ks_rows_columns(rows) ? '|' : '\n';
		}
		cr_assert(n < cap - 4096);
	}
	ks_rows_close(rows);
	return ret;
}

/* --- one capture with something for every report: a source that asks for the root key again and again --- */

#define A "198.51.100.7"
#define B "198.51.100.20"
#define C6 "2001:db8:5::7"
#define D "203.0.113.9"
#define S1 "192.0.2.1"
#define S2 "2001:db8::1"

/* Name of a zone that somebody hopes will break a statement or a terminal. */
#define HOSTILE WIRE("\14'); drop--%s\2\33[\3a.b")
#define HOSTILE_TEXT "'\\)\\;\\032drop--%s.\\027[.a\\.b."

static inline void
send_counters(struct ks_store *store)
{
	static const struct ks_fact_counter counters[] = {
		{KS_COUNTER_TOTAL, "packets", 1000, "packets read"},
		{KS_COUNTER_TOTAL, "dns_messages", 800, ""},
		{KS_COUNTER_TOTAL, "queries", 420, ""},
		{KS_COUNTER_TOTAL, "responses", 380, ""},
		{KS_COUNTER_TOTAL, "udp", 790, ""},
		{KS_COUNTER_TOTAL, "tcp", 10, ""},
		{KS_COUNTER_TOTAL, "ipv4", 700, ""},
		{KS_COUNTER_TOTAL, "ipv6", 100, ""},
		{KS_COUNTER_TOTAL, "do_queries", 300, ""},
		{KS_COUNTER_TOTAL, "tc_responses", 2, ""},
		{KS_COUNTER_TOTAL, "icmp_quoted", 1, ""},
		{KS_COUNTER_TOTAL, "malformed", 3, ""},
		{KS_COUNTER_TOTAL, "query_bytes", 11760, ""},
		{KS_COUNTER_TOTAL, "response_bytes", 304000, ""},
		{KS_COUNTER_PACKET, "dns", 800, "carried DNS"},
		{KS_COUNTER_PACKET, "not_dns", 0, "other traffic"},
		{KS_COUNTER_PACKET, "fragments_pending", 0, "never whole"},
		{KS_COUNTER_PACKET, "ip_bad", 0, "header"},
		{KS_COUNTER_PACKET, "dns_cut", 200, "capture with -s 0"},
		{KS_COUNTER_NOTICE, "clock_jumps", 0, "time went back"},
		{KS_COUNTER_LOSS, "sources_dropped", 4, "more memory keeps them"},
	};
	struct ks_diag diag = {0};
	struct ks_sink *const sink = ks_store_sink(store);
	for (size_t i = 0; i < KS_COUNT(counters); i++)
		SUCCEED(sink->ops->counter(sink, &counters[i], &diag), diag);
}

static inline void
send_sources(struct ks_store *store)
{
	SEND(store, server, .server = addr(S1), .queries = 300, .responses = 300,
	     .response_dns_bytes = 240000, .sigkey_dns_bytes = 210000, .first_ns = NS(0), .last_ns = NS(40));
	SEND(store, server, .server = addr(S2), .queries = 120, .responses = 80, .response_dns_bytes = 64000,
	     .sigkey_dns_bytes = 53000, .first_ns = NS(0), .last_ns = NS(40));
	/* In the order of their bytes as text would not be: .7 before .20. */
	SEND(store, source, .source = addr(A), .queries = 210, .responses = 200, .dnskey_queries = 200,
	     .query_dns_bytes = 5880, .response_dns_bytes = 230000, .sigkey_dns_bytes = 220000,
	     .first_ns = NS(0) + 123456000, .last_ns = NS(40) + 123456000);
	SEND(store, source, .source = addr(B), .queries = 60, .responses = 60, .dnskey_queries = 1,
	     .query_dns_bytes = 1680, .response_dns_bytes = 30000, .sigkey_dns_bytes = 3000,
	     .first_ns = NS(1), .last_ns = NS(39));
	SEND(store, source, .source = addr(D), .queries = 60, .responses = 0, .query_dns_bytes = 1680,
	     .first_ns = NS(30), .last_ns = NS(39));
	SEND(store, source, .source = addr(C6), .queries = 90, .responses = 120, .dnskey_queries = 30,
	     .query_dns_bytes = 2520, .response_dns_bytes = 44000, .sigkey_dns_bytes = 40000,
	     .first_ns = NS(2), .last_ns = NS(12));
}

static inline void
send_bins(struct ks_store *store)
{
	/* Four bins with packets, and none from 30 to 40 s. */
	static const struct {
		int64_t at;
		uint64_t dnskey, other;
	} bins[] = {{0, 5, 40}, {10, 76, 50}, {20, 100, 50}, {40, 50, 49}};
	for (size_t i = 0; i < KS_COUNT(bins); i++) {
		SEND(store, bin, .t_s = T0 + bins[i].at, .server = addr(S1), .qtype = 2,
		     .queries = bins[i].other, .responses = bins[i].other,
		     .query_dns_bytes = 28 * bins[i].other, .response_dns_bytes = 100 * bins[i].other);
		SEND(store, bin, .t_s = T0 + bins[i].at, .server = addr(S1), .qtype = 48,
		     .queries = bins[i].dnskey, .responses = bins[i].dnskey,
		     .query_dns_bytes = 28 * bins[i].dnskey, .response_dns_bytes = 1000 * bins[i].dnskey);
	}
	SEND(store, bin, .t_s = T0 + 40, .server_other = true, .transport = KS_TCP, .qtype = KS_QTYPE_OTHER,
	     .queries = 2, .responses = 1, .query_dns_bytes = 60, .response_dns_bytes = 90);
	SEND(store, bin, .t_s = T0 + 40, .server = addr(S2), .qtype = 0, .queries = 1, .query_dns_bytes = 12);
	SEND(store, bin, .t_s = T0 + 40, .server = addr(S2), .qtype = 65280, .queries = 1,
	     .query_dns_bytes = 28);
	for (size_t i = 0; i < KS_COUNT(bins); i++)
		SEND(store, traffic, .t_s = T0 + bins[i].at, .server = addr(S1), .in_packets = 100,
		     .out_packets = 50, .in_ip_bytes = 6000, .out_ip_bytes = 50000, .in_wire_bytes = 7500,
		     .out_wire_bytes = 51000);
	SEND(store, traffic, .t_s = T0 + 40, .server = addr(S2), .in_packets = 2, .in_ip_bytes = 120,
	     .in_wire_bytes = 150);
}

static inline void
send_zones(struct ks_store *store)
{
	SEND(store, zone, .name = ROOT, .answered = true, .dnskey_queries = 200);
	SEND(store, zone, .name = EXAMPLE, .answered = true, .dnskey_queries = 30);
	SEND(store, zone, .name = HOSTILE, .dnskey_queries = 1);
	static const uint64_t asked[] = {4, 60, 90, 0, 46};
	for (size_t i = 0; i < KS_COUNT(asked); i++)
		if (asked[i] != 0)
			SEND(store, zone_bin, .zone = 0, .t_s = T0 + 10 * (int64_t)i, .queries = asked[i],
			     .cls = {[KS_RQ_HOT] = asked[i] - 2, [KS_RQ_FIRST] = 2}, .responses = asked[i],
			     .response_dns_bytes = 1000 * asked[i]);
	SEND(store, zone_bin, .zone = 1, .t_s = T0 + 10, .queries = 30, .cls = {[KS_RQ_FIRST] = 30});
	SEND(store, zone_bin, .zone = 2, .t_s = T0, .queries = 1, .cls = {[KS_RQ_FIRST] = 1});
	SEND(store, flow, .zone = 0, .source = addr(A), .queries = 198, .err = 3,
	     .cls = {[KS_RQ_FIRST] = 8,
		     [KS_RQ_HOT] = 150,
		     [KS_RQ_WARM] = 30,
		     [KS_RQ_COOL] = 6,
		     [KS_RQ_REFRESH] = 4},
	     .responses = 198, .response_dns_bytes = 198000, .first_ns = NS(0) + 123456000,
	     .last_ns = NS(40) + 123456000);
	SEND(store, flow, .zone = 0, .source = addr(B), .queries = 1, .cls = {[KS_RQ_FIRST] = 1},
	     .responses = 1, .response_dns_bytes = 1000, .first_ns = NS(5), .last_ns = NS(5));
	SEND(store, flow, .zone = 1, .source = addr(C6), .queries = 30, .cls = {[KS_RQ_FIRST] = 30},
	     .responses = 30, .response_dns_bytes = 9000, .first_ns = NS(10), .last_ns = NS(12));
	SEND(store, flow, .zone = 2, .source = addr(A), .queries = 1, .cls = {[KS_RQ_FIRST] = 1},
	     .responses = 0, .first_ns = NS(7), .last_ns = NS(7));
}

static inline void
send_queries(struct ks_store *store)
{
	SEND(store, query, .source = addr(A), .server = addr(S1), .number = 0, .t_ns = NS(0) + 123456000,
	     .response_ns = NS(0) + 143456000, .name = ROOT, .id = 7, .sport = 5353, .qtype = 48,
	     .flags = 0x0010, .edns_size = 1232, .dnssec_ok = true, .edns = true, .requery = KS_RQ_FIRST,
	     .response_bytes = 1139);
	SEND(store, query, .source = addr(A), .server = addr(S1), .number = 1, .t_ns = NS(0) + 263501000,
	     .name = HOSTILE, .id = 65535, .sport = 1024, .qtype = 65280, .flags = 0x87b0,
	     .transport = KS_TCP, .requery = KS_RQ_HOT);
	SEND(store, query, .source = addr(A), .server = addr(S2), .number = 2, .t_ns = NS(3) + 263501000,
	     .response_ns = NS(3) + 300000000, .qtype = 0, .flags = 0x0100, .rcode = 4095, .tc = true,
	     .response_bytes = 12);
	SEND(store, query, .source = addr(B), .server = addr(S1), .number = 0, .t_ns = NS(1),
	     .response_ns = NS(2), .name = EXAMPLE, .qtype = 1, .rcode = 3, .requery = KS_RQ_NONE,
	     .response_bytes = 100);
}

static inline void
judge(struct ks_store *store)
{
	struct ks_diag diag = {0};
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	const struct ks_store_storm storms[] = {
		{.zone_id = 1,
		 .start_s = T0 + 10,
		 .end_s = T0 + 30,
		 .peak_qps = 9,
		 .base_qps = 0.4,
		 .uplift = 18.75,
		 .queries = 150,
		 .graded = true,
		 .bin_s = 10,
		 .mean_qps = 7.5,
		 .base = {KS_BASELINE_FIRST, 19, 4, 1.5},
		 .grade = {.uplift = {18.75, 12.5, 28},
			   .severity = 3,
			   .severity_unknown = 1,
			   .byte_share = 0.75,
			   .duration_s = 20,
			   .rise = {KS_RISE_STEP, 10},
			   .recovery = {.half_life_s = 30, .at_least_s = NAN},
			   .residual = {1.5, 1.25, INFINITY},
			   .residual_share = {NAN, NAN, NAN},
			   .growth = {2, 1.5, 2.5},
			   .answer_bytes = 864,
			   .answered_bps = 43200,
			   .cost = {51840, 53520, 55800},
			   .unknown_bins = 2,
			   .has_second = true,
			   .second_start_bins = -1}},
		{.zone_id = 2,
		 .start_s = T0,
		 .end_s = T0 + 50,
		 .began_before = true,
		 .open = true,
		 .peak_qps = 3,
		 .uplift = INFINITY,
		 .queries = 30},
	};
	for (size_t i = 0; i < KS_COUNT(storms); i++)
		SUCCEED(ks_store_judge_storm(store, &storms[i], &diag), diag);
	struct ks_store_storm seen = storms[0];
	seen.by_server = true;
	seen.server = addr(S1);
	seen.peak_qps = 5;
	seen.mean_qps = 4;
	seen.base_qps = 0.2;
	seen.uplift = INFINITY;
	seen.grade.uplift = (struct ks_ratio){INFINITY, 20, INFINITY};
	SUCCEED(ks_store_judge_storm(store, &seen, &diag), diag);
	seen.zone_id = 0;
	seen.server = addr(S2);
	seen.uplift = 20;
	seen.grade.uplift = (struct ks_ratio){20, 12.5, 28};
	SUCCEED(ks_store_judge_storm(store, &seen, &diag), diag);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
}

static inline void
send_all(struct ks_store *store, uint8_t hash)
{
	send_run(store, hash);
	send_input(store, "a.pcap", hash, 1000);
	SEND(store, input, .path = "b.pcap", .container = "pcap", .state = "cut", .note = "ends in packet 7",
	     .hash = {hash, 1}, .packets = 7);
	send_counters(store);
	send_sources(store);
	send_bins(store);
	send_zones(store);
	send_queries(store);
	send_end(store);
}

static inline struct ks_store *
filled(void)
{
	struct ks_store *const store = open_write(scratch("full.db"));
	send_all(store, 1);
	judge(store);
	return store;
}

#endif
