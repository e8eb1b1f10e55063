/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ledger: what is one content and what another, periods, signatures that wait for keys, denials of DS,
 * and the bounds. Fed as a shard is, read as a sink is. */
#include "analyzer/ledger.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "analyzer/shard.h"
#include "dissect/signal.h"
#include "tests/support/signed.h"

enum { MANY = 200, NOW = 1795300000, DNSKEY = KS_TYPE_DNSKEY, AA = 0x8400, REFERRAL = 0x8000 };

/* --- facts --- */

static struct {
	size_t n_rrsets, n_seen, n_keys, n_signatures, n_nsecs, n_exhaustions;
	struct ks_fact_rrset rrsets[MANY];
	struct ks_fact_rrset_seen seen[MANY];
	struct ks_fact_key keys[MANY];
	struct ks_fact_signature signatures[MANY];
	struct ks_fact_nsec nsecs[MANY];
	struct ks_fact_exhaustion exhaustions[MANY];
	char tags[MANY][64], algorithms[MANY][64];
} got;

static enum ks_error
drop_name(struct ks_sink *sink, const struct ks_fact_ledger_name *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	cr_assert(fact->name.n > 0);
	return KS_SUCCESS;
}

#define KEEP(kind, list)                                                                                     \
	static enum ks_error keep_##kind(struct ks_sink *sink, const struct ks_fact_##kind *fact,            \
					 struct ks_diag *diag)                                               \
	{                                                                                                    \
		(void)sink;                                                                                  \
		(void)diag;                                                                                  \
		got.list[got.n_##list++ % MANY] = *fact;                                                     \
		return KS_SUCCESS;                                                                           \
	}
KEEP(rrset, rrsets)
KEEP(key, keys)
KEEP(signature, signatures)
KEEP(nsec, nsecs)
KEEP(exhaustion, exhaustions)

static enum ks_error
keep_seen(struct ks_sink *sink, const struct ks_fact_rrset_seen *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	const size_t i = got.n_seen++ % MANY;
	got.seen[i] = *fact;
	(void)snprintf(got.tags[i], sizeof(got.tags[i]), "%s", fact->signer_tags);
	(void)snprintf(got.algorithms[i], sizeof(got.algorithms[i]), "%s", fact->signer_algorithms);
	return KS_SUCCESS;
}

static const struct ks_sink_ops ops = {
	.ledger_name = drop_name,
	.rrset = keep_rrset,
	.rrset_seen = keep_seen,
	.key = keep_key,
	.signature = keep_signature,
	.nsec = keep_nsec,
	.exhaustion = keep_exhaustion,
};

/* --- traffic --- */

static struct ks_shard shard;

static void
begin(size_t memory_bytes)
{
	static const struct ks_secret secret = {.a = 11, .b = 13};
	struct ks_diag diag;
	cr_assert(eq(int, ks_shard_init(&shard, memory_bytes, 1, &secret, &diag), KS_SUCCESS));
}

static void
freeze(void)
{
	struct ks_sink sink = {.ops = &ops};
	struct ks_diag diag;
	memset(&got, 0, sizeof(got));
	cr_assert(eq(int, ks_shard_freeze_ledger(&shard, &sink, &diag), KS_SUCCESS));
}

static void
done(void)
{
	ks_shard_done(&shard);
}

/* The message as server 198.18.0.`server` sends it `t_s` seconds from NOW. */
static void
hear(const struct ks_wire *wire, unsigned server, int64_t t_s)
{
	struct ks_message message = {
		.time_ns = (NOW + t_s) * KS_NS_PER_S,
		.client = ks_addr_from_v4((const uint8_t[4]){198, 19, 0, 1}),
		.server = ks_addr_from_v4((const uint8_t[4]){198, 18, 0, (uint8_t)server}),
		.server_port = 53,
		.len = (uint32_t)wire->n,
		.bytes = {wire->b, wire->n},
	};
	cr_assert(eq(int, ks_dns_read(wire->b, wire->n, wire->n, &message.dns), KS_DNS));
	ks_shard_message(&shard, &message);
}

/* A DS answer for x. with one digest, of octets `value`; unsigned, DO not set. */
static void
hear_ds(unsigned value, uint32_t ttl, unsigned flags, unsigned server, int64_t t_s)
{
	struct ks_wire wire = {0};
	ks_wire_header(&wire, 1, flags, 1, 1, 0, 0);
	ks_wire_question(&wire, "x.", KS_TYPE_DS);
	ks_wire_rr(&wire, NULL, KS_TYPE_DS, 1, ttl, 8);
	ks_wire_u32(&wire, 0x4f660802);
	ks_wire_u32(&wire, value);
	hear(&wire, server, t_s);
}

static ldns_rr_list *
list_of(const char *text)
{
	ldns_rr_list *const list = ldns_rr_list_new();
	if (text != NULL)
		ldns_rr_list_push_rr(list, ks_signed_rr(text));
	return list;
}

/* A zone of one key, which signs all. */
struct zone {
	const char *name;
	ldns_key *key;
	ldns_rr_list *keys; /* DNSKEY RRset and its signature */
};

static struct zone
zone_of(const char *name)
{
	struct zone zone = {.name = name, .keys = ldns_rr_list_new()};
	zone.key = ks_signed_key(name, LDNS_SIGN_ED25519, 256, 257);
	ldns_rr_list_push_rr(zone.keys, ks_signed_dnskey(zone.key));
	ks_signed_sign(zone.keys, zone.key);
	return zone;
}

static void
zone_free(struct zone *zone)
{
	ldns_rr_list_deep_free(zone->keys);
	ldns_key_deep_free(zone->key);
}

static void
hear_keys(const struct zone *zone, unsigned server, int64_t t_s)
{
	struct ks_wire wire;
	ks_signed_message(&wire, zone->name, DNSKEY, AA, zone->keys, NULL);
	hear(&wire, server, t_s);
}

/* An answer with the record and its signature by `key`. */
static void
hear_signed(const char *text, ldns_key *key, unsigned qtype, int64_t t_s)
{
	struct ks_wire wire;
	ldns_rr_list *const list = list_of(text);
	ks_signed_sign(list, key);
	ks_signed_message(&wire, "q.", qtype, AA, list, NULL);
	hear(&wire, 1, t_s);
	ldns_rr_list_deep_free(list);
}

/* --- contents and periods --- */

Test(ledger, order_case_and_ttl_make_no_new_content)
{
	begin(64 << 20);
	for (unsigned i = 0; i < 4; i++) {
		struct ks_wire wire = {0};
		ks_wire_header(&wire, 1, 0x8080, 1, 2, 0, 0); /* from a cache: RA, not AA */
		ks_wire_question(&wire, "example.", KS_TYPE_DS);
		for (unsigned j = 0; j < 2; j++) {
			ks_wire_rr(&wire, (i & 1) != 0 ? "EXAMPLE." : NULL, KS_TYPE_DS, 1, 300 - 10 * i, 8);
			ks_wire_u32(&wire, 0x4f660802);
			ks_wire_u32(&wire, (i & 2) != 0 ? j : 1 - j);
		}
		hear(&wire, 1, i);
	}
	freeze();
	cr_assert(eq(sz, got.n_rrsets, 1));
	cr_expect(eq(u64, got.rrsets[0].count, 4));
	cr_expect(eq(u32, got.rrsets[0].n_records, 2));
	cr_expect(eq(sz, got.rrsets[0].n_ds, 2));
	cr_assert(eq(sz, got.n_seen, 1));
	cr_expect(not(got.seen[0].authoritative));
	cr_expect(not(got.seen[0].signers_known));
	cr_expect(eq(u32, got.seen[0].ttl_least_s, 270));
	cr_expect(eq(u32, got.seen[0].ttl_greatest_s, 300));
	cr_expect(eq(i64, got.seen[0].last_ns - got.seen[0].first_ns, 3 * KS_NS_PER_S));
	done();
}

Test(ledger, another_ttl_in_authoritative_answers_begins_a_period)
{
	begin(64 << 20);
	hear_ds(1, 300, AA, 1, 0);
	hear_ds(1, 300, AA, 1, 1);
	hear_ds(1, 60, AA, 1, 2);
	freeze();
	cr_assert(eq(sz, got.n_rrsets, 1));
	cr_assert(eq(sz, got.n_seen, 2));
	cr_expect(eq(u32, got.seen[0].ttl_greatest_s, 300));
	cr_expect(eq(u32, got.seen[1].ttl_least_s, 60));
	cr_expect(eq(u32, got.seen[1].rrset, got.seen[0].rrset));
	done();
}

Test(ledger, a_content_that_comes_back_is_a_period_of_its_own)
{
	begin(64 << 20);
	const unsigned values[] = {1, 1, 2, 2, 1};
	for (unsigned i = 0; i < 5; i++)
		hear_ds(values[i], 60, AA, 1, i);
	freeze();
	cr_assert(eq(sz, got.n_rrsets, 2));
	cr_assert(eq(sz, got.n_seen, 3));
	for (unsigned i = 0; i < 3; i++)
		cr_expect(eq(u32, got.seen[i].number, i));
	cr_expect(eq(u32, got.seen[0].rrset, got.seen[2].rrset));
	cr_expect(eq(i64, got.seen[0].last_ns, (NOW + 1) * KS_NS_PER_S));
	cr_expect(eq(i64, got.seen[1].first_ns, (NOW + 2) * KS_NS_PER_S));
	cr_expect(ne(int, memcmp(got.rrsets[0].hash, got.rrsets[1].hash, 16), 0));
	done();
}

Test(ledger, of_many_periods_the_first_and_the_latest_are_kept)
{
	begin(64 << 20);
	for (unsigned i = 0; i < 100; i++)
		hear_ds(i, 60, AA, 1, i);
	freeze();
	cr_assert(eq(sz, got.n_seen, KS_LEDGER_RUNS));
	cr_expect(eq(u32, got.seen[62].number, 62));
	cr_expect(eq(u32, got.seen[62].forgotten, 0));
	cr_expect(eq(u32, got.seen[63].number, 99));
	cr_expect(eq(u32, got.seen[63].forgotten, 36));
	cr_expect(eq(u64, got.seen[63].count, 1));
	cr_expect(eq(i64, got.seen[63].first_ns, (NOW + 99) * KS_NS_PER_S));
	cr_expect(eq(u64, shard.ledger.forgotten, 36));
	cr_expect(eq(u32, got.seen[63].rrset, 99));
	done();
}

Test(ledger, servers_and_nsids_are_apart)
{
	begin(64 << 20);
	static const char *const nsids[] = {"ams", "FRA", "fra", ""};
	for (unsigned i = 0; i < 4; i++)
		for (unsigned server = 1; server <= 2; server++) {
			struct ks_wire wire = {0};
			const size_t n = strlen(nsids[i]);
			ks_wire_header(&wire, 1, AA, 1, 1, 0, 1);
			ks_wire_question(&wire, "x.", KS_TYPE_DS);
			ks_wire_rr(&wire, NULL, KS_TYPE_DS, 1, 60, 4);
			ks_wire_u32(&wire, 0x4f660802);
			ks_wire_rr(&wire, ".", KS_TYPE_OPT, 1232, 0, 4 + (unsigned)n);
			ks_wire_u16(&wire, KS_OPT_NSID);
			ks_wire_u16(&wire, (unsigned)n);
			ks_wire_bytes(&wire, nsids[i], n);
			hear(&wire, server, i);
		}
	freeze();
	cr_assert(eq(sz, got.n_rrsets, 1));
	cr_assert(eq(sz, got.n_seen, 8));
	cr_expect(eq(sz, got.seen[1].nsid.n, 3));
	cr_expect(eq(int, memcmp(got.seen[1].nsid.at, "FRA", 3), 0), "case is kept");
	cr_expect(eq(sz, got.seen[3].nsid.n, 0));
	for (size_t i = 0; i < 8; i++)
		cr_expect(eq(int, got.seen[i].server.b[15], i < 4 ? 1 : 2),
			  "in the order of the store's keys");
	done();
}

Test(ledger, who_signs_is_part_of_a_period)
{
	begin(64 << 20);
	struct zone zone = zone_of("x.");
	const unsigned tag = ldns_key_keytag(zone.key);
	char want[16];
	(void)snprintf(want, sizeof(want), "%u", tag);
	struct ks_wire wire;
	ldns_rr_list *const bare = list_of(NULL);
	ldns_rr_list_push_rr(bare, ldns_rr_list_rr(zone.keys, 0));
	ks_signed_message(&wire, "x.", DNSKEY, AA, bare, NULL);
	struct ks_wire plain = wire;
	plain.b[plain.n - 4] = 0; /* the OPT record's DO bit */
	hear(&plain, 1, 0);       /* nobody asked for signatures */
	hear_keys(&zone, 1, 1);   /* there are some */
	hear(&plain, 1, 2);       /* still that period */
	hear(&wire, 1, 3);        /* asked for, and not there */
	freeze();
	cr_assert(eq(sz, got.n_seen, 2));
	cr_expect(eq(u64, got.seen[0].count, 3));
	cr_expect(eq(int, strcmp(got.tags[0], want), 0));
	cr_expect(eq(int, strcmp(got.algorithms[0], "15"), 0));
	cr_expect(got.seen[1].signers_known);
	cr_expect(eq(int, strcmp(got.tags[1], ""), 0));
	ldns_rr_list_free(bare);
	zone_free(&zone);
	done();
}

/* A word of a bad, cut or truncated answer is nobody's. */
Test(ledger, only_whole_good_answers_count)
{
	begin(64 << 20);
	hear_ds(1, 60, AA | 0x0200, 1, 0); /* TC */
	hear_ds(1, 60, AA | 2, 1, 0);      /* SERVFAIL */
	hear_ds(1, 60, AA | 0x2000, 1, 0); /* NOTIFY */
	hear_ds(1, 60, 0, 1, 0);           /* a query */
	freeze();
	cr_expect(eq(sz, got.n_rrsets, 0));
	hear_ds(1, 60, AA, 1, 0);
	freeze();
	cr_expect(eq(sz, got.n_rrsets, 1));
	done();
}

Test(ledger, soa_is_known_by_its_numbers)
{
	begin(64 << 20);
	struct zone zone = zone_of("x.");
	hear_signed("x. 60 IN SOA ns.x. host.x. 2026112101 3600 600 86400 60", zone.key, KS_TYPE_SOA, 0);
	hear_signed("x. 60 IN SOA NS.x. host.x. 2026112101 3600 600 86400 60", zone.key, KS_TYPE_SOA, 1);
	hear_signed("x. 60 IN SOA ns.x. host.x. 2026112102 3600 600 86400 60", zone.key, KS_TYPE_SOA, 2);
	freeze();
	cr_assert(eq(sz, got.n_rrsets, 2));
	cr_expect(eq(u32, got.rrsets[0].soa_serial, 2026112101));
	cr_expect(eq(u32, got.rrsets[0].soa_refresh_s, 3600));
	cr_expect(eq(u64, got.rrsets[0].count, 2));
	cr_expect(eq(u32, got.rrsets[1].soa_serial, 2026112102));
	zone_free(&zone);
	done();
}

Test(ledger, what_cannot_be_read_has_no_period)
{
	begin(64 << 20);
	struct ks_wire wire = {0};
	ks_wire_header(&wire, 1, AA, 1, 1, 0, 0);
	ks_wire_question(&wire, "x.", KS_TYPE_SOA);
	ks_wire_rr(&wire, NULL, KS_TYPE_SOA, 1, 60, 3);
	ks_wire_bytes(&wire, "\0\0\1", 3);
	hear(&wire, 1, 0);
	hear(&wire, 1, 1);
	freeze();
	cr_expect(eq(sz, got.n_seen, 0));
	cr_expect(eq(u64, shard.ledger.malformed, 1));
	cr_expect(eq(u64, shard.ledger.large, 2));
	done();
}

/* --- keys --- */

Test(ledger, a_key_is_known_by_its_octets_and_revoked_is_a_form_of_it)
{
	begin(64 << 20);
	struct zone zone = zone_of("x.");
	hear_keys(&zone, 1, 0);
	hear_keys(&zone, 2, 5);
	ldns_key_set_flags(zone.key, 257 + 128);
	ldns_rr_list_deep_free(zone.keys);
	zone.keys = list_of(NULL);
	ldns_rr_list_push_rr(zone.keys, ks_signed_dnskey(zone.key));
	ks_signed_sign(zone.keys, zone.key);
	hear_keys(&zone, 1, 10);
	freeze();
	cr_assert(eq(sz, got.n_keys, 2));
	const struct ks_fact_key *const old = &got.keys[0], *const revoked = &got.keys[1];
	cr_expect(eq(int, memcmp(old->identity, revoked->identity, 16), 0));
	cr_expect(eq(int, old->flags, 257));
	cr_expect(eq(int, revoked->flags, 385));
	cr_expect(eq(int, old->tag_revoked, revoked->tag));
	cr_expect(eq(int, revoked->tag_revoked, revoked->tag));
	cr_expect(eq(u64, old->count, 2));
	cr_expect(eq(i64, old->last_ns, (NOW + 5) * KS_NS_PER_S));
	cr_expect(eq(i64, revoked->first_ns, (NOW + 10) * KS_NS_PER_S));
	cr_expect(ne(int, memcmp(old->sha256, revoked->sha256, 32), 0), "digests are of the form");
	cr_expect(eq(u32, old->bits, 256));
	cr_expect(not(old->unusable));
	cr_assert(eq(sz, got.n_rrsets, 2));
	cr_expect(eq(int, memcmp(got.rrsets[0].wire.at + 2, "\1\1\3\17", 4), 0));
	zone_free(&zone);
	done();
}

/* --- signatures --- */

static const struct ks_fact_signature *
signature_over(unsigned type)
{
	for (size_t i = 0; i < got.n_signatures; i++)
		if (got.signatures[i].type == type)
			return &got.signatures[i];
	cr_assert(false, "no signature over type %u", type);
	return NULL;
}

Test(ledger, signatures_fit_do_not_fit_or_wait)
{
	begin(64 << 20);
	struct zone zone = zone_of("x."), other = zone_of("x.");
	ldns_key_set_keytag(other.key, ldns_key_keytag(zone.key)); /* says that it is the first's */
	hear_signed("a.x. 60 IN A 198.18.0.1", zone.key, 1, 0);
	hear_signed("a.x. 60 IN TXT \"x\"", other.key, 16, 0);
	freeze();
	cr_expect(eq(u64, signature_over(1)->unknown, 1), "no key yet");
	cr_expect(eq(u64, signature_over(1)->good, 0));
	hear_keys(&zone, 1, 1);
	freeze();
	cr_expect(eq(u64, signature_over(1)->unknown, 0));
	cr_expect(eq(u64, signature_over(1)->good, 1), "the key came");
	cr_expect(eq(u64, signature_over(16)->bogus, 1));
	cr_expect(eq(int, strcmp(signature_over(16)->bogus_why, "no key with its tag fits"), 0));
	cr_expect(eq(u64, signature_over(DNSKEY)->good, 1));
	const uint32_t verified = shard.ledger.verified_run;
	for (unsigned i = 0; i < 50; i++) {
		hear_signed("a.x. 60 IN A 198.18.0.1", zone.key, 1, 2 + i);
		hear_keys(&zone, 1, 2 + i);
	}
	freeze();
	cr_expect(eq(u32, shard.ledger.verified_run, verified), "none is verified twice");
	cr_expect(eq(u64, signature_over(1)->count, 51));
	cr_expect(eq(u64, signature_over(1)->good, 1));
	zone_free(&zone);
	zone_free(&other);
	done();
}

/* Five keys with the zone's tag and algorithm, which are not its own. */
static void
hear_namesakes(const struct zone *zone, unsigned server, int64_t t_s)
{
	struct ks_wire wire = {0};
	const uint16_t tag = ldns_key_keytag(zone->key);
	ks_wire_header(&wire, 1, AA, 1, 5, 0, 0);
	ks_wire_question(&wire, zone->name, DNSKEY);
	for (unsigned i = 0; i < 5; i++) {
		const size_t at = wire.n + 12;
		ks_wire_rr(&wire, NULL, DNSKEY, 1, 3600, 4 + 32);
		ks_wire_u32(&wire, 0x0101030f);
		for (unsigned j = 0; j < 32; j++)
			ks_wire_u8(&wire, j == 0 ? i : j);
		/* The last two octets make up for the difference in the checksum. */
		for (unsigned last = 0; last < 65536; last++) {
			wire.b[wire.n - 2] = (uint8_t)(last >> 8);
			wire.b[wire.n - 1] = (uint8_t)last;
			if (ks_key_tag((struct ks_span){wire.b + at, 36}) == tag)
				break;
		}
		cr_assert(eq(u16, ks_key_tag((struct ks_span){wire.b + at, 36}), tag));
	}
	hear(&wire, server, t_s);
}

/* A crowd of keys with its tag that another server gave later does not stand before the server's own. */
Test(ledger, a_signature_is_tried_with_the_keys_of_its_server_first)
{
	static const struct {
		const char *what;
		unsigned own_server; /* that gave the zone's key; signatures come from server 1 */
		uint64_t good, bogus;
	} rows[] = {{"the server's own keys", 1, 1, 0}, {"those of another server", 2, 0, 1}};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		begin(64 << 20);
		struct zone zone = zone_of("x.");
		hear_keys(&zone, rows[i].own_server, 0);
		hear_namesakes(&zone, 3, 1);
		hear_signed("a.x. 60 IN A 198.18.0.1", zone.key, 1, 2);
		freeze();
		cr_expect(eq(u64, signature_over(1)->good, rows[i].good), "%s", rows[i].what);
		cr_expect(eq(u64, signature_over(1)->bogus, rows[i].bogus), "%s", rows[i].what);
		zone_free(&zone);
		done();
	}
}

