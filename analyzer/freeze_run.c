/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/freeze_run.c -- facts about the run itself and its inputs. */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "analyzer/pipeline_p.h"

static const char *
state_name(enum ks_capture_state state)
{
	switch (state) {
	case KS_CAPTURE_WHOLE:
		return "whole";
	case KS_CAPTURE_UNFINISHED:
		return "unfinished";
	case KS_CAPTURE_CUT:
		return "cut";
	case KS_CAPTURE_UNREADABLE:
		return "unreadable";
	}
	return "unreadable";
}

static int
compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

/* Files in any order make the same set. */
static enum ks_error
hash_set(const struct ks_run_state *run, uint8_t ret[16], struct ks_diag *diag)
{
	const size_t n = run->capture->ops->n_files(run->capture);
	uint8_t(*const hashes)[16] = calloc(n + 1, sizeof(*hashes));
	if (hashes == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for %zu files", n);
	size_t n_hashes = 0;
	for (size_t i = 0; i < n; i++) {
		const struct ks_capture_info *const info = run->capture->ops->info(run->capture, i);
		if (info->state != KS_CAPTURE_UNREADABLE)
			memcpy(hashes[n_hashes++], info->hash, 16);
	}
	qsort(hashes, n_hashes, sizeof(*hashes), compare_hashes);
	XXH128_canonical_t canonical;
	XXH128_canonicalFromHash(&canonical, XXH3_128bits(hashes, n_hashes * sizeof(*hashes)));
	memcpy(ret, canonical.digest, 16);
	free(hashes);
	return KS_SUCCESS;
}

static enum ks_error
put_run(const struct ks_run_state *run, struct ks_sink *sink, struct ks_diag *diag)
{
	struct ks_fact_run fact = {
		.tool_version = run->config->tool_version,
		.sensor = run->config->sensor,
		.vantage = run->config->vantage,
		.vantage_given = run->config->vantage != 0,
		.partial = run->partial,
		.queries_only = run->shard.totals.queries > 0 && run->shard.totals.responses == 0,
		.responses_only = run->shard.totals.responses > 0 && run->shard.totals.queries == 0,
		.bin_s = run->shard.series.width_s,
		.time_digits = 6,
	};
	if (fact.vantage == 0)
		fact.vantage = ks_shard_vantage(&run->shard);
	bool any = false;
	for (size_t i = 0; i < run->capture->ops->n_files(run->capture); i++) {
		const struct ks_capture_info *const info = run->capture->ops->info(run->capture, i);
		if (info->packets == 0)
			continue;
		if (!any || info->first_ns < fact.first_ns)
			fact.first_ns = info->first_ns;
		if (!any || info->last_ns > fact.last_ns)
			fact.last_ns = info->last_ns;
		if (info->time_digits > fact.time_digits)
			fact.time_digits = info->time_digits;
		any = true;
	}
	const enum ks_error error = hash_set(run, fact.set_hash, diag);
	return error != KS_SUCCESS ? error : sink->ops->begin(sink, &fact, diag);
}

static enum ks_error
put_inputs(const struct ks_run_state *run, struct ks_sink *sink, struct ks_run_outcome *outcome,
	   struct ks_diag *diag)
{
	outcome->files = run->capture->ops->n_files(run->capture);
	for (size_t i = 0; i < outcome->files; i++) {
		const struct ks_capture_info *const info = run->capture->ops->info(run->capture, i);
		if (info->duplicate)
			continue; /* the same bytes as another input's: nothing of its own to tell */
		struct ks_fact_input fact = {
			.path = info->path,
			.container = info->container,
			.state = state_name(info->state),
			.note = info->note,
			.size_bytes = info->size_bytes,
			.packets = info->packets,
			.linktype = info->linktype,
			.snaplen = info->snaplen,
			.first_ns = info->first_ns,
			.last_ns = info->last_ns,
		};
		memcpy(fact.hash, info->hash, sizeof(fact.hash));
		outcome->files_unusable += info->state != KS_CAPTURE_WHOLE;
		const enum ks_error error = sink->ops->input(sink, &fact, diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

enum ks_error
ks_freeze_run(const struct ks_run_state *run, struct ks_sink *sink, struct ks_run_outcome *outcome,
	      struct ks_diag *diag)
{
	const enum ks_error error = put_run(run, sink, diag);
	return error == KS_SUCCESS ? put_inputs(run, sink, outcome, diag) : error;
}
