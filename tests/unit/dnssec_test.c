/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Digests, signatures and canonical forms, against ldns: what it makes, signs and hashes must come out the
 * same from our octets. The root's keys and digests are those that IANA published. */
#include "dissect/dnssec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "dissect/rrcanon.h"
#include "dissect/signal.h"
#include "tests/support/signed.h"

/* --- the root's keys --- */

#define KSK_2017                                                                                             \
	". 172800 IN DNSKEY 257 3 8 "                                                                        \
	"AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/"                                         \
	"4RgWOq7HrxRixHlFlExOLAJr5emLvN7SWXgnLh4+B5"                                                         \
	"xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8efS3rCj/"               \
	"EWgvIWgb9tarpVUD"                                                                                   \
	"K/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/"                                \
	"ilBmSVIzuDWfdRUfhHdY6+cn8HFRm+2hM"                                                                  \
	"8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU="
#define KSK_2024                                                                                             \
	". 172800 IN DNSKEY 257 3 8 "                                                                        \
	"AwEAAa96jeuknZlaeSrvyAJj6ZHv28hhOKkx3rLGXVaC6rXTsDc449/"                                            \
	"cidltpkyGwCJNnOAlFNKF2jBosZBU5eeHspaQWOmOElZs"                                                      \
	"jICMQMC3aeHbGiShvZsx4wMYSjH8e7Vrhbu6irwCzVBApESjbUdpWWmEnhathWu1jo+siFUiRAAxm9qyJNg/wOZqqzL/dL/"    \
	"q8Pkc"                                                                                              \
	"RU5oUKEpUge71M3ej2/"                                                                                \
	"7CPqpdVwuMoTvoB+ZOT4YeGyxMvHmbrxlFzGOHOijtzN+u1TQNatX2XBuzZNQ1K+s2CXkPIZo7s6JgZyv"                  \
	"aBevYtxPvYLw4z9mR7K2vaF18UYH9Z9GNUUeayffKC73PYc="

static size_t
rdata_of(const ldns_rr *rr, uint8_t *ret)
{
	ldns_buffer *const buffer = ldns_buffer_new(4096);
	cr_assert(eq(int, ldns_rr_rdata2buffer_wire(buffer, rr), LDNS_STATUS_OK));
	const size_t n = ldns_buffer_position(buffer);
	memcpy(ret, ldns_buffer_begin(buffer), n);
	ldns_buffer_free(buffer);
	return n;
}

static const char *
hex(const uint8_t *bytes, size_t n)
{
	static char text[97];
	for (size_t i = 0; i < n; i++)
		(void)snprintf(text + 2 * i, 3, "%02X", bytes[i]);
	return text;
}

Test(dnssec, keys_of_the_root_have_their_tags_and_digests)
{
	static const struct {
		const char *key;
		unsigned flags, tag;
		const char *sha256; /* as IANA published it, or NULL */
	} rows[] = {
		{KSK_2017, 0, 20326, "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"},
		{KSK_2017, KS_KEY_REVOKE, 20454, NULL},
		{KSK_2024, 0, 38696, "683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"},
		{KSK_2024, KS_KEY_REVOKE, 38824, NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t data[600] = {0}, digest[32]; /* the root's name is one octet, 0 */
		ldns_rr *const rr = ks_signed_rr(rows[i].key);
		const size_t n = rdata_of(rr, data + 1);
		data[2] |= (uint8_t)rows[i].flags;
		cr_expect(eq(int, ks_key_tag((struct ks_span){data + 1, n}), rows[i].tag));
		ks_dnssec_sha256((struct ks_span){data, n + 1}, digest);
		if (rows[i].sha256 != NULL)
			cr_expect(eq(str, (char *)(uintptr_t)hex(digest, 32),
				     (char *)(uintptr_t)rows[i].sha256));
		ldns_rr_free(rr);
	}
}

/* All three digests against ldns' own DS records. */
Test(dnssec, digests_equal_those_of_ds_records)
{
	static const ldns_hash types[] = {LDNS_SHA1, LDNS_SHA256, LDNS_SHA384};
	ldns_key *const key = ks_signed_key("example.", LDNS_SIGN_ECDSAP256SHA256, 256, 257);
	ldns_rr *const dnskey = ks_signed_dnskey(key);
	uint8_t data[600] = "\7example", digest[48];
	const struct ks_span signed_data = {data, 9 + rdata_of(dnskey, data + 9)};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		ldns_rr *const ds = ldns_key_rr2ds(dnskey, types[i]);
		const ldns_rdf *const want = ldns_rr_rdf(ds, 3);
		if (types[i] == LDNS_SHA1)
			ks_dnssec_sha1(signed_data, digest);
		else if (types[i] == LDNS_SHA256)
			ks_dnssec_sha256(signed_data, digest);
		else
			ks_dnssec_sha384(signed_data, digest);
		cr_expect(eq(int, memcmp(ldns_rdf_data(want), digest, ldns_rdf_size(want)), 0));
		ldns_rr_free(ds);
	}
	ldns_rr_free(dnskey);
	ldns_key_deep_free(key);
}

