/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/evidence.h"

#include <math.h>

/* How much it takes to speak of a share at all. */
enum {
	SAMPLE_LEAST = 10,  /* sampled queries */
	SOURCES_LEAST = 10, /* sources of a zone, for a share of a fifth */
	CROWD_LEAST = 100,  /* sources of a zone, for a share of a hundredth */
	SERVERS_LEAST = 4,  /* of a zone, to speak of a spray */
	ZONES_LEAST = 3,    /* in the capture, to speak of several */
	HISTORY_S = 86400,
	TYPES_LEAST = 4,
	HOPS_MANY = 4 /* hop limits of one source: routes change, but not that often */
};

static struct ks_finding
unknown(double value)
{
	return (struct ks_finding){KS_UNKNOWN, value};
}

static struct ks_finding
tell(bool present, double value)
{
	return (struct ks_finding){present ? KS_PRESENT : KS_ABSENT, value};
}

/* Present from `high` on, absent up to `low`, and between them nobody can tell. */
static struct ks_finding
between(double value, double low, double high)
{
	if (value >= high)
		return tell(true, value);
	return value <= low ? tell(false, value) : unknown(value);
}

static struct ks_finding
share(double part, double whole, double least, double low, double high)
{
	if (!(whole >= least))
		return unknown(NAN);
	return between(part / whole, low, high);
}

/* --- of the zone --- */

/* What was not watched before the onset may have changed unseen. */
static struct ks_finding
after_event(const struct ks_zone_clues *zone)
{
	if (!isnan(zone->lag_s))
		return tell(true, zone->lag_s);
	return zone->before_known > 0 ? tell(false, NAN) : unknown(NAN);
}

static struct ks_finding
few_sources(const struct ks_zone_clues *zone)
{
	if (!(zone->sources >= CROWD_LEAST))
		return unknown(NAN);
	const double few = zone->sources_80 / zone->sources;
	return tell(few <= 0.01, few);
}

static struct ks_finding
many_sources(const struct ks_view *view, const struct ks_zone_clues *zone)
{
	if (!view->queries || !view->answers)
		return unknown(NAN);
	return share(zone->elevated, zone->validating, SOURCES_LEAST, 0.1, 0.2);
}

static struct ks_finding
zone_bad(const struct ks_zone_clues *zone)
{
	if (zone->bad > 0)
		return tell(true, zone->bad);
	return zone->good > 0 ? tell(false, 0) : unknown(NAN);
}

static void
of_zone(const struct ks_view *view, const struct ks_zone_clues *zone, struct ks_finding ret[KS_EVIDENCE])
{
	ret[KS_E_AFTER_EVENT] = after_event(zone);
	ret[KS_E_FEW_SOURCES] = few_sources(zone);
	ret[KS_E_MANY_SOURCES] = many_sources(view, zone);
	ret[KS_E_ZONE_BAD] = zone_bad(zone);
	/* What is broken need not hurt everybody at once: some have it in the cache, some forgive an hour. */
	if (ret[KS_E_ZONE_BAD].presence == KS_PRESENT && ret[KS_E_MANY_SOURCES].presence == KS_ABSENT)
		ret[KS_E_MANY_SOURCES].presence = KS_UNKNOWN;
}

/* --- of the source --- */

static struct ks_finding
was_ordinary(const struct ks_source_clues *source)
{
	const double history_s = source->onset_s - source->first_s;
	if (!(history_s >= HISTORY_S) || !(source->keys >= SAMPLE_LEAST))
		return unknown(NAN);
	/* Where memory was short the sample has nothing but keys. */
	if (source->other_types + 1 >= TYPES_LEAST)
		return tell(source->keys_rd <= 0, history_s / 3600);
	const double others = source->all_queries - source->key_queries - source->ds_queries;
	return source->others >= others ? tell(false, history_s / 3600) : unknown(history_s / 3600);
}

/* From one server nobody sees that there are others. */
static struct ks_finding
spray(const struct ks_view *view, const struct ks_zone_clues *zone, const struct ks_source_clues *source)
{
	if (view->vantage != 'M' || !(zone->servers >= SERVERS_LEAST) || isnan(source->spray))
		return unknown(NAN);
	return tell(source->spray >= 0.8, source->spray);
}