/* Another key with the tag was known before the signature's own: what did not fit fits when that comes. */
Test(ledger, a_signature_that_did_not_fit_is_tried_with_a_key_that_comes_later)
{
	begin(64 << 20);
	struct zone zone = zone_of("x.");
	hear_namesakes(&zone, 3, 0);
	hear_signed("a.x. 60 IN A 198.18.0.1", zone.key, 1, 1);
	freeze();
	cr_expect(eq(u64, signature_over(1)->bogus, 1));
	cr_expect(ne(ptr, (void *)(uintptr_t)signature_over(1)->bogus_why, NULL));
	hear_keys(&zone, 1, 2);
	freeze();
	cr_expect(eq(u64, signature_over(1)->bogus, 0));
	cr_expect(eq(u64, signature_over(1)->good, 1));
	cr_expect(eq(ptr, (void *)(uintptr_t)signature_over(1)->bogus_why, NULL));
	zone_free(&zone);
	done();
}

/* A priming answer with signed addresses in its additional section; `keys` there are nobody's word. */
Test(ledger, signatures_of_the_additional_section_count)
{
	begin(64 << 20);
	struct zone zone = zone_of("x.");
	hear_keys(&zone, 1, 0);
	ldns_rr_list *const glue = list_of("ns.x. 60 IN A 198.18.0.1");
	ks_signed_sign(glue, zone.key);
	ldns_rr_list *const answer = list_of("x. 60 IN NS ns.x.");
	struct ks_wire wire;
	ks_signed_message(&wire, "x.", 2, AA, answer, glue);
	/* What was made as authority becomes additional: the OPT record is the last of it either way. */
	wire.b[9] = 0;
	wire.b[11] = 3;
	hear(&wire, 1, 1);
	freeze();
	cr_expect(eq(u64, signature_over(1)->count, 1));
	cr_expect(eq(u64, signature_over(1)->good, 1));
	ldns_rr_list_deep_free(glue);
	ldns_rr_list_deep_free(answer);
	zone_free(&zone);
	done();
}

