/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/scene_rsa.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/scene_sha256.h"

__extension__ typedef unsigned __int128 wide;

enum { HALF = KS_RSA_LIMBS / 2, FIRST_EXPONENT = 65537 };

/* Of 1024 bits each, the two highest set, so that every product has 2048. None is 1 modulo 3, 5, 17 or 257:
 * the exponents that give one tag differ by multiples of 65535, so all of them would lack an inverse. */
static const char *const primes[8] = {
	"DA40BD665E778ABCB7114E8B9D48D3C4BD8086604055D0AD1EBEBD8C7074220A"
	"7BC30663C8BCBD41529D5EA84B5ADF84740BF30FC8EC35B95BA49E0123E4BDE2"
	"9C77CB0A525A4868F7A25ECB14CE744EBEB0FB4690DF74226E85A7CE11A7DBB4"
	"3712D3782616B6C37ABAD28DD61D1F375747C1F9CF897BDF3113F16EDCDD2579",
	"F220F8BEB5FCE816EB73228D8BE8834B090C32099E876BF920C9EA702D03FA49"
	"39915CEA20E1C359485FB791CB51B090F06F7AD710B16AC1C444C1E50D40609B"
	"CE3266A12FD57A3FB37C58E9CDD031EEEF9D0E23CCFF07092C7EE046F1705416"
	"8FD9AD9747B23877DCCE3E74FE1BDFADD7ED533D7282CCD7A5630AB16C1BFFB1",
	"DC7E9A52F2163426333B2723D2825C5FDFD87A3AB9F1DDCF7D13B459042AFA46"
	"EF300506C9D281A1CE5E923122EDB054B9FE91CE9459AB6DA01F54D6F34C8AE7"
	"2E18662ACF487409A1826837C63CA08C95798987A3AD8827C2D1BA85F80FF6BB"
	"8F528BFDD9FFA3D28331D7888E3E3CCD9B9F3071A8A8118CEEF2D09B8C2D1FBD",
	"E92491C03D64C650E510FB464177A90E42066853839E9DCF5776BD53DAA10ABE"
	"0982465A4799D7CE57E34F2791F30454A13F2C71586E01C3B9676C34996BEE26"
	"A0AC2D230E9DA3BA31BC6DA900DB81B51F9CB5C1E56F724CEB4776E032385EF6"
	"7F40D61C7E3F2F88CAC6345F297B6A5F5AAF5CEB28AE9C05800A7ED5A763146B",
	"D696901098FA57F56E526C653EF724243D8645EFB4235D8088366111D27243E8"
	"F8A63AA045ACC6862DE19F03FE2712CF7CA46102A0B6BCA7DF9FAEE59FB19161"
	"7C19BD30FFC537DF35547E30888D75173B2CF8FADA385B0BA0A95CB45E2EDE16"
	"EF7E872304FA298AA873F9B5B1304452689DB9C5DA31CC560D1EABF522A96AEF",
	"E6DE1E6A273C24B6F49DDF7BBFBF2D0B50D453F2B119EE083DB3250D46E5992B"
	"8ED7759C1EC97A00AE8AAFBD26AAEA06AE969F6AFA6987061C96595B6D98F10A"
	"49754D9CFE23E2C7B8F3E1CC25E80C929222411BA38E4550EA61EF0F183685D4"
	"1D345085718DF3FD6894B4BFC13F5EAC24F31E8965ACFC1D070598B0595DDECB",
	"D6894903A763CCA59FDDF7B20340E676ECB4366991BDDCD8CE22FD689466DB07"
	"648FEB698CD1D8BFF1A4366F94744815DD8DEDF2C1DB7642FF45E5EA8D7ED132"
	"C807FFCA3300DC95E229D5B98D1E487BA03BA95D8A531DAA6FF42DEA8208F0BE"
	"55CD9BC1B90C7C5CC363530450060485D01D64578FC70C87A007F1BADE72C1E3",
	"DE3A593888B032EC9B22E828233E55D3A3F6880448C85D79EA2730368FDE2021"
	"AA6703A5A9136D951AFB9F221874FA611912E37FA51B95209C1853F13867B2E4"
	"1FAA533FD07317536CF9B9FC11DC98545FC11D5A326F6D39A764A3FB4D7DD986"
	"7E95BE3FE8205A2BD33AC13ABFC6E8BFF6C9431A7D7C3323884AB0374747F04D",
};

