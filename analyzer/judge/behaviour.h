/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/behaviour.h -- how one source asks for one zone's keys: does it remember failures, is it
 * driven by answers, does it go round all servers.
 *
 * Input:   counts of a (source, zone), added up over as many runs as there are. Pure functions.
 * Method:  DOMAIN B5 (self-clocking), B6 (spray), A1 1-15 (memory), 1-12 (gap).
 * Errors:  the median gap is exact to the factor 2^(1/16) of scale.h: less than 5 %.
 * Unknown: where the counts are too few to tell, a value is NaN or KS_MEMORY_UNKNOWN, never a guess.
 * Memory:  none. Threads: no state. */
#ifndef KS_ANALYZER_JUDGE_BEHAVIOUR_H
#define KS_ANALYZER_JUDGE_BEHAVIOUR_H

#include "analyzer/summary.h"

/* How long a source remembers that keys did not validate, read from when it asks again. */
enum ks_memory {
	KS_MEMORY_UNKNOWN, /* no repeated failure seen, or a period that no known software has */
	KS_MEMORY_NONE,    /* asks on and on, or whenever somebody asks it */
	KS_MEMORY_30S,     /* BIND since 9.18 */
	KS_MEMORY_60S,     /* Unbound */
	KS_MEMORY_600S,    /* BIND 9.7.1 and later, lame-ttl */
	KS_MEMORY_TTL      /* as long as the keys themselves live */
};

struct ks_behaviour_limits {
	uint64_t min_gaps;      /* that a median is taken from */
	uint64_t min_gaps_sci;  /* B5 */
	uint64_t min_queries;   /* that a spread over servers is taken from */
	uint64_t min_pauses;    /* one less than bursts */
	double low_pauses;      /* share of the shortest pauses whose end is the edge */
	double long_share;      /* of a burst's queries in long bursts: no memory */
	uint32_t none_below_ms; /* pauses shorter than any memory known... */
	uint64_t min_short;     /* ...and how many of them it takes to say so: one may be a restart */
};
extern const struct ks_behaviour_limits ks_behaviour_defaults;

/* Queries by server: of the (source, zone), and how many servers of the zone there are to ask. */
struct ks_behaviour_servers {
	const uint64_t *queries;
	size_t n;
	uint32_t zone_servers; /* seen to answer with authority */
};

struct ks_behaviour_verdict {
	enum ks_memory memory;
	double median_gap_ms;
	double sci;      /* self-clocking index, 0 to 1 */
	double spray;    /* H, 0 to 1 */
	double coverage; /* servers asked of those there are */
};

struct ks_behaviour_verdict ks_behaviour_judge(const struct ks_behaviour_counts *counts,
					       const struct ks_behaviour_servers *servers,
					       const struct ks_behaviour_limits *limits);

/* "none", "30s", "60s", "600s", "ttl"; NULL for unknown. */
const char *ks_memory_name(enum ks_memory memory);

#endif
