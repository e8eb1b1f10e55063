/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/rrdata.h"

#include <string.h>

static struct ks_span
rest_of(struct ks_cur *cur)
{
	const size_t n = ks_cur_left(cur);
	return (struct ks_span){ks_cur_take(cur, n), n};
}

static struct ks_span
take_span(struct ks_cur *cur, size_t n)
{
	return (struct ks_span){ks_cur_take(cur, n), n};
}

/* --- DNSKEY --- */

bool
ks_dnskey_read(struct ks_span rdata, struct ks_dnskey *ret)
{
	struct ks_cur cur = ks_cur_init(rdata.at, rdata.n);
	ret->flags = ks_cur_u16(&cur);
	ret->protocol = ks_cur_u8(&cur);
	ret->algorithm = ks_cur_u8(&cur);
	ret->public_key = rest_of(&cur);
	return !cur.failed;
}

static uint32_t
bits_of(struct ks_span number)
{
	while (number.n > 0 && *number.at == 0) {
		number.at++;
		number.n--;
	}
	if (number.n == 0)
		return 0;
	return (uint32_t)number.n * 8 - (uint32_t)__builtin_clz((unsigned)*number.at << 24);
}

static uint32_t
value_of(struct ks_span number)
{
	if (bits_of(number) > 32)
		return UINT32_MAX;
	uint32_t value = 0;
	for (size_t i = 0; i < number.n; i++)
		value = value << 8 | number.at[i];
	return value;
}

/* RFC 3110 s2: length of the exponent in one octet, or in three of which the first is 0; exponent; modulus.
 */
static struct ks_key_shape
rsa_shape(struct ks_span public_key)
{
	struct ks_cur cur = ks_cur_init(public_key.at, public_key.n);
	size_t n = ks_cur_u8(&cur);
	if (n == 0)
		n = ks_cur_u16(&cur);
	const struct ks_span exponent = take_span(&cur, n);
	const struct ks_span modulus = rest_of(&cur);
	struct ks_key_shape shape = {.unusable = true};
	if (cur.failed || n == 0 || modulus.n == 0)
		return shape;
	shape.bits = bits_of(modulus);
	shape.exponent = value_of(exponent);
	/* Odd both, and the modulus at least what RFC 3110 demands; more would be an opinion. */
	shape.unusable = shape.bits < 512 || shape.exponent < 3 || (exponent.at[n - 1] & 1) == 0 ||
			 (modulus.at[modulus.n - 1] & 1) == 0;
	return shape;
}

static struct ks_key_shape
curve_shape(struct ks_span public_key, size_t n, uint32_t bits)
{
	const bool fits = public_key.n == n;
	return (struct ks_key_shape){.bits = fits ? bits : 0, .unusable = !fits};
}

struct ks_key_shape
ks_key_shape(uint8_t algorithm, struct ks_span public_key)
{
	switch (algorithm) {
	case 1:
	case 5:
	case 7:
	case 8:
	case 10:
		return rsa_shape(public_key);
	case 13:
		return curve_shape(public_key, 64, 256);
	case 14:
		return curve_shape(public_key, 96, 384);
	case 15:
		return curve_shape(public_key, 32, 256);
	case 16:
		return curve_shape(public_key, 57, 456);
	default:
		return (struct ks_key_shape){0};
	}
}

/* --- DS --- */

bool
ks_ds_read(struct ks_span rdata, struct ks_ds *ret)
{
	struct ks_cur cur = ks_cur_init(rdata.at, rdata.n);
	ret->tag = ks_cur_u16(&cur);
	ret->algorithm = ks_cur_u8(&cur);
	ret->digest_type = ks_cur_u8(&cur);
	ret->digest = rest_of(&cur);
	return !cur.failed;
}

/* --- RRSIG --- */

/* The signer's name must not be compressed, yet some compress it: read as any name of the message. */
static bool
take_signer(struct ks_span message, struct ks_cur *cur, struct ks_rrsig *ret)
{
	const size_t offset = (size_t)(cur->at - message.at);
	if (cur->failed || !ks_name_skip(cur))
		return false;
	const size_t n = ks_name_expand(message, offset, ret->signer);
	ret->n_signer = (uint8_t)n;
	return n > 0;
}

bool
ks_rrsig_read(struct ks_span message, struct ks_span rdata, struct ks_rrsig *ret)
{
	struct ks_cur cur = ks_cur_init(rdata.at, rdata.n);
	ret->covered = ks_cur_u16(&cur);
	ret->algorithm = ks_cur_u8(&cur);
	ret->labels = ks_cur_u8(&cur);
	ret->original_ttl_s = ks_cur_u32(&cur);
	ret->expiration = ks_cur_u32(&cur);
	ret->inception = ks_cur_u32(&cur);
	ret->tag = ks_cur_u16(&cur);
	if (!take_signer(message, &cur, ret))
		return false;
	ret->signature = rest_of(&cur);
	return !cur.failed;
}

/* --- NSEC and NSEC3 --- */

bool
ks_nsec3param_read(struct ks_span rdata, struct ks_nsec3 *ret)
{
	struct ks_cur cur = ks_cur_init(rdata.at, rdata.n);
	*ret = (struct ks_nsec3){0};
	ret->hash_algorithm = ks_cur_u8(&cur);
	ret->flags = ks_cur_u8(&cur);
	ret->iterations = ks_cur_u16(&cur);
	ret->salt = take_span(&cur, ks_cur_u8(&cur));
	return !cur.failed;
}

bool
ks_nsec3_read(struct ks_span rdata, struct ks_nsec3 *ret)
{
	if (!ks_nsec3param_read(rdata, ret))
		return false;
	struct ks_cur cur = ks_cur_init(rdata.at, rdata.n);
	ks_cur_skip(&cur, 5 + ret->salt.n);
	ret->next = take_span(&cur, ks_cur_u8(&cur));
	ret->bitmap = rest_of(&cur);
	return !cur.failed;
}

bool
ks_nsec_bitmap(struct ks_span rdata, struct ks_span *ret)
{
	struct ks_cur cur = ks_cur_init(rdata.at, rdata.n);
	if (!ks_name_skip(&cur))
		return false;
	*ret = rest_of(&cur);
	return !cur.failed;
}

unsigned
ks_bitmap_faults(struct ks_span bitmap)
{
	struct ks_cur cur = ks_cur_init(bitmap.at, bitmap.n);
	unsigned faults = 0;
	int before = -1;
	while (ks_cur_left(&cur) > 0) {
		const uint8_t window = ks_cur_u8(&cur);
		const uint8_t n = ks_cur_u8(&cur);
		if (!cur.failed && n == 0)
			faults |= KS_BITMAP_EMPTY_WINDOW;
		ks_cur_skip(&cur, n);
		if (cur.failed || n > 32)
			faults |= KS_BITMAP_LONG_WINDOW;
		if (window <= before)
			faults |= KS_BITMAP_DISORDER;
		before = window;
	}
	return faults;
}

bool
ks_bitmap_has(struct ks_span bitmap, uint16_t type)
{
	struct ks_cur cur = ks_cur_init(bitmap.at, bitmap.n);
	while (ks_cur_left(&cur) > 0) {
		const uint8_t window = ks_cur_u8(&cur);
		const uint8_t n = ks_cur_u8(&cur);
		const uint8_t *const octets = ks_cur_take(&cur, n);
		if (octets == NULL || n == 0 || n > 32)
			return false;
		if (window == type >> 8)
			return (type & 0xff) / 8 < n && (octets[(type & 0xff) / 8] & 0x80 >> type % 8) != 0;
	}
	return false;
}
