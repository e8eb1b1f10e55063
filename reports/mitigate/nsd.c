/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NSD: its limit has a class of DNSKEY answers. Every other class of the zone is let pass at rate 0, that is
 * without limit. It cannot be told whom to limit. */
#include "reports/mitigate/mitigate.h"

#define COMMENT "#"

static void
caveats(const struct ks_mitigate_plan *plan, struct ks_buf *buf)
{
	(void)plan;
	ks_mitigate_say(
		buf, COMMENT,
		"NSD limits by address, not by a list, and cannot delay. In zones without the lines "
		"rrl-whitelist "
		"the rate below holds for all answers: give those zones the pattern too, or a higher rate.");
	ks_mitigate_say(
		buf, COMMENT,
		"TCP is not limited. With answer-cookie: yes (the default is no) neither is a client with a "
		"valid server cookie; BIND resolvers send cookies, Unbound and Knot Resolver do not.");
	ks_mitigate_say(
		buf, COMMENT,
		"Put include-pattern into the clauses that your zones have already; the zonefile here only "
		"makes the file complete.");
}

static const char *const classes[] = {
	"nxdomain", "error", "referral", "any", "rrsig", "wildcard", "nodata", "positive",
};

static void
put_server(struct ks_buf *buf, const struct ks_mitigate_plan *plan)
{
	const bool doubts = ks_mitigate_any_doubts(plan);
	ks_mitigate_say(
		buf, COMMENT,
		doubts ? "rrl-slip 2: against forged addresses every second limited answer is silence."
		       : "rrl-slip 1: all who are limited learn that they may come over TCP.");
	ks_buf_printf(buf,
		      "server:\n  rrl-ratelimit: %u\n  rrl-slip: %d\n  rrl-ipv4-prefix-length: %d\n"
		      "  rrl-ipv6-prefix-length: 64\n  rrl-whitelist-ratelimit: 0\n\n",
		      plan->dnskey_qps, doubts ? 2 : 1, doubts ? 24 : 32);
}

static void
put_pattern(struct ks_buf *buf)
{
	ks_buf_text(buf, "pattern:\n  name: \"keystorm-dnskey-only\"\n");
	for (size_t i = 0; i < KS_COUNT(classes); i++)
		ks_buf_printf(buf, "  rrl-whitelist: %s\n", classes[i]);
}

static void
statements(const struct ks_mitigate_plan *plan, struct ks_buf *buf)
{
	put_server(buf, plan);
	put_pattern(buf);
	for (size_t i = 0; i < plan->n_zones; i++) {
		if (!ks_mitigate_limits(&plan->zones[i]))
			continue;
		ks_buf_text(buf, "\nzone:\n  name: ");
		ks_mitigate_put_name(buf, &plan->zones[i], "\\");
		ks_buf_printf(buf,
			      "\n  zonefile: \"zone-%zu\"\n  include-pattern: \"keystorm-dnskey-only\"\n",
			      i + 1);
	}
}

const struct ks_mitigate_ops ks_mitigate_nsd = {
	.name = "nsd",
	.title = "NSD 4.6 and later",
	.comment = COMMENT,
	.check = "nsd-checkconf FILE",
	.caveats = caveats,
	.statements = statements,
};
