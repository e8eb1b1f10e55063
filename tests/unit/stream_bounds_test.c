/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/stream_fixture.h"

static void
count(void *arg, const struct ks_stream_message *message)
{
	uint32_t *const n = arg;
	cr_assert(gt(u32, message->len, 0));
	++*n;
}

static int
feed(struct ks_streams *streams, uint16_t port, unsigned flags, uint32_t from, const uint8_t *data,
     uint32_t len, uint32_t *messages)
{
	struct ks_datagram segment = ks_stream_segment(0, flags, (int)from, data, len, len);
	segment.sport = port;
	return (int)ks_streams_feed(streams, &segment, 0, count, messages);
}

/* Zero lengths between messages are passed over, wherever segments end. */
Test(stream_bounds, empty_messages_count_for_nothing)
{
	uint8_t bytes[2 + 22 + 6 + 22] = {0};
	(void)ks_stream_write(bytes + 2, 0, 20);
	(void)ks_stream_write(bytes + 2 + 22 + 6, 1, 20);
	for (uint32_t split = 0; split <= sizeof(bytes); split++) {
		struct ks_streams *const streams = ks_stream_make(1);
		uint32_t n = 0;
		cr_assert(eq(int, feed(streams, 1, S, 0, NULL, 0, &n), CONTROL));
		(void)feed(streams, 1, A, 0, bytes, split, &n);
		(void)feed(streams, 1, A, split, bytes + split, (uint32_t)sizeof(bytes) - split, &n);
		cr_assert(eq(u32, n, 2), "split at %u", split);
		cr_assert(eq(int, feed(streams, 1, A, sizeof(bytes), (const uint8_t *)"\0\0\0\0", 4, &n),
			     PENDING));
		free(streams);
	}
}

struct range {
	const uint8_t *from, *to;
	uint32_t n;
};

static void
lies_within(void *arg, const struct ks_stream_message *message)
{
	struct range *const range = arg;
	cr_assert(message->data >= range->from && message->data + message->len <= range->to);
	range->n++;
}

/* What is complete in its segment is delivered from there; no copy is made. */
Test(stream_bounds, whole_messages_are_not_copied)
{
	struct ks_streams *const streams = ks_stream_make(1);
	uint32_t n = 0;
	cr_assert(eq(int, feed(streams, 40000, S, 0, NULL, 0, &n), CONTROL));
	uint8_t bytes[5 * 102];
	for (uint16_t i = 0; i < 5; i++)
		(void)ks_stream_write(bytes + i * 102, i, 100);
	const struct ks_datagram segment = ks_stream_segment(0, A, 0, bytes, sizeof(bytes), sizeof(bytes));
	struct range range = {.from = bytes, .to = bytes + sizeof(bytes)};
	cr_assert(eq(int, (int)ks_streams_feed(streams, &segment, 0, lies_within, &range), DNS));
	cr_assert(eq(u32, range.n, 5));
	free(streams);
}

/* 200 messages of every size, cut anywhere, shuffled, repeated, overlapping. */
enum { MANY = 200, MANY_BYTES = MANY * 3000 + 2 * 65537 };

struct expected {
	const uint8_t *bytes;
	uint32_t at, n; /* next message expected, and their number so far */
};

static void
expect(void *arg, const struct ks_stream_message *message)
{
	struct expected *const expected = arg;
	const uint8_t *const want = expected->bytes + expected->at;
	const uint32_t len = (uint32_t)want[0] << 8 | want[1];
	cr_assert(eq(u32, message->len, len), "message %u", expected->n);
	cr_assert(eq(u32, message->cap_len, len), "message %u", expected->n);
	cr_assert(eq(int, memcmp(message->data, want + 2, len), 0), "message %u", expected->n);
	expected->at += len + 2;
	expected->n++;
}

static uint32_t
write_many(uint8_t *bytes, uint32_t *state)
{
	uint32_t n = 0;
	for (uint16_t i = 0; i < MANY; i++) {
		uint32_t len = 19 + ks_stream_random(state) % (i % 4 == 0 ? 2900 : 100);
		if (i == 50 || i == 51)
			len = 65535;
		n += (uint32_t)ks_stream_write(bytes + n, i, len);
	}
	return n;
}

