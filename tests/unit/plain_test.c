/* SPDX-License-Identifier: BSD-2-Clause
 *
 * plain_test.c -- what the short way says of a packet, the walk down the layers says too: of plain packets,
 * and of such with any one octet of their headers changed, several at random, cut or padded. */
#include "dissect/plain.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

enum { ETHERNET = 14, HEADERS_V4 = ETHERNET + 28, HEADERS_V6 = ETHERNET + 48, QUERY = 17, ROOM = 128 };

struct frame {
	uint8_t b[ROOM];
	uint32_t n;
};

static const uint8_t query[QUERY] = {0, 1, 1, 0, 0, 1, [14] = 48, [16] = 1};

/* A query with its checksum, from port 40000 to 53. */
static struct frame
frame_of(bool v6)
{
	static const uint8_t ipv4[20] = {
		0x45, 0, 0, 20 + 8 + QUERY, 7, 7, 0x40, 0, 61, 17, 0, 0, 10, 0, 0, 1, 10, 0, 1, 1};
	static const uint8_t ipv6[40] = {0x60, [5] = 8 + QUERY, 17, 61, 0xfd, [23] = 1, 0xfd, 1, [39] = 1};
	static const uint8_t udp[8] = {0x9c, 0x40, 0, 53, 0, 8 + QUERY};
	struct frame ret = {.b = {[12] = v6 ? 0x86 : 0x08, v6 ? 0xdd : 0x00}, .n = ETHERNET};
	const size_t n_ip = v6 ? sizeof(ipv6) : sizeof(ipv4);
	memcpy(ret.b + ret.n, v6 ? ipv6 : ipv4, n_ip);
	ret.n += (uint32_t)n_ip;
	memcpy(ret.b + ret.n, udp, sizeof(udp));
	memcpy(ret.b + ret.n + sizeof(udp), query, QUERY);
	ret.n += sizeof(udp) + QUERY;
	return ret;
}

/* RFC 1071 word by word, over the pseudo header of either version. */
static void
fill_checksum(struct frame *frame, bool v6)
{
	uint8_t *const udp = frame->b + (v6 ? HEADERS_V6 : HEADERS_V4) - 8;
	const uint8_t *const addresses = udp - (v6 ? 32 : 8);
	uint32_t sum = 17 + 8 + QUERY;
	udp[6] = udp[7] = 0;
	for (size_t i = 0; i < (v6 ? 32 : 8); i++)
		sum += i % 2 == 0 ? addresses[i] << 8 : addresses[i];
	for (size_t i = 0; i < 8 + QUERY; i++)
		sum += i % 2 == 0 ? udp[i] << 8 : udp[i];
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	udp[6] = (uint8_t)(~sum >> 8);
	udp[7] = (uint8_t)~sum;
}

static const struct ks_ports *
dns_ports(void)
{
	static struct ks_ports ports;
	ks_ports_add(&ports, 53);
	return &ports;
}

static void
expect_equal(const struct ks_datagram *a, const struct ks_datagram *b)
{
	cr_assert(ks_addr_equal(&a->src, &b->src) && ks_addr_equal(&a->dst, &b->dst));
	cr_assert(a->sport == b->sport && a->dport == b->dport && a->proto == b->proto);
	cr_assert(a->ttl == b->ttl && a->v6 == b->v6 && a->tcp_flags == b->tcp_flags);
	cr_assert(a->tcp_seq == b->tcp_seq && a->tcp_ack == b->tcp_ack);
	cr_assert(a->data == b->data && a->cap_len == b->cap_len && a->len == b->len);
	cr_assert(a->ip_bytes == b->ip_bytes && a->wire_bytes == b->wire_bytes);
	cr_assert(a->packets == b->packets && a->ip_id == b->ip_id);
	cr_assert(a->l4_checksum == b->l4_checksum && a->checksum == b->checksum);
}

/* Was it plain? Then both say the same. The frame lies in memory of its own size. */
static bool
compare(const struct frame *frame, uint32_t cap_len, uint32_t wire_len, int linktype)
{
	uint8_t *const bytes = malloc(cap_len + 1u);
	memcpy(bytes, frame->b, cap_len);
	const struct ks_packet packet = {
		.data = bytes, .cap_len = cap_len, .wire_len = wire_len, .linktype = linktype};
	struct ks_datagram dg;
	memset(&dg, 0xa5, sizeof(dg));
	const bool plain = ks_plain_read(&packet, dns_ports(), &dg);
	if (plain) {
		struct ks_walk walk;
		cr_assert(eq(int, ks_layers_walk(&walk, &packet, dns_ports()), KS_DNS));
		cr_assert(not(walk.in_icmp_error || walk.is_fragment));
		expect_equal(&dg, &walk.dg);
	}
	free(bytes);
	return plain;
}

static bool
compare_whole(const struct frame *frame)
{
	return compare(frame, frame->n, frame->n, 1);
}

TestSuite(plain);

