/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/cost.h"

#include <math.h>

enum {
	UDP_HEADER = 8,
	IP_HEADER = 20,
	FRAGMENT = 1480, /* octets behind the header, at an MTU of 1500 */
	FRAME_LEAST = 46,
	FRAME_EXTRA = 14 + 4 + 8 + 12 /* header, FCS, preamble, gap */
};

struct ks_cost
ks_cost_of_answers(double qps, double message_bytes)
{
	const double payload = message_bytes + UDP_HEADER;
	const double frames = fmax(1, ceil(payload / FRAGMENT));
	const double ip = payload + frames * IP_HEADER;
	const double wire = (frames > 1 ? ip : fmax(ip, FRAME_LEAST)) + frames * FRAME_EXTRA;
	/* fmax() takes the other one for NaN. */
	if (isnan(message_bytes))
		return (struct ks_cost){NAN, NAN, NAN};
	return (struct ks_cost){qps * message_bytes * 8, qps * ip * 8, qps * wire * 8};
}
