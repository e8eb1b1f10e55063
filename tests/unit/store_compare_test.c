/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What one database says of itself when it is put beside another. */
#include "tests/unit/store_feed.h"

TestSuite(store_compare, .fini = sweep);

struct seen {
	size_t n;
	char zones[8][64];
	struct ks_store_rates rates[8];
};

static enum ks_error
see(void *arg, const struct ks_store_rates *rates, struct ks_diag *diag)
{
	struct seen *const seen = arg;
	(void)diag;
	cr_assert(lt(sz, seen->n, KS_COUNT(seen->rates)));
	(void)snprintf(seen->zones[seen->n], sizeof(seen->zones[0]), "%s",
		       rates->zone != NULL ? rates->zone : "-");
	seen->rates[seen->n++] = *rates;
	return KS_SUCCESS;
}

static struct seen
rates_of(struct ks_store *store, const char *zone, struct ks_store_covers *covers)
{
	struct seen seen = {0};
	struct ks_diag diag = {0};
	SUCCEED(ks_store_each_rates(store, zone, covers, see, &seen, &diag), diag);
	return seen;
}

/* A run over some seconds with a bin of one query more than its second for each of them; bins are 10 s wide.
 */
static void
send_span(struct ks_store *store, uint8_t hash, int64_t from_ns, int64_t to_ns, bool queries_only,
	  bool responses_only)
{
	struct ks_fact_run run = {.tool_version = "1",
				  .sensor = "",
				  .vantage = 'A',
				  .bin_s = 10,
				  .time_digits = 9,
				  .first_ns = from_ns,
				  .last_ns = to_ns,
				  .queries_only = queries_only,
				  .responses_only = responses_only};
	memset(run.set_hash, hash, sizeof(run.set_hash));
	struct ks_diag diag = {0};
	struct ks_sink *const sink = ks_store_sink(store);
	SUCCEED(sink->ops->begin(sink, &run, &diag), diag);
	send_input(store, "some.pcap", hash, 1000u * hash);
	SEND(store, zone, .name = ROOT, .answered = true, .dnskey_queries = 1);
	for (int64_t t_s = from_ns / KS_NS_PER_S / 10 * 10; t_s * KS_NS_PER_S <= to_ns; t_s += 10) {
		const uint64_t n = (uint64_t)(t_s - T0) / 10 + 1;
		SEND(store, zone_bin, .zone = 0, .t_s = t_s, .queries = n,
		     .cls = {[KS_RQ_HOT] = n - 1, [KS_RQ_FIRST] = 1}, .responses = n,
		     .response_dns_bytes = 100 * n);
		SEND(store, bin, .t_s = t_s, .server = addr(S1), .qtype = 48, .queries = n, .responses = n,
		     .response_dns_bytes = 100 * n);
		SEND(store, bin, .t_s = t_s, .server = addr(S1), .qtype = 1, .queries = 10, .responses = 10,
		     .response_dns_bytes = 50);
	}
	send_end(store);
}

Test(store_compare, edges_count_for_the_rate_but_not_for_the_scatter)
{
	struct ks_store *const store = open_write(scratch("a.db"));
	/* Bins 0 to 4, of which 1 to 3 are whole: T0 is a multiple of 10. */
	send_span(store, 1, NS(3), NS(45), false, false);
	struct ks_store_covers covers = {0};
	const struct seen seen = rates_of(store, NULL, &covers);
	cr_assert(eq(sz, seen.n, 2));
	text_is(seen.zones[0], "-");
	text_is(seen.zones[1], ".");
	cr_assert(epsilon_eq(dbl, covers.queries.seconds, 42, 1e-9));
	cr_assert(epsilon_eq(dbl, covers.queries.n_bins, 3, 0));
	const struct ks_store_rates *const root = &seen.rates[1];
	cr_assert(epsilon_eq(dbl, root->dnskey.sum, 1 + 2 + 3 + 4 + 5, 0));
	cr_assert(epsilon_eq(dbl, root->dnskey.inner, 2 + 3 + 4, 0));
	cr_assert(epsilon_eq(dbl, root->dnskey.inner_squares, 4 + 9 + 16, 0));
	cr_assert(epsilon_eq(dbl, root->response_bytes.sum, 1500, 0));
	cr_assert(epsilon_eq(dbl, root->requeries, 0 + 1 + 2 + 3 + 4, 0));
	cr_assert(epsilon_eq(dbl, root->classed, 15, 0));
	cr_assert(epsilon_eq(dbl, root->rr, 1 + 4 + 9, 0));
	cr_assert(epsilon_eq(dbl, root->rc, 2 + 6 + 12, 0));
	cr_assert(epsilon_eq(dbl, root->cc, 29, 0));
	cr_assert(epsilon_eq(dbl, seen.rates[0].queries.sum, 15 + 50, 0));
	cr_assert(epsilon_eq(dbl, seen.rates[0].dnskey.sum, 15, 0));
	cr_assert(epsilon_eq(dbl, seen.rates[0].response_bytes.sum, 1500 + 250, 0));
	ks_store_close(store);
}

