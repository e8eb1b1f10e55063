/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Files for name servers: what stands in them, and what must not; and do their own checkers accept them? */
#include "reports/mitigate/mitigate.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const software[] = {"dnsdist", "nsd", "bind", "knot"};

static struct ks_addr
addr(const char *text)
{
	struct ks_addr ret;
	cr_assert(ks_addr_parse(text, &ret), "%s", text);
	return ret;
}

static struct ks_mitigate_source
source(const char *text, bool named, enum ks_relief_tier tier)
{
	return (struct ks_mitigate_source){.addr = addr(text),
					   .named = named,
					   .tier = tier,
					   .delay_ms = ks_relief_delay_ms(tier),
					   .qps = 12.5,
					   .gap_ms = 20,
					   .undelayed_qps = ks_relief_rate_qps(20, 0),
					   .delayed_qps = ks_relief_rate_qps(20, ks_relief_delay_ms(tier)),
					   .sends_cookies = tier == KS_TIER_REMEMBER,
					   .tags = "19036 20326"};
}

static struct ks_mitigate_zone
zone(const void *wire, size_t n, enum ks_relief relief, struct ks_mitigate_source *sources, size_t n_sources)
{
	struct ks_mitigate_zone ret = {.n_wire = n,
				       .relief = relief,
				       .verdict = "undetermined",
				       .peak_qps = 100,
				       .uplift = 12,
				       .open = true,
				       .sources = sources,
				       .n_sources = n_sources};
	memcpy(ret.wire, wire, n);
	cr_assert(ks_name_print(ret.wire, n, ret.text, sizeof(ret.text)) > 0);
	return ret;
}

static struct ks_mitigate_plan
plan_of(struct ks_mitigate_zone *zones, size_t n)
{
	return (struct ks_mitigate_plan){.tool = "keystorm 1.2.3",
					 .has_span = true,
					 .first_ns = INT64_C(1795301220000000000),
					 .last_ns = INT64_C(1795301400000000000),
					 .vantage = 'M',
					 .known = true,
					 .zones = zones,
					 .n_zones = n,
					 .dnskey_qps = 5,
					 .all_qps = 20};
}

/* The caller frees. */
static char *
written(const struct ks_mitigate_plan *plan, const char *name)
{
	struct ks_buf buf = {0};
	const struct ks_mitigate_ops *const ops = ks_mitigate_find(name);
	cr_assert(ops != NULL, "%s", name);
	ks_mitigate_write(plan, ops, &buf);
	cr_assert(not(buf.failed));
	return buf.at;
}

/* Without comments and empty lines, in place. */
static char *
statements(char *text, const char *comment)
{
	char *to = text;
	for (char *at = text, *next; *at != '\0'; at = next) {
		next = at + strcspn(at, "\n");
		next += *next == '\n';
		if (strncmp(at, comment, strlen(comment)) == 0 || *at == '\n')
			continue;
		memmove(to, at, (size_t)(next - at));
		to += next - at;
	}
	*to = '\0';
	return text;
}

static void
statements_are(const struct ks_mitigate_plan *plan, const char *name, const char *want)
{
	char *const text = statements(written(plan, name), ks_mitigate_find(name)->comment);
	cr_expect(strcmp(text, want) == 0, "%s: got\n%s\nwanted\n%s", name, text, want);
	free(text);
}

#define EXAMPLE "\7example\3com"
#define HOSTILE "\30\"}; include \"x\"; --[[ '\\\1\n\4#%${"

