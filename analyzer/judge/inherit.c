/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/inherit.h"

#include <string.h>

#include "analyzer/judge/diagnosis.h"

static bool
is(const char *verdict, enum ks_hypothesis hypothesis)
{
	return verdict != NULL && strcmp(verdict, ks_hypothesis_name(hypothesis)) == 0;
}

bool
ks_inherit_passes(const char *verdict)
{
	return is(verdict, KS_H_STALE_ANCHOR) || is(verdict, KS_H_BROKEN_ZONE);
}

void
ks_inherit_add(struct ks_inherit_pool *pool, const char *verdict, double lead_db, int64_t zone_id,
	       double weight)
{
	if (!ks_inherit_passes(verdict) || !(weight > 0))
		return;
	struct ks_inherit_part *const part = is(verdict, KS_H_STALE_ANCHOR) ? &pool->stale : &pool->broken;
	if (part->weight == 0 || lead_db < part->lead_db)
		part->lead_db = lead_db;
	if (weight > part->most) {
		part->most = weight;
		part->zone_id = zone_id;
	}
	part->weight += weight;
}

const char *
ks_inherit_conclude(const struct ks_inherit_pool *pool, double excess, double *ret_lead_db,
		    int64_t *ret_zone_id)
{
	const bool stale = pool->stale.weight >= pool->broken.weight;
	const struct ks_inherit_part *const part = stale ? &pool->stale : &pool->broken;
	if (!(part->weight > 0) || part->weight < 0.5 * excess)
		return NULL;
	*ret_lead_db = part->lead_db;
	*ret_zone_id = part->zone_id;
	return ks_hypothesis_name(stale ? KS_H_STALE_ANCHOR : KS_H_BROKEN_ZONE);
}
