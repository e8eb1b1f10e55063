/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/support/pcap.h -- a writer of captures: DNS messages over UDP, IPv4 or IPv6, on Ethernet. Neither UDP
 * nor IPv4 has a checksum.
 */
#ifndef KS_TESTS_SUPPORT_PCAP_H
#define KS_TESTS_SUPPORT_PCAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tests/support/wire.h"

/* Who sends, or who is sent to; of an IPv4 address the first four octets are used. */
struct ks_pcap_end {
	uint8_t address[16];
	bool v6;
	unsigned port;
};

static inline void
ks_pcap_host_u32(struct ks_wire *wire, uint32_t value)
{
	ks_wire_bytes(wire, &value, sizeof(value));
}

/* In this machine's byte order: on a big-endian one the magic tells readers to swap. */
static inline bool
ks_pcap_begin(FILE *out)
{
	const uint32_t fields[] = {UINT32_C(0xa1b2c3d4), 4u << 16 | 2u, 0, 0, 262144, 1};
	struct ks_wire head = {0};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		ks_pcap_host_u32(&head, fields[i]);
	return fwrite(head.b, head.n, 1, out) == 1;
}

static inline void
ks_pcap_network(struct ks_wire *frame, const struct ks_pcap_end *from, const struct ks_pcap_end *to,
		size_t n_dns)
{
	const size_t n_address = from->v6 ? 16 : 4;
	ks_wire_bytes(frame, (uint8_t[12]){2, [5] = 1, [6] = 2, [11] = 2}, 12);
	if (from->v6) {
		ks_wire_u16(frame, 0x86dd);
		ks_wire_u32(frame, 0x60000000);
		ks_wire_u16(frame, (unsigned)n_dns + 8);
		ks_wire_u16(frame, 17 << 8 | 57);
	} else {
		ks_wire_u16(frame, 0x0800);
		ks_wire_u16(frame, 0x4500);
		ks_wire_u16(frame, (unsigned)n_dns + 28);
		ks_wire_u32(frame, 0);
		ks_wire_u32(frame, 57u << 24 | 17u << 16);
	}
	ks_wire_bytes(frame, from->address, n_address);
	ks_wire_bytes(frame, to->address, n_address);
}

/* Both ends are of one family. */
static inline bool
ks_pcap_message(FILE *out, const struct ks_pcap_end *from, const struct ks_pcap_end *to,
		const struct ks_wire *dns, uint64_t time_us)
{
	struct ks_wire frame = {0}, head = {0};
	ks_pcap_network(&frame, from, to, dns->n);
	ks_wire_u16(&frame, from->port);
	ks_wire_u16(&frame, to->port);
	ks_wire_u16(&frame, (unsigned)dns->n + 8);
	ks_wire_u16(&frame, 0);
	ks_wire_bytes(&frame, dns->b, dns->n);
	ks_pcap_host_u32(&head, (uint32_t)(time_us / 1000000));
	ks_pcap_host_u32(&head, (uint32_t)(time_us % 1000000));
	ks_pcap_host_u32(&head, (uint32_t)frame.n);
	ks_pcap_host_u32(&head, (uint32_t)frame.n);
	return fwrite(head.b, head.n, 1, out) == 1 && fwrite(frame.b, frame.n, 1, out) == 1;
}

/* The name server that captures of this kind are taken before. */
static inline struct ks_pcap_end
ks_pcap_server(bool v6)
{
	return v6 ? (struct ks_pcap_end){.address = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x53},
					 .v6 = true,
					 .port = 53}
		  : (struct ks_pcap_end){.address = {192, 0, 2, 53}, .port = 53};
}

#endif
