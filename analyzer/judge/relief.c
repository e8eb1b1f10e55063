/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/relief.h"

#include <math.h>
#include <string.h>

#define OPEN_SCI 0.2 /* DOMAIN B5: below, queries do not wait for answers */
#define FLOOD_QPS 10.0

static const struct {
	const char *verdict;
	enum ks_relief relief;
} reliefs[] = {
	{"stale-trust-anchor", KS_RELIEF_NAMED},
	{"no-cache", KS_RELIEF_NAMED},
	{"loop", KS_RELIEF_NAMED},
	{"monitoring", KS_RELIEF_NAMED},
	{"clock-skew", KS_RELIEF_NAMED},
	{"dos", KS_RELIEF_LIMIT},
	{"reflection", KS_RELIEF_LIMIT},
	{"broken-zone", KS_RELIEF_REPAIR},
	{"answer-lost", KS_RELIEF_PATH},
	{"healthy", KS_RELIEF_NONE},
};

enum ks_relief
ks_relief_of(const char *verdict)
{
	for (size_t i = 0; verdict != NULL && i < KS_COUNT(reliefs); i++)
		if (strcmp(reliefs[i].verdict, verdict) == 0)
			return reliefs[i].relief;
	return KS_RELIEF_PROVED;
}

bool
ks_relief_may_name(const char *source_verdict, enum ks_relief storm, bool proved)
{
	const enum ks_relief own = ks_relief_of(source_verdict);
	if (own != KS_RELIEF_PROVED)
		return own == KS_RELIEF_NAMED;
	return storm == KS_RELIEF_NAMED || (storm == KS_RELIEF_PROVED && proved);
}

enum ks_relief_tier
ks_relief_choose(const struct ks_relief_habits *habits)
{
	if (habits->sci <= OPEN_SCI) /* never true of NAN */
		return KS_TIER_OPEN;
	if (habits->memory_class == NULL)
		return KS_TIER_UNKNOWN;
	if (strcmp(habits->memory_class, "none") != 0)
		return KS_TIER_REMEMBER;
	return habits->qps >= FLOOD_QPS ? KS_TIER_FLOOD : KS_TIER_FORGET;
}

unsigned
ks_relief_delay_ms(enum ks_relief_tier tier)
{
	static const unsigned delays_ms[KS_TIERS] = {0, 250, 500, 1000, 2000};
	return delays_ms[tier];
}

double
ks_relief_rate_qps(double gap_ms, double delay_ms)
{
	const double cycle_ms = gap_ms + delay_ms;
	return cycle_ms > 0 ? 1000 / cycle_ms : (double)NAN;
}

uint32_t
ks_relief_limit_qps(double busiest_qps, uint32_t least)
{
	const double room = ceil(busiest_qps * 2);
	if (!(room > least))
		return least;
	return room < 1e6 ? (uint32_t)room : 1000000;
}
