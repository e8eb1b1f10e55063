/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DLV messages, from their octets to what is kept of them. */
#include "analyzer/lookaside.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "tests/support/guard.h"
#include "tests/support/wire.h"

enum { DLV = 32769, DNSKEY = 48, QUERY = 0, RESPONSE = 0x8400 };
#define NAME "example.com.dlv.isc.org."

static struct ks_lookaside lookaside;

static void
begin(size_t bytes)
{
	static const struct ks_secret secret = {.a = 1234567, .b = 7654321};
	struct ks_diag diag;
	cr_assert(eq(int, ks_lookaside_init(&lookaside, bytes, &secret, &diag), KS_SUCCESS));
}

static struct ks_dns
read_message(const struct ks_wire *wire)
{
	struct ks_dns dns;
	const uint8_t *const at = ks_guarded(wire->b, wire->n);
	cr_assert(eq(int, ks_dns_read(at, wire->n, wire->n, &dns), KS_DNS));
	return dns;
}

static void
put_ds(struct ks_wire *wire, const char *owner, unsigned type, unsigned tag)
{
	ks_wire_rr(wire, owner, type, 1, 3600, 4 + 20);
	ks_wire_u16(wire, tag);
	ks_wire_u16(wire, 8 << 8 | 1);
	for (unsigned i = 0; i < 20; i++)
		ks_wire_u8(wire, i);
}

/* Feed a message with up to six DLV records. */
static void
feed(unsigned flags, const unsigned *tags, unsigned n, int64_t t_ns)
{
	struct ks_wire wire = {0};
	ks_wire_header(&wire, 1, flags, 1, n, 0, 0);
	ks_wire_question(&wire, NAME, DLV);
	for (unsigned i = 0; i < n; i++)
		put_ds(&wire, NULL, DLV, tags[i]);
	const struct ks_dns dns = read_message(&wire);
	ks_lookaside_feed(&lookaside, &dns, t_ns);
}

Test(lookaside, the_last_answer_with_records_tells_the_tags)
{
	static const unsigned old[] = {20326}, both[] = {38696, 20326};
	begin(1 << 16);
	feed(QUERY, NULL, 0, 100);
	feed(RESPONSE, old, 1, 110);
	feed(QUERY, NULL, 0, 200);
	feed(RESPONSE, both, 2, 210);
	feed(RESPONSE, NULL, 0, 310); /* NXDOMAIN, or nothing there */
	cr_assert(eq(u32, lookaside.table.n, 1));
	const struct ks_lookaside_entry *const entry = ks_map_at(&lookaside.table, 0);
	cr_assert(eq(u64, entry->queries, 2));
	cr_assert(eq(u64, entry->responses, 3));
	cr_assert(eq(u16, entry->n_tags, 2));
	cr_assert(eq(u16, entry->tag[0], 38696));
	cr_assert(eq(u16, entry->tag[1], 20326));
	cr_assert(eq(i64, entry->told_ns, 210));
	cr_assert(eq(i64, entry->first_ns, 100));
	cr_assert(eq(i64, entry->last_ns, 310));
	ks_lookaside_done(&lookaside);
}

Test(lookaside, more_tags_than_are_kept)
{
	static const unsigned tags[] = {1, 2, 3, 4, 5, 6};
	begin(1 << 16);
	feed(RESPONSE, tags, 6, 1);
	cr_assert(eq(u16, ((const struct ks_lookaside_entry *)ks_map_at(&lookaside.table, 0))->n_tags,
		     KS_DLV_TAGS));
	ks_lookaside_done(&lookaside);
}

Test(lookaside, what_is_no_answer_of_that_kind_has_no_tags)
{
	static const struct {
		const char *what, *owner;
		unsigned qtype, type, n_rdata;
	} rows[] = {
		{"DS in an answer to DLV", NULL, DLV, 43, 24},
		{"DLV in an answer to DNSKEY", NULL, DNSKEY, DLV, 24},
		{"of another name", "com.dlv.isc.org.", DLV, DLV, 24},
		{"too short for a tag", NULL, DLV, DLV, 1},
		{"empty", NULL, DLV, DLV, 0},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_wire wire = {0};
		ks_wire_header(&wire, 1, RESPONSE, 1, 1, 0, 0);
		ks_wire_question(&wire, NAME, rows[i].qtype);
		ks_wire_rr(&wire, rows[i].owner, rows[i].type, 1, 3600, rows[i].n_rdata);
		for (unsigned k = 0; k < rows[i].n_rdata; k++)
			ks_wire_u8(&wire, k + 1);
		cr_expect(eq(u16, read_message(&wire).dlv.records, 0), "%s", rows[i].what);
	}
}

Test(lookaside, every_cut_of_an_answer_is_read_or_refused)
{
	struct ks_wire wire = {0};
	ks_wire_header(&wire, 1, RESPONSE, 1, 1, 0, 0);
	ks_wire_question(&wire, NAME, DLV);
	put_ds(&wire, NULL, DLV, 20326);
	for (size_t n = 0; n <= wire.n; n++) {
		struct ks_dns dns;
		if (ks_dns_read(ks_guarded(wire.b, n), n, wire.n, &dns) == KS_DNS)
			cr_assert(eq(u16, dns.dlv.records, n == wire.n), "%zu octets", n);
	}
}

Test(lookaside, what_finds_no_room_is_counted)
{
	begin(2048);
	for (unsigned i = 0; i < 1000; i++) {
		char name[32];
		struct ks_wire wire = {0};
		(void)snprintf(name, sizeof(name), "z%u.dlv.isc.org.", i);
		ks_wire_header(&wire, 1, QUERY, 1, 0, 0, 0);
		ks_wire_question(&wire, name, DLV);
		const struct ks_dns dns = read_message(&wire);
		ks_lookaside_feed(&lookaside, &dns, 1);
	}
	cr_assert(gt(u64, lookaside.unlisted, 0));
	cr_assert(eq(u64, lookaside.unlisted + lookaside.table.n, 1000));
	ks_lookaside_done(&lookaside);
}
