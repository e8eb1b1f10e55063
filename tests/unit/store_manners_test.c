/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How sources begin, prime, set CD and stand out: facts in, judged, reports out. */
#include "tests/unit/store_feed.h"

TestSuite(store_manners, .fini = sweep);

#define SPAN(name)                                                                                           \
	{                                                                                                    \
		(const uint8_t *)(name), sizeof(name) - 1                                                    \
	}
enum { THE_ROOT, THE_COM, THE_EXAMPLE, THE_NET, ZONES };
static const struct ks_span zones[ZONES] = {SPAN("\0"), SPAN("\3com\0"), SPAN("\7example\3com\0"),
					    SPAN("\3net\0")};
#define DAY (INT64_C(86400) * KS_NS_PER_S)

static void
begin_run(struct ks_store *store, uint8_t hash)
{
	send_run(store, hash);
	send_input(store, "a.pcap", hash, 1000);
	for (size_t i = 0; i < ZONES; i++)
		SEND(store, zone, .name = zones[i], .answered = true, .dnskey_queries = 20, .servers = 13);
}

static void
judge_all(struct ks_store *store)
{
	struct ks_diag diag = {0};
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
}

static void
report_is(struct ks_store *store, const char *report, const char *want)
{
	char *const got = rows_text(store, report, &(struct ks_query){.limit = -1});
	cr_expect(strcmp(got, want) == 0, "%s: got\n%s\nwanted\n%s", report, got, want);
	free(got);
}

Test(store_manners, starts_by_kind)
{
	struct ks_store *const store = open_write(scratch("m.db"));
	begin_run(store, 1);
	for (unsigned i = 1; i <= 13; i++) {
		char v4[16], v6[16];
		(void)snprintf(v4, sizeof(v4), "192.0.2.%u", i);
		(void)snprintf(v6, sizeof(v6), "2001:db8::%x", i);
		SEND(store, zone_server, .zone = THE_ROOT, .server = addr(v4));
		SEND(store, zone_server, .zone = THE_ROOT, .server = addr(v6)); /* no concern of A's */
	}
	SEND(store, opening, .source = addr(A), .t_ns = NS(0), .zone = THE_ROOT, .queries = 13, .servers = 13,
	     .length_ns = 240000000);
	SEND(store, opening, .source = addr(A), .t_ns = NS(100), .zone = THE_ROOT, .queries = 13,
	     .servers = 13, .length_ns = 1, .silence_ns = 70 * KS_NS_PER_S, .primed = true);
	SEND(store, opening, .source = addr(B), .t_ns = NS(1), .zone = THE_COM, .queries = 784, .servers = 14,
	     .length_ns = 18 * KS_NS_PER_S, .primed = true);
	SEND(store, opening, .source = addr(B), .t_ns = NS(200), .zone = THE_COM, .queries = 1, .servers = 1,
	     .silence_ns = 31 * DAY);
	SEND(store, opening, .source = addr(D), .t_ns = NS(300), .zone = THE_ROOT, .queries = 13,
	     .servers = 13, .length_ns = 1, .silence_ns = 60 * KS_NS_PER_S);
	send_end(store);
	report_is(store, "starts",
		  "2026-11-21T22:47:00.000000Z|" A "|.|sweep|-|13|13|13|240|1|0\n"
		  "2026-11-21T22:47:01.000000Z|" B "|com.|search|-|784|14|14|18000|0|1\n"
		  "2026-11-21T22:48:40.000000Z|" A "|.|restart|70|13|13|13|1e-06|1|1\n"
		  "2026-11-21T22:50:20.000000Z|" B "|com.|return|2.6784e+06|1|1|1|0|0|0\n"
		  "2026-11-21T22:52:00.000000Z|" D "|.|search|60|13|13|13|1e-06|1|0\n");
	ks_store_close(store);
}

