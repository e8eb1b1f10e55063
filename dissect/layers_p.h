/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/layers_p.h -- what the layer functions share; private to dissect/.
 *
 * A layer function reads its header from walk->cur and returns
 *   KS_DNS       go on with walk->next (the name means no more than that here)
 *   any other    the verdict of the packet.
 * It finds its own number in walk->next until it writes the next one there.
 *
 * Two counts run along: the bytes at hand (walk->cur) and those that the innermost length promises
 * beyond them (walk->missing). Their sum is what sizes are made of; only the first is ever read. */
#ifndef KS_DISSECT_LAYERS_P_H
#define KS_DISSECT_LAYERS_P_H

#include "dissect/layer.h"

/* IEEE 802 numbers, "EtherType" registry; those that more than one file names. */
enum { KS_ETHER_IPV4 = 0x0800, KS_ETHER_IPV6 = 0x86dd, KS_ETHER_BRIDGED = 0x6558, KS_ETHER_MPLS = 0x8847 };

enum { KS_PPP_IPV4 = 0x0021, KS_PPP_IPV6 = 0x0057 };

static inline enum ks_verdict
ks_walk_next(struct ks_walk *walk, enum ks_space space, uint32_t number)
{
	walk->next = (struct ks_next){.space = space, .number = number};
	return KS_DNS;
}

/* Bytes at hand, narrowed: a frame, and so every length within it, fits into 32 bits. */
static inline uint32_t
ks_walk_left(const struct ks_walk *walk)
{
	return (uint32_t)ks_cur_left(&walk->cur);
}

/* Bytes from the cursor on that the headers so far promise. */
static inline uint32_t
ks_walk_promised(const struct ks_walk *walk)
{
	return ks_walk_left(walk) + walk->missing;
}

/* The promise is `n` bytes from the cursor on, be that less than before (padding, trailers) or more
 * (a quoted packet, a frame whose record forgot how long it was). */
static inline void
ks_walk_promise(struct ks_walk *walk, uint32_t n)
{
	const uint32_t left = ks_walk_left(walk);
	ks_cur_limit(&walk->cur, n);
	walk->missing = n > left ? n - left : 0;
}

/* As ks_walk_promise, but the length around is believed when it is the smaller one. */
static inline void
ks_walk_shrink(struct ks_walk *walk, uint32_t n)
{
	if (n < ks_walk_promised(walk))
		ks_walk_promise(walk, n);
}

/* A header did not fit: `cut` if the capture kept bytes from us, `bad` if there never were more. */
static inline enum ks_verdict
ks_walk_short(const struct ks_walk *walk, enum ks_verdict cut, enum ks_verdict bad)
{
	return walk->missing > 0 ? cut : bad;
}

/* What an IPv4 or IPv6 header tells of the packet, `ip_bytes` long: RFC 791 s3.1, RFC 8200 s3. */
static inline void
ks_dg_from_ipv4(struct ks_datagram *dg, const uint8_t *header, uint32_t ip_bytes)
{
	dg->src = ks_addr_from_v4(header + 12);
	dg->dst = ks_addr_from_v4(header + 16);
	dg->ttl = header[8];
	dg->v6 = false;
	dg->ip_id = ks_be16(header + 4);
	dg->ip_bytes = ip_bytes;
}

static inline void
ks_dg_from_ipv6(struct ks_datagram *dg, const uint8_t *header, uint32_t ip_bytes)
{
	dg->src = ks_addr_from_v6(header + 8);
	dg->dst = ks_addr_from_v6(header + 24);
	dg->ttl = header[7];
	dg->v6 = true;
	dg->ip_id = 0;
	dg->ip_bytes = ip_bytes;
}

/* link.c */
ks_layer_fn ks_link_ethernet, ks_link_fddi, ks_link_wifi, ks_link_radiotap;
ks_layer_fn ks_link_vlan;
ks_layer_fn ks_link_null, ks_link_raw, ks_link_sll, ks_link_sll2, ks_link_nflog, ks_link_pktap;
ks_layer_fn ks_link_ppp, ks_link_ppp_hdlc, ks_link_c_hdlc, ks_link_pppoe;

/* An IP packet by the version that its first four bits tell; `otherwise` for any other version. */
enum ks_verdict ks_link_ip(struct ks_walk *walk, enum ks_verdict otherwise);

/* tunnel.c */
ks_layer_fn ks_tunnel_mpls, ks_tunnel_gre, ks_tunnel_vxlan, ks_tunnel_geneve, ks_tunnel_gtp;

/* net.c */
ks_layer_fn ks_net_ipv4, ks_net_ipv6, ks_net_option, ks_net_auth, ks_net_fragment;
ks_layer_fn ks_net_icmp, ks_net_icmp6;

/* transport.c */
ks_layer_fn ks_transport_udp, ks_transport_tcp;

#endif
