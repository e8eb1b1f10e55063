/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/batch.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "analyzer/relay.h"
#include "tests/support/wire.h"

/* What a handler saw, in order: a digit a message (its ID modulo ten), f a flux, i an ICMP error. */
struct heard {
	char order[4096];
	size_t n, n_batches;
	bool whole; /* so far every name was that of the message, and its octets were where they should be */
};

static void
hear(void *arg, const struct ks_batch *batch)
{
	struct heard *const heard = arg;
	uint32_t message = 0;
	heard->n_batches++;
	for (uint32_t i = 0; i < batch->n_events; i++) {
		char what = batch->event[i] == KS_BATCH_FLUX ? 'f' : 'i';
		if (batch->event[i] == KS_BATCH_MESSAGE) {
			const struct ks_message *const at = &batch->message[message++];
			const uint8_t *const octets = at->bytes.at;
			what = (char)('0' + at->dns.id % 10);
			heard->whole &= at->dns.qname.at == octets + KS_DNS_HEADER && at->dns.qname.n == 5 &&
					octets[0] == at->dns.id >> 8 && octets[1] == (at->dns.id & 0xff);
		}
		heard->order[heard->n++ % sizeof(heard->order)] = what;
	}
}

static void
hear_at_once(struct ks_collector *collector)
{
	hear(collector->arg, collector->batch);
	ks_batch_clear(collector->batch);
}

static struct ks_wire
query(unsigned id)
{
	struct ks_wire wire = {.n = 0};
	ks_wire_header(&wire, id, 0, 1, 0, 0, 0);
	ks_wire_question(&wire, "abc.", KS_TYPE_DNSKEY);
	return wire;
}

/* As the dissector does, for a datagram or (`tcp`) a segment of a stream. */
static void
tell(const struct ks_listener *listener, const struct ks_wire *wire, bool tcp)
{
	const struct ks_datagram datagram = {.packets = 1, .ip_bytes = 28 + (uint32_t)wire->n};
	if (tcp)
		listener->traffic(listener->arg, &datagram, true, 1);
	struct ks_message *const message = listener->room(listener->arg);
	message->len = (uint32_t)wire->n;
	message->bytes = (struct ks_span){wire->b, wire->n};
	message->passing = tcp;
	cr_assert(eq(int, ks_dns_read(wire->b, wire->n, wire->n, &message->dns), KS_DNS));
	if (!tcp)
		listener->traffic(listener->arg, &datagram, true, 1);
	listener->message(listener->arg, message);
}

static struct ks_batch batch;

Test(batch, events_come_in_the_order_in_which_they_were_told)
{
	struct heard heard = {.whole = true};
	struct ks_collector collector = {.batch = &batch, .full = hear_at_once, .arg = &heard};
	const struct ks_listener listener = ks_collector_listener(&collector);
	const struct ks_walk walk = {.in_icmp_error = true};
	const struct ks_wire one = query(1), two = query(2);
	tell(&listener, &one, false);
	listener.icmp(listener.arg, &walk);
	tell(&listener, &two, true);
	cr_assert(zero(sz, heard.n), "nothing is told before the batch is full or asked for");
	hear_at_once(&collector);
	cr_assert(zero(int, strcmp(heard.order, "f1if2")), "%s", heard.order);
	cr_assert(heard.whole);
}

Test(batch, octets_of_a_stream_are_copied_those_of_a_packet_are_not)
{
	struct heard heard = {.whole = true};
	struct ks_collector collector = {.batch = &batch, .full = hear_at_once, .arg = &heard};
	const struct ks_listener listener = ks_collector_listener(&collector);
	struct ks_wire packet = query(1), segment = query(2);
	tell(&listener, &packet, false);
	tell(&listener, &segment, true);
	cr_assert(eq(ptr, (void *)(uintptr_t)batch.message[0].bytes.at, packet.b));
	memset(&segment, 0xff, sizeof(segment)); /* the stream has moved on */
	hear_at_once(&collector);
	cr_assert(heard.whole);
}

