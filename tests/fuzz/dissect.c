/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect.c -- fuzz the single door: a run of packets goes in, verdicts and messages come out.
 *
 * Input: packets, each as two octets of length, one that chooses the link type, one that says how long after
 * the one before it came and how much of it the snap length cut, then its bytes. */
#include <stdlib.h>
#include <string.h>

#include "dissect/dissect.h"
#include "dissect/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t messages;
};

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

static void
on_message(void *arg, const struct ks_message *message)
{
	struct seen *const seen = arg;
	seen->messages++;
	demand(message->dns.qname.n <= KS_NAME_MAX);
	demand(message->len >= KS_DNS_HEADER);
}

static void
on_traffic(void *arg, const struct ks_datagram *datagram, bool towards_server, int64_t time_ns)
{
	(void)arg;
	(void)towards_server;
	(void)time_ns;
	demand(datagram->cap_len <= datagram->len && datagram->packets > 0);
}

static void
on_icmp(void *arg, const struct ks_walk *walk)
{
	(void)arg;
	demand(walk->in_icmp_error);
}

/* False: the input is used up. */
static bool
take_packet(struct ks_cur *cur, int64_t *time_ns, struct ks_packet *ret)
{
	static const int linktypes[] = {1, 101, 113, 276, 228, 229, 12, 0};
	if (ks_cur_left(cur) == 0)
		return false;
	const size_t n = ks_cur_u16(cur);
	const uint8_t linktype = ks_cur_u8(cur);
	const uint8_t gap = ks_cur_u8(cur);
	const size_t left = ks_cur_left(cur) < n ? ks_cur_left(cur) : n;
	const uint8_t *const bytes = ks_cur_take(cur, left);
	if (cur->failed)
		return false;
	*time_ns += (int64_t)(gap & 15) * (gap & 15) * KS_NS_PER_MS * 100;
	*ret = (struct ks_packet){
		.time_ns = *time_ns,
		.data = bytes,
		.cap_len = (uint32_t)left,
		.wire_len = (uint32_t)(left + (gap >> 4)),
		.linktype = linktypes[linktype % KS_COUNT(linktypes)],
	};
	return true;
}

/* In batches of `batch`, or with 0 one by one through the other door. */
static void
feed_all(struct ks_dissector *dissector, const uint8_t *data, size_t size, size_t batch)
{
	struct ks_cur cur = ks_cur_init(data, size);
	int64_t time_ns = INT64_C(1800000000) * KS_NS_PER_S;
	struct ks_packet packets[KS_DISSECT_BATCH];
	size_t n = 0;
	while (take_packet(&cur, &time_ns, &packets[n])) {
		if (batch == 0)
			demand(ks_dissect_feed(dissector, &packets[n]) < KS_VERDICT_COUNT);
		else if (++n == batch) {
			ks_dissect_feed_batch(dissector, packets, n);
			n = 0;
		}
	}
	ks_dissect_feed_batch(dissector, packets, n);
}

static void
run(const uint8_t *data, size_t size, size_t batch, struct ks_dissect_stats *ret)
{
	struct seen seen = {0};
	struct ks_dissect_config config = {
		.secret = {.a = 1, .b = 2},
		.memory_bytes = KS_DISSECT_MEMORY_MIN,
	};
	ks_ports_add(&config.ports, 53);
	const struct ks_listener listener = {
		.message = on_message, .traffic = on_traffic, .icmp = on_icmp, .arg = &seen};
	void *const memory = calloc(1, ks_dissect_memory(&config));
	demand(memory != NULL);
	struct ks_dissector *const dissector = ks_dissect_init(memory, &config, &listener);
	feed_all(dissector, data, size, batch);
	ks_dissect_stats(dissector, ret);
	demand(seen.messages == ret->messages);
	free(memory);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ks_dissect_stats one, batch;
	memset(&one, 0, sizeof(one));
	memset(&batch, 0, sizeof(batch));
	run(data, size, 0, &one);
	run(data, size, KS_DISSECT_BATCH, &batch);
	demand(memcmp(&one, &batch, sizeof(one)) == 0);
	uint64_t sum = 0;
	for (int i = 0; i < KS_VERDICT_COUNT; i++)
		sum += one.verdicts[i];
	demand(sum == one.packets);
	return 0;
}
