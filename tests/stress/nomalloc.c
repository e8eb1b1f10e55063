/* SPDX-License-Identifier: BSD-2-Clause
 *
 * nomalloc.c -- proof that packets cost no memory: once dissector and tables are set up, a million packets of
 * every kind that a storm is made of pass without one call of malloc, calloc, realloc, free or mmap.
 *
 * The exception is ldns, which allocates while it verifies a signature: that happens once for each RRset and
 * signature that are new. So each zone's keys are answered once before the count begins; that they were
 * verified is part of the proof.
 *
 * The linker sends every such call of our objects through the counters below (-Wl,--wrap). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "analyzer/shard.h"
#include "dissect/dissect.h"
#include "dissect/signal.h"
#include "tests/support/wire.h"

static unsigned long n_calls;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t each);
void *__real_realloc(void *old, size_t n);
void __real_free(void *old);
void *__real_mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t each);
void *__wrap_realloc(void *old, size_t n);
void __wrap_free(void *old);
void *__wrap_mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset);

void *
__wrap_malloc(size_t n)
{
	n_calls++;
	return __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t each)
{
	n_calls++;
	return __real_calloc(n, each);
}

void *
__wrap_realloc(void *old, size_t n)
{
	n_calls++;
	return __real_realloc(old, n);
}

void
__wrap_free(void *old)
{
	n_calls++;
	__real_free(old);
}

void *
__wrap_mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset)
{
	n_calls++;
	return __real_mmap(at, n, protection, flags, fd, offset);
}

enum { PACKETS = 1000000, SOURCES = 50000, IP = 14, UDP = IP + 20, DNS = UDP + 8 };

struct traffic {
	struct ks_dissector *dissector;
	struct ks_collector *collector;
	int64_t time_ns;
	struct ks_wire frame;
};

static void
frame_begin(struct ks_wire *frame, unsigned proto, uint32_t src, uint32_t dst, unsigned fragment)
{
	frame->n = 0;
	ks_wire_bytes(frame, (uint8_t[12]){2, [6] = 2}, 12);
	ks_wire_u16(frame, 0x0800);
	ks_wire_u16(frame, 0x4500);
	ks_wire_u16(frame, 0); /* length, set at the end */
	ks_wire_u16(frame, src & 0xffff);
	ks_wire_u16(frame, fragment);
	ks_wire_u8(frame, 61);
	ks_wire_u8(frame, proto);
	ks_wire_u16(frame, 0);
	ks_wire_u32(frame, src);
	ks_wire_u32(frame, dst);
}

static void
frame_end(struct traffic *traffic)
{
	struct ks_wire *const frame = &traffic->frame;
	frame->b[IP + 2] = (uint8_t)((frame->n - IP) >> 8);
	frame->b[IP + 3] = (uint8_t)(frame->n - IP);
	const struct ks_packet packet = {
		.time_ns = traffic->time_ns,
		.data = frame->b,
		.cap_len = (uint32_t)frame->n,
		.wire_len = (uint32_t)frame->n,
		.linktype = 1,
	};
	(void)ks_dissect_feed(traffic->dissector, &packet);
	traffic->collector->full(traffic->collector);
	traffic->time_ns += 50 * KS_NS_PER_US;
}

static void
set_udp_length(struct ks_wire *frame)
{
	frame->b[UDP + 4] = (uint8_t)((frame->n - UDP) >> 8);
	frame->b[UDP + 5] = (uint8_t)(frame->n - UDP);
}

static void
put_udp(struct ks_wire *frame, unsigned sport, unsigned dport)
{
	ks_wire_u16(frame, sport);
	ks_wire_u16(frame, dport);
	ks_wire_u32(frame, 0);
}

static void
send_query(struct traffic *traffic, uint32_t source, unsigned id, const char *name, unsigned qtype)
{
	struct ks_wire *const frame = &traffic->frame;
	frame_begin(frame, KS_PROTO_UDP, source, 0xc6120005, 0);
	put_udp(frame, 1024 + id % 60000, 53);
	ks_wire_header(frame, id, 0, 1, 0, 0, 1);
	ks_wire_question(frame, name, qtype);
	ks_wire_rr(frame, ".", KS_TYPE_OPT, 1232, 0x8000, 0);
	set_udp_length(frame);
	frame_end(traffic);
}

/* A key that ldns will try (RSA, 1024 bits) and a signature that names it. */
static void
put_key_and_signature(struct ks_wire *frame, const char *zone)
{
	const uint32_t ttl = 172800, expiration = 2000000000;
	uint8_t rdata[4 + 4 + 128];
	memset(rdata, 0xc1, sizeof(rdata));
	memcpy(rdata, "\1\1\3\10\3\1\0\1", 8);
	ks_wire_rr(frame, NULL, KS_TYPE_DNSKEY, 1, ttl, sizeof(rdata));
	ks_wire_bytes(frame, rdata, sizeof(rdata));
	struct ks_wire signer = {0};
	ks_wire_name(&signer, zone);
	ks_wire_rr(frame, NULL, KS_TYPE_RRSIG, 1, ttl, 18 + (unsigned)signer.n + 128);
	ks_wire_u16(frame, KS_TYPE_DNSKEY);
	ks_wire_u8(frame, 8);
	ks_wire_u8(frame,
		   zone[0] == '.' ? 0 : 1); /* fewer than some zones have: a wildcard, to ldns all one */
	ks_wire_u32(frame, ttl);
	ks_wire_u32(frame, expiration);
	ks_wire_u32(frame, expiration - 1209600);
	ks_wire_u16(frame, ks_key_tag((struct ks_span){rdata, sizeof(rdata)}));
	ks_wire_bytes(frame, signer.b, signer.n);
	ks_wire_bytes(frame, rdata + 8, 128);
}

