/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What happened to a zone, from periods of the ledger that are made up here: times in seconds from T0. */
#include "analyzer/judge/rollover.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/rrtype.h"

#define T0 INT64_C(1500000000)

enum { ROOM = 256, SEP = 257, ZSK = 256, REVOKED = 385 };

static struct ks_zone_node nodes[ROOM];
static struct ks_zone_content contents[ROOM];
static struct ks_zone_seen seen[ROOM];
static struct ks_rrset_key keys[ROOM];
static struct ks_rrset_ds ds[ROOM];
static struct ks_fact_key dkeys[ROOM];
static struct ks_fact_signature signatures[ROOM];
static struct ks_fact_nsec nsecs[ROOM];
static struct ks_zone_facts facts;
static size_t n_keys, n_ds;
static struct ks_event room[ROOM];
static struct ks_events events;

static void
begin(void)
{
	n_keys = n_ds = 0;
	memset(contents, 0, sizeof(contents));
	memset(signatures, 0, sizeof(signatures));
	memset(dkeys, 0, sizeof(dkeys));
	facts = (struct ks_zone_facts){.nodes = nodes,
				       .contents = contents,
				       .seen = seen,
				       .keys = dkeys,
				       .signatures = signatures,
				       .nsec = nsecs,
				       .n_nodes = 16};
	for (size_t i = 0; i < 16; i++)
		nodes[i].server = ks_addr_from_v4((const uint8_t[]){192, 0, 2, (uint8_t)i});
}

TestSuite(rollover, .init = begin);

static int64_t
ns(double s)
{
	return (int64_t)((double)T0 + s) * KS_NS_PER_S + (int64_t)((s - (double)(int64_t)s) * 1e9);
}

/* A key is made of one octet; its DS digests of the same, with the flags. */
static void
know(uint8_t id, uint16_t tag, uint8_t algorithm, uint16_t flags)
{
	for (size_t i = 0; i < facts.n_keys; i++)
		if (dkeys[i].identity[0] == id && dkeys[i].flags == flags)
			return;
	struct ks_fact_key *const key = &dkeys[facts.n_keys++];
	memset(key->identity, id, sizeof(key->identity));
	memset(key->sha256, id ^ (flags & 0x80), sizeof(key->sha256));
	key->tag = tag;
	key->algorithm = algorithm;
	key->flags = flags;
}

struct key {
	uint8_t id;
	uint16_t tag;
	uint8_t algorithm;
	uint16_t flags;
};

static uint32_t
key_set(size_t n, const struct key *list)
{
	struct ks_zone_content *const content = &contents[facts.n_contents];
	content->hash[0] = (uint8_t)facts.n_contents;
	content->keys = &keys[n_keys];
	content->n_keys = n;
	for (size_t i = 0; i < n; i++) {
		keys[n_keys] = (struct ks_rrset_key){
			.flags = list[i].flags, .tag = list[i].tag, .algorithm = list[i].algorithm};
		memset(keys[n_keys++].identity, list[i].id, 16);
		know(list[i].id, list[i].tag, list[i].algorithm, list[i].flags);
	}
	return (uint32_t)facts.n_contents++;
}
#define KEYS(...)                                                                                            \
	key_set(sizeof((struct key[]){__VA_ARGS__}) / sizeof(struct key), (struct key[]){__VA_ARGS__})

static uint32_t
ds_set(size_t n, const struct key *list)
{
	static uint8_t digests[256][32];
	struct ks_zone_content *const content = &contents[facts.n_contents];
	content->hash[0] = (uint8_t)facts.n_contents;
	content->ds = &ds[n_ds];
	content->n_ds = n;
	for (size_t i = 0; i < n; i++) {
		memset(digests[list[i].id], list[i].id, 32);
		ds[n_ds++] = (struct ks_rrset_ds){.tag = list[i].tag,
						  .algorithm = list[i].algorithm,
						  .digest_type = 2,
						  .digest = {digests[list[i].id], 32}};
	}
	return (uint32_t)facts.n_contents++;
}
#define DS(...) ds_set(sizeof((struct key[]){__VA_ARGS__}) / sizeof(struct key), (struct key[]){__VA_ARGS__})

static uint32_t
other(uint32_t soa_refresh_s)
{
	contents[facts.n_contents].hash[0] = (uint8_t)facts.n_contents;
	contents[facts.n_contents].soa_refresh_s = soa_refresh_s;
	return (uint32_t)facts.n_contents++;
}

static void
period(uint16_t type, uint32_t node, uint32_t content, const char *tags, const char *algorithms,
       uint32_t ttl_s, double first_s, double last_s)
{
	seen[facts.n_seen++] = (struct ks_zone_seen){
		.type = type,
		.node = node,
		.content = content,
		.signer_tags = tags,
		.signer_algorithms = algorithms,
		.ttl_s = ttl_s,
		.count = 2,
		.first_ns = ns(first_s),
		.last_ns = ns(last_s),
	};
}

static int
compare(const void *left, const void *right)
{
	const struct ks_zone_seen *const a = left, *const b = right;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return (a->first_ns > b->first_ns) - (a->first_ns < b->first_ns);
}

static void
judge(void)
{
	static struct ks_traits_scratch scratch;
	qsort(seen, facts.n_seen, sizeof(*seen), compare);
	events = (struct ks_events){.at = room, .max = ROOM};
	ks_rollover_judge(&facts, &scratch, &events);
}