Test(mitigate, named_sources_are_delayed_by_tier)
{
	struct ks_mitigate_source sources[] = {
		source("192.0.2.10", true, KS_TIER_FLOOD),  source("2001:db8::7", true, KS_TIER_REMEMBER),
		source("192.0.2.11", true, KS_TIER_FLOOD),  source("192.0.2.12", true, KS_TIER_OPEN),
		source("192.0.2.13", false, KS_TIER_FLOOD),
	};
	struct ks_mitigate_zone zones[] = {
		zone(EXAMPLE, sizeof(EXAMPLE), KS_RELIEF_NAMED, sources, KS_COUNT(sources))};
	const struct ks_mitigate_plan plan = plan_of(zones, 1);
	statements_are(
		&plan, "dnsdist",
		"do\n  local slow\n"
		"  local keys = AndRule({QNameRule(\"example.com.\"), QTypeRule(DNSQType.DNSKEY), "
		"TCPRule(false)})\n"
		"  slow = newNMG()\n  slow:addMask(\"2001:db8::7/128\")\n"
		"  addAction(AndRule({keys, NetmaskGroupRule(slow)}), DelayAction(250))\n"
		"  slow = newNMG()\n  slow:addMask(\"192.0.2.10/32\")\n  slow:addMask(\"192.0.2.11/32\")\n"
		"  addAction(AndRule({keys, NetmaskGroupRule(slow)}), DelayAction(2000))\n"
		"  addAction(AndRule({keys, MaxQPSIPRule(5, 32, 64)}), TCAction())\nend\n");
	statements_are(&plan, "bind",
		       "acl \"keystorm-offenders\" "
		       "{\n\t192.0.2.10;\n\t2001:db8::7;\n\t192.0.2.11;\n\t192.0.2.12;\n};\n"
		       "options {\n\trate-limit {\n\t\tresponses-per-second 1;\n\t\twindow 15;\n\t\tslip 1;\n"
		       "\t\tipv4-prefix-length 32;\n\t\tipv6-prefix-length 64;\n\t\tmax-table-size 100000;\n"
		       "\t\tnxdomains-per-second 0;\n\t\tnodata-per-second 0;\n\t\terrors-per-second 0;\n"
		       "\t\treferrals-per-second 0;\n\t\texempt-clients { !\"keystorm-offenders\"; any; };\n"
		       "\t\tlog-only yes;\n\t};\n};\n");
	statements_are(&plan, "nsd",
		       "server:\n  rrl-ratelimit: 5\n  rrl-slip: 1\n  rrl-ipv4-prefix-length: 32\n"
		       "  rrl-ipv6-prefix-length: 64\n  rrl-whitelist-ratelimit: 0\n"
		       "pattern:\n  name: \"keystorm-dnskey-only\"\n  rrl-whitelist: nxdomain\n"
		       "  rrl-whitelist: error\n  rrl-whitelist: referral\n  rrl-whitelist: any\n"
		       "  rrl-whitelist: rrsig\n  rrl-whitelist: wildcard\n  rrl-whitelist: nodata\n"
		       "  rrl-whitelist: positive\n"
		       "zone:\n  name: \"example.com.\"\n  zonefile: \"zone-1\"\n"
		       "  include-pattern: \"keystorm-dnskey-only\"\n");
	statements_are(&plan, "knot",
		       "mod-rrl:\n  - id: keystorm\n    rate-limit: 20\n    slip: 1\n"
		       "zone:\n  - domain: \"example.com.\"\n    module: mod-rrl/keystorm\n");
}

/* The table with r(D) = 1 / (g + D) of each source. */
Test(mitigate, comments_tell_the_rate_behind_the_delay)
{
	struct ks_mitigate_source sources[] = {source("192.0.2.10", true, KS_TIER_FLOOD),
					       source("192.0.2.77", false, KS_TIER_FLOOD)};
	struct ks_mitigate_zone zones[] = {zone("", 1, KS_RELIEF_NAMED, sources, 2)};
	const struct ks_mitigate_plan plan = plan_of(zones, 1);
	for (size_t i = 0; i < KS_COUNT(software); i++) {
		char *const text = written(&plan, software[i]);
		cr_expect(strstr(text, "192.0.2.10: 12.5 q/s on average; gap 20.0 ms, 50.0 q/s") != NULL,
			  "%s", text);
		cr_expect(strstr(text, "0.495 q/s") != NULL, "%s", text);
		cr_expect(strstr(text, "19036 20326") != NULL, "%s", text);
		cr_expect(strstr(text, "192.0.2.77") == NULL, "who is not named stands nowhere: %s", text);
		free(text);
	}
}

/* Forged addresses: those of victims. */
Test(mitigate, no_address_stands_in_a_file_against_a_reflection)
{
	static const enum ks_relief reliefs[] = {KS_RELIEF_LIMIT, KS_RELIEF_PROVED, KS_RELIEF_REPAIR,
						 KS_RELIEF_PATH, KS_RELIEF_NONE};
	for (size_t r = 0; r < KS_COUNT(reliefs); r++) {
		struct ks_mitigate_source sources[] = {source("192.0.2.10", false, KS_TIER_FLOOD)};
		struct ks_mitigate_zone zones[] = {zone("", 1, reliefs[r], sources, 1)};
		const struct ks_mitigate_plan plan = plan_of(zones, 1);
		for (size_t i = 0; i < KS_COUNT(software); i++) {
			char *const text = written(&plan, software[i]);
			const bool limits = reliefs[r] == KS_RELIEF_LIMIT || reliefs[r] == KS_RELIEF_PROVED;
			cr_expect(strstr(text, "192.0.2.10") == NULL, "%s", text);
			cr_expect(eq(int, strstr(text, "FORGED") != NULL || strstr(text, "forged") != NULL,
				     limits),
				  "%s", text);
			const char *const left = statements(text, ks_mitigate_find(software[i])->comment);
			cr_expect(eq(int, *left != '\0', limits), "%s: %s", software[i], left);
			free(text);
		}
	}
}

