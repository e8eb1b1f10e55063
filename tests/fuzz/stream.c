/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/fuzz/stream.c -- TCP segments as an attacker and as an honest sender makes them.
 *
 * The first byte of the input chooses. Even: every eight bytes are a segment of one of four
 * half-streams, its content taken from the rest of the input; nothing may break, and no byte may be
 * heard twice. Odd: the input is one honest stream, cut, shuffled, repeated and overlapped as the
 * control bytes say; the messages must be those that a splitter without any network finds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/cursor.h"
#include "dissect/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also in a build without assertions. */
static void
check(bool holds)
{
	if (!holds)
		abort();
}

static struct ks_streams *
make(size_t n_streams)
{
	static const struct ks_secret secret = {UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210)};
	const size_t bytes = ks_streams_memory(n_streams);
	void *const memory = calloc(1, bytes);
	check(memory != NULL);
	return ks_streams_init(memory, bytes, &secret);
}

static struct ks_datagram
segment_of(unsigned stream, unsigned flags, uint32_t seq, const uint8_t *data, uint32_t cap_len, uint32_t len)
{
	const uint8_t client[4] = {192, 0, 2, (uint8_t)stream};
	const uint8_t server[4] = {192, 0, 2, 53};
	return (struct ks_datagram){.src = ks_addr_from_v4(client),
				    .dst = ks_addr_from_v4(server),
				    .sport = 40000,
				    .dport = 53,
				    .proto = KS_PROTO_TCP,
				    .tcp_flags = (uint8_t)flags,
				    .tcp_seq = seq,
				    .data = data,
				    .cap_len = cap_len,
				    .len = len,
				    .packets = 1};
}

/* A copy that ends where it ends, so that the sanitizer sees a read past it. */
static uint8_t *
exact_copy(const uint8_t *data, size_t n)
{
	uint8_t *const copy = malloc(n == 0 ? 1 : n);
	check(copy != NULL);
	if (n != 0)
		memcpy(copy, data, n);
	return copy;
}

struct tally {
	uint64_t messages, heard;
	unsigned sum; /* of all bytes: each one is read */
};

static void
hear(void *arg, const struct ks_stream_message *message)
{
	struct tally *const tally = arg;
	check(message->len > 0 && message->len <= 65535 && message->cap_len <= message->len);
	for (uint32_t i = 0; i < message->cap_len; i++)
		tally->sum += message->data[i];
	tally->messages++;
	tally->heard += message->cap_len;
}

static void
hostile(struct ks_cur *cur)
{
	enum { STREAMS = 4, FILLER = 3000 };
	static const uint8_t filler[FILLER] = {0, 17, 0x12, 0x34, 1, 0, 0,  1, 0, 0,
					       0, 0,  0,    0,    0, 0, 48, 0, 1};
	struct ks_streams *const streams = make(2);
	struct tally tally = {.sum = 0};
	uint32_t seq[STREAMS] = {0, UINT32_MAX - 40, 0x7fffff00, 1};
	int64_t now_ns = 0;
	uint64_t fed = 0;

	while (ks_cur_left(cur) >= 8) {
		const unsigned stream = ks_cur_u8(cur);
		const unsigned flags = ks_cur_u8(cur);
		const int32_t step = (int16_t)ks_cur_u16(cur);
		const unsigned length = ks_cur_u8(cur);
		const unsigned cut = ks_cur_u8(cur);
		const int32_t elapsed_ms = (int16_t)ks_cur_u16(cur);
		/* Steps are small as they stand, or jumps over the whole space. */
		uint32_t *const at = &seq[stream % STREAMS];
		*at += (uint32_t)((stream & 0x80) != 0 ? step * 65536 : step);
		now_ns += elapsed_ms * ((stream & 0x40) != 0 ? KS_NS_PER_S : KS_NS_PER_MS);

		const bool filled = (stream & 0x20) != 0;
		const size_t n = filled ? length * (size_t)FILLER / 255
					: (length < ks_cur_left(cur) ? length : ks_cur_left(cur));
		uint8_t *const copy = exact_copy(filled ? filler : ks_cur_take(cur, n), n);
		const struct ks_datagram segment =
			segment_of(stream % STREAMS, flags, *at, copy, (uint32_t)n, (uint32_t)n + cut * 16);
		*at += segment.len;

		const uint64_t before = tally.messages;
		const enum ks_verdict verdict = ks_streams_feed(streams, &segment, now_ns, hear, &tally);
		free(copy);
		fed += n;
		check((verdict == KS_DNS) == (tally.messages > before));
		check(verdict == KS_DNS || (verdict >= KS_TCP_CONTROL && verdict <= KS_TCP_UNALIGNED));
		check(tally.heard <= fed);
	}
	const struct ks_stream_stats *const stats = ks_streams_stats(streams);
	check(stats->midway <= stats->opened);
	free(streams);
}

