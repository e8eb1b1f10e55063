/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/diagnosis.h"

#include <stdlib.h>

static const char *const names[KS_HYPOTHESES] = {
	[KS_H_DOS] = "dos",
	[KS_H_REFLECTION] = "reflection",
	[KS_H_NO_CACHE] = "no-cache",
	[KS_H_LOOP] = "loop",
	[KS_H_STALE_ANCHOR] = "stale-trust-anchor",
	[KS_H_BROKEN_ZONE] = "broken-zone",
	[KS_H_ANSWER_LOST] = "answer-lost",
	[KS_H_MONITORING] = "monitoring",
};

/* clang-format off */
static const struct {
	const char *name;
	int8_t db[KS_HYPOTHESES];        /* H1 to H8, when present */
	const char *text;
	const char *how;
	int8_t absent_db[KS_HYPOTHESES]; /* when looked for and not there */
} kinds[KS_EVIDENCE] = {
	[KS_E_AFTER_EVENT] = {"after-event", {-5, -5, -3, -3, +8, +8, +2, -3},
		"began soon after a change of the zone's keys, DS or signatures",
		"the zone's DNSKEY and DS answers from before the onset, or give --rollovers", {0}},
	[KS_E_FEW_SOURCES] = {"few-sources", {0, +3, +3, +5, +5, -8, +2, +5},
		"share of the sources that make 80 % of the DNSKEY queries, 1 % or less",
		"queries of all clients, without a filter by source", {0}},
	[KS_E_MANY_SOURCES] = {"many-sources", {-3, -5, -5, -8, -5, +10, -2, -8},
		"share of the validating sources that ask again too soon, 20 % or more",
		"queries and answers of all clients",
		{0, 0, 0, 0, 0, -10, 0, 0}},
	[KS_E_WAS_ORDINARY] = {"was-ordinary", {-5, -3, +3, -5, +6, +5, +3, -5},
		"hours that the source was an ordinary resolver before: four query types, RD=0; 24 or more",
		"the day before the onset", {0}},
	[KS_E_SPRAY] = {"spray", {-5, -5, -3, -3, +7, +6, +5, +2},
		"evenness over the zone's servers, of at least four: 0.8 or more",
		"at four or more of the zone's servers at the same time", {0}},
	[KS_E_CLOSED_LOOP] = {"closed-loop", {-7, -7, -4, +3, +5, +5, -5, +2},
		"asks again when the answer has come, evenly: self-clocking index 0.6 or more",
		"queries and answers both, twenty of them from the source", {0}},
	[KS_E_OPEN_LOOP] = {"open-loop", {+7, +7, -3, 0, -7, -7, +3, -7},
		"asks without waiting for answers: self-clocking index 0.2 or less",
		"queries and answers both, twenty of them from the source", {0}},
	[KS_E_HANDSHAKE] = {"handshake", {-1, -15, +2, +2, +3, +3, +2, +2},
		"the address is real: completed a TCP handshake, or returned a server cookie",
		"TCP port 53 as well, and answers with TC=1 or cookies", {0}},
	[KS_E_FORGED] = {"forged", {+3, +12, -5, -3, -8, -8, -5, -3},
		"the address looks forged: it refuses answers by ICMP, hop counts change, one port and no waiting, or one hop count or port of all that came with the storm from many networks; value: hop counts",
		"ICMP towards the server as well",
		{0, -5, 0, 0, 0, 0, 0, 0}},
	[KS_E_ONLY_KEYS] = {"only-keys", {+4, +6, -3, +5, -4, -4, -3, +5},
		"share of its queries that are DNSKEY, ANY or TXT: all of them",
		"queries of all types",
		{-4, -6, 0, -5, 0, 0, 0, -5}},
	[KS_E_SAYS_STALE] = {"says-stale", {0, 0, 0, 0, +15, 0, 0, 0},
		"says itself, by RFC 8145, that it holds no current key of the zone",
		"a day or more: resolvers send trust anchor signals once a day",
		{0, 0, 0, 0, -10, 0, 0, 0}},
	[KS_E_REPEATS_OTHERS] = {"repeats-others", {0, 0, +10, +3, -2, -1, +3, 0},
		"repeats queries of other types inside their TTL too",
		"queries and answers of all types",
		{0, 0, -10, 0, 0, 0, 0, 0}},
	[KS_E_ZONE_BAD] = {"zone-bad", {0, 0, 0, 0, -3, +12, 0, 0},
		"what the servers gave does not validate: expired, not yet valid, no match with DS, or incomplete",
		"the zone's DNSKEY answers, and DS answers or referrals of its parent",
		{0, 0, 0, 0, +5, -25, 0, 0}},
	[KS_E_PATH_TROUBLE] = {"path-trouble", {-3, -3, 0, 0, -8, -8, +14, 0},
		"signs of lost answers, three or more: smaller EDNS sizes, DO dropped, TC and no TCP or SYN without data, ICMP packet too big, large answers and a timer behind them",
		"queries and answers both, TCP and ICMP as well",
		{0, 0, 0, 0, 0, 0, -8, 0}},
	[KS_E_RD] = {"rd", {+3, +4, -2, +6, -5, -4, 0, +6},
		"share of its queries with RD=1, at an authoritative server: most",
		"queries",
		{-1, -3, 0, -6, 0, 0, 0, -2}},
	[KS_E_DEMAND] = {"demand", {-5, -5, +4, 0, +5, +5, +3, -5},
		"DNSKEY queries follow the source's other queries (correlation 0.7 or more), or day and night (a wave of 0.3 of the mean or more, alike on even and odd days)",
		"queries of all types over several minutes of changing load, or two days", {0}},
	[KS_E_MANY_ZONES] = {"many-zones", {-2, +3, +3, +3, -8, -4, +4, +6},
		"unrelated zones whose keys it asks for again at the time: three or more",
		"servers of several zones",
		{0, 0, 0, 0, 0, 0, 0, -3}},
	[KS_E_NO_DO] = {"no-do", {+2, +2, +2, +5, -10, -8, 0, +3},
		"share of its DNSKEY queries without DO: most",
		"queries",
		{0, 0, 0, -4, 0, 0, 0, -1}},
};
/* clang-format on */

