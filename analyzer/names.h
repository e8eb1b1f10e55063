/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/names.h -- domain names that are met again and again, kept once and called by number.
 *
 * The key is a 128-bit keyed hash of the folded name; two different names share one with a
 * probability of 2^-128 a pair, and an attacker who does not know the run's secret cannot better it.
 *
 * Memory:  bounded: `capacity` names, sixteen million at most, and `octets` octets of them; beyond, names get
 *          no number.
 * Threads: one owner. */
#ifndef KS_ANALYZER_NAMES_H
#define KS_ANALYZER_NAMES_H

#include "analyzer/map.h"

struct ks_names {
	struct ks_map table;
	struct ks_region octets;
	size_t used, capacity_octets;
	uint64_t refused;
	struct ks_secret secret;
};

struct ks_name_entry {
	struct ks_key key;
	uint32_t offset;     /* in the octets */
	uint32_t n : 8;      /* octets, 1 to KS_NAME_MAX */
	uint32_t owner : 24; /* for whoever owns the names; 0 at first. More names there are not */
};

KS_MUST_CHECK enum ks_error ks_names_init(struct ks_names *names, size_t bytes,
					  const struct ks_secret *secret, struct ks_diag *diag);
void ks_names_done(struct ks_names *names);

/* Number of the name (uncompressed wire format, any case), KS_MAP_NONE when there is no room. */
uint32_t ks_names_add(struct ks_names *names, struct ks_span name, bool *ret_new);

/* The same for a name that may not be there: nothing is added. */
uint32_t ks_names_find(const struct ks_names *names, struct ks_span name);

/* For those who ask ahead: the key of a name in `table`. */
struct ks_key ks_names_key(const struct ks_names *names, struct ks_span name);

/* The folded wire form behind a number. */
struct ks_span ks_names_at(const struct ks_names *names, uint32_t number);

#endif
