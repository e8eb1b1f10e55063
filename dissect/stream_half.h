/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/stream_half.h -- one half-stream: its state, and how bytes go through it.
 *
 *            part                         queue
 *        [=========)               [====)      [=======)
 *        ^         ^               ^
 *        part->at  next            queue->at            ---> sequence numbers
 *
 * `next` is the sequence number expected next. In front of it lies at most one unfinished message
 * (`part`), behind it the segments that came too early (`queue`), disjoint and in order. Between two
 * packets the queue never begins at `next`.
 *
 * Not aligned, `part` is what may become the beginning of a message once more bytes tell.
 *
 * Private to the stream files. Threads: one owner. */
#ifndef KS_DISSECT_STREAM_HALF_H
#define KS_DISSECT_STREAM_HALF_H

#include "dissect/run.h"
#include "dissect/stream.h"
#include "dissect/table.h"

enum {
	KS_MESSAGE_MAX = 65535, /* RFC 1035 s4.2.2: what two octets can say */
	KS_HALF_PREFIX = 2,
	KS_HALF_PART_BLOCKS = (KS_HALF_PREFIX + KS_MESSAGE_MAX) / KS_BLOCK_DATA + 1,
	/* As much again, so that one segment of any size can be held. */
	KS_HALF_QUEUE_BLOCKS = KS_HALF_PART_BLOCKS
};

struct ks_half_key {
	struct ks_addr src, dst;
	uint16_t sport, dport;
};
static_assert(sizeof(struct ks_half_key) == 36, "padding would be compared");

struct ks_half {
	struct ks_table_link link;
	struct ks_half_key key;
	uint32_t next;
	struct ks_list_link holder; /* in ks_streams.holders while it has bytes waiting */
	struct ks_run *part, *queue;
	int64_t seen_ns;
	uint32_t origin;  /* sequence number of the first byte: that of the SYN, plus one, if seen */
	uint32_t fin_seq; /* where the stream ends, if fin_seen */
	uint16_t queue_runs, queue_blocks;
	bool aligned, syn_seen, fin_seen;
	bool closed; /* ended; stays to tell repeated segments from a reused port */
};
static_assert(offsetof(struct ks_half, key) == sizeof(struct ks_table_link), "the key follows the link");

struct ks_streams {
	struct ks_secret secret;
	struct ks_table table;  /* by age of the last segment */
	struct ks_list holders; /* halves with bytes waiting, by age of the last segment */
	struct ks_run_pool pool;
	struct ks_stream_stats stats;
	uint8_t message[KS_HALF_PREFIX + KS_MESSAGE_MAX + 1]; /* a part made contiguous, to be read */
	uint8_t segment[KS_HALF_PREFIX + KS_MESSAGE_MAX + 1]; /* a queued segment made contiguous */
};

/* One call of ks_streams_feed. */
struct ks_half_feed {
	struct ks_streams *streams;
	struct ks_half *half;
	int64_t now_ns;
	ks_stream_message_fn *on_message;
	void *arg;
	bool delivered; /* a message was completed */
	bool fresh;     /* the segment had bytes not seen before */
	bool skipped;   /* bytes were given up for want of alignment */
	bool held;      /* bytes wait */
};

/* Free blocks until the pool has `n`: the other halves give theirs up, the one idle for longest first. */
void ks_streams_make_room(struct ks_half_feed *feed, size_t n);

/* Take a segment in, deliver what it completes, hold the rest. */
void ks_half_take(struct ks_half_feed *feed, uint32_t seq, struct ks_bytes bytes);

/* Give up on what is missing in front of the queue, which is not empty, and go on behind. */
void ks_half_skip_gap(struct ks_half_feed *feed);

/* Does the segment repeat bytes that are held, and differ from them? */
bool ks_half_conflicts(const struct ks_half *half, uint32_t seq, const struct ks_bytes *bytes);

/* Free all that waits. */
void ks_half_drop(struct ks_streams *streams, struct ks_half *half);

/* Distance from `b` to `a` modulo 2^32, negative when a lies before b (RFC 9293 s3.4). */
static inline int32_t
ks_seq_distance(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

#endif
