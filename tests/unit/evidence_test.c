/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One source that nothing is wrong with but that it repeats; each row moves one clue, and with it exactly the
 * kinds of evidence that are named. */
#include "analyzer/judge/evidence.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

static const struct ks_view at_several = {.vantage = 'M', .queries = true, .answers = true};

static struct ks_zone_clues
plain_zone(void)
{
	return (struct ks_zone_clues){
		.lag_s = NAN,
		.before_known = 1,
		.sources = 200,
		.sources_80 = 20,
		.validating = 200,
		.elevated = 4,
		.servers = 6,
		.good = 1,
		.pattern = {NAN, NAN, NAN},
	};
}

static struct ks_source_clues
plain_source(void)
{
	return (struct ks_source_clues){
		.queries = 100,
		.requeries = 90,
		.classed = 100,
		.answered = 100,
		.onset_s = 200000,
		.first_s = 100000,
		.sci = 0.5,
		.spray = 0.5,
		.successive = 50,
		.closed = 40,
		.all_queries = 300,
		.key_queries = 100,
		.lacks_key = 0,
		.has_key = 1,
		.demand_correlation = 0.1,
		.hot_zones = 1,
		.zones = 5,
		.keys = 100,
		.keys_ports = 90,
		.keys_ids = 90,
		.keys_hops = 1,
		.keys_udp = 100,
		.keys_cut = 2,
		.answer_bytes = 1425,
		.others = 200,
		.other_types = 2,
	};
}

struct moved {
	enum ks_evidence kind;
	enum ks_presence to;
};

#define MOVES(...) .moves = {__VA_ARGS__, {KS_EVIDENCE, KS_UNKNOWN}}
#define OF_ZONE(member) offsetof(struct ks_zone_clues, member), true
#define OF_SOURCE(member) offsetof(struct ks_source_clues, member), false

