/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sources added up by prefix: what is listed, what left its table, what left that table in turn. */
#include "store_feed.h"

#include "store/store.h"

TestSuite(store_prefix, .fini = sweep);

struct flow {
	const char *source;
	uint64_t queries, err;
};

static void
send_flows(struct ks_store *store, const struct flow *flows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		SEND(store, flow, .zone = 0, .source = addr(flows[i].source), .queries = flows[i].queries,
		     .err = flows[i].err, .cls = {[KS_RQ_HOT] = flows[i].queries - flows[i].err},
		     .response_dns_bytes = 10, .first_ns = NS(1), .last_ns = NS(2));
}

static void
send_net(struct ks_store *store, const char *prefix, uint32_t bits, uint64_t queries, uint64_t err)
{
	SEND(store, net, .by_zone = true, .zone = 0, .prefix = addr(prefix), .bits = bits, .queries = queries,
	     .err = err, .cls = {[KS_RQ_FIRST] = queries - err}, .response_dns_bytes = 5, .first_ns = NS(0),
	     .last_ns = NS(3));
}

static void
send_bound(struct ks_store *store, enum ks_bound_table table, uint64_t bound, uint64_t lost)
{
	SEND(store, bound, .table = table, .capacity = 10, .floor = bound, .replaced = lost, .lost = lost);
}

static void
begin_run(struct ks_store *store, uint8_t hash)
{
	send_run(store, hash);
	SEND(store, bin, .t_s = T0, .server = addr(S1), .qtype = 48, .queries = 100, .responses = 100);
	SEND(store, zone, .name = ROOT, .answered = true, .dnskey_queries = 100);
}

