/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/dissect.h -- the single door: a packet goes in, a verdict and DNS messages come out.
 *
 * Memory:  all state lives in memory given at the start (reassembly is bounded by it); nothing is
 *          allocated later. Messages handed out die when the handler returns.
 * I/O, clock, globals: none; time is packet time.
 * Threads: one owner. Two dissectors share nothing. */
#ifndef KS_DISSECT_DISSECT_H
#define KS_DISSECT_DISSECT_H

#include "dissect/dns.h"
#include "dissect/layer.h"
#include "dissect/stream.h"

/* One DNS message and who exchanged it. The header's QR bit decides who is who, not the port: old
 * resolvers ask from port 53 too. */
struct ks_message {
	int64_t time_ns;
	struct ks_addr client, server;
	uint16_t client_port, server_port;
	bool tcp, v6;
	bool passing; /* its octets go when the handler returns; else they live as long as the packet's */
	uint8_t ttl;  /* hop limit of the packet that completed it */
	uint32_t len; /* octets of the message, without the TCP length prefix */
	/* Of the datagram; 0 over TCP, where packets are not messages' own. */
	uint32_t ip_bytes, wire_bytes;
	uint16_t packets;
	struct ks_span bytes; /* of it, what was captured */
	struct ks_dns dns;
};

/* What the dissector tells; `arg` is passed through. */
struct ks_listener {
	/* Or NULL. Where to write the next message; what was written may not become one. */
	struct ks_message *(*room)(void *arg);
	/* A DNS message: in the memory that `room` gave, if it is there. */
	void (*message)(void *arg, const struct ks_message *message);
	/* A UDP datagram or TCP segment on a DNS port, whatever is in it: the traffic of the server. Of a
	 * datagram that is a message, that message tells. */
	void (*traffic)(void *arg, const struct ks_datagram *datagram, bool towards_server, int64_t time_ns);
	/* An ICMP error that quotes a packet on a DNS port. */
	void (*icmp)(void *arg, const struct ks_walk *walk);
	void *arg;
};

/* Addresses that count as servers; none: every address does. */
struct ks_prefix {
	struct ks_addr addr;
	unsigned bits; /* of 128 */
};

struct ks_dissect_config {
	struct ks_ports ports;
	const struct ks_prefix *servers; /* owned by the caller, lives as long as the dissector */
	size_t n_servers;
	struct ks_secret secret;
	size_t memory_bytes; /* for reassembly, at least KS_DISSECT_MEMORY_MIN */
};

#define KS_DISSECT_MEMORY_MIN ((size_t)1 << 20)

struct ks_dissector; /* opaque, lives in the memory given */

/* Link types that are not known, the first few of them. */
enum { KS_UNKNOWN_LINKS = 8 };
struct ks_unknown_link {
	int linktype;
	uint64_t packets; /* 0 ends the list */
};

/* What happened besides the verdicts. */
struct ks_dissect_stats {
	uint64_t packets;
	uint64_t verdicts[KS_VERDICT_COUNT]; /* adds up to `packets` */
	uint64_t messages;                   /* DNS messages; one packet may end several over TCP */
	uint64_t malformed;    /* messages refused: over UDP a packet each, over TCP several may share one */
	uint64_t cut;          /* messages whose records the snap length cut; they count */
	uint64_t several_opt;  /* messages with more than one OPT record */
	uint64_t bad_checksum; /* UDP datagrams, whole, whose checksum is wrong; they count */
	struct ks_unknown_link unknown_links[KS_UNKNOWN_LINKS];
	struct ks_frag_stats frag;
	struct ks_stream_stats stream;
};

size_t ks_dissect_memory(const struct ks_dissect_config *config);

/* Set up in `memory` (ks_dissect_memory bytes, aligned for any object, zeroed). */
struct ks_dissector *ks_dissect_init(void *memory, const struct ks_dissect_config *config,
				     const struct ks_listener *listener);

/* Take one packet; the listener hears of what is in it before this returns. */
enum ks_verdict ks_dissect_feed(struct ks_dissector *dissector, const struct ks_packet *packet);

/* The same for `n` <= KS_DISSECT_BATCH packets at once, which hides most of the time that memory takes. */
enum { KS_DISSECT_BATCH = 32 };
void ks_dissect_feed_batch(struct ks_dissector *dissector, const struct ks_packet *packets, size_t n);

/* A copy of the counters as they stand. */
void ks_dissect_stats(const struct ks_dissector *dissector, struct ks_dissect_stats *ret);

#endif