const char *
ks_hypothesis_name(enum ks_hypothesis hypothesis)
{
	return names[hypothesis];
}

const char *
ks_evidence_name(enum ks_evidence evidence)
{
	return kinds[evidence].name;
}

const char *
ks_evidence_text(enum ks_evidence evidence)
{
	return kinds[evidence].text;
}

const char *
ks_evidence_how(enum ks_evidence evidence)
{
	return kinds[evidence].how;
}

int
ks_diagnosis_weight(enum ks_evidence evidence, enum ks_presence presence, enum ks_hypothesis hypothesis)
{
	if (presence == KS_UNKNOWN)
		return 0;
	return presence == KS_PRESENT ? kinds[evidence].db[hypothesis]
				      : kinds[evidence].absent_db[hypothesis];
}

/* Insertion: eight of them, and equals keep their order. */
static void
rank(struct ks_diagnosis *diagnosis)
{
	for (int i = 0; i < KS_HYPOTHESES; i++) {
		int place = i;
		while (place > 0 && diagnosis->sum_db[diagnosis->order[place - 1]] < diagnosis->sum_db[i]) {
			diagnosis->order[place] = diagnosis->order[place - 1];
			place--;
		}
		diagnosis->order[place] = (enum ks_hypothesis)i;
	}
}

/* How far a kind of evidence would move the two leading explanations apart, either way. */
static int
tells_apart(const struct ks_diagnosis *diagnosis, enum ks_evidence evidence)
{
	const enum ks_hypothesis first = diagnosis->order[0], second = diagnosis->order[1];
	const int present = kinds[evidence].db[first] - kinds[evidence].db[second];
	const int absent = kinds[evidence].absent_db[first] - kinds[evidence].absent_db[second];
	return abs(present) > abs(absent) ? abs(present) : abs(absent);
}

static void
list_missing(const struct ks_finding findings[KS_EVIDENCE], struct ks_diagnosis *diagnosis)
{
	diagnosis->n_missing = 0;
	for (int i = 0; i < KS_EVIDENCE; i++) {
		const enum ks_evidence kind = (enum ks_evidence)i;
		const int worth = tells_apart(diagnosis, kind);
		if (findings[i].presence != KS_UNKNOWN || worth == 0)
			continue;
		size_t place = diagnosis->n_missing++;
		for (; place > 0 && tells_apart(diagnosis, diagnosis->missing[place - 1]) < worth; place--)
			diagnosis->missing[place] = diagnosis->missing[place - 1];
		diagnosis->missing[place] = kind;
	}
}

void
ks_diagnose(const struct ks_finding findings[KS_EVIDENCE], struct ks_diagnosis *ret)
{
	*ret = (struct ks_diagnosis){0};
	for (int i = 0; i < KS_EVIDENCE; i++) {
		ret->known |= findings[i].presence != KS_UNKNOWN;
		for (int h = 0; h < KS_HYPOTHESES; h++)
			ret->sum_db[h] += ks_diagnosis_weight((enum ks_evidence)i, findings[i].presence,
							      (enum ks_hypothesis)h);
	}
	rank(ret);
	ret->lead_db = ret->sum_db[ret->order[0]] - ret->sum_db[ret->order[1]];
	/* A leader that the evidence speaks against is only the least unlikely of a list that misses the
	 * truth. */
	ret->decided = ret->lead_db >= KS_LEAD_DB && ret->sum_db[ret->order[0]] > 0;
	list_missing(findings, ret);
}
