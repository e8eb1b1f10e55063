/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How sources ask: counts in, sums over runs out to the judge, habits in, columns of hitters out. */
#include "tests/unit/store_feed.h"

TestSuite(store_behaviour, .fini = sweep);

static void
send_behaviour(struct ks_store *store, uint8_t hash, uint64_t gaps, const char *second_server,
	       uint32_t servers)
{
	send_run(store, hash);
	send_input(store, "a.pcap", hash, 1000);
	SEND(store, counter, .kind = KS_COUNTER_TOTAL, .name = "packets", .value = 100, .note = "n");
	SEND(store, zone, .name = ROOT, .answered = true, .dnskey_queries = 20, .servers = servers);
	SEND(store, flow, .zone = 0, .source = addr(A), .queries = 20, .cls = {[KS_RQ_HOT] = 20},
	     .first_ns = NS(0), .last_ns = NS(9));
	SEND(store, flow, .zone = 0, .source = addr(B), .queries = 1, .cls = {[KS_RQ_FIRST] = 1},
	     .first_ns = NS(0), .last_ns = NS(0));
	SEND(store, flow, .zone = 0, .source = addr(C6), .queries = 2, .cls = {[KS_RQ_FIRST] = 2},
	     .first_ns = NS(0), .last_ns = NS(0));
	const struct ks_server_count counts[] = {{.server = addr(S1), .queries = 10},
						 {.server = addr(second_server), .queries = 8},
						 {.other = true, .queries = 2}};
	struct ks_fact_behaviour fact = {
		.source = addr(A),
		.counts = {.queries = 20,
			   .successive = 19,
			   .closed = 18,
			   .bursts = 7,
			   .failing_bursts = 6,
			   .failing_queries = 5,
			   .long_queries = 4,
			   .halted_bursts = 3,
			   .pauses_over_life = 2,
			   .max_waiting = gaps,
			   .last_requery_ns = NS(gaps),
			   .searches = {.failing = 4, .crowded = 1, .min_ns = (int64_t)gaps * 1000},
			   .demand = {.windows = 1, .x = 2, .y = 3, .xx = 4, .xy = 5, .yy = 6}},
		.n_servers = KS_COUNT(counts),
		.servers = counts,
	};
	fact.counts.gaps[7] = gaps;
	fact.counts.gaps[KS_GAP_CELLS - 1] = 1;
	fact.counts.pauses[0] = 11;
	fact.counts.late[KS_LATE_CELLS - 1] = 12;
	fact.counts.clock[KS_CLOCK_CELLS - 1] = 13;
	fact.counts.pauses[KS_PAUSE_CELLS - 1] = 1;
	struct ks_diag diag = {0};
	struct ks_sink *const sink = ks_store_sink(store);
	SUCCEED(sink->ops->behaviour(sink, &fact, &diag), diag);
	fact = (struct ks_fact_behaviour){.source = addr(C6), .counts = {.queries = 2}};
	SUCCEED(sink->ops->behaviour(sink, &fact, &diag), diag);
	send_end(store);
}

/* What the reader handed out: in the order of octets, so C6 before A. */
enum { OF_C6, OF_A };
static struct {
	struct ks_store_behaviour flow;
	uint64_t queries[8];
} got[4];
static size_t n_got;

static enum ks_error
keep(void *arg, const struct ks_store_behaviour *behaviour, struct ks_diag *diag)
{
	(void)arg;
	(void)diag;
	cr_assert(lt(sz, n_got, KS_COUNT(got)));
	cr_assert(le(sz, behaviour->servers.n, 8));
	got[n_got].flow = *behaviour;
	memcpy(got[n_got].queries, behaviour->servers.queries, behaviour->servers.n * sizeof(uint64_t));
	n_got++;
	return KS_SUCCESS;
}

static void
read_back(struct ks_store *store)
{
	struct ks_diag diag = {0};
	n_got = 0;
	SUCCEED(ks_store_each_behaviour(store, keep, NULL, &diag), diag);
}

