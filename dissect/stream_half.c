/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/stream_half.h"

#include "dissect/cursor.h"
#include "dissect/stream_start.h"

static_assert(KS_STREAM_QUEUE + KS_HALF_QUEUE_BLOCKS < UINT16_MAX, "counters of the queue fit");
static_assert((int)KS_START_BYTES < (int)KS_MESSAGE_MAX,
	      "a part that may become a message fits into the buffer");

static void
drop_part(struct ks_streams *streams, struct ks_half *half)
{
	(void)ks_run_free(&streams->pool, half->part);
	half->part = NULL;
}

/* Unlink the first run of the queue; its blocks are the caller's to free. */
static struct ks_run *
pop(struct ks_half *half)
{
	struct ks_run *const run = half->queue;
	half->queue = run->next;
	half->queue_runs--;
	half->queue_blocks = (uint16_t)(half->queue_blocks - ks_run_blocks(run->cap));
	return run;
}

void
ks_half_drop(struct ks_streams *streams, struct ks_half *half)
{
	drop_part(streams, half);
	while (half->queue != NULL)
		(void)ks_run_free(&streams->pool, pop(half));
}

static void
deliver(struct ks_half_feed *feed, const uint8_t *data, uint32_t cap, uint32_t len)
{
	const struct ks_stream_message message = {.data = data, .cap_len = cap, .len = len};
	feed->delivered = true;
	feed->on_message(feed->arg, &message);
}

static void
lose_alignment(struct ks_half_feed *feed)
{
	feed->half->aligned = false;
	feed->skipped = true;
	drop_part(feed->streams, feed->half);
}

static void
hold_part(struct ks_half_feed *feed, uint32_t at, const struct ks_bytes *bytes)
{
	struct ks_half *const half = feed->half;
	struct ks_run_pool *const pool = &feed->streams->pool;
	feed->held = true;
	if (half->part == NULL) {
		ks_streams_make_room(feed, ks_run_blocks(bytes->cap));
		half->part = ks_run_new(pool, at, feed->now_ns);
	} else {
		ks_streams_make_room(feed, ks_run_append_blocks(half->part, bytes));
	}
	ks_run_append(pool, half->part, bytes);
}

/* The part and the bytes behind it, made contiguous as far as the buffer goes. */
static struct ks_bytes
part_and(struct ks_half_feed *feed, const struct ks_bytes *bytes)
{
	uint8_t *const buffer = feed->streams->message;
	const struct ks_run *const part = feed->half->part;
	ks_run_copy(part, 0, buffer, part->cap);
	const uint32_t room = (uint32_t)sizeof(feed->streams->message) - part->cap;
	const uint32_t n = ks_min_u32(bytes->cap, room);
	if (n != 0)
		memcpy(buffer + part->cap, bytes->at, n);
	return (struct ks_bytes){.at = buffer, .cap = part->cap + n, .len = part->len + bytes->len};
}

/* Not aligned: may a message begin with the part, or else with these bytes? True when aligned now. */
static bool
align(struct ks_half_feed *feed, uint32_t at, const struct ks_bytes *bytes)
{
	struct ks_half *const half = feed->half;
	enum ks_start start = KS_START_NO;
	if (half->part != NULL) {
		const struct ks_bytes both = part_and(feed, bytes);
		start = ks_stream_start(&both);
		if (start == KS_START_NO)
			drop_part(feed->streams, half);
	}
	if (start == KS_START_NO)
		start = ks_stream_start(bytes);
	switch (start) {
	case KS_START_YES:
		half->aligned = true;
		feed->streams->stats.resyncs++;
		return true;
	case KS_START_MAYBE:
		hold_part(feed, at, bytes);
		return false;
	default:
		feed->skipped = true;
		return false;
	}
}

/* The length that begins the part; at least KS_HALF_PREFIX bytes of it are stored. */
static uint32_t
part_length(const struct ks_run *part)
{
	struct ks_cur cur = ks_cur_init(part->data, KS_HALF_PREFIX);
	return ks_cur_u16(&cur);
}

