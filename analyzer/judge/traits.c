/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/traits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/traits_p.h"
#include "dissect/rrtype.h"

/* Every trait is looked for in every period. A zone with more of both than that changes faster than anybody
 * looks. */
enum { GLIMPSES_MAX = 1 << 18 };

/* Nodes behind one address that do not name themselves look like one that changes to and fro. */
enum { TIMES_TOLD = 3 };

/* --- from periods to changes --- */

/* NULL when there is no room. */
static struct ks_change *
change(struct ks_traits_scratch *scratch, enum ks_trait_kind kind, const struct ks_trait *trait, bool appears,
       const struct ks_zone_seen *from, const struct ks_zone_seen *to)
{
	if (scratch->n_changes == KS_CHANGES_MAX)
		return NULL;
	struct ks_change *const change = &scratch->changes[scratch->n_changes++];
	*change = (struct ks_change){
		.trait = *trait,
		.kind = kind,
		.appears = appears,
		.node = to->node,
		.before_ns = from->last_ns,
		.t_ns = to->first_ns,
		.from = from,
	};
	return change;
}

/* Nobody asks when a key stopped signing or a TTL went: what came instead is the event. */
static bool
is_told_when_gone(enum ks_trait_kind kind)
{
	return kind == KS_TRAIT_KEY || kind == KS_TRAIT_ALGORITHM || kind == KS_TRAIT_SIGNATURES ||
	       kind == KS_TRAIT_DS;
}

static void
compare_periods(struct ks_traits_scratch *scratch, enum ks_trait_kind kind, const struct ks_zone_seen *from,
		size_t n_then, const struct ks_zone_seen *to, size_t n_now)
{
	for (size_t i = 0; i < n_now; i++)
		if (!ks_trait_has(scratch->then, n_then, &scratch->now[i]))
			(void)change(scratch, kind, &scratch->now[i], /* appears= */ true, from, to);
	for (size_t i = 0; i < n_then && is_told_when_gone(kind); i++)
		if (!ks_trait_has(scratch->now, n_now, &scratch->then[i]))
			(void)change(scratch, kind, &scratch->then[i], /* appears= */ false, from, to);
}

static void
walk(const struct ks_zone_facts *facts, struct ks_traits_scratch *scratch, uint16_t type,
     enum ks_trait_kind kind)
{
	size_t n;
	const struct ks_zone_seen *const seen = ks_zone_seen_of(facts, type, &n);
	const struct ks_zone_seen *last = NULL;
	struct ks_harvest then = {scratch->then, 0}, now = {scratch->now, 0};
	for (size_t i = 0; i < n; i++) {
		if (!ks_traits_take(facts, &seen[i], kind, &now))
			continue;
		/* Runs that overlap in time can bring periods that do. */
		if (last != NULL && last->node == seen[i].node && last->last_ns < seen[i].first_ns)
			compare_periods(scratch, kind, last, then.n, &seen[i], now.n);
		if (last != NULL && last->node == seen[i].node && last->last_ns > seen[i].last_ns)
			continue;
		memcpy(then.at, now.at, now.n * sizeof(*now.at));
		then.n = now.n;
		last = &seen[i];
	}
}

/* --- from changes to events --- */

static int
compare_changes(const void *left, const void *right)
{
	const struct ks_change *const a = left, *const b = right;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->appears != b->appears)
		return a->appears ? -1 : 1;
	if (a->trait.number != b->trait.number)
		return a->trait.number < b->trait.number ? -1 : 1;
	if (a->trait.algorithm != b->trait.algorithm)
		return a->trait.algorithm < b->trait.algorithm ? -1 : 1;
	const int order = memcmp(a->trait.identity, b->trait.identity, sizeof(a->trait.identity));
	if (order != 0)
		return order;
	if (a->t_ns != b->t_ns)
		return a->t_ns < b->t_ns ? -1 : 1;
	return (a->node > b->node) - (a->node < b->node);
}

static enum ks_event_kind
event_of(enum ks_trait_kind kind, bool appears)
{
	static const enum ks_event_kind kinds[KS_TRAIT_KINDS][2] = {
		[KS_TRAIT_KEY] = {KS_EVENT_KEY_REMOVED, KS_EVENT_KEY_ADDED},
		[KS_TRAIT_REVOKED] = {KS_EVENT_KEY_REVOKED, KS_EVENT_KEY_REVOKED},
		[KS_TRAIT_ALGORITHM] = {KS_EVENT_ALG_REMOVED, KS_EVENT_ALG_ADDED},
		[KS_TRAIT_SIGNATURES] = {KS_EVENT_ALG_REMOVED, KS_EVENT_ALG_ADDED},
		[KS_TRAIT_SIGNERS] = {KS_EVENT_SIGNER_CHANGED, KS_EVENT_SIGNER_CHANGED},
		[KS_TRAIT_ACTIVE] = {KS_EVENT_ZSK_ACTIVE, KS_EVENT_ZSK_ACTIVE},
		[KS_TRAIT_DS] = {KS_EVENT_DS_REMOVED, KS_EVENT_DS_ADDED},
		[KS_TRAIT_TTL] = {KS_EVENT_TTL_CHANGED, KS_EVENT_TTL_CHANGED},
		[KS_TRAIT_PARAM] = {KS_EVENT_PARAM_CHANGED, KS_EVENT_PARAM_CHANGED},
	};
	return kinds[kind][appears];
}

