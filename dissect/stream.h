/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/stream.h -- DNS messages out of TCP segments, within bounds.
 *
 * One half-stream (one direction of one connection) is followed at a time: bytes in sequence are cut
 * into messages by their two-octet length (RFC 1035 s4.2.2, RFC 7766). Handles several messages in
 * one segment, a length split over segments, retransmission, reordering (a bounded queue), a join in
 * midstream, gaps, FIN and RST, and idle streams (packet time).
 *
 * A stream whose SYN was seen is aligned: its messages are known from the first byte. After a join in
 * midstream, or a gap in which a message began, message starts are looked for at segment starts, and
 * one is believed if a DNS header and first entry follow that no chance produces (stream_start.c).
 * A gap inside a message of known length costs that message its end only: it is delivered cut, as a
 * snap length cuts, and the stream stays aligned.
 *
 * Memory:    all of it given by the caller once; never grows. Fixed-size blocks from one pool hold
 *            partial messages and out-of-order segments; when full, the stream idle for longest is
 *            given up and counted. A promised length holds at most 64 KiB, the queue as much again.
 *
 *              | struct ks_streams | chain heads | half-streams: n | blocks: n + those of one stream |
 *
 * Hostility: work per segment is bounded: at most KS_STREAM_QUEUE out-of-order segments a stream.
 *            Bytes that disagree with bytes still held for the same sequence number are counted, and
 *            the first ones win.
 * Limits:    no checksum, window or acknowledgement is looked at: what the mirror saw is taken as what
 *            the receiver saw. A segment more than KS_STREAM_WINDOW from the expected sequence number
 *            begins a new stream, as a reused port whose SYN was lost does.
 * Standards: RFC 9293, RFC 7766 s6.2.1 (pipelining), s8 (length field), RFC 5961 is not applied: a
 *            passive observer cannot answer challenges.
 * Threads:   one owner. */
#ifndef KS_DISSECT_STREAM_H
#define KS_DISSECT_STREAM_H

#include "dissect/hash.h"
#include "dissect/packet.h"
#include "dissect/verdict.h"

#define KS_STREAM_IDLE_NS (INT64_C(120) * KS_NS_PER_S)
/* A gap is waited for as long as retransmission takes with a doubled timer or two (RFC 6298 s2: 1 s at
 * first); what came behind it is delivered no later than at the first segment after that. */
#define KS_STREAM_GAP_NS (INT64_C(5) * KS_NS_PER_S)
enum {
	KS_STREAM_QUEUE = 32,
	KS_STREAM_WINDOW = 4 << 20, /* larger than any receive window that a DNS server offers */
	KS_STREAM_SEGMENT = 1 << 18 /* longest segment believed: offloading joins up to 256 KiB */
};

struct ks_streams; /* opaque, lives in the memory given */

/* One DNS message, without its length prefix. `data` is valid during the call only. */
struct ks_stream_message {
	const uint8_t *data;
	uint32_t cap_len; /* contiguous bytes at hand from its start; < len: a snap length or a gap cut it */
	uint32_t len;     /* what its length prefix says */
};

typedef void ks_stream_message_fn(void *arg, const struct ks_stream_message *message);

struct ks_stream_stats {
	uint64_t opened;     /* half-streams begun, with or without SYN */
	uint64_t midway;     /* of those, without SYN seen */
	uint64_t evicted;    /* given up for lack of room, with bytes waiting */
	uint64_t expired;    /* idle past KS_STREAM_IDLE_NS, with bytes waiting */
	uint64_t gaps;       /* sequence gaps given up on */
	uint64_t resyncs;    /* message starts found again after a gap or a midway join */
	uint64_t conflicts;  /* segments that repeat bytes still held, and differ from them */
	uint64_t unfinished; /* streams that ended (FIN, RST, a new SYN) inside a message */
};

/* Bytes that follow `n_streams` half-streams at once, with a block of half a kilobyte waiting in each on
 * average. n_streams > 0 */
size_t ks_streams_memory(size_t n_streams);

/* Set up in `memory` (aligned for any object, zeroed by the caller, at least ks_streams_memory(1) bytes). */
struct ks_streams *ks_streams_init(void *memory, size_t bytes, const struct ks_secret *secret);

/* Feed one segment (segment->proto is KS_PROTO_TCP) and hear of every message that it completes, in
 * order of the stream. Returns what became of the packet:
 *   KS_DNS            it completed at least one message
 *   KS_TCP_PENDING    its bytes are held, or belong to a message not yet complete
 *                     (or ended the wait for a gap, and so released one: then even without payload)
 *   KS_TCP_CONTROL    it carries no payload, or is a RST, whose payload is no part of the stream
 *                     (RFC 9293 s3.5.3)
 *   KS_TCP_REPEATED   all its bytes had been seen
 *   KS_TCP_UNALIGNED  no message start could be found in it
 * `on_message` must not feed the same `streams`. */
KS_MUST_CHECK enum ks_verdict ks_streams_feed(struct ks_streams *streams, const struct ks_datagram *segment,
					      int64_t time_ns, ks_stream_message_fn *on_message, void *arg);

const struct ks_stream_stats *ks_streams_stats(const struct ks_streams *streams);

#endif
