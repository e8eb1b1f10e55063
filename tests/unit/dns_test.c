/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dns_test.c -- DNS messages: what is read of whole ones, of cut ones, of false ones. */
#include "dissect/dns_known.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "dissect/signal.h"
#include "tests/support/guard.h"
#include "tests/support/wire.h"

enum { QUERY = 0x0100, ANSWER = 0x8400 };

static struct ks_wire
dnskey_query(const char *name)
{
	struct ks_wire wire = {0};
	ks_wire_header(&wire, 0x1234, QUERY | KS_FLAG_CD, 1, 0, 0, 1);
	ks_wire_question(&wire, name, KS_TYPE_DNSKEY);
	ks_wire_rr(&wire, ".", KS_TYPE_OPT, 1232, 0x8000, 0);
	return wire;
}

/* Two keys and two signatures over them, one over something else, and OPT. */
static struct ks_wire
dnskey_answer(void)
{
	struct ks_wire wire = {0};
	ks_wire_header(&wire, 0x1234, ANSWER, 1, 5, 0, 1);
	ks_wire_question(&wire, "Tld.", KS_TYPE_DNSKEY);
	ks_wire_dnskey(&wire, NULL, 172800, 256);
	ks_wire_dnskey(&wire, "tLD.", 86400, 128);
	ks_wire_rrsig(&wire, NULL, 3600, KS_TYPE_DNSKEY, 172800, 2000000000, 256);
	ks_wire_rrsig(&wire, NULL, 7200, KS_TYPE_DNSKEY, 7200, 1999999999, 128);
	ks_wire_rrsig(&wire, NULL, 1, KS_TYPE_NS, 1, 1, 16);
	ks_wire_rr(&wire, ".", KS_TYPE_OPT, 4096, 0x8000, 0);
	return wire;
}

static enum ks_verdict
read_part(const struct ks_wire *wire, size_t cap_len, struct ks_dns *ret)
{
	return ks_dns_read(ks_guarded(wire->b, cap_len), cap_len, wire->n, ret);
}

Test(dns, query)
{
	const struct ks_wire wire = dnskey_query("Tld.");
	struct ks_dns dns;
	cr_assert(eq(int, read_part(&wire, wire.n, &dns), KS_DNS));
	cr_assert(not(ks_dns_is_response(&dns)));
	cr_assert(eq(uint, ks_dns_opcode(&dns), 0));
	cr_assert(eq(u16, dns.id, 0x1234));
	cr_assert(eq(u16, dns.flags, QUERY | KS_FLAG_CD));
	cr_assert(dns.has_question);
	cr_assert(eq(u16, dns.qtype, KS_TYPE_DNSKEY));
	cr_assert(eq(u16, dns.qclass, 1));
	cr_assert(eq(int, dns.labels, 1));
	cr_assert(eq(sz, dns.qname.n, 5));
	cr_assert(eq(int, memcmp(dns.qname.at, "\3Tld", 5), 0), "the case is kept");
	cr_assert(eq(u16, dns.edns.records, 1));
	cr_assert(dns.edns.dnssec_ok);
	cr_assert(eq(u16, dns.edns.udp_size, 1232));
	cr_assert(eq(u16, dns.dnskey.keys, 0));
}

Test(dns, answer_with_keys)
{
	const struct ks_wire wire = dnskey_answer();
	struct ks_dns dns;
	cr_assert(eq(int, read_part(&wire, wire.n, &dns), KS_DNS));
	cr_assert(ks_dns_is_response(&dns));
	cr_assert(eq(u16, dns.dnskey.keys, 2), "one by pointer, one by a name in another case");
	cr_assert(eq(u32, dns.dnskey.key_ttl, 86400), "the least");
	cr_assert(eq(u16, dns.dnskey.signatures, 2), "the one over NS is not counted");
	cr_assert(eq(u32, dns.dnskey.sig_ttl, 3600));
	cr_assert(eq(u32, dns.dnskey.original_ttl, 7200));
	cr_assert(eq(u32, dns.dnskey.expirations, 2));
	cr_assert(eq(u32, dns.dnskey.expiration[0], 2000000000));
	cr_assert(eq(u32, dns.dnskey.expiration[1], 1999999999));
	for (size_t i = 0; i < 2; i++) {
		/* The octets of the key count up from 0: see ks_wire_dnskey. */
		uint8_t rdata[4 + 256] = {1, 1, 3, 8};
		const size_t n = i == 0 ? 256 : 128;
		for (size_t k = 0; k < n; k++)
			rdata[4 + k] = (uint8_t)k;
		cr_assert(eq(u16, dns.dnskey.key[i].tag, ks_key_tag((struct ks_span){rdata, 4 + n})));
		cr_assert(eq(u16, dns.dnskey.key[i].flags, 257));
		cr_assert(eq(u8, dns.dnskey.key[i].algorithm, 8));
		cr_assert(eq(u16, dns.dnskey.signer[i].tag, 20326));
		cr_assert(eq(u8, dns.dnskey.signer[i].algorithm, 8));
	}
	cr_assert(eq(u8, dns.dnskey.key[2].algorithm, 0));
	/* 2 octets of pointer or 5 of name, 10 of fixed fields, RDATA */
	const uint32_t keys = (2 + 10 + 4 + 256) + (5 + 10 + 4 + 128);
	const uint32_t signatures = 3 * (2 + 10 + 19) + 256 + 128 + 16;
	cr_assert(eq(u32, dns.sigkey_bytes, keys + signatures));
}

