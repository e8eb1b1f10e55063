/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/net.c -- IPv4, IPv6 with its extension headers, and the packets that ICMP errors quote.
 *
 * Does not check the IPv4 header checksum: a mirror port sees packets before the interface that
 * computes it, and what a router forwarded had a good one. */
#include "dissect/layers_p.h"

static enum ks_verdict
ip_short(const struct ks_walk *walk)
{
	return ks_walk_short(walk, KS_IP_CUT, KS_IP_BAD);
}

/* The packet ends at a fragment: `piece` is told where it belongs. */
static enum ks_verdict
end_at_fragment(struct ks_walk *walk, uint32_t id, uint8_t proto, uint32_t offset, bool more)
{
	/* The quoted packet was one fragment; the others are not in the quote. Ports are in the first. */
	if (walk->in_icmp_error)
		return offset == 0 ? ks_walk_next(walk, KS_SPACE_IP, proto) : KS_NOT_DNS;
	struct ks_frag_piece *const piece = &walk->piece; /* time_ns is set for the whole packet */
	piece->src = walk->dg.src;
	piece->dst = walk->dg.dst;
	piece->id = id;
	piece->proto = proto;
	piece->v6 = walk->dg.v6;
	piece->more = more;
	piece->offset = offset;
	piece->data = walk->cur.at;
	piece->cap_len = ks_walk_left(walk);
	piece->len = ks_walk_promised(walk);
	piece->ip_bytes = walk->dg.ip_bytes;
	piece->wire_bytes = walk->dg.wire_bytes;
	walk->is_fragment = true;
	return KS_FRAGMENT_PENDING;
}

/* RFC 791 s3.1. Options change nothing that is counted and are skipped. */
enum ks_verdict
ks_net_ipv4(struct ks_walk *walk)
{
	enum { DONT_FRAGMENT = 0x4000, MORE_FRAGMENTS = 0x2000, OFFSET = 0x1fff };
	const uint32_t promised = ks_walk_promised(walk);
	const uint8_t *const header = ks_cur_take(&walk->cur, 20);
	if (header == NULL)
		return ip_short(walk);
	const uint32_t header_size = (header[0] & 0x0fu) * 4;
	uint32_t total = ks_be16(header + 2);
	if (total == 0)
		total = promised; /* segmentation offload: the interface would have filled it in */
	if (header[0] >> 4 != 4 || header_size < 20 || total < header_size)
		return KS_IP_BAD;
	ks_walk_promise(walk, total - 20);
	ks_cur_skip(&walk->cur, header_size - 20);
	if (walk->cur.failed)
		return ip_short(walk);

	ks_dg_from_ipv4(&walk->dg, header, total);
	walk->seen_ip = true;
	walk->routed = false;

	const uint16_t fragment = ks_be16(header + 6);
	if ((fragment & (MORE_FRAGMENTS | OFFSET)) != 0)
		return end_at_fragment(walk, ks_be16(header + 4), header[9], (fragment & OFFSET) * 8u,
				       (fragment & MORE_FRAGMENTS) != 0);
	return ks_walk_next(walk, KS_SPACE_IP, header[9]);
}

/* RFC 8200 s3. A length of zero is a jumbogram (RFC 2675) or segmentation offload: in both the bytes on
 * the wire say more than the option could. */
enum ks_verdict
ks_net_ipv6(struct ks_walk *walk)
{
	const uint8_t *const header = ks_cur_take(&walk->cur, 40);
	if (header == NULL)
		return ip_short(walk);
	if (header[0] >> 4 != 6)
		return KS_IP_BAD;
	const uint16_t payload = ks_be16(header + 4);
	if (payload != 0)
		ks_walk_promise(walk, payload);

	ks_dg_from_ipv6(&walk->dg, header, 40 + ks_walk_promised(walk));
	walk->seen_ip = true;
	walk->routed = false;
	return ks_walk_next(walk, KS_SPACE_IP, header[6]);
}

