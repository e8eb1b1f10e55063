/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/hash.h -- a keyed hash for tables whose keys an attacker chooses.
 *
 * Two 64-bit words are folded by one 64x64->128 multiplication per sixteen bytes, each word masked by
 * a word of the run's random secret. Nobody outside sees hash values or table timing to the
 * nanosecond, so an attacker cannot aim for one chain; a cipher-grade hash (SipHash) would cost
 * three to five times as much per packet for a threat that is not there. Results never reach a
 * report: reports are sorted, so they do not depend on the secret.
 *
 * Threads: no state. */
#ifndef KS_DISSECT_HASH_H
#define KS_DISSECT_HASH_H

#include <string.h>

#include "dissect/addr.h"

struct ks_secret {
	uint64_t a, b;
};

static inline uint64_t
ks_hash_fold(uint64_t x, uint64_t y)
{
	const unsigned __int128 product = (unsigned __int128)x * y;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
ks_hash_words(const struct ks_secret *secret, uint64_t x, uint64_t y)
{
	return ks_hash_fold(ks_hash_fold(x ^ secret->a, y ^ secret->b) ^ secret->b,
			    UINT64_C(0x9e3779b97f4a7c15));
}

static inline uint64_t
ks_hash_addr(const struct ks_secret *secret, const struct ks_addr *addr)
{
	uint64_t w[2];
	memcpy(w, addr->b, sizeof(w));
	return ks_hash_words(secret, w[0], w[1]);
}

/* Who talks to whom; the order matters. Not finished: what else belongs to it is folded in behind. */
static inline uint64_t
ks_hash_talk(const struct ks_secret *secret, const struct ks_addr *one, const struct ks_addr *other)
{
	uint64_t a[2], b[2];
	memcpy(a, one->b, sizeof(a));
	memcpy(b, other->b, sizeof(b));
	const uint64_t state = ks_hash_fold(a[0] ^ secret->a, a[1] ^ secret->b);
	return ks_hash_fold(state ^ b[0], b[1] ^ secret->b);
}

/* The last sixteen octets; of fewer all of them, some twice. Overlapping words need no loop over odd octets.
 */
static inline void
ks_hash_ends(const uint8_t *at, size_t n, uint64_t ret[2])
{
	uint32_t halves[2];
	ret[0] = ret[1] = 0;
	if (n >= 8) {
		memcpy(&ret[0], n >= 16 ? at + n - 16 : at, 8);
		memcpy(&ret[1], at + n - 8, 8);
	} else if (n >= 4) {
		memcpy(&halves[0], at, 4);
		memcpy(&halves[1], at + n - 4, 4);
		ret[0] = (uint64_t)halves[0] << 32 | halves[1];
	} else if (n > 0) {
		ret[0] = (uint64_t)at[0] << 16 | (uint64_t)at[n / 2] << 8 | at[n - 1];
	}
}

static inline uint64_t
ks_hash_start(const struct ks_secret *secret, size_t n)
{
	return secret->a ^ (uint64_t)n * UINT64_C(0xd6e8feb86659fd93);
}

/* Constants stand between the uses of the secret, so that no input makes them cancel. */
static inline uint64_t
ks_hash_finish(const struct ks_secret *secret, uint64_t state, const uint64_t ends[2])
{
	const uint64_t mixed =
		ks_hash_fold(state ^ ends[0] ^ UINT64_C(0x9e3779b97f4a7c15), ends[1] ^ secret->b);
	return ks_hash_fold(mixed ^ UINT64_C(0xbf58476d1ce4e5b9), secret->a | 1);
}

/* Any bytes, sixteen to a multiplication; the length is part of the value. */
static inline uint64_t
ks_hash_bytes(const struct ks_secret *secret, const void *bytes, size_t n)
{
	const uint8_t *at = bytes;
	uint64_t state = ks_hash_start(secret, n), ends[2];
	ks_hash_ends(at, n, ends);
	for (; n > 16; n -= 16, at += 16) {
		uint64_t words[2];
		memcpy(words, at, 16);
		state = ks_hash_fold(state ^ words[0], words[1] ^ secret->b);
	}
	return ks_hash_finish(secret, state, ends);
}

/* ks_hash_bytes under two secrets, in one pass over the bytes. */
static inline void
ks_hash_bytes_twice(const struct ks_secret *one, const struct ks_secret *two, const void *bytes, size_t n,
		    uint64_t ret[2])
{
	const uint8_t *at = bytes;
	uint64_t a = ks_hash_start(one, n), b = ks_hash_start(two, n), ends[2];
	ks_hash_ends(at, n, ends);
	for (; n > 16; n -= 16, at += 16) {
		uint64_t words[2];
		memcpy(words, at, 16);
		a = ks_hash_fold(a ^ words[0], words[1] ^ one->b);
		b = ks_hash_fold(b ^ words[0], words[1] ^ two->b);
	}
	ret[0] = ks_hash_finish(one, a, ends);
	ret[1] = ks_hash_finish(two, b, ends);
}

#endif
