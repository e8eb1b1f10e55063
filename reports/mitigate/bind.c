/* SPDX-License-Identifier: BSD-2-Clause
 *
 * BIND: limits equal answers to a client, that is by name and type, so that DNSKEY answers of other zones and
 * all other types keep a budget of their own. Who is not named is exempt, where somebody is named. */
#include <string.h>

#include "reports/mitigate/mitigate.h"

#define COMMENT "//"

/* Named offenders need less than one answer a second; the rest is a matter of TCP. */
enum { NAMED_QPS = 1 };

static void
caveats(const struct ks_mitigate_plan *plan, struct ks_buf *buf)
{
	size_t n_cookies;
	const size_t n_named = ks_mitigate_all_named(plan, &n_cookies);
	ks_mitigate_say(
		buf, COMMENT,
		"BIND cannot delay. TCP is not limited, and neither is a client with a valid server "
		"cookie: BIND "
		"resolvers send cookies, Unbound and Knot Resolver do not. Of the %zu named, %zu send "
		"cookies%s.",
		n_named, n_cookies, n_cookies > 0 ? " and may not feel anything" : "");
	ks_mitigate_say(buf, COMMENT,
			"Other answers than positive ones are not limited (0). log-only only logs: take that "
			"line away when the log shows the right ones. If there "
			"is a "
			"rate-limit already, it takes these lines; there can be one.");
}

/* A source may be heavy on several zones. */
static bool
was_put(const struct ks_mitigate_plan *plan, size_t zone, const struct ks_addr *addr)
{
	for (size_t i = 0; i < zone; i++)
		for (size_t j = 0; j < plan->zones[i].n_sources; j++)
			if (plan->zones[i].sources[j].named &&
			    ks_addr_equal(&plan->zones[i].sources[j].addr, addr))
				return true;
	return false;
}

static void
put_acl(struct ks_buf *buf, const struct ks_mitigate_plan *plan)
{
	char text[KS_ADDR_TEXT];
	ks_buf_text(buf, "acl \"keystorm-offenders\" {\n");
	for (size_t i = 0; i < plan->n_zones; i++)
		for (size_t j = 0; j < plan->zones[i].n_sources; j++) {
			const struct ks_mitigate_source *const source = &plan->zones[i].sources[j];
			if (source->named && !was_put(plan, i, &source->addr))
				ks_buf_printf(buf, "\t%s;\n", ks_addr_print(&source->addr, text));
		}
	ks_buf_text(buf, "};\n\n");
}

static const char *
whom_sentence(bool doubts, bool named)
{
	if (doubts)
		return "Addresses may be forged: the limit is for everybody, and with slip 2 every second "
		       "limited "
		       "answer is silence.";
	if (named)
		return "The limit is for the named alone; slip 1 tells them that they may come over TCP.";
	return "The limit is for everybody; slip 1 tells who is limited that he may come over TCP.";
}

static void
statements(const struct ks_mitigate_plan *plan, struct ks_buf *buf)
{
	size_t n_cookies;
	/* Where addresses may be forged, limits are for everybody, whoever is named besides. */
	const bool doubts = ks_mitigate_any_doubts(plan);
	const bool named = !doubts && ks_mitigate_all_named(plan, &n_cookies) > 0;
	if (named)
		put_acl(buf, plan);
	ks_mitigate_say(buf, COMMENT, "%s", whom_sentence(doubts, named));
	ks_buf_printf(buf,
		      "options {\n\trate-limit {\n\t\tresponses-per-second %u;\n\t\twindow 15;\n\t\tslip "
		      "%d;\n"
		      "\t\tipv4-prefix-length %d;\n\t\tipv6-prefix-length 64;\n\t\tmax-table-size 100000;\n"
		      "\t\tnxdomains-per-second 0;\n\t\tnodata-per-second 0;\n\t\terrors-per-second 0;\n"
		      "\t\treferrals-per-second 0;\n",
		      named ? NAMED_QPS : plan->dnskey_qps, doubts ? 2 : 1, doubts ? 24 : 32);
	if (named)
		ks_buf_text(buf, "\t\texempt-clients { !\"keystorm-offenders\"; any; };\n");
	ks_buf_text(buf, "\t\tlog-only yes;\n\t};\n};\n");
}

const struct ks_mitigate_ops ks_mitigate_bind = {
	.name = "bind",
	.names = true,
	.title = "BIND 9.18 and later",
	.comment = COMMENT,
	.check = "named-checkconf FILE",
	.caveats = caveats,
	.statements = statements,
};
