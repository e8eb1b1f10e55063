/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/cost.h -- what answers of a size cost on the wire.
 *
 * Input:    a rate and the octets of one DNS message over UDP. Pure functions.
 * Method:   DOMAIN A1 1-04. Layers as a link meter would see them: IP with its and UDP's header, Ethernet
 * with header, FCS, preamble and the gap between frames. Limits:   IPv4, no VLAN tag; over TCP there are more
 * packets than this. Standards: RFC 768, RFC 791 (fragments begin at multiples of 8 octets), IEEE 802.3
 * (clauses 3 and 4.4.2). */
#ifndef KS_ANALYZER_JUDGE_COST_H
#define KS_ANALYZER_JUDGE_COST_H

#include "dissect/base.h"

struct ks_cost {
	double dns_bps, ip_bps, wire_bps;
};

/* NaN in, NaN out. */
struct ks_cost ks_cost_of_answers(double qps, double message_bytes);

#endif