Test(store_manners, priming_and_cd)
{
	struct ks_store *const store = open_write(scratch("m.db"));
	for (uint8_t run = 1; run <= 2; run++) {
		begin_run(store, run);
		SEND(store, source, .source = addr(A), .queries = 100, .last_ns = 1);
		SEND(store, source, .source = addr(B), .queries = 100, .last_ns = 1);
		SEND(store, source, .source = addr(D), .queries = 100, .last_ns = 1);
		SEND(store, manner, .source = addr(A), .priming_queries = 4, .primed_queries = 3);
		SEND(store, manner, .source = addr(B), .changed = true, .plain_before = 100 * (run - 1u),
		     .cd_queries = run == 1 ? 0 : 60, .cd_first_ns = NS(run), .cd_last_ns = NS(run));
		SEND(store, manner, .source = addr(D), .changed = true, .plain_before = 1, .cd_queries = 1,
		     .retries = run, .cd_first_ns = NS(run), .cd_last_ns = NS(run + 1));
		send_end(store);
	}
	report_is(store, "priming", A "|8|6|0.75\n");
	report_is(store, "cd",
		  D "|after-servfail|200|1|2|0.0100503|3|2026-11-21T22:47:01.000000Z|2026-11-21T22:47:03."
		    "000000Z\n" B
		    "|changed|200|100|60|0.6|0|2026-11-21T22:47:01.000000Z|2026-11-21T22:47:02.000000Z\n");
	ks_store_close(store);
}

Test(store_manners, a_few_queries_with_cd_or_a_short_history_are_no_alarm)
{
	static const struct {
		const char *what;
		uint64_t queries, before, cd;
		bool alarm;
	} rows[] = {
		{"half of them, ten", 40, 20, 10, true}, {"nine", 38, 20, 9, false},
		{"less than half", 41, 20, 10, false},   {"nineteen before", 39, 19, 20, false},
		{"BIND", 10000, 300, 200, false},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_store *const store = open_write(scratch("m.db"));
		begin_run(store, 1);
		SEND(store, source, .source = addr(A), .queries = rows[i].queries);
		SEND(store, manner, .source = addr(A), .changed = true, .plain_before = rows[i].before,
		     .cd_queries = rows[i].cd, .cd_first_ns = NS(1), .cd_last_ns = NS(1));
		send_end(store);
		char *const got = rows_text(store, "cd", &(struct ks_query){0});
		cr_expect(eq(int, strstr(got, "|changed|") != NULL, rows[i].alarm), "%s: %s", rows[i].what,
			  got);
		free(got);
		ks_store_close(store);
	}
}

Test(store_manners, load_by_depth)
{
	static const struct ks_span names[] = {
		SPAN("\0"),
		SPAN("\3com\0"),
		SPAN("\7in-addr\4arpa\0"),
		SPAN("\00210\7in-addr\4arpa\0"),
		SPAN("\3ip6\4arpa\0"),
	};
	struct ks_store *const store = open_write(scratch("m.db"));
	for (uint8_t run = 1; run <= 2; run++) {
		send_run(store, run);
		send_input(store, "a.pcap", run, 1000);
		for (size_t i = 0; i < KS_COUNT(names); i++)
			SEND(store, zone, .name = names[i], .answered = i != 2, .dnskey_queries = 10);
		SEND(store, zone_bin, .zone = 1, .t_s = T0, .queries = 5,
		     .cls = {[KS_RQ_HOT] = 1, [KS_RQ_WARM] = 2, [KS_RQ_COOL] = 3, [KS_RQ_FIRST] = 4});
		SEND(store, zone_bin, .zone = 3, .t_s = T0, .queries = 5, .cls = {[KS_RQ_HOT] = run});
		SEND(store, depth, .tree = KS_TREE_OTHER, .labels = 0, .dnskey_queries = 4);
		SEND(store, depth, .tree = KS_TREE_OTHER, .labels = 1, .dnskey_queries = 3, .ds_queries = 1);
		SEND(store, depth, .tree = KS_TREE_IN_ADDR, .labels = 3, .dnskey_queries = 5,
		     .ds_queries = 6);
		if (run == 2)
			SEND(store, depth, .tree = KS_TREE_E164, .labels = 12, .ds_queries = 2);
		send_end(store);
	}
	report_is(store, "depth",
		  "other|0|1|8|0|0.2|0\n"
		  "other|1|1|6|2|0.2|12\n"
		  "e164.arpa.|12|0|0|2|0.05|0\n"
		  "in-addr.arpa.|3|1|10|12|0.55|3\n");
	ks_store_close(store);
}

