/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/layer.c -- which number means which header, and the loop that goes from one to the next. */
#include "dissect/layer.h"

#include "dissect/layers_p.h"

struct row {
	uint32_t number;
	ks_layer_fn *read;
};

/* The rows are searched from the top: what most packets are made of comes first, so that the plain
 * packet finds each of its headers at once and a rare one pays a dozen comparisons. */

/* tcpdump.org/linktypes.html. libpcap hands out its own DLT_RAW (12, on OpenBSD 14) for a file's 101. */
static const struct row link_rows[] = {
	{1, ks_link_ethernet}, /* EN10MB */
	{276, ks_link_sll2},   /* LINUX_SLL2 */
	{113, ks_link_sll},    /* LINUX_SLL */
	{101, ks_link_raw},    /* RAW */
	{12, ks_link_raw},     /* DLT_RAW */
	{14, ks_link_raw},     /* DLT_RAW of OpenBSD */
	{228, ks_link_raw},    /* IPV4: the label is known to be wrong, the version in the header is not */
	{229, ks_link_raw},    /* IPV6 */
	{0, ks_link_null},     /* NULL */
	{108, ks_link_null},   /* LOOP */
	{9, ks_link_ppp},      /* PPP */
	{50, ks_link_ppp_hdlc},  {51, ks_link_pppoe},                        /* PPP_ETHER */
	{104, ks_link_c_hdlc},   {239, ks_link_nflog}, {105, ks_link_wifi},  /* IEEE802_11 */
	{127, ks_link_radiotap}, {10, ks_link_fddi},   {258, ks_link_pktap}, /* PKTAP */
	{149, ks_link_pktap}, /* USER2, which Darwin wrote before PKTAP had a number */
};

static const struct row ether_rows[] = {
	{KS_ETHER_IPV4, ks_net_ipv4},
	{KS_ETHER_IPV6, ks_net_ipv6},
	{0x8100, ks_link_vlan}, /* IEEE 802.1Q customer tag */
	{0x88a8, ks_link_vlan}, /* IEEE 802.1Q service tag */
	{0x9100, ks_link_vlan}, /* stacked tags before 802.1ad */
	{KS_ETHER_MPLS, ks_tunnel_mpls},
	{0x8848, ks_tunnel_mpls}, /* upstream-assigned label, RFC 5332 */
	{0x8864, ks_link_pppoe},  /* PPPoE session, RFC 2516 */
	{KS_ETHER_BRIDGED, ks_link_ethernet},
};

static const struct row ppp_rows[] = {
	{KS_PPP_IPV4, ks_net_ipv4},
	{KS_PPP_IPV6, ks_net_ipv6},
	{0x0281, ks_tunnel_mpls}, /* RFC 3032 s4 */
	{0x0283, ks_tunnel_mpls},
};

static const struct row ip_rows[] = {
	{KS_PROTO_UDP, ks_transport_udp},
	{KS_PROTO_TCP, ks_transport_tcp},
	{KS_PROTO_ICMP, ks_net_icmp},
	{KS_PROTO_ICMP6, ks_net_icmp6},
	{44, ks_net_fragment}, /* RFC 8200 s4.5 */
	{0, ks_net_option},    /* hop-by-hop options, RFC 8200 s4.3 */
	{60, ks_net_option},   /* destination options, RFC 8200 s4.6 */
	{43, ks_net_option},   /* routing, RFC 8200 s4.4 */
	{4, ks_net_ipv4},      /* RFC 2003 */
	{41, ks_net_ipv6},     /* RFC 2473, RFC 4213 */
	{47, ks_tunnel_gre},   /* RFC 2784 */
	{51, ks_net_auth},     /* RFC 4302 */
	{135, ks_net_option},  /* mobility, RFC 6275 s6.1 */
	{139, ks_net_option},  /* host identity, RFC 7401 s5.1 */
	{140, ks_net_option},  /* shim6, RFC 5533 s5.1 */
};

