/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/plain.h -- the packet that nearly all of DNS is made of, read without walking down its layers.
 *
 * Ethernet without tags, IPv4 without options or IPv6 without extension headers, UDP, whole, every length
 * equal to what its neighbour says. Such headers stand in fixed places, and ks_layers_walk, which steps from
 * one to the next, takes more than twice as many instructions (checksum aside). Whatever is otherwise in any
 * way is left to it, so nothing is decided here but what both would say alike (tests compare them).
 *
 * Memory:  none; the datagram points into the packet. Threads: no state. Input: hostile. */
#ifndef KS_DISSECT_PLAIN_H
#define KS_DISSECT_PLAIN_H

#include "dissect/layer.h"

/* A plain UDP datagram, not empty, of which one port is in `ports`: true, and `ret` is what ks_layers_walk
 * makes of it, whose verdict is KS_DNS. False: not known, `ret` may be half written. */
KS_MUST_CHECK bool ks_plain_read(const struct ks_packet *packet, const struct ks_ports *ports,
				 struct ks_datagram *ret);

#endif
