/* SPDX-License-Identifier: BSD-2-Clause */
#include "store_feed.h"

#include "store/store.h"

TestSuite(store_storm, .fini = sweep);

static char got[4096];

static enum ks_error
note(void *arg, const struct ks_store_series *series, struct ks_diag *diag)
{
	size_t *const n = arg;
	(void)diag;
	char text[KS_ADDR_TEXT];
	*n += (size_t)snprintf(got + *n, sizeof(got) - *n, "%s%s",
			       series->zone_id != 0 ? series->zone : ks_addr_print(&series->server, text),
			       series->storm.no_responses ? " (some without answers)" : "");
	for (size_t i = 0; i < series->storm.n; i++) {
		const struct ks_storm_bin *const bin = &series->storm.bins[i];
		const struct ks_storm_whole *const whole = &series->storm.whole[i];
		*n += (size_t)snprintf(got + *n, sizeof(got) - *n,
				       whole->unknown ? " ?" : " %d/%d/%d:%d/%d/%d", (int)bin->queries,
				       (int)bin->responses, (int)bin->response_bytes, (int)whole->queries,
				       (int)whole->response_bytes, (int)whole->out_wire_bytes);
	}
	*n += (size_t)snprintf(got + *n, sizeof(got) - *n, "\n");
	return KS_SUCCESS;
}

static const char *
servers_text(struct ks_store *store, uint32_t least)
{
	struct ks_diag diag = {0};
	size_t n = 0;
	got[0] = '\0';
	SUCCEED(ks_store_each_server_series(store, least, note, &n, &diag), diag);
	return got;
}

static const char *
series_text(struct ks_store *store)
{
	struct ks_diag diag = {0};
	size_t n = 0;
	got[0] = '\0';
	SUCCEED(ks_store_each_series(store, 0, note, &n, &diag), diag);
	return got;
}

/* Ten-second bins. */
static void
begin(struct ks_store *store, uint8_t hash, int64_t from_s, int64_t to_s, bool queries_only)
{
	struct ks_fact_run run = {
		.tool_version = "1.2.3",
		.sensor = "",
		.vantage = 'A',
		.bin_s = 10,
		.time_digits = 6,
		.queries_only = queries_only,
		.first_ns = NS(from_s),
		.last_ns = NS(to_s),
	};
	memset(run.set_hash, hash, sizeof(run.set_hash));
	struct ks_diag diag = {0};
	struct ks_sink *const sink = ks_store_sink(store);
	SUCCEED(sink->ops->begin(sink, &run, &diag), diag);
	send_input(store, "x.pcap", hash, hash);
}

/* As many packets as given, with messages in them when there are twenty. */
static void
bins_at(struct ks_store *store, int64_t at_s, uint64_t packets)
{
	static const char *const servers[] = {"192.0.2.53", "2001:db8::53"};
	for (size_t i = 0; i < KS_COUNT(servers) && packets >= 20; i++) {
		SEND(store, bin, .t_s = T0 + at_s, .server = addr(servers[i]), .qtype = 48, .queries = 2,
		     .responses = 2, .response_dns_bytes = 2000);
		SEND(store, bin, .t_s = T0 + at_s, .server = addr(servers[i]), .qtype = 1, .queries = 3,
		     .responses = 3, .response_dns_bytes = 300);
	}
	for (size_t i = 0; i < KS_COUNT(servers); i++)
		SEND(store, traffic, .t_s = T0 + at_s, .server = addr(servers[i]), .in_packets = packets / 4,
		     .out_packets = packets / 4, .out_wire_bytes = 5000);
}

static void
zone_at(struct ks_store *store, int64_t at_s)
{
	SEND(store, zone_bin, .t_s = T0 + at_s, .queries = 4, .cls = {[KS_RQ_FIRST] = 4}, .responses = 4,
	     .response_dns_bytes = 4000);
}

Test(store_storm, a_zone_is_seen_against_everything)
{
	struct ks_store *const store = open_write(scratch("a.db"));
	begin(store, 1, 0, 39, false);
	for (int64_t at_s = 0; at_s < 40; at_s += 10)
		bins_at(store, at_s, 20);
	SEND(store, zone, .name = ROOT, .answered = true, .dnskey_queries = 8);
	zone_at(store, 10);
	zone_at(store, 30);
	send_end(store);
	text_is(series_text(store), ". 0/0/0:10/4600/10000 4/4/4000:10/4600/10000 0/0/0:10/4600/10000 "
				    "4/4/4000:10/4600/10000\n");
	ks_store_close(store);
}

Test(store_storm, runs_add_up_and_what_lies_between_is_not_known)
{
	struct ks_store *const store = open_write(scratch("b.db"));
	for (uint8_t run = 1; run <= 3; run++) {
		const int64_t from_s = run == 3 ? 50 : 0;
		begin(store, run, from_s, from_s + 19, run == 2);
		bins_at(store, from_s, 20);
		bins_at(store, from_s + 10, 20);
		SEND(store, zone, .name = ROOT, .answered = true, .dnskey_queries = 4);
		zone_at(store, from_s);
		send_end(store);
	}
	text_is(series_text(store),
		". (some without answers) 8/8/8000:20/9200/20000 0/0/0:20/9200/20000 ? ? ? "
		"4/4/4000:10/4600/10000 0/0/0:10/4600/10000\n");
	ks_store_close(store);
}

