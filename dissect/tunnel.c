/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/tunnel.c -- packets inside packets: what carries traffic over a core, or from a mirror port
 * to the analyzer.
 *
 * A tunnel over UDP is only guessed from its port; a header that does not look as it should says that
 * the guess was wrong (KS_NOT_DNS), not that the packet is. */
#include "dissect/layers_p.h"

static enum ks_verdict
tunnel_short(const struct ks_walk *walk)
{
	return ks_walk_short(walk, KS_LINK_CUT, KS_NOT_DNS);
}

/* RFC 3032 s2.1, one label stack entry. Nothing tells what is below the stack but the first four bits,
 * which is why routers look at them too (RFC 4928 s3). */
enum ks_verdict
ks_tunnel_mpls(struct ks_walk *walk)
{
	const uint32_t entry = ks_cur_u32(&walk->cur);
	if (walk->cur.failed)
		return KS_LINK_CUT;
	const bool bottom = (entry & 0x100) != 0;
	return bottom ? ks_link_ip(walk, KS_NOT_DNS) : ks_walk_next(walk, KS_SPACE_ETHER, KS_ETHER_MPLS);
}

/* ERSPAN type II (draft-foschiano-erspan s4.2): eight octets; the version nibble of that type is 1. */
static enum ks_verdict
read_erspan2(struct ks_walk *walk)
{
	const uint8_t *const header = ks_cur_take(&walk->cur, 8);
	if (header == NULL)
		return tunnel_short(walk);
	return header[0] >> 4 == 1 ? ks_link_ethernet(walk) : KS_NOT_DNS;
}

/* ERSPAN type III (s4.3 there): twelve octets, and eight more when the last bit says so. The frame
 * type is 0 for Ethernet and 2 for IP. */
static enum ks_verdict
read_erspan3(struct ks_walk *walk)
{
	const uint8_t *const header = ks_cur_take(&walk->cur, 12);
	if (header == NULL)
		return tunnel_short(walk);
	const bool subheader = (header[11] & 1) != 0;
	if (subheader && ks_cur_take(&walk->cur, 8) == NULL)
		return tunnel_short(walk);
	const unsigned frame_type = header[10] >> 2 & 0x1f;
	if (header[0] >> 4 != 2)
		return KS_NOT_DNS;
	if (frame_type == 2)
		return ks_link_ip(walk, KS_NOT_DNS);
	return frame_type == 0 ? ks_link_ethernet(walk) : KS_NOT_DNS;
}

enum {
	GRE_CHECKSUM = 0x8000,
	GRE_ROUTING = 0x4000,
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACK = 0x0080
};

/* RFC 2784 and RFC 2890. Routing is of RFC 1701 and long gone. */
static enum ks_verdict
read_gre(struct ks_walk *walk, uint16_t flags, uint16_t protocol)
{
	enum { ERSPAN2 = 0x88be, ERSPAN3 = 0x22eb, PPP = 0x880b };
	if ((flags & GRE_ROUTING) != 0)
		return KS_NOT_DNS;
	const size_t options = ((flags & GRE_CHECKSUM) != 0 ? 4u : 0) + ((flags & GRE_KEY) != 0 ? 4u : 0) +
			       ((flags & GRE_SEQUENCE) != 0 ? 4u : 0);
	if (ks_cur_take(&walk->cur, options) == NULL)
		return tunnel_short(walk);
	switch (protocol) {
	case ERSPAN2:
		/* Type I has the number of type II, no header of its own, and never a sequence number. */
		return (flags & GRE_SEQUENCE) != 0 ? read_erspan2(walk) : ks_link_ethernet(walk);
	case ERSPAN3:
		return read_erspan3(walk);
	case PPP:
		return ks_link_ppp(walk);
	default:
		return ks_walk_next(walk, KS_SPACE_ETHER, protocol);
	}
}

/* The enhanced GRE of PPTP, RFC 2637 s4.1: the key's upper half is the payload's length, and without a
 * sequence number there is no payload. */