/* The index is no greater than that part of the queries, however even the gaps may be. */
static bool
never_waits(const struct ks_source_clues *source)
{
	return source->successive >= 2 * SAMPLE_LEAST && source->closed <= 0.2 * source->successive;
}

/* At one server a whole round over the others looks like a timer (DOMAIN B5). */
static bool
has_timer(const struct ks_view *view, const struct ks_source_clues *source)
{
	return view->vantage == 'M' && source->late_repeats > 0;
}

static struct ks_finding
closed_loop(const struct ks_view *view, const struct ks_source_clues *source)
{
	if (!view->queries || !view->answers)
		return unknown(NAN);
	if (never_waits(source))
		return tell(false, source->closed / source->successive);
	/* A timer is even too, but it is not the answer that sets it off. */
	if (isnan(source->sci) || has_timer(view, source))
		return unknown(source->sci);
	return tell(source->sci >= 0.6, source->sci);
}

/* Answers that do not come stop a closed loop; an open one goes on. */
static struct ks_finding
open_loop(const struct ks_view *view, const struct ks_source_clues *source)
{
	if (!view->queries || !view->answers)
		return unknown(NAN);
	if (never_waits(source))
		return tell(true, source->closed / source->successive);
	if (!isnan(source->sci))
		return tell(source->sci <= 0.2, source->sci);
	if (!(source->queries >= 2 * SAMPLE_LEAST))
		return unknown(NAN);
	return source->answered < 0.5 * source->queries ? tell(true, 0) : unknown(NAN);
}

/* Nobody is bound to use TCP or cookies: without them nothing is known. */
static struct ks_finding
handshake(const struct ks_source_clues *source)
{
	const double n = source->tcp_queries + source->cookies;
	return n > 0 ? tell(true, n) : unknown(0);
}

/* One of many that came with the storm over the one path that it has, or from the one port. */
static bool
fits_pattern(const struct ks_pattern *pattern, const struct ks_source_clues *source)
{
	if (!(source->first_s >= source->onset_s) || !(source->keys > 0))
		return false;
	return (fabs(source->hop - pattern->hop) <= 1 && source->keys_hops <= 1) ||
	       (!isnan(pattern->port) && source->keys_ports <= 1);
}

/* Only forgers change hop limits from query to query, or send all from one port without waiting. (Who waits,
 * and changes the ID, may have opened one socket for good.) */
static struct ks_finding
forged(const struct ks_view *view, const struct ks_zone_clues *zone, const struct ks_source_clues *source)
{
	if (source->icmp_refused >= 3 && source->icmp_refused >= 0.1 * source->queries)
		return tell(true, source->icmp_refused);
	if (fits_pattern(&zone->pattern, source))
		return tell(true, source->keys_hops);
	if (!(source->keys >= SAMPLE_LEAST))
		return unknown(NAN);
	const bool one_port = source->keys_ports <= 1 && source->keys_udp >= SAMPLE_LEAST;
	const bool constant =
		one_port && (source->keys_ids <= 1 || open_loop(view, source).presence == KS_PRESENT);
	return tell(constant || source->keys_hops >= HOPS_MANY, source->keys_hops);
}

static struct ks_finding
only_keys(const struct ks_source_clues *source)
{
	if (!(source->all_queries >= SAMPLE_LEAST))
		return unknown(NAN);
	if (source->priming_queries > 0)
		return tell(false, source->key_queries / source->all_queries);
	const double others = source->all_queries - source->key_queries - source->ds_queries;
	const double probing = source->others > 0 ? source->others_probing / source->others : 0;
	return between((source->key_queries + probing * others) / source->all_queries, 0.95, 0.98);
}

static struct ks_finding
says_stale(const struct ks_source_clues *source)
{
	if (source->has_key > 0)
		return tell(false, source->has_key);
	return source->lacks_key > 0 ? tell(true, source->lacks_key) : unknown(NAN);
}

