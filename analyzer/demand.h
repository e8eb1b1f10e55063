/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/demand.h -- does a source's DNSKEY load follow its demand? (DOMAIN 1-18)
 *
 * Demand is a count that its owner keeps: what clients asked the source, where that is in the capture, else
 * what the source asked besides keys and DS. Time is cut into windows at the first DNSKEY query five seconds
 * and more after the last cut; each window is a point (demand, DNSKEY queries), and the sums of a regression
 * line over all windows are kept. Sums of several captures add up.
 *
 * Memory:  part of its owner. Work: O(1) a query. Time: packet time; a clock that steps back cuts, and the
 *          window is not counted. Threads: one owner. */
#ifndef KS_ANALYZER_DEMAND_H
#define KS_ANALYZER_DEMAND_H

#include "analyzer/summary.h"

#define KS_DEMAND_NS (INT64_C(5) * KS_NS_PER_S)

struct ks_demand {
	int64_t from_ns; /* of the window at hand; 0: none yet */
	uint64_t others; /* the owner's count when it began */
	uint64_t asked;  /* DNSKEY queries in it */
	bool of_clients; /* what `others` counts */
	struct ks_demand_sums sums;
};

/* Must the owner tell its count before the query at `t_ns`? */
static inline bool
ks_demand_is_due(const struct ks_demand *demand, int64_t t_ns)
{
	return demand->from_ns == 0 || t_ns < demand->from_ns || t_ns - demand->from_ns >= KS_DEMAND_NS;
}

/* Cut here. A count of another kind than before starts afresh. */
void ks_demand_cut(struct ks_demand *demand, int64_t t_ns, uint64_t others, bool of_clients);

/* A DNSKEY query. */
void ks_demand_ask(struct ks_demand *demand);

#endif
