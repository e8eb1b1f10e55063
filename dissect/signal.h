/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/signal.h -- what resolvers tell about themselves in a query: which trust anchors they hold, and
 * what failed.
 *
 * Input:     names and options of a message that ks_dns_read took; hostile.
 * Memory:    spans point into the input.
 * Work:      one pass over the name.
 * Threads:   no state.
 * Standards: RFC 8145 (trust anchor signals, s4 option, s5 names), RFC 8509 (root key sentinel), RFC 9567
 *            s6.1.1 (error reports), RFC 4034 appendix B (key tag). */
#ifndef KS_DISSECT_SIGNAL_H
#define KS_DISSECT_SIGNAL_H

#include "dissect/cursor.h"
#include "dissect/name.h"

/* A label of 63 octets has room for "_ta" and twelve times "-xxxx"; an option may name more. */
enum { KS_SIGNAL_TAGS = 12 };

enum ks_signal_via {
	KS_VIA_QNAME,        /* _ta-xxxx */
	KS_VIA_OPTION,       /* edns-key-tag */
	KS_VIA_SENTINEL_IS,  /* root-key-sentinel-is-ta-NNNNN: a test of a resolver, not what it trusts */
	KS_VIA_SENTINEL_NOT, /* root-key-sentinel-not-ta-NNNNN */
	KS_VIA_COUNT
};

enum ks_signal_state {
	KS_SIGNAL_NONE, /* another name */
	KS_SIGNAL_SOUND,
	KS_SIGNAL_MALFORMED /* begins as a signal does, but says nothing that holds */
};

struct ks_signal {
	enum ks_signal_via via;
	struct ks_span zone; /* whose anchors, wire format; absent for an option: it is the question's name */
	bool cut;            /* more than KS_SIGNAL_TAGS tags: the least ones are here */
	uint8_t n_tags;
	uint16_t tags[KS_SIGNAL_TAGS]; /* ascending, none twice */
};

/* Can the name be one of those below? Cheap, for every query; it looks at the first letter only. */
static inline bool
ks_signal_may_be(struct ks_span qname)
{
	return qname.n > 4 && (qname.at[1] == '_' || (qname.at[1] | 0x20) == 'r');
}

/* The two kinds of names, by their first label. Tags of `_ta-` must be four hexadecimal digits each and
 * strictly ascending (RFC 8145 s5.1), of sentinels five decimal digits below 65536 (RFC 8509 s2). `ret` is
 * complete if and only if KS_SIGNAL_SOUND is returned. */
KS_MUST_CHECK enum ks_signal_state ks_signal_read_name(struct ks_span qname, struct ks_signal *ret);

/* The value of an edns-key-tag option: tags in any order (RFC 8145 s4.1 asks for none). */
KS_MUST_CHECK enum ks_signal_state ks_signal_read_option(struct ks_span value, struct ks_signal *ret);

/* _er.QTYPE.QNAME.CODE._er.AGENT */
struct ks_error_report {
	uint16_t qtype; /* the first, when the report names several */
	uint16_t code;  /* INFO-CODE of RFC 8914 */
	uint8_t n;
	uint8_t qname[KS_NAME_MAX]; /* what was asked for, wire format, lower case, `n` octets */
};

/* KS_SIGNAL_MALFORMED also for the names that a minimising resolver asks on its way to a report (RFC 9156):
 * callers look at TXT questions only. */
KS_MUST_CHECK enum ks_signal_state ks_error_report_read(struct ks_span qname, struct ks_error_report *ret);

/* The key tag of a DNSKEY's RDATA, RFC 4034 appendix B (B.1 for algorithm 1); 0 when it is shorter than its
 * four fixed octets. */
KS_PURE uint16_t ks_key_tag(struct ks_span rdata);

#endif
