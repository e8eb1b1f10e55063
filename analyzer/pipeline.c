/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <xxhash.h>

#include "analyzer/relay.h"
#include "analyzer/shard.h"

enum { PROGRESS_EVERY = 1 << 16, STOP_EVERY = 1 << 10 };

/* A run while it is on. */
struct run {
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

static enum ks_error
draw_secret(struct ks_secret *ret, struct ks_diag *diag)
{
	if (getrandom(ret, sizeof(*ret), 0) != (ssize_t)sizeof(*ret))
		return ks_diag_set(diag, KS_ERR_MEMORY, "no random numbers from the kernel: %s",
				   strerror(errno));
	return KS_SUCCESS;
}

/* What --memory leaves for tables. Outside of it stand the program, its libraries, SQLite's cache and the
 * buffers of the files (10 MiB, measured); of the rest a twentieth goes to reassembly, and sorting at the end
 * needs 24 octets for an entry of about 120. */
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
collector_init(struct run *run, struct ks_diag *diag)
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
run_init(struct run *run, struct ks_diag *diag)
{
	struct ks_secret secret = {0};
	enum ks_error error = draw_secret(&secret, diag);
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
	if (error == KS_SUCCESS)
		error = collector_init(run, diag);
	if (error != KS_SUCCESS)
		return error;
	run->listener = ks_collector_listener(run->collector);
	run->dissector = ks_dissect_init(run->dissector_memory.base, &dissect, &run->listener);
	return KS_SUCCESS;
}

static void
run_done(struct run *run)
{
	ks_relay_stop(run->relay);
	free(run->own.batch);
	ks_shard_done(&run->shard);
	ks_region_done(&run->dissector_memory);
}

static bool
is_stopped(const struct run *run)
{
	return run->config->stop != NULL && *run->config->stop != 0;
}

static void
report_progress(const struct run *run)
{
	if (run->config->progress != NULL)
		run->config->progress(run->config->progress_arg, run->capture, run->packets);
}

static enum ks_error
read_all(struct run *run, struct ks_diag *diag)
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

/* --- facts about the run itself --- */

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
hash_set(const struct run *run, uint8_t ret[16], struct ks_diag *diag)
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
put_run(const struct run *run, struct ks_sink *sink, struct ks_diag *diag)
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
put_inputs(const struct run *run, struct ks_sink *sink, struct ks_run_outcome *outcome, struct ks_diag *diag)
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

static uint64_t
sum_of_inputs(const struct run *run, size_t offset)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < run->capture->ops->n_files(run->capture); i++) {
		const struct ks_capture_info *const info = run->capture->ops->info(run->capture, i);
		uint64_t value;
		memcpy(&value, (const uint8_t *)info + offset, sizeof(value));
		sum += value;
	}
	return sum;
}

