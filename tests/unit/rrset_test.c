/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records gathered into RRsets: whatever way their names are written, within the limits, from hostile bytes.
 */
#include "dissect/rrset.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "tests/support/guard.h"
#include "tests/support/wire.h"

static struct ks_rrsets sets;

static void
read_wire(const struct ks_wire *wire)
{
	struct ks_dns dns;
	const uint8_t *const bytes = ks_guarded(wire->b, wire->n);
	cr_assert(eq(int, ks_dns_read(bytes, wire->n, wire->n, &dns), KS_DNS));
	ks_rrsets_read((struct ks_span){bytes, wire->n}, &dns, &sets);
	ks_rrsets_read_additional(&dns, &sets);
}

static void
put_a(struct ks_wire *wire, const char *name, uint32_t ttl, unsigned last)
{
	ks_wire_rr(wire, name, 1, 1, ttl, 4);
	ks_wire_u32(wire, 0xc6120000 + last);
}

Test(rrset, names_compressed_or_in_capitals_are_one_owner)
{
	struct ks_wire wire = {0};
	ks_wire_header(&wire, 1, 0x8400, 1, 4, 0, 0);
	ks_wire_question(&wire, "www.example.", 1);
	put_a(&wire, NULL, 60, 1);
	put_a(&wire, "WWW.eXample.", 50, 2);
	ks_wire_bytes(&wire, "\3www\300\20", 6); /* www and a pointer to "example." in the question */
	ks_wire_u16(&wire, 1);
	ks_wire_u16(&wire, 1);
	ks_wire_u32(&wire, 70);
	ks_wire_u16(&wire, 4);
	ks_wire_u32(&wire, 3);
	put_a(&wire, "example.", 60, 4);
	read_wire(&wire);
	cr_assert(eq(int, sets.n, 2));
	cr_expect(eq(int, sets.set[0].n, 3));
	cr_expect(eq(u32, sets.set[0].ttl_s, 50));
	cr_expect(eq(int, sets.set[1].n, 1));
	cr_expect(eq(int, sets.n_owners, 2));
	cr_expect(eq(int, ks_rrset_owner(&sets, &sets.set[0]).n, 13));
	const struct ks_rr *record = ks_rrset_first(&sets, &sets.set[0]);
	cr_expect(eq(int, record->rdata.at[3], 1));
	record = ks_rrset_next(&sets, record);
	cr_expect(eq(int, record->rdata.at[3], 2));
	record = ks_rrset_next(&sets, record);
	cr_expect(eq(int, record->rdata.at[3], 3));
}

Test(rrset, sections_types_and_types_covered_are_apart)
{
	struct ks_wire wire = {0};
	ks_wire_header(&wire, 1, 0x8400, 1, 3, 2, 1);
	ks_wire_question(&wire, "example.", 48);
	ks_wire_dnskey(&wire, NULL, 3600, 64);
	ks_wire_rrsig(&wire, NULL, 3600, 48, 3600, 2000000000, 64);
	ks_wire_rrsig(&wire, NULL, 3600, 6, 3600, 2000000000, 64);
	ks_wire_rrsig(&wire, NULL, 3600, 48, 3600, 2000000000, 64);
	ks_wire_rr(&wire, NULL, 1, 3, 60, 4); /* class CH */
	ks_wire_u32(&wire, 1);
	put_a(&wire, NULL, 60, 1); /* additional */
	read_wire(&wire);
	cr_assert(eq(int, sets.n, 4));
	cr_expect(eq(int, sets.lost, 0));
	cr_expect(ks_rrsets_find(&sets, KS_SECTION_ANSWER, 0, 48, 0) == &sets.set[0]);
	cr_expect(ks_rrsets_find(&sets, KS_SECTION_ANSWER, 0, 46, 48) == &sets.set[1]);
	cr_expect(ks_rrsets_find(&sets, KS_SECTION_ANSWER, 0, 46, 6) == &sets.set[2]);
	cr_expect(ks_rrsets_find(&sets, KS_SECTION_AUTHORITY, 0, 46, 48) == &sets.set[3]);
	cr_expect(ks_rrsets_find(&sets, KS_SECTION_AUTHORITY, 0, 48, 0) == NULL);
}

Test(rrset, beyond_the_limits_is_counted)
{
	struct ks_wire wire = {0};
	ks_wire_header(&wire, 1, 0x8400, 1, 100, 0, 0);
	ks_wire_question(&wire, "x.", 1);
	for (unsigned i = 0; i < 100; i++)
		put_a(&wire, NULL, 60, i);
	read_wire(&wire);
	cr_assert(eq(int, sets.n, 1));
	cr_expect(eq(int, sets.set[0].n, KS_RRSET_RECORDS));
	cr_expect(eq(int, sets.set[0].n_seen, 100));
	cr_expect(eq(int, sets.lost, 100 - KS_RRSET_RECORDS));

	wire.n = 0;
	ks_wire_header(&wire, 1, 0x8400, 1, 40, 0, 0);
	ks_wire_question(&wire, "x.", 1);
	for (unsigned i = 0; i < 40; i++) {
		char name[8];
		(void)snprintf(name, sizeof(name), "a%u.", i);
		put_a(&wire, name, 60, i);
	}
	read_wire(&wire);
	cr_expect(eq(int, sets.n, KS_RRSETS));
	cr_expect(eq(int, sets.lost, 40 - KS_RRSETS));
}