static void
send_answer(struct traffic *traffic, uint32_t source, unsigned id, const char *name, unsigned qtype)
{
	struct ks_wire *const frame = &traffic->frame;
	frame_begin(frame, KS_PROTO_UDP, 0xc6120005, source, 0);
	put_udp(frame, 53, 1024 + id % 60000);
	ks_wire_header(frame, id, id % 8 == 0 ? 0x8403 : 0x8400, 1, 2, 0, 0); /* or no such name */
	ks_wire_question(frame, name, qtype);
	put_key_and_signature(frame, name);
	set_udp_length(frame);
	frame_end(traffic);
}

/* Half a datagram; its other half never comes, or comes as a second call. */
static void
send_fragment(struct traffic *traffic, uint32_t source, unsigned offset, bool more)
{
	struct ks_wire *const frame = &traffic->frame;
	frame_begin(frame, KS_PROTO_UDP, 0xc6120005, source, (more ? 0x2000u : 0u) | offset / 8);
	for (unsigned i = 0; i < 800; i++)
		ks_wire_u8(frame, i);
	frame_end(traffic);
}

static void
send_segment(struct traffic *traffic, uint32_t source, unsigned flags, uint32_t seq, bool payload)
{
	struct ks_wire *const frame = &traffic->frame;
	frame_begin(frame, KS_PROTO_TCP, source, 0xc6120005, 0);
	ks_wire_u16(frame, 1024 + source % 60000);
	ks_wire_u16(frame, 53);
	ks_wire_u32(frame, seq);
	ks_wire_u32(frame, 1);
	ks_wire_u8(frame, 5 << 4);
	ks_wire_u8(frame, flags);
	ks_wire_bytes(frame, (uint8_t[6]){0x40}, 6);
	if (payload) {
		ks_wire_u16(frame, 12 + 1 + 4);
		ks_wire_header(frame, source & 0xffff, 0, 1, 0, 0, 0);
		ks_wire_question(frame, ".", KS_TYPE_DNSKEY);
	}
	frame_end(traffic);
}

/* Deterministic: xorshift64. */
static uint64_t
draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static const char *const zones[] = {".", "tld.", "net.", "com.", "rev.", "example.com.", "d4.tld.", "x.net."};

static void
send_one(struct traffic *traffic, uint64_t *state)
{
	const uint64_t random = draw(state);
	const uint32_t source = 0x0a000000 + (uint32_t)(random % SOURCES);
	const unsigned id = (unsigned)(random >> 32 & 0xffff);
	const char *const zone = zones[random >> 20 & 7];
	switch (random >> 48 & 15) {
	case 0:
		send_segment(traffic, source, KS_TCP_SYN, (uint32_t)random, false);
		send_segment(traffic, source, KS_TCP_ACK | KS_TCP_PSH, (uint32_t)random + 1, true);
		send_segment(traffic, source, KS_TCP_FIN | KS_TCP_ACK, (uint32_t)random + 20, false);
		break;
	case 1:
		send_fragment(traffic, source, 0, true);
		if ((random & 1) != 0)
			send_fragment(traffic, source, 800, false);
		break;
	case 2:
	case 3:
	case 4:
		send_query(traffic, source, id, zone, 1);
		break;
	default:
		send_query(traffic, source, id, zone, KS_TYPE_DNSKEY);
		send_answer(traffic, source, id, zone, KS_TYPE_DNSKEY);
		break;
	}
}

static void
count_batch(struct ks_collector *collector)
{
	ks_shard_batch(collector->arg, collector->batch);
	ks_batch_clear(collector->batch);
}

int
main(void)
{
	static struct ks_shard shard;
	struct ks_diag diag = {0};
	struct ks_dissect_config config = {.secret = {.a = 3, .b = 5}, .memory_bytes = 4 << 20};
	ks_ports_add(&config.ports, 53);
	static struct ks_batch batch;
	struct ks_collector collector = {.batch = &batch, .copies = true, .full = count_batch, .arg = &shard};
	const struct ks_listener listener = ks_collector_listener(&collector);
	void *const memory = calloc(1, ks_dissect_memory(&config));
	/* A budget that fifty thousand sources outgrow: full tables and squeezes must not allocate either. */
	if (memory == NULL || ks_shard_init(&shard, 16 << 20, 0, &config.secret, &diag) != KS_SUCCESS) {
		(void)fprintf(stderr, "no memory: %s\n", diag.text);
		return 1;
	}
	struct traffic traffic = {
		.collector = &collector,
		.dissector = ks_dissect_init(memory, &config, &listener),
		.time_ns = INT64_C(1800000000) * KS_NS_PER_S,
	};
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
	for (size_t i = 0; i < KS_COUNT(zones); i++)
		send_answer(&traffic, 0x0a000000, 1, zones[i], KS_TYPE_DNSKEY);
	const uint32_t verified = shard.ledger.verified_run;
	const unsigned long before = n_calls;
	struct ks_dissect_stats stats;
	do {
		for (unsigned i = 0; i < 1000; i++)
			send_one(&traffic, &state);
		ks_dissect_stats(traffic.dissector, &stats);
	} while (stats.packets < PACKETS);
	const unsigned long calls = n_calls - before;

	(void)printf("%llu packets, %llu messages, %u sources, %lu allocations\n",
		     (unsigned long long)stats.packets, (unsigned long long)stats.messages, shard.sources.n,
		     calls);
	const bool counting = before > 0; /* the wraps are in place: setting up allocated */
	const bool working = stats.messages > stats.packets / 2 && shard.sources.n > 1000;
	const bool verifying = verified == KS_COUNT(zones) && shard.ledger.verified_run == verified;
	ks_shard_done(&shard);
	free(memory);
	return calls == 0 && counting && working && verifying ? 0 : 1;
}
