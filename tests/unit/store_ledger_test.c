/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ledger in the store: facts of one and of two runs, and what the reports make of them. */
#include "tests/unit/store_feed.h"

TestSuite(store_ledger, .fini = sweep);

enum {
	END = T0 + 40,
	DAY = 86400,
	SOA = 6,
	DS = 43,
	DNSKEY = 48
}; /* END: second in which the capture ends */

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
rows_are(struct ks_store *store, const char *report, const struct ks_query *query, const char *want)
{
	char *const got = rows_text(store, report, query);
	text_is(got, want);
	free(got);
}

/* --- signatures --- */

struct validity {
	int64_t inception_s, expiration_s, first_s, last_s;
};

static void
send_signature(struct ks_store *store, uint16_t tag, struct validity at, uint64_t good, uint64_t bogus)
{
	SEND(store, signature, .name = 1, .type = DNSKEY, .tag = tag, .algorithm = 8,
	     .inception_s = at.inception_s, .expiration_s = at.expiration_s,
	     .least_validity_s = at.expiration_s - at.inception_s, .original_ttl_s = 1000, .count = 2,
	     .good = good, .bogus = bogus, .unknown = good + bogus == 0 ? 1 : 0,
	     .bogus_why = bogus > 0 ? "it does not fit" : NULL, .first_ns = at.first_s * KS_NS_PER_S,
	     .last_ns = at.last_s * KS_NS_PER_S);
}

/* "TAG REMAINING STATE VERIFIED" for each row. */
static char *
states(const char *path)
{
	static char text[4096];
	sqlite3 *db;
	sqlite3_stmt *stmt;
	text[0] = '\0';
	cr_assert(eq(int, sqlite3_open(path, &db), SQLITE_OK));
	cr_assert(eq(int,
		     sqlite3_prepare_v2(
			     db,
			     "SELECT signer_tag || ' ' || remaining_s || ' ' || state || ' ' || verified"
			     " || ' ' || count FROM v_signatures ORDER BY signer_tag, expiration",
			     -1, &stmt, NULL),
		     SQLITE_OK));
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const size_t n = strlen(text);
		(void)snprintf(text + n, sizeof(text) - n, "%s\n",
			       (const char *)sqlite3_column_text(stmt, 0));
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return text;
}

Test(store_ledger, states_of_signatures_at_their_edges)
{
	const char *const path = scratch("edges.db");
	struct ks_store *const store = open_write(path);
	begin_run(store, 1);
	send_signature(store, 1, (struct validity){END - DAY, END - 1, T0, END}, 1, 0);
	send_signature(store, 2, (struct validity){END - DAY, END, T0, END}, 1, 0);
	send_signature(store, 3, (struct validity){END - DAY, END + 7 * DAY - 1, T0, END}, 1, 1);
	send_signature(store, 4, (struct validity){END - DAY, END + 7 * DAY, T0, END}, 0, 0);
	send_signature(store, 5, (struct validity){END, END + 9 * DAY, T0, END}, 1, 0);
	send_signature(store, 6, (struct validity){END + 1, END + 9 * DAY, T0, END}, 1, 0);
	send_end(store);
	text_is(states(path), "1 -1 expired good 2\n"
			      "2 0 expiring good 2\n"
			      "3 604799 expiring bogus 2\n"
			      "4 604800 ok unknown 2\n"
			      "5 777600 ok good 2\n"
			      "6 777600 future good 2\n");
	ks_store_close(store);
}

/* One that was renewed in time is judged when it was seen last, so that it raises no alarm. */
Test(store_ledger, replaced_signatures_are_judged_when_they_were_seen_last)
{
	const char *const path = scratch("replaced.db");
	struct ks_store *const store = open_write(path);
	begin_run(store, 1);
	send_signature(store, 1, (struct validity){T0 - DAY, T0 + 20, T0, T0 + 10}, 1, 0);
	send_signature(store, 1, (struct validity){T0, END + 30 * DAY, T0 + 15, END}, 1, 0);
	send_signature(store, 2, (struct validity){T0 - DAY, T0 + 20, T0, T0 + 25}, 1, 0);
	send_signature(store, 2, (struct validity){T0, END + 30 * DAY, T0 + 30, END}, 1, 0);
	send_signature(store, 3, (struct validity){T0 - DAY, T0 + 20, T0, T0 + 10}, 1, 0);
	send_end(store);
	text_is(states(path), "1 10 expiring good 2\n"
			      "1 2592000 ok good 2\n"
			      "2 -5 expired good 2\n" /* it was still given when it had expired */
			      "2 2592000 ok good 2\n"
			      "3 -20 expired good 2\n"); /* nothing came in its place */
	ks_store_close(store);
}

