/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/search.h -- does a source do as RFC 9520 says, and does its DNSKEY load follow its demand?
 *
 * Input:   counts of a (source, zone), added up over as many runs as there are. Pure functions.
 * Method:  DOMAIN B3 (section 3.2 of the RFC: failures are kept 1 s at least, 5 min at most), A1 1-18
 * (demand). Unknown: NaN or KS_RFC9520_UNKNOWN, never a guess. Memory:  none. Threads: no state. */
#ifndef KS_ANALYZER_JUDGE_SEARCH_H
#define KS_ANALYZER_JUDGE_SEARCH_H

#include "analyzer/judge/behaviour.h"

enum ks_rfc9520 {
	KS_RFC9520_UNKNOWN,
	KS_RFC9520_VIOLATES, /* searched again without a second's pause */
	KS_RFC9520_CACHES    /* never so soon, and not because nobody asked */
};

struct ks_search_verdict {
	double min_interval_s; /* between the starts of two failing searches */
	enum ks_rfc9520 rfc9520;
};

/* `memory`: what the pauses between bursts say. */
struct ks_search_verdict ks_search_judge(const struct ks_search_counts *counts, enum ks_memory memory);

/* "violates", "caches"; NULL for unknown. */
const char *ks_rfc9520_name(enum ks_rfc9520 rfc9520);

struct ks_demand_verdict {
	double per_query;   /* DNSKEY queries for each query of the demand; NaN: no demand was seen */
	double slope;       /* of the regression line; NaN: fewer than four windows, or demand never varied */
	double correlation; /* -1 to 1; NaN with the slope, and where the load never varied */
};

struct ks_demand_verdict ks_demand_judge(const struct ks_demand_sums *sums);

#endif