Test(ledger, keys_of_the_additional_section_are_not_authoritative)
{
	begin(64 << 20);
	struct zone zone = zone_of("x.");
	struct ks_wire wire;
	ks_signed_message(&wire, "x.", 2, AA, NULL, zone.keys);
	wire.b[9] = 0;
	wire.b[11] = 3;
	hear(&wire, 1, 1);
	freeze();
	cr_assert(eq(sz, got.n_seen, 1));
	cr_expect(not(got.seen[0].authoritative));
	zone_free(&zone);
	done();
}

Test(ledger, the_signer_must_be_the_zone)
{
	begin(64 << 20);
	struct zone zone = zone_of("x."), child = zone_of("c.x.");
	hear_keys(&zone, 1, 0);
	hear_keys(&child, 1, 0);
	/* By its own zone a DS RRset is no delegation; a name beside the zone is not the zone's. */
	hear_signed("c.x. 60 IN DS 1 15 2 "
		    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
		    child.key, KS_TYPE_DS, 1);
	hear_signed("a.xx. 60 IN A 198.18.0.1", zone.key, 1, 1);
	hear_signed("b.c.x. 60 IN TXT \"by the parent\"", zone.key, 16, 1);
	freeze();
	cr_expect(eq(u64, signature_over(KS_TYPE_DS)->bogus, 1));
	cr_expect(eq(u64, signature_over(1)->bogus, 1));
	cr_expect(eq(u64, signature_over(16)->good, 1), "where the cut is cannot be seen here");
	zone_free(&zone);
	zone_free(&child);
	done();
}