Test(store_ledger, signatures_of_two_runs_add_up)
{
	const char *const path = scratch("two.db");
	struct ks_store *const store = open_write(path);
	const struct validity at = {END - DAY, END + 30 * DAY, T0, END};
	begin_run(store, 1);
	send_signature(store, 1, at, 0, 0);
	send_end(store);
	text_is(states(path), "1 2592000 ok unknown 2\n");
	begin_run(store, 2);
	send_signature(store, 1, at, 1, 0);
	send_end(store);
	text_is(states(path), "1 2592000 ok good 4\n");
	begin_run(store, 3);
	send_signature(store, 1, at, 0, 1);
	send_end(store);
	text_is(states(path), "1 2592000 ok bogus 6\n");
	rows_are(store, "signatures", &(struct ks_query){.zone = "."}, "");
	ks_store_close(store);
}

/* --- consistency --- */

static void
send_content(struct ks_store *store, uint16_t type, uint8_t hash, uint32_t serial)
{
	SEND(store, rrset, .name = 1, .type = type, .hash = {hash}, .n_records = 1, .wire = WIRE("\0\1"),
	     .soa_serial = serial, .count = 1, .first_ns = NS(0), .last_ns = NS(0));
}

struct period {
	uint16_t type;
	uint32_t number, rrset, ttl_s;
	const char *signers, *nsid;
	int64_t from_s, to_s;
};

static void
send_period(struct ks_store *store, const char *server, struct period period)
{
	const struct ks_span nsid = {(const uint8_t *)period.nsid, strlen(period.nsid)};
	SEND(store, rrset_seen, .name = 1, .type = period.type, .server = addr(server), .nsid = nsid,
	     .authoritative = true, .number = period.number, .rrset = period.rrset,
	     .signers_known = period.signers != NULL, .signer_tags = period.signers,
	     .signer_algorithms = period.signers, .ttl_least_s = period.ttl_s, .ttl_greatest_s = period.ttl_s,
	     .count = 1, .first_ns = NS(period.from_s), .last_ns = NS(period.to_s));
}

#define AT(seconds) "2026-11-21T22:47:" seconds ".000000Z"

Test(store_ledger, periods_of_one_content_are_one_row)
{
	struct ks_store *const store = open_write(scratch("periods.db"));
	begin_run(store, 1);
	send_content(store, DNSKEY, 0xaa, 0);
	send_content(store, DNSKEY, 0xbb, 0);
	send_content(store, SOA, 1, 2026112101);
	send_content(store, SOA, 2, 2026112102);
	const struct period periods[] = {
		{DNSKEY, 0, 0, 300, "1", "", 0, 1},  {DNSKEY, 1, 0, 60, "1", "", 2, 3}, /* another TTL */
		{DNSKEY, 2, 1, 60, "1", "", 4, 5},                                      /* other keys */
		{DNSKEY, 3, 0, 60, "1", "", 6, 7},                                      /* the first again */
		{DNSKEY, 4, 0, 60, "1 2", "", 8, 9},                                    /* other signers */
		{SOA, 0, 2, 60, "3", "", 0, 5},      {SOA, 1, 3, 60, "3", "", 7, 7},
	};
	for (size_t i = 0; i < KS_COUNT(periods); i++)
		send_period(store, S1, periods[i]);
	send_end(store);
	rows_are(store, "consistency", &(struct ks_query){0},
		 "example.com.|" S1 "|-|aa00000000000000|1|2026112101|" AT("00") "|" AT(
			 "03") "|2|2\n"
			       "example.com.|" S1 "|-|bb00000000000000|1|2026112101|" AT("04") "|" AT(
				       "05") "|1|2\n"
					     "example.com.|" S1 "|-|aa00000000000000|1|2026112102|" AT(
						     "06") "|" AT("07") "|1|2\n"
									"example.com.|" S1
									"|-|aa00000000000000|1 2|-|" AT(
										"08") "|" AT("09") "|1|2\n");
	ks_store_close(store);
}