Test(store_behaviour, runs_add_up)
{
	struct ks_store *const store = open_write(scratch("b.db"));
	send_behaviour(store, 1, 5, S2, 13);
	send_behaviour(store, 2, 9, D, 12);
	read_back(store);
	cr_assert(eq(sz, n_got, 2));
	const struct ks_store_behaviour *const flow = &got[OF_A].flow;
	const struct ks_addr a = addr(A), c = addr(C6);
	cr_assert(ks_addr_equal(&flow->source, &a));
	cr_assert(ks_addr_equal(&got[OF_C6].flow.source, &c));
	const uint64_t values[] = {
		flow->counts.queries,      flow->counts.successive,     flow->counts.closed,
		flow->counts.bursts,       flow->counts.failing_bursts, flow->counts.failing_queries,
		flow->counts.long_queries, flow->counts.halted_bursts,  flow->counts.pauses_over_life};
	static const uint64_t want[] = {40, 38, 36, 14, 12, 10, 8, 6, 4};
	for (size_t i = 0; i < KS_COUNT(want); i++)
		cr_expect(eq(u64, values[i], want[i]), "count %zu", i);
	cr_expect(eq(u64, flow->counts.max_waiting, 9), "the greatest, not the sum");
	const struct ks_search_counts *const searches = &flow->counts.searches;
	const struct ks_demand_sums *const demand = &flow->counts.demand;
	const uint64_t more[] = {searches->failing, searches->crowded, demand->windows, demand->x,
				 demand->y,         demand->xx,        demand->xy,      demand->yy};
	static const uint64_t want_more[] = {8, 2, 2, 4, 6, 8, 10, 12};
	for (size_t i = 0; i < KS_COUNT(want_more); i++)
		cr_expect(eq(u64, more[i], want_more[i]), "of searches and demand, %zu", i);
	cr_expect(eq(i64, searches->min_ns, 5000), "the least");
	cr_expect(eq(i64, flow->counts.last_requery_ns, NS(9)), "the last");
	cr_expect(eq(i64, got[OF_C6].flow.counts.searches.min_ns, 0), "none");
	cr_expect(eq(u64, flow->counts.gaps[7], 14));
	cr_expect(eq(u64, flow->counts.gaps[KS_GAP_CELLS - 1], 2));
	cr_expect(eq(u64, flow->counts.gaps[0], 0));
	cr_expect(eq(u64, flow->counts.pauses[0], 22));
	cr_expect(eq(u64, flow->counts.pauses[KS_PAUSE_CELLS - 1], 2));
	cr_expect(eq(u64, flow->counts.late[KS_LATE_CELLS - 1], 24));
	cr_expect(eq(u64, flow->counts.late[0], 0));
	cr_expect(eq(u64, flow->counts.clock[KS_CLOCK_CELLS - 1], 26));
	cr_expect(eq(u32, flow->servers.zone_servers, 13));
	static const uint64_t by_server[] = {20, 8, 8, 4};
	cr_assert(eq(sz, flow->servers.n, KS_COUNT(by_server)));
	for (size_t i = 0; i < KS_COUNT(by_server); i++)
		cr_expect(eq(u64, got[OF_A].queries[i], by_server[i]), "server %zu", i);
	cr_expect(eq(sz, got[OF_C6].flow.servers.n, 0));
	ks_store_close(store);
}

Test(store_behaviour, a_set_read_again_replaces_its_counts)
{
	struct ks_store *const store = open_write(scratch("b.db"));
	send_behaviour(store, 1, 5, S2, 13);
	send_behaviour(store, 1, 6, S2, 13);
	read_back(store);
	cr_assert(eq(u64, got[OF_A].flow.counts.queries, 20));
	cr_assert(eq(u64, got[OF_A].flow.counts.gaps[7], 6));
	ks_store_close(store);
}

