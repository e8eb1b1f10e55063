/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/support/scene_rsa.h -- RSA keys of scenes: DNSKEYs with a tag that was asked for, and signatures that
 * verify.
 *
 * The private keys stand in the source: they protect nothing. Eight primes make twenty-eight moduli, and the
 * tag is steered by the public exponent, three octets that can be chosen freely (RFC 3110 s2, RFC 4034
 * appendix B).
 *
 * Memory:  none. Threads: no state.
 * Sources: RFC 8017 s8.2 (PKCS #1 v1.5), RFC 5702 (RSASHA256). */
#ifndef KS_TESTS_SUPPORT_SCENE_RSA_H
#define KS_TESTS_SUPPORT_SCENE_RSA_H

#include <stddef.h>
#include <stdint.h>

enum { KS_RSA_LIMBS = 32, KS_RSA_OCTETS = 256, KS_RSA_RDATA = 264, KS_RSA_PAIRS = 28, KS_RSA_ANY_TAG = -1 };

struct ks_scene_key {
	uint64_t modulus[KS_RSA_LIMBS], secret[KS_RSA_LIMBS]; /* least significant limb first */
	uint8_t rdata[KS_RSA_RDATA];                          /* of the DNSKEY record */
	uint16_t tag;
};

/* The key of a pair of primes (0 to 27). `tag` KS_RSA_ANY_TAG: the exponent 65537. */
void ks_scene_key_make(unsigned pair, uint16_t flags, int tag, struct ks_scene_key *ret);

/* The same key with REVOKE set, and the tag that follows from it (RFC 5011 s2.1). */
struct ks_scene_key ks_scene_key_revoked(const struct ks_scene_key *key);

void ks_scene_key_sign(const struct ks_scene_key *key, const uint8_t *data, size_t n,
		       uint8_t ret_signature[KS_RSA_OCTETS]);

#endif