/* A second run goes on where the first ended, whatever the numbers of its contents. */
Test(store_ledger, periods_go_on_in_the_next_run)
{
	struct ks_store *const store = open_write(scratch("runs.db"));
	begin_run(store, 1);
	send_content(store, DNSKEY, 0xaa, 0);
	send_period(store, S1, (struct period){DNSKEY, 0, 0, 60, "1", "", 0, 9});
	send_end(store);
	begin_run(store, 2);
	send_content(store, DNSKEY, 0xbb, 0);
	send_content(store, DNSKEY, 0xaa, 0);
	send_period(store, S1, (struct period){DNSKEY, 0, 1, 60, "1", "", 20, 25});
	send_period(store, S1, (struct period){DNSKEY, 1, 0, 60, "1", "", 26, 29});
	send_end(store);
	rows_are(store, "consistency", &(struct ks_query){0},
		 "example.com.|" S1 "|-|aa00000000000000|1|-|" AT("00") "|" AT(
			 "25") "|2|2\n"
			       "example.com.|" S1 "|-|bb00000000000000|1|-|" AT("26") "|" AT("29") "|1|2\n");
	rows_are(store, "consistency", &(struct ks_query){.has_from = true, .from_ns = NS(26)},
		 "example.com.|" S1 "|-|bb00000000000000|1|-|" AT("26") "|" AT("29") "|1|2\n");
	ks_store_close(store);
}

Test(store_ledger, servers_and_nsids_are_rows_of_their_own)
{
	struct ks_store *const store = open_write(scratch("nsids.db"));
	begin_run(store, 1);
	send_content(store, DNSKEY, 0xaa, 0);
	send_period(store, S1, (struct period){DNSKEY, 0, 0, 60, NULL, "ams1", 0, 1});
	send_period(store, S1, (struct period){DNSKEY, 0, 0, 60, "", "\1\377", 1, 2});
	send_period(store, S2, (struct period){DNSKEY, 0, 0, 60, "1", "' it is; --", 2, 3});
	send_end(store);
	rows_are(store, "consistency", &(struct ks_query){0},
		 "example.com.|" S1 "|ams1|aa00000000000000|-|-|" AT("00") "|" AT(
			 "01") "|1|1\n"
			       "example.com.|" S1 "|0x01ff|aa00000000000000||-|" AT("01") "|" AT(
				       "02") "|1|1\n"
					     "example.com.|" S2 "|' it is; --|aa00000000000000|1|-|" AT(
						     "02") "|" AT("03") "|1|1\n");
	rows_are(store, "consistency", &(struct ks_query){.has_server = true, .server = addr(S2)},
		 "example.com.|" S2 "|' it is; --|aa00000000000000|1|-|" AT("02") "|" AT("03") "|1|1\n");
	ks_store_close(store);
}

/* What caches give, and other types, say nothing of the servers' consistency. */
Test(store_ledger, only_authoritative_keys_are_compared)
{
	struct ks_store *const store = open_write(scratch("caches.db"));
	begin_run(store, 1);
	send_content(store, DNSKEY, 0xaa, 0);
	send_content(store, DS, 0xbb, 0);
	SEND(store, rrset_seen, .name = 1, .type = DNSKEY, .server = addr(S1), .rrset = 0, .signer_tags = "",
	     .signer_algorithms = "", .count = 1, .first_ns = NS(0), .last_ns = NS(0));
	send_period(store, S1, (struct period){DS, 0, 1, 60, "1", "", 0, 1});
	send_end(store);
	rows_are(store, "consistency", &(struct ks_query){0}, "");
	ks_store_close(store);
}

/* --- exhaustion, and what becomes of it all --- */

