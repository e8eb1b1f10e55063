/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/rrdata.h -- the RDATA of DNSSEC records, field by field.
 *
 * Input:     RDATA as it stands in a message; hostile.
 * Memory:    spans point into the input.
 * Work:      one pass each.
 * Threads:   no state.
 * Standards: RFC 4034 s2 (DNSKEY), s3 (RRSIG), s4.1.2 (type bitmaps), s5 (DS), RFC 5155 s3 (NSEC3), RFC 3110
 * (RSA keys), RFC 6605 (ECDSA), RFC 8080 (EdDSA), RFC 1982 (serial numbers). */
#ifndef KS_DISSECT_RRDATA_H
#define KS_DISSECT_RRDATA_H

#include "dissect/cursor.h"
#include "dissect/name.h"

/* --- DNSKEY --- */

enum { KS_KEY_SEP = 1, KS_KEY_REVOKE = 0x80, KS_KEY_ZONE = 0x100 };

struct ks_dnskey {
	uint16_t flags;
	uint8_t protocol, algorithm;
	struct ks_span public_key;
};

KS_MUST_CHECK bool ks_dnskey_read(struct ks_span rdata, struct ks_dnskey *ret);

/* What can be told of a public key by its octets. */
struct ks_key_shape {
	uint32_t bits;     /* of the RSA modulus, or of the curve; 0: not known */
	uint32_t exponent; /* of RSA; UINT32_MAX: that or larger; 0: not RSA, or not readable */
	bool unusable;     /* no key of its algorithm can look like that */
};
struct ks_key_shape ks_key_shape(uint8_t algorithm, struct ks_span public_key);

/* --- DS --- */

struct ks_ds {
	uint16_t tag;
	uint8_t algorithm, digest_type;
	struct ks_span digest;
};

KS_MUST_CHECK bool ks_ds_read(struct ks_span rdata, struct ks_ds *ret);

/* --- RRSIG --- */

struct ks_rrsig {
	uint16_t covered;
	uint8_t algorithm, labels;
	uint32_t original_ttl_s;
	uint32_t expiration, inception; /* serial numbers of seconds */
	uint16_t tag;
	uint8_t n_signer;
	uint8_t signer[KS_NAME_MAX]; /* lower case */
	struct ks_span signature;
};

KS_MUST_CHECK bool ks_rrsig_read(struct ks_span message, struct ks_span rdata, struct ks_rrsig *ret);

/* The second since the epoch that a 32-bit serial number means at `now_s`: the one less than 2^31 s away
 * (RFC 4034 s3.1.5). */
static inline int64_t
ks_serial_time(uint32_t serial, int64_t now_s)
{
	return now_s + (int32_t)(serial - (uint32_t)now_s);
}

/* --- NSEC and NSEC3 --- */

struct ks_nsec3 {
	uint8_t hash_algorithm, flags;
	uint16_t iterations;
	struct ks_span salt, next, bitmap; /* of NSEC3PARAM: only the salt */
};

enum { KS_NSEC3_OPT_OUT = 1 };

KS_MUST_CHECK bool ks_nsec3_read(struct ks_span rdata, struct ks_nsec3 *ret);
KS_MUST_CHECK bool ks_nsec3param_read(struct ks_span rdata, struct ks_nsec3 *ret);

/* The bitmap of an NSEC record; its next name is not compressed (RFC 4034 s4.1.1). */
KS_MUST_CHECK bool ks_nsec_bitmap(struct ks_span rdata, struct ks_span *ret);

/* What is wrong with a type bitmap, bits. Zero-length windows have hung validators. */
enum {
	KS_BITMAP_EMPTY_WINDOW = 1,
	KS_BITMAP_LONG_WINDOW = 2, /* above 32 octets, or beyond the end */
	KS_BITMAP_DISORDER = 4     /* window numbers not ascending */
};
unsigned ks_bitmap_faults(struct ks_span bitmap);

/* Is the type in the bitmap? Reads no further than the first fault. */
KS_PURE bool ks_bitmap_has(struct ks_span bitmap, uint16_t type);

#endif
