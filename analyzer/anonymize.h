/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/anonymize.h -- pseudonyms instead of the addresses of sources, at the door where facts leave.
 *
 * A sink in front of another: it passes all facts on, and those that tell a source with its address replaced.
 * What stays clear: servers, names that were asked for, and an address where it acts as a server.
 *
 * Method:  keyed and prefix-preserving (Xu, Fan, Ammar, Moon, "Prefix-preserving IP address anonymization",
 *          2002), with SipHash as the function: a bit of the address is flipped or not as the key and the
 *          bits before it say. Two addresses share as many leading bits before as behind, so that sums by
 *          network mean what they meant; different addresses stay different; the same key gives the same
 *          pseudonyms, so that databases can be merged and compared. Without the key nobody can tell whose
 *          they are, but who knows some of the addresses learns about their neighbours: that is the price
 *          of prefixes.
 * Order:   facts keep the order of the addresses, which is not that of the pseudonyms.
 * Memory:  none. Threads: one per anonymizer. */
#ifndef KS_ANALYZER_ANONYMIZE_H
#define KS_ANALYZER_ANONYMIZE_H

#include "analyzer/sink.h"
#include "dissect/siphash.h"

enum { KS_ANONYMIZE_KEY_MIN = 16 };

struct ks_anonymizer {
	struct ks_sink sink; /* first: the functions get a pointer to it */
	struct ks_sink *inner;
	struct ks_siphash_key key;
};

/* The key of an anonymizer from any secret of at least KS_ANONYMIZE_KEY_MIN octets. */
struct ks_siphash_key ks_anonymize_key(const void *secret, size_t n);

/* Returns the sink that facts go to; `ret` and `inner` must live as long. */
struct ks_sink *ks_anonymizer_init(struct ks_anonymizer *ret, const struct ks_siphash_key *key,
				   struct ks_sink *inner);

/* The pseudonym of an address, of the same family. */
struct ks_addr ks_anonymize(const struct ks_siphash_key *key, const struct ks_addr *addr);

/* That of a prefix of `bits` of the address' own 32 or 128; what is behind them is 0. */
struct ks_addr ks_anonymize_prefix(const struct ks_siphash_key *key, const struct ks_addr *addr,
				   unsigned bits);

#endif
