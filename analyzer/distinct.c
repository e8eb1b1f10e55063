/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/distinct.h"

#include <math.h>

#include "dissect/hash.h"

enum { HASH_BITS = 64 };

/* `n` < 8 octets padded with zeros, as memcpy into a zeroed word would leave them: without a call, and
 * without a load that waits for the stores before it. */
static inline uint64_t
padded(const uint8_t *at, size_t n)
{
	uint64_t word = 0;
	uint32_t first, last;
	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__) {
		memcpy(&word, at, n);
	} else if (n >= 4) {
		memcpy(&first, at, sizeof(first));
		memcpy(&last, at + n - sizeof(last), sizeof(last));
		word = first | (uint64_t)last << 8 * (n - sizeof(last));
	} else if (n > 0) {
		word = at[0] | (uint64_t)at[n / 2] << 8 * (n / 2) | (uint64_t)at[n - 1] << 8 * (n - 1);
	}
	return word;
}

/* Registers are stored, and those of other runs and versions are merged with them: of hash.h's functions,
 * which may change, only the multiplication is used. Sixteen octets to a step, then eight, then the rest
 * padded with zeros. */
static uint64_t
hash_of(const struct ks_secret *secret, const uint8_t *at, size_t n)
{
	uint64_t state = secret->a ^ (uint64_t)n * UINT64_C(0xd6e8feb86659fd93);
	uint64_t words[2];
	for (; n >= 16; n -= 16, at += 16) {
		memcpy(words, at, 16);
		state = ks_hash_fold(state ^ words[0], words[1] ^ secret->b);
	}
	if (n >= 8) {
		memcpy(words, at, 8);
		state = ks_hash_fold(state ^ words[0], secret->b | 1);
		n -= 8;
		at += 8;
	}
	const uint64_t mixed = ks_hash_fold(state ^ UINT64_C(0x9e3779b97f4a7c15), padded(at, n) ^ secret->b);
	return ks_hash_fold(mixed ^ UINT64_C(0xbf58476d1ce4e5b9), secret->a | 1);
}

void
ks_distinct_add(uint8_t *registers, unsigned p, const void *bytes, size_t n)
{
	static const struct ks_secret fixed = {.a = UINT64_C(0x243f6a8885a308d3),
					       .b = UINT64_C(0x13198a2e03707344)};
	const uint64_t hash = ks_hash_words(&fixed, hash_of(&fixed, bytes, n), n);
	const uint64_t rest = hash << p;
	const unsigned zeros = rest != 0 ? (unsigned)__builtin_clzll(rest) : HASH_BITS - p;
	const uint8_t rank = (uint8_t)(zeros + 1);
	uint8_t *const at = &registers[hash >> (HASH_BITS - p)];
	*at = rank > *at ? rank : *at;
}

void
ks_distinct_merge(uint8_t *into, const uint8_t *from, unsigned p)
{
	for (size_t i = 0; i < (size_t)1 << p; i++)
		into[i] = from[i] > into[i] ? from[i] : into[i];
}

/* x + sum of x^(2^k) 2^(k-1), for registers that nothing reached. */
static double
sigma(double x)
{
	double y = 1, z = x, before;
	do {
		x *= x;
		before = z;
		z += x * y;
		y += y;
	} while (z > before);
	return z;
}

/* (1 - x - sum of (1 - x^(2^-k))^2 2^-k) / 3, for registers that are full. */
static double
tau(double x)
{
	if (x <= 0 || x >= 1)
		return 0;
	double y = 1, z = 1 - x, before;
	do {
		x = sqrt(x);
		before = z;
		y /= 2;
		z -= (1 - x) * (1 - x) * y;
	} while (z < before);
	return z / 3;
}

double
ks_distinct_count(const uint8_t *registers, unsigned p)
{
	const unsigned full = HASH_BITS - p + 1;
	const uint32_t m = UINT32_C(1) << p;
	uint32_t counts[HASH_BITS + 1] = {0};
	for (uint32_t i = 0; i < m; i++)
		counts[registers[i] <= full ? registers[i] : full]++;
	if (counts[0] == m)
		return 0;
	double z = m * tau(1 - (double)counts[full] / m);
	for (unsigned k = full - 1; k >= 1; k--)
		z = (z + counts[k]) / 2;
	z += m * sigma((double)counts[0] / m);
	return (double)m * m / (2 * log(2) * z);
}