Test(dns, keys_of_other_names_are_not_the_answer)
{
	struct ks_wire wire = {0};
	struct ks_dns dns;
	ks_wire_header(&wire, 1, ANSWER, 1, 1, 1, 0);
	ks_wire_question(&wire, "tld.", KS_TYPE_DNSKEY);
	ks_wire_dnskey(&wire, "net.", 60, 4);
	ks_wire_dnskey(&wire, NULL, 60, 4); /* in the authority section */
	cr_assert(eq(int, read_part(&wire, wire.n, &dns), KS_DNS));
	cr_assert(eq(u16, dns.dnskey.keys, 0));
	cr_assert(gt(u32, dns.sigkey_bytes, 0), "their octets count all the same");
}

/* RFC 6891 s6.1.3: eight upper bits from the OPT record, four lower ones from the header. */
Test(dns, extended_rcode)
{
	struct ks_wire wire = {0};
	struct ks_dns dns;
	ks_wire_header(&wire, 1, ANSWER | 7, 0, 0, 0, 1);
	ks_wire_rr(&wire, ".", KS_TYPE_OPT, 1232, UINT32_C(0x01000000), 0);
	cr_assert(eq(int, read_part(&wire, wire.n, &dns), KS_DNS));
	cr_assert(eq(u16, dns.rcode, 23));
	cr_assert(not(dns.has_question), "QDCOUNT 0 is legal: a cookie query, RFC 7873 s5.4");
}

/* The snap length cuts: without a header it is nothing; behind it the message counts, and what was read
 * stands. */
Test(dns, cut_by_the_snap_length)
{
	const struct ks_wire wire = dnskey_answer();
	const size_t question_end = KS_DNS_HEADER + 5 + 4;
	for (size_t n = 0; n < wire.n; n++) {
		struct ks_dns dns;
		const enum ks_verdict verdict = read_part(&wire, n, &dns);
		if (n < KS_DNS_HEADER) {
			cr_assert(eq(int, verdict, KS_DNS_CUT), "%zu", n);
			continue;
		}
		cr_assert(eq(int, verdict, KS_DNS), "%zu", n);
		cr_assert(dns.cut, "%zu", n);
		cr_assert(eq(u16, dns.qtype, n < question_end ? 0 : KS_TYPE_DNSKEY), "%zu", n);
		cr_assert(eq(int, dns.has_question, n >= question_end), "%zu", n);
		cr_assert(le(uint, dns.dnskey.keys, 2));
	}
}

/* The same bytes as a whole message are no message at all. */
Test(dns, truncated_message_is_malformed)
{
	struct ks_wire wire = dnskey_answer();
	const size_t whole = wire.n;
	for (wire.n = 0; wire.n < whole; wire.n++) {
		struct ks_dns dns;
		cr_assert(eq(int, read_part(&wire, wire.n, &dns), KS_DNS_MALFORMED), "%zu octets", wire.n);
	}
}

Test(dns, bytes_behind_the_last_record_are_ignored)
{
	struct ks_wire wire = dnskey_query("tld.");
	struct ks_dns dns;
	ks_wire_bytes(&wire, "padding", 7);
	cr_assert(eq(int, read_part(&wire, wire.n, &dns), KS_DNS));
}

/* clang-format off */
static const struct {
	const char *what, *question;
	size_t n;
} bad_questions[] = {
	{"a label of type 01", "\101\0\60\0\1", 5},
	{"a label of type 10", "\200\0\60\0\1", 5},
};
/* clang-format on */

Test(dns, unknown_label_type_is_malformed_whether_or_not_the_rest_was_captured)
{
	for (size_t i = 0; i < KS_COUNT(bad_questions); i++) {
		struct ks_wire wire = {0};
		struct ks_dns dns;
		ks_wire_header(&wire, 1, QUERY, 1, 0, 0, 0);
		ks_wire_bytes(&wire, bad_questions[i].question, bad_questions[i].n);
		cr_assert(eq(int, read_part(&wire, wire.n, &dns), KS_DNS_MALFORMED), "%s",
			  bad_questions[i].what);
		cr_assert(eq(int, ks_dns_read(ks_guarded(wire.b, wire.n), wire.n, wire.n + 100, &dns),
			     KS_DNS_MALFORMED),
			  "%s", bad_questions[i].what);
	}
}