/* "KIND tag@before..t phase method WARNING; ..." in whole seconds, in order. */
static const char *
told(void)
{
	static char text[8192];
	size_t n = 0;
	judge();
	text[0] = '\0';
	for (size_t i = 0; i < events.n; i++) {
		const struct ks_event *const at = &events.at[i];
		char before[32] = "?";
		if (at->before_ns != KS_TIME_UNKNOWN)
			(void)snprintf(before, sizeof(before), "%lld",
				       (long long)(at->before_ns / KS_NS_PER_S - T0));
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s %d@%s..%lld%s%s%s%s%s%.*s",
				      i == 0 ? "" : "; ", ks_event_name(at->kind), at->tag, before,
				      (long long)(at->t_ns / KS_NS_PER_S - T0), at->phase != NULL ? " " : "",
				      at->phase != NULL ? at->phase : "", at->method != NULL ? " " : "",
				      at->method != NULL ? at->method : "", at->warning[0] != '\0' ? " " : "",
				      (int)strcspn(at->warning, ":"), at->warning);
	}
	return text;
}

#define K1                                                                                                   \
	{                                                                                                    \
		1, 101, 8, SEP                                                                               \
	}
#define K2                                                                                                   \
	{                                                                                                    \
		2, 102, 8, SEP                                                                               \
	}
#define Z1                                                                                                   \
	{                                                                                                    \
		3, 201, 8, ZSK                                                                               \
	}
#define Z2                                                                                                   \
	{                                                                                                    \
		4, 202, 8, ZSK                                                                               \
	}

Test(rollover, what_is_there_at_first_sight_did_not_happen)
{
	const uint32_t set = KEYS(K1, Z1);
	period(KS_TYPE_DNSKEY, 0, set, "101", "8", 3600, 0, 100);
	period(KS_TYPE_DNSKEY, 1, set, "101", "8", 3600, 50, 90);
	period(KS_TYPE_DS, 2, DS(K1), "9", "8", 3600, 0, 100);
	period(KS_TYPE_SOA, 0, other(60), "201", "8", 3600, 0, 100);
	cr_expect_str_eq(told(), "");
}

static void
roll_zsk(double published_s, double active_s, double removed_s)
{
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, Z1), "101", "8", 100, 0, published_s - 1);
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, Z1, Z2), "101", "8", 100, published_s, removed_s - 1);
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, Z2), "101", "8", 100, removed_s, removed_s + 500);
	period(KS_TYPE_SOA, 0, other(60), "201", "8", 100, 0, active_s - 1);
	period(KS_TYPE_SOA, 0, other(60), "202", "8", 100, active_s, removed_s + 500);
	signatures[facts.n_signatures++] = (struct ks_fact_signature){.type = KS_TYPE_SOA,
								      .tag = 201,
								      .algorithm = 8,
								      .original_ttl_s = 100,
								      .count = 1,
								      .least_validity_s = 86400,
								      .expiration_s = T0 + 86400,
								      .first_ns = ns(0),
								      .last_ns = ns(active_s - 1)};
}

Test(rollover, zsk_by_pre_publication_in_its_time_needs_no_warning)
{
	roll_zsk(1000, 1200, 1400);
	cr_expect_str_eq(told(), "KEY_ADDED 202@999..1000 zsk-publish pre-publish; "
				 "ZSK_ACTIVE 202@1199..1200 zsk-activate pre-publish; "
				 "KEY_REMOVED 201@1399..1400 zsk-remove pre-publish");
	cr_expect(events.at[0].has_key && events.at[0].identity[0] == 4);
	cr_expect(events.at[1].has_key && events.at[1].identity[0] == 4); /* by its tag */
}

Test(rollover, zsk_that_signs_before_caches_know_it_is_too_early)
{
	roll_zsk(1000, 1050, 1400);
	cr_expect_str_eq(told(), "KEY_ADDED 202@999..1000 zsk-publish pre-publish; "
				 "ZSK_ACTIVE 202@1049..1050 zsk-activate pre-publish TOO_EARLY; "
				 "KEY_REMOVED 201@1399..1400 zsk-remove pre-publish");
}

Test(rollover, zsk_at_the_edge_of_the_ttl_is_not_told_too_early_since_it_may_not_have_been)
{
	roll_zsk(1000, 1099, 1400); /* published at 999 at the earliest: 100 s, the TTL */
	cr_expect_null(strstr(told(), "TOO_EARLY"));
}

Test(rollover, zsk_that_goes_while_its_signatures_are_cached_is_too_early)
{
	roll_zsk(1000, 1200, 1250);
	cr_expect_str_eq(told(), "KEY_ADDED 202@999..1000 zsk-publish pre-publish; "
				 "ZSK_ACTIVE 202@1199..1200 zsk-activate pre-publish; "
				 "KEY_REMOVED 201@1249..1250 zsk-remove pre-publish TOO_EARLY");
}

/* As the reverse trees in June 2010: TTL one hour, nothing published before. */
Test(rollover, zsk_that_was_not_published_before_is_too_early_by_the_whole_ttl)
{
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, Z1), "101", "8", 3600, 0, 999);
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, Z2), "101", "8", 3600, 1001, 5000);
	period(KS_TYPE_SOA, 0, other(60), "201", "8", 3600, 0, 998);
	period(KS_TYPE_SOA, 0, other(60), "202", "8", 3600, 1000, 5000);
	cr_expect_str_eq(told(), "ZSK_ACTIVE 202@998..1000 zsk-activate abrupt TOO_EARLY; "
				 "KEY_ADDED 202@999..1001 zsk-publish abrupt; "
				 "KEY_REMOVED 201@999..1001 zsk-remove abrupt");
	cr_expect_not_null(strstr(events.at[0].warning, "3600 s"));
}

