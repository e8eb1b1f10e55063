/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_net.c -- Ethernet, IPv4 and IPv6, UDP, TCP, ICMP: frames with the checksums that they should have. */
#include "tests/support/scene.h"

#include <string.h>

enum { ICMP = 1, TCP = 6, UDP = 17 };

/* RFC 1071, from `sum` on. */
static uint32_t
add_words(uint32_t sum, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
	return sum;
}

static uint16_t
fold(uint32_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void
set_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* The checksum at offset `at` of a transport header, over the pseudo header too (RFC 768, RFC 9293, RFC 8200
 * s8.1). */
static void
seal(struct ks_wire *payload, const struct ks_scene_path *path, unsigned protocol, size_t at)
{
	uint32_t sum = add_words(0, path->from->b, path->from->n);
	sum = add_words(sum, path->to->b, path->to->n) + protocol + (uint32_t)payload->n;
	const uint16_t folded = fold(add_words(sum, payload->b, payload->n));
	set_u16(payload->b + at, protocol == UDP && folded == 0 ? 0xffff : folded);
}

static void
put_ipv4(struct ks_scene *scene, struct ks_wire *frame, const struct ks_scene_path *path, unsigned protocol,
	 size_t n)
{
	const size_t at = frame->n;
	ks_wire_u16(frame, 0x4500);
	ks_wire_u16(frame, 20 + (unsigned)n);
	ks_wire_u16(frame, ks_scene_below(scene, 0x10000));
	ks_wire_u16(frame, 0);
	ks_wire_u8(frame, path->hops);
	ks_wire_u8(frame, protocol);
	ks_wire_u16(frame, 0);
	ks_wire_bytes(frame, path->from->b, 4);
	ks_wire_bytes(frame, path->to->b, 4);
	set_u16(frame->b + at + 10, fold(add_words(0, frame->b + at, 20)));
}

static void
put_ipv6(struct ks_wire *frame, const struct ks_scene_path *path, unsigned protocol, size_t n)
{
	ks_wire_u32(frame, 0x60000000);
	ks_wire_u16(frame, (unsigned)n);
	ks_wire_u8(frame, protocol);
	ks_wire_u8(frame, path->hops);
	ks_wire_bytes(frame, path->from->b, 16);
	ks_wire_bytes(frame, path->to->b, 16);
}

/* The port towards the servers is the same whoever sends: two stations, told apart by who has port 53. */
static void
put_frame(struct ks_scene *scene, int64_t t_us, const struct ks_scene_path *path, unsigned protocol,
	  const struct ks_wire *payload)
{
	static const uint8_t router[6] = {2, 0, 0, 0, 0, 1}, site[6] = {2, 0, 0, 0, 0, 2};
	const bool to_server = path->to_port == 53;
	struct ks_wire frame = {0};
	ks_wire_bytes(&frame, to_server ? site : router, 6);
	ks_wire_bytes(&frame, to_server ? router : site, 6);
	ks_wire_u16(&frame, path->from->n == 4 ? 0x0800 : 0x86dd);
	if (path->from->n == 4)
		put_ipv4(scene, &frame, path, protocol, payload->n);
	else
		put_ipv6(&frame, path, protocol, payload->n);
	ks_wire_bytes(&frame, payload->b, payload->n);
	ks_scene_put(scene, t_us, frame.b, frame.n);
}

static void
put_udp(struct ks_wire *payload, const struct ks_scene_path *path, const struct ks_wire *message)
{
	ks_wire_u16(payload, path->from_port);
	ks_wire_u16(payload, path->to_port);
	ks_wire_u16(payload, 8 + (unsigned)message->n);
	ks_wire_u16(payload, 0);
	ks_wire_bytes(payload, message->b, message->n);
	seal(payload, path, UDP, 6);
}

void
ks_scene_udp(struct ks_scene *scene, int64_t t_us, const struct ks_scene_path *path,
	     const struct ks_wire *message)
{
	struct ks_wire payload = {0};
	put_udp(&payload, path, message);
	put_frame(scene, t_us, path, UDP, &payload);
}

void
ks_scene_tcp(struct ks_scene *scene, int64_t t_us, const struct ks_scene_path *path, uint32_t seq,
	     uint32_t ack, unsigned flags, const uint8_t *data, size_t n)
{
	struct ks_wire payload = {0};
	ks_wire_u16(&payload, path->from_port);
	ks_wire_u16(&payload, path->to_port);
	ks_wire_u32(&payload, seq);
	ks_wire_u32(&payload, ack);
	ks_wire_u16(&payload, 5u << 12 | flags);
	ks_wire_u16(&payload, 65535);
	ks_wire_u32(&payload, 0);
	if (n > 0)
		ks_wire_bytes(&payload, data, n);
	seal(&payload, path, TCP, 16);
	put_frame(scene, t_us, path, TCP, &payload);
}

void
ks_scene_unreachable(struct ks_scene *scene, int64_t t_us, const struct ks_scene_path *path,
		     const struct ks_wire *answer)
{
	struct ks_wire quoted = {0}, udp = {0}, payload = {0};
	put_udp(&udp, path, answer);
	put_ipv4(scene, &quoted, path, UDP, udp.n);
	ks_wire_bytes(&quoted, udp.b, udp.n);
	ks_wire_u16(&payload, 3 << 8 | 3);
	ks_wire_u16(&payload, 0);
	ks_wire_u32(&payload, 0);
	ks_wire_bytes(&payload, quoted.b, quoted.n < 512 ? quoted.n : 512);
	set_u16(payload.b + 2, fold(add_words(0, payload.b, payload.n)));
	const struct ks_scene_path back = {
		.from = path->to, .to = path->from, .hops = 57, .from_port = path->to_port, .to_port = 53};
	put_frame(scene, t_us, &back, ICMP, &payload);
}
