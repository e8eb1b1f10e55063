/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What all files have in common: the head, and for each zone what was found, who is named and who is not. */
#include "reports/mitigate/mitigate.h"

#include <math.h>
#include <string.h>

#include "reports/number.h"

static const struct ks_mitigate_ops *const all_ops[] = {
	&ks_mitigate_dnsdist,
	&ks_mitigate_nsd,
	&ks_mitigate_bind,
	&ks_mitigate_knot,
};
const char ks_mitigate_names[] = "dnsdist, nsd, bind, knot";

const struct ks_mitigate_ops *
ks_mitigate_find(const char *name)
{
	for (size_t i = 0; i < KS_COUNT(all_ops); i++)
		if (strcmp(all_ops[i]->name, name) == 0)
			return all_ops[i];
	return NULL;
}

/* --- the head --- */

static void
put_span(struct ks_buf *line, const struct ks_mitigate_plan *plan)
{
	if (!plan->has_span) {
		ks_buf_text(line, "no packets");
		return;
	}
	ks_number_time(line, plan->first_ns, 0, 'T');
	ks_buf_text(line, " to ");
	ks_number_time(line, plan->last_ns, 0, 'T');
	if (plan->vantage != '\0')
		ks_buf_printf(line, ", vantage %c", plan->vantage);
}

static void
write_head(const struct ks_mitigate_plan *plan, const struct ks_mitigate_ops *ops, struct ks_buf *buf)
{
	struct ks_buf span = {0};
	put_span(&span, plan);
	ks_mitigate_say(buf, ops->comment, "%s mitigate --for %s: written for %s from what was captured.",
			plan->tool, ops->name, ops->title);
	ks_mitigate_say(buf, ops->comment, "Read it before you use it. Check it with: %s", ops->check);
	ks_mitigate_say(buf, ops->comment, "Captured: %s.", ks_buf_string(&span));
	ks_buf_done(&span);
}

/* --- why there is nothing --- */

static const char *
why_nothing(const struct ks_mitigate_plan *plan)
{
	if (!plan->has_span)
		return "no packets were captured";
	if (!plan->known)
		return "storms were not looked for (keystorm judge does), or no queries were captured";
	return "there is no storm";
}

static void
write_nothing(const struct ks_mitigate_plan *plan, const struct ks_mitigate_ops *ops, struct ks_buf *buf)
{
	ks_mitigate_say(buf, ops->comment, "Nothing to do: %s%s%s.", why_nothing(plan),
			plan->zone_asked != NULL ? " of " : "",
			plan->zone_asked != NULL ? plan->zone_asked : "");
}

/* Resolvers that ask slowly but for ever cost little; what would slow them would hurt others. */
static void
write_slow_burners(const struct ks_mitigate_plan *plan, const struct ks_mitigate_ops *ops, struct ks_buf *buf)
{
	if (plan->known && plan->n_slow_burners > 0)
		ks_mitigate_say(buf, ops->comment,
				"%zu offender%s of zones without a storm: nothing is done about them, they "
				"cost little; keystorm report hitters names them.",
				plan->n_slow_burners, plan->n_slow_burners == 1 ? "" : "s");
}

/* --- a zone --- */

static const char *const sentences[KS_RELIEFS] = {
	[KS_RELIEF_NAMED] = "Sources may be named; all are limited.",
	[KS_RELIEF_PROVED] = "UNDETERMINED: addresses may be forged, so only sources that were answered over "
			     "TCP, or have a "
			     "verdict of their own, are named, and all are limited. No list of addresses to "
			     "be blocked may be made of the others: they may "
			     "be victims.",
	[KS_RELIEF_LIMIT] = "ADDRESSES ARE PROBABLY FORGED: those who seem to ask are victims. All are "
			    "limited, nobody is blocked or delayed but who has a verdict of his own.",
	[KS_RELIEF_REPAIR] = "Nothing is done here: the zone itself does not validate, and its clients are "
			     "right to ask again. Repair the zone (keystorm report signatures, rollovers).",
	[KS_RELIEF_PATH] = "Nothing is done here: answers do not arrive, and limits would lose more of them. "
			   "Look at sizes, fragments and TCP (keystorm report quality, sequence).",
	[KS_RELIEF_NONE] = "Nothing is done here.",
};

static void
write_zone_head(const struct ks_mitigate_zone *zone, const struct ks_mitigate_ops *ops, struct ks_buf *buf)
{
	struct ks_buf line = {0};
	ks_buf_text(&line, "Storm of ");
	ks_number_scaled(&line, zone->peak_qps, /* whole= */ false, "q/s");
	ks_buf_text(&line, " for its keys at most");
	if (isfinite(zone->uplift)) {
		ks_buf_text(&line, ", ");
		ks_number_scaled(&line, zone->uplift, /* whole= */ false, "");
		ks_buf_text(&line, " times what was usual");
	}
	ks_mitigate_say(buf, ops->comment, "Zone %s", zone->text);
	ks_mitigate_say(buf, ops->comment, "%s%s. Verdict: %s. %s", ks_buf_string(&line),
			zone->open ? ", still on" : ", over before the capture ended", zone->verdict,
			sentences[zone->relief]);
	ks_buf_done(&line);
}