/* The common shape of extension headers, RFC 6564 s4: next header, length in units of eight octets
 * beyond the first. Their numbers mean other things, or nothing, behind an IPv4 header. */
enum ks_verdict
ks_net_option(struct ks_walk *walk)
{
	enum { ROUTING = 43 };
	if (!walk->dg.v6)
		return KS_NOT_DNS;
	const uint8_t *const header = ks_cur_take(&walk->cur, 8);
	if (header == NULL)
		return ip_short(walk);
	if (ks_cur_take(&walk->cur, header[1] * 8u) == NULL)
		return ip_short(walk);
	if (walk->next.number == ROUTING && header[3] != 0)
		walk->routed = true;
	return ks_walk_next(walk, KS_SPACE_IP, header[0]);
}

/* RFC 4302 s2.2: the one that counts in units of four octets, less two. Authenticated, not encrypted. */
enum ks_verdict
ks_net_auth(struct ks_walk *walk)
{
	const uint8_t next = ks_cur_u8(&walk->cur);
	const uint8_t words = ks_cur_u8(&walk->cur);
	ks_cur_skip(&walk->cur, (words + 2u) * 4 - 2);
	return walk->cur.failed ? ip_short(walk) : ks_walk_next(walk, KS_SPACE_IP, next);
}

/* RFC 8200 s4.5. A fragment that is first and last at once is no fragment and must not wait for, or be
 * confused with, others of its number: RFC 6946. */
enum ks_verdict
ks_net_fragment(struct ks_walk *walk)
{
	if (!walk->dg.v6)
		return KS_NOT_DNS;
	const uint8_t *const header = ks_cur_take(&walk->cur, 8);
	if (header == NULL)
		return ip_short(walk);
	const uint32_t offset = ks_be16(header + 2) & 0xfff8u;
	const bool more = (header[3] & 1) != 0;
	if (offset == 0 && !more)
		return ks_walk_next(walk, KS_SPACE_IP, header[0]);
	return end_at_fragment(walk, ks_be32(header + 4), header[0], offset, more);
}

/* Go into the packet that an error quotes. `words` is the quote's length in units of `unit` octets when
 * extensions follow it (RFC 4884 s5; it is at least 128 octets then, any less is an old sender's
 * rubbish in an unused field), else 0. */
static enum ks_verdict
enter_quote(struct ks_walk *walk, const uint8_t header[8], unsigned words, unsigned unit)
{
	if (words * unit >= 128)
		ks_walk_shrink(walk, words * unit);
	walk->in_icmp_error = true;
	walk->icmp_from = walk->dg.src;
	walk->icmp_type = header[0];
	walk->icmp_code = header[1];
	return ks_link_ip(walk, KS_NOT_DNS);
}

/* RFC 792: unreachable, source quench, redirect, time exceeded, parameter problem. */
enum ks_verdict
ks_net_icmp(struct ks_walk *walk)
{
	const uint8_t *const header = ks_cur_take(&walk->cur, 8);
	if (header == NULL)
		return KS_NOT_DNS;
	const uint8_t type = header[0];
	const bool error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
	if (!error || walk->dg.v6 || walk->in_icmp_error)
		return KS_NOT_DNS;
	const bool extensible = type == 3 || type == 11 || type == 12;
	return enter_quote(walk, header, extensible ? header[5] : 0, 4);
}

/* RFC 4443 s3: unreachable, too big, time exceeded, parameter problem. */
enum ks_verdict
ks_net_icmp6(struct ks_walk *walk)
{
	const uint8_t *const header = ks_cur_take(&walk->cur, 8);
	if (header == NULL)
		return KS_NOT_DNS;
	const uint8_t type = header[0];
	if (type < 1 || type > 4 || !walk->dg.v6 || walk->in_icmp_error)
		return KS_NOT_DNS;
	const bool extensible = type == 1 || type == 3;
	return enter_quote(walk, header, extensible ? header[4] : 0, 8);
}