/* One zone in doubt: BIND's one limit is for everybody, although somebody could be named. */
Test(mitigate, doubts_about_one_zone_hold_for_limits_that_all_share)
{
	struct ks_mitigate_source sources[] = {source("192.0.2.10", true, KS_TIER_FLOOD)};
	struct ks_mitigate_zone zones[] = {zone("", 1, KS_RELIEF_NAMED, sources, 1),
					   zone(EXAMPLE, sizeof(EXAMPLE), KS_RELIEF_LIMIT, NULL, 0)};
	const struct ks_mitigate_plan plan = plan_of(zones, 2);
	char *const text = statements(written(&plan, "bind"), "//");
	cr_expect(strstr(text, "acl") == NULL && strstr(text, "slip 2;") != NULL, "%s", text);
	free(text);
}

Test(mitigate, a_client_of_two_zones_is_listed_once)
{
	struct ks_mitigate_source sources[] = {source("192.0.2.10", true, KS_TIER_FLOOD)};
	struct ks_mitigate_zone zones[] = {zone("", 1, KS_RELIEF_NAMED, sources, 1),
					   zone(EXAMPLE, sizeof(EXAMPLE), KS_RELIEF_NAMED, sources, 1)};
	const struct ks_mitigate_plan plan = plan_of(zones, 2);
	char *const text = statements(written(&plan, "bind"), "//");
	const char *const first = strstr(text, "192.0.2.10;");
	cr_assert(first != NULL);
	cr_expect(strstr(first + 1, "192.0.2.10;") == NULL, "%s", text);
	free(text);
}

/* A stale resolver with a verdict of its own, in a zone that is broken: only who can name it does anything.
 */
Test(mitigate, servers_that_cannot_name_stay_silent_about_the_named)
{
	struct ks_mitigate_source sources[] = {source("192.0.2.10", true, KS_TIER_FORGET)};
	struct ks_mitigate_zone zones[] = {zone("", 1, KS_RELIEF_REPAIR, sources, 1)};
	const struct ks_mitigate_plan plan = plan_of(zones, 1);
	statements_are(&plan, "nsd", "");
	statements_are(&plan, "knot", "");
	statements_are(
		&plan, "dnsdist",
		"do\n  local slow\n"
		"  local keys = AndRule({QNameRule(\".\"), QTypeRule(DNSQType.DNSKEY), TCPRule(false)})\n"
		"  slow = newNMG()\n  slow:addMask(\"192.0.2.10/32\")\n"
		"  addAction(AndRule({keys, NetmaskGroupRule(slow)}), DelayAction(1000))\nend\n");
}

/* Lines of a hostile name are comments, or stand in quotes with every special octet as \DDD. */
Test(mitigate, names_of_zones_cannot_leave_their_place)
{
	struct ks_mitigate_zone zones[] = {zone(HOSTILE, sizeof(HOSTILE), KS_RELIEF_LIMIT, NULL, 0)};
	const struct ks_mitigate_plan plan = plan_of(zones, 1);
#define INSIDE(b)                                                                                            \
	"\"" b "034" b "125" b "059" b "032include" b "032" b "034x" b "034" b "059" b "032--" b "091" b     \
	"091" b "032" b "039" b "092." b "010." b "035" b "037" b "036" b "123.\""
	static const struct {
		const char *name, *quoted;
	} rows[] = {{"dnsdist", INSIDE("\\\\")}, {"knot", INSIDE("\\")}, {"nsd", INSIDE("\\")}};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		char *const text =
			statements(written(&plan, rows[i].name), ks_mitigate_find(rows[i].name)->comment);
		cr_expect(strstr(text, rows[i].quoted) != NULL, "%s: %s", rows[i].name, text);
		cr_expect(strstr(text, "include \"") == NULL, "%s: %s", rows[i].name, text);
		free(text);
	}
	for (size_t i = 0; i < KS_COUNT(software); i++) {
		char *const text = written(&plan, software[i]);
		for (const char *c = text; *c != '\0'; c++) {
			const bool harmless = isprint((unsigned char)*c) || *c == '\n' || *c == '\t';
			cr_assert(harmless, "%s", text);
		}
		free(text);
	}
}