/* At the edges to the second: inception and expiration belong to the validity (RFC 4035 s5.3.1). */
/* A zone whose keys are signed from and to these seconds, of which the packet has 32 bits. */
static struct zone
zone_signed(int64_t inception_s, int64_t expiration_s)
{
	struct zone zone = {.name = "x.", .keys = ldns_rr_list_new()};
	zone.key = ks_signed_key("x.", LDNS_SIGN_ED25519, 256, 257);
	ldns_key_set_inception(zone.key, (uint32_t)inception_s);
	ldns_key_set_expiration(zone.key, (uint32_t)expiration_s);
	ldns_rr_list_push_rr(zone.keys, ks_signed_dnskey(zone.key));
	ks_signed_sign(zone.keys, zone.key);
	return zone;
}

Test(ledger, expired_and_future_are_told_at_packet_time)
{
	static const struct {
		const char *what;
		int64_t inception, expiration;
	} spans[] = {
		{"a month of 2026", 1795219200, 1797811200},
		{"across 2038", INT64_C(0x7ffff000), INT64_C(0x80001000)},
		{"behind 2038", INT64_C(0x90000000), INT64_C(0x90001000)},
		{"across 2106", INT64_C(0xfffff000), INT64_C(0x100001000)},
		{"behind 2106", INT64_C(0x100001000), INT64_C(0x100002000)},
	};
	for (size_t k = 0; k < KS_COUNT(spans); k++) {
		const int64_t inception = spans[k].inception, expiration = spans[k].expiration;
		const struct {
			int64_t t_s;
			uint64_t expired, future;
		} rows[] = {
			{inception - 1, 0, 1},
			{inception, 0, 0},
			{expiration, 0, 0},
			{expiration + 1, 1, 0},
		};
		struct zone zone = zone_signed(inception, expiration);
		for (size_t i = 0; i < KS_COUNT(rows); i++) {
			begin(64 << 20);
			hear_keys(&zone, 1, rows[i].t_s - NOW);
			freeze();
			cr_assert(eq(sz, got.n_signatures, 1));
			const struct ks_fact_signature *const at = &got.signatures[0];
			cr_expect(eq(u64, at->expired, rows[i].expired), "%s, row %zu", spans[k].what, i);
			cr_expect(eq(u64, at->future, rows[i].future), "%s, row %zu", spans[k].what, i);
			cr_expect(eq(i64, at->expiration_s, expiration), "%s", spans[k].what);
			cr_expect(eq(i64, at->inception_s, inception), "%s", spans[k].what);
			cr_expect(eq(i64, at->least_validity_s, expiration - inception), "%s", spans[k].what);
			cr_expect(eq(u64, at->good, 1), "cryptography has no calendar");
			done();
		}
		zone_free(&zone);
	}
}

