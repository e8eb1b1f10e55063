/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/cost.h -- what DNS messages of a size cost on the wire.
 *
 * Input:     octets of one DNS message over UDP, whole or a mean, and a rate. Pure functions.
 * Method:    DOMAIN A1 1-04. Layers as a link meter would see them: IP with its and UDP's header, Ethernet
 *            with header, FCS, preamble and the gap between frames. What is longer than the MTU of 1500
 *            travels in fragments; frames too short are padded.
 * Limits:    IPv4, no VLAN tag; over TCP there are more packets than this.
 * Unknown:   NaN in, NaN out.
 * Memory:    none. Threads: no state.
 * Standards: RFC 768, RFC 791 s3.2 (fragments begin at multiples of 8 octets), IEEE 802.3 clauses 3 and
 *            4.4.2. */
#ifndef KS_ANALYZER_JUDGE_COST_H
#define KS_ANALYZER_JUDGE_COST_H

#include "dissect/base.h"

/* Octets of the IP packets, and of the Ethernet frames, of one message. Exact for whole numbers. */
double ks_cost_ip_bytes(double message_bytes);
double ks_cost_ethernet_bytes(double message_bytes);

struct ks_cost {
	double dns_bps, ip_bps, wire_bps;
};
struct ks_cost ks_cost_of_answers(double qps, double message_bytes);

#endif