static bool
is_one_event(const struct ks_change *a, const struct ks_change *b)
{
	return a->kind == b->kind && a->appears == b->appears && ks_trait_is_same(&a->trait, &b->trait);
}

/* Has the node of `change` changed so already, since `from`? Then this is the next time. */
static bool
has_changed(const struct ks_change *from, const struct ks_change *change)
{
	for (; from < change; from++)
		if (from->node == change->node)
			return true;
	return false;
}

static uint32_t
count_servers(const struct ks_zone_facts *facts, const struct ks_change *from, const struct ks_change *end)
{
	uint32_t n = 0;
	for (const struct ks_change *a = from; a < end; a++) {
		bool first = true;
		for (const struct ks_change *b = from; b < a && first; b++)
			first = memcmp(&facts->nodes[a->node].server, &facts->nodes[b->node].server,
				       sizeof(struct ks_addr)) != 0;
		n += first;
	}
	return n;
}

static struct ks_event *
tell(const struct ks_zone_facts *facts, const struct ks_change *from, const struct ks_change *end,
     struct ks_events *events)
{
	struct ks_event *const event =
		ks_events_add(events, event_of(from->kind, from->appears), from->before_ns, from->t_ns);
	if (event == NULL)
		return NULL;
	event->node = from->node;
	event->all_ns = end[-1].t_ns;
	event->servers = count_servers(facts, from, end);
	ks_traits_describe(facts, from, event);
	return event;
}

static void
gather(const struct ks_zone_facts *facts, struct ks_traits_scratch *scratch, struct ks_events *events)
{
	const struct ks_change *const end = scratch->changes + scratch->n_changes;
	const struct ks_change *first = scratch->changes; /* of one trait */
	struct ks_event *told = NULL;
	size_t times = 0;
	qsort(scratch->changes, scratch->n_changes, sizeof(*scratch->changes), compare_changes);
	for (const struct ks_change *from = scratch->changes, *next; from < end; from = next) {
		for (next = from + 1; next < end && is_one_event(from, next) && !has_changed(from, next);)
			next++;
		times = is_one_event(first, from) ? times + 1 : 1;
		first = from;
		if (times <= TIMES_TOLD)
			told = tell(facts, from, next, events);
		else if (told != NULL)
			(void)snprintf(
				told->warning, sizeof(told->warning),
				"FLAPPING: it was so %zu times, now and then not: several servers may stand "
				"behind one address",
				times);
	}
}

/* --- over all servers --- */

/* When a trait that came, or went, at `t_ns` was otherwise seen last, on any server. */
struct glimpse {
	const struct ks_zone_seen *last;
	int64_t before_ns;
	bool later; /* some server was seen otherwise afterwards: they did not change together */
};

static size_t
find_distinct(const struct ks_zone_facts *facts, struct ks_traits_scratch *scratch, uint16_t type,
	      enum ks_trait_kind kind)
{
	size_t n_seen, n = 0;
	const struct ks_zone_seen *const seen = ks_zone_seen_of(facts, type, &n_seen);
	struct ks_harvest now = {scratch->now, 0};
	for (size_t i = 0; i < n_seen; i++) {
		if (!ks_traits_take(facts, &seen[i], kind, &now))
			continue;
		for (size_t k = 0; k < now.n; k++) {
			size_t at = 0;
			while (at < n && !ks_trait_is_same(&scratch->distinct[at], &now.at[k]))
				at++;
			if (at == KS_TRAITS_DISTINCT)
				continue;
			if (at == n || seen[i].first_ns < scratch->distinct[at].seen->first_ns)
				scratch->distinct[at] = now.at[k];
			n += at == n;
		}
	}
	return n;
}

/* Periods that have the trait, or those that have it not. */
static struct glimpse
look_around(const struct ks_zone_facts *facts, struct ks_traits_scratch *scratch, uint16_t type,
	    enum ks_trait_kind kind, const struct ks_trait *trait, bool having, int64_t t_ns)
{
	size_t n;
	const struct ks_zone_seen *const seen = ks_zone_seen_of(facts, type, &n);
	struct ks_harvest now = {scratch->now, 0};
	struct glimpse glimpse = {.before_ns = KS_TIME_UNKNOWN};
	for (size_t i = 0; i < n; i++) {
		if (!ks_traits_take(facts, &seen[i], kind, &now) ||
		    ks_trait_has(now.at, now.n, trait) != having)
			continue;
		glimpse.later |= seen[i].last_ns > t_ns;
		const int64_t at_ns = seen[i].last_ns < t_ns ? seen[i].last_ns : seen[i].first_ns;
		if (at_ns < t_ns && at_ns > glimpse.before_ns) {
			glimpse.before_ns = at_ns;
			glimpse.last = &seen[i];
		}
	}
	return glimpse;
}