static enum ks_error
put_list(const struct ks_fact_counter *list, size_t n, struct ks_sink *sink, struct ks_diag *diag)
{
	for (size_t i = 0; i < n; i++) {
		const enum ks_error error = sink->ops->counter(sink, &list[i], diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

static enum ks_error
put_verdicts(const struct ks_dissect_stats *stats, struct ks_sink *sink, struct ks_diag *diag)
{
	struct ks_fact_counter list[KS_VERDICT_COUNT];
	for (size_t i = 0; i < KS_VERDICT_COUNT; i++)
		list[i] = (struct ks_fact_counter){
			.kind = KS_COUNTER_PACKET,
			.name = ks_verdict_name((enum ks_verdict)i),
			.note = ks_verdict_note((enum ks_verdict)i),
			.value = stats->verdicts[i],
		};
	return put_list(list, KS_COUNT(list), sink, diag);
}

static enum ks_error
put_totals(const struct run *run, const struct ks_dissect_stats *stats, struct ks_sink *sink,
	   struct ks_diag *diag)
{
	const struct ks_totals *const totals = &run->shard.totals;
	const struct ks_fact_counter list[] = {
		{KS_COUNTER_TOTAL, "packets", stats->packets, "packets read"},
		{KS_COUNTER_TOTAL, "dns_messages", stats->messages, "DNS messages"},
		{KS_COUNTER_TOTAL, "queries", totals->queries, "DNS messages with QR=0"},
		{KS_COUNTER_TOTAL, "responses", totals->responses, "DNS messages with QR=1"},
		{KS_COUNTER_TOTAL, "udp", totals->udp, "DNS messages over UDP"},
		{KS_COUNTER_TOTAL, "tcp", totals->tcp, "DNS messages over TCP"},
		{KS_COUNTER_TOTAL, "ipv4", totals->ipv4, "DNS messages over IPv4"},
		{KS_COUNTER_TOTAL, "ipv6", totals->ipv6, "DNS messages over IPv6"},
		{KS_COUNTER_TOTAL, "do_queries", totals->do_queries, "queries with the DO bit"},
		{KS_COUNTER_TOTAL, "tc_responses", totals->tc_responses, "responses with the TC bit"},
		{KS_COUNTER_TOTAL, "icmp_quoted", totals->icmp_quoted, "ICMP errors that quote DNS"},
		{KS_COUNTER_TOTAL, "malformed", stats->malformed, "messages on a DNS port that are not DNS"},
		{KS_COUNTER_TOTAL, "query_bytes", totals->query_dns_bytes, "octets of all queries"},
		{KS_COUNTER_TOTAL, "response_bytes", totals->response_dns_bytes, "octets of all responses"},
	};
	return put_list(list, KS_COUNT(list), sink, diag);
}

static uint64_t
cd_retries(const struct ks_shard *shard)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < shard->cd.changes.n; i++)
		n += ((const struct ks_cd_change *)ks_map_at(&shard->cd.changes, i))->retries;
	return n;
}

static enum ks_error
put_notices(const struct run *run, const struct ks_dissect_stats *stats, struct ks_sink *sink,
	    struct ks_diag *diag)
{
	const struct ks_shard *const shard = &run->shard;
	const struct ks_totals *const totals = &shard->totals;
	const struct ks_fact_counter list[] = {
#define NOTICE(name, value, note) {KS_COUNTER_NOTICE, name, value, note}
#define LOSS(name, value, note)                                                                              \
	{                                                                                                    \
		KS_COUNTER_LOSS, name, value, note                                                           \
	}
		LOSS("messages_cut", stats->cut,
		     "messages whose records the snap length cut; they count, their sizes are those on the "
		     "wire: "
		     "capture with -s 0"),
		NOTICE("messages_several_opt", stats->several_opt,
		       "messages with more than one OPT record; the first was read"),
		NOTICE("udp_checksum_bad", stats->bad_checksum,
		       "whole UDP datagrams with a wrong checksum; they count: a sending host's offload "
		       "looks so"),
		NOTICE("filtered", sum_of_inputs(run, offsetof(struct ks_capture_info, filtered)),
		       "packets that --filter left out; not among the packets above"),
		NOTICE("clock_steps_back",
		       sum_of_inputs(run, offsetof(struct ks_capture_info, clock_steps_back)),
		       "packets older than the one before them in their file"),
		LOSS("fragment_datagrams_expired", stats->frag.expired,
		     "fragmented datagrams that never became whole"),
		LOSS("fragment_datagrams_evicted", stats->frag.evicted,
		     "fragmented datagrams given up for lack of room: give more --memory"),
		NOTICE("fragment_datagrams_refused", stats->frag.overlapped,
		       "fragmented datagrams with overlapping or contradicting pieces"),
		NOTICE("tcp_streams_midway", stats->stream.midway,
		       "TCP directions met without their SYN: the capture began later"),
		LOSS("tcp_streams_evicted", stats->stream.evicted,
		     "TCP directions given up for lack of room, inside a message: give more --memory"),
		NOTICE("tcp_streams_unfinished", stats->stream.unfinished + stats->stream.expired,
		       "TCP directions that ended or fell silent inside a message"),
		LOSS("tcp_gaps", stats->stream.gaps, "TCP gaps: packets the capture lost"),
		NOTICE("tcp_conflicts", stats->stream.conflicts,
		       "TCP bytes sent twice with different content; the first ones were read"),
		NOTICE("icmp_port_unreachable", shard->icmp.kinds[KS_ICMP_PORT_UNREACHABLE],
		       "ICMP: nobody waits for the answer at its port: spoofed sources, or clients that gave "
		       "up"),
		NOTICE("icmp_too_big", shard->icmp.kinds[KS_ICMP_TOO_BIG],
		       "ICMP: an answer did not fit a link: it may never arrive; see TC and EDNS sizes"),
		NOTICE("icmp_unreachable", shard->icmp.kinds[KS_ICMP_UNREACHABLE],
		       "ICMP: host or network not reachable, or forbidden"),
		NOTICE("icmp_other", shard->icmp.kinds[KS_ICMP_OTHER], "ICMP: other errors that quote DNS"),
		LOSS("samples_shed", shard->samples_shed,
		     "queries not about keys that were not looked at for sequences, for packets came too "
		     "fast"),
		LOSS("details_shed", shard->details_shed,
		     "messages not about keys that are in totals, bins and servers only, not by source, name "
		     "or error, for packets came too fast: a narrower --filter, or a faster machine"),
		LOSS("sources_unlisted", totals->unlisted_sources,
		     "messages of sources that left a full table: counted in totals, bins and prefixes, not "
		     "by "
		     "source; give more --memory"),
		NOTICE("sources_replaced", shard->saving_sources.replaced,
		       "times a full table gave the place of a source to another"),
		NOTICE("sources_places", shard->saving_sources.replaced > 0 ? shard->sources.capacity : 0,
		       "sources that the table holds"),
		NOTICE("sources_bound", shard->saving_sources.floor,
		       "queries at most of a source that is not listed; no err in sources is greater (at "
		       "most "
		       "queries / sources_places)"),
		LOSS("servers_unlisted", totals->unlisted_servers,
		     "messages of servers that found no room: counted in totals, not by server"),
		LOSS("zones_unlisted", totals->unlisted_zones,
		     "DNSKEY queries whose name found no room: counted in totals and bins, not by zone; "
		     "give more "
		     "--memory"),
		LOSS("zone_bins_unlisted", totals->unlisted_zone_bins,
		     "DNSKEY queries missing from the time series of their zone, for lack of room: give "
		     "more --memory"),
		LOSS("hitters_unlisted", totals->unlisted_flows,
		     "DNSKEY queries of sources and zones that left a full table: not in hitters, but in "
		     "hitters --prefix; give more --memory"),
		NOTICE("hitters_replaced", shard->saving_flows.replaced,
		       "times a full table gave the place of a source and zone to another"),
		NOTICE("hitters_places", shard->saving_flows.replaced > 0 ? shard->flows.capacity : 0,
		       "sources and zones that the table holds"),
		NOTICE("hitters_bound", shard->saving_flows.floor,
		       "DNSKEY queries at most of a source and zone that is not listed; no err in hitters is "
		       "greater (at most DNSKEY queries / hitters_places)"),
		LOSS("prefixes_unlisted", shard->source_nets.lost + shard->flow_nets.lost,
		     "messages of prefixes that left a full table in turn: missing in --prefix, where err "
		     "tells; give more --memory"),
		LOSS("behaviour_unfollowed", totals->unfollowed_flows,
		     "sources that asked a zone's keys again and found no room to be followed: their hitters "
		     "rows have no memory_class, sci, spray and median_gap_ms; give more --memory"),
		LOSS("fingerprints_unlisted", shard->stacks.unlisted,
		     "DNSKEY queries whose fingerprint found no room: not in fingerprints; give more "
		     "--memory"),
		NOTICE("fingerprints_evicted", shard->stacks.evicted,
		       "times a source showed a fifth fingerprint and the one met least recently was "
		       "forgotten: many caches behind one address, or a forged source"),
		LOSS("nxdomain_unlisted", shard->nxdomain.unlisted,
		     "NXDOMAIN answers below names that found no room: not in nxdomain"),
		LOSS("pairs_evicted", shard->pairs.evicted,
		     "queries forgotten while waiting for their answer, for lack of room: give more "
		     "--memory"),
		NOTICE("responses_unasked", totals->unasked_responses,
		       "answers to DNSKEY or DS whose query is not in the capture, or came too late"),
		NOTICE("sequence_squeezes", shard->samples.squeezes,
		       "times the sample of query sequences was thinned to stay in memory"),
		NOTICE("signals_malformed", shard->signals.malformed,
		       "queries with a _ta- or sentinel name, or a key-tag option, that holds no tags"),
		NOTICE("signal_tags_cut", shard->signals.tags_cut,
		       "trust anchor signals with more than 12 tags: the least ones are kept"),
		LOSS("signals_unlisted", shard->signals.unlisted,
		     "trust anchor signals without room: not in anchors; give more --memory"),
		LOSS("zone_keys_unlisted", shard->signals.unlisted_keys,
		     "sightings of zone keys without room: lacks_current may be wrong"),
		NOTICE("zone_keys_cut", shard->signals.long_answers,
		       "DNSKEY answers with more than 16 keys or signatures: the first 16 were read"),
		NOTICE("error_reports_malformed", shard->errors.malformed,
		       "TXT queries that begin with _er and are no error report"),
		LOSS("errors_unlisted", shard->errors.unlisted,
		     "error codes and reports without room: not in errors; give more --memory"),
		LOSS("ledger_unlisted", shard->ledger.unlisted,
		     "DNSSEC RRsets without room for them, their name, server or period: not in consistency; "
		     "give more --memory"),
		NOTICE("ledger_skimmed", shard->ledger.skimmed,
		       "responses to other questions than for keys, DS and SOA that were not read for DNSSEC "
		       "records: there were more than 64 a second"),
		NOTICE("delegations_summed", shard->ledger.passed_over,
		       "delegations without a row of their own, for there are too many and nothing changed"),
		LOSS("ledger_keys_unlisted", shard->ledger.unlisted_keys,
		     "DNSKEY records without room: signatures of them are unknown; give more --memory"),
		LOSS("signatures_unlisted", shard->ledger.unlisted_signatures,
		     "RRSIG records without room: not in signatures; give more --memory"),
		NOTICE("ledger_periods_forgotten", shard->ledger.forgotten,
		       "times a server changed an RRset again after 64 changes: the first periods and the "
		       "latest are kept"),
		NOTICE("ledger_records_lost", shard->ledger.lost_records,
		       "records beyond the 64 of an RRset, 256 or 32 RRsets of a message that are read"),
		NOTICE("ledger_rrsets_large", shard->ledger.large,
		       "RRsets with more than 64 records or 16 KiB, or that could not be read: not in "
		       "consistency"),
		NOTICE("ledger_malformed", shard->ledger.malformed,
		       "DNSSEC records that do not hold what they must"),
		NOTICE("signatures_unverified", shard->ledger.unverified,
		       "signatures left unchecked because there were too many at once"),
		NOTICE("openings_met", shard->openings.met,
		       "times the record of how a source begins was cut short, because another source needed "
		       "its place: starts may miss it; more --memory gives more places"),
		LOSS("openings_unlisted", shard->openings.unlisted,
		     "beginnings of sources without room: not in starts; give more --memory"),
		NOTICE("cd_retries", cd_retries(shard),
		       "queries with CD=1 for names that the client had been refused with SERVFAIL: "
		       "somebody's "
		       "validation fails upstream; report cd names who asks"),
		NOTICE("cd_refusals_forgotten", shard->cd.forgotten,
		       "SERVFAIL answers of the last minute that gave way to others: cd_retries may be too "
		       "low"),
		LOSS("cd_unlisted", shard->cd.unlisted,
		     "changes of the CD bit without room: not in cd; give more --memory"),
		LOSS("lookaside_unlisted", shard->lookaside.unlisted,
		     "DLV messages whose name found no room: not in lookaside; give more --memory"),
		LOSS("bins_widened", shard->series.folds_for_room,
		     "times the bins were widened because a table was full: give more --memory"),
#undef NOTICE
#undef LOSS
	};
	return put_list(list, KS_COUNT(list), sink, diag);
}

static enum ks_error
put_unknown_links(const struct ks_dissect_stats *stats, struct ks_sink *sink, struct ks_diag *diag)
{
	for (size_t i = 0; i < KS_UNKNOWN_LINKS && stats->unknown_links[i].packets > 0; i++) {
		const struct ks_unknown_link *const link = &stats->unknown_links[i];
		char name[32], note[96];
		(void)snprintf(name, sizeof(name), "link_type_%d", link->linktype);
		(void)snprintf(note, sizeof(note),
			       "link type %d is not known: its packets are in link_unknown", link->linktype);
		const struct ks_fact_counter fact = {KS_COUNTER_NOTICE, name, link->packets, note};
		const enum ks_error error = sink->ops->counter(sink, &fact, diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

static enum ks_error
put_facts(struct run *run, struct ks_sink *sink, struct ks_run_outcome *outcome, struct ks_diag *diag)
{
	struct ks_dissect_stats stats;
	ks_dissect_stats(run->dissector, &stats);
	memcpy(outcome->unknown_links, stats.unknown_links, sizeof(outcome->unknown_links));
	enum ks_error error = ks_shard_choose(&run->shard, diag);
	if (error == KS_SUCCESS)
		error = put_run(run, sink, diag);
	if (error == KS_SUCCESS)
		error = put_inputs(run, sink, outcome, diag);
	if (error == KS_SUCCESS)
		error = put_verdicts(&stats, sink, diag);
	if (error == KS_SUCCESS)
		error = put_totals(run, &stats, sink, diag);
	if (error == KS_SUCCESS)
		error = put_notices(run, &stats, sink, diag);
	if (error == KS_SUCCESS)
		error = put_unknown_links(&stats, sink, diag);
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
	struct run run = {.config = config, .capture = capture};
	struct ks_run_outcome outcome = {0};
	enum ks_error error = run_init(&run, diag);
	if (error == KS_SUCCESS)
		error = read_all(&run, diag);
	ks_relay_stop(run.relay); /* the shard is ours again */
	run.relay = NULL;
	if (error == KS_SUCCESS && config->ended != NULL)
		error = config->ended(config->end_arg, &sink, diag);
	if (error == KS_SUCCESS)
		error = put_facts(&run, sink, &outcome, diag);
	outcome.packets = run.packets;
	outcome.partial = run.partial;
	run_done(&run);
	if (error == KS_SUCCESS)
		*ret = outcome;
	return error;
}
