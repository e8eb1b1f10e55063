/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/packet.h -- a captured packet, and the parts of it that a walk down the layers finds.
 *
 * Memory: views only. Every pointer aims into the bytes of the packet (or, for a joined datagram,
 * into the reassembly buffer) and dies with them. */
#ifndef KS_DISSECT_PACKET_H
#define KS_DISSECT_PACKET_H

#include "dissect/addr.h"
#include "dissect/base.h"

/* As a capture delivers it. */
struct ks_packet {
	int64_t time_ns;     /* since the epoch, UTC */
	const uint8_t *data; /* cap_len bytes, hostile */
	uint32_t cap_len;    /* bytes captured */
	uint32_t wire_len;   /* bytes on the wire; >= cap_len in an honest file, clamped up by the reader */
	int linktype;        /* LINKTYPE_ value as stored in files (tcpdump.org/linktypes.html) */
	uint32_t interface;  /* number of the interface within the capture set, from 0 */
	bool time_apart;     /* its own time cannot be; `time_ns` is a neighbour's */
};

enum ks_proto { KS_PROTO_ICMP = 1, KS_PROTO_TCP = 6, KS_PROTO_UDP = 17, KS_PROTO_ICMP6 = 58 };

/* TCP flag bits, RFC 9293 s3.1 */
enum { KS_TCP_FIN = 0x01, KS_TCP_SYN = 0x02, KS_TCP_RST = 0x04, KS_TCP_PSH = 0x08, KS_TCP_ACK = 0x10 };

/* One UDP datagram or TCP segment, stripped of everything below. */
struct ks_datagram {
	struct ks_addr src, dst;
	uint16_t sport, dport;
	uint8_t proto;        /* KS_PROTO_UDP or KS_PROTO_TCP */
	uint8_t ttl;          /* TTL or hop limit of the innermost IP header */
	bool v6;              /* the innermost IP header is IPv6 */
	uint8_t tcp_flags;    /* TCP only */
	uint32_t tcp_seq;     /* TCP only */
	uint32_t tcp_ack;     /* TCP only */
	const uint8_t *data;  /* payload */
	uint32_t cap_len;     /* payload bytes at hand */
	uint32_t len;         /* payload bytes the headers promise; > cap_len when the snap length cut it */
	uint32_t ip_bytes;    /* IP packet length(s), header included; the sum over fragments */
	uint32_t wire_bytes;  /* link frame length(s) as on the wire; the sum over fragments */
	uint16_t packets;     /* packets this came in: 1, or the number of fragments */
	uint16_t ip_id;       /* IPv4 identification; 0 for IPv6 */
	uint16_t l4_checksum; /* the transport header's checksum field */
	uint8_t checksum;     /* enum ks_checksum: of UDP */
};

enum ks_checksum { KS_CHECKSUM_UNKNOWN, KS_CHECKSUM_GOOD, KS_CHECKSUM_BAD, KS_CHECKSUM_NONE };

#endif