/* Old key and signatures stay beside the new until everything old is gone. */
static void
roll_ksk(double published_s, double ds_s, double removed_s)
{
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, Z1), "101", "8", 100, 0, published_s - 1);
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, K2, Z1), "101 102", "8", 100, published_s, removed_s - 1);
	period(KS_TYPE_DNSKEY, 0, KEYS(K2, Z1), "102", "8", 100, removed_s, removed_s + 500);
	period(KS_TYPE_DS, 1, DS(K1), "9", "8", 300, 0, ds_s - 1);
	period(KS_TYPE_DS, 1, DS(K2), "9", "8", 300, ds_s, removed_s + 500);
}

Test(rollover, ksk_by_double_signature)
{
	roll_ksk(1000, 1200, 1600);
	cr_expect_str_eq(told(), "KEY_ADDED 102@999..1000 ksk-publish double-signature; "
				 "SIGNER_CHANGED 102@999..1000 ksk-activate double-signature; "
				 "DS_ADDED 102@1199..1200 ds-publish double-signature; "
				 "DS_REMOVED 101@1199..1200 ds-remove double-signature; "
				 "KEY_REMOVED 101@1599..1600 ksk-remove double-signature; "
				 "SIGNER_CHANGED -1@1599..1600");
}

/* As nz in May 2023. */
Test(rollover, ksk_that_goes_before_its_ds_is_forgotten_is_too_early)
{
	roll_ksk(1000, 1200, 1300);
	cr_expect_not_null(strstr(told(), "KEY_REMOVED 101@1299..1300 ksk-remove double-signature TOO_EARLY"),
			   "%s", told());
}

Test(rollover, ds_of_a_ksk_that_caches_cannot_know_yet_is_too_early)
{
	roll_ksk(1000, 1050, 1600);
	cr_expect_not_null(strstr(told(), "DS_ADDED 102@1049..1050 ds-publish double-signature TOO_EARLY"),
			   "%s", told());
}

Test(rollover, ksk_by_double_ds)
{
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, Z1), "101", "8", 100, 0, 1999);
	period(KS_TYPE_DNSKEY, 0, KEYS(K2, Z1), "102", "8", 100, 2000, 4000);
	period(KS_TYPE_DS, 1, DS(K1), "9", "8", 300, 0, 999);
	period(KS_TYPE_DS, 1, DS(K1, K2), "9", "8", 300, 1000, 2999);
	period(KS_TYPE_DS, 1, DS(K2), "9", "8", 300, 3000, 4000);
	cr_expect_str_eq(told(), "DS_ADDED 102@999..1000 ds-publish double-ds; "
				 "DS_PARTIAL 102@999..1000; "
				 "KEY_ADDED 102@1999..2000 ksk-publish double-ds; "
				 "KEY_REMOVED 101@1999..2000 ksk-remove double-ds; "
				 "SIGNER_CHANGED 102@1999..2000 ksk-activate double-ds; "
				 "DS_REMOVED 101@2999..3000 ds-remove double-ds");
}

Test(rollover, ksk_by_double_rrset)
{
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, Z1), "101", "8", 100, 0, 999);
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, K2, Z1), "101 102", "8", 100, 1000, 2999);
	period(KS_TYPE_DNSKEY, 0, KEYS(K2, Z1), "102", "8", 100, 3000, 4000);
	period(KS_TYPE_DS, 1, DS(K1), "9", "8", 300, 0, 999);
	period(KS_TYPE_DS, 1, DS(K1, K2), "9", "8", 300, 1000, 2499);
	period(KS_TYPE_DS, 1, DS(K2), "9", "8", 300, 2500, 4000);
	cr_expect_not_null(strstr(told(), "KEY_ADDED 102@999..1000 ksk-publish double-rrset"), "%s", told());
	cr_expect_null(strstr(told(), "TOO_EARLY"), "%s", told());
}

Test(rollover, a_revoked_key_is_the_same_key_with_another_tag)
{
	const struct key revoked = {1, 229, 8, REVOKED};
	facts.root = true;
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, K2, Z1), "102", "8", 100, 0, 999);
	period(KS_TYPE_DNSKEY, 0, KEYS(revoked, K2, Z1), "102 229", "8", 100, 1000, 1999);
	period(KS_TYPE_DNSKEY, 0, KEYS(K2, Z1), "102", "8", 100, 2000, 3000);
	cr_expect_str_eq(told(), "KEY_REVOKED 229@999..1000 ksk-revoke; "
				 "SIGNER_CHANGED 229@999..1000 ksk-revoke; "
				 "KEY_REMOVED 229@1999..2000 ksk-remove; "
				 "SIGNER_CHANGED -1@1999..2000");
	cr_expect(events.at[0].identity[0] == 1 && events.at[2].identity[0] == 1);
}