static void
deliver_shuffled(const uint8_t *bytes, uint32_t n, uint32_t *state, bool syn)
{
	enum { WINDOW = 20 };
	struct ks_streams *const streams = ks_stream_make(1);
	struct expected expected = {.bytes = bytes};
	uint32_t messages = 0;
	uint32_t isn = 0u - n / 2;
	struct ks_datagram segment = ks_stream_segment(isn, S, 0, NULL, 0, 0);
	if (syn)
		cr_assert(eq(int, (int)ks_streams_feed(streams, &segment, 0, count, &messages), CONTROL));
	for (uint32_t at = 0; at < n;) {
		uint32_t from[WINDOW], to[WINDOW];
		uint32_t k = 0;
		for (; k < WINDOW && at < n; k++) {
			const uint32_t len =
				1 + ks_stream_random(state) % (ks_stream_random(state) % 8 == 0 ? 1460 : 200);
			from[k] = at - (k > 0 && ks_stream_random(state) % 4 == 0
						? ks_stream_random(state) % (at - from[0])
						: 0);
			at = at + len < n ? at + len : n;
			to[k] = at;
		}
		for (uint32_t i = k; i > 1; i--) {
			/* Without a SYN, what comes first is taken for the beginning. */
			const uint32_t j = !syn && from[0] == 0 ? i - 1 : ks_stream_random(state) % i;
			const uint32_t f = from[i - 1], t = to[i - 1];
			from[i - 1] = from[j], to[i - 1] = to[j];
			from[j] = f, to[j] = t;
		}
		for (uint32_t i = 0; i < k; i++)
			for (uint32_t times = 1 + (ks_stream_random(state) % 5 == 0); times > 0; times--) {
				const uint32_t len = to[i] - from[i];
				segment = ks_stream_segment(isn, A, (int)from[i], bytes + from[i], len, len);
				const uint32_t before = expected.n;
				const int got = (int)ks_streams_feed(streams, &segment, 0, expect, &expected);
				cr_assert(eq(int, got == DNS, expected.n > before));
				cr_assert(ne(int, got, UNALIGNED));
			}
	}
	cr_assert(eq(u32, expected.n, MANY));
	cr_assert(eq(u32, expected.at, n));
	ks_stream_check_stats("shuffled", ks_streams_stats(streams),
			      &(struct ks_stream_stats){.opened = 1, .midway = !syn, .resyncs = !syn});
	free(streams);
}

Test(stream_bounds, shuffled_segments_give_the_same_messages)
{
	uint8_t *const bytes = malloc(MANY_BYTES);
	uint32_t state = 2463534242u;
	for (unsigned i = 0; i < 12; i++) {
		const uint32_t n = write_many(bytes, &state);
		deliver_shuffled(bytes, n, &state, i % 3 != 0);
	}
	free(bytes);
}

/* A length that promises 64 KiB holds that much and no more; the smallest memory suffices. */
Test(stream_bounds, the_longest_message)
{
	uint8_t *const bytes = malloc(2 + 65535);
	cr_assert(eq(sz, ks_stream_write(bytes, 7, 65535), 65537));
	struct ks_streams *const streams = ks_stream_make(1);
	struct expected expected = {.bytes = bytes};
	uint32_t n = 0;
	cr_assert(eq(int, feed(streams, 40000, S, 0, NULL, 0, &n), CONTROL));
	for (uint32_t at = 0; at < 65537; at++) {
		const struct ks_datagram segment = ks_stream_segment(0, A, (int)at, bytes + at, 1, 1);
		const int got = (int)ks_streams_feed(streams, &segment, 0, expect, &expected);
		cr_assert(eq(int, got, at == 65536 ? DNS : PENDING), "at %u", at);
	}
	cr_assert(eq(u64, ks_streams_stats(streams)->evicted, 0));
	free(streams);
	free(bytes);
}

/* When all places of the queue are taken, the gap is given up for lost, whatever the time. */
Test(stream_bounds, a_full_queue_gives_its_gap_up)
{
	struct ks_streams *const streams = ks_stream_make(1);
	uint8_t bytes[22];
	const uint32_t size = (uint32_t)ks_stream_write(bytes, 1, 20);
	uint32_t n = 0;
	cr_assert(eq(int, feed(streams, 1, S, 0, NULL, 0, &n), CONTROL));
	for (uint32_t i = 1; i <= KS_STREAM_QUEUE; i++)
		cr_assert(eq(int, feed(streams, 1, A, i * size, bytes, size, &n), PENDING));
	cr_assert(eq(u32, n, 0));
	cr_assert(eq(int, feed(streams, 1, A, (KS_STREAM_QUEUE + 1) * size, bytes, size, &n), DNS));
	cr_assert(eq(u32, n, KS_STREAM_QUEUE + 1));
	cr_assert(eq(u64, ks_streams_stats(streams)->gaps, 1));
	free(streams);
}