static void
read_prime(const char *hex, uint64_t ret[HALF])
{
	for (size_t i = 0; i < HALF; i++) {
		char limb[17] = {0};
		memcpy(limb, hex + 16 * (HALF - 1 - i), 16);
		ret[i] = strtoull(limb, NULL, 16);
	}
}

static void
multiply(const uint64_t a[HALF], const uint64_t b[HALF], uint64_t ret[KS_RSA_LIMBS])
{
	memset(ret, 0, KS_RSA_LIMBS * sizeof(ret[0]));
	for (size_t i = 0; i < HALF; i++) {
		uint64_t carry = 0;
		for (size_t j = 0; j < HALF; j++) {
			const wide sum = (wide)a[i] * b[j] + ret[i + j] + carry;
			ret[i + j] = (uint64_t)sum;
			carry = (uint64_t)(sum >> 64);
		}
		ret[i + HALF] = carry;
	}
}

/* value -= other, of `n` limbs; the borrow runs on through the rest of value. */
static uint64_t
subtract(uint64_t value[KS_RSA_LIMBS], const uint64_t *other, size_t n)
{
	uint64_t borrow = 0;
	for (size_t i = 0; i < KS_RSA_LIMBS; i++) {
		const wide take = (wide)(i < n ? other[i] : 0) + borrow;
		borrow = value[i] < take;
		value[i] -= (uint64_t)take;
	}
	return borrow;
}

static int
is_less(const uint64_t a[KS_RSA_LIMBS], const uint64_t b[KS_RSA_LIMBS])
{
	for (size_t i = KS_RSA_LIMBS; i-- > 0;)
		if (a[i] != b[i])
			return a[i] < b[i];
	return 0;
}

static uint64_t
remainder_of(const uint64_t value[KS_RSA_LIMBS], uint64_t divisor)
{
	wide rest = 0;
	for (size_t i = KS_RSA_LIMBS; i-- > 0;)
		rest = (rest << 64 | value[i]) % divisor;
	return (uint64_t)rest;
}

/* x with x * value = 1 modulo `modulus`; 0: there is none. Extended Euclid on numbers of 24 bits. */
static uint64_t
inverse_of(uint64_t value, uint64_t modulus)
{
	int64_t a = (int64_t)modulus, b = (int64_t)value, x = 0, y = 1;
	while (b != 0) {
		const int64_t q = a / b, r = a % b, z = x - q * y;
		a = b;
		b = r;
		x = y;
		y = z;
	}
	return a != 1 ? 0 : (uint64_t)(x < 0 ? x + (int64_t)modulus : x);
}

/* d = (k * phi + 1) / e, with the k that leaves nothing over. Returns 0 when e has no inverse. */
static int
find_secret(const uint64_t phi[KS_RSA_LIMBS], uint64_t e, uint64_t ret[KS_RSA_LIMBS])
{
	const uint64_t inverse = inverse_of(remainder_of(phi, e), e);
	if (inverse == 0)
		return 0;
	const uint64_t k = e - inverse;
	uint64_t product[KS_RSA_LIMBS + 1], carry = 1;
	for (size_t i = 0; i < KS_RSA_LIMBS; i++) {
		const wide sum = (wide)phi[i] * k + carry;
		product[i] = (uint64_t)sum;
		carry = (uint64_t)(sum >> 64);
	}
	product[KS_RSA_LIMBS] = carry;
	wide rest = carry;
	for (size_t i = KS_RSA_LIMBS; i-- > 0;) {
		rest = rest << 64 | product[i];
		ret[i] = (uint64_t)(rest / e);
		rest %= e;
	}
	return 1;
}

/* RFC 4034 appendix B. */
static uint16_t
tag_of(const uint8_t rdata[KS_RSA_RDATA])
{
	uint32_t sum = 0;
	for (size_t i = 0; i < KS_RSA_RDATA; i++)
		sum += i % 2 == 0 ? (uint32_t)rdata[i] << 8 : rdata[i];
	return (uint16_t)(sum + (sum >> 16));
}