Test(rollover, the_roots_new_key_may_sign_alone_after_thirty_days)
{
	const double day = 86400;
	for (int days = 29; days <= 31; days++) {
		begin();
		facts.root = true;
		period(KS_TYPE_DNSKEY, 0, KEYS(K1, Z1), "101", "8", 100, 0, 999);
		period(KS_TYPE_DNSKEY, 0, KEYS(K1, K2, Z1), "101", "8", 100, 1000, 1000 + days * day - 1);
		period(KS_TYPE_DNSKEY, 0, KEYS(K1, K2, Z1), "102", "8", 100, 1000 + days * day,
		       1000 + 40 * day);
		const bool warned = strstr(told(), "ksk-activate rfc5011 HOLD_DOWN") != NULL;
		cr_expect(warned == (days < 30), "%d days: %s", days, told());
	}
}

/* What happened to the root from 2017 to 2019, in days from the publication of 20326 on 2017-07-11. */
Test(rollover, the_first_rollover_of_the_root)
{
	const struct key old = {1, 19036, 8, SEP}, new = {2, 20326, 8, SEP}, revoked = {1, 19164, 8, REVOKED};
	const double day = 86400, signs = 457.6 * day, revokes = 549.6 * day, removes = 619 * day;
	facts.root = true;
	period(KS_TYPE_DNSKEY, 0, KEYS(old, Z1), "19036", "8", 172800, -day, -1);
	period(KS_TYPE_DNSKEY, 0, KEYS(old, new, Z1), "19036", "8", 172800, 0, signs - 1);
	period(KS_TYPE_DNSKEY, 0, KEYS(old, new, Z1), "20326", "8", 172800, signs, revokes - 1);
	period(KS_TYPE_DNSKEY, 0, KEYS(revoked, new, Z1), "19164 20326", "8", 172800, revokes, removes - 1);
	period(KS_TYPE_DNSKEY, 0, KEYS(new, Z1), "20326", "8", 172800, removes, removes + day);
	cr_expect_str_eq(told(), "KEY_ADDED 20326@-1..0 ksk-publish rfc5011; "
				 "SIGNER_CHANGED 20326@39536639..39536640 ksk-activate rfc5011; "
				 "KEY_REVOKED 19164@47485439..47485440 ksk-revoke rfc5011; "
				 "SIGNER_CHANGED 19164@47485439..47485440 ksk-revoke rfc5011; "
				 "KEY_REMOVED 19164@53481599..53481600 ksk-remove rfc5011; "
				 "SIGNER_CHANGED -1@53481599..53481600");
}

Test(rollover, another_key_with_the_same_tag_is_another_key)
{
	const struct key twin = {9, 101, 8, SEP};
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, Z1), "101", "8", 100, 0, 999);
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, twin, Z1), "101", "8", 100, 1000, 2000);
	cr_expect_str_eq(told(), "KEY_ADDED 101@999..1000 ksk-publish COLLISION");
	cr_expect(events.at[0].identity[0] == 9);
}

/* --- algorithms --- */

enum step { SIGNATURES_IN, KEYS_IN, DS_SWAP, KEYS_OUT, SIGNATURES_OUT, STEPS };

/* The steps at the times given, each seen one second before and after. */
static void
roll_algorithm(const double at[STEPS])
{
	static const struct key k1 = {1, 101, 8, SEP}, z1 = {3, 201, 8, ZSK}, ke = {5, 301, 13, SEP},
				ze = {6, 302, 13, ZSK};
	const double end = 10000;
	const uint32_t sets[] = {KEYS(k1, z1), KEYS(k1, z1, ke, ze), KEYS(ke, ze)};
	period(KS_TYPE_DNSKEY, 0, sets[0], "101", "8", 100, 0, at[KEYS_IN] - 1);
	period(KS_TYPE_DNSKEY, 0, sets[1], "101 301", "8 13", 100, at[KEYS_IN], at[KEYS_OUT] - 1);
	period(KS_TYPE_DNSKEY, 0, sets[2], "301", "13", 100, at[KEYS_OUT], end);
	period(KS_TYPE_SOA, 0, other(60), "201", "8", 100, 0, at[SIGNATURES_IN] - 1);
	period(KS_TYPE_SOA, 0, other(60), "201 302", "8 13", 100, at[SIGNATURES_IN], at[SIGNATURES_OUT] - 1);
	period(KS_TYPE_SOA, 0, other(60), "302", "13", 100, at[SIGNATURES_OUT], end);
	period(KS_TYPE_DS, 1, DS(k1), "9", "8", 100, 0, at[DS_SWAP] - 1);
	period(KS_TYPE_DS, 1, DS(ke), "9", "8", 100, at[DS_SWAP], end);
}

Test(rollover, steps_of_an_algorithm_rollover_have_an_order)
{
	static const struct {
		const char *what;
		double at[STEPS];
		const char *warning; /* NULL: none of ORDER */
	} rows[] = {
		{"signatures, keys, DS, keys out, signatures out", {1000, 2000, 3000, 4000, 5000}, NULL},
		{"keys before signatures",
		 {2000, 1000, 3000, 4000, 5000},
		 "keys of algorithm 13 before its signatures"},
		{"DS before keys", {1000, 3000, 2000, 4000, 5000}, "DS of algorithm 13 before its keys"},
		{"keys out before DS out",
		 {1000, 2000, 4000, 3000, 5000},
		 "keys of algorithm 8 went before its DS"},
		{"signatures out before keys out",
		 {1000, 2000, 3000, 5000, 4000},
		 "signatures of algorithm 8 went before its keys"},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		size_t warned = 0;
		begin();
		roll_algorithm(rows[i].at);
		(void)told();
		for (size_t k = 0; k < events.n; k++) {
			if (strncmp(events.at[k].warning, "ORDER", 5) != 0)
				continue;
			warned++;
			cr_expect(rows[i].warning != NULL &&
					  strstr(events.at[k].warning, rows[i].warning) != NULL,
				  "%s: %s", rows[i].what, events.at[k].warning);
		}
		cr_expect(eq(sz, warned, rows[i].warning != NULL), "%s: %s", rows[i].what, told());
	}
}