Test(plain, plain_packets_are_read_and_their_checksum_is_told)
{
	for (int v6 = 0; v6 <= 1; v6++) {
		struct frame frame = frame_of(v6);
		struct ks_datagram dg;
		const struct ks_packet packet = {
			.data = frame.b, .cap_len = frame.n, .wire_len = frame.n, .linktype = 1};
		cr_assert(compare_whole(&frame));
		cr_assert(ks_plain_read(&packet, dns_ports(), &dg));
		cr_assert(eq(int, dg.checksum, v6 ? KS_CHECKSUM_BAD : KS_CHECKSUM_NONE),
			  "0 is allowed in IPv4 only");
		fill_checksum(&frame, v6);
		cr_assert(ks_plain_read(&packet, dns_ports(), &dg));
		cr_assert(eq(int, dg.checksum, KS_CHECKSUM_GOOD));
		frame.b[frame.n - 1] ^= 1;
		cr_assert(ks_plain_read(&packet, dns_ports(), &dg));
		cr_assert(eq(int, dg.checksum, KS_CHECKSUM_BAD));
		cr_assert(eq(u32, dg.len, QUERY));
		cr_assert(eq(u16, dg.dport, 53));
	}
}

Test(plain, checksums_of_every_length_are_those_of_rfc_1071)
{
	for (uint32_t n = 1; n <= 64; n++) {
		struct frame frame = frame_of(false);
		uint32_t sum = 17 + 8 + n;
		frame.n = HEADERS_V4 + n;
		for (uint32_t i = 0; i < n; i++)
			frame.b[HEADERS_V4 + i] = (uint8_t)(251 * i + 13 * n);
		frame.b[ETHERNET + 3] = (uint8_t)(28 + n);
		frame.b[HEADERS_V4 - 3] = (uint8_t)(8 + n);
		for (uint32_t i = ETHERNET + 12; i < frame.n; i++)
			sum += i % 2 == 0 ? frame.b[i] << 8 : frame.b[i];
		while (sum >> 16 != 0)
			sum = (sum & 0xffff) + (sum >> 16);
		frame.b[HEADERS_V4 - 2] = (uint8_t)(~sum >> 8);
		frame.b[HEADERS_V4 - 1] = (uint8_t)~sum;
		const struct ks_packet packet = {
			.data = frame.b, .cap_len = frame.n, .wire_len = frame.n, .linktype = 1};
		struct ks_datagram dg;
		cr_assert(ks_plain_read(&packet, dns_ports(), &dg));
		cr_assert(eq(int, dg.checksum, KS_CHECKSUM_GOOD), "%u octets", n);
	}
}

Test(plain, any_one_octet_changed_is_read_as_by_the_walk)
{
	for (int v6 = 0; v6 <= 1; v6++) {
		const struct frame frame = frame_of(v6);
		for (size_t at = 12; at < (v6 ? HEADERS_V6 : HEADERS_V4); at++)
			for (int value = 0; value < 256; value++) {
				struct frame changed = frame;
				changed.b[at] = (uint8_t)value;
				(void)compare_whole(&changed);
			}
	}
}

Test(plain, octets_changed_at_random_are_read_as_by_the_walk)
{
	uint64_t random = 1;
	unsigned plain = 0;
	for (int round = 0; round < 200000; round++) {
		struct frame frame = frame_of(round % 2);
		for (int i = 0; i < 3; i++) {
			random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			/* often a length: those are what must agree */
			const size_t at = 12 + (random >> 33) % (frame.n - 12);
			frame.b[at] = (uint8_t)(random >> 60 == 0 ? random >> 40
								  : frame.b[at] + (random >> 40) % 3);
		}
		plain += compare(&frame, frame.n - (random >> 20) % 3, frame.n, 1);
		plain += compare_whole(&frame);
	}
	cr_assert(gt(uint, plain, 10000));
}

Test(plain, whatever_is_not_plain_is_left_to_the_walk)
{
	static const struct {
		const char *what;
		size_t at;
		uint8_t value;
	} changes[] = {
		{"a VLAN tag", 12, 0x81},
		{"options", ETHERNET, 0x46},
		{"a fragment that more follow", ETHERNET + 6, 0x20},
		{"a later fragment", ETHERNET + 7, 1},
		{"TCP", ETHERNET + 9, 6},
		{"a total length beyond the frame", ETHERNET + 3, 28 + QUERY + 1},
		{"no total length", ETHERNET + 3, 0},
		{"a UDP length that is shorter than IP's", HEADERS_V4 - 3, 8 + QUERY - 1},
		{"a UDP length that lies", HEADERS_V4 - 3, 8 + QUERY + 1},
		{"another port", HEADERS_V4 - 5, 54},
	};
	for (size_t i = 0; i < KS_COUNT(changes); i++) {
		struct frame frame = frame_of(false);
		frame.b[changes[i].at] = changes[i].value;
		cr_expect(not(compare_whole(&frame)), "%s", changes[i].what);
	}
	struct frame frame = frame_of(false);
	cr_expect(not(compare(&frame, frame.n - 1, frame.n, 1)), "cut");
	cr_expect(not(compare(&frame, frame.n, frame.n, 101)), "another link type");
	frame.n += 6;
	cr_expect(compare_whole(&frame), "padding is not looked at");
}
