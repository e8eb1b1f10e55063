/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Zones out of the ledger, events and the calendar into the store, and what the reports make of them. */
#include "tests/unit/store_feed.h"

#include "store/store_p.h"

TestSuite(store_events, .fini = sweep);

enum { SOA = 6, DNSKEY = 48 };

static void
begin_run(struct ks_store *store, uint8_t hash)
{
	send_run(store, hash);
	send_input(store, "a.pcap", hash, hash * 1000u);
	SEND(store, counter, .kind = KS_COUNTER_TOTAL, .name = "packets", .value = 100, .note = "n");
	SEND(store, ledger_name, .name = ROOT);
	SEND(store, ledger_name, .name = EXAMPLE);
}

static void
send_keys(struct ks_store *store, uint8_t hash, uint16_t tag)
{
	const struct ks_rrset_key key = {.identity = {hash}, .flags = 257, .tag = tag, .algorithm = 13};
	SEND(store, rrset, .name = 1, .type = DNSKEY, .hash = {hash}, .n_records = 1, .wire = WIRE("\0\1"),
	     .keys = &key, .n_keys = 1, .count = 1, .first_ns = NS(0), .last_ns = NS(0));
}

struct period {
	const char *server, *nsid;
	uint32_t number, rrset;
	const char *signers;
	int64_t from_s, to_s;
	bool cached; /* not authoritative */
};

static void
send_period(struct ks_store *store, struct period period)
{
	const struct ks_span nsid = {(const uint8_t *)period.nsid, strlen(period.nsid)};
	SEND(store, rrset_seen, .name = 1, .type = DNSKEY, .server = addr(period.server), .nsid = nsid,
	     .authoritative = !period.cached, .number = period.number, .rrset = period.rrset,
	     .signers_known = period.signers != NULL, .signer_tags = period.signers,
	     .signer_algorithms = period.signers, .ttl_least_s = 60, .ttl_greatest_s = 60, .count = 1,
	     .first_ns = NS(period.from_s), .last_ns = NS(period.to_s));
}

/* "SERVER/NSID TAG signers FROM-TO; ..." of every zone. */
static enum ks_error
print_zone(void *arg, int64_t zone_id, const struct ks_zone_facts *facts, struct ks_diag *diag)
{
	char *const text = arg;
	size_t n = strlen(text);
	(void)zone_id;
	(void)diag;
	for (size_t i = 0; i < facts->n_seen; i++) {
		const struct ks_zone_seen *const seen = &facts->seen[i];
		const struct ks_zone_node *const node = &facts->nodes[seen->node];
		const struct ks_zone_content *const content = &facts->contents[seen->content];
		char server[KS_ADDR_TEXT];
		n += (size_t)sprintf(text + n, "%s/%.*s %d %s %lld-%lld; ",
				     ks_addr_print(&node->server, server), (int)node->nsid.n,
				     node->nsid.n != 0 ? (const char *)node->nsid.at : "",
				     content->n_keys == 1 ? content->keys[0].tag : -1,
				     seen->signer_tags != NULL ? seen->signer_tags : "?",
				     (long long)(seen->first_ns / KS_NS_PER_S - T0),
				     (long long)(seen->last_ns / KS_NS_PER_S - T0));
	}
	return KS_SUCCESS;
}

static const char *
zones(struct ks_store *store)
{
	static char text[4096];
	struct ks_diag diag = {0};
	text[0] = '\0';
	SUCCEED(ks_store_each_zone(store, print_zone, text, &diag), diag);
	return text;
}

Test(store_events, answers_with_and_without_the_servers_name_are_its_own)
{
	struct ks_store *const store = open_write(scratch("one.db"));
	begin_run(store, 1);
	send_keys(store, 0xaa, 1);
	send_keys(store, 0xbb, 2);
	send_period(store, (struct period){S1, "", 0, 0, "1", 0, 10, false});
	send_period(store, (struct period){S1, "", 1, 1, "2", 20, 30, false});
	send_period(store, (struct period){S1, "ams1", 0, 0, "1", 5, 12, false});
	send_period(store, (struct period){S1, "ams1", 1, 1, NULL, 18, 25, false});
	send_end(store);
	text_is(zones(store), S1 "/ams1 1 1 0-12; " S1 "/ams1 2 2 18-30; ");
	ks_store_close(store);
}

