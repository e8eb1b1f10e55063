/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Clues: facts in, what the judge is told, diagnoses in, reports out. */
#include "store/cause.h"

#include "tests/unit/store_feed.h"

TestSuite(store_cause, .fini = sweep);

#define SPAN(name)                                                                                           \
	{                                                                                                    \
		(const uint8_t *)(name), sizeof(name) - 1                                                    \
	}
static const struct ks_span root = SPAN("\0"), com = SPAN("\3com\0"), www = SPAN("\3www\3com\0");

static void
send_flow(struct ks_store *store, uint32_t zone, const char *source, uint64_t queries, uint64_t hot)
{
	SEND(store, flow, .zone = zone, .source = addr(source), .queries = queries,
	     .cls = {[KS_RQ_FIRST] = queries - hot, [KS_RQ_HOT] = hot}, .responses = queries,
	     .first_ns = NS(0), .last_ns = NS(40));
	SEND(store, behaviour, .zone = zone, .source = addr(source),
	     .counts = {.queries = queries, .successive = 8, .closed = 7, .bursts = 1, .failing_bursts = 1});
}

/* A asks 20 times for the root's keys, 18 of them too early, in ever smaller sizes, over UDP, DO set; then
 * for one name twice within its TTL. B asks once, over and done. */
static void
send_storm(struct ks_store *store, uint8_t hash)
{
	send_run(store, hash);
	send_input(store, "a.pcap", hash, 1000);
	SEND(store, source, .source = addr(A), .queries = 24, .responses = 24, .dnskey_queries = 21,
	     .ds_queries = 1, .requeries = 18, .tcp_queries = 2, .first_ns = NS(0), .last_ns = NS(40));
	SEND(store, source, .source = addr(B), .queries = 1, .responses = 1, .dnskey_queries = 1,
	     .first_ns = NS(5), .last_ns = NS(5));
	SEND(store, zone, .name = root, .answered = true, .dnskey_queries = 21, .servers = 1);
	SEND(store, zone, .name = com, .answered = true, .dnskey_queries = 4, .servers = 1);
	send_flow(store, 0, A, 20, 18);
	SEND(store, flow, .zone = 0, .source = addr(B), .queries = 1, .cls = {[KS_RQ_FIRST] = 1},
	     .responses = 1, .first_ns = NS(5), .last_ns = NS(5));
	send_flow(store, 1, A, 4, 3);
	for (unsigned i = 0; i < 20; i++)
		SEND(store, query, .source = addr(A), .server = addr(S1), .number = i, .t_ns = NS(i),
		     .response_ns = NS(i) + 1, .name = root, .id = (uint16_t)i, .sport = (uint16_t)(i / 2),
		     .qtype = 48, .edns = true, .edns_size = i == 10 ? 512 : 1232, .dnssec_ok = i != 15,
		     .transport = KS_UDP, .hop_limit = i < 5 ? 60 : 59, .server_cookie = i == 0, .tc = i == 3,
		     .flags = i == 1 ? 0x100 : 0);
	for (unsigned i = 20; i < 23; i++)
		SEND(store, query, .source = addr(A), .server = addr(S1), .number = i, .t_ns = NS(i * 2),
		     .response_ns = NS(i * 2) + 1, .name = www, .qtype = i == 22 ? 16 : 1, .keep_s = 5);
	SEND(store, icmp, .server = addr(S1), .source = addr(A), .kind = KS_ICMP_PORT_UNREACHABLE,
	     .packets = 4);
	SEND(store, ta_signal, .source = addr(A), .zone = root, .tags = SPAN("19036"), .via = KS_VIA_QNAME,
	     .queries = 3, .first_ns = NS(0), .last_ns = NS(0));
	SEND(store, zone_key, .zone = 0, .tag = 20326, .flags = 257, .algorithm = 8, .signs = true,
	     .first_ns = NS(0), .last_ns = NS(40));
	send_end(store);
}

struct heard {
	size_t n;
	struct ks_store_cause cause[8];
};

static enum ks_error
hear(void *arg, const struct ks_store_cause *cause, struct ks_diag *diag)
{
	struct heard *const heard = arg;
	(void)diag;
	heard->cause[heard->n++] = *cause;
	return KS_SUCCESS;
}

static struct heard
causes(struct ks_store *store)
{
	struct ks_diag diag = {0};
	struct heard heard = {0};
	struct ks_view view;
	bool any = false;
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	/* Who was followed has a habit. */
	for (int64_t zone_id = 1; zone_id <= 2; zone_id++)
		SUCCEED(ks_store_judge_habit(store,
					     &(struct ks_store_habit){.zone_id = zone_id,
								      .source = addr(A),
								      .verdict = {.sci = 0.75, .spray = NAN}},
					     &diag),
			diag);
	SUCCEED(ks_store_causes_begin(store, &view, &any, &diag), diag);
	cr_assert(any);
	cr_assert(view.vantage == 'A' && view.queries && view.answers);
	SUCCEED(ks_store_each_source_cause(store, hear, &heard, &diag), diag);
	SUCCEED(ks_store_causes_end(store, &diag), diag);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	return heard;
}

#define IS(member, want) cr_expect(epsilon_eq(dbl, clues->member, (want), 1e-9), "%s", #member)

