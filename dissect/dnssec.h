/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/dnssec.h -- the door to ldns: digests and signatures.
 *
 * ldns parses nothing here: it gets octets that were read, put into canonical form and bounded before, and
 * says whether a signature fits them.
 *
 * Input:     hostile octets; keys and signatures of any size, refused before they cost anything.
 * Memory:    ldns allocates while it verifies; nothing stays.
 * Work:      one public key operation a verification, keys no larger than KS_DNSSEC_RSA_BITS.
 * Threads:   no state of ours.
 * Standards: RFC 4034 s5.1.4, RFC 4509, RFC 6605 (digests), RFC 5702, RFC 6605, RFC 8080 (algorithms), RFC
 * 5155 s5. */
#ifndef KS_DISSECT_DNSSEC_H
#define KS_DISSECT_DNSSEC_H

#include "dissect/base.h"

enum ks_dnssec {
	KS_DNSSEC_GOOD,
	KS_DNSSEC_BOGUS,
	KS_DNSSEC_UNSUPPORTED /* an algorithm, or a size of key, that is not verified here */
};

/* RFC 3110 s2 ends at 4096 bits. A longer exponent than 64 bits serves nobody but who wants to keep
 * validators busy. */
enum { KS_DNSSEC_RSA_BITS = 4096, KS_DNSSEC_RSA_EXPONENT_OCTETS = 8 };

bool ks_dnssec_knows(uint8_t algorithm); /* one that may be verified */

/* Does the signature by the key fit the data? */
enum ks_dnssec ks_dnssec_verify(uint8_t algorithm, struct ks_span public_key, struct ks_span data,
				struct ks_span signature);

void ks_dnssec_sha1(struct ks_span data, uint8_t ret[20]);
void ks_dnssec_sha256(struct ks_span data, uint8_t ret[32]);
void ks_dnssec_sha384(struct ks_span data, uint8_t ret[48]);

/* RFC 5155 s5, SHA-1: the hash of a name (wire format, lower case). False: more iterations than are worth
 * the work, or too long a salt. */
enum { KS_DNSSEC_ITERATIONS = 50 };
KS_MUST_CHECK bool ks_dnssec_nsec3_hash(struct ks_span name, struct ks_span salt, uint16_t iterations,
					uint8_t ret[20]);

#endif
