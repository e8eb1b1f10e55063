/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/frag.h -- bounded reassembly of IPv4 and IPv6 fragments.
 *
 * Memory:    all of it given by the caller once; never grows. When full, the datagram that has
 *            waited longest is given up and counted.
 *
 *              | struct ks_frag | chain heads | datagrams: n | blocks: 8 n + those of one full datagram |
 *
 * Time:      packet time only. A datagram waits KS_FRAG_WAIT_NS (30 s: RFC 791 suggests 15 s, RFC 8200
 *            s4.5 demands 60 s of a host; a mirror port sees all fragments within milliseconds).
 *            The clock may step either way: a datagram further than that from now is given up.
 * Hostility: work per fragment is bounded by KS_FRAG_PIECES; overlapping fragments discard the
 *            datagram (RFC 5722, RFC 8200 s4.5; the same is done for IPv4, where no honest sender
 *            overlaps), and those of its fragments that are still to come. An exact repeat of a piece is
 *            ignored but for its bytes on the wire. A piece with M set whose length is no multiple of 8
 *            is refused alone (RFC 8200 s4.5), in IPv4 too: RFC 791 s3.2 cuts in units of 8 octets.
 * Standards: RFC 791 s3.2, RFC 815, RFC 8200 s4.5, RFC 5722, RFC 6946 (atomic fragments).
 * Threads:   one owner. */
#ifndef KS_DISSECT_FRAG_H
#define KS_DISSECT_FRAG_H

#include "dissect/addr.h"
#include "dissect/hash.h"
#include "dissect/verdict.h"

#define KS_FRAG_WAIT_NS (INT64_C(30) * KS_NS_PER_S)
enum { KS_FRAG_PIECES = 64, KS_FRAG_MAX = 65535 };

struct ks_frag; /* opaque, lives in the memory given */

/* One fragment as an IP header describes it. */
struct ks_frag_piece {
	struct ks_addr src, dst;
	uint32_t id;   /* IPv4: 16 bits; IPv6: 32 bits */
	uint8_t proto; /* IPv4 protocol, or the next header behind the IPv6 fragment header */
	bool v6;
	bool more;           /* MF or M flag */
	uint32_t offset;     /* bytes from the start of the fragmented part */
	const uint8_t *data; /* cap_len bytes */
	uint32_t cap_len;    /* bytes at hand; < len when the snap length cut the packet */
	uint32_t len;        /* bytes the IP header promises */
	uint32_t ip_bytes, wire_bytes;
	int64_t time_ns;
};

/* A datagram made whole. `data` stays valid until the next call. */
struct ks_frag_whole {
	const uint8_t *data;
	uint32_t cap_len; /* contiguous bytes from the start that were captured; < len when cut */
	uint32_t len;
	uint32_t ip_bytes, wire_bytes; /* sums over the pieces */
	uint16_t pieces;               /* including the one that completed it and repeats of pieces */
};

struct ks_frag_stats {
	uint64_t completed;       /* datagrams made whole */
	uint64_t expired;         /* datagrams given up because their time ran out */
	uint64_t evicted;         /* datagrams given up for lack of room */
	uint64_t overlapped;      /* datagrams refused for an overlap, a contradiction, or too many pieces */
	uint64_t refused_packets; /* held fragments of refused datagrams: were pending, are refused now */
};

/* Bytes that hold `n_datagrams` unfinished or refused datagrams with 4 KiB of content each on average.
 * Content is pooled in small blocks: many tiny datagrams fit as well as a few of 64 KiB, and one of
 * 64 KiB always fits. n_datagrams > 0 */
size_t ks_frag_memory(size_t n_datagrams);

/* Set up in `memory` (aligned for any object, zeroed by the caller, at least ks_frag_memory(1) bytes). */
struct ks_frag *ks_frag_init(void *memory, size_t bytes, const struct ks_secret *secret);

/* Add one fragment. An atomic one (offset 0, no more to come; RFC 6946) is whole at once, whatever is held
 * under its key; `ret->data` is then the piece's own. `ret` is written only with KS_DNS.
 *   KS_DNS               a datagram is whole: `ret` says where (the name means no more than that here)
 *   KS_FRAGMENT_PENDING  held
 *   KS_FRAGMENT_REFUSED  overlap, contradiction, or an end past 65535; if it spoils a datagram, that
 *                        one's held pieces are added to stats.refused_packets */
KS_MUST_CHECK enum ks_verdict ks_frag_feed(struct ks_frag *frag, const struct ks_frag_piece *piece,
					   struct ks_frag_whole *ret);

const struct ks_frag_stats *ks_frag_stats(const struct ks_frag *frag);

#endif