static const struct row port_rows[] = {
	{4789, ks_tunnel_vxlan},  /* RFC 7348 */
	{8472, ks_tunnel_vxlan},  /* what Linux used before there was a number, and still does by default */
	{6081, ks_tunnel_geneve}, /* RFC 8926 */
	{2152, ks_tunnel_gtp},    /* 3GPP TS 29.281 */
	{4754, ks_tunnel_gre},    /* RFC 8086 */
};

static const struct {
	const struct row *rows;
	size_t n;
	enum ks_verdict unknown; /* verdict over a number that no row has */
} spaces[KS_SPACE_END] = {
	[KS_SPACE_LINK] = {link_rows, KS_COUNT(link_rows), KS_LINK_UNKNOWN},
	[KS_SPACE_ETHER] = {ether_rows, KS_COUNT(ether_rows), KS_NOT_DNS},
	[KS_SPACE_PPP] = {ppp_rows, KS_COUNT(ppp_rows), KS_NOT_DNS},
	[KS_SPACE_IP] = {ip_rows, KS_COUNT(ip_rows), KS_NOT_DNS},
	[KS_SPACE_PORT] = {port_rows, KS_COUNT(port_rows), KS_NOT_DNS},
};

static enum ks_verdict
step(struct ks_walk *walk)
{
	const struct row *const rows = spaces[walk->next.space].rows;
	const size_t n = spaces[walk->next.space].n;
	for (size_t i = 0; i < n; i++) {
		if (rows[i].number == walk->next.number)
			return rows[i].read(walk);
	}
	return spaces[walk->next.space].unknown;
}

static enum ks_verdict
descend(struct ks_walk *walk)
{
	enum ks_verdict verdict = KS_DNS;
	while (verdict == KS_DNS && walk->next.space != KS_SPACE_END)
		verdict = walk->depth++ < KS_LAYERS_MAX ? step(walk) : KS_TOO_DEEP;
	/* What is wrong with the packet that an ICMP error quotes is not wrong with the error: quotes are
	 * cut by design and rewritten by routers on the way. */
	if (verdict != KS_DNS && walk->in_icmp_error)
		return KS_NOT_DNS;
	return verdict;
}

/* Only what some path reads without writing it first is set: clearing the whole walk would cost as
 * much as the walk of a plain packet. */
enum ks_verdict
ks_layers_walk(struct ks_walk *walk, const struct ks_packet *packet, const struct ks_ports *ports)
{
	walk->cur = ks_cur_init(packet->data, packet->cap_len);
	walk->missing = packet->wire_len > packet->cap_len ? packet->wire_len - packet->cap_len : 0;
	walk->next = (struct ks_next){.space = KS_SPACE_LINK, .number = (uint32_t)packet->linktype};
	walk->is_fragment = false;
	walk->in_icmp_error = false;
	walk->seen_ip = false;
	walk->depth = 0;
	walk->ports = ports;
	walk->piece.time_ns = packet->time_ns;
	walk->dg.wire_bytes = packet->wire_len;
	walk->dg.packets = 1;
	return descend(walk);
}

enum ks_verdict
ks_layers_resume(struct ks_walk *walk, const struct ks_frag_whole *whole)
{
	assert(walk->is_fragment);
	walk->cur = ks_cur_init(whole->data, whole->cap_len);
	walk->missing = whole->len - whole->cap_len;
	walk->next = (struct ks_next){.space = KS_SPACE_IP, .number = walk->piece.proto};
	walk->is_fragment = false;
	walk->dg.ip_bytes = whole->ip_bytes;
	walk->dg.wire_bytes = whole->wire_bytes;
	walk->dg.packets = whole->pieces;
	const enum ks_verdict verdict = descend(walk);
	/* Fragments in fragments would buy a packet reassembly twice, and the inner piece would point into
	 * the very buffer that the next call of ks_frag_feed gives away. */
	return verdict == KS_FRAGMENT_PENDING ? KS_TOO_DEEP : verdict;
}
