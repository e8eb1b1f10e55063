/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/pipeline_p.h -- a run while it is on, which its files share; private to analyzer/. */
#ifndef KS_ANALYZER_PIPELINE_P_H
#define KS_ANALYZER_PIPELINE_P_H

#include "analyzer/pipeline.h"
#include "analyzer/relay.h"
#include "analyzer/shard.h"

struct ks_run_state {
	const struct ks_run_config *config;
	struct ks_capture *capture;
	struct ks_shard shard;
	struct ks_region dissector_memory;
	struct ks_dissector *dissector;
	struct ks_collector own, *collector; /* what the dissector fills; without threads our own */
	struct ks_relay *relay;              /* or NULL: no threads */
	struct ks_listener listener;
	uint64_t packets;
	bool partial;
};

/* --- freeze_run.c --- */

/* What the run and its inputs were: the first facts of all. Fills the files of `outcome`. */
KS_MUST_CHECK enum ks_error ks_freeze_run(const struct ks_run_state *run, struct ks_sink *sink,
					  struct ks_run_outcome *outcome, struct ks_diag *diag);

/* --- freeze_counters.c --- */

/* Where packets ended, totals, and what report quality must tell. */
KS_MUST_CHECK enum ks_error ks_freeze_counters(const struct ks_run_state *run,
					       const struct ks_dissect_stats *stats, struct ks_sink *sink,
					       struct ks_diag *diag);

#endif