Test(store_events, of_two_names_nobody_knows_whose_the_nameless_answers_are)
{
	struct ks_store *const store = open_write(scratch("two.db"));
	begin_run(store, 1);
	send_keys(store, 0xaa, 1);
	send_period(store, (struct period){S1, "", 0, 0, "1", 0, 10, false});
	send_period(store, (struct period){S1, "ams1", 0, 0, "1", 1, 12, false});
	send_period(store, (struct period){S1, "fra2", 0, 0, "1", 2, 13, false});
	send_period(store, (struct period){S2, "ams1", 0, 0, "1", 3, 14, false});
	send_period(store, (struct period){S2, "", 0, 0, "1", 4, 15, true}); /* out of a cache */
	send_end(store);
	text_is(zones(store),
		S1 "/ 1 1 0-10; " S1 "/ams1 1 1 1-12; " S1 "/fra2 1 1 2-13; " S2 "/ams1 1 1 3-14; ");
	ks_store_close(store);
}

Test(store_events, a_content_is_one_in_all_runs)
{
	struct ks_store *const store = open_write(scratch("runs.db"));
	begin_run(store, 1);
	send_keys(store, 0xaa, 1);
	send_period(store, (struct period){S1, "", 0, 0, "1", 0, 10, false});
	send_end(store);
	begin_run(store, 2);
	send_keys(store, 0xbb, 2);
	send_keys(store, 0xaa, 1);
	send_period(store, (struct period){S1, "", 0, 1, "1", 20, 25, false});
	send_period(store, (struct period){S1, "", 1, 0, "2", 30, 39, false});
	send_end(store);
	text_is(zones(store), S1 "/ 1 1 0-25; " S1 "/ 2 2 30-39; ");
	ks_store_close(store);
}

/* --- events --- */

static const char *
only_seen(struct ks_store *store)
{
	static char text[4096];
	char *const rows = rows_text(
		store, "rollovers",
		&(struct ks_query){.has_from = true, .from_ns = NS(0), .has_to = true, .to_ns = NS(100)});
	(void)snprintf(text, sizeof(text), "%s", rows);
	free(rows);
	return text;
}

static void
put_event(struct ks_store *store, int64_t *ret_id)
{
	struct ks_store_event fact = {
		.zone_id = 2,
		.event = {.kind = KS_EVENT_KEY_ADDED,
			  .t_ns = NS(5) + 250000000,
			  .before_ns = NS(3),
			  .all_ns = NS(7),
			  .servers = 3,
			  .algorithm = 13,
			  .tag = 0,
			  .has_key = true,
			  .identity = {0xde, 0xad, 0xbe, 0xef, 1},
			  .phase = "ksk-publish",
			  .warning = "TOO_EARLY: said"},
		.has_server = true,
		.server = addr(S2),
		.nsid = {1, 0xff},
		.n_nsid = 2,
	};
	struct ks_diag diag = {0};
	SUCCEED(ks_store_judge_event(store, &fact, ret_id, &diag), diag);
	fact = (struct ks_store_event){.zone_id = 2,
				       .event = {.kind = KS_EVENT_SIG_FUTURE,
						 .t_ns = NS(6),
						 .before_ns = KS_TIME_UNKNOWN,
						 .all_ns = NS(6),
						 .algorithm = -1,
						 .tag = KS_TAG_NONE}};
	SUCCEED(ks_store_judge_event(store, &fact, NULL, &diag), diag);
}

Test(store_events, what_is_not_known_is_null)
{
	struct ks_store *const store = open_write(scratch("events.db"));
	struct ks_diag diag = {0};
	int64_t id;
	begin_run(store, 1);
	send_end(store);
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	put_event(store, &id);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	text_is(only_seen(store),
		"example.com.|2026-11-21T22:47:05.250000Z|KEY_ADDED|13|0|deadbeef|" S2 "|0x01ff|ksk-publish|"
		"TOO_EARLY: said|seen|2026-11-21T22:47:03.000000Z|2026-11-21T22:47:07.000000Z|3|-|-\n"
		"example.com.|2026-11-21T22:47:06.000000Z|SIG_FUTURE|-|-|-|-|-|-|-|seen|-|2026-11-21T22:47:"
		"06.000000Z|-|-|-\n");
	ks_store_close(store);
}