Test(ledger, other_types_are_verified_by_sample)
{
	begin(64 << 20);
	struct zone zone = zone_of("x.");
	hear_keys(&zone, 1, 0);
	for (unsigned i = 0; i < 20; i++) {
		char text[64];
		(void)snprintf(text, sizeof(text), "a%u.x. 60 IN A 198.18.0.1", i);
		hear_signed(text, zone.key, 1, 1);
	}
	freeze();
	cr_expect(eq(u64, signature_over(1)->good, KS_LEDGER_SAMPLE));
	cr_expect(eq(u64, signature_over(1)->count, 20));
	zone_free(&zone);
	done();
}

Test(ledger, many_validities_are_folded)
{
	begin(64 << 20);
	struct zone zone = zone_of("x.");
	for (unsigned i = 0; i < 40; i++) {
		ldns_key_set_expiration(zone.key, 1797811200 - i);
		hear_signed("a.x. 60 IN A 198.18.0.1", zone.key, 1, i);
	}
	freeze();
	size_t folded = 0;
	for (size_t i = 0; i < got.n_signatures; i++)
		if (got.signatures[i].folded) {
			folded++;
			cr_expect(eq(u64, got.signatures[i].count, 40 - KS_LEDGER_VALIDITIES));
			cr_expect(eq(i64, got.signatures[i].expiration_s, 1797811200 - 39));
		}
	cr_expect(eq(sz, folded, 1));
	cr_expect(eq(sz, got.n_signatures, KS_LEDGER_VALIDITIES + 1));
	zone_free(&zone);
	done();
}

