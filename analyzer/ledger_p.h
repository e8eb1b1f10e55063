/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/ledger_p.h -- what the files of the ledger share; private to analyzer/. */
#ifndef KS_ANALYZER_LEDGER_P_H
#define KS_ANALYZER_LEDGER_P_H

#include "analyzer/ledger.h"
#include "dissect/rrcanon.h"
#include "dissect/rrdata.h"
#include "dissect/rrset.h"

enum { KS_LEDGER_DENIALS = 1024 }; /* that are remembered */

/* One response while it is being read. */
struct ks_visit {
	struct ks_ledger *ledger;
	const struct ks_message *message;
	uint32_t server, nsid;
	bool authoritative; /* AA */
	bool recursive;     /* RA without AA */
	struct ks_rrsets sets;
	/* What it touches, and whether it is too odd to be remembered by that. */
	struct ks_ledger_memo trace;
	bool odd;
	/* The signer met last: nearly always it is the next one's too. */
	uint32_t signer;
	uint8_t n_signer, signer_name[KS_NAME_MAX];
	/* Of each RRset, once it was asked for: bit i of `hashed` tells. */
	uint32_t hashed;
	struct ks_key hashes[KS_RRSETS];
};

/* --- ledger.c --- */

static inline struct ks_key
ks_ledger_hash(const struct ks_ledger *ledger, const void *bytes, size_t n)
{
	struct ks_key key;
	ks_hash_bytes_twice(&ledger->secret, &ledger->other_secret, bytes, n, key.w);
	return key;
}

static inline void
ks_ledger_stretch(int64_t *first_ns, int64_t *last_ns, bool is_new, int64_t t_ns)
{
	if (is_new || t_ns < *first_ns)
		*first_ns = t_ns;
	if (is_new || t_ns > *last_ns)
		*last_ns = t_ns;
}

static inline void
ks_ledger_count32(uint32_t *counter)
{
	*counter += *counter != UINT32_MAX;
}

/* The last quarter of the tables of signatures is for those over keys: a flood of others must not push the
 * zones' own out. */
static inline bool
ks_ledger_has_room(const struct ks_map *map, uint16_t covered)
{
	return covered == KS_TYPE_DNSKEY || map->n / 3 < map->capacity / 4;
}

/* Number of a name, KS_MAP_NONE without room. */
uint32_t ks_ledger_name(struct ks_ledger *ledger, struct ks_span name);

/* Keep octets. False: no room. */
KS_MUST_CHECK bool ks_ledger_keep(struct ks_ledger *ledger, struct ks_span bytes, uint32_t *ret_at);
struct ks_span ks_ledger_octets(const struct ks_ledger *ledger, uint32_t at, uint32_t n);

/* A message went beyond the limit of its kind; `name` KS_MAP_NONE: nobody to blame. */
void ks_ledger_exhaust(struct ks_visit *visit, uint32_t name, enum ks_exhaustion kind, uint64_t n);

/* --- ledger_memo.c --- */

/* Has the server given this answer before? Then it has been counted again. */
bool ks_ledger_recall(struct ks_visit *visit);

/* Note a part that the response touched; `run` KS_MAP_NONE where it is no series. */
void ks_ledger_trace(struct ks_visit *visit, enum ks_ledger_part part, uint32_t number, uint32_t run,
		     bool referral);

/* The response was read to its end. */
void ks_ledger_remember(const struct ks_visit *visit);

/* --- ledger_rrset.c --- */

/* The types whose contents are kept. */
bool ks_ledger_keeps(uint16_t type);

/* Keyed hash of the records of an RRset; their order does not matter. */
struct ks_key ks_ledger_rrset_hash(struct ks_visit *visit, const struct ks_rrset *set);
void ks_ledger_rrset(struct ks_visit *visit, const struct ks_rrset *set);
void ks_ledger_denied(struct ks_visit *visit, struct ks_span name, enum ks_denial denial, uint32_t ttl_s,
		      bool referral);

/* --- ledger_key.c --- */

/* The keys of a new content, out of its `wire` in the octets. Returns the most keys with one tag and
 * algorithm. */
uint8_t ks_ledger_keys(struct ks_ledger *ledger, uint32_t name, uint32_t wire_at, uint32_t n_wire);

/* The keys of a name with an algorithm and tag, or NULL. */
const struct ks_ledger_tag *ks_ledger_tagged(const struct ks_ledger *ledger, uint32_t name, uint8_t algorithm,
					     uint16_t tag);
struct ks_ledger_key *ks_ledger_find_key(const struct ks_ledger *ledger, uint32_t name, struct ks_span rdata);

/* --- ledger_signature.c --- */

/* A signature that is known was seen again. */
void ks_ledger_count_again(struct ks_ledger_signature *entry, int64_t t_ns);

/* All signatures of one owner over one type. */
void ks_ledger_signatures(struct ks_visit *visit, const struct ks_rrset *set);
uint32_t ks_ledger_signer_name(struct ks_visit *visit, const struct ks_rrsig *rrsig);

/* --- ledger_verify.c --- */

void ks_ledger_verify(struct ks_visit *visit, const struct ks_rrset *set, const struct ks_rrsig *rrsig,
		      struct ks_span rdata, uint32_t signer, uint32_t signature, unsigned *tried);

/* A key that was not known before has come: signatures may have waited for it. */
void ks_ledger_lift(struct ks_ledger *ledger, uint32_t name, uint8_t algorithm, uint16_t tag);

/* --- ledger_denial.c --- */

/* NSEC or NSEC3 records: parameters and bitmaps. */
void ks_ledger_nsec(struct ks_visit *visit, const struct ks_rrset *set);

/* Does the response say that a name has no DS RRset? Notes it. */
void ks_ledger_ds_denial(struct ks_visit *visit);

#endif
