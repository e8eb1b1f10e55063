/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reports keys, chain and denial: what the ledger makes of roles, islands and parameters. */
#include "tests/unit/store_feed.h"

TestSuite(store_chain, .fini = sweep);

enum { A_ = 1, SOA_ = 6, DS_ = 43, DNSKEY_ = 48, PARAM = 51, CDS_ = 59, ZSK_FLAGS = 256, KSK_FLAGS = 257 };

static struct ks_store *
begin(const char *name)
{
	struct ks_store *const store = open_write(scratch(name));
	send_run(store, 1);
	send_input(store, "a.pcap", 1, 1000);
	SEND(store, counter, .kind = KS_COUNTER_TOTAL, .name = "packets", .value = 100, .note = "n");
	SEND(store, ledger_name, .name = ROOT);
	SEND(store, ledger_name, .name = EXAMPLE);
	return store;
}

/* Chosen columns of a report, a row a line, NULL as "-". */
static void
rows_are(struct ks_store *store, const char *sql, const char *want)
{
	char text[8192] = "";
	size_t n = 0;
	sqlite3 *db;
	sqlite3_stmt *stmt;
	char path[160];
	(void)snprintf(path, sizeof(path), "%s/db", folder);
	(void)store;
	cr_assert(eq(int, sqlite3_open(path, &db), SQLITE_OK));
	cr_assert(eq(int, sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK), "%s", sqlite3_errmsg(db));
	while (sqlite3_step(stmt) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			const char *const value = (const char *)sqlite3_column_text(stmt, i);
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", value != NULL ? value : "-",
					      i + 1 < sqlite3_column_count(stmt) ? "|" : "\n");
		}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	text_is(text, want);
}

/* --- keys --- */

struct key {
	uint8_t id;
	uint16_t flags, tag;
	uint8_t protocol;
	bool unusable;
};

static void
send_key(struct ks_store *store, struct key key)
{
	SEND(store, key, .name = 1, .algorithm = 8, .identity = {key.id}, .flags = key.flags, .tag = key.tag,
	     .tag_revoked = (uint16_t)(key.tag + 128), .protocol = key.protocol, .bits = 2048,
	     .exponent = 65537, .unusable = key.unusable, .public_key = WIRE("k"), .sha1 = {key.id, 1},
	     .sha256 = {key.id, 2}, .sha384 = {key.id, 4}, .count = 3, .first_ns = NS(0), .last_ns = NS(10));
}

static void
send_signed(struct ks_store *store, uint16_t type, uint16_t tag, uint64_t good, uint64_t bogus)
{
	SEND(store, signature, .name = 1, .type = type, .tag = tag, .algorithm = 8, .inception_s = T0,
	     .expiration_s = T0 + 1000, .least_validity_s = 1000, .original_ttl_s = 10, .count = 1,
	     .good = good, .bogus = bogus, .bogus_why = bogus > 0 ? "no" : NULL, .first_ns = NS(0),
	     .last_ns = NS(10));
}

static void
send_ds(struct ks_store *store, uint16_t tag, uint8_t digest_type, uint8_t id)
{
	uint8_t digest[48] = {id, digest_type};
	const size_t n = digest_type == 1 ? 20 : digest_type == 2 ? 32 : 48;
	const struct ks_rrset_ds ds = {
		.tag = tag, .algorithm = 8, .digest_type = digest_type, .digest = {digest, n}};
	SEND(store, rrset, .name = 1, .type = DS_, .hash = {id, digest_type}, .n_records = 1,
	     .wire = WIRE("ds"), .ds = &ds, .n_ds = 1, .count = 1, .first_ns = NS(0), .last_ns = NS(0));
}

static void
send_seen(struct ks_store *store, uint16_t type, uint32_t number, uint32_t rrset, const char *signers,
	  int64_t to_s)
{
	SEND(store, rrset_seen, .name = 1, .type = type, .server = addr(S1), .authoritative = true,
	     .number = number, .rrset = rrset, .signers_known = signers != NULL, .signer_tags = signers,
	     .signer_algorithms = signers, .ttl_least_s = 60, .ttl_greatest_s = 60, .count = 1,
	     .first_ns = NS(to_s - 1), .last_ns = NS(to_s));
}

