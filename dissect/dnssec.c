/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/dnssec.h"

#include <ldns/ldns.h>
#include <string.h>

#include "dissect/name.h"
#include "dissect/rrdata.h"

enum { SIGNATURE_MAX = 1024, ECDSA_DER_MAX = 2 * (48 + 3) + 3 };

/* An INTEGER of ASN.1 out of an unsigned number: no zeros in front, but one where the first bit is set. */
static size_t
put_integer(uint8_t *ret, const uint8_t *number, size_t n)
{
	while (n > 1 && *number == 0) {
		number++;
		n--;
	}
	const size_t pad = *number >> 7;
	ret[0] = 2;
	ret[1] = (uint8_t)(n + pad);
	ret[2] = 0;
	memcpy(ret + 2 + pad, number, n);
	return 2 + pad + n;
}

/* The verifier wants ECDSA signatures as a SEQUENCE of r and s, RFC 6605 s4 has them side by side. 0: they do
 * not have the curve's size. */
static size_t
ecdsa_der(struct ks_span signature, size_t half, uint8_t ret[ECDSA_DER_MAX])
{
	if (signature.n != 2 * half)
		return 0;
	size_t n = 2;
	n += put_integer(ret + n, signature.at, half);
	n += put_integer(ret + n, signature.at + half, half);
	ret[0] = 0x30;
	ret[1] = (uint8_t)(n - 2);
	return n;
}

static bool
is_rsa(uint8_t algorithm)
{
	return algorithm == 5 || algorithm == 7 || algorithm == 8 || algorithm == 10;
}

bool
ks_dnssec_knows(uint8_t algorithm)
{
	return is_rsa(algorithm) || (algorithm >= 13 && algorithm <= 16);
}

static bool
has_long_exponent(struct ks_span public_key)
{
	return public_key.n > 0 &&
	       (public_key.at[0] == 0 || public_key.at[0] > KS_DNSSEC_RSA_EXPONENT_OCTETS);
}

/* The cheap questions first. */
static enum ks_dnssec
admit(uint8_t algorithm, struct ks_span public_key)
{
	if (!ks_dnssec_knows(algorithm))
		return KS_DNSSEC_UNSUPPORTED;
	const struct ks_key_shape shape = ks_key_shape(algorithm, public_key);
	if (is_rsa(algorithm) && (shape.bits > KS_DNSSEC_RSA_BITS || has_long_exponent(public_key)))
		return KS_DNSSEC_UNSUPPORTED;
	return shape.unusable ? KS_DNSSEC_BOGUS : KS_DNSSEC_GOOD;
}

static enum ks_dnssec
meaning_of(ldns_status status)
{
	switch (status) {
	case LDNS_STATUS_OK:
		return KS_DNSSEC_GOOD;
	case LDNS_STATUS_CRYPTO_UNKNOWN_ALGO:
	case LDNS_STATUS_CRYPTO_ALGO_NOT_IMPL:
		return KS_DNSSEC_UNSUPPORTED;
	default:
		return KS_DNSSEC_BOGUS;
	}
}

/* ldns takes what it does not change as if it did. */
static uint8_t *
unconst(const uint8_t *bytes)
{
	uintptr_t address;
	memcpy(&address, &bytes, sizeof(address));
	return (uint8_t *)address;
}

enum ks_dnssec
ks_dnssec_verify(uint8_t algorithm, struct ks_span public_key, struct ks_span data, struct ks_span signature)
{
	const enum ks_dnssec admitted = admit(algorithm, public_key);
	if (admitted != KS_DNSSEC_GOOD)
		return admitted;
	uint8_t der[ECDSA_DER_MAX];
	if (algorithm == 13 || algorithm == 14) {
		signature.n = ecdsa_der(signature, algorithm == 13 ? 32 : 48, der);
		signature.at = der;
	}
	if (signature.n == 0 || signature.n > SIGNATURE_MAX)
		return KS_DNSSEC_BOGUS;
	ldns_buffer *const buffer = ldns_buffer_new(data.n + 1);
	if (buffer == NULL)
		return KS_DNSSEC_UNSUPPORTED;
	ldns_buffer_write(buffer, data.at, data.n);
	const ldns_status status = ldns_verify_rrsig_buffers_raw(
		unconst(signature.at), signature.n, buffer, unconst(public_key.at), public_key.n, algorithm);
	ldns_buffer_free(buffer);
	return meaning_of(status);
}

void
ks_dnssec_sha1(struct ks_span data, uint8_t ret[20])
{
	(void)ldns_sha1(data.at, (unsigned)data.n, ret);
}

void
ks_dnssec_sha256(struct ks_span data, uint8_t ret[32])
{
	(void)ldns_sha256(data.at, (unsigned)data.n, ret);
}

void
ks_dnssec_sha384(struct ks_span data, uint8_t ret[48])
{
	(void)ldns_sha384(data.at, (unsigned)data.n, ret);
}

bool
ks_dnssec_nsec3_hash(struct ks_span name, struct ks_span salt, uint16_t iterations, uint8_t ret[20])
{
	uint8_t input[KS_NAME_MAX + 255];
	if (iterations > KS_DNSSEC_ITERATIONS || name.n > KS_NAME_MAX || salt.n > 255)
		return false;
	memcpy(input, name.at, name.n);
	if (salt.n > 0)
		memcpy(input + name.n, salt.at, salt.n);
	ks_dnssec_sha1((struct ks_span){input, name.n + salt.n}, ret);
	for (unsigned i = 0; i < iterations; i++) {
		memcpy(input, ret, 20);
		if (salt.n > 0)
			memcpy(input + 20, salt.at, salt.n);
		ks_dnssec_sha1((struct ks_span){input, 20 + salt.n}, ret);
	}
	return true;
}