static const char *const manners[KS_TIERS] = {
	[KS_TIER_OPEN] = "does not wait for answers, so a delay would not slow it",
	[KS_TIER_REMEMBER] = "pauses by itself between searches",
	[KS_TIER_UNKNOWN] = "memory not known",
	[KS_TIER_FORGET] = "remembers no failure",
	[KS_TIER_FLOOD] = "remembers no failure, ten queries a second and more",
};

static void
put_rate(struct ks_buf *line, double qps)
{
	if (isfinite(qps))
		ks_number_scaled(line, qps, /* whole= */ false, "q/s");
	else
		ks_buf_text(line, "unknown");
}

/* r(D) = 1 / (g + D), with its own g. */
static void
put_forecast(struct ks_buf *line, const struct ks_mitigate_source *source)
{
	if (!isfinite(source->gap_ms)) {
		ks_buf_text(line, "gap unknown");
	} else {
		ks_buf_text(line, "gap ");
		ks_number_scaled(line, source->gap_ms, /* whole= */ false, "ms");
		ks_buf_text(line, ", ");
		put_rate(line, source->undelayed_qps);
		ks_buf_text(line, " while it searches");
	}
	if (source->delay_ms == 0)
		return;
	ks_buf_printf(line, "; %u ms more would make that ", source->delay_ms);
	put_rate(line, source->delayed_qps);
}

static void
write_source(const struct ks_mitigate_source *source, const struct ks_mitigate_ops *ops, struct ks_buf *buf)
{
	char text[KS_ADDR_TEXT];
	struct ks_buf line = {0};
	put_rate(&line, source->qps);
	ks_buf_text(&line, " on average; ");
	put_forecast(&line, source);
	ks_mitigate_say(buf, ops->comment, "  %s: %s; %s%s", ks_addr_print(&source->addr, text),
			ks_buf_string(&line), manners[source->tier],
			source->sends_cookies ? "; sends cookies" : "");
	if (source->tags[0] != '\0')
		ks_mitigate_say(buf, ops->comment,
				"    It reported the trust anchors %s: tell its operator, that is the cure.",
				source->tags);
	ks_buf_done(&line);
}

static void
write_zone(const struct ks_mitigate_zone *zone, const struct ks_mitigate_ops *ops, struct ks_buf *buf)
{
	const size_t n_named = ks_mitigate_named(zone);
	ks_buf_text(buf, "\n");
	write_zone_head(zone, ops, buf);
	if (!ks_mitigate_limits(zone) && n_named == 0)
		return;
	ks_mitigate_say(buf, ops->comment, "Heavy sources: %zu; named: %zu%s", zone->n_sources, n_named,
			n_named > 0 ? "." : ", since nobody's address is proved or nobody is to blame.");
	for (size_t i = 0; i < zone->n_sources; i++)
		if (zone->sources[i].named)
			write_source(&zone->sources[i], ops, buf);
}

/* Is there anything that this software can do? */
static bool
acts(const struct ks_mitigate_plan *plan, const struct ks_mitigate_ops *ops)
{
	size_t n_cookies;
	return ks_mitigate_any_limits(plan) || (ops->names && ks_mitigate_all_named(plan, &n_cookies) > 0);
}

void
ks_mitigate_write(const struct ks_mitigate_plan *plan, const struct ks_mitigate_ops *ops, struct ks_buf *buf)
{
	write_head(plan, ops, buf);
	if (plan->n_zones == 0) {
		write_nothing(plan, ops, buf);
		write_slow_burners(plan, ops, buf);
		return;
	}
	if (acts(plan, ops)) {
		ks_mitigate_say(buf, ops->comment,
				"All this makes a storm cheaper. It ends when the resolvers get current "
				"trust anchors; "
				"keystorm compare tells what a measure did.");
		ops->caveats(plan, buf);
	}
	for (size_t i = 0; i < plan->n_zones; i++)
		write_zone(&plan->zones[i], ops, buf);
	if (plan->n_more_zones > 0)
		ks_mitigate_say(buf, ops->comment,
				"%zu more zones with storms are left out; --zone chooses one.",
				plan->n_more_zones);
	write_slow_burners(plan, ops, buf);
	if (!acts(plan, ops))
		return;
	ks_buf_text(buf, "\n");
	ops->statements(plan, buf);
}
