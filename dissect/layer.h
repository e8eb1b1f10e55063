/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/layer.h -- the walk from a captured frame down to UDP or TCP.
 *
 * Every header is one function that reads itself from the walk's cursor and names what comes next by
 * a number of one of five namespaces. The tables in layer.c join numbers to functions, so a new link
 * type or encapsulation is one function in a file of its own and one table row. Nesting is bounded
 * by KS_LAYERS_MAX headers a packet.
 *
 * Memory:  none. Threads: no state. Input: hostile. */
#ifndef KS_DISSECT_LAYER_H
#define KS_DISSECT_LAYER_H

#include "dissect/cursor.h"
#include "dissect/frag.h"
#include "dissect/packet.h"
#include "dissect/verdict.h"

/* More than any real stack of tags, labels and tunnels; one unit is one header. */
enum { KS_LAYERS_MAX = 24 };

/* Whose numbers `ks_next.number` is one of. */
enum ks_space {
	KS_SPACE_LINK,  /* LINKTYPE_ */
	KS_SPACE_ETHER, /* EtherType */
	KS_SPACE_PPP,   /* PPP protocol */
	KS_SPACE_IP,    /* IP protocol */
	KS_SPACE_PORT,  /* UDP port of a tunnel */
	KS_SPACE_END    /* the walk is over; ret_datagram or ret_piece is complete */
};

struct ks_next {
	enum ks_space space;
	uint32_t number;
};

/* State of one walk. A layer function reads `cur`, fills what it knows, sets `next`. */
struct ks_walk {
	struct ks_cur cur; /* rest of the captured bytes, limited to the innermost length seen */
	uint32_t missing;  /* bytes that the innermost length promises beyond those captured */
	struct ks_next next;
	struct ks_datagram dg;      /* filled from the outside in; inner headers overwrite outer ones */
	struct ks_frag_piece piece; /* set when is_fragment */
	bool is_fragment;
	bool in_icmp_error; /* inside the packet that an ICMP error quotes */
	bool seen_ip;
	bool routed;              /* a routing header names later hops: the UDP checksum is for the last */
	struct ks_addr icmp_from; /* sender of the ICMP error, if in_icmp_error */
	uint8_t icmp_type, icmp_code;
	unsigned depth;
	const struct ks_ports *ports;
};

/* Which ports are DNS: one bit a port. */
struct ks_ports {
	uint64_t bits[1024];
};

static inline bool
ks_ports_has(const struct ks_ports *ports, uint16_t port)
{
	return (ports->bits[port >> 6] >> (port & 63) & 1) != 0;
}

static inline void
ks_ports_add(struct ks_ports *ports, uint16_t port)
{
	ports->bits[port >> 6] |= UINT64_C(1) << (port & 63);
}

typedef enum ks_verdict ks_layer_fn(struct ks_walk *walk);

/* Walk `packet` down.
 *   KS_DNS               walk->dg is a UDP datagram or TCP segment of which one port is in `ports`
 *                        (whether it is DNS, its content will tell); if walk->in_icmp_error it is the
 *                        one that an ICMP error quotes, perhaps cut
 *   KS_FRAGMENT_PENDING  walk->piece is a fragment for ks_frag_feed
 *   any other            the packet's verdict */
KS_MUST_CHECK enum ks_verdict ks_layers_walk(struct ks_walk *walk, const struct ks_packet *packet,
					     const struct ks_ports *ports);

/* Go on behind a datagram that ks_frag_feed made whole: `whole` replaces the bytes that `walk`, which
 * returned KS_FRAGMENT_PENDING, ended at. Returns as ks_layers_walk does (a fragment within is
 * KS_TOO_DEEP's business: it is refused). */
KS_MUST_CHECK enum ks_verdict ks_layers_resume(struct ks_walk *walk, const struct ks_frag_whole *whole);

#endif