struct splitter {
	const uint8_t *bytes;
	size_t n, at;
};

/* The next message as its length says it; false at the end or inside a message. */
static bool
split_next(struct splitter *splitter, struct ks_span *ret)
{
	while (splitter->n - splitter->at >= 2) {
		const uint8_t *const head = splitter->bytes + splitter->at;
		const size_t length = (size_t)head[0] << 8 | head[1];
		if (length > splitter->n - splitter->at - 2)
			return false;
		splitter->at += length + 2;
		if (length != 0) {
			*ret = (struct ks_span){head + 2, length};
			return true;
		}
	}
	return false;
}

static void
compare(void *arg, const struct ks_stream_message *message)
{
	struct ks_span want;
	check(split_next(arg, &want));
	check(message->len == want.n && message->cap_len == want.n);
	check(memcmp(message->data, want.at, want.n) == 0);
}

/* Fewer segments than the queue has places: nothing may be lost. */
enum { SEGMENTS = 24 };

static void
honest(struct ks_cur *cur)
{
	uint8_t control[SEGMENTS][4];
	for (size_t i = 0; i < SEGMENTS; i++)
		for (size_t j = 0; j < 4; j++)
			control[i][j] = ks_cur_u8(cur);
	const uint32_t isn = ks_cur_u32(cur);
	const size_t n = ks_cur_left(cur);
	const uint8_t *const bytes = ks_cur_take(cur, n);
	if (bytes == NULL || cur->failed || n > 60000)
		return;

	uint32_t from[SEGMENTS], to[SEGMENTS];
	uint8_t order[SEGMENTS];
	uint32_t end = 0;
	for (uint8_t i = 0; i < SEGMENTS; i++) {
		const uint32_t overlap = control[i][1] % 16;
		const uint32_t left = (uint32_t)n - end;
		from[i] = end - (overlap < end ? overlap : end);
		end += i + 1 == SEGMENTS || control[i][0] > left ? left : control[i][0];
		to[i] = end;
		order[i] = i;
	}
	for (uint8_t i = SEGMENTS; i > 1; i--) {
		const uint8_t j = control[i - 1][2] % i, swap = order[i - 1];
		order[i - 1] = order[j];
		order[j] = swap;
	}

	struct ks_streams *const streams = make(1);
	struct splitter splitter = {.bytes = bytes, .n = n};
	const struct ks_datagram syn = segment_of(0, KS_TCP_SYN, isn, NULL, 0, 0);
	check(ks_streams_feed(streams, &syn, 0, compare, &splitter) == KS_TCP_CONTROL);
	for (size_t i = 0; i < SEGMENTS; i++)
		for (unsigned times = 1 + (control[i][3] & 1u); times > 0; times--) {
			const uint32_t at = from[order[i]], length = to[order[i]] - at;
			uint8_t *const copy = exact_copy(bytes + at, length);
			const struct ks_datagram segment =
				segment_of(0, KS_TCP_ACK, isn + 1 + at, copy, length, length);
			const enum ks_verdict verdict =
				ks_streams_feed(streams, &segment, 0, compare, &splitter);
			check(verdict != KS_TCP_UNALIGNED);
			free(copy);
		}
	struct ks_span left_over;
	check(!split_next(&splitter, &left_over));
	check(ks_streams_stats(streams)->gaps == 0 && ks_streams_stats(streams)->conflicts == 0);
	free(streams);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ks_cur cur = ks_cur_init(data, size);
	const uint8_t mode = ks_cur_u8(&cur);
	if (cur.failed)
		return 0;
	if (mode % 2 == 0)
		hostile(&cur);
	else
		honest(&cur);
	return 0;
}