Test(rollover, an_algorithm_rollover_is_told_as_one)
{
	roll_algorithm((const double[]){1000, 2000, 3000, 4000, 5000});
	cr_expect_str_eq(told(), "ALG_ADDED -1@999..1000 algorithm-signatures algorithm; "
				 "ZSK_ACTIVE 302@999..1000 zsk-activate algorithm; "
				 "KEY_ADDED 301@1999..2000 ksk-publish algorithm; "
				 "KEY_ADDED 302@1999..2000 zsk-publish algorithm; "
				 "ALG_ADDED -1@1999..2000 algorithm-keys algorithm; "
				 "SIGNER_CHANGED 301@1999..2000 ksk-activate algorithm; "
				 "DS_ADDED 301@2999..3000 ds-publish algorithm; "
				 "DS_REMOVED 101@2999..3000 ds-remove algorithm; "
				 "KEY_REMOVED 101@3999..4000 ksk-remove algorithm; "
				 "KEY_REMOVED 201@3999..4000 zsk-remove algorithm; "
				 "ALG_REMOVED -1@3999..4000 algorithm-keys-out algorithm; "
				 "SIGNER_CHANGED -1@3999..4000; "
				 "ALG_REMOVED -1@4999..5000 algorithm-signatures-out algorithm");
}

/* --- several servers --- */

Test(rollover, servers_that_follow_one_another_are_one_event_of_the_first)
{
	const uint32_t old = KEYS(K1), new = KEYS(K1, K2);
	for (uint32_t node = 0; node < 4; node++) {
		period(KS_TYPE_DNSKEY, node, old, "101", "8", 100, 0, 100 + 10 * node);
		period(KS_TYPE_DNSKEY, node, new, "101", "8", 100, 105 + 10 * node, 1000);
	}
	cr_expect_str_eq(told(), "KEY_ADDED 102@100..105 ksk-publish");
	cr_expect(eq(u32, events.at[0].servers, 4));
	cr_expect(eq(u32, events.at[0].node, 0));
	cr_expect(events.at[0].all_ns == ns(135));
}

Test(rollover, servers_that_change_together_narrow_the_time)
{
	const uint32_t old = KEYS(K1), new = KEYS(K1, K2);
	period(KS_TYPE_DNSKEY, 0, old, "101", "8", 100, 0, 10);
	period(KS_TYPE_DNSKEY, 0, new, "101", "8", 100, 100, 200);
	period(KS_TYPE_DNSKEY, 1, old, "101", "8", 100, 0, 90);
	period(KS_TYPE_DNSKEY, 1, new, "101", "8", 100, 150, 200);
	cr_expect_str_eq(told(), "KEY_ADDED 102@90..100 ksk-publish");
}

Test(rollover, a_change_between_two_servers_is_one_and_a_difference_between_them_is_none)
{
	const uint32_t old = KEYS(K1), new = KEYS(K1, K2);
	period(KS_TYPE_DNSKEY, 0, old, "101", "8", 100, 0, 90);
	period(KS_TYPE_DNSKEY, 1, new, "101", "8", 100, 100, 200);
	cr_expect_str_eq(told(), "KEY_ADDED 102@90..100 ksk-publish");
	period(KS_TYPE_DNSKEY, 2, old, "101", "8", 100, 120, 150);
	cr_expect_str_eq(told(), "");
}

Test(rollover, a_server_that_changes_twice_makes_two_events)
{
	const uint32_t one = KEYS(K1), two = KEYS(K1, K2);
	for (uint32_t i = 0; i < 4; i++)
		period(KS_TYPE_DNSKEY, 0, i % 2 ? two : one, "101", "8", 100, 100 * i, 100 * i + 50);
	cr_expect_str_eq(told(), "KEY_ADDED 102@50..100 ksk-publish; KEY_REMOVED 102@150..200 ksk-remove; "
				 "KEY_ADDED 102@250..300 ksk-publish");
}

Test(rollover, nodes_behind_one_address_that_answer_in_turn_are_not_told_for_ever)
{
	const uint32_t one = KEYS(K1), two = KEYS(K1, K2);
	for (uint32_t i = 0; i < 60; i++)
		period(KS_TYPE_DNSKEY, 0, i % 2 ? two : one, "101", "8", 100, 100 * i, 100 * i + 50);
	(void)told();
	cr_expect(eq(sz, events.n, 6), "%s", told());
	cr_expect(strncmp(events.at[4].warning, "FLAPPING: it was so 30 times", 28) == 0, "%s",
		  events.at[4].warning);
	cr_expect(strncmp(events.at[5].warning, "FLAPPING: it was so 29 times", 28) == 0, "%s",
		  events.at[5].warning);
}