Test(store_cause, clues_are_what_the_packets_said)
{
	struct ks_store *const store = open_write(scratch("c.db"));
	send_storm(store, 1);
	const struct heard heard = causes(store);
	cr_assert(eq(sz, heard.n, 2), "A at two zones; B repeats nothing");
	const struct ks_source_clues *const clues = &heard.cause[0].clues;
	IS(queries, 20);
	IS(requeries, 18);
	IS(classed, 20);
	IS(answered, 20);
	IS(first_s, T0);
	IS(sci, 0.75);
	cr_expect(isnan(clues->spray) && isnan(clues->onset_s));
	IS(successive, 8);
	IS(closed, 7);
	IS(all_queries, 24);
	IS(key_queries, 21);
	IS(ds_queries, 1);
	IS(tcp_queries, 2);
	IS(icmp_refused, 4);
	IS(lacks_key, 3);
	IS(has_key, 0);
	/* com. is below the root: the chain that fails is one. */
	IS(hot_zones, 1);
	IS(zones, 2);
	IS(keys, 20);
	IS(keys_rd, 1);
	IS(keys_no_do, 1);
	IS(keys_ports, 2); /* not always the same */
	IS(keys_ids, 2);
	IS(keys_hops, 2);
	IS(keys_udp, 20);
	IS(keys_cut, 1);
	IS(keys_smaller, 2);
	IS(cookies, 1);
	IS(others, 3);
	IS(others_again, 1);
	IS(others_probing, 1);
	IS(other_types, 2);
	const struct ks_zone_clues *const zone = &heard.cause[0].zone;
	cr_expect(epsilon_eq(dbl, zone->sources, 2.0, 1e-9));
	cr_expect(epsilon_eq(dbl, zone->sources_80, 1.0, 1e-9));
	cr_expect(epsilon_eq(dbl, zone->bad, 0.0, 1e-9));
	cr_expect(epsilon_eq(dbl, zone->good, 0.0, 1e-9), "nothing was verified");
	ks_store_close(store);
}

/* Two captures of the same make twice the counts and the same shares. */
Test(store_cause, clues_of_two_runs_add_up)
{
	struct ks_store *const store = open_write(scratch("two.db"));
	send_storm(store, 1);
	send_storm(store, 2);
	const struct heard heard = causes(store);
	cr_assert(eq(sz, heard.n, 2));
	const struct ks_source_clues *const clues = &heard.cause[0].clues;
	IS(queries, 40);
	IS(requeries, 36);
	IS(keys, 40);
	IS(others_again, 2);
	IS(hot_zones, 1);
	ks_store_close(store);
}

Test(store_cause, a_diagnosis_is_shown_cell_by_cell)
{
	struct ks_store *const store = open_write(scratch("d.db"));
	struct ks_diag diag = {0};
	send_storm(store, 1);
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	struct ks_store_diagnosis put = {.zone_id = 1,
					 .source = addr(A),
					 .queries = 20,
					 .verdict = "stale-trust-anchor",
					 .lead_db = 15,
					 .has_findings = true};
	put.findings[KS_E_SAYS_STALE] = (struct ks_finding){KS_PRESENT, 3};
	ks_diagnose(put.findings, &put.diagnosis);
	SUCCEED(ks_store_judge_diagnosis(store, &put, &diag), diag);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	char *const got = rows_text(store, "diagnosis", &(struct ks_query){.limit = -1});
	size_t lines = 0;
	for (const char *c = got; *c != '\0'; c++)
		lines += *c == '\n';
	cr_expect(eq(sz, lines, (size_t)KS_EVIDENCE * KS_HYPOTHESES));
	cr_expect(strstr(got, ".|" A "|stale-trust-anchor|says-stale|3|15|15|1|present|E11|") != NULL, "%s",
		  got);
	cr_expect(strstr(got, ".|" A "|dos|says-stale|3|0|0|2|present|E11|") != NULL, "%s", got);
	cr_expect(strstr(got, ".|" A "|stale-trust-anchor|spray|0|0|15|1|unknown|E5|") != NULL);
	free(got);
	char *const hitters = rows_text(store, "hitters", &(struct ks_query){.limit = 1});
	cr_expect(strstr(hitters, "|stale-trust-anchor|") != NULL, "%s", hitters);
	free(hitters);
	ks_store_close(store);
}

/* Its one habit is of a source that asked and was content. */
Test(store_cause, without_storm_and_suspect_there_is_nobody_to_ask_about)
{
	struct ks_diag diag = {0};
	struct ks_store *const store = open_write(scratch("n.db"));
	struct ks_view view;
	bool any = true;
	send_run(store, 1);
	send_input(store, "a.pcap", 1, 1000);
	SEND(store, zone, .name = root, .answered = true, .dnskey_queries = 20, .servers = 1);
	send_flow(store, 0, A, 20, 1);
	send_end(store);
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	SUCCEED(ks_store_judge_habit(
			store,
			&(struct ks_store_habit){.zone_id = 1, .source = addr(A), .verdict = {.sci = 0.75}},
			&diag),
		diag);
	SUCCEED(ks_store_causes_begin(store, &view, &any, &diag), diag);
	cr_expect(not(any));
	cr_expect(view.queries && view.answers);
	SUCCEED(ks_store_causes_end(store, &diag), diag);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	ks_store_close(store);
}
