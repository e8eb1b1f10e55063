/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Knot DNS: mod-rrl limits all UDP queries of an address to a zone, whatever their type. */
#include "reports/mitigate/mitigate.h"

#define COMMENT "#"

static void
caveats(const struct ks_mitigate_plan *plan, struct ks_buf *buf)
{
	(void)plan;
	ks_mitigate_say(buf, COMMENT,
			"mod-rrl limits all queries of an address over UDP, not only DNSKEY, and cannot "
			"delay: the rate "
			"leaves room for the busiest client that was seen, but use it only while the storm "
			"lasts.");
	ks_mitigate_say(buf, COMMENT,
			"TCP is not limited, and with mod-cookies before mod-rrl neither is a client with a "
			"valid server "
			"cookie: BIND resolvers send cookies, Unbound and Knot Resolver do not. rate-limit "
			"is known to 3.x; "
			"what later versions add (instant-limit, dry-run) 3.2 refuses, so it is not here.");
	ks_mitigate_say(buf, COMMENT, "Put the line module into the entries that your zones have already.");
}

static void
statements(const struct ks_mitigate_plan *plan, struct ks_buf *buf)
{
	const bool doubts = ks_mitigate_any_doubts(plan);
	ks_mitigate_say(buf, COMMENT,
			doubts ? "slip 2: against forged addresses every second limited answer is silence."
			       : "slip 1: all who are limited learn that they may come over TCP.");
	ks_buf_printf(buf, "mod-rrl:\n  - id: keystorm\n    rate-limit: %u\n    slip: %d\n\nzone:\n",
		      plan->all_qps, doubts ? 2 : 1);
	for (size_t i = 0; i < plan->n_zones; i++) {
		if (!ks_mitigate_limits(&plan->zones[i]))
			continue;
		ks_buf_text(buf, "  - domain: ");
		ks_mitigate_put_name(buf, &plan->zones[i], "\\");
		ks_buf_text(buf, "\n    module: mod-rrl/keystorm\n");
	}
}

const struct ks_mitigate_ops ks_mitigate_knot = {
	.name = "knot",
	.title = "Knot DNS 3.2 and later",
	.comment = COMMENT,
	.check = "knotc -c FILE conf-check",
	.caveats = caveats,
	.statements = statements,
};
