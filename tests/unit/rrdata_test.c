/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RDATA of DNSSEC records: keys of every shape, serial numbers beyond 2038 and 2106, type bitmaps right and
 * wrong. */
#include "dissect/rrdata.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/guard.h"

static struct ks_span
guarded(const void *bytes, size_t n)
{
	return (struct ks_span){ks_guarded(bytes, n), n};
}

Test(rrdata, key_shapes)
{
	static const struct {
		const char *what;
		uint8_t algorithm, head[8];
		size_t n_head, n; /* octets; those behind the head are 0xc1 */
		uint32_t bits, exponent;
		bool unusable;
	} rows[] = {
		{"RSA, exponent 65537", 8, {3, 1, 0, 1, 0xff}, 5, 4 + 256, 2048, 65537, false},
		{"RSA, exponent 3", 8, {1, 3, 0xff}, 3, 2 + 128, 1024, 3, false},
		{"a modulus below its octets", 8, {3, 1, 0, 1, 0x01}, 5, 4 + 256, 2041, 65537, false},
		{"length in three octets", 8, {0, 0, 3, 1, 0, 1, 0xff}, 7, 6 + 256, 2048, 65537, false},
		{"an exponent beyond 32 bits",
		 10,
		 {5, 1, 0, 0, 0, 1, 0xff},
		 7,
		 6 + 128,
		 1024,
		 UINT32_MAX,
		 false},
		{"no exponent", 8, {0, 0, 0, 0xff}, 4, 3 + 128, 0, 0, true},
		{"no modulus", 8, {3, 1, 0, 1}, 4, 4, 0, 0, true},
		{"exponent beyond the key", 8, {200, 1}, 2, 100, 0, 0, true},
		{"exponent 1", 8, {1, 1, 0xff}, 3, 2 + 128, 1024, 1, true},
		{"an even exponent", 8, {1, 4, 0xff}, 3, 2 + 128, 1024, 4, true},
		{"a modulus of 256 bits", 8, {3, 1, 0, 1, 0xff}, 5, 4 + 32, 256, 65537, true},
		{"nothing", 8, {0}, 0, 0, 0, 0, true},
		{"P-256", 13, {0}, 0, 64, 256, 0, false},
		{"P-256, an octet short", 13, {0}, 0, 63, 0, 0, true},
		{"P-384", 14, {0}, 0, 96, 384, 0, false},
		{"Ed25519", 15, {0}, 0, 32, 256, 0, false},
		{"Ed448", 16, {0}, 0, 57, 456, 0, false},
		{"Ed448 with Ed25519's size", 16, {0}, 0, 32, 0, 0, true},
		{"unknown algorithm", 200, {0}, 0, 5, 0, 0, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t key[300];
		memset(key, 0xc1, sizeof(key));
		memcpy(key, rows[i].head, rows[i].n_head);
		const struct ks_key_shape shape = ks_key_shape(rows[i].algorithm, guarded(key, rows[i].n));
		cr_expect(eq(u32, shape.bits, rows[i].bits), "%s", rows[i].what);
		cr_expect(eq(u32, shape.exponent, rows[i].exponent), "%s", rows[i].what);
		cr_expect(eq(int, shape.unusable, rows[i].unusable), "%s", rows[i].what);
	}
}

/* "THIS KEY AN INVALID KEY": the deliberately unvalidatable root zone of 2010 had such text for a key. */
Test(rrdata, text_in_place_of_a_key_is_unusable)
{
	static const char text[] = "++++++++++++++++++++++++++++++++THIS+KEY+AN+INVALID+KEY+CONTACT+ROOTSIGN";
	cr_expect(ks_key_shape(8, guarded(text, sizeof(text) - 1)).unusable);
}

Test(rrdata, serial_numbers_are_read_near_now)
{
	static const struct {
		const char *what;
		uint32_t serial;
		int64_t now_s, want;
	} rows[] = {
		{"now", 1795219200, 1795219200, 1795219200},
		{"a month ahead", 1797811200, 1795219200, 1797811200},
		{"a month ago", 1792627200, 1795219200, 1792627200},
		{"2038 from before", 0x80000000u, 0x7fffffff, INT64_C(0x80000000)},
		{"before 2038 from behind", 0x7fffffff, INT64_C(0x80000000), 0x7fffffff},
		{"2106 from before", 100, INT64_C(0xffffff00), INT64_C(0x100000064)},
		{"before 2106 from behind", 0xffffff00u, INT64_C(0x100000064), INT64_C(0xffffff00)},
		{"one second less than half a turn ahead", 0x7fffffffu, 0, 0x7fffffff},
		{"half a turn away is read as past", 0x80000000u, 0, -INT64_C(0x80000000)},
		{"in the second turn", 5, INT64_C(0x200000000), INT64_C(0x200000005)},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect(eq(i64, ks_serial_time(rows[i].serial, rows[i].now_s), rows[i].want), "%s",
			  rows[i].what);
}

static const uint8_t ns_soa_rrsig_dnskey[] = {0, 7, 0x22, 0, 0, 0, 0, 2, 0x80};

Test(rrdata, bitmaps)
{
	static const struct {
		const char *what;
		uint8_t bytes[72];
		size_t n;
		unsigned faults;
	} rows[] = {
		{"none", {0}, 0, 0},
		{"one window", {0, 1, 0x40}, 3, 0},
		{"two windows", {0, 1, 0x40, 1, 1, 0x40}, 6, 0},
		{"window 255", {255, 1, 1}, 3, 0},
		{"the longest window", {0, 32, [33] = 1}, 34, 0},
		{"a window of nothing", {0, 0}, 2, KS_BITMAP_EMPTY_WINDOW},
		{"a window of nothing behind one", {0, 1, 0x40, 1, 0}, 5, KS_BITMAP_EMPTY_WINDOW},
		{"only a number", {0}, 1, KS_BITMAP_LONG_WINDOW},
		{"beyond the end", {0, 2, 0x40}, 3, KS_BITMAP_LONG_WINDOW},
		{"33 octets", {0, 33, [34] = 1}, 35, KS_BITMAP_LONG_WINDOW},
		{"descending", {1, 1, 0x40, 0, 1, 0x40}, 6, KS_BITMAP_DISORDER},
		{"twice", {0, 1, 0x40, 0, 1, 0x40}, 6, KS_BITMAP_DISORDER},
		{"all wrong",
		 {1, 0, 0, 9, 1},
		 5,
		 KS_BITMAP_EMPTY_WINDOW | KS_BITMAP_LONG_WINDOW | KS_BITMAP_DISORDER},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect(eq(uint, ks_bitmap_faults(guarded(rows[i].bytes, rows[i].n)), rows[i].faults), "%s",
			  rows[i].what);
	const struct ks_span bitmap = guarded(ns_soa_rrsig_dnskey, sizeof(ns_soa_rrsig_dnskey));
	for (unsigned type = 0; type < 65536; type++)
		cr_expect(eq(int, ks_bitmap_has(bitmap, (uint16_t)type),
			     type == 2 || type == 6 || type == 46 || type == 48));
	const uint8_t far[] = {0, 0, 1, 1, 0x80};
	cr_expect(not(ks_bitmap_has(guarded(far, sizeof(far)), 256)), "nothing behind a fault counts");
}

Test(rrdata, nsec3_and_parameters)
{
	static const uint8_t rdata[] = {1, 1, 0, 150, 2, 0xab, 0xcd, 3, 7, 8, 9, 0, 1, 0x40};
	struct ks_nsec3 nsec3;
	cr_assert(ks_nsec3_read(guarded(rdata, sizeof(rdata)), &nsec3));
	cr_expect(eq(int, nsec3.iterations, 150));
	cr_expect(eq(int, nsec3.flags, KS_NSEC3_OPT_OUT));
	cr_expect(eq(sz, nsec3.salt.n, 2));
	cr_expect(eq(sz, nsec3.next.n, 3));
	cr_expect(ks_bitmap_has(nsec3.bitmap, 1));
	for (size_t n = 0; n < 11; n++)
		cr_expect(not(ks_nsec3_read(guarded(rdata, n), &nsec3)), "%zu octets", n);
	cr_expect(ks_nsec3param_read(guarded(rdata, 7), &nsec3));
	cr_expect(not(ks_nsec3param_read(guarded(rdata, 6), &nsec3)));
}

Test(rrdata, rrsig_cut_anywhere_is_refused)
{
	static const uint8_t rdata[] = {0, 48, 8, 1,    0,    0, 14,  16,  0x6b, 1, 2,    3,   0x6a,
					1, 2,  3, 0x4f, 0x66, 3, 'C', 'o', 'M',  0, 0xaa, 0xbb};
	struct ks_rrsig rrsig;
	for (size_t n = 0; n < 23; n++) {
		const struct ks_span cut = guarded(rdata, n);
		cr_expect(not(ks_rrsig_read(cut, cut, &rrsig)), "%zu octets", n);
	}
	const struct ks_span whole = guarded(rdata, sizeof(rdata));
	cr_assert(ks_rrsig_read(whole, whole, &rrsig));
	cr_expect(eq(int, rrsig.tag, 20326));
	cr_expect(eq(u32, rrsig.original_ttl_s, 3600));
	cr_expect(eq(u32, rrsig.expiration, 0x6b010203));
	cr_expect(eq(u32, rrsig.inception, 0x6a010203));
	cr_expect(eq(int, rrsig.n_signer, 5));
	cr_expect(eq(int, memcmp(rrsig.signer, "\3com", 5), 0), "in lower case");
	cr_expect(eq(sz, rrsig.signature.n, 2));
}
