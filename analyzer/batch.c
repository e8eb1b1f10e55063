/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/batch.h"

#include <string.h>

static struct ks_batch *
batch_with_room(struct ks_collector *collector, bool enough)
{
	if (!enough)
		collector->full(collector);
	return collector->batch;
}

static void
note_event(struct ks_batch *batch, enum ks_batch_event event)
{
	batch->event[batch->n_events++] = (uint8_t)event;
}

/* --- messages --- */

static struct ks_message *
on_room(void *arg)
{
	struct ks_collector *const collector = arg;
	struct ks_batch *const batch =
		batch_with_room(collector, collector->batch->n_messages < KS_BATCH_MESSAGES);
	return &batch->message[batch->n_messages];
}

static void
move_span(struct ks_span *span, const uint8_t *from, const uint8_t *to)
{
	if (span->at != NULL)
		span->at = to + (span->at - from);
}

/* All spans of a message lie in its octets. */
static void
copy_octets(struct ks_batch *batch, struct ks_message *message)
{
	const uint8_t *const from = message->bytes.at;
	uint8_t *const to = batch->octets + batch->n_octets;
	memcpy(to, from, message->bytes.n);
	batch->n_octets += (uint32_t)message->bytes.n;
	move_span(&message->bytes, from, to);
	move_span(&message->dns.qname, from, to);
	move_span(&message->dns.edns.nsid, from, to);
	move_span(&message->dns.edns.key_tags, from, to);
	move_span(&message->dns.edns.report_channel, from, to);
}

/* `message` lies in the batch at hand, behind the others, as on_room gave it. */
static void
on_message(void *arg, const struct ks_message *message)
{
	struct ks_collector *const collector = arg;
	struct ks_batch *batch = collector->batch;
	assert(message == &batch->message[batch->n_messages]);
	const bool copies = collector->copies || message->passing;
	if (copies && message->bytes.n > KS_BATCH_OCTETS - batch->n_octets) {
		const struct ks_message moved = *message;
		collector->full(collector);
		batch = collector->batch;
		batch->message[0] = moved;
	}
	struct ks_message *const last = &batch->message[batch->n_messages++];
	if (copies && last->bytes.at != NULL)
		copy_octets(batch, last);
	note_event(batch, KS_BATCH_MESSAGE);
}

/* --- the rest --- */

static bool
is_syn(const struct ks_datagram *datagram)
{
	return datagram->proto == KS_PROTO_TCP && (datagram->tcp_flags & KS_TCP_SYN) != 0 &&
	       (datagram->tcp_flags & KS_TCP_ACK) == 0;
}

static void
on_traffic(void *arg, const struct ks_datagram *datagram, bool towards_server, int64_t time_ns)
{
	struct ks_collector *const collector = arg;
	struct ks_batch *const batch =
		batch_with_room(collector, collector->batch->n_fluxes < KS_BATCH_FLUXES);
	batch->flux[batch->n_fluxes++] = (struct ks_batch_flux){
		.server = towards_server ? datagram->dst : datagram->src,
		.client = towards_server ? datagram->src : datagram->dst,
		.time_ns = time_ns,
		.packets = datagram->packets,
		.ip_bytes = datagram->ip_bytes,
		.wire_bytes = datagram->wire_bytes,
		.towards_server = towards_server,
		.syn = is_syn(datagram),
	};
	note_event(batch, KS_BATCH_FLUX);
}

static void
on_icmp(void *arg, const struct ks_walk *walk)
{
	struct ks_collector *const collector = arg;
	struct ks_batch *const batch = batch_with_room(collector, collector->batch->n_icmp < KS_BATCH_ICMP);
	batch->icmp[batch->n_icmp++] = *walk;
	note_event(batch, KS_BATCH_ICMP_ERROR);
}

struct ks_listener
ks_collector_listener(struct ks_collector *collector)
{
	return (struct ks_listener){
		.room = on_room,
		.message = on_message,
		.traffic = on_traffic,
		.icmp = on_icmp,
		.arg = collector,
	};
}
