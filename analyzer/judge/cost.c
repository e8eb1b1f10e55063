/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/cost.h"

#include <math.h>

enum {
	UDP_HEADER = 8,
	IP_HEADER = 20,
	FRAGMENT = 1500 - IP_HEADER,  /* 1480, a multiple of eight as fragments must be */
	FRAME_LEAST = 46,             /* payload of the shortest frame */
	FRAME_EXTRA = 14 + 4 + 8 + 12 /* header, FCS, preamble and delimiter, gap */
};

/* Packets of a datagram. fmax() takes the other one for NaN, so NaN must not come here. */
static double
packets(double message_bytes)
{
	return fmax(1, ceil((message_bytes + UDP_HEADER) / FRAGMENT));
}

double
ks_cost_ip_bytes(double message_bytes)
{
	if (isnan(message_bytes))
		return NAN;
	return message_bytes + UDP_HEADER + packets(message_bytes) * IP_HEADER;
}

/* Only the last packet can be too short for a frame. */
double
ks_cost_ethernet_bytes(double message_bytes)
{
	if (isnan(message_bytes))
		return NAN;
	const double n = packets(message_bytes);
	const double last = message_bytes + UDP_HEADER - (n - 1) * FRAGMENT + IP_HEADER;
	return ks_cost_ip_bytes(message_bytes) + fmax(0, FRAME_LEAST - last) + n * FRAME_EXTRA;
}

struct ks_cost
ks_cost_of_answers(double qps, double message_bytes)
{
	return (struct ks_cost){
		.dns_bps = qps * message_bytes * 8,
		.ip_bps = qps * ks_cost_ip_bytes(message_bytes) * 8,
		.wire_bps = qps * ks_cost_ethernet_bytes(message_bytes) * 8,
	};
}
