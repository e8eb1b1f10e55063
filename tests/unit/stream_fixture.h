/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/unit/stream_fixture.h -- streams, messages and segments for the tests of stream.h. */
#ifndef KS_TESTS_UNIT_STREAM_FIXTURE_H
#define KS_TESTS_UNIT_STREAM_FIXTURE_H

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dissect/stream.h"

static inline struct ks_streams *
ks_stream_make(size_t n_streams)
{
	static const struct ks_secret secret = {UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210)};
	const size_t bytes = ks_streams_memory(n_streams);
	void *const memory = calloc(1, bytes);
	cr_assert(ne(ptr, memory, NULL));
	return ks_streams_init(memory, bytes, &secret);
}

/* Write a length and a message that reads as a query: `id`, one question, then filler. n >= 19 */
static inline size_t
ks_stream_write(uint8_t *to, uint16_t id, uint32_t n)
{
	const uint8_t head[] = {(uint8_t)(n >> 8),
				(uint8_t)n,
				(uint8_t)(id >> 8),
				(uint8_t)id,
				1,
				0,
				0,
				1,
				0,
				0,
				0,
				0,
				0,
				0,
				1,
				'x',
				0,
				0,
				48,
				0,
				1};
	cr_assert(ge(u32, n + 2, sizeof(head)));
	memcpy(to, head, sizeof(head));
	for (uint32_t i = sizeof(head); i < n + 2; i++)
		to[i] = (uint8_t)(0x80 + i * 5 + id);
	return n + 2;
}

/* `n` bytes in front of an unreadable page. */
static inline const uint8_t *
ks_stream_guarded(const uint8_t *bytes, size_t n, uint8_t lie)
{
	static uint8_t *end;
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t room = 64 * page;
	if (end == NULL) {
		uint8_t *const base =
			mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		cr_assert(ne(ptr, base, MAP_FAILED));
		cr_assert(eq(int, mprotect(base + room, page, PROT_NONE), 0));
		end = base + room;
	}
	cr_assert(le(sz, n, room));
	for (size_t i = 0; i < n; i++)
		end[(ptrdiff_t)i - (ptrdiff_t)n] = bytes[i] ^ lie;
	return end - n;
}

enum {
	S = KS_TCP_SYN,
	A = KS_TCP_ACK,
	F = KS_TCP_FIN | KS_TCP_ACK,
	R = KS_TCP_RST,
	DNS = KS_DNS,
	PENDING = KS_TCP_PENDING,
	CONTROL = KS_TCP_CONTROL,
	REPEATED = KS_TCP_REPEATED,
	UNALIGNED = KS_TCP_UNALIGNED
};

static inline struct ks_datagram
ks_stream_segment(uint32_t isn, unsigned flags, int from, const uint8_t *data, uint32_t cap_len, uint32_t len)
{
	static const uint8_t client[4] = {192, 0, 2, 1}, server[4] = {192, 0, 2, 53};
	const bool syn = (flags & KS_TCP_SYN) != 0;
	return (struct ks_datagram){.src = ks_addr_from_v4(client),
				    .dst = ks_addr_from_v4(server),
				    .sport = 40000,
				    .dport = 53,
				    .proto = KS_PROTO_TCP,
				    .tcp_flags = (uint8_t)flags,
				    .tcp_seq = isn + (syn ? 0 : 1) + (uint32_t)from,
				    .data = data,
				    .cap_len = cap_len,
				    .len = len,
				    .packets = 1};
}

static inline void
ks_stream_check_stats(const char *what, const struct ks_stream_stats *got, const struct ks_stream_stats *want)
{
	cr_assert(eq(u64, got->opened, want->opened), "%s: opened", what);
	cr_assert(eq(u64, got->midway, want->midway), "%s: midway", what);
	cr_assert(eq(u64, got->evicted, want->evicted), "%s: evicted", what);
	cr_assert(eq(u64, got->expired, want->expired), "%s: expired", what);
	cr_assert(eq(u64, got->gaps, want->gaps), "%s: gaps", what);
	cr_assert(eq(u64, got->resyncs, want->resyncs), "%s: resyncs", what);
	cr_assert(eq(u64, got->conflicts, want->conflicts), "%s: conflicts", what);
	cr_assert(eq(u64, got->unfinished, want->unfinished), "%s: unfinished", what);
}

static inline uint32_t
ks_stream_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