Test(store_manners, lookaside_against_the_keys_of_the_zone)
{
	static const struct ks_span name = SPAN("\7example\3com\3dlv\3isc\3org\0"),
				    elsewhere = SPAN("\7example\3com\0");
	struct ks_store *const store = open_write(scratch("m.db"));
	begin_run(store, 1);
	SEND(store, lookaside, .name = elsewhere, .queries = 1, .first_ns = NS(0), .last_ns = NS(0));
	SEND(store, lookaside, .name = name, .queries = 5, .responses = 4, .tags = SPAN("20326 38696"),
	     .told_ns = NS(3), .first_ns = NS(0), .last_ns = NS(4));
	SEND(store, zone_key, .zone = THE_EXAMPLE, .tag = 38696, .flags = 257, .algorithm = 8, .signs = true,
	     .first_ns = NS(0), .last_ns = NS(4));
	send_end(store);
	report_is(store, "lookaside",
		  "example.com.dlv.isc.org.|example.com.|5|4|20326 38696|1|2026-11-21T22:47:00.000000Z|"
		  "2026-11-21T22:47:04.000000Z\n"
		  "example.com.|-|1|0|-|-|2026-11-21T22:47:00.000000Z|2026-11-21T22:47:00.000000Z\n");
	begin_run(store, 2);
	SEND(store, lookaside, .name = name, .queries = 1, .responses = 1, .tags = SPAN("4711"),
	     .told_ns = NS(9), .first_ns = NS(9), .last_ns = NS(9));
	send_end(store);
	char *const got = rows_text(store, "lookaside", &(struct ks_query){.zone = "example.com"});
	text_is(got, "example.com.dlv.isc.org.|example.com.|6|5|4711|0|2026-11-21T22:47:00.000000Z|"
		     "2026-11-21T22:47:09.000000Z\n");
	free(got);
	ks_store_close(store);
}

/* --- traits --- */

static void
send_flow(struct ks_store *store, uint32_t zone, const char *source, uint64_t queries, uint64_t hot)
{
	SEND(store, flow, .zone = zone, .source = addr(source), .queries = queries,
	     .cls = {[KS_RQ_FIRST] = queries - hot, [KS_RQ_HOT] = hot}, .responses = queries,
	     .response_dns_bytes = 1000 * queries, .first_ns = NS(0), .last_ns = NS(9));
}

static void
send_habit(struct ks_store *store, int64_t zone_id, const char *source)
{
	const struct ks_store_habit habit = {.zone_id = zone_id, .source = addr(source)};
	struct ks_diag diag = {0};
	SUCCEED(ks_store_judge_habit(store, &habit, &diag), diag);
}

Test(store_manners, a_zone_of_its_own)
{
	static const struct {
		const char *what;
		uint64_t root, com, example, net; /* queries; all but the first hot */
		bool primes;
		const char *want; /* of com */
	} rows[] = {
		{"com fails, the root does not", 1, 20, 0, 1, false, "1"},
		{"and what is below it", 1, 20, 20, 1, false, "1"},
		{"a sibling too", 1, 20, 0, 20, false, "0"},
		{"the root too", 20, 20, 0, 0, false, "0"},
		{"nothing above was seen", 0, 20, 0, 0, false, "-"},
		{"but it primes: it would have asked the root", 0, 20, 0, 0, true, "1"},
		{"com does not fail", 20, 1, 0, 0, false, "-"},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_store *const store = open_write(scratch("m.db"));
		begin_run(store, 1);
		const uint64_t queries[] = {rows[i].root, rows[i].com, rows[i].example, rows[i].net};
		for (uint32_t zone = 0; zone < ZONES; zone++)
			if (queries[zone] > 0)
				send_flow(store, zone, A, queries[zone], queries[zone] - 1);
		if (rows[i].primes)
			SEND(store, manner, .source = addr(A), .priming_queries = 1);
		send_end(store);
		struct ks_diag diag = {0};
		SUCCEED(ks_store_judge_begin(store, &diag), diag);
		for (int64_t zone_id = 1; zone_id <= ZONES; zone_id++)
			send_habit(store, zone_id, A);
		SUCCEED(ks_store_judge_end(store, &diag), diag);
		char *const got = rows_text(store, "hitters", &(struct ks_query){.zone = "com."});
		const size_t n = strlen(got);
		cr_expect(n > 2 && got[n - 2] == rows[i].want[0], "%s: %s", rows[i].what, got);
		free(got);
		ks_store_close(store);
	}
}

