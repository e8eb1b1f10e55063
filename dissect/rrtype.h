/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/rrtype.h -- mnemonics of RR types and RCODEs (IANA "DNS Parameters"); the types that keystorm
 * itself reasons about have constants. */
#ifndef KS_DISSECT_RRTYPE_H
#define KS_DISSECT_RRTYPE_H

#include "dissect/base.h"

enum ks_rrtype {
	KS_TYPE_NS = 2,
	KS_TYPE_SOA = 6,
	KS_TYPE_TXT = 16,
	KS_TYPE_OPT = 41,
	KS_TYPE_DS = 43,
	KS_TYPE_RRSIG = 46,
	KS_TYPE_NSEC = 47,
	KS_TYPE_DNSKEY = 48,
	KS_TYPE_NSEC3 = 50,
	KS_TYPE_NSEC3PARAM = 51,
	KS_TYPE_CDS = 59,
	KS_TYPE_CDNSKEY = 60
};

enum { KS_RRTYPE_TEXT = 16 };

/* "DNSKEY", or "TYPE65280" for one without a mnemonic (RFC 3597 s5). Returns `ret`. */
const char *ks_rrtype_name(uint16_t type, char ret[KS_RRTYPE_TEXT]);

bool ks_rrtype_is_known(uint16_t type); /* has a mnemonic */
bool ks_rcode_is_known(uint16_t rcode);

/* "NOERROR", or "RCODE4095". Takes the extended RCODE (RFC 6891 s6.1.3). Returns `ret`. */
const char *ks_rcode_name(uint16_t rcode, char ret[KS_RRTYPE_TEXT]);

#endif