/* The same when the segment that finds no place lies in front of the queue: it is not lost with the gap. */
Test(stream_bounds, a_full_queue_does_not_cost_the_segment_in_front)
{
	struct ks_streams *const streams = ks_stream_make(1);
	uint8_t bytes[22];
	const uint32_t size = (uint32_t)ks_stream_write(bytes, 1, 20);
	uint32_t n = 0;
	cr_assert(eq(int, feed(streams, 1, S, 0, NULL, 0, &n), CONTROL));
	for (uint32_t i = 1; i <= KS_STREAM_QUEUE; i++)
		cr_assert(eq(int, feed(streams, 1, A, (3 + i) * size, bytes, size, &n), PENDING));
	cr_assert(eq(int, feed(streams, 1, A, 2 * size, bytes, size, &n), DNS));
	cr_assert(eq(u32, n, 1));
	cr_assert(eq(int, feed(streams, 1, A, 3 * size, bytes, size, &n), DNS));
	cr_assert(eq(u32, n, KS_STREAM_QUEUE + 2));
	free(streams);
}

/* One segment of any length can wait, be it longer than a datagram (offloading makes such): what goes
 * beyond the buffer counts as not captured. Two cannot. */
Test(stream_bounds, a_huge_segment_may_wait)
{
	enum { HUGE = KS_STREAM_SEGMENT };
	uint8_t *const bytes = malloc(HUGE);
	memset(bytes, 0xff, HUGE);
	for (unsigned n_waiting = 1; n_waiting <= 2; n_waiting++) {
		struct ks_streams *const streams = ks_stream_make(1);
		uint32_t n = 0;
		cr_assert(eq(int, feed(streams, 1, S, 0, NULL, 0, &n), CONTROL));
		cr_assert(eq(int, feed(streams, 1, A, 10, bytes, HUGE, &n), PENDING));
		if (n_waiting == 2)
			cr_assert(eq(int, feed(streams, 1, A, 10 + HUGE, bytes, HUGE, &n), UNALIGNED));
		const int want = n_waiting == 2 ? REPEATED : DNS;
		cr_assert(eq(int, feed(streams, 1, A, 0, bytes, 10, &n), want));
		cr_assert(eq(u32, n, n_waiting == 2 ? 0 : 2));
		cr_assert(eq(u64, ks_streams_stats(streams)->gaps, n_waiting - 1));
		free(streams);
	}
	free(bytes);
}

/* Many promise much: those idle for longest are given up, and memory stays what it was. */
Test(stream_bounds, promises_do_not_add_up)
{
	enum { STREAMS = 40, CHUNK = 1000 };
	static uint8_t chunk[CHUNK];
	memset(chunk, 0xff, sizeof(chunk));
	struct ks_streams *const streams = ks_stream_make(STREAMS);
	uint32_t n = 0;
	for (uint16_t port = 0; port < STREAMS; port++)
		(void)feed(streams, port, S, 0, NULL, 0, &n);
	for (uint32_t at = 0; at < 50000; at += CHUNK)
		for (uint16_t port = 0; port < STREAMS; port++)
			cr_assert(ne(int, feed(streams, port, A, at, chunk, CHUNK, &n), DNS));
	const struct ks_stream_stats *const stats = ks_streams_stats(streams);
	cr_assert(gt(u64, stats->evicted, 0));
	cr_assert(eq(u32, n, 0));
	free(streams);
}

/* A flood of handshakes takes the places of the streams idle for longest, not of the busy one. */
Test(stream_bounds, a_busy_stream_survives_a_flood)
{
	enum { STREAMS = 16, FLOOD = 5000 };
	struct ks_streams *const streams = ks_stream_make(STREAMS);
	uint8_t bytes[22];
	const uint32_t size = (uint32_t)ks_stream_write(bytes, 1, 20);
	uint32_t n = 0;
	(void)feed(streams, 9, S, 0, NULL, 0, &n);
	for (uint32_t i = 0; i < FLOOD; i++) {
		(void)feed(streams, (uint16_t)(1000 + i), S, 0, NULL, 0, &n);
		if (i % 8 == 0)
			(void)feed(streams, 9, A, i / 8 * size, bytes, size, &n);
	}
	cr_assert(eq(u32, n, (FLOOD + 7) / 8));
	cr_assert(eq(u64, ks_streams_stats(streams)->midway, 0));
	cr_assert(eq(u64, ks_streams_stats(streams)->opened, 1 + FLOOD));
	free(streams);
}
