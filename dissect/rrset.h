/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/rrset.h -- the records of a response, gathered into RRsets.
 *
 * Input:     a whole message that ks_dns_read took; hostile.
 * Memory:    the caller's struct; spans point into the message and die with it.
 * Work:      one pass; bounded by the limits below. What is beyond them is counted, not kept.
 * Threads:   no state.
 * Standards: RFC 1035 s4.1, RFC 2181 s5 (RRsets), RFC 4343 (case). */
#ifndef KS_DISSECT_RRSET_H
#define KS_DISSECT_RRSET_H

#include "dissect/dns.h"
#include "dissect/name.h"

enum {
	KS_RRSETS = 32,        /* RRsets of one message */
	KS_RRSET_RECORDS = 64, /* records of one RRset */
	KS_RRSETS_RECORDS = 256
};

enum ks_section { KS_SECTION_ANSWER = 1, KS_SECTION_AUTHORITY = 2, KS_SECTION_ADDITIONAL = 3 };

struct ks_rr {
	struct ks_span rdata;
	uint16_t next; /* record of the same RRset, in the order of the message */
};

/* Signatures over different types are different RRsets here. */
struct ks_rrset {
	enum ks_section section;
	uint8_t owner; /* index */
	uint16_t type;
	uint16_t covered; /* of RRSIG, else 0 */
	uint16_t n;       /* records that are kept */
	uint16_t n_seen;  /* records there are */
	uint16_t first, last;
	uint32_t ttl_s; /* the least */
};

struct ks_rr_owner {
	size_t offset; /* where it stands in the message; a compression pointer is followed once */
	uint8_t n;
	uint8_t name[KS_NAME_MAX]; /* wire format, lower case */
};

struct ks_rrsets {
	struct ks_span message;
	uint16_t n, n_records, n_owners;
	uint16_t lost; /* records beyond one of the limits, or with an owner that is no name */
	struct ks_rrset set[KS_RRSETS];
	struct ks_rr record[KS_RRSETS_RECORDS];
	struct ks_rr_owner owner[KS_RRSETS];
};

/* Records of class IN of the answer and authority sections. Unread fields of `ret` are not set. */
void ks_rrsets_read(struct ks_span message, const struct ks_dns *dns, struct ks_rrsets *ret);

/* The same of the additional section, when there are signatures in it: without, its addresses would only take
 * the room of what matters. `sets` holds the other sections. */
void ks_rrsets_read_additional(const struct ks_dns *dns, struct ks_rrsets *sets);

/* The RRset of this owner (an index), type and, for RRSIG, type covered in a section; or NULL. */
const struct ks_rrset *ks_rrsets_find(const struct ks_rrsets *sets, enum ks_section section, uint8_t owner,
				      uint16_t type, uint16_t covered);

static inline struct ks_span
ks_rrset_owner(const struct ks_rrsets *sets, const struct ks_rrset *set)
{
	return (struct ks_span){sets->owner[set->owner].name, sets->owner[set->owner].n};
}

static inline const struct ks_rr *
ks_rrset_first(const struct ks_rrsets *sets, const struct ks_rrset *set)
{
	return &sets->record[set->first];
}

static inline const struct ks_rr *
ks_rrset_next(const struct ks_rrsets *sets, const struct ks_rr *record)
{
	return &sets->record[record->next];
}

#endif