/* Flags, protocol 3, algorithm 8, an exponent of three octets, the modulus. */
static void
write_rdata(struct ks_scene_key *key, uint16_t flags, uint32_t e)
{
	const uint8_t head[8] = {(uint8_t)(flags >> 8), (uint8_t)flags,    3,         8, 3,
				 (uint8_t)(e >> 16),    (uint8_t)(e >> 8), (uint8_t)e};
	memcpy(key->rdata, head, sizeof(head));
	for (size_t i = 0; i < KS_RSA_OCTETS; i++)
		key->rdata[8 + i] = (uint8_t)(key->modulus[(KS_RSA_OCTETS - 1 - i) / 8] >>
					      8 * ((KS_RSA_OCTETS - 1 - i) % 8));
	key->tag = tag_of(key->rdata);
}

/* The next odd exponent with the tag that is wanted: the lower two octets are a term of its sum. */
static uint32_t
next_exponent(struct ks_scene_key *key, uint32_t high, uint16_t tag)
{
	for (uint32_t low = 1; low < 0x10000; low += 2) {
		const uint32_t e = high << 16 | low;
		key->rdata[5] = (uint8_t)high;
		key->rdata[6] = (uint8_t)(low >> 8);
		key->rdata[7] = (uint8_t)low;
		if (tag_of(key->rdata) == tag)
			return e;
	}
	return 0;
}

void
ks_scene_key_make(unsigned pair, uint16_t flags, int tag, struct ks_scene_key *ret)
{
	unsigned a = 0, rest = pair % KS_RSA_PAIRS; /* pairs (0,1) ... (0,7), (1,2) ... (6,7) */
	for (; rest >= 7 - a; a++)
		rest -= 7 - a;
	const unsigned b = a + 1 + rest;
	uint64_t p[HALF], q[HALF], phi[KS_RSA_LIMBS];
	read_prime(primes[a], p);
	read_prime(primes[b], q);
	multiply(p, q, ret->modulus);
	memcpy(phi, ret->modulus, sizeof(phi));
	(void)subtract(phi, p, HALF);
	(void)subtract(phi, q, HALF);
	phi[0]++; /* n - p - q is even */
	write_rdata(ret, flags, FIRST_EXPONENT);
	uint32_t e = FIRST_EXPONENT;
	if (tag != KS_RSA_ANY_TAG)
		e = 0;
	for (uint32_t high = 1; e == 0 || !find_secret(phi, e, ret->secret); high++) {
		if (high > 255)
			abort();
		e = next_exponent(ret, high, (uint16_t)tag);
	}
	write_rdata(ret, flags, e);
}

struct ks_scene_key
ks_scene_key_revoked(const struct ks_scene_key *key)
{
	struct ks_scene_key revoked = *key;
	revoked.rdata[1] |= 0x80;
	revoked.tag = tag_of(revoked.rdata);
	return revoked;
}

/* Montgomery's product: a * b / 2^2048 modulo n; `n0` is -1/n modulo 2^64. */
static void
product_of(const uint64_t *a, const uint64_t *b, const uint64_t *n, uint64_t n0, uint64_t *ret)
{
	uint64_t t[KS_RSA_LIMBS + 2] = {0};
	for (size_t i = 0; i < KS_RSA_LIMBS; i++) {
		wide sum = 0;
		for (size_t j = 0; j < KS_RSA_LIMBS; j++) {
			sum = (wide)a[i] * b[j] + t[j] + (uint64_t)(sum >> 64);
			t[j] = (uint64_t)sum;
		}
		sum = (wide)t[KS_RSA_LIMBS] + (uint64_t)(sum >> 64);
		t[KS_RSA_LIMBS] = (uint64_t)sum;
		t[KS_RSA_LIMBS + 1] = (uint64_t)(sum >> 64);
		const uint64_t m = t[0] * n0;
		sum = (wide)m * n[0] + t[0];
		for (size_t j = 1; j < KS_RSA_LIMBS; j++) {
			sum = (wide)m * n[j] + t[j] + (uint64_t)(sum >> 64);
			t[j - 1] = (uint64_t)sum;
		}
		sum = (wide)t[KS_RSA_LIMBS] + (uint64_t)(sum >> 64);
		t[KS_RSA_LIMBS - 1] = (uint64_t)sum;
		t[KS_RSA_LIMBS] = t[KS_RSA_LIMBS + 1] + (uint64_t)(sum >> 64);
	}
	memcpy(ret, t, KS_RSA_LIMBS * sizeof(ret[0]));
	if (t[KS_RSA_LIMBS] != 0 || !is_less(ret, n))
		(void)subtract(ret, n, KS_RSA_LIMBS);
}