Test(rollover, unlike_servers_are_inconsistent_when_they_stay_so)
{
	static const struct {
		const char *what;
		double unlike_s;
		uint32_t refresh_s;
		bool want;
	} rows[] = {
		{"shorter than 300 s", 299, 60, false},
		{"longer", 302, 60, true},
		{"shorter than the refresh", 900, 1000, false},
		{"longer than the refresh", 1100, 1000, true},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		begin();
		const uint32_t old = KEYS(K1), new = KEYS(K2);
		period(KS_TYPE_DNSKEY, 0, old, NULL, NULL, 100, 0, 99);
		period(KS_TYPE_DNSKEY, 0, new, NULL, NULL, 100, 100, 5000);
		period(KS_TYPE_DNSKEY, 1, old, NULL, NULL, 100, 0, 100 + rows[i].unlike_s);
		period(KS_TYPE_DNSKEY, 1, new, NULL, NULL, 100, 200 + rows[i].unlike_s, 5000);
		period(KS_TYPE_SOA, 0, other(rows[i].refresh_s), NULL, NULL, 100, 0, 5000);
		const bool unlike = strstr(told(), "; INCONSISTENT -1@?..100") != NULL;
		const bool alike = strstr(told(), "; CONSISTENT -1@") != NULL;
		cr_expect(unlike == rows[i].want, "%s: %s", rows[i].what, told());
		cr_expect(alike == rows[i].want, "%s: %s", rows[i].what, told());
	}
}

/* --- the parent --- */

/* The parent exchanges the DS; four of six nodes follow at once, two ten minutes later. */
Test(rollover, a_parent_ahead_of_some_nodes_is_told_for_those_nodes)
{
	const uint32_t old = KEYS(K1, Z1), new = KEYS(K2, Z1);
	period(KS_TYPE_DS, 9, DS(K1), "9", "8", 300, 0, 999);
	period(KS_TYPE_DS, 9, DS(K2), "9", "8", 300, 1000, 5000);
	for (uint32_t node = 0; node < 6; node++) {
		const double at = node < 4 ? 1000 : 1600;
		period(KS_TYPE_DNSKEY, node, old, "101", "8", 100, 0, at - 1);
		period(KS_TYPE_DNSKEY, node, new, "102", "8", 100, at, 5000);
	}
	(void)told();
	size_t n = 0;
	for (size_t i = 0; i < events.n; i++) {
		const struct ks_event *const at = &events.at[i];
		if (at->kind != KS_EVENT_DS_MISMATCH)
			continue;
		cr_expect(eq(u32, at->node, 4 + (uint32_t)n));
		cr_expect_str_eq(at->detail, "for at least 599.000 s");
		cr_expect(at->t_ns == ns(1000) && at->before_ns == ns(999));
		cr_expect(strncmp(at->warning, "DS_FIRST", 8) == 0, "%s", at->warning);
		n++;
	}
	cr_expect(eq(sz, n, 2), "%s", told());
}

Test(rollover, the_right_order_of_ds_and_keys_is_silent)
{
	roll_ksk(1000, 1200, 1600);
	cr_expect_null(strstr(told(), "DS_MISMATCH"));
}

Test(rollover, a_ds_that_fits_nothing_is_told_even_at_first_sight)
{
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, Z1), "101", "8", 100, 0, 500);
	period(KS_TYPE_DS, 9, DS(K2), "9", "8", 300, 100, 200);
	cr_expect_str_eq(told(), "DS_MISMATCH 102@?..100 BROKEN");
}

Test(rollover, a_ds_with_the_right_tag_and_another_digest_fits_nothing)
{
	const struct key false_digest = {7, 101, 8, SEP};
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, Z1), "101", "8", 100, 0, 500);
	period(KS_TYPE_DS, 9, DS(false_digest), "9", "8", 300, 100, 200);
	cr_expect_str_eq(told(), "DS_MISMATCH 101@?..100 BROKEN");
}

Test(rollover, a_digest_type_nobody_knows_proves_nothing)
{
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, Z1), "101", "8", 100, 0, 500);
	period(KS_TYPE_DS, 9, DS(K1), "9", "8", 300, 100, 200);
	ds[0].digest_type = 3;
	cr_expect_str_eq(told(), "");
}

Test(rollover, a_revoked_key_fits_no_ds)
{
	const struct key revoked = {1, 229, 8, REVOKED};
	period(KS_TYPE_DNSKEY, 0, KEYS(revoked, Z1), "229", "8", 100, 0, 500);
	period(KS_TYPE_DS, 9, DS(K1), "9", "8", 300, 100, 200);
	cr_expect_str_eq(told(), "DS_MISMATCH 101@?..100 BROKEN");
}

Test(rollover, a_parent_that_denies_a_ds_has_none_to_mismatch)
{
	const uint32_t denial = other(0);
	contents[denial].denial = KS_DENIAL_NSEC;
	period(KS_TYPE_DNSKEY, 0, KEYS(K1, Z1), "101", "8", 100, 0, 500);
	period(KS_TYPE_DS, 9, denial, "9", "8", 300, 0, 200);
	cr_expect_str_eq(told(), "");
	period(KS_TYPE_DS, 9, DS(K1), "9", "8", 300, 300, 400);
	cr_expect_str_eq(told(), "DS_ADDED 101@200..300 ds-publish");
}

Test(rollover, a_zone_that_asks_for_another_ds_signals)
{
	const struct key none = {0, 0, 0, 0};
	period(KS_TYPE_DS, 9, DS(K1), "9", "8", 300, 0, 1000);
	period(KS_TYPE_CDS, 0, DS(K1), "101", "8", 300, 0, 400);
	cr_expect_str_eq(told(), "");
	period(KS_TYPE_CDS, 0, DS(K2), "101", "8", 300, 500, 600);
	period(KS_TYPE_CDS, 0, DS(none), "101", "8", 300, 700, 800);
	cr_expect_str_eq(told(), "CDS_SIGNAL 102@400..500; CDS_SIGNAL -1@600..700");
	cr_expect_str_eq(events.at[1].detail, "the zone asks to delete its DS");
}