/* --- signatures --- */

static struct ks_rrsets sets;
static uint8_t records[KS_RRCANON_MAX], data[65536];

/* What our octets say of the first RRset and its first signature in a message. */
static enum ks_dnssec
verdict(const struct ks_wire *wire, const ldns_rr *dnskey)
{
	struct ks_dns dns;
	struct ks_rrsig rrsig;
	uint8_t rdata[1024];
	size_t n_records, n_data;
	cr_assert(eq(int, ks_dns_read(wire->b, wire->n, wire->n, &dns), KS_DNS));
	ks_rrsets_read((struct ks_span){wire->b, wire->n}, &dns, &sets);
	const struct ks_rrset *const set = &sets.set[0];
	const struct ks_rrset *const over =
		ks_rrsets_find(&sets, KS_SECTION_ANSWER, set->owner, KS_TYPE_RRSIG, set->type);
	cr_assert(over != NULL);
	cr_assert(ks_rrsig_read(sets.message, ks_rrset_first(&sets, over)->rdata, &rrsig));
	cr_assert(ks_rrset_canonical(&sets, set, records, &n_records));
	if (!ks_rrsig_signed_data(&rrsig, ks_rrset_owner(&sets, set), (struct ks_span){records, n_records},
				  data, sizeof(data), &n_data))
		return KS_DNSSEC_BOGUS;
	const size_t n = rdata_of(dnskey, rdata);
	return ks_dnssec_verify(rrsig.algorithm, (struct ks_span){rdata + 4, n - 4},
				(struct ks_span){data, n_data}, rrsig.signature);
}

Test(dnssec, every_algorithm_that_ldns_signs_with)
{
	static const struct {
		ldns_signing_algorithm algorithm;
		uint16_t bits;
	} rows[] = {
		{LDNS_SIGN_RSASHA1, 1024},        {LDNS_SIGN_RSASHA1_NSEC3, 1024},
		{LDNS_SIGN_RSASHA256, 2048},      {LDNS_SIGN_RSASHA512, 1024},
		{LDNS_SIGN_ECDSAP256SHA256, 256}, {LDNS_SIGN_ECDSAP384SHA384, 384},
		{LDNS_SIGN_ED25519, 256},         {LDNS_SIGN_ED448, 456},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ldns_key *const key = ks_signed_key("example.", rows[i].algorithm, rows[i].bits, 256);
		ldns_rr *const dnskey = ks_signed_dnskey(key);
		ldns_rr_list *const list = ldns_rr_list_new();
		struct ks_wire wire;
		ldns_rr_list_push_rr(list, ks_signed_rr("www.example. 300 IN A 198.18.0.2"));
		ldns_rr_list_push_rr(list, ks_signed_rr("www.example. 300 IN A 198.18.0.1"));
		/* Twenty times: r and s of ECDSA begin with zeros only now and then. */
		for (unsigned round = 0; round < 20; round++) {
			while (ldns_rr_list_rr_count(list) > 2)
				ldns_rr_free(ldns_rr_list_pop_rr(list));
			ks_signed_sign(list, key);
			ks_signed_message(&wire, "www.example.", 1, 0x8400, list, NULL);
			cr_expect(eq(int, verdict(&wire, dnskey), KS_DNSSEC_GOOD), "algorithm %d",
				  (int)rows[i].algorithm);
			wire.b[wire.n - 20] ^= 1; /* in the signature */
			cr_expect(eq(int, verdict(&wire, dnskey), KS_DNSSEC_BOGUS), "algorithm %d",
				  (int)rows[i].algorithm);
		}
		ldns_rr_list_deep_free(list);
		ldns_rr_free(dnskey);
		ldns_key_deep_free(key);
	}
}

