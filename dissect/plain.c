/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/plain.h"

#include "dissect/checksum.h"
#include "dissect/layers_p.h"

enum { ETHERNET = 1, ETHERNET_BYTES = 14, IPV4_BYTES = 20, IPV6_BYTES = 40, UDP_BYTES = 8 };

/* Where the UDP header is, and how long what it heads. */
struct inside {
	const uint8_t *udp;
	uint32_t n;
};

/* RFC 791 s3.1. Of the fragment field only "do not fragment" may be set. */
static bool
read_ipv4(const uint8_t *at, uint32_t n, struct ks_datagram *ret, struct inside *ret_inside)
{
	enum { VERSION_AND_LENGTH = 0x45, FRAGMENT = 0x3fff };
	if (n < IPV4_BYTES + UDP_BYTES || at[0] != VERSION_AND_LENGTH || at[9] != KS_PROTO_UDP ||
	    (ks_be16(at + 6) & FRAGMENT) != 0)
		return false;
	const uint32_t total = ks_be16(at + 2);
	if (total < IPV4_BYTES + UDP_BYTES || total > n)
		return false;
	ks_dg_from_ipv4(ret, at, total);
	*ret_inside = (struct inside){at + IPV4_BYTES, total - IPV4_BYTES};
	return true;
}

/* RFC 8200 s3 */
static bool
read_ipv6(const uint8_t *at, uint32_t n, struct ks_datagram *ret, struct inside *ret_inside)
{
	if (n < IPV6_BYTES + UDP_BYTES || at[0] >> 4 != 6 || at[6] != KS_PROTO_UDP)
		return false;
	const uint32_t payload = ks_be16(at + 4);
	if (payload < UDP_BYTES || payload > n - IPV6_BYTES)
		return false;
	ks_dg_from_ipv6(ret, at, IPV6_BYTES + payload);
	*ret_inside = (struct inside){at + IPV6_BYTES, payload};
	return true;
}

/* As checksum_state in transport.c, for a datagram that is whole. */
static enum ks_checksum
checksum_of(const struct ks_datagram *dg, const struct inside *inside)
{
	if (dg->l4_checksum != 0)
		return ks_udp_checksum(dg, inside->udp, inside->n);
	return dg->v6 ? KS_CHECKSUM_BAD : KS_CHECKSUM_NONE;
}

static bool
read_udp(const struct inside *inside, const struct ks_ports *ports, struct ks_datagram *ret)
{
	const uint8_t *const at = inside->udp;
	ret->sport = ks_be16(at);
	ret->dport = ks_be16(at + 2);
	if (ks_be16(at + 4) != inside->n || inside->n == UDP_BYTES ||
	    !(ks_ports_has(ports, ret->sport) || ks_ports_has(ports, ret->dport)))
		return false;
	ret->proto = KS_PROTO_UDP;
	ret->tcp_flags = 0;
	ret->tcp_seq = 0;
	ret->tcp_ack = 0;
	ret->data = at + UDP_BYTES;
	ret->cap_len = ret->len = inside->n - UDP_BYTES;
	ret->packets = 1;
	ret->l4_checksum = ks_be16(at + 6);
	ret->checksum = (uint8_t)checksum_of(ret, inside);
	return true;
}

bool
ks_plain_read(const struct ks_packet *packet, const struct ks_ports *ports, struct ks_datagram *ret)
{
	const uint8_t *const at = packet->data;
	struct inside inside;
	if (packet->linktype != ETHERNET || packet->cap_len != packet->wire_len ||
	    packet->cap_len < ETHERNET_BYTES + IPV4_BYTES + UDP_BYTES)
		return false;
	const uint32_t n = packet->cap_len - ETHERNET_BYTES;
	const uint16_t type = ks_be16(at + 12);
	ret->wire_bytes = packet->wire_len;
	if (type == KS_ETHER_IPV4)
		return read_ipv4(at + ETHERNET_BYTES, n, ret, &inside) && read_udp(&inside, ports, ret);
	if (type == KS_ETHER_IPV6)
		return read_ipv6(at + ETHERNET_BYTES, n, ret, &inside) && read_udp(&inside, ports, ret);
	return false;
}