/* Many keys with one tag, many signatures: work is bounded, and told. */
Test(ledger, work_on_hostile_sets_is_bounded)
{
	begin(64 << 20);
	struct ks_wire wire = {0};
	ks_wire_header(&wire, 1, AA, 1, 24 + 20, 0, 0);
	ks_wire_question(&wire, ".", DNSKEY);
	for (unsigned i = 0; i < 24; i++) { /* words exchanged: another key, the same checksum */
		uint8_t key[68];
		memset(key, 0xc1, sizeof(key));
		memcpy(key, "\3\1\0\1", 4);
		key[10 + 2 * i] = 0x77;
		ks_wire_rr(&wire, NULL, DNSKEY, 1, 60, 4 + sizeof(key));
		ks_wire_u32(&wire, 0x01010308);
		ks_wire_bytes(&wire, key, sizeof(key));
	}
	const uint16_t tag = ks_key_tag((struct ks_span){wire.b + 12 + 5 + 12, 72});
	for (unsigned i = 0; i < 20; i++) {
		ks_wire_rr(&wire, NULL, KS_TYPE_RRSIG, 1, 60, 19 + 8);
		ks_wire_u16(&wire, DNSKEY);
		ks_wire_u16(&wire, 8 << 8);
		ks_wire_u32(&wire, 60);
		ks_wire_u32(&wire, NOW + 1000);
		ks_wire_u32(&wire, NOW - 1000);
		ks_wire_u16(&wire, tag);
		ks_wire_u8(&wire, 0);
		ks_wire_u32(&wire, i);
		ks_wire_u32(&wire, i);
	}
	hear(&wire, 1, 0);
	cr_expect(le(u32, shard.ledger.verified_run, KS_LEDGER_VERIFY_RRSET * KS_LEDGER_VERIFY_KEYS));
	cr_expect(ge(u32, shard.ledger.verified_run, KS_LEDGER_VERIFY_RRSET));
	for (int64_t i = 0; i < 100; i++) {      /* others in the same second */
		for (size_t j = 1; j <= 16; j++) /* every signature another: they are 39 octets apart */
			wire.b[wire.n - 1 - 39 * (j - 1)] = (uint8_t)(i + 100);
		hear(&wire, 1, 0);
	}
	cr_expect(le(u32, shard.ledger.verified_second, KS_LEDGER_VERIFY_SECOND + KS_LEDGER_VERIFY_KEYS));
	freeze();
	uint64_t worst[KS_EXHAUST_COUNT] = {0};
	for (size_t i = 0; i < got.n_exhaustions; i++)
		worst[got.exhaustions[i].kind] = got.exhaustions[i].greatest;
	cr_expect(eq(u64, worst[KS_EXHAUST_TAG_COLLISION], 24));
	cr_expect(eq(u64, worst[KS_EXHAUST_KEYS], 24));
	cr_expect(eq(u64, worst[KS_EXHAUST_SIGNATURES], 20));
	cr_expect(eq(u64, worst[KS_EXHAUST_VERIFICATIONS], 20));
	cr_expect(gt(u64, shard.ledger.unverified, 0));
	done();
}