Test(rollover, a_zone_may_ask_by_key_too)
{
	const struct key none = {0, 0, 0, 0};
	period(KS_TYPE_DS, 9, DS(K1), "9", "8", 300, 0, 1000);
	period(KS_TYPE_CDNSKEY, 0, KEYS(K1), "101", "8", 300, 0, 400);
	cr_expect_str_eq(told(), "");
	period(KS_TYPE_CDNSKEY, 0, KEYS(K1, K2), "101", "8", 300, 500, 600);
	period(KS_TYPE_CDNSKEY, 0, KEYS(none), "101", "8", 300, 700, 800);
	cr_expect_str_eq(told(), "CDS_SIGNAL 102@400..500; CDS_SIGNAL -1@600..700");
}

/* --- signatures, TTL, parameters --- */

static void
sign(uint16_t type, uint16_t tag, double inception_s, double expiration_s, double first_s, double last_s)
{
	signatures[facts.n_signatures++] = (struct ks_fact_signature){
		.type = type,
		.tag = tag,
		.algorithm = 8,
		.inception_s = T0 + (int64_t)inception_s,
		.expiration_s = T0 + (int64_t)expiration_s,
		.least_validity_s = (int64_t)(expiration_s - inception_s),
		.original_ttl_s = 100,
		.count = 2,
		.expired = last_s > expiration_s,
		.future = first_s<inception_s, .first_expired_ns = last_s> expiration_s ? ns(last_s) : 0,
		.last_expired_ns = last_s > expiration_s ? ns(last_s) : 0,
		.first_ns = ns(first_s),
		.last_ns = ns(last_s),
	};
}

Test(rollover, a_signature_expires_at_its_instant_and_is_seen_so_later)
{
	sign(KS_TYPE_NS, 201, -1000, 500, 0, 510);
	sign(KS_TYPE_SOA, 201, -1000, 500, 0, 520);
	sign(KS_TYPE_SOA, 202, -1000, 5000, 0, 520);
	cr_expect_str_eq(told(), "SIG_EXPIRED 201@500..510");
	cr_expect_str_eq(events.at[0].detail, "types NS SOA");
}

/* Nobody need have seen it valid to know when it ceased to be. */
Test(rollover, a_signature_that_was_expired_at_first_sight_says_since_when)
{
	sign(KS_TYPE_SOA, 201, -1000, 500, 600, 700);
	cr_expect_str_eq(told(), "SIG_EXPIRED 201@500..700");
}

Test(rollover, new_signatures_after_expired_ones_are_renewed)
{
	sign(KS_TYPE_NS, 201, -1000, 500, 0, 510);
	sign(KS_TYPE_NS, 201, 540, 5000, 560, 900);
	sign(KS_TYPE_SOA, 201, -1000, 500, 0, 520);
	sign(KS_TYPE_SOA, 201, 540, 5000, 550, 900);
	sign(KS_TYPE_SOA, 201, 540, 6000, 570, 900);
	cr_expect_str_eq(told(), "SIG_EXPIRED 201@500..510; SIG_RENEWED 201@520..550");
	cr_expect_str_eq(events.at[1].detail, "types NS SOA");
}

Test(rollover, each_signer_renews_for_itself)
{
	sign(KS_TYPE_SOA, 201, -1000, 500, 0, 520);
	sign(KS_TYPE_SOA, 201, 540, 5000, 550, 900);
	sign(KS_TYPE_DNSKEY, 101, -1000, 500, 0, 530);
	sign(KS_TYPE_DNSKEY, 102, 540, 5000, 560, 900);
	cr_expect_not_null(strstr(told(), "SIG_RENEWED 201@520..550; SIG_RENEWED 102@530..560"));
}

/* One server is late: the zone is mended all the same, some time after the first expired signature. */
Test(rollover, renewed_while_one_server_still_gives_the_expired)
{
	sign(KS_TYPE_SOA, 201, -1000, 500, 0, 600);
	signatures[0].first_expired_ns = ns(510);
	sign(KS_TYPE_SOA, 201, 540, 5000, 550, 900);
	cr_expect_str_eq(told(), "SIG_EXPIRED 201@500..510; SIG_RENEWED 201@510..550");
}

Test(rollover, what_was_valid_before_or_ends_before_the_expired_renews_nothing)
{
	sign(KS_TYPE_SOA, 201, -1000, 500, 0, 600);
	signatures[0].first_expired_ns = ns(510);
	sign(KS_TYPE_SOA, 202, -900, 5000, 400, 900);
	sign(KS_TYPE_SOA, 203, 540, 5000, 550, 560);
	sign(KS_TYPE_SOA, 204, 540, 5000, 550, 900);
	signatures[3].folded = true;
	cr_expect_null(strstr(told(), "SIG_RENEWED"));
}

Test(rollover, a_signature_from_the_future)
{
	sign(KS_TYPE_SOA, 201, 301, 5000, 0, 10);
	cr_expect_str_eq(told(), "SIG_FUTURE 201@?..0");
}

