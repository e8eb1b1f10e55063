/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/icmp.h -- ICMP errors that quote DNS, by the server and the source they concern.
 *
 * They are evidence, not traffic: port unreachable from a source says that it did not ask for our answers
 * (or stopped waiting), packet too big says why an answer does not arrive.
 *
 * Memory:  bounded; beyond, errors are counted by kind only. Threads: one owner.
 * Standards: RFC 792, RFC 4443. */
#ifndef KS_ANALYZER_ICMP_H
#define KS_ANALYZER_ICMP_H

#include "analyzer/map.h"
#include "analyzer/sink.h"
#include "dissect/layer.h"

struct ks_icmp_entry {
	struct ks_key key; /* keyed hash of all below but the count */
	struct ks_addr server, source;
	uint64_t packets;
	uint32_t kind; /* enum ks_icmp_kind */
	uint32_t unused;
};

struct ks_icmp {
	struct ks_map map;
	uint64_t kinds[KS_ICMP_KINDS];
};

KS_MUST_CHECK enum ks_error ks_icmp_init(struct ks_icmp *icmp, const struct ks_secret *secret,
					 struct ks_diag *diag);
void ks_icmp_done(struct ks_icmp *icmp);

/* Count the error at the end of `walk`; the side of the quoted packet on a DNS port is the server. */
void ks_icmp_feed(struct ks_icmp *icmp, const struct ks_walk *walk);

#endif