Test(store_events, a_storm_knows_what_came_before_it)
{
	struct ks_store *const store = open_write(scratch("storms.db"));
	const struct ks_store_storm storm = {
		.zone_id = 2, .start_s = T0 + 10, .end_s = T0 + 30, .peak_qps = 5, .queries = 40};
	struct ks_diag diag = {0};
	int64_t id;
	begin_run(store, 1);
	SEND(store, bin, .t_s = T0, .server = addr(S1), .qtype = DNSKEY, .queries = 10);
	SEND(store, bin, .t_s = T0 + 10, .server = addr(S1), .qtype = DNSKEY, .queries = 60);
	SEND(store, zone, .name = EXAMPLE, .answered = true, .dnskey_queries = 45);
	SEND(store, zone_bin, .zone = 0, .t_s = T0, .queries = 5, .sources_new = 1);
	SEND(store, zone_bin, .zone = 0, .t_s = T0 + 10, .queries = 40, .sources_new = 4);
	send_end(store);
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	SUCCEED(ks_store_judge_storm(store, &storm, &diag), diag);
	put_event(store, &id);
	SUCCEED(ks_store_judge_trigger(store, &storm, id, 4.75, 17.0, &diag), diag);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	ks_store_close(store);

	sqlite3 *db;
	sqlite3_stmt *stmt;
	cr_assert(eq(int, sqlite3_open(scratch("storms.db"), &db), SQLITE_OK));
	cr_assert(eq(int,
		     sqlite3_prepare_v2(db,
					"SELECT \"trigger\", lag_s, lag_most_s, new_offenders, "
					"share_of_increase, growth FROM storm_cause",
					-1, &stmt, NULL),
		     SQLITE_OK));
	cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
	cr_expect_str_eq((const char *)sqlite3_column_text(stmt, 0), "KEY_ADDED 0");
	cr_expect_float_eq(sqlite3_column_double(stmt, 1), 4.75, 1e-9);
	cr_expect_float_eq(sqlite3_column_double(stmt, 2), 17.0, 1e-9);
	cr_expect(eq(int, sqlite3_column_int(stmt, 3), 5)); /* the event fell into the first bin */
	/* Of the zone 0.5 to 2 q/s, of all 1 to 3. */
	cr_expect_float_eq(sqlite3_column_double(stmt, 4), 0.75, 1e-9);
	cr_expect(eq(int, sqlite3_column_type(stmt, 5), SQLITE_NULL));
	cr_expect(eq(int, sqlite3_step(stmt), SQLITE_DONE));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

Test(store_events, what_was_left_out_stands_in_quality)
{
	struct ks_store *const store = open_write(scratch("rest.db"));
	struct ks_diag diag = {0};
	begin_run(store, 1);
	send_end(store);
	for (uint64_t n = 0; n <= 3; n += 3) {
		SUCCEED(ks_store_judge_begin(store, &diag), diag);
		SUCCEED(ks_store_judge_rest(store, n, n, &diag), diag);
		SUCCEED(ks_store_judge_end(store, &diag), diag);
		char *const rows = rows_text(store, "quality", &(struct ks_query){0});
		cr_expect(eq(int, strstr(rows, "events_left_out|3|") != NULL, n > 0), "%s", rows);
		cr_expect(eq(int, strstr(rows, "zones_judged_in_part|3|") != NULL, n > 0), "%s", rows);
		free(rows);
	}
	ks_store_close(store);
}

/* --- what came before storms --- */

static void
put_candidate(struct ks_store *store, const struct ks_store_storm *storm, size_t place, int64_t event_id,
	      struct ks_span zone, unsigned above)
{
	const struct ks_store_candidate candidate = {
		.place = place,
		.event_id = event_id,
		.zone = zone,
		.above = above,
		.kind = place == 3 ? KS_EVENT_KEY_REVOKED : KS_EVENT_KEY_REMOVED,
		.tag = place == 2 ? -1 : 7,
		.planned = place == 3,
		.lag_s = (double)place,
		.lag_most_s = place == 1 ? 12.5 : (double)NAN,
	};
	struct ks_diag diag = {0};
	SUCCEED(ks_store_judge_candidate(store, storm, &candidate, &diag), diag);
}

static const char *
caveats(struct ks_store *store)
{
	static char text[2048];
	struct ks_store_head head = {0};
	struct ks_diag diag = {0};
	SUCCEED(ks_store_read_caveats(store, "storms", &head, &diag), diag);
	text[0] = '\0';
	for (size_t i = 0; i < head.n_caveats; i++) {
		const size_t n = strlen(text);
		(void)snprintf(text + n, sizeof(text) - n, "%s\n", head.caveats[i]);
	}
	return text;
}

/* A run that met one zone, about to be judged. */
static void
judge_one_zone(struct ks_store *store)
{
	struct ks_diag diag = {0};
	begin_run(store, 1);
	SEND(store, zone, .name = EXAMPLE, .answered = true, .dnskey_queries = 45);
	send_end(store);
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
}

/* More than wait for one statement. */
Test(store_events, any_number_of_candidates_is_kept)
{
	enum { STORMS = 6, EACH = 8 };
	struct ks_store *const store = open_write(scratch("many.db"));
	struct ks_store_storm storm = {.zone_id = 1, .end_s = T0 + 900};
	struct ks_diag diag = {0};
	int64_t id;
	judge_one_zone(store);
	put_event(store, &id);
	for (int i = 0; i < STORMS; i++) {
		storm.start_s = T0 + 60 * i;
		SUCCEED(ks_store_judge_storm(store, &storm, &diag), diag);
	}
	for (int i = 0; i < STORMS * EACH; i++) {
		storm.start_s = T0 + 60 * (i / EACH);
		put_candidate(store, &storm, (size_t)(i % EACH) + 1, id, EXAMPLE, 0);
	}
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	int64_t n = 0;
	SUCCEED(ks_sql_number(store, "SELECT count(*) FROM storm_candidate JOIN storm USING (storm_id)", &n,
			      &diag),
		diag);
	cr_expect(eq(i64, n, STORMS * EACH));
	ks_store_close(store);
}

Test(store_events, a_storm_has_a_trigger_and_others_or_a_caveat)
{
	struct ks_store *const store = open_write(scratch("db"));
	struct ks_store_storm storm = {
		.zone_id = 2, .start_s = T0 + 10, .end_s = T0 + 30, .peak_qps = 5, .queries = 40};
	struct ks_diag diag = {0};
	int64_t id;
	judge_one_zone(store);
	SUCCEED(ks_store_judge_storm(store, &storm, &diag), diag);
	put_event(store, &id);
	put_candidate(store, &storm, 1, id, EXAMPLE, 0);
	put_candidate(store, &storm, 2, id + 1, ROOT, 2);
	put_candidate(store, &storm, 3, 0, EXAMPLE, 0);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	sqlite3 *db;
	sqlite3_stmt *stmt;
	cr_assert(eq(int, sqlite3_open(scratch("db"), &db), SQLITE_OK));
	cr_assert(eq(int,
		     sqlite3_prepare_v2(db,
					"SELECT \"trigger\" || '|' || lag_s || '|' || lag_most_s || '|' || "
					"trigger_zone || '|' || trigger_source || '|' || other_triggers "
					"FROM v_storms",
					-1, &stmt, NULL),
		     SQLITE_OK));
	cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
	cr_expect_str_eq((const char *)sqlite3_column_text(stmt, 0),
			 "KEY_REMOVED 7|1.0|12.5|example.com.|seen|KEY_REMOVED of .; "
			 "KEY_REVOKED 7 (calendar, planned)");
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	text_is(caveats(store), "");

	/* Without any: nobody saw the keys, or nothing happened to them, or it began before. */
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	SUCCEED(ks_store_judge_storm(store, &storm, &diag), diag);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	text_is(caveats(store),
		"no trigger is known for example.com.: its keys are in no answer that was captured\n");
	begin_run(store, 2);
	send_keys(store, 0xaa, 1);
	send_period(store, (struct period){S1, "", 0, 0, "1", 0, 10, false});
	send_end(store);
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	SUCCEED(ks_store_judge_storm(store, &storm, &diag), diag);
	storm.start_s = T0;
	storm.began_before = true;
	SUCCEED(ks_store_judge_storm(store, &storm, &diag), diag);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	text_is(caveats(store),
		"no trigger was seen for example.com.: nothing happened to its keys or DS, to those of the "
		"zones above or in the calendar, shortly before the storm\n"
		"no trigger is known for example.com.: the storm was on before the capture\n");
	ks_store_close(store);
}

Test(store_events, zones_above_and_steps_are_found_by_name_and_time)
{
	struct ks_store *const store = open_write(scratch("above.db"));
	const struct ks_milestone list[] = {
		{EXAMPLE, NS(10), KS_EVENT_DS_ADDED, 5, false, ""},
		{EXAMPLE, NS(20), KS_EVENT_DS_REMOVED, KS_TAG_UNKNOWN, true, ""},
		{EXAMPLE, NS(30), KS_EVENT_KEY_ADDED, 6, false, ""},
		{ROOT, NS(15), KS_EVENT_KEY_ADDED, 7, false, ""},
	};
	struct ks_diag diag = {0};
	uint8_t name[KS_NAME_MAX];
	size_t n;
	int64_t id;
	struct ks_milestone found[2];
	begin_run(store, 1);
	send_end(store);
	SUCCEED(ks_store_zone_name(store, 2, name, &n, &diag), diag);
	cr_expect(n == EXAMPLE.n && memcmp(name, EXAMPLE.at, n) == 0);
	SUCCEED(ks_store_zone_name(store, 99, name, &n, &diag), diag);
	cr_expect(eq(sz, n, 0));
	SUCCEED(ks_store_zone_id(store, EXAMPLE, &id, &diag), diag);
	cr_expect(eq(i64, id, 2));
	SUCCEED(ks_store_zone_id(store, WIRE("\3com"), &id, &diag), diag);
	cr_expect(eq(i64, id, 0));
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	SUCCEED(ks_store_judge_calendar(store, list, KS_COUNT(list), &diag), diag);
	SUCCEED(ks_store_milestones(store, EXAMPLE, NS(10), NS(30), found, 2, &n, &diag), diag);
	cr_assert(eq(sz, n, 2));
	cr_expect(found[0].event == KS_EVENT_DS_REMOVED && found[0].planned &&
		  found[0].tag == KS_TAG_UNKNOWN);
	cr_expect(found[1].event == KS_EVENT_DS_ADDED && !found[1].planned && found[1].tag == 5);
	cr_expect(eq(i64, found[1].t_ns, NS(10)));
	SUCCEED(ks_store_milestones(store, EXAMPLE, NS(0), NS(90), found, 1, &n, &diag), diag);
	cr_assert(eq(sz, n, 1));
	cr_expect(found[0].event == KS_EVENT_KEY_ADDED, "the latest stays");
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	ks_store_close(store);
}

/* --- the calendar --- */

static const char *
calendar(struct ks_store *store)
{
	static char text[4096];
	char *const rows =
		rows_text(store, "rollovers", &(struct ks_query){.has_from = true, .from_ns = NS(0)});
	(void)snprintf(text, sizeof(text), "%s", rows);
	free(rows);
	return text;
}

#define OWN_LAST                                                                                             \
	".|2027-01-11T00:00:00.000000Z|KEY_REVOKED|-|20326|-|-|-|-|-|calendar|-|-|-|-|planned: root KSK "    \
	"20326 revoked\n"

Test(store_events, a_calendar_replaces_the_one_before_and_hides_what_the_program_knows)
{
	static const uint8_t root[] = {0};
	const struct ks_milestone first[] = {
		{{root, 1},
		 INT64_C(1799676000) * KS_NS_PER_S,
		 KS_EVENT_KEY_REVOKED,
		 20326,
		 false,
		 "at 14:00"},
		{EXAMPLE, NS(60), KS_EVENT_DS_ADDED, KS_TAG_UNKNOWN, false, ""},
		{EXAMPLE, NS(60), KS_EVENT_DS_ADDED, KS_TAG_UNKNOWN, false, "twice is once"},
	};
	struct ks_store *const store = open_write(scratch("calendar.db"));
	struct ks_diag diag = {0};
	begin_run(store, 1);
	send_end(store);
	text_is(calendar(store), OWN_LAST);
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	SUCCEED(ks_store_judge_calendar(store, first, KS_COUNT(first), &diag), diag);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	const char *const both =
		"example.com.|2026-11-21T22:48:00.000000Z|DS_ADDED|-|-|-|-|-|-|-|calendar|-|-|-|-|twice is "
		"once\n"
		".|2027-01-11T14:00:00.000000Z|KEY_REVOKED|-|20326|-|-|-|-|-|calendar|-|-|-|-|at 14:00\n";
	text_is(calendar(store), both);
	begin_run(store, 2); /* facts change, judgements go, the calendar stays */
	send_end(store);
	text_is(calendar(store), both);
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	SUCCEED(ks_store_judge_calendar(store, NULL, 0, &diag), diag);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	text_is(calendar(store), OWN_LAST);
	ks_store_close(store);
}

Test(store_events, new_facts_take_the_events_away)
{
	struct ks_store *const store = open_write(scratch("gone.db"));
	struct ks_diag diag = {0};
	int64_t id;
	begin_run(store, 1);
	send_end(store);
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	put_event(store, &id);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	begin_run(store, 2);
	send_end(store);
	text_is(only_seen(store), "");
	ks_store_close(store);
}
