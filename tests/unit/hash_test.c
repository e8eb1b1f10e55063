/* SPDX-License-Identifier: BSD-2-Clause
 *
 * hash_test.c -- the keyed hash: depends on every bit of key and secret, spreads what is alike. */
#include "dissect/hash.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "tests/support/guard.h"

static const struct ks_secret secret = {.a = UINT64_C(0x243f6a8885a308d3), .b = UINT64_C(0x13198a2e03707344)};

/* Both words of the secret must count for short keys too: the root's name is a single octet. */
Test(hash, depends_on_the_secret)
{
	const struct ks_secret others[] = {
		{.a = secret.a ^ 1, .b = secret.b},
		{.a = secret.a, .b = secret.b ^ 1},
	};
	for (size_t i = 0; i < KS_COUNT(others); i++) {
		cr_assert(ne(u64, ks_hash_words(&secret, 1, 2), ks_hash_words(&others[i], 1, 2)));
		for (size_t n = 1; n < 20; n++)
			cr_assert(ne(u64, ks_hash_bytes(&secret, (uint8_t[20]){0}, n),
				     ks_hash_bytes(&others[i], (uint8_t[20]){0}, n)),
				  "%zu octets", n);
	}
}

/* Lengths around the eight-octet words, every octet flipped, at the end of readable memory. */
Test(hash, depends_on_every_octet_and_the_length)
{
	uint8_t bytes[40] = {0};
	uint8_t *const end = ks_guard_end(sizeof(bytes));
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		const uint64_t plain = ks_hash_bytes(&secret, ks_guard_put(end, bytes, n), n);
		if (n > 0)
			cr_assert(ne(u64, plain,
				     ks_hash_bytes(&secret, ks_guard_put(end, bytes, n - 1), n - 1)),
				  "%zu", n);
		for (size_t i = 0; i < n; i++) {
			bytes[i] = 0x80;
			cr_assert(ne(u64, plain, ks_hash_bytes(&secret, ks_guard_put(end, bytes, n), n)),
				  "%zu %zu", n, i);
			bytes[i] = 0;
		}
	}
}

Test(hash, two_at_once_are_the_same_two)
{
	const struct ks_secret other = {.a = secret.b, .b = secret.a};
	uint8_t bytes[70];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 37);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		uint64_t both[2];
		ks_hash_bytes_twice(&secret, &other, bytes, n, both);
		cr_assert(eq(u64, both[0], ks_hash_bytes(&secret, bytes, n)), "%zu", n);
		cr_assert(eq(u64, both[1], ks_hash_bytes(&other, bytes, n)), "%zu", n);
	}
}

static int
compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* Neighbours in a /16, as a scan of spoofed sources sends them: no two whole values alike, and the low bits
 * that tables use fall evenly: 65536 keys into 256 buckets, expected 256 each, standard deviation 16. */
Test(hash, spreads_neighbouring_addresses)
{
	static uint64_t values[65536];
	static unsigned buckets[256];
	for (unsigned i = 0; i < 65536; i++) {
		const struct ks_addr addr =
			ks_addr_from_v4((const uint8_t[]){10, 0, (uint8_t)(i >> 8), (uint8_t)i});
		values[i] = ks_hash_addr(&secret, &addr);
		buckets[values[i] & 255]++;
	}
	for (size_t i = 0; i < KS_COUNT(buckets); i++)
		cr_assert(buckets[i] > 256 - 6 * 16 && buckets[i] < 256 + 6 * 16, "bucket %zu holds %u", i,
			  buckets[i]);
	qsort(values, KS_COUNT(values), sizeof(values[0]), compare);
	for (size_t i = 1; i < KS_COUNT(values); i++)
		cr_assert(ne(u64, values[i], values[i - 1]));
}
