/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/ledger.h -- the ledger: which DNSSEC records each server gave, when, and whether signatures fit.
 *
 *     response -> RRsets -> content (known by a keyed hash: one lookup)
 *                              |
 *     (name, server, NSID, type) -> period -> period -> ...      each names its content and its signers
 *     (signer, type, key, validity) -> counts, and what cryptography said of each new (RRset, signature)
 *
 * A content that is known costs its hash and a lookup. ldns is asked only about pairs of RRset and signature
 * that are new, and no more often than KS_LEDGER_VERIFY_* allow, whatever a hostile zone offers.
 *
 * A signature without its key waits, in bounded room, for a DNSKEY RRset that has it. Of types that the
 * ledger does not keep, the first KS_LEDGER_SAMPLE pairs of each signer, type and validity are verified.
 *
 * Memory:  bounded; what finds no room is counted. ldns allocates while it verifies.
 * Time:    packet time. Threads: one owner. */
#ifndef KS_ANALYZER_LEDGER_H
#define KS_ANALYZER_LEDGER_H

#include "analyzer/names.h"
#include "analyzer/summary.h"
#include "dissect/dissect.h"

enum {
	KS_LEDGER_RUNS = 64,       /* periods kept of a series: the first ones and the latest */
	KS_LEDGER_VALIDITIES = 32, /* kept apart of a signer, type and key */
	KS_LEDGER_SAMPLE = 4,
	KS_LEDGER_SIGNERS = 16,      /* of one RRset that are told apart */
	KS_LEDGER_NSID = 64,         /* octets kept */
	KS_LEDGER_VERIFY_RRSET = 16, /* signatures tried of one RRset of a message, as BIND does */
	KS_LEDGER_VERIFY_KEYS = 4,   /* keys of one tag tried on a signature */
	KS_LEDGER_VERIFY_SECOND = 256,
	KS_LEDGER_READ_SECOND = 64,   /* responses to background questions that are read */
	KS_LEDGER_VERIFY_RUN = 16384, /* a million instructions each: some seconds at the worst */
	KS_LEDGER_SLOT = 4096         /* octets of a signature that waits, with what it signs */
};

/* More than that is told in report exhaustion, DOMAIN A5 5-20. */
enum {
	KS_LIMIT_TAG_COLLISION = 1,
	KS_LIMIT_KEYS = 20,
	KS_LIMIT_SIGNATURES = 8, /* two keys each to sign zone and keys, in two algorithms */
	KS_LIMIT_DS = 8,
	KS_LIMIT_ITERATIONS = 50
};

struct ks_ledger_content {
	struct ks_key key; /* keyed hash of name, type and records */
	uint64_t count;
	int64_t first_ns, last_ns;
	uint32_t name, wire_at, n_wire; /* in `octets`, see struct ks_fact_rrset */
	uint16_t type;
	uint8_t denial;
	uint8_t collision; /* most keys with one tag and algorithm */
};

struct ks_ledger_series {
	struct ks_key key;    /* name << 32 | server; nsid << 32 | type << 16 | authoritative */
	uint32_t first, last; /* runs */
	uint32_t n, unused;
};

struct ks_ledger_run {
	int64_t first_ns, last_ns;
	uint32_t content, signers; /* signers: KS_MAP_NONE: unknown */
	uint32_t ttl_least_s, ttl_greatest_s;
	uint32_t count, referrals; /* saturate */
	uint32_t number, forgotten;
	uint32_t next, unused;
};

struct ks_ledger_signers {
	struct ks_key key; /* keyed hash of what follows */
	uint32_t n;
	uint32_t signer[KS_LEDGER_SIGNERS]; /* tag << 8 | algorithm, ascending */
	uint32_t unused;
};

struct ks_ledger_key {
	struct ks_key key; /* keyed hash of name and RDATA */
	uint64_t count;    /* from here on: added up when facts are frozen */
	int64_t first_ns, last_ns;
	uint32_t name, rdata_at, n_rdata; /* in `octets` */
	uint32_t next;                    /* key of the same name, algorithm and tag, or KS_MAP_NONE */
};

/* Keys of one name by algorithm and tag. */
struct ks_ledger_tag {
	struct ks_key key; /* name; algorithm << 16 | tag */
	uint32_t first, n;
};

struct ks_ledger_signature {
	struct ks_key
		key; /* signer << 40 | algorithm << 32 | covered << 16 | tag; inception << 32 | expiration */
	int64_t inception_s, expiration_s, least_validity_s;
	int64_t first_ns, last_ns, first_expired_ns, last_expired_ns;
	uint64_t count;
	uint32_t expired, future, original_ttl_s;
	uint32_t good, bogus, unsupported, unknown;
	uint32_t n_validities; /* of the folded entry: those kept apart */
	uint8_t why;           /* index of ks_ledger_whys; 0: none bogus */
	bool refused;          /* a pair was left unchecked */
};

/* An RRset and one signature over it. */
struct ks_ledger_pair {
	struct ks_key key; /* keyed hash of both */
	uint32_t signature;
	uint32_t state;
};