/* --- denial --- */

static const char soa[] = "x. 60 IN SOA ns.x. host.x. 1 3600 600 86400 60";

/* An answer without DS for c.x., or a referral to it, with one more record. */
static void
hear_denial(const char *record, bool referral, const char *first)
{
	struct ks_wire wire;
	ldns_rr_list *const authority = list_of(first);
	ldns_rr_list_push_rr(authority, ks_signed_rr(record));
	ks_signed_message(&wire, "c.x.", referral ? 1 : KS_TYPE_DS, referral ? REFERRAL : AA, NULL,
			  authority);
	hear(&wire, 1, 0);
	ldns_rr_list_deep_free(authority);
}

/* An NSEC3 record of c.x. itself, or of another hash, in zone x. */
static const char *
nsec3_text(bool own, unsigned flags, const char *types)
{
	static char text[256];
	ldns_rdf *const name = ldns_dname_new_frm_str("c.x.");
	ldns_rdf *const label = ldns_nsec3_hash_name(name, 1, 3, 0, NULL);
	char hash[64] = "00000000000000000000000000000000";
	if (own)
		(void)snprintf(hash, sizeof(hash), "%.32s", (char *)ldns_rdf_data(label) + 1);
	(void)snprintf(text, sizeof(text), "%s.x. 60 IN NSEC3 1 %u 3 - 11111111111111111111111111111111 %s",
		       hash, flags, types);
	ldns_rdf_deep_free(label);
	ldns_rdf_deep_free(name);
	return text;
}

/* What is noted of DS at c.x.; KS_DENIAL_COUNT: nothing. */
static enum ks_denial
noted(void)
{
	freeze();
	for (size_t i = 0; i < got.n_rrsets; i++)
		if (got.rrsets[i].type == KS_TYPE_DS)
			return got.rrsets[i].denial;
	return KS_DENIAL_COUNT;
}

Test(ledger, the_parent_says_that_there_is_no_ds)
{
	static const struct {
		const char *what, *nsec; /* NULL: the NSEC3 record that follows */
		bool own;
		unsigned flags;
		const char *types;
		enum ks_denial want;
	} rows[] = {
		{"NSEC of the delegation", "c.x. 60 IN NSEC d.x. NS RRSIG NSEC", 0, 0, NULL, KS_DENIAL_NSEC},
		{"NSEC with DS", "c.x. 60 IN NSEC d.x. NS DS RRSIG NSEC", 0, 0, NULL, KS_DENIAL_COUNT},
		{"no delegation", "c.x. 60 IN NSEC d.x. A RRSIG NSEC", 0, 0, NULL, KS_DENIAL_COUNT},
		{"the child's own apex", "c.x. 60 IN NSEC d.c.x. NS SOA RRSIG NSEC", 0, 0, NULL,
		 KS_DENIAL_COUNT},
		{"NSEC of another name", "b.x. 60 IN NSEC d.x. NS RRSIG NSEC", 0, 0, NULL, KS_DENIAL_COUNT},
		{"NSEC3 of its hash", NULL, true, 0, "NS", KS_DENIAL_NSEC3},
		{"NSEC3 of its hash with opt-out", NULL, true, 1, "NS", KS_DENIAL_NSEC3},
		{"NSEC3 of its hash with DS", NULL, true, 0, "NS DS RRSIG", KS_DENIAL_COUNT},
		{"NSEC3 of another hash", NULL, false, 0, "NS DS RRSIG", KS_DENIAL_COUNT},
		{"NSEC3 of another hash with opt-out", NULL, false, 1, "NS DS RRSIG", KS_DENIAL_OPT_OUT},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(64 << 20);
		const char *const record = rows[i].nsec != NULL
						   ? rows[i].nsec
						   : nsec3_text(rows[i].own, rows[i].flags, rows[i].types);
		hear_denial(record, false, soa);
		cr_expect(eq(int, noted(), rows[i].want), "%s", rows[i].what);
		done();
	}
}