Test(store_compare, time_between_runs_was_not_watched)
{
	struct ks_store *const store = open_write(scratch("a.db"));
	send_span(store, 1, NS(0), NS(20), false, false);
	send_span(store, 2, NS(10), NS(30), false, false);     /* overlaps: watched once, counted twice */
	send_span(store, 3, NS(1000), NS(1030), false, false); /* long after */
	struct ks_store_covers covers = {0};
	const struct seen seen = rates_of(store, NULL, &covers);
	cr_assert(epsilon_eq(dbl, covers.both.seconds, 60, 1e-9));
	cr_assert(epsilon_eq(dbl, covers.both.n_bins, 3 + 3, 0));
	/* Bins at 0 (1), 10 (2 + 2), 20 (3 + 3) and from 1000 on (101, 102, 103) lie inside; 30 and 1030 do
	 * not. */
	cr_assert(epsilon_eq(dbl, seen.rates[1].dnskey.inner, 1 + 4 + 6 + 101 + 102 + 103, 0));
	cr_assert(epsilon_eq(dbl, seen.rates[1].dnskey.inner_squares,
			     1 + 16 + 36 + 101 * 101 + 102 * 102 + 103 * 103, 0));
	cr_assert(epsilon_eq(dbl, seen.rates[1].dnskey.sum, 1 + 4 + 6 + 4 + 101 + 102 + 103 + 104, 0));
	ks_store_close(store);
}

Test(store_compare, runs_of_one_side_count_for_that_side)
{
	struct ks_store *const store = open_write(scratch("a.db"));
	send_span(store, 1, NS(0), NS(20), true, false);
	send_span(store, 2, NS(100), NS(130), false, true);
	struct ks_store_covers covers = {0};
	const struct seen seen = rates_of(store, NULL, &covers);
	cr_assert(epsilon_eq(dbl, covers.queries.seconds, 20, 1e-9));
	cr_assert(epsilon_eq(dbl, covers.responses.seconds, 30, 1e-9));
	cr_assert(zero(dbl, covers.both.seconds));
	cr_assert(epsilon_eq(dbl, seen.rates[1].dnskey.sum, 1 + 2 + 3, 0));
	cr_assert(epsilon_eq(dbl, seen.rates[1].response_bytes.sum, 100 * (11 + 12 + 13 + 14), 0));
	cr_assert(zero(dbl, seen.rates[1].classed));
	ks_store_close(store);
}

Test(store_compare, one_zone_alone_and_what_is_no_zone)
{
	struct ks_store *const store = filled();
	struct ks_store_covers covers;
	struct ks_diag diag = {0};
	struct seen seen = rates_of(store, NULL, &covers);
	cr_assert(eq(sz, seen.n, 4));
	seen = rates_of(store, "Example.COM", &covers);
	cr_assert(eq(sz, seen.n, 2));
	text_is(seen.zones[1], "example.com.");
	cr_assert(epsilon_eq(dbl, seen.rates[1].dnskey.sum, 30, 0));
	seen = rates_of(store, "nowhere", &covers);
	cr_assert(eq(sz, seen.n, 1));
	cr_assert(eq(int, ks_store_each_rates(store, "a..b", &covers, see, &seen, &diag), KS_ERR_USAGE));
	ks_store_close(store);
}

Test(store_compare, an_empty_database_says_nothing)
{
	struct ks_store *const store = open_write(scratch("a.db"));
	struct ks_store_covers covers = {0};
	struct ks_store_amplification amplification;
	struct ks_store_searches searches;
	struct ks_diag diag = {0};
	cr_assert(eq(sz, rates_of(store, NULL, &covers).n, 0));
	cr_assert(zero(dbl, covers.queries.seconds));
	SUCCEED(ks_store_read_amplification(store, &amplification, &diag), diag);
	cr_assert(zero(dbl, amplification.asked));
	SUCCEED(ks_store_read_searches(store, &searches, &diag), diag);
	cr_assert(not(searches.known));
	cr_assert(isnan(searches.dnskey_per_burst));
	ks_store_close(store);
}

/* --- offenders --- */

static enum ks_error
list_offender(void *arg, const struct ks_store_offender *offender, struct ks_diag *diag)
{
	char *const text = arg;
	(void)diag;
	(void)snprintf(text + strlen(text), 512 - strlen(text), "%s %s %llu\n", offender->zone,
		       offender->source, (unsigned long long)offender->queries);
	return KS_SUCCESS;
}