/* clang-format off */
static const struct {
	const char *what;
	size_t at;
	bool of_zone;
	double value;
	struct moved moves[3];
} rows[] = {
	{"an event before the onset", OF_ZONE(lag_s), 30, MOVES({KS_E_AFTER_EVENT, KS_PRESENT})},
	{"nothing known of before", OF_ZONE(before_known), 0, MOVES({KS_E_AFTER_EVENT, KS_UNKNOWN})},
	{"two of two hundred make four fifths", OF_ZONE(sources_80), 2, MOVES({KS_E_FEW_SOURCES, KS_PRESENT})},
	{"no hundred sources, no hundredth", OF_ZONE(sources), 99, MOVES({KS_E_FEW_SOURCES, KS_UNKNOWN})},
	{"a fifth of all are elevated", OF_ZONE(elevated), 40, MOVES({KS_E_MANY_SOURCES, KS_PRESENT})},
	{"an eighth: nobody can tell", OF_ZONE(elevated), 25, MOVES({KS_E_MANY_SOURCES, KS_UNKNOWN})},
	{"few validators, no share", OF_ZONE(validating), 9, MOVES({KS_E_MANY_SOURCES, KS_UNKNOWN})},
	{"three servers are no spray", OF_ZONE(servers), 3, MOVES({KS_E_SPRAY, KS_UNKNOWN})},
	{"expired: that others are well proves nothing", OF_ZONE(bad), 7,
	 MOVES({KS_E_ZONE_BAD, KS_PRESENT}, {KS_E_MANY_SOURCES, KS_UNKNOWN})},
	{"nobody verified it", OF_ZONE(good), 0, MOVES({KS_E_ZONE_BAD, KS_UNKNOWN})},
	{"not all of what it asked is on record", OF_SOURCE(all_queries), 1300, MOVES({KS_E_WAS_ORDINARY, KS_UNKNOWN})},
	{"ordinary before", OF_SOURCE(other_types), 3, MOVES({KS_E_WAS_ORDINARY, KS_PRESENT})},
	{"no day of history", OF_SOURCE(first_s), 150000, MOVES({KS_E_WAS_ORDINARY, KS_UNKNOWN})},
	{"all servers alike", OF_SOURCE(spray), 0.8, MOVES({KS_E_SPRAY, KS_PRESENT})},
	{"self-clocked", OF_SOURCE(sci), 0.6, MOVES({KS_E_CLOSED_LOOP, KS_PRESENT})},
	{"open", OF_SOURCE(sci), 0.2, MOVES({KS_E_OPEN_LOOP, KS_PRESENT})},
	{"never waits, whatever its gaps are", OF_SOURCE(closed), 10, MOVES({KS_E_OPEN_LOOP, KS_PRESENT})},
	{"TCP", OF_SOURCE(tcp_queries), 1, MOVES({KS_E_HANDSHAKE, KS_PRESENT})},
	{"a server cookie", OF_SOURCE(cookies), 1, MOVES({KS_E_HANDSHAKE, KS_PRESENT})},
	{"answers refused by ICMP", OF_SOURCE(icmp_refused), 10, MOVES({KS_E_FORGED, KS_PRESENT})},
	{"two refusals may be late answers", OF_SOURCE(icmp_refused), 2, MOVES({KS_EVIDENCE, KS_UNKNOWN})},
	{"many hop limits", OF_SOURCE(keys_hops), 4, MOVES({KS_E_FORGED, KS_PRESENT})},
	{"one port, and waits: a socket", OF_SOURCE(keys_ports), 1, MOVES({KS_EVIDENCE, KS_UNKNOWN})},
	{"nothing but keys", OF_SOURCE(key_queries), 298, MOVES({KS_E_ONLY_KEYS, KS_PRESENT})},
	{"ANY and TXT are no clients' business", OF_SOURCE(others_probing), 200, MOVES({KS_E_ONLY_KEYS, KS_PRESENT})},
	{"mostly DS is a resolver", OF_SOURCE(ds_queries), 180, MOVES({KS_EVIDENCE, KS_UNKNOWN})},
	{"no signal of the current key", OF_SOURCE(has_key), 0, MOVES({KS_E_SAYS_STALE, KS_UNKNOWN})},
	{"repeats others", OF_SOURCE(others_again), 60, MOVES({KS_E_REPEATS_OTHERS, KS_PRESENT})},
	{"repeats a few others", OF_SOURCE(others_again), 30, MOVES({KS_E_REPEATS_OTHERS, KS_UNKNOWN})},
	{"smaller and smaller", OF_SOURCE(keys_smaller), 3, MOVES({KS_E_PATH_TROUBLE, KS_PRESENT})},
	{"cut, and never TCP", OF_SOURCE(keys_cut), 3, MOVES({KS_E_PATH_TROUBLE, KS_PRESENT})},
	{"too big", OF_SOURCE(icmp_too_big), 3, MOVES({KS_E_PATH_TROUBLE, KS_PRESENT})},
	{"cut, and SYN without data", OF_SOURCE(tcp_syns), 3, MOVES({KS_E_PATH_TROUBLE, KS_PRESENT})},
	{"SYN as often as queries", OF_SOURCE(tcp_syns), 2, MOVES({KS_EVIDENCE, KS_UNKNOWN})},
	{"large answers, and a timer", OF_SOURCE(late_repeats), 12,
	 MOVES({KS_E_PATH_TROUBLE, KS_PRESENT}, {KS_E_CLOSED_LOOP, KS_UNKNOWN})},
	{"wants recursion", OF_SOURCE(keys_rd), 50, MOVES({KS_E_RD, KS_PRESENT})},
	{"follows its clients", OF_SOURCE(demand_correlation), 0.7, MOVES({KS_E_DEMAND, KS_PRESENT})},
	{"follows the day", OF_SOURCE(day_night), 0.3, MOVES({KS_E_DEMAND, KS_PRESENT})},
	{"hardly a day", OF_SOURCE(day_night), 0.2, MOVES({KS_EVIDENCE, KS_UNKNOWN})},
	{"three zones", OF_SOURCE(hot_zones), 3, MOVES({KS_E_MANY_ZONES, KS_PRESENT})},
	{"two zones in all", OF_SOURCE(zones), 2, MOVES({KS_E_MANY_ZONES, KS_UNKNOWN})},
	{"no DO", OF_SOURCE(keys_no_do), 50, MOVES({KS_E_NO_DO, KS_PRESENT})},
};
/* clang-format on */

static enum ks_presence
wanted(const struct moved *moves, enum ks_evidence kind, enum ks_presence before)
{
	for (; moves->kind != KS_EVIDENCE; moves++)
		if (moves->kind == kind)
			return moves->to;
	return before;
}

Test(evidence, one_clue_moves_what_it_should_and_nothing_else)
{
	struct ks_zone_clues zone = plain_zone();
	struct ks_source_clues source = plain_source();
	struct ks_finding before[KS_EVIDENCE], after[KS_EVIDENCE];
	ks_evidence_of_source(&at_several, &zone, &source, before);
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		zone = plain_zone();
		source = plain_source();
		char *const base = rows[i].of_zone ? (char *)&zone : (char *)&source;
		*(double *)(void *)(base + rows[i].at) = rows[i].value;
		ks_evidence_of_source(&at_several, &zone, &source, after);
		for (int k = 0; k < KS_EVIDENCE; k++)
			cr_expect(eq(int, (int)after[k].presence,
				     (int)wanted(rows[i].moves, (enum ks_evidence)k, before[k].presence)),
				  "%s: %s", rows[i].what, ks_evidence_name((enum ks_evidence)k));
	}
}

/* Whoever has told nothing is not judged by it. */
Test(evidence, what_was_not_seen_is_not_known)
{
	struct ks_zone_clues zone = {.lag_s = NAN};
	struct ks_source_clues source = {.sci = NAN, .spray = NAN, .demand_correlation = NAN, .onset_s = NAN};
	struct ks_finding findings[KS_EVIDENCE];
	ks_evidence_of_source(&at_several, &zone, &source, findings);
	for (int i = 0; i < KS_EVIDENCE; i++)
		cr_expect(eq(int, (int)findings[i].presence, KS_UNKNOWN), "%s",
			  ks_evidence_name((enum ks_evidence)i));
}

