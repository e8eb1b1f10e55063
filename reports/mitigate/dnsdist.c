/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dnsdist: the only one of the four that can hold an answer back, by source and type. */
#include "reports/mitigate/mitigate.h"

#define COMMENT "--"

static void
caveats(const struct ks_mitigate_plan *plan, struct ks_buf *buf)
{
	(void)plan;
	ks_mitigate_say(
		buf, COMMENT,
		"Delays are for sources whose next query waits for the answer. A client that does not get "
		"one within its patience, often less than a second, asks another server of the zone: put "
		"the file in front of all of them.");
	ks_mitigate_say(
		buf, COMMENT,
		"Only UDP is delayed and limited. What is limited is truncated, so that a real client "
		"comes back over TCP: that costs connections instead of octets, and whoever forges "
		"addresses gets nothing.");
}

/* Sources of one tier share a group. */
static void
put_tier(struct ks_buf *buf, const struct ks_mitigate_zone *zone, enum ks_relief_tier tier)
{
	bool any = false;
	for (size_t i = 0; i < zone->n_sources; i++) {
		const struct ks_mitigate_source *const source = &zone->sources[i];
		char text[KS_ADDR_TEXT];
		if (!source->named || source->tier != tier || source->delay_ms == 0)
			continue;
		if (!any)
			ks_buf_text(buf, "  slow = newNMG()\n");
		any = true;
		ks_buf_printf(buf, "  slow:addMask(\"%s/%d\")\n", ks_addr_print(&source->addr, text),
			      ks_addr_is_v4(&source->addr) ? 32 : 128);
	}
	if (any)
		ks_buf_printf(buf, "  addAction(AndRule({keys, NetmaskGroupRule(slow)}), DelayAction(%u))\n",
			      ks_relief_delay_ms(tier));
}

static void
put_zone(struct ks_buf *buf, const struct ks_mitigate_plan *plan, const struct ks_mitigate_zone *zone)
{
	/* A block of its own: Lua has room for 200 local names in each. */
	ks_buf_text(buf, "do\n  local slow\n  local keys = AndRule({QNameRule(");
	ks_mitigate_put_name(buf, zone, "\\\\");
	ks_buf_text(buf, "), QTypeRule(DNSQType.DNSKEY), TCPRule(false)})\n");
	for (int tier = 0; tier < KS_TIERS; tier++)
		put_tier(buf, zone, (enum ks_relief_tier)tier);
	if (ks_mitigate_limits(zone))
		ks_buf_printf(buf, "  addAction(AndRule({keys, MaxQPSIPRule(%u, 32, 64)}), TCAction())\n",
			      plan->dnskey_qps);
	ks_buf_text(buf, "end\n");
}

static void
statements(const struct ks_mitigate_plan *plan, struct ks_buf *buf)
{
	for (size_t i = 0; i < plan->n_zones; i++)
		if (ks_mitigate_limits(&plan->zones[i]) || ks_mitigate_named(&plan->zones[i]) > 0)
			put_zone(buf, plan, &plan->zones[i]);
}

const struct ks_mitigate_ops ks_mitigate_dnsdist = {
	.name = "dnsdist",
	.names = true,
	.title = "dnsdist 1.7 and later",
	.comment = COMMENT,
	.check = "dnsdist --check-config -C FILE",
	.caveats = caveats,
	.statements = statements,
};
