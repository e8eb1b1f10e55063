/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/pipeline_p.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/secret.h"

enum { PROGRESS_EVERY = 1 << 16, STOP_EVERY = 1 << 10 };

/* What --memory leaves for tables. Outside of it stand the program, its libraries, SQLite's cache and the
 * buffers of the files (10 MiB, measured); of the rest a twentieth goes to reassembly. Choosing, sorting and
 * the database's cache take what is left, and what tables give back at the end (freeze.c). A source counts
 * with all that it may need, 120 octets and its slots in the index; most need half of that. */
static size_t
tables_share(size_t memory_bytes)
{
	const size_t fixed = (size_t)10 << 20;
	return (memory_bytes - fixed) / 100 * 82;
}

static void
count_batch(void *arg, const struct ks_batch *batch)
{
	ks_shard_batch(arg, batch);
}

/* Without threads: count what there is. */
static void
empty_batch(struct ks_collector *collector)
{
	count_batch(collector->arg, collector->batch);
	ks_batch_clear(collector->batch);
}

static enum ks_error
collector_init(struct ks_run_state *run, struct ks_diag *diag)
{
	if (run->config->jobs > 1)
		return ks_relay_start(count_batch, &run->shard, &run->relay, &run->collector, diag);
	run->own = (struct ks_collector){
		.batch = malloc(sizeof(*run->own.batch)),
		.full = empty_batch,
		.arg = &run->shard,
	};
	if (run->own.batch == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for a batch of packets");
	ks_batch_clear(run->own.batch);
	run->collector = &run->own;
	return KS_SUCCESS;
}

static enum ks_error
run_init(struct ks_run_state *run, struct ks_diag *diag)
{
	struct ks_secret secret = {0};
	enum ks_error error = ks_secret_draw(&secret, diag);
	if (error != KS_SUCCESS)
		return error;
	struct ks_dissect_config dissect = {
		.ports = run->config->ports,
		.servers = run->config->servers,
		.n_servers = run->config->n_servers,
		.secret = secret,
		.memory_bytes = run->config->memory_bytes / 20,
	};
	if (dissect.memory_bytes < KS_DISSECT_MEMORY_MIN)
		dissect.memory_bytes = KS_DISSECT_MEMORY_MIN;
	error = ks_region_init(&run->dissector_memory, ks_dissect_memory(&dissect), diag);
	if (error != KS_SUCCESS)
		return error;
	error = ks_shard_init(&run->shard, tables_share(run->config->memory_bytes), run->config->bin_s,
			      &secret, diag);
	if (error == KS_SUCCESS && run->config->past != NULL)
		ks_shard_begin(&run->shard, run->config->past);
	if (error == KS_SUCCESS)
		error = collector_init(run, diag);
	if (error != KS_SUCCESS)
		return error;
	run->listener = ks_collector_listener(run->collector);
	run->dissector = ks_dissect_init(run->dissector_memory.base, &dissect, &run->listener);
	return KS_SUCCESS;
}

static void
run_done(struct ks_run_state *run)
{
	ks_relay_stop(run->relay);
	free(run->own.batch);
	ks_shard_done(&run->shard);
	ks_region_done(&run->dissector_memory);
}

static bool
is_stopped(const struct ks_run_state *run)
{
	return run->config->stop != NULL && *run->config->stop != 0;
}

static void
report_progress(const struct ks_run_state *run)
{
	if (run->config->progress != NULL)
		run->config->progress(run->config->progress_arg, run->capture, run->packets);
}

static enum ks_error
read_all(struct ks_run_state *run, struct ks_diag *diag)
{
	uint64_t told = 0, asked = 0;
	for (;;) {
		struct ks_packet packets[KS_DISSECT_BATCH];
		size_t n;
		const enum ks_error error =
			ks_capture_next_batch(run->capture, packets, KS_COUNT(packets), &n, diag);
		if (run->config->shed != NULL && run->relay == NULL) /* else the shard is not ours */
			run->shard.shed = *run->config->shed;
		ks_dissect_feed_batch(run->dissector, packets, n);
		if (run->relay == NULL)
			empty_batch(run->collector);
		run->packets += n;
		if (error != KS_SUCCESS)
			return error;
		if (n == 0 || run->packets - asked >= STOP_EVERY) {
			asked = run->packets;
			run->partial = is_stopped(run);
			if (n == 0 || run->partial)
				return KS_SUCCESS;
		}
		if (run->packets - told >= PROGRESS_EVERY) {
			told = run->packets;
			report_progress(run);
		}
	}
}

static enum ks_error
put_facts(struct ks_run_state *run, struct ks_sink *sink, struct ks_run_outcome *outcome,
	  struct ks_diag *diag)
{
	struct ks_dissect_stats stats;
	ks_dissect_stats(run->dissector, &stats);
	memcpy(outcome->unknown_links, stats.unknown_links, sizeof(outcome->unknown_links));
	enum ks_error error = ks_shard_choose(&run->shard, diag);
	if (error == KS_SUCCESS)
		error = ks_freeze_run(run, sink, outcome, diag);
	if (error == KS_SUCCESS)
		error = ks_freeze_counters(run, &stats, sink, diag);
	ks_region_done(&run->dissector_memory); /* it has told all: writing takes memory too */
	run->shard.given = run->config->given;
	run->shard.n_given = run->config->n_given;
	if (error == KS_SUCCESS)
		error = ks_shard_freeze(&run->shard, sink, diag);
	if (error == KS_SUCCESS && run->config->more != NULL)
		error = run->config->more(run->config->end_arg, sink, diag);
	if (error == KS_SUCCESS)
		error = sink->ops->end(sink, diag);
	return error;
}

enum ks_error
ks_run(struct ks_capture *capture, const struct ks_run_config *config, struct ks_sink *sink,
       struct ks_run_outcome *ret, struct ks_diag *diag)
{
	struct ks_run_state run = {.config = config, .capture = capture};
	struct ks_run_outcome outcome = {0};
	enum ks_error error = run_init(&run, diag);
	if (error == KS_SUCCESS)
		error = read_all(&run, diag);
	ks_relay_stop(run.relay); /* the shard is ours again */
	run.relay = NULL;
	if (error == KS_SUCCESS && config->ended != NULL)
		error = config->ended(config->end_arg, &sink, diag);
	if (error == KS_ERR_INTERRUPTED && config->past != NULL)
		ks_shard_leave(&run.shard, config->past);
	if (error == KS_SUCCESS)
		error = put_facts(&run, sink, &outcome, diag);
	outcome.packets = run.packets;
	outcome.partial = run.partial;
	run_done(&run);
	if (error == KS_SUCCESS)
		*ret = outcome;
	return error;
}
