/* SPDX-License-Identifier: BSD-2-Clause
 *
 * edns_test.c -- the OPT record and its options. */
#include "dissect/edns.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/guard.h"
#include "tests/support/wire.h"

static struct ks_edns
read_options(const struct ks_wire *options)
{
	struct ks_edns edns = {0};
	ks_edns_read(&edns, 1232, 0, ks_cur_init(ks_guarded(options->b, options->n), options->n));
	return edns;
}

static void
put_option(struct ks_wire *wire, unsigned code, const void *value, size_t n)
{
	ks_wire_u16(wire, code);
	ks_wire_u16(wire, (unsigned)n);
	ks_wire_bytes(wire, value, n);
}

/* RFC 6891 s6.1.3: extended RCODE, version, DO, in the TTL; the size in the class. */
Test(edns, fixed_part)
{
	struct ks_edns edns = {0};
	ks_edns_read(&edns, 4096, UINT32_C(0x01028000), ks_cur_init(NULL, 0));
	cr_assert(eq(u16, edns.udp_size, 4096));
	cr_assert(eq(u8, edns.rcode_upper, 1));
	cr_assert(eq(u8, edns.version, 2));
	cr_assert(edns.dnssec_ok);
	cr_assert(eq(u16, edns.records, 1));
	cr_assert(not(edns.malformed));
	cr_assert(eq(u8, edns.options, 0));

	edns = (struct ks_edns){0};
	ks_edns_read(&edns, 512, UINT32_C(0x00007fff), ks_cur_init(NULL, 0));
	cr_assert(not(edns.dnssec_ok), "only the top bit of the flags is DO");
}

Test(edns, second_record_is_counted_and_not_read)
{
	struct ks_edns edns = {0};
	ks_edns_read(&edns, 1232, 0x8000, ks_cur_init(NULL, 0));
	ks_edns_read(&edns, 512, 0, ks_cur_init(ks_guarded("\0\3\0\0", 4), 4));
	cr_assert(eq(u16, edns.records, 2));
	cr_assert(eq(u16, edns.udp_size, 1232));
	cr_assert(edns.dnssec_ok);
	cr_assert(eq(u8, edns.options, 0));
	edns.records = UINT16_MAX;
	ks_edns_read(&edns, 512, 0, ks_cur_init(NULL, 0));
	cr_assert(eq(u16, edns.records, UINT16_MAX), "the count does not wrap");
}

Test(edns, options_are_recognised)
{
	struct ks_wire wire = {0};
	put_option(&wire, KS_OPT_NSID, "ks-root", 7);
	put_option(&wire, KS_OPT_CLIENT_SUBNET, "\0\1\30\0\300\0\2", 7);
	put_option(&wire, KS_OPT_COOKIE, "01234567", 8);
	put_option(&wire, KS_OPT_PADDING, "", 0);
	put_option(&wire, KS_OPT_KEY_TAG, "\x4f\x66\x97\x28", 4);
	put_option(&wire, KS_OPT_EDE, "\0\11because", 9);
	put_option(&wire, KS_OPT_REPORT_CHANNEL, "\1r\0", 3);
	put_option(&wire, 65001, "?", 1);
	const struct ks_edns edns = read_options(&wire);
	cr_assert(eq(u8, edns.options, 0xff), "each option has its bit");
	cr_assert(not(edns.malformed));
	cr_assert(eq(sz, edns.nsid.n, 7));
	cr_assert(eq(int, memcmp(edns.nsid.at, "ks-root", 7), 0));
	cr_assert(not(edns.server_cookie));
	cr_assert(eq(sz, edns.key_tags.n, 4));
	cr_assert(eq(u16, edns.ede, 9), "DNSKEY Missing");
	cr_assert(eq(sz, edns.report_channel.n, 3));
}

/* RFC 7873 s4: 8 octets of the client, or 16 to 40 with those of the server. */
Test(edns, server_cookie_by_length)
{
	for (size_t n = 0; n <= 48; n++) {
		struct ks_wire wire = {0};
		put_option(&wire, KS_OPT_COOKIE, (uint8_t[48]){0}, n);
		cr_assert(eq(int, read_options(&wire).server_cookie, n >= 16 && n <= 40), "%zu octets", n);
	}
}

Test(edns, first_of_several_wins)
{
	struct ks_wire wire = {0};
	put_option(&wire, KS_OPT_EDE, "\0\7", 2);
	put_option(&wire, KS_OPT_EDE, "\0\11", 2);
	put_option(&wire, KS_OPT_NSID, "", 0);
	put_option(&wire, KS_OPT_NSID, "late", 4);
	const struct ks_edns edns = read_options(&wire);
	cr_assert(eq(u16, edns.ede, 7));
	cr_assert(eq(sz, edns.nsid.n, 0));
}

Test(edns, ede_without_its_code_is_none)
{
	struct ks_wire wire = {0};
	put_option(&wire, KS_OPT_EDE, "\0", 1);
	cr_assert(eq(int, read_options(&wire).options &KS_EDNS_EDE, 0));
}

/* Every truncation: what stood before the cut is kept, the rest is malformed; no read beyond. */
Test(edns, cut_anywhere)
{
	struct ks_wire wire = {0};
	put_option(&wire, KS_OPT_NSID, "abc", 3);
	put_option(&wire, KS_OPT_EDE, "\0\6", 2);
	for (size_t n = 0; n <= wire.n; n++) {
		const struct ks_wire part = {.n = n};
		struct ks_wire cut = part;
		memcpy(cut.b, wire.b, n);
		const struct ks_edns edns = read_options(&cut);
		const bool whole = n == 0 || n == 7 || n == wire.n;
		cr_assert(eq(int, edns.malformed, !whole), "%zu", n);
		cr_assert(eq(int, (edns.options & KS_EDNS_NSID) != 0, n >= 7), "%zu", n);
	}
}
