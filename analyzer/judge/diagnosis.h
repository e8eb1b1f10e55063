/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/diagnosis.h -- why: eight explanations of a storm, weighed against each other.
 *
 * Input:   findings, one for each of eighteen kinds of evidence, each present, absent or unknown.
 * Method:  DOMAIN A3. A finding that is present adds its weight, in decibans (ten times the decimal
 *          logarithm of a likelihood ratio), to each explanation; unknown adds nothing. Most kinds may well
 *          be absent whatever the truth is; where that would be a surprise it counts too: a zone whose keys
 *          verify is not broken, a source that keeps other answers has a cache. The explanation that leads
 *          by KS_LEAD_DB or more is the verdict; with less there is none.
 * Weights: judgements, not measurements; they are in one table here and printed with every verdict.
 * Memory:  none. Threads: no state. Pure: the same findings give the same verdict. */
#ifndef KS_ANALYZER_JUDGE_DIAGNOSIS_H
#define KS_ANALYZER_JUDGE_DIAGNOSIS_H

#include "dissect/base.h"

/* In the order of DOMAIN A3, H1 to H8. */
enum ks_hypothesis {
	KS_H_DOS,
	KS_H_REFLECTION,
	KS_H_NO_CACHE,
	KS_H_LOOP,
	KS_H_STALE_ANCHOR,
	KS_H_BROKEN_ZONE,
	KS_H_ANSWER_LOST,
	KS_H_MONITORING,
	KS_HYPOTHESES
};

/* E1 to E18. */
enum ks_evidence {
	KS_E_AFTER_EVENT,    /* onset within the lifetime of the keys + 1 h after an event of the zone */
	KS_E_FEW_SOURCES,    /* 1 % of the sources make 80 % of the DNSKEY queries, or fewer do */
	KS_E_MANY_SOURCES,   /* a fifth of the zone's validating sources or more are elevated */
	KS_E_WAS_ORDINARY,   /* an ordinary resolver before: for a day, four query types, RD=0 */
	KS_E_SPRAY,          /* asks all of four servers or more, alike */
	KS_E_CLOSED_LOOP,    /* one query at a time, evenly paced by the answers */
	KS_E_OPEN_LOOP,      /* does not wait for answers */
	KS_E_HANDSHAKE,      /* completed a TCP handshake, or returned a valid server cookie */
	KS_E_FORGED,         /* refuses our answers by ICMP, or one TTL or constant port and ID from many */
	KS_E_ONLY_KEYS,      /* asks nothing but DNSKEY, ANY, TXT at apexes */
	KS_E_SAYS_STALE,     /* its trust anchor signals lack every current key of the zone */
	KS_E_REPEATS_OTHERS, /* repeats other types inside their TTL too */
	KS_E_ZONE_BAD,       /* what was served is expired, not yet valid, mismatched or incomplete */
	KS_E_PATH_TROUBLE,   /* smaller EDNS sizes, DO dropped, TC without TCP data, repeats from new ports */
	KS_E_RD,             /* RD=1 at an authoritative server */
	KS_E_DEMAND,         /* follows the source's other demand, or day and night */
	KS_E_MANY_ZONES,     /* asks again for three unrelated zones or more at the time */
	KS_E_NO_DO,          /* DO=0 */
	KS_EVIDENCE
};

enum ks_presence { KS_UNKNOWN, KS_ABSENT, KS_PRESENT };

struct ks_finding {
	enum ks_presence presence;
	double value; /* what was measured; NAN when there is no number */
};

/* The lead, in decibans, that makes a verdict: ten to one against the next best explanation. */
#define KS_LEAD_DB 10.0

struct ks_diagnosis {
	int sum_db[KS_HYPOTHESES];
	enum ks_hypothesis order[KS_HYPOTHESES]; /* best first; equals in the order of the enumeration */
	int lead_db;
	bool decided; /* for order[0] */
	bool known;   /* any evidence at all is known */
	/* Of the unknown kinds, those that could change who leads or whether anybody does: first the one
	 * that tells the two leading explanations apart most. */
	enum ks_evidence missing[KS_EVIDENCE];
	size_t n_missing;
};

void ks_diagnose(const struct ks_finding findings[KS_EVIDENCE], struct ks_diagnosis *ret);

int ks_diagnosis_weight(enum ks_evidence evidence, enum ks_presence presence, enum ks_hypothesis hypothesis);

/* Fixed words of the reports: "dos", "reflection", "no-cache", "loop", "stale-trust-anchor", "broken-zone",
 * "answer-lost", "monitoring". */
const char *ks_hypothesis_name(enum ks_hypothesis hypothesis);

/* Short names: "after-event", "few-sources", ...; and a sentence for people, what was looked at. */
const char *ks_evidence_name(enum ks_evidence evidence);
const char *ks_evidence_text(enum ks_evidence evidence);

/* Which capture would tell: a clause that follows "to decide, capture ...". */
const char *ks_evidence_how(enum ks_evidence evidence);

#endif
