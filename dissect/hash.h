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

/* Any bytes, sixteen to a multiplication; the length is part of the value. Constants stand between the two
 * uses of the secret, so that no input makes them cancel. */
static inline uint64_t
ks_hash_bytes(const struct ks_secret *secret, const void *bytes, size_t n)
{
	const uint8_t *at = bytes;
	uint64_t state = secret->a ^ (uint64_t)n * UINT64_C(0xd6e8feb86659fd93);
	for (; n >= 16; n -= 16, at += 16) {
		uint64_t words[2];
		memcpy(words, at, 16);
		state = ks_hash_fold(state ^ words[0], words[1] ^ secret->b);
	}
	if (n >= 8) {
		uint64_t word;
		memcpy(&word, at, 8);
		state = ks_hash_fold(state ^ word, secret->b | 1);
		n -= 8;
		at += 8;
	}
	uint64_t tail = 0;
	if (n > 0)
		memcpy(&tail, at, n);
	const uint64_t mixed = ks_hash_fold(state ^ UINT64_C(0x9e3779b97f4a7c15), tail ^ secret->b);
	return ks_hash_fold(mixed ^ UINT64_C(0xbf58476d1ce4e5b9), secret->a | 1);
}

#endif
