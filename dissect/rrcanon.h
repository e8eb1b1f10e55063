/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/rrcanon.h -- the canonical form of records and RRsets, and what a signature signs.
 *
 * Input:     RRsets of ks_rrsets_read; hostile.
 * Memory:    the caller's buffers; nothing beyond their capacity is written.
 * Work:      records of an RRset are sorted by insertion: at most KS_RRSET_RECORDS squared comparisons.
 * Threads:   no state.
 * Standards: RFC 4034 s6 and s3.1.8.1, RFC 6840 s5.1 (names in NSEC stay as they are), RFC 3597 s7. */
#ifndef KS_DISSECT_RRCANON_H
#define KS_DISSECT_RRCANON_H

#include "dissect/rrdata.h"
#include "dissect/rrset.h"

/* An RRset larger than that is not verified, nor kept. DNSKEY answers of today are below 4 kB. */
enum { KS_RRCANON_MAX = 16384 };

/* One RDATA: names of the types known to RFC 4034 in full and in lower case. False: it does not fit, or its
 * names do not hold. */
KS_MUST_CHECK bool ks_rr_canonical(struct ks_span message, uint16_t type, struct ks_span rdata, uint8_t *ret,
				   size_t cap, size_t *ret_n);

/* The whole RRset: each RDATA with its length in two octets before it, in canonical order, none twice. */
KS_MUST_CHECK bool ks_rrset_canonical(const struct ks_rrsets *sets, const struct ks_rrset *set,
				      uint8_t ret[KS_RRCANON_MAX], size_t *ret_n);

/* The octets that the signature signs: RRSIG RDATA without the signature, then the records. `records` is of
 * ks_rrset_canonical, `owner` in lower case. False: they do not fit, or the signature counts more labels than
 * the owner has. */
KS_MUST_CHECK bool ks_rrsig_signed_data(const struct ks_rrsig *rrsig, struct ks_span owner,
					struct ks_span records, uint8_t *ret, size_t cap, size_t *ret_n);

#endif
