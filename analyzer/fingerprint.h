/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/fingerprint.h -- how a source's DNSKEY queries look: the traits of its resolver software.
 *
 * Implementations differ in what they put into the header and the OPT record, and operating systems in the
 * hop limit they start with. Text form, stable, parts in this order, absent ones left out:
 *
 *     edns=SIZE | no-edns   UDP payload size of the OPT record
 *     do cd rd ad           bits that are set (DO is in the OPT record)
 *     ttl=32|64|128|255     the hop limit as met, rounded up to what systems start with
 *     opt=LIST              EDNS options sent: nsid,ecs,cookie,padding,key-tag,ede,report-channel,other
 *
 * Whether names are sent in mixed case (0x20) is a trait too, but not one of a single query: the root has no
 * letters and "com" often comes out in one case by chance. So it is counted beside the fingerprint.
 *
 * Memory:  bounded: KS_STACKS_EACH fingerprints a source, a table of them; beyond, queries are counted only.
 * Threads: one owner.
 * Standards: RFC 1035 s4.1.1, RFC 6891 s6.1, RFC 4035 s3.2, draft-vixie-dnsext-dns0x20. */
#ifndef KS_ANALYZER_FINGERPRINT_H
#define KS_ANALYZER_FINGERPRINT_H

#include "analyzer/map.h"
#include "dissect/dissect.h"

enum {
	KS_STACKS_EACH = 4,      /* fingerprints kept of a source: those met last */
	KS_FINGERPRINT_TEXT = 96 /* the longest text and its NUL */
};

/* The traits of one query in one word; equal words are equal texts. */
uint64_t ks_fingerprint_of(const struct ks_message *query);
const char *ks_fingerprint_print(uint64_t fingerprint, char ret[KS_FINGERPRINT_TEXT]);

/* One fingerprint of one source. */
struct ks_stack {
	struct ks_key key; /* source number; place 0 to KS_STACKS_EACH - 1, in order of arrival */
	uint64_t fingerprint;
	int64_t first_ns, last_ns;
	uint32_t queries;
	uint32_t cased_queries; /* of them, with enough letters in the name to show a case */
	uint32_t mixed_queries; /* of those, with both cases */
	uint32_t unused;
};

struct ks_stacks {
	struct ks_map map;
	uint64_t unlisted; /* queries that found no room */
	uint64_t evicted;  /* fingerprints that gave way to a fifth of their source */
};

KS_MUST_CHECK enum ks_error ks_stacks_init(struct ks_stacks *stacks, size_t bytes,
					   const struct ks_secret *secret, struct ks_diag *diag);
void ks_stacks_done(struct ks_stacks *stacks);

/* Count a query of the source with this number. */
void ks_stacks_feed(struct ks_stacks *stacks, uint32_t source, const struct ks_message *query);

/* A query of this source will come, which nearly always looks like its first: fetch its slot. Returns the
 * hash for ks_map_sooner. */
static inline uint64_t
ks_stacks_soon(const struct ks_stacks *stacks, uint32_t source)
{
	const struct ks_key first = {.w = {source, 0}};
	const uint64_t hash = ks_map_hash(&stacks->map, &first);
	ks_map_soon(&stacks->map, hash);
	return hash;
}

/* The fingerprint at `place` of a source, or NULL. */
const struct ks_stack *ks_stacks_at(const struct ks_stacks *stacks, uint32_t source, uint32_t place);

#endif