/* 2^2048 modulo n, and its square: by doubling. */
static void
prepare(const uint64_t *n, uint64_t *ret_one, uint64_t *ret_square)
{
	memset(ret_one, 0, KS_RSA_LIMBS * sizeof(ret_one[0]));
	(void)subtract(ret_one, n, KS_RSA_LIMBS); /* 2^2048 - n, and n has its highest bit set */
	memcpy(ret_square, ret_one, KS_RSA_LIMBS * sizeof(ret_one[0]));
	for (size_t i = 0; i < 64u * KS_RSA_LIMBS; i++) {
		const uint64_t top = ret_square[KS_RSA_LIMBS - 1] >> 63;
		for (size_t j = KS_RSA_LIMBS; j-- > 0;)
			ret_square[j] = ret_square[j] << 1 | (j > 0 ? ret_square[j - 1] >> 63 : 0);
		if (top != 0 || !is_less(ret_square, n))
			(void)subtract(ret_square, n, KS_RSA_LIMBS);
	}
}

/* -1/n modulo 2^64, by Newton: each round doubles the bits that are right. */
static uint64_t
negative_inverse(uint64_t n)
{
	uint64_t x = n;
	for (int i = 0; i < 6; i++)
		x *= 2 - n * x;
	return 0 - x;
}

static void
power_of(const uint64_t *base, const struct ks_scene_key *key, uint64_t *ret)
{
	const uint64_t *const n = key->modulus;
	const uint64_t n0 = negative_inverse(n[0]);
	uint64_t one[KS_RSA_LIMBS] = {1}, unit[KS_RSA_LIMBS], square[KS_RSA_LIMBS], x[KS_RSA_LIMBS];
	prepare(n, unit, square);
	product_of(base, square, n, n0, x);
	memcpy(ret, unit, sizeof(unit));
	for (size_t bit = 64u * KS_RSA_LIMBS; bit-- > 0;) {
		product_of(ret, ret, n, n0, ret);
		if (key->secret[bit / 64] >> bit % 64 & 1)
			product_of(ret, x, n, n0, ret);
	}
	product_of(ret, one, n, n0, ret);
}

void
ks_scene_key_sign(const struct ks_scene_key *key, const uint8_t *data, size_t n,
		  uint8_t ret_signature[KS_RSA_OCTETS])
{
	/* RFC 8017 s9.2, note 1: what stands before a SHA-256 digest. */
	static const uint8_t prefix[19] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
					   0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
	uint8_t block[KS_RSA_OCTETS];
	memset(block, 0xff, sizeof(block));
	block[0] = 0;
	block[1] = 1;
	block[KS_RSA_OCTETS - 32 - sizeof(prefix) - 1] = 0;
	memcpy(block + KS_RSA_OCTETS - 32 - sizeof(prefix), prefix, sizeof(prefix));
	ks_scene_sha256(data, n, block + KS_RSA_OCTETS - 32);
	uint64_t message[KS_RSA_LIMBS] = {0}, signature[KS_RSA_LIMBS];
	for (size_t i = 0; i < KS_RSA_OCTETS; i++)
		message[i / 8] |= (uint64_t)block[KS_RSA_OCTETS - 1 - i] << 8 * (i % 8);
	power_of(message, key, signature);
	for (size_t i = 0; i < KS_RSA_OCTETS; i++)
		ret_signature[KS_RSA_OCTETS - 1 - i] = (uint8_t)(signature[i / 8] >> 8 * (i % 8));
}