/* The first change of this kind that a node was seen to make, if any. */
static struct ks_change *
first_change(struct ks_traits_scratch *scratch, enum ks_trait_kind kind, const struct ks_trait *trait,
	     bool appears)
{
	struct ks_change *found = NULL;
	for (size_t i = 0; i < scratch->n_changes; i++) {
		struct ks_change *const at = &scratch->changes[i];
		if (at->kind == kind && at->appears == appears && ks_trait_is_same(&at->trait, trait) &&
		    (found == NULL || at->t_ns < found->t_ns))
			found = at;
	}
	return found;
}

/* All servers changed together: what any of them showed last narrows the time. */
static void
narrow(struct ks_change *change, const struct glimpse *glimpse)
{
	if (!glimpse->later && glimpse->before_ns > change->before_ns && glimpse->before_ns < change->t_ns)
		change->before_ns = glimpse->before_ns;
}

static void
look_for_coming(const struct ks_zone_facts *facts, struct ks_traits_scratch *scratch, uint16_t type,
		enum ks_trait_kind kind, const struct ks_trait *trait)
{
	const struct glimpse glimpse =
		look_around(facts, scratch, type, kind, trait, /* having= */ false, trait->seen->first_ns);
	struct ks_change *known = first_change(scratch, kind, trait, /* appears= */ true);
	if (known != NULL && known->t_ns <= trait->seen->first_ns) {
		narrow(known, &glimpse);
		return;
	}
	/* It appeared where nobody had looked before. */
	if (glimpse.last == NULL || (known == NULL && glimpse.later))
		return;
	known = change(scratch, kind, trait, /* appears= */ true, glimpse.last, trait->seen);
	if (known != NULL)
		known->before_ns = glimpse.before_ns;
}

static void
look_everywhere(const struct ks_zone_facts *facts, struct ks_traits_scratch *scratch, uint16_t type,
		enum ks_trait_kind kind)
{
	size_t n_seen;
	(void)ks_zone_seen_of(facts, type, &n_seen);
	const size_t n = find_distinct(facts, scratch, type, kind);
	for (size_t i = 0; i < n && n * n_seen <= GLIMPSES_MAX; i++) {
		const struct ks_trait *const trait = &scratch->distinct[i];
		look_for_coming(facts, scratch, type, kind, trait);
		struct ks_change *const gone = first_change(scratch, kind, trait, /* appears= */ false);
		if (gone == NULL)
			continue;
		const struct glimpse glimpse =
			look_around(facts, scratch, type, kind, trait, /* having= */ true, gone->t_ns);
		narrow(gone, &glimpse);
	}
}

void
ks_traits_judge(const struct ks_zone_facts *facts, struct ks_traits_scratch *scratch,
		struct ks_events *events)
{
	static const struct {
		uint16_t type;
		enum ks_trait_kind kind;
		bool everywhere; /* a change may be told from two servers */
	} walks[] = {
		{KS_TYPE_DNSKEY, KS_TRAIT_KEY, true},
		{KS_TYPE_DNSKEY, KS_TRAIT_REVOKED, true},
		{KS_TYPE_DNSKEY, KS_TRAIT_ALGORITHM, true},
		{KS_TYPE_DNSKEY, KS_TRAIT_SIGNATURES, false},
		{KS_TYPE_SOA, KS_TRAIT_SIGNATURES, true},
		{KS_TYPE_DNSKEY, KS_TRAIT_SIGNERS, true},
		{KS_TYPE_SOA, KS_TRAIT_ACTIVE, true},
		{KS_TYPE_NSEC3PARAM, KS_TRAIT_ACTIVE, false},
		{KS_TYPE_DS, KS_TRAIT_DS, true},
		{KS_TYPE_DNSKEY, KS_TRAIT_TTL, false},
		{KS_TYPE_NSEC3PARAM, KS_TRAIT_PARAM, false},
	};
	size_t n_soa;
	(void)ks_zone_seen_of(facts, KS_TYPE_SOA, &n_soa);
	scratch->n_changes = 0;
	for (size_t i = 0; i < KS_COUNT(walks); i++) {
		/* The DNSKEY RRset must be signed by what is in it; the other types tell more, where they
		 * were seen. */
		if (walks[i].kind == KS_TRAIT_SIGNATURES && (walks[i].type == KS_TYPE_SOA) != (n_soa > 0))
			continue;
		walk(facts, scratch, walks[i].type, walks[i].kind);
		if (walks[i].everywhere)
			look_everywhere(facts, scratch, walks[i].type, walks[i].kind);
	}
	gather(facts, scratch, events);
}