static void
deliver_part(struct ks_half_feed *feed, uint32_t length)
{
	struct ks_run *const part = feed->half->part;
	const uint32_t stored = part->cap - KS_HALF_PREFIX;
	ks_run_copy(part, KS_HALF_PREFIX, feed->streams->message, stored);
	drop_part(feed->streams, feed->half);
	deliver(feed, feed->streams->message, stored, length);
}

/* Lengthen the part by what belongs to its message, and deliver that when it is complete. */
static void
fill_part(struct ks_half_feed *feed, struct ks_bytes *bytes)
{
	struct ks_half *const half = feed->half;
	const bool length_known = half->part->cap >= KS_HALF_PREFIX;
	const uint32_t length = length_known ? part_length(half->part) : 0;
	const uint32_t missing = KS_HALF_PREFIX + length - half->part->len;
	const struct ks_bytes mine = ks_bytes_head(bytes, ks_min_u32(missing, bytes->len));
	hold_part(feed, half->part->at, &mine);
	ks_bytes_skip(bytes, mine.len);
	if (mine.len < missing)
		return;
	if (length_known)
		deliver_part(feed, length);
	else if (half->part->cap < KS_HALF_PREFIX)
		lose_alignment(feed); /* the length itself was cut off */
	else if (part_length(half->part) == 0)
		drop_part(feed->streams, half);
}

/* A message begins at `bytes`. Deliver it from where it lies if all of it is there: the usual case. */
static void
cut_message(struct ks_half_feed *feed, uint32_t at, struct ks_bytes *bytes)
{
	if (bytes->cap < KS_HALF_PREFIX && bytes->cap < bytes->len) {
		lose_alignment(feed);
		return;
	}
	uint32_t length = 0;
	if (bytes->len >= KS_HALF_PREFIX) {
		struct ks_cur cur = ks_cur_init(bytes->at, bytes->cap);
		length = ks_cur_u16(&cur);
	}
	if (bytes->len < KS_HALF_PREFIX + length) {
		hold_part(feed, at, bytes);
		ks_bytes_skip(bytes, bytes->len);
		return;
	}
	ks_bytes_skip(bytes, KS_HALF_PREFIX);
	if (length != 0) /* nothing is no message: RFC 1035 s4.2.2 gives it no meaning */
		deliver(feed, bytes->at, ks_min_u32(length, bytes->cap), length);
	ks_bytes_skip(bytes, length);
}

/* Bytes that begin at `next` pass. Missing ones (bytes.cap < bytes.len) are counted, never made up. */
static void
pass(struct ks_half_feed *feed, struct ks_bytes bytes)
{
	struct ks_half *const half = feed->half;
	const uint32_t end = half->next + bytes.len;
	const uint32_t at = half->next;
	half->next = end;
	if (!half->aligned && !align(feed, at, &bytes))
		return;
	while (bytes.len > 0 && half->aligned) {
		if (half->part != NULL)
			fill_part(feed, &bytes);
		else
			cut_message(feed, end - bytes.len, &bytes);
	}
}

static void
drain(struct ks_half_feed *feed)
{
	struct ks_half *const half = feed->half;
	while (half->queue != NULL && half->queue->at == half->next) {
		struct ks_run *const run = pop(half);
		const struct ks_bytes bytes = {feed->streams->segment, run->cap, run->len};
		ks_run_copy(run, 0, feed->streams->segment, run->cap);
		(void)ks_run_free(&feed->streams->pool, run);
		pass(feed, bytes);
	}
}

/* Go on at `to`, which lies behind `next` and not behind the queue's begin. */
static void
skip_to(struct ks_half_feed *feed, uint32_t to)
{
	struct ks_half *const half = feed->half;
	feed->streams->stats.gaps++;
	if (half->aligned) {
		pass(feed, (struct ks_bytes){.at = NULL, .cap = 0, .len = to - half->next});
	} else {
		drop_part(feed->streams, half);
		half->next = to;
	}
	drain(feed);
}

void
ks_half_skip_gap(struct ks_half_feed *feed)
{
	skip_to(feed, feed->half->queue->at);
}

