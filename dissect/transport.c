/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/transport.c -- UDP (RFC 768) and TCP headers (RFC 9293 s3.1).
 *
 * Ports come first and decide: whatever is wrong with a header between two other ports is nothing to
 * us, it is other traffic. */
#include "dissect/checksum.h"
#include "dissect/layers_p.h"

/* Zero means "not computed" over IPv4 only (RFC 768, RFC 8200 s8.1; RFC 6936 excepts tunnels, not DNS).
 * A length that lies does not tell which bytes were summed, a quoted packet was changed on its way, and
 * behind a routing header the address is another one. */
static enum ks_checksum
checksum_state(const struct ks_walk *walk, const uint8_t *header, bool lies)
{
	const struct ks_datagram *const dg = &walk->dg;
	const bool computed = header[6] != 0 || header[7] != 0;
	if (!computed && !dg->v6)
		return KS_CHECKSUM_NONE;
	if (lies || dg->cap_len < dg->len || walk->in_icmp_error || walk->routed)
		return KS_CHECKSUM_UNKNOWN;
	return computed ? ks_udp_checksum(dg, header, dg->len + 8) : KS_CHECKSUM_BAD;
}

static enum ks_verdict
transport_short(const struct ks_walk *walk)
{
	return ks_walk_short(walk, KS_TRANSPORT_CUT, KS_TRANSPORT_BAD);
}

static bool
read_ports(struct ks_walk *walk, uint8_t proto)
{
	struct ks_datagram *const dg = &walk->dg;
	dg->proto = proto;
	dg->sport = ks_cur_u16(&walk->cur);
	dg->dport = ks_cur_u16(&walk->cur);
	dg->tcp_flags = 0;
	dg->tcp_seq = 0;
	dg->tcp_ack = 0;
	dg->l4_checksum = 0;
	dg->checksum = KS_CHECKSUM_UNKNOWN;
	return !walk->cur.failed;
}

static bool
is_dns(const struct ks_walk *walk)
{
	return ks_ports_has(walk->ports, walk->dg.sport) || ks_ports_has(walk->ports, walk->dg.dport);
}

/* What the cursor is left with is the payload. */
static enum ks_verdict
deliver(struct ks_walk *walk)
{
	walk->dg.data = walk->cur.at;
	walk->dg.cap_len = ks_walk_left(walk);
	walk->dg.len = ks_walk_promised(walk);
	return ks_walk_next(walk, KS_SPACE_END, 0);
}

/* The header is cut behind its ports. RFC 792 promises eight octets of what is quoted, and some send
 * fewer: the ports alone still say whose packet came back. How long its payload was is not known. */
static enum ks_verdict
deliver_ports(struct ks_walk *walk)
{
	if (!walk->in_icmp_error)
		return transport_short(walk);
	ks_cur_skip(&walk->cur, ks_cur_left(&walk->cur));
	walk->missing = 0;
	return deliver(walk);
}

/* The payload of a tunnel, if the destination port is one's: the source port is chosen by the hash of
 * the inner flow (RFC 7348 s5, RFC 8086 s3.2.1) and may be any number. Only GTP gateways are known to
 * send from the well-known port to another one. */
static enum ks_verdict
enter_tunnel(struct ks_walk *walk)
{
	enum { GTP_U = 2152 };
	const uint16_t length = ks_cur_u16(&walk->cur);
	ks_cur_skip(&walk->cur, 2);
	if (walk->cur.failed || (length < 8 && length != 0))
		return KS_NOT_DNS;
	if (length != 0)
		ks_walk_shrink(walk, length - 8u);
	return ks_walk_next(walk, KS_SPACE_PORT, walk->dg.sport == GTP_U ? GTP_U : walk->dg.dport);
}

/* The length of a UDP header may be
 *   0                      a jumbogram (RFC 2675 s4) or segmentation offload: IP's length counts
 *   less than IP's         what follows is not UDP's
 *   more than IP's         a lie, nobody sent those bytes. tshark 4.0 notes a bad length and reads what
 *                          IP carried; refusing the packet would make counts differ from its counts
 *                          over a message that is whole more often than not. */
enum ks_verdict
ks_transport_udp(struct ks_walk *walk)
{
	const uint8_t *const header = walk->cur.at;
	if (!read_ports(walk, KS_PROTO_UDP))
		return transport_short(walk);
	if (!is_dns(walk))
		return enter_tunnel(walk);
	const uint16_t length = ks_cur_u16(&walk->cur);
	ks_cur_skip(&walk->cur, 2);
	if (walk->cur.failed)
		return deliver_ports(walk);
	if (length < 8 && length != 0)
		return KS_TRANSPORT_BAD;
	walk->dg.l4_checksum = ks_be16(header + 6);
	const bool lies = length != 0 && length - 8u > ks_walk_promised(walk);
	if (length != 0)
		ks_walk_shrink(walk, length - 8u);

	const enum ks_verdict verdict = deliver(walk);
	walk->dg.checksum = (uint8_t)checksum_state(walk, header, lies);
	return walk->dg.len == 0 && !walk->in_icmp_error ? KS_DNS_EMPTY : verdict;
}

/* Segments without payload are delivered as well: handshakes and ends mean something to the stream. */
enum ks_verdict
ks_transport_tcp(struct ks_walk *walk)
{
	const uint8_t *const header = walk->cur.at;
	if (!read_ports(walk, KS_PROTO_TCP))
		return transport_short(walk);
	if (!is_dns(walk))
		return KS_NOT_DNS;
	if (ks_cur_left(&walk->cur) >= 4)
		walk->dg.tcp_seq = ks_be32(header + 4);
	if (ks_cur_take(&walk->cur, 16) == NULL)
		return deliver_ports(walk);
	walk->dg.tcp_ack = ks_be32(header + 8);
	walk->dg.tcp_flags = header[13];
	walk->dg.l4_checksum = ks_be16(header + 16);
	const uint32_t header_size = (header[12] >> 4) * 4u;
	if (header_size < 20 || header_size - 20 > ks_walk_promised(walk))
		return KS_TRANSPORT_BAD;
	if (ks_cur_take(&walk->cur, header_size - 20) == NULL)
		return deliver_ports(walk);
	return deliver(walk);
}