/* Names in RDATA, capitals, wildcards, records twice: as ldns signs them, so they verify. */
Test(dnssec, canonical_forms_of_every_kind)
{
	static const struct {
		const char *what;
		const char *rr[3];
		const char *asked; /* the owner in the answer, when a wildcard made it */
	} rows[] = {
		{"SOA", {"Example. 60 IN SOA NS1.Example. Host.EXAMPLE. 7 3600 600 86400 60"}, NULL},
		{"NS", {"example. 60 IN NS B.nic.EXAMPLE.", "example. 60 IN NS a.nic.example."}, NULL},
		{"MX", {"example. 60 IN MX 10 Mail.Example.", "example. 60 IN MX 5 mail2.example."}, NULL},
		{"CNAME", {"a.example. 60 IN CNAME B.Example."}, NULL},
		{"DNAME", {"a.example. 60 IN DNAME B.Example."}, NULL},
		{"SRV", {"_s._tcp.example. 60 IN SRV 1 2 53 Host.Example."}, NULL},
		{"NAPTR", {"example. 60 IN NAPTR 1 2 \"S\" \"SIP+D2U\" \"\" _SIP._udp.Example."}, NULL},
		{"TXT",
		 {"example. 60 IN TXT \"B\"", "example. 60 IN TXT \"a\" \"b\"", "example. 60 IN TXT \"\""},
		 NULL},
		{"NSEC", {"a.example. 60 IN NSEC b.example. A RRSIG NSEC"}, NULL},
		{"RP", {"example. 60 IN RP Joe.Example. TXT.example."}, NULL},
		{"KX", {"example. 60 IN KX 1 Kx.Example."}, NULL},
		{"DS",
		 {"a.example. 60 IN DS 1 8 2 "
		  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"},
		 NULL},
		{"a type without mnemonic", {"example. 60 IN TYPE65280 \\# 3 414243"}, NULL},
		{"a wildcard asked for itself", {"*.example. 60 IN A 198.18.0.1"}, NULL},
		{"a wildcard's answer", {"*.example. 60 IN A 198.18.0.1"}, "x.y.example."},
		{"the root", {". 60 IN NS A.Root-Servers.NET."}, NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const zone = rows[i].rr[0][0] == '.' ? "." : "example.";
		ldns_key *const key = ks_signed_key(zone, LDNS_SIGN_ED25519, 256, 256);
		ldns_rr *const dnskey = ks_signed_dnskey(key);
		ldns_rr_list *const list = ldns_rr_list_new();
		struct ks_wire wire;
		for (size_t j = 0; j < 3 && rows[i].rr[j] != NULL; j++)
			ldns_rr_list_push_rr(list, ks_signed_rr(rows[i].rr[j]));
		ks_signed_sign(list, key);
		for (size_t j = 0; rows[i].asked != NULL && j < ldns_rr_list_rr_count(list); j++) {
			ldns_rr *const rr = ldns_rr_list_rr(list, j);
			ldns_rdf_deep_free(ldns_rr_owner(rr));
			ldns_rr_set_owner(rr, ldns_dname_new_frm_str(rows[i].asked));
		}
		ks_signed_message(&wire, zone, 1, 0x8400, list, NULL);
		cr_expect(eq(int, verdict(&wire, dnskey), KS_DNSSEC_GOOD), "%s", rows[i].what);
		ldns_rr_list_deep_free(list);
		ldns_rr_free(dnskey);
		ldns_key_deep_free(key);
	}
}

/* The same records in any order, any twice, are one canonical form. */
Test(dnssec, order_and_repetition_do_not_show)
{
	static const unsigned orders[][4] = {{1, 2, 3, 4}, {4, 3, 2, 1}, {2, 4, 1, 3}, {3, 3, 1, 2}};
	uint8_t first[KS_RRCANON_MAX];
	size_t n_first = 0, n;
	for (size_t i = 0; i < 4; i++) {
		struct ks_wire wire = {0};
		struct ks_dns dns;
		ks_wire_header(&wire, 1, 0x8400, 1, 5, 0, 0);
		ks_wire_question(&wire, "x.", 1);
		for (size_t j = 0; j < 5; j++) {
			ks_wire_rr(&wire, NULL, 1, 1, 60, 4);
			ks_wire_u32(&wire, j == 4 ? 4 : orders[i][j]);
		}
		cr_assert(eq(int, ks_dns_read(wire.b, wire.n, wire.n, &dns), KS_DNS));
		ks_rrsets_read((struct ks_span){wire.b, wire.n}, &dns, &sets);
		cr_assert(ks_rrset_canonical(&sets, &sets.set[0], records, &n));
		if (i == 0) {
			memcpy(first, records, n);
			n_first = n;
		}
		cr_expect(eq(sz, n, n_first));
		cr_expect(eq(int, memcmp(first, records, n), 0));
	}
}

Test(dnssec, more_labels_than_the_owner_has_are_refused)
{
	struct ks_rrsig rrsig = {.covered = 1, .algorithm = 8, .labels = 2, .n_signer = 1};
	const uint8_t owner[] = "\7example";
	size_t n;
	cr_expect(not(ks_rrsig_signed_data(&rrsig, (struct ks_span){owner, 9}, (struct ks_span){0}, data,
					   sizeof(data), &n)));
	rrsig.labels = 1;
	cr_expect(ks_rrsig_signed_data(&rrsig, (struct ks_span){owner, 9}, (struct ks_span){0}, data,
				       sizeof(data), &n));
}

/* What would cost much is not tried. */
Test(dnssec, keys_that_are_too_large_are_not_tried)
{
	uint8_t key[4 + 1200], signature[256] = {1};
	const struct ks_span sig = {signature, sizeof(signature)};
	memset(key, 0xc1, sizeof(key));
	memcpy(key, "\3\1\0\1", 4);
	cr_expect(eq(int, ks_dnssec_verify(8, (struct ks_span){key, 4 + 513}, sig, sig),
		     KS_DNSSEC_UNSUPPORTED));
	cr_expect(eq(int, ks_dnssec_verify(8, (struct ks_span){key, 4 + 256}, sig, sig), KS_DNSSEC_BOGUS));
	key[0] = 9;
	cr_expect(eq(int, ks_dnssec_verify(8, (struct ks_span){key, 4 + 256}, sig, sig),
		     KS_DNSSEC_UNSUPPORTED));
	for (unsigned algorithm = 0; algorithm < 256; algorithm++)
		if (!ks_dnssec_knows((uint8_t)algorithm))
			cr_expect(
				eq(int,
				   ks_dnssec_verify((uint8_t)algorithm, (struct ks_span){key, 260}, sig, sig),
				   KS_DNSSEC_UNSUPPORTED));
}

/* --- NSEC3 --- */

Test(dnssec, nsec3_hashes_equal_those_of_ldns)
{
	static const char *const names[] = {"example.", "a.example.", "*.w.example.", "."};
	static const uint16_t iterations[] = {0, 1, 12, KS_DNSSEC_ITERATIONS};
	static uint8_t salt[] = {0xaa, 0xbb, 0xcc, 0xdd};
	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j < 4; j++)
			for (uint8_t n_salt = 0; n_salt <= 4; n_salt = (uint8_t)(n_salt + 4)) {
				uint8_t hash[20];
				ldns_rdf *const name = ldns_dname_new_frm_str(names[i]);
				ldns_rdf *const label =
					ldns_nsec3_hash_name(name, 1, iterations[j], n_salt, salt);
				const struct ks_span wire = {ldns_rdf_data(name), ldns_rdf_size(name)};
				cr_assert(ks_dnssec_nsec3_hash(wire, (struct ks_span){salt, n_salt},
							       iterations[j], hash));
				char text[64];
				(void)ldns_b32_ntop_extended_hex(hash, 20, text, sizeof(text));
				cr_expect(eq(int, strncasecmp(text, (char *)ldns_rdf_data(label) + 1, 32), 0),
					  "%s, %u", names[i], iterations[j]);
				ldns_rdf_deep_free(label);
				ldns_rdf_deep_free(name);
			}
	uint8_t hash[20];
	const uint8_t root[1] = {0};
	cr_expect(not(ks_dnssec_nsec3_hash((struct ks_span){root, 1}, (struct ks_span){0},
					   KS_DNSSEC_ITERATIONS + 1, hash)));
}