Test(store_chain, a_role_is_what_a_key_signs_and_never_its_sep_bit)
{
	struct ks_store *const store = begin("db");
	send_key(store, (struct key){1, ZSK_FLAGS, 100, 3, false}); /* signs keys without SEP */
	send_key(store, (struct key){2, KSK_FLAGS, 200, 3, false}); /* SEP, and signs data */
	send_key(store, (struct key){3, KSK_FLAGS, 300, 3, false}); /* signs everything */
	send_key(store, (struct key){4, KSK_FLAGS, 400, 3, false}); /* CDS alone says nothing */
	send_key(store, (struct key){5, KSK_FLAGS | 128, 500, 3, false});
	send_signed(store, DNSKEY_, 100, 1, 0);
	send_signed(store, CDS_, 100, 1, 0);
	send_signed(store, SOA_, 200, 1, 0);
	send_signed(store, A_, 200, 1, 0);
	send_signed(store, DNSKEY_, 300, 1, 0);
	send_signed(store, SOA_, 300, 1, 0);
	send_signed(store, CDS_, 400, 1, 0);
	send_end(store);
	rows_are(store, "SELECT tag, role, sep, revoked, signs, has_ds, warning FROM v_keys",
		 "100|ksk|0|0|DNSKEY CDS|-|-\n"
		 "200|zsk|1|0|A SOA|-|-\n"
		 "300|csk|1|0|SOA DNSKEY|-|-\n"
		 "400|-|1|0|CDS|-|-\n"
		 "500|-|1|1|-|-|-\n");
	ks_store_close(store);
}

Test(store_chain, keys_that_nobody_can_use_come_first)
{
	struct ks_store *const store = begin("db");
	send_key(store, (struct key){1, KSK_FLAGS, 100, 3, false});
	send_key(store, (struct key){2, KSK_FLAGS, 200, 3, true});
	send_key(store, (struct key){3, 1, 300, 3, false});
	send_key(store, (struct key){4, ZSK_FLAGS, 400, 2, false});
	send_key(store, (struct key){5, ZSK_FLAGS, 500, 3, false});
	send_key(store, (struct key){6, ZSK_FLAGS, 600, 3, false});
	send_key(store, (struct key){7, ZSK_FLAGS, 600, 3, false});
	send_signed(store, DNSKEY_, 100, 1, 1); /* one that fits is enough */
	send_signed(store, SOA_, 500, 0, 2);
	send_end(store);
	rows_are(store, "SELECT tag, warning FROM v_keys",
		 "200|UNUSABLE: not to be read as a key of algorithm 8\n"
		 "300|NO_ZONE: the ZONE flag is not set, validators pass it over\n"
		 "400|PROTOCOL: 2 instead of 3, validators pass it over\n"
		 "500|UNFIT: of its signatures that were checked none fits\n"
		 "600|COLLISION: 2 keys of the zone have this tag and algorithm\n"
		 "600|COLLISION: 2 keys of the zone have this tag and algorithm\n"
		 "100|-\n");
	ks_store_close(store);
}

Test(store_chain, a_ds_belongs_to_the_key_with_its_digest)
{
	static const struct {
		const char *what;
		uint8_t digest_type, id;
		const char *want;
	} rows[] = {
		{"SHA-1", 1, 1, "1|1\n2|0\n"},           {"SHA-256", 2, 1, "1|1\n2|0\n"},
		{"SHA-384", 4, 1, "1|1\n2|0\n"},         {"of another key with this tag", 2, 9, "1|0\n2|0\n"},
		{"nobody knows it", 3, 1, "1|-\n2|0\n"},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_store *const store = begin("db");
		send_key(store, (struct key){1, KSK_FLAGS, 1, 3, false});
		send_key(store, (struct key){2, KSK_FLAGS, 2, 3, false});
		send_ds(store, 1, rows[i].digest_type, rows[i].id);
		send_seen(store, DS_, 0, 0, "", 10);
		send_end(store);
		rows_are(store, "SELECT tag, has_ds FROM v_keys", rows[i].want);
		ks_store_close(store);
		sweep();
		folder[0] = '\0';
	}
}

