/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/batch.h -- what the dissector told of some packets, in the order in which it told it.
 *
 * Between the dissector, which makes messages of packets, and the shard, which counts them, stands this list.
 * The shard sees messages ahead of their turn and fetches what it will need for them from memory, and the two
 * may run on two threads: the order stays that of the packets, and so do all results.
 *
 * A message refers to its octets. Those of a plain datagram stay where the capture has them; those of a
 * reassembled one, or of a TCP stream, live only while the dissector tells of them, and are copied into the
 * batch. A collector that `copies` does so with all of them: then a batch outlives the packets.
 *
 * Memory:  fixed, allocated by the caller. No allocation here.
 * Threads: a batch and a collector have one owner at a time. */
#ifndef KS_ANALYZER_BATCH_H
#define KS_ANALYZER_BATCH_H

#include "dissect/dissect.h"

enum {
	KS_BATCH_MESSAGES = 64,
	KS_BATCH_FLUXES = 128,
	KS_BATCH_ICMP = 4,
	KS_BATCH_EVENTS = KS_BATCH_MESSAGES + KS_BATCH_FLUXES + KS_BATCH_ICMP,
	KS_BATCH_OCTETS = 96 << 10 /* the longest message, and thirty thousand octets of others */
};
static_assert(KS_BATCH_OCTETS > UINT16_MAX, "a message always fits an empty batch");

enum ks_batch_event { KS_BATCH_MESSAGE, KS_BATCH_FLUX, KS_BATCH_ICMP_ERROR };

/* A segment on a DNS port, to a server or from it, or a datagram that is no message. */
struct ks_batch_flux {
	struct ks_addr server, client;
	int64_t time_ns;
	uint32_t packets;
	uint32_t ip_bytes, wire_bytes;
	bool towards_server;
	bool syn; /* a segment that asks for a connection */
};

struct ks_batch {
	uint32_t n_events, n_messages, n_fluxes, n_icmp, n_octets;
	uint8_t event[KS_BATCH_EVENTS]; /* enum ks_batch_event: the next one of its list */
	struct ks_message message[KS_BATCH_MESSAGES];
	struct ks_batch_flux flux[KS_BATCH_FLUXES];
	struct ks_walk icmp[KS_BATCH_ICMP];
	uint8_t octets[KS_BATCH_OCTETS];
};

/* What the dissector tells goes into `batch`. */
struct ks_collector {
	struct ks_batch *batch;
	bool copies; /* the octets of all messages */
	/* The batch is full: make `batch` an empty one. */
	void (*full)(struct ks_collector *collector);
	void *arg; /* of the owner */
};

/* The dissector's listener: all it hears goes into `collector`, which must live as long. */
struct ks_listener ks_collector_listener(struct ks_collector *collector);

static inline void
ks_batch_clear(struct ks_batch *batch)
{
	batch->n_events = batch->n_messages = batch->n_fluxes = batch->n_icmp = batch->n_octets = 0;
}

#endif