/* TC=1, and no message over TCP, with connections asked for or without. */
static double
untaken(const struct ks_source_clues *source)
{
	const double in_vain = source->tcp_syns - source->tcp_queries;
	const double silent = source->tcp_queries > 0 ? 0 : source->keys_cut;
	return source->keys_cut > 0 && in_vain > silent ? in_vain : silent;
}

/* A timer runs out for other reasons too; what gets lost is what no packet or no path is large enough for. */
static double
timed_out(const struct ks_view *view, const struct ks_source_clues *source)
{
	enum { LARGE_BYTES = 1232 }; /* what resolvers and servers take for safe */
	return source->answer_bytes > LARGE_BYTES && has_timer(view, source) ? source->late_repeats : 0;
}

static struct ks_finding
path_trouble(const struct ks_view *view, const struct ks_source_clues *source)
{
	if (!view->answers || !(source->keys_udp >= SAMPLE_LEAST))
		return unknown(NAN);
	const double signs =
		source->keys_smaller + untaken(source) + source->icmp_too_big + timed_out(view, source);
	return tell(signs >= 3, signs);
}

/* Stubs ask resolvers with RD=1, as they should. */
static struct ks_finding
recursion(const struct ks_view *view, const struct ks_source_clues *source)
{
	if (view->vantage == 'R')
		return unknown(NAN);
	return share(source->keys_rd, source->keys, SAMPLE_LEAST, 0.05, 0.5);
}

/* With its clients, or with the day they live by. */
static struct ks_finding
demand(const struct ks_source_clues *source)
{
	if (source->day_night >= 0.3 && !(source->demand_correlation >= 0.7))
		return tell(true, source->day_night);
	return isnan(source->demand_correlation) ? unknown(source->day_night)
						 : between(source->demand_correlation, 0.3, 0.7);
}

static struct ks_finding
many_zones(const struct ks_view *view, const struct ks_source_clues *source)
{
	if (!view->answers || !(source->zones >= ZONES_LEAST))
		return unknown(NAN);
	return tell(source->hot_zones >= ZONES_LEAST, source->hot_zones);
}

void
ks_evidence_of_source(const struct ks_view *view, const struct ks_zone_clues *zone,
		      const struct ks_source_clues *source, struct ks_finding ret[KS_EVIDENCE])
{
	of_zone(view, zone, ret);
	ret[KS_E_WAS_ORDINARY] = was_ordinary(source);
	ret[KS_E_SPRAY] = spray(view, zone, source);
	ret[KS_E_CLOSED_LOOP] = closed_loop(view, source);
	ret[KS_E_OPEN_LOOP] = open_loop(view, source);
	ret[KS_E_HANDSHAKE] = handshake(source);
	ret[KS_E_FORGED] = forged(view, zone, source);
	ret[KS_E_ONLY_KEYS] = only_keys(source);
	ret[KS_E_SAYS_STALE] = says_stale(source);
	ret[KS_E_REPEATS_OTHERS] = share(source->others_again, source->others, SAMPLE_LEAST, 0.05, 0.3);
	ret[KS_E_PATH_TROUBLE] = path_trouble(view, source);
	ret[KS_E_RD] = recursion(view, source);
	ret[KS_E_DEMAND] = demand(source);
	ret[KS_E_MANY_ZONES] = many_zones(view, source);
	ret[KS_E_NO_DO] = share(source->keys_no_do, source->keys, SAMPLE_LEAST, 0.05, 0.5);
}

bool
ks_evidence_is_healthy(const struct ks_source_clues *source, const struct ks_finding findings[KS_EVIDENCE])
{
	return source->classed > 0 && source->requeries < 0.5 * source->classed &&
	       source->answered >= 0.5 * source->queries && findings[KS_E_ONLY_KEYS].presence != KS_PRESENT;
}

/* --- of the storm --- */

void
ks_evidence_pool_add(struct ks_evidence_pool *pool, double weight,
		     const struct ks_finding findings[KS_EVIDENCE])
{
	for (int i = 0; i < KS_EVIDENCE; i++) {
		pool->known[i] += findings[i].presence != KS_UNKNOWN ? weight : 0;
		pool->present[i] += findings[i].presence == KS_PRESENT ? weight : 0;
	}
}