Test(ledger, a_referral_without_ds_is_noted_for_names_that_are_known)
{
	static const char nsec[] = "c.x. 60 IN NSEC d.x. NS RRSIG NSEC", ns[] = "c.x. 60 IN NS ns.c.x.";
	begin(64 << 20);
	struct zone zone = zone_of("c.x.");
	hear_denial(nsec, true, ns);
	cr_expect(eq(int, noted(), KS_DENIAL_COUNT));
	hear_keys(&zone, 2, 0);
	struct ks_wire wire;
	ldns_rr_list *const authority = list_of(ns);
	ldns_rr_list_push_rr(authority, ks_signed_rr(nsec));
	ldns_key *const parent = ks_signed_key("x.", LDNS_SIGN_ED25519, 256, 256);
	ldns_rr_list *const proof = list_of(nsec);
	ks_signed_sign(proof, parent);
	ldns_rr_list_push_rr(authority, ldns_rr_clone(ldns_rr_list_rr(proof, 1)));
	ks_signed_message(&wire, "www.c.x.", 1, REFERRAL, NULL, authority);
	hear(&wire, 1, 0);
	cr_expect(eq(int, noted(), KS_DENIAL_NSEC));
	cr_assert(eq(sz, got.n_nsecs, 1));
	cr_expect(not(got.nsecs[0].nsec3));
	for (size_t i = 0; i < got.n_seen; i++)
		if (got.seen[i].type == KS_TYPE_DS) {
			cr_expect(got.seen[i].authoritative);
			cr_expect(eq(u64, got.seen[i].referrals, 1));
		}
	ldns_rr_list_deep_free(proof);
	ldns_rr_list_deep_free(authority);
	ldns_key_deep_free(parent);
	zone_free(&zone);
	done();
}

Test(ledger, parameters_of_denial)
{
	static const struct {
		unsigned iterations;
		bool exhausting;
	} rows[] = {{0, false}, {1, false}, {50, false}, {51, true}, {150, true}};
	for (size_t i = 0; i < 5; i++) {
		begin(64 << 20);
		struct ks_wire wire;
		char text[128];
		(void)snprintf(text, sizeof(text),
			       "00000000000000000000000000000000.x. 60 IN NSEC3 1 1 %u abcd "
			       "11111111111111111111111111111111 NS",
			       rows[i].iterations);
		struct zone zone = zone_of("x.");
		ldns_rr_list *const authority = list_of(text);
		ks_signed_sign(authority, zone.key);
		ks_signed_message(&wire, "nothing.x.", 1, AA | 3, NULL, authority);
		hear(&wire, 1, 0);
		hear(&wire, 1, 1);
		freeze();
		cr_assert(eq(sz, got.n_nsecs, 1));
		cr_expect(got.nsecs[0].nsec3);
		cr_expect(eq(int, got.nsecs[0].iterations, (int)rows[i].iterations));
		cr_expect(eq(sz, got.nsecs[0].salt.n, 2));
		cr_expect(eq(u64, got.nsecs[0].count, 2));
		cr_expect(eq(u64, got.nsecs[0].opt_out, 2));
		cr_expect(eq(sz, got.n_exhaustions, rows[i].exhausting ? 1 : 0));
		ldns_rr_list_deep_free(authority);
		zone_free(&zone);
		done();
	}
}

/* --- bounds --- */

/* A flood of names: what finds no room is counted, and keys still find theirs. */
Test(ledger, a_full_ledger_counts_what_it_cannot_keep)
{
	begin(2 << 20);
	struct zone zone = zone_of("x.");
	for (unsigned i = 0; i < 20000; i++) {
		struct ks_wire wire = {0};
		char name[16];
		(void)snprintf(name, sizeof(name), "d%u.x.", i);
		ks_wire_header(&wire, 1, REFERRAL, 1, 0, 3, 0);
		ks_wire_question(&wire, name, 1);
		ks_wire_rr(&wire, NULL, KS_TYPE_NS, 1, 60, 2);
		ks_wire_u16(&wire, 0xc00c);
		ks_wire_rr(&wire, NULL, KS_TYPE_DS, 1, 60, 4);
		ks_wire_u32(&wire, 0x4f660802);
		ks_wire_rrsig(&wire, NULL, 60, KS_TYPE_DS, 60, NOW + 100, 8);
		hear(&wire, 1, i / 100);
	}
	cr_expect(gt(u64, shard.ledger.unlisted, 10000));
	hear_keys(&zone, 1, 300);
	freeze();
	cr_expect(eq(sz, got.n_keys, 1), "referrals leave room for keys");
	cr_expect(eq(u64, signature_over(DNSKEY)->good, 1));
	for (unsigned i = 0; i < 20000; i++) /* until nothing fits any more */
		hear_ds(i, i, AA, i % 200, 400);
	freeze();
	zone_free(&zone);
	done();
}