static void
send_exhaustion(struct ks_store *store, const char *server, uint64_t greatest)
{
	SEND(store, exhaustion, .name = 1, .kind = KS_EXHAUST_KEYS, .server = addr(server),
	     .greatest = greatest, .limit = 20, .responses = 3, .first_ns = NS(0), .last_ns = NS(1));
}

Test(store_ledger, exhaustion_keeps_the_worst)
{
	struct ks_store *const store = open_write(scratch("worst.db"));
	for (uint8_t run = 1; run <= 2; run++) {
		begin_run(store, run);
		send_exhaustion(store, S1, 20u + run);
		if (run == 1)
			send_exhaustion(store, S2, 21);
		send_end(store);
	}
	rows_are(store, "exhaustion", &(struct ks_query){0},
		 "example.com.|keys|22|20|6|" S1 "|" AT("00") "|" AT("01") "\n"
									   "example.com.|keys|21|20|3|" S2
									   "|" AT("00") "|" AT("01") "\n");
	ks_store_close(store);
}

static int64_t
number(const char *path, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	cr_assert(eq(int, sqlite3_open(path, &db), SQLITE_OK));
	cr_assert(eq(int, sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK), "%s", sqlite3_errmsg(db));
	cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
	const int64_t ret = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return ret;
}

/* Every table is read back; the run analyzed again takes its rows away, and the names that only it knew. */
Test(store_ledger, a_run_takes_its_ledger_with_it)
{
	static const char *const tables[] = {"ledger_name", "rrset",      "rrset_key",
					     "rrset_ds",    "rrset_seen", "dkey",
					     "signature",   "nsec",       "exhaustion"};
	const char *const path = scratch("gone.db");
	struct ks_store *const store = open_write(path);
	begin_run(store, 1);
	const struct ks_rrset_key key = {.identity = {7}, .flags = 257, .tag = 20326, .algorithm = 8};
	const struct ks_rrset_ds ds = {.tag = 20326, .algorithm = 8, .digest_type = 2, .digest = WIRE("abc")};
	SEND(store, rrset, .name = 1, .type = DNSKEY, .wire = WIRE("x"), .n_keys = 1, .keys = &key);
	SEND(store, rrset, .name = 1, .type = DS, .denial = KS_DENIAL_OPT_OUT, .wire = WIRE("y"), .n_ds = 1,
	     .ds = &ds);
	send_period(store, S1, (struct period){DNSKEY, 0, 0, 60, "1", "", 0, 1});
	SEND(store, key, .name = 1, .algorithm = 8, .identity = {7}, .flags = 257, .tag = 20326,
	     .tag_revoked = 20454, .bits = 0, .exponent = 65537, .count = 1);
	send_signature(store, 1, (struct validity){T0, END, T0, END}, 1, 0);
	SEND(store, nsec, .name = 1, .nsec3 = true, .iterations = 150, .salt = WIRE("s"), .count = 1);
	send_exhaustion(store, S1, 21);
	send_end(store);
	for (size_t i = 0; i < KS_COUNT(tables); i++) {
		char sql[64];
		(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", tables[i]);
		cr_expect(gt(i64, number(path, sql), 0), "%s", tables[i]);
	}
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM zone"), 2));
	cr_expect(eq(i64, number(path, "SELECT bits IS NULL AND exponent = 65537 FROM dkey"), 1));
	cr_expect(
		eq(i64,
		   number(path, "SELECT count(*) FROM rrset WHERE denial = 'opt-out' AND soa_serial IS NULL"),
		   1));
	cr_expect(eq(i64, number(path, "SELECT first_expired_ns IS NULL FROM signature"), 1));
	send_run(store, 1);
	send_input(store, "a.pcap", 1, 1000);
	SEND(store, counter, .kind = KS_COUNTER_TOTAL, .name = "packets", .value = 100, .note = "n");
	send_end(store);
	for (size_t i = 0; i < KS_COUNT(tables); i++) {
		char sql[64];
		(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", tables[i]);
		cr_expect(eq(i64, number(path, sql), 0), "%s", tables[i]);
	}
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM zone"), 0));
	ks_store_close(store);
}