/* Thousands of addresses with a query or two each: nothing is known of any of them, and all of the whole. */
static void
of_pattern(const struct ks_pattern *pattern, struct ks_finding ret[KS_EVIDENCE])
{
	if (isnan(pattern->hop) && isnan(pattern->port))
		return;
	ret[KS_E_FORGED] = tell(true, 1);
	if (ret[KS_E_ONLY_KEYS].presence == KS_UNKNOWN)
		ret[KS_E_ONLY_KEYS] = between(pattern->only_keys, 0.95, 0.98);
}

/* Signals and handshakes are rare: half of all sources never show them, and what a tenth says of itself need
 * not be true of the rest. */
void
ks_evidence_of_storm(const struct ks_view *view, const struct ks_zone_clues *zone,
		     const struct ks_evidence_pool *pool, struct ks_finding ret[KS_EVIDENCE])
{
	for (int i = 0; i < KS_EVIDENCE; i++) {
		const double known = pool->known[i], present = pool->present[i];
		ret[i] = known > 0 && known >= 0.5 * pool->total
				 ? tell(present >= 0.5 * known, present / known)
				 : unknown(known > 0 ? present / known : (double)NAN);
	}
	of_zone(view, zone, ret);
	of_pattern(&zone->pattern, ret);
}

/* --- clock skew --- */

bool
ks_evidence_clock_skew(const struct ks_finding findings[KS_EVIDENCE], double changed_zones,
		       const struct ks_diagnosis *diagnosis, int *ret_lead_db)
{
	enum { FROM_ZONES = 10 }; /* as much as an event would say */
	if (findings[KS_E_MANY_ZONES].presence != KS_PRESENT || changed_zones > 0 ||
	    findings[KS_E_NO_DO].presence == KS_PRESENT || findings[KS_E_ONLY_KEYS].presence == KS_PRESENT ||
	    findings[KS_E_SAYS_STALE].presence == KS_PRESENT ||
	    findings[KS_E_ZONE_BAD].presence == KS_PRESENT)
		return false;
	/* It behaves as one whose trust anchors are stale, but with all zones. */
	const int sum = diagnosis->sum_db[KS_H_STALE_ANCHOR] + FROM_ZONES -
			ks_diagnosis_weight(KS_E_MANY_ZONES, KS_PRESENT, KS_H_STALE_ANCHOR);
	int best = INT32_MIN;
	for (int h = 0; h < KS_HYPOTHESES; h++)
		if (h != KS_H_STALE_ANCHOR && diagnosis->sum_db[h] > best)
			best = diagnosis->sum_db[h];
	*ret_lead_db = sum - best;
	return sum > 0 && sum - best >= KS_LEAD_DB;
}

/* --- where --- */

const char *
ks_evidence_where(enum ks_evidence evidence)
{
	static const char *const reports[KS_EVIDENCE] = {
		[KS_E_AFTER_EVENT] = "rollovers", [KS_E_FEW_SOURCES] = "hitters",
		[KS_E_MANY_SOURCES] = "hitters",  [KS_E_WAS_ORDINARY] = "sequence",
		[KS_E_SPRAY] = "hitters",         [KS_E_CLOSED_LOOP] = "hitters",
		[KS_E_OPEN_LOOP] = "hitters",     [KS_E_HANDSHAKE] = "sequence",
		[KS_E_FORGED] = "sequence",       [KS_E_ONLY_KEYS] = "sources",
		[KS_E_SAYS_STALE] = "anchors",    [KS_E_REPEATS_OTHERS] = "sequence",
		[KS_E_ZONE_BAD] = "signatures",   [KS_E_PATH_TROUBLE] = "sequence",
		[KS_E_RD] = "sequence",           [KS_E_DEMAND] = "habits",
		[KS_E_MANY_ZONES] = "hitters",    [KS_E_NO_DO] = "sequence",
	};
	return reports[evidence];
}