Test(evidence, a_vantage_hides_what_it_hides)
{
	const struct ks_zone_clues zone = plain_zone();
	struct ks_source_clues source = plain_source();
	struct ks_finding findings[KS_EVIDENCE];
	source.spray = 1;
	source.keys_rd = 100;
	ks_evidence_of_source(&(struct ks_view){'A', true, true}, &zone, &source, findings);
	cr_expect(eq(int, (int)findings[KS_E_SPRAY].presence, KS_UNKNOWN), "one server");
	ks_evidence_of_source(&(struct ks_view){'R', true, true}, &zone, &source, findings);
	cr_expect(eq(int, (int)findings[KS_E_RD].presence, KS_UNKNOWN), "clients of a resolver");
	ks_evidence_of_source(&(struct ks_view){'M', true, false}, &zone, &source, findings);
	cr_expect(eq(int, (int)findings[KS_E_MANY_SOURCES].presence, KS_UNKNOWN), "queries only");
	cr_expect(eq(int, (int)findings[KS_E_PATH_TROUBLE].presence, KS_UNKNOWN), "queries only");
	cr_expect(eq(int, (int)findings[KS_E_CLOSED_LOOP].presence, KS_UNKNOWN), "queries only");
	cr_expect(eq(int, (int)findings[KS_E_OPEN_LOOP].presence, KS_UNKNOWN), "queries only");
}

/* A storm shows what half of its weight shows, and nothing where less than half is known. */
Test(evidence, a_storm_is_what_most_of_it_is)
{
	const struct ks_zone_clues zone = plain_zone();
	struct ks_finding open[KS_EVIDENCE] = {0}, closed[KS_EVIDENCE] = {0}, got[KS_EVIDENCE];
	open[KS_E_OPEN_LOOP].presence = KS_PRESENT;
	closed[KS_E_OPEN_LOOP].presence = KS_ABSENT;
	struct ks_evidence_pool pool = {.total = 1000};
	ks_evidence_pool_add(&pool, 400, open);
	ks_evidence_of_storm(&at_several, &zone, &pool, got);
	cr_expect(eq(int, (int)got[KS_E_OPEN_LOOP].presence, KS_UNKNOWN), "two fifths are known");
	ks_evidence_pool_add(&pool, 300, closed);
	ks_evidence_of_storm(&at_several, &zone, &pool, got);
	cr_expect(eq(int, (int)got[KS_E_OPEN_LOOP].presence, KS_PRESENT));
	cr_expect(epsilon_eq(dbl, got[KS_E_OPEN_LOOP].value, 4 / 7.0, 1e-12));
	ks_evidence_pool_add(&pool, 200, closed);
	ks_evidence_of_storm(&at_several, &zone, &pool, got);
	cr_expect(eq(int, (int)got[KS_E_OPEN_LOOP].presence, KS_ABSENT));
	cr_expect(eq(int, (int)got[KS_E_ZONE_BAD].presence, KS_ABSENT), "of the zone, not of its sources");
}

Test(evidence, a_wrong_clock_fails_everywhere_and_nothing_happened)
{
	const struct ks_zone_clues zone = plain_zone();
	struct ks_source_clues source = plain_source();
	struct ks_finding findings[KS_EVIDENCE];
	struct ks_diagnosis diagnosis;
	int lead_db = -1;
	source.hot_zones = 4;
	source.sci = 1;
	source.has_key = 0;
	ks_evidence_of_source(&at_several, &zone, &source, findings);
	ks_diagnose(findings, &diagnosis);
	cr_expect(ks_evidence_clock_skew(findings, 0, &diagnosis, &lead_db));
	cr_expect(ge(int, lead_db, (int)KS_LEAD_DB));
	cr_expect(not(ks_evidence_clock_skew(findings, 1, &diagnosis, &lead_db)), "a zone has changed");
	findings[KS_E_ONLY_KEYS].presence = KS_PRESENT;
	cr_expect(not(ks_evidence_clock_skew(findings, 0, &diagnosis, &lead_db)), "a monitor");
}

Test(evidence, who_asks_when_it_has_to_is_healthy)
{
	const struct ks_zone_clues zone = plain_zone();
	struct ks_source_clues source = plain_source();
	struct ks_finding findings[KS_EVIDENCE];
	source.requeries = 10;
	ks_evidence_of_source(&at_several, &zone, &source, findings);
	cr_expect(ks_evidence_is_healthy(&source, findings));
	source.answered = 10;
	cr_expect(not(ks_evidence_is_healthy(&source, findings)), "a flood that is not answered");
	source.answered = 100;
	source.requeries = 60;
	cr_expect(not(ks_evidence_is_healthy(&source, findings)), "repeats");
}
