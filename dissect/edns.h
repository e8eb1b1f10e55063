/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/edns.h -- the OPT pseudo-record and its options.
 *
 * Memory:    spans point into the message.
 * Standards: RFC 6891; options: RFC 5001 (NSID), 7873 (COOKIE), 8145 (edns-key-tag), 8914 (EDE),
 *            9567 (Report-Channel), 7871 (client subnet), 7830 (padding). */
#ifndef KS_DISSECT_EDNS_H
#define KS_DISSECT_EDNS_H

#include "dissect/cursor.h"

enum ks_edns_option {
	KS_OPT_NSID = 3,
	KS_OPT_CLIENT_SUBNET = 8,
	KS_OPT_COOKIE = 10,
	KS_OPT_PADDING = 12,
	KS_OPT_KEY_TAG = 14,
	KS_OPT_EDE = 15,
	KS_OPT_REPORT_CHANNEL = 18
};

/* Bits of ks_edns.options, in order of the options above. */
enum ks_edns_bit {
	KS_EDNS_NSID = 1 << 0,
	KS_EDNS_CLIENT_SUBNET = 1 << 1,
	KS_EDNS_COOKIE = 1 << 2,
	KS_EDNS_PADDING = 1 << 3,
	KS_EDNS_KEY_TAG = 1 << 4,
	KS_EDNS_EDE = 1 << 5,
	KS_EDNS_REPORT_CHANNEL = 1 << 6,
	KS_EDNS_UNKNOWN = 1 << 7
};

struct ks_edns {
	uint16_t records; /* OPT records in the message: 0 is plain DNS, more than 1 breaks RFC 6891 s6.1.1 */
	uint16_t udp_size; /* requestor's or responder's UDP payload size */
	uint8_t version;
	uint8_t rcode_upper;           /* upper eight bits of the extended RCODE */
	bool dnssec_ok;                /* DO */
	bool malformed;                /* the options do not fill the RDATA */
	uint8_t options;               /* enum ks_edns_bit */
	bool server_cookie;            /* COOKIE longer than the client's eight octets */
	uint16_t ede;                  /* INFO-CODE of the first EDE; meaningful with KS_EDNS_EDE */
	struct ks_span nsid;           /* of the first NSID option; may be empty (a request) */
	struct ks_span key_tags;       /* option 14: 16-bit tags, unchecked */
	struct ks_span report_channel; /* agent domain, wire format, unchecked */
};

/* Take the fixed part of an OPT record (its class and TTL) and its RDATA. Only the first OPT of a
 * message is read, later ones are counted: a message with several is a format error that real
 * senders produce, and the first is what servers answer to. */
void ks_edns_read(struct ks_edns *edns, uint16_t rr_class, uint32_t rr_ttl, struct ks_cur rdata);

#endif
