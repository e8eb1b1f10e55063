/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/dns.h -- the parts of a DNS message that a requery storm is made of.
 *
 * Input:     one message, hostile, perhaps cut by the snap length.
 * Memory:    none; spans point into the input and die with it.
 * Work:      one pass over the records; every record takes at least eleven octets, so the header's
 *            counts cannot make it longer than the message.
 * Threads:   no state.
 * Standards: RFC 1035 s4.1, RFC 6891 s6.1 (OPT), RFC 4034 s2 and s3 (DNSKEY, RRSIG),
 *            RFC 4431 (DLV), RFC 9499 (terms). */
#ifndef KS_DISSECT_DNS_H
#define KS_DISSECT_DNS_H

#include "dissect/edns.h"
#include "dissect/rrtype.h"
#include "dissect/verdict.h"

/* Header bits, RFC 1035 s4.1.1, RFC 4035 s3.2 */
enum {
	KS_FLAG_QR = 0x8000,
	KS_FLAG_AA = 0x0400,
	KS_FLAG_TC = 0x0200,
	KS_FLAG_RD = 0x0100,
	KS_FLAG_RA = 0x0080,
	KS_FLAG_AD = 0x0020,
	KS_FLAG_CD = 0x0010
};

enum { KS_DNS_HEADER = 12 };

/* A key of the zone, or the key that a signature names: then without flags. */
struct ks_dnskey_tag {
	uint16_t tag, flags;
	uint8_t algorithm;
};
enum { KS_ANSWER_KEYS = 16 };

/* What the answer section says about the DNSKEY RRset of the question's name. */
struct ks_dnskey_answer {
	uint16_t keys;         /* DNSKEY records owned by the question's name */
	uint16_t signatures;   /* RRSIG records there that cover DNSKEY */
	uint32_t key_ttl;      /* least TTL of the keys, s */
	uint32_t sig_ttl;      /* least TTL of the signatures, s; UINT32_MAX without */
	uint32_t original_ttl; /* least Original TTL of the signatures, s; UINT32_MAX without */
	uint32_t expirations;  /* how many of the first KS_SIG_TIMES signatures are in `expiration` */

	/* Not written but for the keys and signatures that there are. */
	uint32_t expiration[4]; /* Signature Expiration, serial number of seconds (RFC 4034 s3.1.5) */
	struct ks_dnskey_tag key[KS_ANSWER_KEYS];    /* the first of `keys` */
	struct ks_dnskey_tag signer[KS_ANSWER_KEYS]; /* of the first of `signatures` */
};
enum { KS_SIG_TIMES = 4 };

/* What the answer section says about the DLV RRset of the question's name (RFC 4431). */
enum { KS_DLV_TAGS = 4 };
struct ks_dlv_answer {
	uint16_t records;
	uint16_t tag[KS_DLV_TAGS]; /* of the first of them; the others are not written */
};

struct ks_dns {
	uint16_t id, flags;
	uint16_t counts[4]; /* question, answer, authority, additional, as the header claims */
	bool has_question;  /* and its name is sound */
	bool bad_name; /* the question's name is longer than 255 octets, or compressed; type and class hold */
	uint8_t labels;         /* of qname, without the root */
	uint16_t qtype, qclass; /* of the first question; 0 when there is none, or the snap length cut it */
	struct ks_span
		qname; /* wire format, uncompressed, as sent (case kept); absent without sound question */
	struct ks_edns edns;
	uint16_t rcode;         /* with the upper bits of the OPT record */
	uint32_t additional_at; /* offset of the additional section; 0: not reached */
	bool cut;               /* the snap length ended the walk over the records */
	uint32_t answer_ttl;    /* least TTL of the answers of the type asked for, s; UINT32_MAX without */
	uint32_t sigkey_bytes;  /* octets of all DNSKEY and RRSIG records, owner names included */
	uint64_t said;          /* of dns_known.h; 0: not known */
	struct ks_dlv_answer dlv;
	struct ks_dnskey_answer dnskey;
};

static inline bool
ks_dns_is_response(const struct ks_dns *dns)
{
	return (dns->flags & KS_FLAG_QR) != 0;
}

static inline unsigned
ks_dns_opcode(const struct ks_dns *dns)
{
	return (unsigned)dns->flags >> 11 & 15;
}

/* Read a message of which `cap_len` of `len` octets are at hand.
 *   KS_DNS            `ret` is complete, or as complete as the captured part allows (`ret->cut`)
 *   KS_DNS_CUT        the snap length ended it inside its header
 *   KS_DNS_MALFORMED  it is no DNS message: a label type, a count or a length does not hold
 * `ret` may be half written unless KS_DNS is returned. */
KS_MUST_CHECK enum ks_verdict ks_dns_read(const uint8_t *message, size_t cap_len, size_t len,
					  struct ks_dns *ret);

#endif