/* --- chain --- */

/* Content 0: a KSK and, with `revoked`, its REVOKE set. */
static void
send_served(struct ks_store *store, const char *signers, bool revoked)
{
	const uint16_t flags = revoked ? KSK_FLAGS | 128 : KSK_FLAGS;
	const struct ks_rrset_key key = {.identity = {1}, .flags = flags, .tag = 1, .algorithm = 8};
	SEND(store, rrset, .name = 1, .type = DNSKEY_, .hash = {1}, .n_records = 1, .wire = WIRE("\0\1"),
	     .keys = &key, .n_keys = 1, .count = 1, .first_ns = NS(0), .last_ns = NS(0));
	send_key(store, (struct key){1, flags, 1, 3, false});
	send_seen(store, DNSKEY_, 0, 0, signers, 10);
}

static void
send_denial(struct ks_store *store)
{
	SEND(store, rrset, .name = 1, .type = DS_, .denial = KS_DENIAL_NSEC3, .hash = {77}, .n_records = 0,
	     .wire = WIRE(""), .count = 1, .first_ns = NS(0), .last_ns = NS(0));
}

Test(store_chain, an_island_is_signed_and_its_parent_denies_a_ds)
{
	static const struct {
		const char *what, *signers;
		bool denied, asked, revoked;
		uint8_t ds_id;
		const char *want;
	} rows[] = {
		{"nobody asked the parent", "1", false, false, false, 0, "unknown|-|-|1|-\n"},
		{"a DS fits", "1", false, true, false, 1, "linked|1|-|1|-\n"},
		{"none fits", "1", false, true, false, 2, "broken|1|-|1|BROKEN\n"},
		{"it fits a revoked key", "1", false, true, true, 1, "broken|1|-|1|BROKEN\n"},
		{"an island", "1", true, true, false, 0, "island|-|nsec3|1|ISLAND\n"},
		{"unsigned", "", true, true, false, 0, "insecure|-|nsec3|0|UNSIGNED\n"},
		{"nobody asked for signatures", NULL, true, true, false, 0, "insecure|-|nsec3|-|-\n"},
		{"signed by a key that is not there", "2", false, true, false, 1, "linked|1|-|1|STRANGER\n"},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_store *const store = begin("db");
		send_served(store, rows[i].signers, rows[i].revoked);
		if (rows[i].denied)
			send_denial(store);
		else if (rows[i].asked)
			send_ds(store, 1, 2, rows[i].ds_id);
		if (rows[i].asked)
			send_seen(store, DS_, 0, 1, "", 12);
		send_end(store);
		rows_are(store,
			 "SELECT link, ds, denied_by, signed, substr(warning, 1, instr(warning, ':') - 1)"
			 " FROM v_chain",
			 rows[i].want);
		ks_store_close(store);
		sweep();
		folder[0] = '\0';
	}
}

Test(store_chain, the_parents_last_word_counts)
{
	struct ks_store *const store = begin("db");
	send_served(store, "1", false);
	send_denial(store);
	send_ds(store, 1, 2, 1);
	send_seen(store, DS_, 0, 1, "", 12);
	send_seen(store, DS_, 1, 2, "", 20);
	send_end(store);
	rows_are(store, "SELECT zone, link, parent_last FROM v_chain",
		 "example.com.|linked|2026-11-21T22:47:20.000000Z\n");
	ks_store_close(store);
}

/* --- audit --- */