static enum ks_error
list_storms(void *arg, const struct ks_store_zone_storms *storms, struct ks_diag *diag)
{
	char *const text = arg;
	(void)diag;
	(void)snprintf(text + strlen(text), 512 - strlen(text), "%s %llu %g %g %d\n", storms->zone,
		       (unsigned long long)storms->n, storms->peak_qps, storms->uplift,
		       storms->uplift_is_lower_bound);
	return KS_SUCCESS;
}

Test(store_compare, offenders_and_storms_by_name)
{
	struct ks_store *const store = filled();
	struct ks_diag diag = {0};
	char text[512] = "";
	bool known = false;
	SUCCEED(ks_store_each_offender(store, NULL, &known, list_offender, text, &diag), diag);
	cr_assert(known);
	text_is(text, ". " A " 198\n");
	text[0] = '\0';
	SUCCEED(ks_store_each_offender(store, "example.com", &known, list_offender, text, &diag), diag);
	text_is(text, "");
	SUCCEED(ks_store_each_zone_storms(store, NULL, &known, list_storms, text, &diag), diag);
	cr_assert(known);
	text_is(text, ". 1 9 18.75 0\nexample.com. 1 3 nan 1\n");
	send_bare_run(store, 9, "z"); /* takes the judgements away */
	SUCCEED(ks_store_each_zone_storms(store, NULL, &known, list_storms, text, &diag), diag);
	cr_assert(not(known));
	ks_store_close(store);
}

Test(store_compare, a_source_without_queries_is_none_only_where_nothing_was_lost)
{
	struct ks_store *const store = filled(); /* its feed lost four sources */
	struct ks_diag diag = {0};
	double queries = -1;
	SUCCEED(ks_store_read_flow(store, ".", A, &queries, &diag), diag);
	cr_assert(epsilon_eq(dbl, queries, 198, 0));
	SUCCEED(ks_store_read_flow(store, ".", D, &queries, &diag), diag);
	cr_assert(isnan(queries));
	ks_store_close(store);

	struct ks_store *const whole = open_write(scratch("whole.db"));
	send_span(whole, 1, NS(0), NS(20), false, false);
	SUCCEED(ks_store_read_flow(whole, ".", D, &queries, &diag), diag);
	cr_assert(zero(dbl, queries));
	ks_store_close(whole);
}

/* --- what the offenders did --- */

Test(store_compare, searches_are_medians_over_offenders)
{
	struct ks_store *const store = open_write(scratch("a.db"));
	send_run(store, 1);
	send_input(store, "a.pcap", 1, 1000);
	static const struct {
		const char *ip;
		uint64_t dnskey, other, bursts, in_bursts;
	} rows[] = {{"192.0.2.1", 39, 100, 3, 39}, {"192.0.2.2", 16, 4, 3, 16}, {"192.0.2.3", 50, 10, 1, 50}};
	for (size_t i = 0; i < KS_COUNT(rows); i++)
		SEND(store, source, .source = addr(rows[i].ip), .queries = rows[i].dnskey + rows[i].other + 5,
		     .dnskey_queries = rows[i].dnskey, .ds_queries = 5, .first_ns = NS(0), .last_ns = NS(40));
	SEND(store, zone, .name = ROOT, .answered = true, .dnskey_queries = 105);
	for (size_t i = 0; i < KS_COUNT(rows); i++)
		SEND(store, flow, .zone = 0, .source = addr(rows[i].ip), .queries = rows[i].dnskey,
		     .cls = {[KS_RQ_HOT] = rows[i].dnskey}, .first_ns = NS(0), .last_ns = NS(40));
	for (size_t i = 0; i < KS_COUNT(rows); i++)
		SEND(store, behaviour, .zone = 0, .source = addr(rows[i].ip),
		     .counts = {.queries = rows[i].dnskey,
				.bursts = rows[i].bursts,
				.failing_bursts = rows[i].bursts,
				.failing_queries = rows[i].in_bursts});
	send_end(store);
	struct ks_store_searches searches;
	struct ks_diag diag = {0};
	SUCCEED(ks_store_read_searches(store, &searches, &diag), diag);
	cr_assert(searches.known);
	cr_assert(eq(u64, searches.offenders, 3));
	cr_assert(epsilon_eq(dbl, searches.dnskey_per_burst, 13, 1e-12)); /* of 13, 5.33, 50 */
	cr_assert(epsilon_eq(dbl, searches.dnskey_per_query, 4, 1e-12));  /* of 0.39, 4, 5 */
	cr_assert(isnan(searches.gap_ms));
	ks_store_close(store);
}