Test(batch, one_that_copies_outlives_the_packets)
{
	struct heard heard = {.whole = true};
	struct ks_collector collector = {
		.batch = &batch, .copies = true, .full = hear_at_once, .arg = &heard};
	const struct ks_listener listener = ks_collector_listener(&collector);
	for (unsigned id = 0; id < 1000; id++) {
		struct ks_wire packet = query(id);
		tell(&listener, &packet, id % 3 == 0);
		memset(&packet, 0xff, sizeof(packet));
	}
	hear_at_once(&collector);
	cr_assert(heard.whole);
	cr_assert(eq(sz, heard.n, 2000));
}

/* Sixty-four thousand octets: two do not fit one batch. */
Test(batch, a_batch_without_room_for_the_octets_is_told_first)
{
	static uint8_t large[UINT16_MAX];
	struct heard heard = {.whole = true};
	struct ks_collector collector = {.batch = &batch, .full = hear_at_once, .arg = &heard};
	const struct ks_listener listener = ks_collector_listener(&collector);
	const struct ks_wire wire = query(7);
	memcpy(large, wire.b, wire.n);
	for (unsigned i = 0; i < 3; i++) {
		struct ks_message *const message = listener.room(listener.arg);
		message->len = sizeof(large);
		message->bytes = (struct ks_span){large, sizeof(large)};
		message->passing = true;
		cr_assert(eq(int, ks_dns_read(large, wire.n, sizeof(large), &message->dns), KS_DNS));
		listener.message(listener.arg, message);
	}
	cr_assert(eq(sz, heard.n_batches, 2));
	hear_at_once(&collector);
	cr_assert(zero(int, strcmp(heard.order, "777")), "%s", heard.order);
	cr_assert(heard.whole);
}

static void
tell_many(const struct ks_listener *listener, unsigned n)
{
	for (unsigned id = 0; id < n; id++) {
		const struct ks_wire wire = query(id);
		tell(listener, &wire, id % 3 == 0);
	}
}

Test(relay, the_other_thread_hears_all_of_it_in_the_same_order)
{
	enum { MANY = 100000 };
	static struct heard heard, expected;
	heard.whole = expected.whole = true;
	struct ks_relay *relay;
	struct ks_collector *collector;
	struct ks_diag diag;
	cr_assert(eq(int, ks_relay_start(hear, &heard, &relay, &collector, &diag), KS_SUCCESS));
	const struct ks_listener listener = ks_collector_listener(collector);
	tell_many(&listener, MANY);
	ks_relay_stop(relay);

	struct ks_collector at_once = {
		.batch = &batch, .copies = true, .full = hear_at_once, .arg = &expected};
	const struct ks_listener same = ks_collector_listener(&at_once);
	tell_many(&same, MANY);
	hear_at_once(&at_once);
	cr_assert(heard.whole && expected.whole);
	cr_assert(eq(sz, heard.n, expected.n));
	cr_assert(zero(int, memcmp(heard.order, expected.order, sizeof(heard.order))));
}

Test(relay, stops_with_nothing_told_and_right_behind_a_full_batch)
{
	for (unsigned n = 0; n <= 3 * KS_BATCH_MESSAGES; n += KS_BATCH_MESSAGES) {
		struct heard heard = {.whole = true};
		struct ks_relay *relay;
		struct ks_collector *collector;
		struct ks_diag diag;
		cr_assert(eq(int, ks_relay_start(hear, &heard, &relay, &collector, &diag), KS_SUCCESS));
		const struct ks_listener listener = ks_collector_listener(collector);
		tell_many(&listener, n);
		ks_relay_stop(relay);
		cr_assert(eq(sz, heard.n, 2 * (size_t)n), "%u messages", n);
	}
	ks_relay_stop(NULL);
}