static void
put_habits(struct ks_store *store)
{
	const struct ks_store_habit habits[] = {
		{.zone_id = 1,
		 .source = addr(A),
		 .memory_class = "30s",
		 .rfc9520 = "caches",
		 .verdict = {.sci = 0.75, .spray = 0.5, .coverage = 1, .median_gap_ms = 20.5},
		 .search = {.min_interval_s = 30.5},
		 .demand = {.per_query = 5, .slope = 4.5, .correlation = 0.5},
		 .halted_share = 0.25},
		{.zone_id = 1,
		 .source = addr(C6),
		 .verdict = {.sci = NAN, .spray = NAN, .coverage = NAN, .median_gap_ms = NAN}},
	};
	struct ks_diag diag = {0};
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	for (size_t i = 0; i < KS_COUNT(habits); i++)
		SUCCEED(ks_store_judge_habit(store, &habits[i], &diag), diag);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
}

Test(store_behaviour, habits_fill_their_columns_of_hitters_and_nobody_elses)
{
	struct ks_store *const store = open_write(scratch("b.db"));
	send_behaviour(store, 1, 5, S2, 13);
	put_habits(store);
	put_habits(store); /* replaces, does not clash */
	char *text = rows_text(store, "hitters", &(struct ks_query){0});
	cr_expect(strstr(text, "1|" A "|.|") == text, "%s", text);
	cr_expect(strstr(text, "|30s|0.75|0.5|20.5|") != NULL, "%s", text);
	cr_expect(strstr(text, "Z|20|30.5|caches|-|0\n") != NULL, "the root has no anchor of its own: %s",
		  text);
	const char *const others = strchr(text, '\n') + 1;
	const char *const c6 = strstr(others, C6), *const b = strstr(others, B);
	cr_expect(c6 != NULL && strstr(c6, "|-|-|-|-|") != NULL, "%s", text);
	cr_expect(b != NULL && strstr(b, "|-|-|-|-|") != NULL, "%s", text);
	free(text);
	text = rows_text(store, "hitters", &(struct ks_query){.by = "median_gap_ms", .limit = 1});
	cr_expect(strstr(text, A) != NULL, "%s", text);
	free(text);
	ks_store_close(store);
}

Test(store_behaviour, a_new_run_outdates_habits)
{
	struct ks_store *const store = open_write(scratch("b.db"));
	send_behaviour(store, 1, 5, S2, 13);
	put_habits(store);
	send_behaviour(store, 2, 5, S2, 13);
	char *const text = rows_text(store, "hitters", &(struct ks_query){0});
	cr_expect(strstr(text, "30s") == NULL, "%s", text);
	free(text);
	ks_store_close(store);
}

Test(store_behaviour, counts_that_somebody_made_up_stay_within_bounds)
{
	const char *const path = scratch("b.db");
	struct ks_store *store = open_write(path);
	send_behaviour(store, 1, 5, S2, 13);
	ks_store_close(store);
	sqlite3 *db;
	cr_assert(eq(int, sqlite3_open(path, &db), SQLITE_OK));
	cr_assert(eq(int,
		     sqlite3_exec(db,
				  "UPDATE behaviour_cell SET cell = 1000000 WHERE cell = 7;"
				  "UPDATE behaviour_cell SET cell = -1 WHERE kind = 'pause' AND cell = 0;"
				  "UPDATE behaviour_cell SET n = 0x7fffffffffffffff WHERE cell = 143;"
				  "UPDATE behaviour SET closed = -5;"
				  "UPDATE behaviour_server SET queries = -7 WHERE queries = 2",
				  NULL, NULL, NULL),
		     SQLITE_OK));
	sqlite3_close(db);
	store = open_write(path);
	read_back(store);
	const struct ks_behaviour_counts *const counts = &got[OF_A].flow.counts;
	cr_expect(eq(u64, counts->gaps[KS_GAP_CELLS - 1], UINT64_C(1) << 48));
	cr_expect(eq(u64, counts->gaps[7], 0));
	cr_expect(eq(u64, counts->pauses[0], 0));
	cr_expect(eq(u64, counts->closed, 0));
	cr_expect(eq(u64, got[OF_A].queries[2], 0));
	ks_store_close(store);
}