/* One run's worth of a segment that came too early. False when the queue has no room for it. */
static bool
enqueue_run(struct ks_half_feed *feed, struct ks_run **at, uint32_t seq, const struct ks_bytes *bytes)
{
	struct ks_half *const half = feed->half;
	/* What the buffer that it will be read from cannot hold counts as not captured. */
	const uint32_t cap = ks_min_u32(bytes->cap, KS_MESSAGE_MAX);
	const size_t blocks = ks_run_blocks(cap);
	if (half->queue_runs == KS_STREAM_QUEUE || half->queue_blocks + blocks > KS_HALF_QUEUE_BLOCKS)
		return false;
	ks_streams_make_room(feed, blocks);
	struct ks_run *const run = ks_run_new(&feed->streams->pool, seq, feed->now_ns);
	const struct ks_bytes stored = {bytes->at, cap, bytes->len};
	ks_run_append(&feed->streams->pool, run, &stored);
	run->next = *at;
	*at = run;
	half->queue_runs++;
	half->queue_blocks = (uint16_t)(half->queue_blocks + blocks);
	feed->fresh = feed->held = true;
	return true;
}

/* Queue what of the segment is not queued yet; each hole that it fills takes a run. */
static bool
enqueue(struct ks_half_feed *feed, uint32_t seq, struct ks_bytes bytes)
{
	struct ks_run **at = &feed->half->queue;
	while (bytes.len > 0) {
		struct ks_run *const run = *at;
		uint32_t n = bytes.len;
		if (run != NULL && ks_seq_distance(seq, run->at) >= 0) {
			const uint32_t inside = seq - run->at;
			n = inside < run->len ? ks_min_u32(n, run->len - inside) : 0;
			at = &run->next;
		} else {
			if (run != NULL)
				n = ks_min_u32(n, run->at - seq);
			const struct ks_bytes head = ks_bytes_head(&bytes, n);
			if (!enqueue_run(feed, at, seq, &head))
				return false;
			at = &(*at)->next;
		}
		ks_bytes_skip(&bytes, n);
		seq += n;
	}
	return true;
}

void
ks_half_take(struct ks_half_feed *feed, uint32_t seq, struct ks_bytes bytes)
{
	struct ks_half *const half = feed->half;
	for (;;) {
		if (ks_seq_distance(half->next, seq) > 0) {
			const uint32_t seen = ks_min_u32(half->next - seq, bytes.len);
			ks_bytes_skip(&bytes, seen);
			seq += seen;
		}
		if (bytes.len == 0)
			return;
		if (seq == half->next) {
			/* Up to the queue only: what is queued came first. */
			const uint32_t room = half->queue == NULL ? bytes.len : half->queue->at - seq;
			feed->fresh = true;
			pass(feed, ks_bytes_head(&bytes, ks_min_u32(room, bytes.len)));
			drain(feed);
		} else if (enqueue(feed, seq, bytes)) {
			return;
		} else {
			/* Each turn empties a place of the queue or takes bytes in, so this ends. */
			const bool in_front = ks_seq_distance(half->queue->at, seq) > 0;
			skip_to(feed, in_front ? seq : half->queue->at);
		}
	}
}

static bool
run_conflicts(const struct ks_run *run, uint32_t seq, const struct ks_bytes *bytes)
{
	const int32_t distance = ks_seq_distance(seq, run->at);
	const uint32_t in_run = distance > 0 ? (uint32_t)distance : 0;
	const uint32_t in_bytes = distance < 0 ? 0u - (uint32_t)distance : 0;
	if (in_run >= run->cap || in_bytes >= bytes->cap)
		return false;
	const uint32_t n = ks_min_u32(run->cap - in_run, bytes->cap - in_bytes);
	return !ks_run_equals(run, in_run, bytes->at + in_bytes, n);
}

bool
ks_half_conflicts(const struct ks_half *half, uint32_t seq, const struct ks_bytes *bytes)
{
	if (half->part != NULL && run_conflicts(half->part, seq, bytes))
		return true;
	for (const struct ks_run *run = half->queue; run != NULL; run = run->next)
		if (run_conflicts(run, seq, bytes))
			return true;
	return false;
}