/* Validity of three times the TTL, and a day left when it was seen last, are just enough. */
Test(store_chain, signatures_pass_the_audit_at_three_times_the_ttl_and_a_day)
{
	enum { TTL = 100000, SEEN = T0 + 10 };
	static const struct {
		const char *what;
		int64_t validity_s, left_s;
		const char *want;
	} rows[] = {
		{"3.0 times", 300000, 200000, "pass\n"},
		{"2.9 times", 290000, 200000, "fail\n"},
		{"a day", 300000, 86400, "pass\n"},
		{"a second less", 300000, 86399, "fail\n"},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_store *const store = begin("db");
		send_served(store, "1", false);
		const int64_t end_s = SEEN + rows[i].left_s;
		SEND(store, signature, .name = 1, .type = SOA_, .tag = 1, .algorithm = 8,
		     .inception_s = end_s - rows[i].validity_s, .expiration_s = end_s,
		     .least_validity_s = rows[i].validity_s, .original_ttl_s = TTL, .count = 1, .good = 1,
		     .first_ns = NS(0), .last_ns = NS(10));
		send_end(store);
		rows_are(store, "SELECT result FROM v_audit LIMIT 1 OFFSET 1", rows[i].want);
		ks_store_close(store);
		sweep();
		folder[0] = '\0';
	}
}

/* --- denial --- */

static void
send_nsec3(struct ks_store *store, uint8_t hash_algorithm, uint16_t iterations, struct ks_span salt)
{
	SEND(store, nsec, .name = 1, .nsec3 = true, .hash_algorithm = hash_algorithm,
	     .iterations = iterations, .salt = salt, .count = 4, .opt_out = 1, .first_ns = NS(0),
	     .last_ns = NS(1));
}

Test(store_chain, iterations_up_to_fifty_are_a_warning_and_more_an_error)
{
	static const uint16_t iterations[] = {0, 1, 50, 51, 150, 65535};
	struct ks_store *const store = begin("db");
	for (size_t i = 0; i < KS_COUNT(iterations); i++)
		send_nsec3(store, 1, iterations[i], (struct ks_span){NULL, 0});
	send_nsec3(store, 2, 0, (struct ks_span){NULL, 0});
	send_nsec3(store, 1, 0, (struct ks_span){(const uint8_t *)"\xab\xcd", 2});
	SEND(store, nsec, .name = 0, .count = 7, .first_ns = NS(0), .last_ns = NS(1));
	/* NSEC3PARAM: length 8, SHA-1, no flags, 0x1234 iterations, a salt of three octets. */
	SEND(store, rrset, .name = 0, .type = PARAM, .hash = {5}, .n_records = 1,
	     .wire = {(const uint8_t *)"\0\10\1\0\x12\x34\3abc", 10}, .count = 2, .first_ns = NS(0),
	     .last_ns = NS(1));
	send_end(store);
	rows_are(store,
		 "SELECT zone, denial, level, hash_algorithm, iterations, salt_bytes, salt, opt_out_share,"
		 " substr(warning, 1, instr(warning, ':') - 1), records FROM v_denial",
		 ".|NSEC3PARAM|error|1|4660|3|616263|-|ITERATIONS|2\n"
		 "example.com.|NSEC3|error|1|51|0|-|0.25|ITERATIONS|4\n"
		 "example.com.|NSEC3|error|1|150|0|-|0.25|ITERATIONS|4\n"
		 "example.com.|NSEC3|error|1|65535|0|-|0.25|ITERATIONS|4\n"
		 "example.com.|NSEC3|error|2|0|0|-|0.25|HASH|4\n"
		 "example.com.|NSEC3|warning|1|1|0|-|0.25|ITERATIONS|4\n"
		 "example.com.|NSEC3|warning|1|50|0|-|0.25|ITERATIONS|4\n"
		 "example.com.|NSEC3|note|1|0|2|abcd|0.25|SALT|4\n"
		 ".|NSEC|-|-|-|-|-|-|-|7\n"
		 "example.com.|NSEC3|-|1|0|0|-|0.25|-|4\n");
	ks_store_close(store);
}