static void
send_stack(struct ks_store *store, const char *source, const char *fingerprint, int64_t from, int64_t to)
{
	SEND(store, stack, .source = addr(source), .fingerprint = fingerprint, .queries = 5,
	     .first_ns = NS(from), .last_ns = NS(to));
}

static int64_t
min_caches(struct ks_store *store, const char *source)
{
	struct ks_rows *rows = NULL;
	struct ks_diag diag = {0};
	const struct ks_query query = {
		.has_source = true, .source = addr(source), .source_bits = 128, .limit = 1};
	bool have = false;
	SUCCEED(ks_rows_open(store, "hitters", &query, &rows, &diag), diag);
	SUCCEED(ks_rows_next(rows, &have, &diag), diag);
	cr_assert(have);
	const struct ks_value value = ks_rows_value(rows, 27);
	cr_assert(eq(str, (char *)(uintptr_t)ks_rows_column(rows, 27), (char *)(uintptr_t) "min_caches"));
	ks_rows_close(rows);
	return value.type == KS_VALUE_INT ? value.integer : -1;
}

Test(store_manners, as_many_caches_as_fingerprints_in_use_at_once)
{
	struct ks_store *const store = open_write(scratch("m.db"));
	begin_run(store, 1);
	static const char *const sources[] = {A, B, D, C6, S1};
	for (size_t i = 0; i < KS_COUNT(sources); i++)
		send_flow(store, THE_ROOT, sources[i], 5, 0);
	send_stack(store, A, "edns=1232 do ttl=64", 0, 10);
	send_stack(store, A, "edns=1232 do cd ttl=128", 5, 20);
	send_stack(store, A, "edns=4096 do ttl=64", 6, 7);
	send_stack(store, B, "edns=1232 do ttl=64", 0, 10);
	send_stack(store, B, "edns=4096 do ttl=64", 11, 20);
	send_stack(store, D, "edns=1232 do ttl=64", 0, 10);
	send_stack(store, D, "edns=1232 do cd ttl=64", 5, 10);
	send_stack(store, C6, "edns=1232 do ttl=64", 0, 10);
	send_end(store);
	cr_expect(eq(i64, min_caches(store, A), -1), "not judged yet");
	judge_all(store);
	cr_expect(eq(i64, min_caches(store, A), 3), "three overlap");
	cr_expect(eq(i64, min_caches(store, B), 1), "one after the other: an upgrade");
	cr_expect(eq(i64, min_caches(store, D), 1), "CD alone makes no second cache");
	cr_expect(eq(i64, min_caches(store, C6), 1), "one");
	cr_expect(eq(i64, min_caches(store, S1), -1), "no fingerprint, no number");
	ks_store_close(store);
}

static void
send_absence(struct ks_store *store, uint8_t run, const char *source, int64_t from_s, uint64_t requeries)
{
	begin_run(store, run);
	SEND(store, source, .source = addr(source), .queries = 20, .dnskey_queries = 20,
	     .requeries = requeries, .first_ns = NS(from_s), .last_ns = NS(from_s + 50));
	send_end(store);
}

