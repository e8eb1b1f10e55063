/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/keytag.c -- the key tag of RFC 4034 appendix B. In a storm every other packet brings some keys. */
#include "dissect/signal.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 16 };

/* Sums of the octets at even and at odd places. 65535 octets make 24 bits at most. */
struct halves {
	uint32_t even, odd;
};

#ifdef __SSE2__
/* Of `n` octets, a multiple of BLOCK: one instruction adds up eight of them. */
static struct halves
sum_blocks(const uint8_t *at, size_t n)
{
	const __m128i low = _mm_set1_epi16(0x00ff), zero = _mm_setzero_si128();
	__m128i even = zero, odd = zero;
	for (size_t i = 0; i < n; i += BLOCK) {
		const __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(at + i));
		even = _mm_add_epi32(even, _mm_sad_epu8(_mm_and_si128(block, low), zero));
		odd = _mm_add_epi32(odd, _mm_sad_epu8(_mm_srli_epi16(block, 8), zero));
	}
	even = _mm_add_epi32(even, _mm_unpackhi_epi64(even, zero));
	odd = _mm_add_epi32(odd, _mm_unpackhi_epi64(odd, zero));
	return (struct halves){(uint32_t)_mm_cvtsi128_si32(even), (uint32_t)_mm_cvtsi128_si32(odd)};
}
#else
static struct halves
sum_blocks(const uint8_t *at, size_t n)
{
	struct halves ret = {0};
	for (size_t i = 0; i < n; i += 2) {
		ret.even += at[i];
		ret.odd += at[i + 1];
	}
	return ret;
}
#endif

uint16_t
ks_key_tag(struct ks_span rdata)
{
	enum { FIXED = 4, RSAMD5 = 1 };
	if (rdata.n < FIXED)
		return 0;
	/* B.1: the modulus ends the key; of its last 24 bits, the upper sixteen. */
	if (rdata.at[3] == RSAMD5)
		return rdata.n < FIXED + 3 ? 0
					   : (uint16_t)(rdata.at[rdata.n - 3] << 8 | rdata.at[rdata.n - 2]);
	uint8_t rest[BLOCK] = {0};
	const size_t n = rdata.n / BLOCK * BLOCK;
	memcpy(rest, rdata.at + n, rdata.n - n);
	const struct halves whole = sum_blocks(rdata.at, n), last = sum_blocks(rest, BLOCK);
	const uint32_t sum = ((whole.even + last.even) << 8) + whole.odd + last.odd;
	return (uint16_t)(sum + (sum >> 16));
}