/* Every message cut anywhere, and every octet of it changed, ends at the unreadable page and keeps the
 * limits.
 */
Test(rrset, any_damage_is_survived)
{
	struct ks_wire wire = {0};
	ks_wire_header(&wire, 1, 0x8400, 1, 3, 2, 1);
	ks_wire_question(&wire, "a.example.", 48);
	ks_wire_dnskey(&wire, NULL, 3600, 32);
	ks_wire_rrsig(&wire, NULL, 3600, 48, 3600, 2000000000, 16);
	put_a(&wire, "b.example.", 60, 1);
	put_a(&wire, "c.example.", 60, 1);
	ks_wire_rrsig(&wire, "c.example.", 3600, 1, 3600, 2000000000, 16);
	ks_wire_rr(&wire, ".", 41, 1232, 0x8000, 0);
	uint8_t *const end = ks_guard_end(sizeof(wire.b));
	struct ks_dns dns;
	for (size_t n = 0; n <= wire.n; n++)
		for (unsigned value = 0; value < 256; value += 15) {
			struct ks_wire bad = wire;
			if (n < wire.n)
				bad.b[n] ^= (uint8_t)value;
			const size_t keep = value == 0 ? n : wire.n;
			const uint8_t *const bytes = ks_guard_put(end, bad.b, keep);
			if (ks_dns_read(bytes, keep, wire.n, &dns) != KS_DNS)
				continue;
			ks_rrsets_read((struct ks_span){bytes, keep}, &dns, &sets);
			ks_rrsets_read_additional(&dns, &sets);
			size_t records = 0;
			for (unsigned i = 0; i < sets.n; i++)
				records += sets.set[i].n;
			cr_assert(eq(sz, records, sets.n_records));
		}
}

/* A referral's addresses: unsigned ones are left out, of signed ones all are taken, and OPT never is. */
Test(rrset, additional_records_count_where_there_are_signatures)
{
	for (unsigned n_signatures = 0; n_signatures <= 1; n_signatures++) {
		struct ks_wire wire = {0};
		ks_wire_header(&wire, 1, 0x8400, 1, 1, 0, 3 + n_signatures);
		ks_wire_question(&wire, "example.", 2);
		ks_wire_rr(&wire, NULL, 2, 1, 60, 4);
		ks_wire_bytes(&wire, "\1n\300\14", 4);
		put_a(&wire, "n.example.", 60, 1);
		put_a(&wire, "m.example.", 60, 2);
		if (n_signatures > 0)
			ks_wire_rrsig(&wire, "n.example.", 60, 1, 60, 2000000000, 8);
		ks_wire_rr(&wire, ".", 41, 1232, 0x8000, 0);
		read_wire(&wire);
		cr_assert(eq(int, sets.n, n_signatures > 0 ? 4 : 1));
		cr_expect(eq(int, sets.lost, 0));
		if (n_signatures == 0)
			continue;
		cr_expect(eq(int, sets.set[1].section, KS_SECTION_ADDITIONAL));
		cr_expect(ks_rrsets_find(&sets, KS_SECTION_ADDITIONAL, sets.set[3].owner, 1, 0) ==
			  &sets.set[1]);
		cr_expect(eq(int, sets.set[3].covered, 1));
	}
}

/* The signature may lie behind any number of records, or beyond where the message ends. */
Test(rrset, additional_records_that_are_cut_are_left)
{
	struct ks_wire wire = {0};
	ks_wire_header(&wire, 1, 0x8400, 1, 0, 0, 2);
	ks_wire_question(&wire, "example.", 2);
	put_a(&wire, "n.example.", 60, 1);
	ks_wire_rrsig(&wire, "n.example.", 60, 1, 60, 2000000000, 8);
	for (size_t keep = 12; keep < wire.n; keep++) {
		struct ks_dns dns;
		const uint8_t *const bytes = ks_guarded(wire.b, keep);
		if (ks_dns_read(bytes, keep, wire.n, &dns) != KS_DNS)
			continue;
		ks_rrsets_read((struct ks_span){bytes, keep}, &dns, &sets);
		ks_rrsets_read_additional(&dns, &sets);
		cr_expect(eq(int, sets.n, 0), "%zu octets", keep);
	}
}