/* A pointer with nothing before it to point at; a name of 257 octets. Servers meet both and answer FORMERR.
 */
Test(dns, bad_name_does_not_hide_the_type)
{
	for (int i = 0; i < 2; i++) {
		struct ks_wire wire = {0};
		struct ks_dns dns;
		ks_wire_header(&wire, 1, QUERY, 1, 0, 0, 0);
		for (int label = 0; label < 128 * i; label++)
			ks_wire_bytes(&wire, "\1a", 2);
		if (i == 0)
			ks_wire_u16(&wire, 0xc00c);
		else
			ks_wire_u8(&wire, 0);
		ks_wire_u16(&wire, KS_TYPE_DNSKEY);
		ks_wire_u16(&wire, 1);
		cr_assert(eq(int, read_part(&wire, wire.n, &dns), KS_DNS), "%d", i);
		cr_assert(dns.bad_name && !dns.has_question && dns.qname.at == NULL, "%d", i);
		cr_assert(eq(u16, dns.qtype, KS_TYPE_DNSKEY), "%d", i);
	}
}

/* Counts claim 65535 records; the message ends after one. */
Test(dns, counts_that_lie)
{
	struct ks_wire wire = {0};
	struct ks_dns dns;
	ks_wire_header(&wire, 1, ANSWER, 1, 65535, 65535, 65535);
	ks_wire_question(&wire, "tld.", KS_TYPE_DNSKEY);
	ks_wire_dnskey(&wire, NULL, 60, 4);
	cr_assert(eq(int, read_part(&wire, wire.n, &dns), KS_DNS_MALFORMED));
}

Test(dns, rdlength_past_the_end)
{
	struct ks_wire wire = {0};
	struct ks_dns dns;
	ks_wire_header(&wire, 1, ANSWER, 1, 1, 0, 0);
	ks_wire_question(&wire, "tld.", KS_TYPE_DNSKEY);
	ks_wire_rr(&wire, NULL, KS_TYPE_DNSKEY, 1, 60, 65535);
	cr_assert(eq(int, read_part(&wire, wire.n, &dns), KS_DNS_MALFORMED));
}

Test(dns, several_questions_are_stepped_over)
{
	struct ks_wire wire = {0};
	struct ks_dns dns;
	ks_wire_header(&wire, 1, ANSWER, 2, 1, 0, 0);
	ks_wire_question(&wire, "tld.", KS_TYPE_DNSKEY);
	ks_wire_question(&wire, "net.", 1);
	ks_wire_dnskey(&wire, NULL, 60, 4);
	cr_assert(eq(int, read_part(&wire, wire.n, &dns), KS_DNS));
	cr_assert(eq(u16, dns.qtype, KS_TYPE_DNSKEY));
	cr_assert(eq(u16, dns.dnskey.keys, 1));
}

Test(dns, several_opt_records_are_counted)
{
	struct ks_wire wire = dnskey_query("tld.");
	struct ks_dns dns;
	ks_wire_rr(&wire, ".", KS_TYPE_OPT, 512, 0, 0);
	wire.b[11] = 2; /* ARCOUNT */
	cr_assert(eq(int, read_part(&wire, wire.n, &dns), KS_DNS));
	cr_assert(eq(u16, dns.edns.records, 2));
}

/* Signatures by the hundred: the first four expirations are kept, all are counted. */
Test(dns, more_signatures_than_are_kept)
{
	struct ks_wire wire = {0};
	struct ks_dns dns;
	ks_wire_header(&wire, 1, ANSWER, 1, 60, 0, 0);
	ks_wire_question(&wire, "tld.", KS_TYPE_DNSKEY);
	for (uint32_t i = 0; i < 60; i++)
		ks_wire_rrsig(&wire, NULL, 60, KS_TYPE_DNSKEY, 60, 1000 + i, 8);
	cr_assert(eq(int, read_part(&wire, wire.n, &dns), KS_DNS));
	cr_assert(eq(u16, dns.dnskey.signatures, 60));
	cr_assert(eq(u32, dns.dnskey.expirations, KS_SIG_TIMES));
	cr_assert(eq(u32, dns.dnskey.expiration[3], 1003));
}