Test(rollover, a_long_signature_still_served_seven_days_before_its_end_is_expiring)
{
	const double day = 86400;
	sign(KS_TYPE_SOA, 201, 0, 30 * day, 0, 23 * day + 10);
	cr_expect_str_eq(told(), "SIG_EXPIRING 201@1987200..1987200");
	begin();
	sign(KS_TYPE_SOA, 201, 0, 30 * day, 0, 23 * day - 10);
	sign(KS_TYPE_SOA, 202, 0, 7 * day, 0, 6 * day); /* lives no longer than that anyway */
	cr_expect_str_eq(told(), "");
}

Test(rollover, a_ttl_changes)
{
	const uint32_t set = KEYS(K1);
	period(KS_TYPE_DNSKEY, 0, set, "101", "8", 3600, 0, 99);
	period(KS_TYPE_DNSKEY, 0, set, "101", "8", 60, 100, 200);
	cr_expect_str_eq(told(), "TTL_CHANGED -1@99..100");
	cr_expect_str_eq(events.at[0].detail, "3600 s -> 60 s");
}

Test(rollover, parameters_of_nsec3_change)
{
	static const uint8_t wire[] = {0, 7, 1, 0, 0, 10, 2, 0xab, 0xcd};
	const uint32_t a = other(0), b = other(0);
	contents[b].wire = (struct ks_span){wire, sizeof(wire)};
	period(KS_TYPE_NSEC3PARAM, 0, a, "201", "8", 0, 0, 99);
	period(KS_TYPE_NSEC3PARAM, 0, b, "201", "8", 0, 100, 200);
	cr_expect_str_eq(told(), "PARAM_CHANGED -1@99..100");
	cr_expect_str_eq(events.at[0].detail, "NSEC3 with 10 iterations, salt of 2 octets");
}

Test(rollover, who_did_not_ask_for_signatures_does_not_change_signers)
{
	const uint32_t set = KEYS(K1);
	period(KS_TYPE_DNSKEY, 0, set, "101", "8", 100, 0, 99);
	period(KS_TYPE_DNSKEY, 0, set, NULL, NULL, 100, 100, 199);
	period(KS_TYPE_DNSKEY, 0, set, "101", "8", 100, 200, 300);
	cr_expect_str_eq(told(), "");
}

/* --- whatever the facts are --- */

static uint64_t state = 88172645463325252;

static uint32_t
draw(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 33) % n;
}

Test(rollover, any_facts_give_events_in_order_within_their_room)
{
	static const uint16_t types[] = {KS_TYPE_DNSKEY, KS_TYPE_DS,  KS_TYPE_SOA,   KS_TYPE_NSEC3PARAM,
					 KS_TYPE_CDS,    KS_TYPE_SOA, KS_TYPE_DNSKEY};
	static const char *const texts[] = {NULL, "", "101", "101 102", "201", "x 7", "8", "13 8"};
	for (int round = 0; round < 2000; round++) {
		begin();
		for (uint32_t i = 0; i < 6; i++) {
			const struct key a = {(uint8_t)draw(5), (uint16_t)(100 + draw(3)),
					      (uint8_t)(8 + draw(2)), draw(2) ? SEP : REVOKED};
			const struct key b = {(uint8_t)draw(5), (uint16_t)(200 + draw(3)), 8, ZSK};
			(void)(draw(2) ? KEYS(a, b) : DS(a, b));
		}
		const uint32_t n = draw(ROOM / 2);
		for (uint32_t i = 0; i < n; i++) {
			const double first = draw(2000), last = first + draw(900);
			period(types[draw(7)], draw(6), draw(6), texts[draw(8)], texts[draw(8)], draw(500),
			       first, last);
		}
		for (uint32_t i = 0; i < draw(20); i++)
			sign(draw(2) ? KS_TYPE_SOA : KS_TYPE_DNSKEY, (uint16_t)(100 + draw(4)), draw(2000),
			     draw(4000), draw(2000), 2000 + draw(2000));
		judge();
		for (size_t i = 0; i < events.n; i++) {
			const struct ks_event *const at = &events.at[i];
			cr_assert(at->before_ns < at->t_ns, "round %d: %s", round, ks_event_name(at->kind));
			cr_assert(at->all_ns >= at->t_ns, "round %d: %s", round, ks_event_name(at->kind));
			cr_assert(i == 0 || at[-1].t_ns <= at->t_ns, "round %d", round);
			cr_assert(at->node == KS_NODE_NONE || at->node < facts.n_nodes, "round %d", round);
		}
	}
}

/* What finds no room is counted, anew for each zone. */
Test(rollover, events_without_room_are_counted)
{
	static struct ks_traits_scratch scratch;
	const uint32_t before = KEYS(K1), behind = KEYS(K2);
	period(KS_TYPE_DNSKEY, 0, before, "101", "8", 60, 0, 10);
	period(KS_TYPE_DNSKEY, 0, behind, "102", "8", 60, 20, 30);
	struct ks_events few = {.at = room, .max = 1};
	for (int round = 0; round < 2; round++) {
		ks_rollover_judge(&facts, &scratch, &few);
		cr_expect(eq(sz, few.n, 1));
		cr_expect(eq(u64, few.lost, 2), "added, removed, another signer");
		cr_expect(not(few.in_part));
	}
	facts.cut = true;
	few.max = ROOM;
	ks_rollover_judge(&facts, &scratch, &few);
	cr_expect(eq(u64, few.lost, 0));
	cr_expect(few.in_part);
}
