/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/duplicate.h -- packets that a mirror port delivered twice.
 *
 * A switch that mirrors ingress and egress shows one packet twice within a millisecond, the second time
 * with a TTL one lower if it was routed in between; link headers and tags may differ. Two packets are the
 * same when addresses, ports, IPv4 identification, transport checksum, lengths and the first octets of the
 * payload are: a checksum that is right stands for the octets that are not looked at. One packet can have one
 * duplicate; a third copy is a packet of its own, so that a sender who really repeats itself at such a
 * rate is not counted once but half, and the counter shows it.
 *
 * Memory: one fixed table. Work: one hash, one bucket. Time: packet time. Threads: one owner. */
#ifndef KS_DISSECT_DUPLICATE_H
#define KS_DISSECT_DUPLICATE_H

#include "dissect/hash.h"
#include "dissect/packet.h"

#define KS_DUPLICATE_NS KS_NS_PER_MS

enum { KS_DUPLICATE_BUCKETS = 512, KS_DUPLICATE_WAYS = 4 };

/* Zero-initialised is empty. */
struct ks_duplicates {
	struct ks_seen_packet {
		uint64_t mark; /* upper bits of its hash; no duplicate seen yet; hop limit. 0: free */
		int64_t time_ns;
	} seen[KS_DUPLICATE_BUCKETS][KS_DUPLICATE_WAYS];
};

/* A keyed hash of all that two deliveries of one packet share. */
uint64_t ks_duplicate_identity(const struct ks_secret *secret, const struct ks_datagram *dg);

/* A call of ks_duplicate_feed for this one will come. */
static inline void
ks_duplicate_soon(const struct ks_duplicates *duplicates, uint64_t identity)
{
	const struct ks_seen_packet *const bucket = duplicates->seen[identity % KS_DUPLICATE_BUCKETS];
	__builtin_prefetch(bucket, 1);
	__builtin_prefetch(&bucket[KS_DUPLICATE_WAYS - 1], 1);
}

/* Has the packet been seen within the last KS_DUPLICATE_NS? Remembers it if not. */
bool ks_duplicate_feed(struct ks_duplicates *duplicates, uint64_t identity, uint8_t ttl, int64_t time_ns);

#endif
