/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect.c -- dissect FILE: nanoseconds of CPU that the dissector takes for a packet, by its shape.
 *
 * Packets of the file are sorted into shapes; those of a shape are copied together and go through a dissector
 * of their own again and again, in batches, with nobody listening. A second apart each time, or they would be
 * duplicates. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analyzer/capture/capture.h"
#include "dissect/dissect.h"

enum { EACH = 2000, ROUNDS = 200, REPEATS = 5 };
enum shape { QUERY_V4, QUERY_V6, ANSWER, DNSKEY_ANSWER, TCP_SEGMENT, OTHER, SHAPES };
static const char *const names[SHAPES] = {"query, IPv4",   "query, IPv6", "answer",
					  "DNSKEY answer", "TCP segment", "no DNS, or refused"};

static struct pile {
	struct ks_packet packets[EACH];
	size_t n, octets;
} piles[SHAPES];

static enum shape seen; /* what the listener made of the packet at hand */

static void
on_message(void *arg, const struct ks_message *message)
{
	(void)arg;
	if (!ks_dns_is_response(&message->dns))
		seen = message->v6 ? QUERY_V6 : QUERY_V4;
	else
		seen = message->dns.dnskey.keys > 0 ? DNSKEY_ANSWER : ANSWER;
}

static void
on_traffic(void *arg, const struct ks_datagram *datagram, bool towards_server, int64_t time_ns)
{
	(void)arg;
	(void)towards_server;
	(void)time_ns;
	seen = datagram->proto == KS_PROTO_TCP ? TCP_SEGMENT : OTHER;
}

static void
on_icmp(void *arg, const struct ks_walk *walk)
{
	(void)arg;
	(void)walk;
}

static struct ks_dissector *
new_dissector(void)
{
	struct ks_dissect_config config = {.secret = {.a = 3, .b = 5}, .memory_bytes = 16 << 20};
	ks_ports_add(&config.ports, 53);
	const struct ks_listener listener = {
		.message = on_message, .traffic = on_traffic, .icmp = on_icmp, .arg = NULL};
	void *const memory = calloc(1, ks_dissect_memory(&config));
	if (memory == NULL)
		exit(1);
	return ks_dissect_init(memory, &config, &listener);
}

static void
put_by(const struct ks_packet *packet)
{
	struct pile *const pile = &piles[seen];
	if (pile->n == EACH)
		return;
	uint8_t *const copy = malloc(packet->cap_len + 1);
	if (copy == NULL)
		exit(1);
	memcpy(copy, packet->data, packet->cap_len);
	pile->packets[pile->n] = *packet;
	pile->packets[pile->n++].data = copy;
	pile->octets += packet->cap_len;
}

static bool
sort_packets(const char *path)
{
	struct ks_diag diag;
	struct ks_capture *capture;
	struct ks_packet packet;
	bool have;
	if (ks_capture_open_file(path, NULL, &capture, &diag) != KS_SUCCESS) {
		(void)fprintf(stderr, "dissect: %s\n", diag.text);
		return false;
	}
	struct ks_dissector *const dissector = new_dissector();
	while (ks_capture_next(capture, &packet, &have, &diag) == KS_SUCCESS && have) {
		bool tcp = false;
		seen = OTHER;
		(void)ks_dissect_feed(dissector, &packet);
		/* A message that a segment ends is the segment's here: its octets are met there. */
		tcp = packet.cap_len > 23 && packet.data[12] == 8 && packet.data[23] == KS_PROTO_TCP;
		if (tcp ||
		    (packet.cap_len > 20 && packet.data[12] == 0x86 && packet.data[20] == KS_PROTO_TCP))
			seen = TCP_SEGMENT;
		put_by(&packet);
	}
	ks_capture_close(capture);
	free(dissector);
	return true;
}

static double
cpu_s(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int
by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y ? 1 : 0;
}

static double
round_s(struct ks_dissector *dissector, struct pile *pile)
{
	const double began_s = cpu_s();
	for (int i = 0; i < ROUNDS; i++) {
		for (size_t at = 0; at < pile->n; at += KS_DISSECT_BATCH) {
			const size_t left = pile->n - at;
			ks_dissect_feed_batch(dissector, &pile->packets[at],
					      left < KS_DISSECT_BATCH ? left : KS_DISSECT_BATCH);
		}
		for (size_t at = 0; at < pile->n; at++)
			pile->packets[at].time_ns += KS_NS_PER_S;
	}
	return cpu_s() - began_s;
}

int
main(int argc, char **argv)
{
	if (argc != 2 || !sort_packets(argv[1]))
		return 1;
	(void)printf("%-20s %10s %10s %10s %10s\n", "", "octets", "ns least", "ns median", "MB/s");
	for (int shape = 0; shape < SHAPES; shape++) {
		struct pile *const pile = &piles[shape];
		if (pile->n == 0)
			continue;
		struct ks_dissector *const dissector = new_dissector();
		double ns[REPEATS];
		for (int i = 0; i < REPEATS; i++)
			ns[i] = round_s(dissector, pile) / ((double)pile->n * ROUNDS) * 1e9;
		qsort(ns, REPEATS, sizeof(*ns), by_value);
		const double octets = (double)pile->octets / (double)pile->n;
		(void)printf("%-20s %10.0f %10.1f %10.1f %10.0f\n", names[shape], octets, ns[0],
			     ns[REPEATS / 2], octets / ns[REPEATS / 2] * 1e3);
		free(dissector);
	}
	return 0;
}
