/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/rollover.h"

#include "analyzer/judge/agree.h"
#include "analyzer/judge/chain.h"
#include "analyzer/judge/phase.h"
#include "analyzer/judge/renewal.h"
#include "analyzer/judge/signing.h"
#include "analyzer/judge/timing.h"

void
ks_rollover_judge(const struct ks_zone_facts *facts, struct ks_traits_scratch *scratch,
		  struct ks_events *events)
{
	events->n = 0;
	events->lost = 0;
	events->in_part = facts->cut;
	ks_traits_judge(facts, scratch, events);
	events->in_part |= scratch->n_changes == KS_CHANGES_MAX;
	ks_chain_judge(facts, events);
	ks_signing_judge(facts, events);
	ks_renewal_judge(facts, events);
	ks_agree_judge(facts, events);
	ks_events_sort(events);
	ks_phase_judge(facts, events);
	ks_timing_judge(facts, events);
}