struct ks_ledger_nsid {
	struct ks_key key; /* keyed hash */
	uint32_t n;
	uint8_t b[KS_LEDGER_NSID + 4];
};

struct ks_ledger_nsec {
	struct ks_key key; /* keyed hash of what follows, but counts and times */
	uint64_t count, opt_out;
	int64_t first_ns, last_ns;
	uint32_t name, salt_at;
	uint16_t iterations;
	uint8_t hash_algorithm, n_salt;
	bool nsec3;
};

struct ks_ledger_exhaustion {
	struct ks_key key; /* name << 32 | server; kind */
	uint64_t responses, greatest;
	int64_t first_ns, last_ns;
};

/* What was found out about names and sets of NSEC3 records, so that it is not hashed again. */
struct ks_ledger_denial {
	uint64_t hash;
	uint64_t denial;
};

/* An answer that was read before, and what of the ledger it touched; see ledger_memo.c. */
enum { KS_LEDGER_MEMOS = 2048, KS_LEDGER_TOUCHES = 12 };
enum ks_ledger_part { KS_TOUCH_CONTENT, KS_TOUCH_SERIES, KS_TOUCH_SIGNATURE };
struct ks_ledger_touch {
	uint32_t number;          /* in its table */
	uint32_t run, run_number; /* of a series: the latest, which this belongs to */
	uint8_t part;             /* enum ks_ledger_part */
	bool referral;
	uint8_t unused[2];
};
struct ks_ledger_memo {
	struct ks_key key; /* keyed hash of the answer and of who gave it */
	uint64_t n;        /* touches */
	struct ks_ledger_touch touch[KS_LEDGER_TOUCHES];
};

/* What an answer that the dissector knows (`said` of struct ks_dns) is remembered under, given by one server.
 */
enum { KS_LEDGER_SAID = 64 };
struct ks_ledger_said {
	struct ks_key key;
	uint64_t number; /* 0: free */
	uint32_t server, nsid;
	bool dnssec_ok;
};

struct ks_ledger {
	struct ks_names names; /* owners, signers, zones */
	struct ks_map contents, series, signers, keys, tags, signatures, pairs, nsids, nsecs, exhaustions;
	struct ks_region octets, runs, slots, denials, memos;
	uint32_t memo_tags[KS_LEDGER_MEMOS]; /* of the keys in `memos`: most answers are in none of them */
	struct ks_ledger_said said[KS_LEDGER_SAID];
	uint32_t no_nsid; /* the number of none at all, if it has one */
	bool has_no_nsid;
	size_t used_octets;
	uint32_t n_runs, max_runs;
	uint32_t n_slots, next_slot;
	struct ks_secret secret, other_secret;
	int64_t second; /* of packet time, whose verifications are counted */
	uint32_t verified_second, verified_run;
	int64_t read_at; /* second of packet time, whose reads are counted */
	uint32_t read_second;

	/* For the end: which names become facts, see ks_ledger_choose. */
	uint8_t *chosen; /* of the first `n_chosen` names; NULL: not chosen yet */
	uint32_t n_chosen;
	uint64_t passed_over; /* names that do not */

	uint64_t unlisted;      /* RRsets without room for them, their name or their period */
	uint64_t unlisted_keys; /* DNSKEY records without room */
	uint64_t unlisted_signatures;
	uint64_t lost_records; /* records beyond what is read of a message */
	uint64_t large;        /* RRsets too large to be kept */
	uint64_t forgotten;    /* periods */
	uint64_t skimmed;      /* responses left unread: too many at once */
	uint64_t unverified;   /* pairs left unchecked: too many at once */
	uint64_t malformed;    /* DNSSEC records that do not hold what they must */
};

KS_MUST_CHECK enum ks_error ks_ledger_init(struct ks_ledger *ledger, size_t bytes,
					   const struct ks_secret *secret, struct ks_diag *diag);
void ks_ledger_done(struct ks_ledger *ledger);

/* A response; `server` is the number of its sender among the shard's servers, or KS_MAP_NONE. */
void ks_ledger_feed(struct ks_ledger *ledger, uint32_t server, const struct ks_message *message);

/* Before facts are frozen: choose the names that become some. Those are all zones whose keys, SOA, signatures
 * or denials were seen, or of which `asked` holds DNSKEY questions (by its number; see ks_names_find), and
 * all delegations that changed; of other delegations, of which a busy parent names a hundred thousand, the
 * KS_LEDGER_DELEGATIONS most frequent. */
enum { KS_LEDGER_DELEGATIONS = 1024 };
KS_MUST_CHECK enum ks_error ks_ledger_choose(struct ks_ledger *ledger, const struct ks_names *asked,
					     bool (*is_zone)(const void *arg, uint32_t number),
					     const void *arg, struct ks_diag *diag);

/* Why a signature is bogus, by `why`; NULL for 0. */
const char *ks_ledger_why(uint8_t why);

#endif
