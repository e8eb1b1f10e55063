/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/freeze_counters.c -- named counts of a run: packets by verdict, totals, notices, losses. */
#include <stdio.h>

#include "analyzer/pipeline_p.h"

static uint64_t
sum_of_inputs(const struct ks_run_state *run, size_t offset)
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
put_totals(const struct ks_run_state *run, const struct ks_dissect_stats *stats, struct ks_sink *sink,
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
put_notices(const struct ks_run_state *run, const struct ks_dissect_stats *stats, struct ks_sink *sink,
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
		LOSS("past_forgotten", shard->past != NULL ? shard->past->forgotten : 0,
		     "sources and zones known from the segment before that found no room: a first query of "
		     "theirs may be a requery; give more --memory"),
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

enum ks_error
ks_freeze_counters(const struct ks_run_state *run, const struct ks_dissect_stats *stats, struct ks_sink *sink,
		   struct ks_diag *diag)
{
	enum ks_error error = put_verdicts(stats, sink, diag);
	if (error == KS_SUCCESS)
		error = put_totals(run, stats, sink, diag);
	if (error == KS_SUCCESS)
		error = put_notices(run, stats, sink, diag);
	return error == KS_SUCCESS ? put_unknown_links(stats, sink, diag) : error;
}
