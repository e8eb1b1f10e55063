/* SPDX-License-Identifier: BSD-2-Clause
 *
 * gen.c -- gen PACKETS FILE: the capture of a busy authoritative server, always the same for the same
 * PACKETS.
 *
 * Ethernet; IPv4, and IPv6 for one source in four; UDP; queries and their answers 40 us later. 100,000
 * sources with a Zipf-like share each (rank r gets about 1/r). One query in five asks DNSKEY and is answered
 * with about 1.1 kB of keys and signature, the rest with referrals of about 450 octets. 20,000 packets a
 * second of capture time. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/wire.h"

enum { SOURCES = 100000, PER_SECOND = 20000 };

struct source {
	uint8_t address[16];
	int v6;
};

static uint64_t
draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Rank with probability near 1/rank: the logarithm of a Zipf-distributed rank is even. */
static uint32_t
draw_rank(uint64_t *state)
{
	const double u = (double)(draw(state) >> 11) / 9007199254740992.0;
	const double rank = exp(u * log(SOURCES));
	return (uint32_t)rank >= SOURCES ? SOURCES - 1 : (uint32_t)rank;
}

static struct source
source_of(uint32_t rank)
{
	const uint32_t mixed = rank * UINT32_C(2654435761);
	struct source source = {.v6 = rank % 4 == 3};
	if (source.v6) {
		memcpy(source.address, (uint8_t[]){0x20, 0x01, 0x0d, 0xb8}, 4);
		memcpy(source.address + 8, &mixed, 4);
		memcpy(source.address + 12, &rank, 4);
	} else {
		source.address[0] = 100;
		source.address[1] = (uint8_t)(64 + (rank >> 16));
		source.address[2] = (uint8_t)(rank >> 8);
		source.address[3] = (uint8_t)rank;
	}
	return source;
}

static void
put_host_u32(struct ks_wire *wire, uint32_t value)
{
	ks_wire_bytes(wire, &value, sizeof(value));
}

static void
put_network(struct ks_wire *frame, const struct source *source, int to_server, size_t n_dns)
{
	static const uint8_t server4[4] = {192, 0, 2, 53};
	static const uint8_t server6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x53};
	ks_wire_bytes(frame, (uint8_t[12]){2, [5] = 1, [6] = 2, [11] = 2}, 12);
	if (source->v6) {
		ks_wire_u16(frame, 0x86dd);
		ks_wire_u32(frame, 0x60000000);
		ks_wire_u16(frame, (unsigned)n_dns + 8);
		ks_wire_u16(frame, 17 << 8 | 57);
		ks_wire_bytes(frame, to_server ? source->address : server6, 16);
		ks_wire_bytes(frame, to_server ? server6 : source->address, 16);
		return;
	}
	ks_wire_u16(frame, 0x0800);
	ks_wire_u16(frame, 0x4500);
	ks_wire_u16(frame, (unsigned)n_dns + 28);
	ks_wire_u32(frame, 0);
	ks_wire_u32(frame, 57u << 24 | 17u << 16);
	ks_wire_bytes(frame, to_server ? source->address : server4, 4);
	ks_wire_bytes(frame, to_server ? server4 : source->address, 4);
}

static int
write_packet(FILE *out, const struct source *source, int to_server, unsigned port, const struct ks_wire *dns,
	     uint64_t time_us)
{
	struct ks_wire frame = {0}, head = {0};
	put_network(&frame, source, to_server, dns->n);
	ks_wire_u16(&frame, to_server ? port : 53);
	ks_wire_u16(&frame, to_server ? 53 : port);
	ks_wire_u16(&frame, (unsigned)dns->n + 8);
	ks_wire_u16(&frame, 0);
	ks_wire_bytes(&frame, dns->b, dns->n);
	put_host_u32(&head, (uint32_t)(time_us / 1000000));
	put_host_u32(&head, (uint32_t)(time_us % 1000000));
	put_host_u32(&head, (uint32_t)frame.n);
	put_host_u32(&head, (uint32_t)frame.n);
	return fwrite(head.b, head.n, 1, out) == 1 && fwrite(frame.b, frame.n, 1, out) == 1;
}

static void
make_query(struct ks_wire *dns, unsigned id, const char *name, unsigned qtype)
{
	dns->n = 0;
	ks_wire_header(dns, id, 0, 1, 0, 0, 1);
	ks_wire_question(dns, name, qtype);
	ks_wire_rr(dns, ".", 41, 1232, 0x8000, 0);
}

static void
make_answer(struct ks_wire *dns, unsigned id, const char *name, unsigned qtype)
{
	const unsigned n_authority = qtype == 48 ? 0 : 8;
	dns->n = 0;
	ks_wire_header(dns, id, 0x8400, 1, qtype == 48 ? 4 : 0, n_authority, 1);
	ks_wire_question(dns, name, qtype);
	if (qtype == 48) {
		for (unsigned i = 0; i < 3; i++)
			ks_wire_dnskey(dns, NULL, 172800, 260);
		ks_wire_rrsig(dns, NULL, 172800, 48, 172800, 2000000000, 256);
	}
	for (unsigned i = 0; i < n_authority; i++) {
		ks_wire_rr(dns, NULL, 2, 1, 172800, 32);
		ks_wire_u8(dns, 30);
		ks_wire_bytes(dns, "name-server-of-the-delegationx", 30);
		ks_wire_u8(dns, 0);
	}
	ks_wire_rr(dns, ".", 41, 4096, 0x8000, 0);
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		(void)fprintf(stderr, "usage: gen PACKETS FILE\n");
		return 2;
	}
	const uint64_t n_packets = strtoull(argv[1], NULL, 10);
	FILE *const out = fopen(argv[2], "wb");
	if (out == NULL) {
		perror(argv[2]);
		return 1;
	}
	struct ks_wire head = {0}, dns = {0};
	put_host_u32(&head, UINT32_C(0xa1b2c3d4));
	put_host_u32(&head, 4u << 16 | 2u); /* on a big-endian machine the magic tells readers to swap */
	put_host_u32(&head, 0);
	put_host_u32(&head, 0);
	put_host_u32(&head, 262144);
	put_host_u32(&head, 1);
	int good = fwrite(head.b, head.n, 1, out) == 1;

	uint64_t state = UINT64_C(88172645463325252);
	for (uint64_t i = 0; i + 1 < n_packets && good; i += 2) {
		char name[64];
		const struct source source = source_of(draw_rank(&state));
		const uint64_t random = draw(&state);
		const unsigned id = (unsigned)(random & 0xffff),
			       port = 1024 + (unsigned)(random >> 16 & 0x7fff);
		const unsigned qtype = (random >> 40) % 5 == 0 ? 48 : 1;
		(void)snprintf(name, sizeof(name), ".");
		if (qtype != 48)
			(void)snprintf(name, sizeof(name), "www%u.example%u.tld.",
				       (unsigned)(random >> 50 & 63), (unsigned)(random >> 32 & 255));
		const uint64_t time_us = UINT64_C(1800000000000000) + i * 1000000 / PER_SECOND;
		make_query(&dns, id, name, qtype);
		good = write_packet(out, &source, 1, port, &dns, time_us);
		make_answer(&dns, id, name, qtype);
		good = good && write_packet(out, &source, 0, port, &dns, time_us + 40);
	}
	if (!good || fclose(out) != 0) {
		perror(argv[2]);
		return 1;
	}
	return 0;
}