/* source, queries, err of each row. */
static void
rows_are(struct ks_store *store, unsigned len4, unsigned len6, const char *want)
{
	const struct ks_query query = {.has_prefix = true, .len4 = len4, .len6 = len6, .limit = -1};
	char *const got = rows_text(store, "hitters", &query);
	char lines[1024] = "";
	size_t n = 0;
	for (char *line = strtok(got, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		char source[64];
		long long queries, err;
		cr_assert(eq(int, sscanf(line, "%*d|%63[^|]|.|%*d|%lld|%lld|", source, &queries, &err), 3),
			  "%s", line);
		n += (size_t)snprintf(lines + n, sizeof(lines) - n, "%s %lld %lld\n", source, queries, err);
	}
	cr_expect(strcmp(lines, want) == 0, "/%u,%u: got\n%swanted\n%s", len4, len6, lines, want);
	free(got);
}

static const struct flow listed[] = {
	{"192.0.2.1", 40, 4},    {"192.0.2.2", 7, 4},       {"198.51.100.1", 20, 0},
	{"2001:db8:1::1", 9, 4}, {"2001:db8:1:1::1", 6, 4},
};

Test(store_prefix, a_prefix_has_what_is_listed_without_err_and_what_left)
{
	struct ks_store *const store = open_write(scratch("one.db"));
	begin_run(store, 1);
	send_flows(store, listed, KS_COUNT(listed));
	send_net(store, "192.0.2.0", 24, 11, 0);
	send_net(store, "203.0.113.0", 24, 30, 0);
	send_net(store, "2001:db8:1::", 48, 8, 0);
	send_net(store, "2001:db8:1::", 64, 3, 0);
	send_net(store, "2001:db8:1:2::", 64, 5, 0);
	send_bound(store, KS_BOUND_FLOWS, 4, 49);
	send_bound(store, KS_BOUND_FLOW_NETS, 0, 0);
	send_end(store);
	/* 36 + 3 + 11; 5 + 2 + 8. */
	rows_are(store, 24, 48,
		 "192.0.2.0/24 50 0\n203.0.113.0/24 30 0\n198.51.100.0/24 20 0\n2001:db8:1::/48 15 0\n");
	rows_are(store, 16, 64,
		 "192.0.0.0/16 50 0\n203.0.0.0/16 30 0\n198.51.0.0/16 20 0\n2001:db8:1::/64 8 0\n"
		 "2001:db8:1:2::/64 5 0\n2001:db8:1:1::/64 2 0\n");
	/* /56 is made of /64. */
	rows_are(store, 0, 56, "0.0.0.0/0 100 0\n2001:db8:1::/56 15 0\n");
	/* Longer than what left is kept by: the sources alone, with their err. */
	rows_are(
		store, 32, 128,
		"192.0.2.1 40 4\n198.51.100.1 20 0\n2001:db8:1::1 9 4\n192.0.2.2 7 4\n2001:db8:1:1::1 6 4\n");
	ks_store_close(store);
}

Test(store_prefix, networks_that_left_in_turn_show_in_err)
{
	struct ks_store *const store = open_write(scratch("two.db"));
	begin_run(store, 1);
	send_flows(store, listed, 3);
	send_net(store, "192.0.2.0", 24, 11, 2);
	send_bound(store, KS_BOUND_FLOWS, 4, 49);
	send_bound(store, KS_BOUND_FLOW_NETS, 3, 17);
	send_end(store);
	/* Listed networks have their own err, others what is true of all; 36 + 3 + 11 and 20 + 3. */
	rows_are(store, 24, 48, "192.0.2.0/24 50 2\n198.51.100.0/24 23 3\n");
	/* How many /24 of a /16 are missing nobody knows, but all of them have 17 between them: 39 + 9 + 17.
	 */
	rows_are(store, 16, 48, "192.0.0.0/16 65 17\n198.51.0.0/16 37 17\n");
	ks_store_close(store);
}

Test(store_prefix, what_a_run_does_not_list_it_may_have_met)
{
	static const struct flow first[] = {{"192.0.2.1", 40, 4}, {"192.0.2.9", 10, 4}};
	static const struct flow second[] = {{"192.0.2.1", 30, 0}, {"198.51.100.1", 6, 6}};
	struct ks_store *const store = open_write(scratch("three.db"));
	begin_run(store, 1);
	send_flows(store, first, 2);
	send_bound(store, KS_BOUND_FLOWS, 4, 49);
	send_end(store);
	begin_run(store, 2);
	send_flows(store, second, 2);
	send_bound(store, KS_BOUND_FLOWS, 6, 49);
	send_end(store);
	/* In both: sums. In the first only: 6 more, in err too. In the second only: 4 more. */
	rows_are(store, 32, 128, "192.0.2.1 70 4\n192.0.2.9 16 10\n198.51.100.1 10 10\n");
	char *const got = rows_text(store, "hitters", &(struct ks_query){.limit = 1});
	cr_expect(strncmp(got, "1|192.0.2.1|.|1|70|4|", 21) == 0, "%s", got);
	free(got);
	ks_store_close(store);
}

static void
first_stack_is(struct ks_store *store, unsigned len4, const char *want)
{
	const struct ks_query query = {.has_prefix = true, .len4 = len4, .len6 = 64, .limit = 1};
	char *const got = rows_text(store, "hitters", &query);
	cr_expect(strstr(got, want) != NULL, "/%u: %s without %s", len4, got, want);
	free(got);
}

Test(store_prefix, fingerprint_and_tags_stand_where_all_agree)
{
	static const struct flow flows[] = {
		{"192.0.2.1", 40, 0}, {"192.0.2.2", 30, 0}, {"192.0.3.1", 5, 0}, {"192.0.4.1", 1, 0}};
	struct ks_store *const store = open_write(scratch("four.db"));
	begin_run(store, 1);
	send_flows(store, flows, KS_COUNT(flows));
	for (size_t i = 0; i < 3; i++) {
		SEND(store, stack, .source = addr(flows[i].source),
		     .fingerprint = i < 2 ? "edns=1232" : "no-edns", .queries = 5, .cased_queries = 4,
		     .mixed_queries = i < 2 ? 3 : 0, .first_ns = NS(1), .last_ns = NS(2));
		SEND(store, ta_signal, .source = addr(flows[i].source), .zone = ROOT,
		     .tags = {(const uint8_t *)(i < 2 ? "20326" : "19036"), 5}, .queries = 1,
		     .first_ns = NS(1), .last_ns = NS(1));
	}
	send_end(store);
	first_stack_is(store, 24, "|20326|edns=1232 0x20|");
	first_stack_is(store, 16, "|-|-|-|"); /* tags, fingerprint, verdict: one differs, one says nothing */
	ks_store_close(store);
}

Test(store_prefix, sources_and_amplification_leave_tcp_out)
{
	struct ks_store *const store = open_write(scratch("five.db"));
	begin_run(store, 1);
	SEND(store, source, .source = addr("192.0.2.1"), .queries = 12, .err = 2, .responses = 10,
	     .tcp_queries = 1, .tcp_responses = 1, .query_dns_bytes = 400, .response_dns_bytes = 9000,
	     .tcp_query_dns_bytes = 100, .tcp_response_dns_bytes = 3000, .first_ns = NS(1), .last_ns = NS(2));
	SEND(store, net, .prefix = addr("192.0.2.0"), .bits = 24, .queries = 5, .responses = 5,
	     .tcp_queries = 2, .tcp_responses = 2, .query_dns_bytes = 200, .response_dns_bytes = 1000,
	     .tcp_query_dns_bytes = 50, .tcp_response_dns_bytes = 500, .first_ns = NS(0), .last_ns = NS(1));
	send_bound(store, KS_BOUND_SOURCES, 2, 5);
	send_bound(store, KS_BOUND_SOURCE_NETS, 0, 0);
	send_end(store);
	const struct ks_query query = {.has_prefix = true, .len4 = 24, .len6 = 64};
	char *got = rows_text(store, "amplification", &query);
	/* 9 + 3 queries, 300 + 150 octets asked, 6000 + 500 answered. */
	text_is(got, "-|12|12|450|6500|14.4444|-|192.0.2.0/24\n");
	free(got);
	got = rows_text(store, "sources", &query);
	cr_expect(strncmp(got, "192.0.2.0/24|15|15|0|0|", 23) == 0 && strstr(got, "|0|14.4444\n") != NULL,
		  "%s", got);
	free(got);
	got = rows_text(store, "sources", &(struct ks_query){0});
	cr_expect(strncmp(got, "192.0.2.1|12|10|", 16) == 0 && strstr(got, "|2|20\n") != NULL, "%s", got);
	free(got);
	ks_store_close(store);
}
