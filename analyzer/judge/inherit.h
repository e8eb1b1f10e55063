/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/inherit.h -- who cannot validate a zone can validate nothing below it.
 *
 * A resolver trusts the keys of a zone by way of the DS that the zone above signs (RFC 4035 section 5). When
 * it fails above it fails below as well, and old software then asks for the keys of every zone on its way,
 * again and again: that is the product of DOMAIN A2, and what the laboratory saw (LAB: 4, 16 and 2704 queries
 * for d4.tld, tld and the root, of one client query). Of the zones below there is nothing else to find out:
 * too few queries, and no event of theirs.
 *
 * Rule:    a source whose own evidence about a zone decides nothing has the verdict that it has about the
 *          nearest zone above, if that is stale-trust-anchor or broken-zone. An undecided storm has such a
 *          verdict when the sources that make half of its excess or more have it about a zone above, and the
 *          same or an inherited one about the storm's zone; its lead is the least of theirs. What the own
 *          evidence of a zone decides is never overruled.
 *
 * Memory:  none. Threads: no state. Pure functions. */
#ifndef KS_ANALYZER_JUDGE_INHERIT_H
#define KS_ANALYZER_JUDGE_INHERIT_H

#include "dissect/base.h"

/* Does a verdict about a zone hold below it? `verdict`: a fixed word, or NULL. */
bool ks_inherit_passes(const char *verdict);

/* The sources of one storm. */
struct ks_inherit_pool {
	struct ks_inherit_part {
		double weight, most, lead_db;
		int64_t zone_id; /* of the source that weighs most */
	} stale, broken;
};

/* A source that weighs `weight` (queries) has `verdict`, with `lead_db`, about `zone_id` above. */
void ks_inherit_add(struct ks_inherit_pool *pool, const char *verdict, double lead_db, int64_t zone_id,
		    double weight);

/* The verdict of a storm with that `excess`; NULL: none. Writes its lead and the zone that it is of. */
const char *ks_inherit_conclude(const struct ks_inherit_pool *pool, double excess, double *ret_lead_db,
				int64_t *ret_zone_id);

#endif