Test(mitigate, nothing_to_do_says_why)
{
	struct ks_mitigate_plan plan = plan_of(NULL, 0);
	static const struct {
		bool has_span, known;
		const char *zone, *why;
	} rows[] = {
		{false, false, NULL, "# Nothing to do: no packets were captured.\n"},
		{true, false, NULL, "# Nothing to do: storms were not looked for (keystorm judge does),"},
		{true, true, NULL, "# Nothing to do: there is no storm.\n"},
		{true, true, "example.com", "# Nothing to do: there is no storm of example.com.\n"},
		{true, true, "a\nreboot", "# Nothing to do: there is no storm of a?reboot.\n"},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		plan.has_span = rows[i].has_span;
		plan.known = rows[i].known;
		plan.zone_asked = rows[i].zone;
		char *const text = written(&plan, "knot");
		cr_expect(strstr(text, rows[i].why) != NULL, "%s", text);
		cr_expect(strlen(statements(text, "#")) == 0, "%s", text);
		free(text);
	}
}

/* A name as long as names get, with four characters an octet: lines may be long, not wrong. */
Test(mitigate, the_longest_name_fits)
{
	uint8_t wire[KS_NAME_MAX];
	size_t n = 0;
	for (size_t i = 0; i < 127; i++) {
		wire[n++] = 1;
		wire[n++] = '\n';
	}
	wire[n++] = 0;
	struct ks_mitigate_zone zones[] = {zone(wire, n, KS_RELIEF_LIMIT, NULL, 0)};
	const struct ks_mitigate_plan plan = plan_of(zones, 1);
	for (size_t i = 0; i < KS_COUNT(software); i++) {
		char *const text = written(&plan, software[i]);
		cr_expect(strstr(text, "010.") != NULL, "%s", text);
		free(text);
	}
}

Test(mitigate, there_is_no_other_software)
{
	cr_expect(ks_mitigate_find("unbound") == NULL);
	cr_expect(ks_mitigate_find("") == NULL);
	cr_expect(ks_mitigate_find("BIND") == NULL);
	for (size_t i = 0; i < KS_COUNT(software); i++)
		cr_expect(strstr(ks_mitigate_names, software[i]) != NULL);
}

/* --- the checkers that come with the software --- */

static bool
is_there(const char *tool)
{
	char command[128];
	(void)snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", tool);
	return system(command) == 0; // NOLINT: words of our own
}

static void
passes(const char *text, const char *tool, const char *before, const char *after, const char *what)
{
	char path[] = "/tmp/ks_mitigate_XXXXXX", command[256];
	const int fd = mkstemp(path);
	cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
	(void)snprintf(command, sizeof(command), "%s %s %s %s >%s.said 2>&1", tool, before, path, after,
		       path);
	const int status = system(command);
	(void)snprintf(command, sizeof(command), "cat %s.said >&2; rm -f %s %s.said", path, path, path);
	cr_expect(eq(int, status, 0), "%s refuses %s:\n%s", tool, what, text);
	(void)!system(command);
}

static void
check_all(const char *name, const char *tool, const char *before, const char *after)
{
	if (!is_there(tool))
		cr_skip_test("%s is not installed", tool);
	struct ks_mitigate_source sources[] = {
		source("192.0.2.10", true, KS_TIER_FLOOD), source("2001:db8::7", true, KS_TIER_REMEMBER),
		source("192.0.2.12", true, KS_TIER_OPEN), source("192.0.2.13", false, KS_TIER_FLOOD)};
	static const char *const what[KS_RELIEFS] = {"named", "proved", "limit", "repair", "path", "none"};
	for (int relief = 0; relief < KS_RELIEFS; relief++) {
		struct ks_mitigate_zone zones[] = {
			zone("", 1, (enum ks_relief)relief, sources, KS_COUNT(sources)),
			zone(HOSTILE, sizeof(HOSTILE), (enum ks_relief)relief, sources, KS_COUNT(sources)),
			zone(EXAMPLE, sizeof(EXAMPLE), KS_RELIEF_REPAIR, sources, 1),
		};
		const struct ks_mitigate_plan plan = plan_of(zones, KS_COUNT(zones));
		char *const text = written(&plan, name);
		passes(text, tool, before, after, what[relief]);
		free(text);
	}
	const struct ks_mitigate_plan nothing = plan_of(NULL, 0);
	char *const text = written(&nothing, name);
	passes(text, tool, before, after, "nothing");
	free(text);
}

Test(mitigate, dnsdist_accepts)
{
	check_all("dnsdist", "dnsdist", "--check-config -C", "");
}

Test(mitigate, nsd_accepts)
{
	check_all("nsd", "nsd-checkconf", "", "");
}

Test(mitigate, bind_accepts)
{
	check_all("bind", "named-checkconf", "", "");
}

Test(mitigate, knot_accepts)
{
	check_all("knot", "knotc", "-c", "conf-check");
}