Test(store_manners, back_after_thirty_days_with_stale_keys)
{
	static const struct {
		const char *what;
		int64_t days;
		uint64_t requeries;
		bool returned;
	} rows[] = {
		{"31 days later it asks again and again", 31, 10, true},
		{"29 days later", 29, 10, false},
		{"31 days later, in health", 31, 0, false},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		const char *const path = scratch("m.db");
		struct ks_store *const store = open_write(path);
		send_absence(store, 2, A, rows[i].days * 86400, rows[i].requeries);
		send_absence(store, 1, A, 0, 10);
		judge_all(store);
		ks_store_close(store);
		sqlite3 *db;
		sqlite3_stmt *stmt;
		cr_assert(eq(int, sqlite3_open(path, &db), SQLITE_OK));
		cr_assert(eq(int,
			     sqlite3_prepare_v2(db, "SELECT count(returned_s) FROM trait", -1, &stmt, NULL),
			     SQLITE_OK));
		cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
		cr_expect(eq(int, sqlite3_column_int(stmt, 0), rows[i].returned), "%s", rows[i].what);
		sqlite3_finalize(stmt);
		sqlite3_close(db);
	}
}

/* Two servers: S1 for the root with hardly any DNSKEY, S2 for com with much of it and large answers. */
Test(store_manners, flows_are_measured_against_their_own_servers)
{
	struct ks_store *const store = open_write(scratch("m.db"));
	send_run(store, 1);
	send_input(store, "a.pcap", 1, 1000);
	SEND(store, server, .server = addr(S1), .queries = 1000, .response_dns_bytes = 200000,
	     .sigkey_dns_bytes = 20000, .first_ns = NS(0), .last_ns = NS(9));
	SEND(store, server, .server = addr(S2), .queries = 1000, .response_dns_bytes = 1000000,
	     .sigkey_dns_bytes = 900000, .first_ns = NS(0), .last_ns = NS(9));
	/* A third of one's queries is much at S1 (5 %), little at S2 (40 %, so the cap of a half holds). */
	static const char *const sources[] = {A, B, D, C6};
	for (size_t i = 0; i < KS_COUNT(sources); i++)
		SEND(store, source, .source = addr(sources[i]), .queries = 90, .dnskey_queries = 30,
		     .response_dns_bytes = 20000, .sigkey_dns_bytes = 8000, .first_ns = NS(0),
		     .last_ns = NS(9));
	SEND(store, bin, .t_s = T0, .server = addr(S1), .qtype = 48, .queries = 75);
	SEND(store, bin, .t_s = T0, .server = addr(S2), .qtype = 48, .queries = 400);
	for (size_t i = 0; i < 2; i++)
		SEND(store, zone, .name = zones[i], .answered = true, .dnskey_queries = i == 0 ? 57 : 30,
		     .servers = 1);
	SEND(store, zone_bin, .zone = 0, .t_s = T0, .queries = 57, .cls = {[KS_RQ_HOT] = 35});
	SEND(store, zone_bin, .zone = 1, .t_s = T0, .queries = 30, .cls = {[KS_RQ_WARM] = 25});
	send_flow(store, 0, A, 40, 35); /* 35 of the 75 are repeats */
	send_flow(store, 0, D, 12, 0);  /* many, but as many as the zone's sources need */
	send_flow(store, 0, C6, 5, 0);  /* too few to tell */
	send_flow(store, 1, B, 30, 25);
	SEND(store, zone_server, .zone = 0, .server = addr(S1));
	SEND(store, zone_server, .zone = 1, .server = addr(S2));
	send_end(store);
	char *got = rows_text(store, "sources", &(struct ks_query){0});
	cr_expect(strstr(got, "heavy") == NULL && strstr(got, "background") == NULL, "not judged: %s", got);
	free(got);
	judge_all(store);
	got = rows_text(store, "sources", &(struct ks_query){0});
	/* 0.4 of the octets are much at S1 (0.1), and little at S2 (0.9). */
	cr_expect(strstr(got, B "|90|0|30|0.333333|0.4|background|") != NULL, "%s", got);
	cr_expect(strstr(got, D "|90|0|30|0.333333|0.4|rrsig-heavy|") != NULL, "%s", got);
	cr_expect(strstr(got, C6 "|90|0|30|0.333333|0.4|rrsig-heavy|") != NULL, "%s", got);
	cr_expect(strstr(got, A "|90|0|30|0.333333|0.4|dnskey-heavy,rrsig-heavy|") != NULL, "%s", got);
	free(got);
	ks_store_close(store);
}

