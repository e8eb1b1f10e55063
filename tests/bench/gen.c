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

#include "tests/support/pcap.h"

enum { SOURCES = 100000, PER_SECOND = 20000 };

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

static struct ks_pcap_end
source_of(uint32_t rank)
{
	const uint32_t mixed = rank * UINT32_C(2654435761);
	struct ks_pcap_end source = {.v6 = rank % 4 == 3};
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
	struct ks_wire dns = {0};
	bool good = ks_pcap_begin(out);

	uint64_t state = UINT64_C(88172645463325252);
	for (uint64_t i = 0; i + 1 < n_packets && good; i += 2) {
		char name[64];
		struct ks_pcap_end source = source_of(draw_rank(&state));
		const struct ks_pcap_end server = ks_pcap_server(source.v6);
		const uint64_t random = draw(&state);
		const unsigned id = (unsigned)(random & 0xffff);
		source.port = 1024 + (unsigned)(random >> 16 & 0x7fff);
		const unsigned qtype = (random >> 40) % 5 == 0 ? 48 : 1;
		(void)snprintf(name, sizeof(name), ".");
		if (qtype != 48)
			(void)snprintf(name, sizeof(name), "www%u.example%u.tld.",
				       (unsigned)(random >> 50 & 63), (unsigned)(random >> 32 & 255));
		const uint64_t time_us = UINT64_C(1800000000000000) + i * 1000000 / PER_SECOND;
		make_query(&dns, id, name, qtype);
		good = ks_pcap_message(out, &source, &server, &dns, time_us);
		make_answer(&dns, id, name, qtype);
		good = good && ks_pcap_message(out, &server, &source, &dns, time_us + 40);
	}
	if (!good || fclose(out) != 0) {
		perror(argv[2]);
		return 1;
	}
	return 0;
}