Test(store_storm, a_hole_in_dense_traffic_is_not_known_and_silence_is)
{
	static const struct {
		uint64_t packets;
		const char *text;
	} rows[] = {{20, ". 4/4/4000:10/4600/10000 0/0/0:10/4600/10000 ? ? 0/0/0:10/4600/10000 "
			 "0/0/0:10/4600/10000\n"},
		    {8, ". 4/4/4000:0/0/10000 0/0/0:0/0/10000 0/0/0:0/0/0 0/0/0:0/0/0 0/0/0:0/0/10000 "
			"0/0/0:0/0/10000\n"}};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_store *const store = open_write(scratch(i == 0 ? "c.db" : "d.db"));
		begin(store, 1, 0, 59, false);
		for (int64_t at_s = 0; at_s < 60; at_s += 10)
			if (at_s < 20 || at_s >= 40)
				bins_at(store, at_s, rows[i].packets);
		SEND(store, zone, .name = ROOT, .answered = true, .dnskey_queries = 4);
		zone_at(store, 0);
		send_end(store);
		text_is(series_text(store), rows[i].text);
		ks_store_close(store);
	}
}

Test(store_storm, servers_have_series_where_there_are_several)
{
	struct ks_store *const store = open_write(scratch("e.db"));
	begin(store, 1, 0, 19, false);
	bins_at(store, 0, 20);
	SEND(store, bin, .t_s = T0 + 10, .server = addr("192.0.2.53"), .qtype = 48, .queries = 7,
	     .responses = 6, .response_dns_bytes = 6000);
	SEND(store, bin, .t_s = T0 + 10, .server_other = true, .qtype = 48, .queries = 9);
	send_end(store);
	text_is(servers_text(store, 0), "192.0.2.53 2/2/2000:10/4600/10000 7/6/6000:16/6000/0\n"
					"2001:db8::53 2/2/2000:10/4600/10000 0/0/0:16/6000/0\n");
	/* Nine queries in bins of ten seconds are less than one a second. */
	text_is(servers_text(store, 1), "");
	ks_store_close(store);

	struct ks_store *const one = open_write(scratch("f.db"));
	begin(one, 1, 0, 9, false);
	SEND(one, bin, .t_s = T0, .server = addr("192.0.2.53"), .qtype = 48, .queries = 7);
	SEND(one, bin, .t_s = T0, .server = addr("192.0.2.54"), .qtype = 1, .queries = 7);
	send_end(one);
	text_is(servers_text(one, 0), "");
	ks_store_close(one);
}

static enum ks_error
note_life(void *arg, const struct ks_store_series *series, struct ks_diag *diag)
{
	(void)diag;
	*(double *)arg = series->storm.life_s;
	return KS_SUCCESS;
}

static void
keys_with_ttl(struct ks_store *store, uint32_t number, uint16_t type, bool authoritative, uint32_t ttl_s)
{
	SEND(store, rrset_seen, .name = 0, .type = type, .server = addr("192.0.2.53"),
	     .authoritative = authoritative, .number = number, .rrset = 0, .ttl_least_s = ttl_s,
	     .ttl_greatest_s = ttl_s, .count = 1, .first_ns = NS(number), .last_ns = NS(number));
}

/* The greatest TTL that the zone's own servers gave its keys, a day at most. */
Test(store_storm, the_life_of_keys_comes_out_of_the_ledger)
{
	static const struct {
		const char *what;
		uint32_t ttl_s[2];
		uint16_t type;
		bool authoritative;
		double want; /* NAN: not known */
	} rows[] = {
		{"the greatest", {20, 60}, 48, true, 60},   {"a day at most", {172800, 20}, 48, true, 86400},
		{"caches' word", {60, 60}, 48, false, NAN}, {"other records", {60, 60}, 6, true, NAN},
		{"zero is a life", {0, 0}, 48, true, 0},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_store *const store = open_write(scratch("life.db"));
		struct ks_diag diag = {0};
		double life_s = -1;
		begin(store, (uint8_t)(i + 1), 0, 19, false);
		bins_at(store, 0, 20);
		SEND(store, zone, .name = ROOT, .answered = true, .dnskey_queries = 4);
		zone_at(store, 0);
		SEND(store, ledger_name, .name = ROOT);
		SEND(store, rrset, .name = 0, .type = 48, .hash = {1}, .n_records = 1, .wire = WIRE("\0\1"),
		     .count = 1, .first_ns = NS(0), .last_ns = NS(0));
		keys_with_ttl(store, 0, rows[i].type, rows[i].authoritative, rows[i].ttl_s[0]);
		keys_with_ttl(store, 1, rows[i].type, rows[i].authoritative, rows[i].ttl_s[1]);
		send_end(store);
		SUCCEED(ks_store_each_series(store, 0, note_life, &life_s, &diag), diag);
		if (isnan(rows[i].want))
			cr_expect(isnan(life_s), "%s: %g", rows[i].what, life_s);
		else
			cr_expect_float_eq(life_s, rows[i].want, 1e-9, "%s", rows[i].what);
		ks_store_close(store);
		sweep();
		folder[0] = '\0';
	}
}