static enum ks_verdict
read_pptp(struct ks_walk *walk, uint16_t flags)
{
	const uint16_t length = ks_cur_u16(&walk->cur);
	ks_cur_skip(&walk->cur, 6); /* call, sequence number */
	ks_cur_skip(&walk->cur, (flags & GRE_ACK) != 0 ? 4 : 0);
	if ((flags & GRE_KEY) == 0 || (flags & GRE_SEQUENCE) == 0)
		return KS_NOT_DNS;
	if (walk->cur.failed)
		return tunnel_short(walk);
	ks_walk_shrink(walk, length);
	return ks_link_ppp(walk);
}

enum ks_verdict
ks_tunnel_gre(struct ks_walk *walk)
{
	const uint16_t flags = ks_cur_u16(&walk->cur);
	const uint16_t protocol = ks_cur_u16(&walk->cur);
	if (walk->cur.failed)
		return tunnel_short(walk);
	switch (flags & 7) {
	case 0:
		return read_gre(walk, flags, protocol);
	case 1:
		return read_pptp(walk, flags);
	default:
		return KS_NOT_DNS;
	}
}

/* RFC 7348 s5. */
enum ks_verdict
ks_tunnel_vxlan(struct ks_walk *walk)
{
	enum { VNI_VALID = 0x08 };
	const uint8_t *const header = ks_cur_take(&walk->cur, 8);
	if (header == NULL)
		return tunnel_short(walk);
	return (header[0] & VNI_VALID) != 0 ? ks_link_ethernet(walk) : KS_NOT_DNS;
}

/* RFC 8926 s3.4. The options say nothing about where the payload begins, not even the critical ones. */
enum ks_verdict
ks_tunnel_geneve(struct ks_walk *walk)
{
	const uint8_t *const header = ks_cur_take(&walk->cur, 8);
	if (header == NULL)
		return tunnel_short(walk);
	if (header[0] >> 6 != 0)
		return KS_NOT_DNS;
	if (ks_cur_take(&walk->cur, (header[0] & 0x3f) * 4u) == NULL)
		return tunnel_short(walk);
	return ks_walk_next(walk, KS_SPACE_ETHER, ks_be16(header + 2));
}

/* 3GPP TS 29.281 s5.2: each extension header begins with its length in words and ends with the type of
 * the next one. False if the chain is broken or longer than any real one. */
static bool
gtp_extensions(struct ks_cur *cur, uint8_t type)
{
	enum { CHAIN_MAX = 8 };
	for (unsigned i = 0; type != 0 && i < CHAIN_MAX; i++) {
		const uint8_t words = ks_cur_u8(cur);
		if (words == 0)
			return false;
		ks_cur_skip(cur, words * 4u - 2u);
		type = ks_cur_u8(cur);
	}
	return type == 0;
}

/* 3GPP TS 29.281 s5.1. The length counts from behind the eight octets that are always there. */
enum ks_verdict
ks_tunnel_gtp(struct ks_walk *walk)
{
	enum { VERSION_1_GTP = 0x30, NEXT_EXTENSION = 0x04, ANY_OPTION = 0x07, G_PDU = 255 };
	const uint8_t *const header = ks_cur_take(&walk->cur, 8);
	if (header == NULL)
		return tunnel_short(walk);
	if ((header[0] & 0xf0) != VERSION_1_GTP || header[1] != G_PDU)
		return KS_NOT_DNS;
	ks_walk_shrink(walk, ks_be16(header + 2));
	if ((header[0] & ANY_OPTION) != 0) {
		ks_cur_skip(&walk->cur, 3); /* sequence number, N-PDU number */
		const uint8_t type = ks_cur_u8(&walk->cur);
		const bool whole = (header[0] & NEXT_EXTENSION) == 0 || gtp_extensions(&walk->cur, type);
		if (walk->cur.failed)
			return tunnel_short(walk);
		if (!whole)
			return KS_NOT_DNS;
	}
	return ks_link_ip(walk, KS_NOT_DNS);
}