/* Every octet of a real answer set to every kind of trouble: no crash, no read outside, a verdict. */
Test(dns, every_octet_flipped)
{
	struct ks_wire wire = dnskey_answer();
	uint8_t *const end = ks_guard_end(sizeof(wire.b));
	static const uint8_t values[] = {0x00, 0x01, 0x3f, 0x40, 0x80, 0xc0, 0xff};
	for (size_t i = 0; i < wire.n; i++) {
		const uint8_t was = wire.b[i];
		for (size_t v = 0; v < sizeof(values); v++) {
			struct ks_dns dns;
			wire.b[i] = values[v];
			const uint8_t *const at = ks_guard_put(end, wire.b, wire.n);
			const enum ks_verdict verdict = ks_dns_read(at, wire.n, wire.n, &dns);
			cr_assert(verdict == KS_DNS || verdict == KS_DNS_MALFORMED);
			if (verdict == KS_DNS && dns.has_question)
				cr_assert(dns.qname.at >= at && dns.qname.at + dns.qname.n <= end);
		}
		wire.b[i] = was;
	}
}

/* --- answers that were read before --- */

static void
expect_alike(const struct ks_dns *a, const struct ks_dns *b)
{
	cr_assert(a->id == b->id && a->flags == b->flags && a->rcode == b->rcode && a->cut == b->cut);
	cr_assert(a->qname.at == b->qname.at && a->qname.n == b->qname.n && a->labels == b->labels);
	cr_assert(a->has_question == b->has_question && a->qtype == b->qtype && a->qclass == b->qclass);
	cr_assert(a->additional_at == b->additional_at && a->sigkey_bytes == b->sigkey_bytes);
	cr_assert(a->answer_ttl == b->answer_ttl && a->edns.records == b->edns.records);
	cr_assert(a->edns.udp_size == b->edns.udp_size && a->edns.options == b->edns.options);
	cr_assert(a->edns.nsid.at == b->edns.nsid.at && a->edns.nsid.n == b->edns.nsid.n);
	cr_assert(a->dnskey.keys == b->dnskey.keys && a->dnskey.signatures == b->dnskey.signatures);
	cr_assert(a->dnskey.key_ttl == b->dnskey.key_ttl && a->dnskey.sig_ttl == b->dnskey.sig_ttl);
	for (size_t i = 0; i < a->dnskey.keys && i < KS_ANSWER_KEYS; i++)
		cr_assert(a->dnskey.key[i].tag == b->dnskey.key[i].tag);
	for (size_t i = 0; i < a->dnskey.signatures && i < KS_ANSWER_KEYS; i++)
		cr_assert(a->dnskey.signer[i].tag == b->dnskey.signer[i].tag);
}

/* Both ways; returns the number under which the message is known. */
static uint64_t
read_twice(struct ks_dns_memos *memos, const struct ks_wire *wire)
{
	const uint8_t *const bytes = ks_guarded(wire->b, wire->n);
	struct ks_dns plain, known;
	const enum ks_verdict verdict = ks_dns_read(bytes, wire->n, wire->n, &plain);
	cr_assert(eq(int, ks_dns_read_known(memos, bytes, wire->n, wire->n, &known), verdict));
	if (verdict != KS_DNS)
		return 0;
	expect_alike(&plain, &known);
	return known.said;
}

Test(dns, an_answer_that_is_given_again_is_known)
{
	static struct ks_dns_memos memos;
	struct ks_wire wire = dnskey_answer();
	const uint64_t number = read_twice(&memos, &wire);
	cr_assert(ne(u64, number, 0));
	wire.b[0] ^= 0x55; /* another ID */
	cr_assert(eq(u64, read_twice(&memos, &wire), number));
	wire.b[wire.n - 11 + 3] ^= 1; /* another size in OPT */
	cr_assert(eq(u64, read_twice(&memos, &wire), number));
	wire.b[3] ^= 3; /* NXDOMAIN */
	cr_assert(ne(u64, read_twice(&memos, &wire), number));
}

Test(dns, queries_and_other_answers_are_not_remembered)
{
	static struct ks_dns_memos memos;
	const struct ks_wire query = dnskey_query("tld.");
	cr_assert(eq(u64, read_twice(&memos, &query), 0));
	struct ks_wire wire = {0};
	ks_wire_header(&wire, 1, ANSWER, 1, 1, 0, 0);
	ks_wire_question(&wire, "tld.", KS_TYPE_NS);
	ks_wire_dnskey(&wire, "other.", 60, 256);
	cr_assert(eq(u64, read_twice(&memos, &wire), 0), "no keys of the name asked for");
}

/* Each octet of an answer changed in turn, the sound one between them: nothing of one is taken for another.
 */
Test(dns, known_answers_are_read_as_others_are)
{
	static struct ks_dns_memos memos;
	struct ks_wire wire = dnskey_answer();
	for (size_t at = 0; at < wire.n; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			(void)read_twice(&memos, &wire);
			wire.b[at] ^= (uint8_t)(1 << bit);
			(void)read_twice(&memos, &wire);
			(void)read_twice(&memos, &wire);
			wire.b[at] ^= (uint8_t)(1 << bit);
		}
	}
	for (wire.n--; wire.n > 0; wire.n--)
		(void)read_twice(&memos, &wire);
}