/* --- recovery --- */

/* A source that failed until second 100 and was seen until `seen_s`. */
static void
send_failing(struct ks_store *store, int64_t seen_s)
{
	struct ks_sink *const sink = ks_store_sink(store);
	struct ks_diag diag = {0};
	const struct ks_fact_behaviour fact = {
		.zone = THE_ROOT,
		.source = addr(A),
		.counts = {.queries = 39, .bursts = 4, .failing_bursts = 3, .last_requery_ns = NS(100)},
	};
	SEND(store, source, .source = addr(A), .queries = 90, .first_ns = NS(0), .last_ns = NS(seen_s));
	send_flow(store, THE_ROOT, A, 39, 36);
	SUCCEED(sink->ops->behaviour(sink, &fact, &diag), diag);
}

Test(store_manners, recovery_and_what_came_before_it)
{
	static const struct {
		const char *what, *memory;
		int64_t seen_s, start_s, silence_s; /* start_s 0: no opening */
		bool primed;
		const char *want;
	} rows[] = {
		{"still at it", "30s", 164, 0, 0, false, "|0|-|-|0|-|-|0|0\n"},
		{"two pauses later", "30s", 165, 0, 0, false, "|1|-|-|0|-|-|0|0\n"},
		{"two pauses of Unbound", "60s", 229, 0, 0, false, "|0|-|-|0|-|-|0|0\n"},
		{"two pauses of Unbound later", "60s", 230, 0, 0, false, "|1|-|-|0|-|-|0|0\n"},
		{"no memory at all", "none", 130, 0, 0, false, "|1|-|-|0|-|-|0|0\n"},
		{"unknown", NULL, 249, 0, 0, false, "|0|-|-|0|-|-|0|0\n"},
		{"cannot be told", "ttl", 9999, 0, 0, false, "|-|-|-|0|-|-|0|0\n"},
		{"a restart", "30s", 400, 170, 70, true, "|1|restart|-|0|-|-|0|0\n"},
		{"a silence", "30s", 400, 170, 70, false, "|1|silence|-|0|-|-|0|0\n"},
		{"a restart long after it was over", "30s", 900, 700, 60, true, "|1|-|-|0|-|-|0|0\n"},
		{"a restart that did not help", "30s", 110, 90, 60, true, "|0|-|-|0|-|-|0|0\n"},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_store *const store = open_write(scratch("m.db"));
		begin_run(store, 1);
		send_failing(store, rows[i].seen_s);
		if (rows[i].start_s > 0)
			SEND(store, opening, .source = addr(A), .t_ns = NS(rows[i].start_s),
			     .silence_ns = rows[i].silence_s * KS_NS_PER_S, .zone = THE_ROOT, .queries = 13,
			     .servers = 13, .primed = rows[i].primed);
		send_end(store);
		struct ks_diag diag = {0};
		const struct ks_store_habit habit = {
			.zone_id = 1, .source = addr(A), .memory_class = rows[i].memory};
		SUCCEED(ks_store_judge_begin(store, &diag), diag);
		SUCCEED(ks_store_judge_habit(store, &habit, &diag), diag);
		SUCCEED(ks_store_judge_end(store, &diag), diag);
		char *const got = rows_text(store, "habits", &(struct ks_query){0});
		const size_t n = strlen(got), n_want = strlen(rows[i].want);
		cr_expect(n > n_want && strcmp(got + n - n_want, rows[i].want) == 0, "%s: %s", rows[i].what,
			  got);
		free(got);
		ks_store_close(store);
	}
}
