/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/signals.h -- which trust anchors sources say they hold, and which keys the zones have.
 *
 * A signal (RFC 8145, RFC 8509) is counted by source, zone, tags and the way it came; a key by zone, tag,
 * flags, algorithm and whether it signed the DNSKEY RRset it was seen in. A key that signed and later
 * did not is two entries, so that entries of several captures add up without a question of order.
 *
 * Memory:  bounded; what finds no room is counted.
 * Threads: one owner. */
#ifndef KS_ANALYZER_SIGNALS_H
#define KS_ANALYZER_SIGNALS_H

#include "analyzer/names.h"
#include "dissect/dissect.h"
#include "dissect/signal.h"

struct ks_signal_entry {
	struct ks_key key; /* source number << 32 | zone in `names`; tags in `names` << 32 | via */
	int64_t first_ns, last_ns;
	uint32_t queries, forwarded; /* saturate */
};

struct ks_key_entry {
	struct ks_key key; /* zone number of the shard; tag << 32 | flags << 16 | algorithm << 8 | signs */
	int64_t first_ns, last_ns;
};

/* The entries that an answer touched: who gives the same one again touches them again. */
enum { KS_SIGNALS_KNOWN = 16 };
struct ks_known_answer {
	uint64_t said; /* of struct ks_dns; 0: free */
	uint32_t zone, n;
	uint32_t entry[KS_ANSWER_KEYS];
};

struct ks_signals {
	struct ks_map table, keys;
	struct ks_known_answer known[KS_SIGNALS_KNOWN];
	struct ks_names names;  /* zones of signals; lists of tags as text: decimal, a blank between two */
	uint64_t malformed;     /* queries */
	uint64_t tags_cut;      /* signals with more tags than are kept */
	uint64_t unlisted;      /* signals without room for them, their source or their zone */
	uint64_t unlisted_keys; /* sightings of keys without room */
	uint64_t long_answers;  /* answers with more keys or signatures than are read */
};

KS_MUST_CHECK enum ks_error ks_signals_init(struct ks_signals *signals, size_t bytes,
					    const struct ks_secret *secret, struct ks_diag *diag);
void ks_signals_done(struct ks_signals *signals);

/* Any query; `source` is the sender's number, or KS_MAP_NONE. */
void ks_signals_query(struct ks_signals *signals, uint32_t source, const struct ks_message *message);

/* A response to a DNSKEY question about the shard's zone `zone` (or KS_MAP_NONE). Only whole, authoritative
 * answers with signatures say which keys are current. */
void ks_signals_answer(struct ks_signals *signals, uint32_t zone, const struct ks_dns *dns, int64_t t_ns);

#endif
