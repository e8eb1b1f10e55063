/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/evidence.h -- from facts to the eighteen kinds of evidence that diagnosis.h weighs.
 *
 * Input:   what is known of a zone, and of one source that asks for its keys. Counts are of all runs.
 * Method:  DOMAIN A3, E1 to E18. A kind is present or absent only where the facts suffice to tell; too few
 *          packets, or a vantage from which it cannot be seen, make it unknown (DOMAIN A). Between the two
 *          thresholds of a share it is unknown as well.
 * Unknown: NaN in a clue, KS_UNKNOWN in a finding. A value is given wherever something was measured.
 * Memory:  none. Threads: no state. Pure functions. */
#ifndef KS_ANALYZER_JUDGE_EVIDENCE_H
#define KS_ANALYZER_JUDGE_EVIDENCE_H

#include "analyzer/judge/diagnosis.h"
#include "analyzer/judge/pattern.h"

/* Where the capture was made (DOMAIN A). */
struct ks_view {
	char vantage;          /* 'A', 'M' or 'R' */
	bool queries, answers; /* seen at all */
};

/* Of a zone. */
struct ks_zone_clues {
	double lag_s;              /* E1: from an event of the zone to the onset; NAN: no such event */
	double before_known;       /* 1: the zone's records were seen before the onset */
	double sources;            /* that asked for its keys */
	double sources_80;         /* E2: of them, the fewest that made 80 % of those queries */
	double validating;         /* sources whose queries could be classed */
	double elevated;           /* E3: of them, those that asked again too soon most of the time */
	double servers;            /* that answered for its keys */
	double bad;                /* E13: records that do not validate, of it and of the zones above it */
	struct ks_pattern pattern; /* E9: of those that came with the storm */
	double good;               /* 1: its keys were verified, and DS fits them, or none is needed */
};

/* Of a source and a zone. Counts, unless said otherwise. */
struct ks_source_clues {
	double queries, requeries; /* DNSKEY queries for the zone; of them, too early */
	double classed;            /* of them, those of which that is known */
	double answered;           /* of them, at most: answers */
	double onset_s, first_s;   /* E4: start of the trouble; when it was first seen */
	double sci, spray;         /* E5 to E7: habits */
	double successive, closed; /* queries behind another; of them, when nothing was outstanding */
	double all_queries;        /* E10: of all types and names */
	double key_queries;        /* of them, DNSKEY */
	double ds_queries;         /* of them, DS */
	double priming_queries;    /* of them, for the servers of the root: no tool does that */
	double tcp_queries;        /* E8 */
	double icmp_refused;       /* E9: ICMP port unreachable for answers */
	double icmp_too_big;       /* E14 */
	double tcp_syns;           /* connections asked for */
	double late_repeats;       /* queries that a timer made, some time after an answer (rhythm.h) */
	double answer_bytes;       /* mean size of answers with the keys */
	double lacks_key, has_key; /* E11: trust anchor signals without and with a current key */
	double demand_correlation; /* E16 */
	double day_night;          /* wave of a day (rhythm.h) */
	double hot_zones;          /* E17: unrelated zones it asks for again */
	double hot_zones_changed;  /* of them, with an event */
	double zones;              /* of which answers were captured */
	/* Of the sampled queries. */
	double keys, keys_rd, keys_no_do;   /* for the zone's keys; E15, E18 */
	double keys_ports, keys_ids;        /* 1: always the same; 2: not */
	double keys_hops, hop;              /* different hop limits, and one of them */
	double keys_udp, keys_cut;          /* over UDP; answered with TC */
	double keys_smaller;                /* E14: steps down in EDNS size, or DO dropped */
	double cookies;                     /* E8 */
	double others, others_again;        /* E12: of other types; asked again while the answer was good */
	double others_probing, other_types; /* of them, ANY and TXT; different types */
};

void ks_evidence_of_source(const struct ks_view *view, const struct ks_zone_clues *zone,
			   const struct ks_source_clues *source, struct ks_finding ret[KS_EVIDENCE]);

/* An ordinary client of the zone, that asks when it has to and for other things too: no part of a storm. */
bool ks_evidence_is_healthy(const struct ks_source_clues *source,
			    const struct ks_finding findings[KS_EVIDENCE]);

/* The whole of a storm: what those that make it have in common, each by its weight (queries). */
struct ks_evidence_pool {
	double total; /* weight of all sources of the zone, known or not */
	double known[KS_EVIDENCE], present[KS_EVIDENCE];
};

void ks_evidence_pool_add(struct ks_evidence_pool *pool, double weight,
			  const struct ks_finding findings[KS_EVIDENCE]);

/* Present where half of the weight and more shows it, unknown where less than half is known. What is of the
 * zone is taken from the zone. The value of what is pooled is the share that shows it. */
void ks_evidence_of_storm(const struct ks_view *view, const struct ks_zone_clues *zone,
			  const struct ks_evidence_pool *pool, struct ks_finding ret[KS_EVIDENCE]);

/* Is its clock wrong (DOMAIN A5 5-05)? A validating resolver that asks again for the keys of three unrelated
 * zones and more, to none of which anything happened, and nothing else explains it. `ret_lead_db` is written
 * when it is: how far that explanation is ahead. */
bool ks_evidence_clock_skew(const struct ks_finding findings[KS_EVIDENCE], double changed_zones,
			    const struct ks_diagnosis *diagnosis, int *ret_lead_db);

/* Where a kind of evidence can be looked up: a report. */
const char *ks_evidence_where(enum ks_evidence evidence);

#endif
