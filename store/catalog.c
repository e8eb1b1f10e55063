/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/sql_p.h"
#include "store/store_p.h"

/* Why storms have no trigger: it began out of sight, nobody saw the keys, or nothing happened to them. */
/* clang-format off */
static const char storm_caveats[] =
	"WITH silent AS (SELECT zone_id, began_before, EXISTS (SELECT 1 FROM rrset_seen WHERE rrset_seen.zone_id ="
	"  storm.zone_id AND rrset_seen.type = 48 AND authoritative) AS seen FROM storm WHERE NOT EXISTS"
	"  (SELECT 1 FROM storm_candidate WHERE storm_candidate.storm_id = storm.storm_id)),"
	" zones AS (SELECT DISTINCT began_before, seen, name FROM silent JOIN zone USING (zone_id) ORDER BY name),"
	" told AS (SELECT began_before, iif(began_before, 1, seen) AS seen, iif(count(*) > 3, count(*) || ' zones',"
	"  group_concat(name, ', ')) AS list FROM zones GROUP BY 1, 2)"
	" SELECT CASE WHEN began_before THEN 'no trigger is known for ' || list || ': the storm was on before the capture'"
	"  WHEN seen THEN 'no trigger was seen for ' || list || ': nothing happened to its keys or DS, to those of the zones"
	" above or in the calendar, shortly before the storm'"
	"  ELSE 'no trigger is known for ' || list || ': its keys are in no answer that was captured' END"
	" FROM told ORDER BY began_before, seen DESC";
/* clang-format on */

static const char event_caveats[] =
	"SELECT CASE WHEN EXISTS (SELECT 1 FROM judged) AND NOT EXISTS (SELECT 1 FROM event)"
	" THEN 'nothing was seen to happen: what stands here is the calendar' END";

/* In the order of the manual. Hidden columns that `order` and the filters use are never among `columns`. */
const struct ks_catalog_entry ks_catalog[] = {
	{
		.name = "summary",
		.sql = ks_sql_summary,
		.is_shared = true,
		.columns = "files, packets, dns_messages, queries, responses, sources, zones, "
			   "dnskey_queries, dnskey_share,"
			   " storms, offenders, heavy_hitters, verdict, lead_db, next_milestone, to_decide",
		.order = "packets", /* one row */
		.limit = -1,
	},
	{
		.name = "totals",
		.sql = ks_sql_totals,
		.columns = "packets, dns_messages, queries, responses, udp, tcp, ipv4, ipv6, do_queries, "
			   "tc_responses,"
			   " icmp_quoted, sources, malformed, query_bytes, response_bytes",
		.order = "packets", /* one row */
		.limit = -1,
	},
	{
		.name = "quality",
		.sql = ks_sql_quality,
		.columns = "counter, value, note, kind",
		.order = "place, position, counter, note, hash",
		.limit = -1,
	},
	{
		.name = "traffic",
		.sql = ks_sql_traffic,
		.columns = "t, in_bps, out_bps, in_pps, out_pps, in_dns_bps, out_dns_bps, in_ip_bps, "
			   "out_ip_bps, "
			   "dropped, bin_s",
		.order = "t_s",
		.rankable =
			" in_bps out_bps in_pps out_pps in_dns_bps out_dns_bps in_ip_bps out_ip_bps dropped ",
		.takes = KS_TAKES_SERVER | KS_TAKES_TIME | KS_TAKES_STEP | KS_TAKES_BY,
		.limit = -1,
	},
	{
		.name = "qtypes",
		.sql = ks_sql_qtypes,
		.columns = "t, qtype, queries, responses, qps, query_bytes, response_bytes, "
			   "share_of_increase, bin_s",
		.order = "t_s, queries DESC, code",
		.rankable = " queries responses qps query_bytes response_bytes share_of_increase ",
		.takes = KS_TAKES_SERVER | KS_TAKES_TIME | KS_TAKES_STEP | KS_TAKES_BY,
		.limit = -1,
	},
	{
		.name = "sources",
		.sql = ks_sql_sources,
		.columns = "source, queries, responses, dnskey_queries, dnskey_share, rrsig_bytes_share, "
			   "flow, query_bytes,"
			   " response_bytes, first, last, err, baf",
		.order = "queries DESC, length(source_ip), source_ip",
		.rankable = " queries responses dnskey_queries dnskey_share rrsig_bytes_share query_bytes "
			    "response_bytes err baf ",
		.takes = KS_TAKES_SOURCE | KS_TAKES_TIME | KS_TAKES_BY | KS_TAKES_PREFIX,
		.by_prefix = ks_sql_sources_prefix,
		.time = KS_FILTER_SPAN,
		.limit = 20,
	},
	{
		.name = "clients",
		.sql = ks_sql_clients,
		.columns = "day, v4, v6, v6_64, exact, standard_error",
		.order = "place, t_s",
		.limit = -1,
	},
	{
		.name = "hitters",
		.sql = ks_sql_hitters,
		.columns = "rank, source, zone, heavy, queries, err, guaranteed, share, cum_share, hot, "
			   "warm, cool, refresh, rr,"
			   " memory_class, sci, spray, median_gap_ms, response_bytes, tags, fingerprint, "
			   "verdict, first, last, requeries, min_search_interval_s, rfc9520, min_caches, "
			   "zone_local",
		.order = "rank",
		/* Not rank and cum_share, which follow from the ranking, nor what is not computed yet. */
		.rankable = " queries err heavy guaranteed share hot warm cool requeries refresh rr "
			    "response_bytes sci spray median_gap_ms min_search_interval_s zone_local ",
		.takes = KS_TAKES_ZONE | KS_TAKES_SOURCE | KS_TAKES_TIME | KS_TAKES_BY | KS_TAKES_PREFIX,
		.by_prefix = ks_sql_hitters_prefix,
		.time = KS_FILTER_SPAN,
		.by_inside = true,
		.limit = 20,
	},
	{
		.name = "sequence",
		.sql = ks_sql_sequence,
		.columns = "t, dt_ms, server, id, sport, proto, flags, edns_size, qname, qtype, response_t, "
			   "response_bytes, rcode,"
			   " tc, requery",
		.order = "length(source_ip), source_ip, t_ns, number, set_hash",
		.rankable = " dt_ms edns_size response_bytes ",
		.takes = KS_TAKES_ZONE | KS_TAKES_SOURCE | KS_TAKES_SERVER | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_INSTANT,
		.view_has_source = true,
		.limit = 100,
	},
	{
		.name = "storms",
		.sql = ks_sql_storms,
		.columns =
			"zone, start, \"end\", peak_qps, base_qps, uplift, uplift_lo, uplift_hi, "
			"severity, byte_share, sources,"
			" half_life_s, residual, residual_lo, residual_hi, \"trigger\", lag_s, verdict, "
			"lead_db,"
			" uplift_is_lower_bound, mean_qps, duration_s, severity_unknown, still_elevated, "
			"half_life_at_least_s, residual_share, residual_share_lo, residual_share_hi, "
			"higher_than_before, rise, rise_s, baseline, baseline_bins, dispersion, "
			"second_start, second_agrees, unknown_bins, growth, growth_lo, growth_hi, "
			"answer_bytes, answered_bps, predicted_bps, predicted_ip_bps, predicted_wire_bps, "
			"server, lag_most_s, trigger_zone, trigger_source, other_triggers, repair, repair_s, "
			"repair_half_s",
		.order = "first_ns, zone, last_ns",
		.rankable =
			" peak_qps base_qps uplift uplift_lo severity byte_share sources mean_qps duration_s "
			"half_life_s residual rise_s growth answered_bps predicted_wire_bps ",
		.takes = KS_TAKES_ZONE | KS_TAKES_SERVER | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_SPAN,
		.limit = -1,
		.caveats = storm_caveats,
	},
	{
		.name = "growth",
		.sql = ks_sql_growth,
		.columns = "zone, number, start, uplift, uplift_lo, uplift_hi, uplift_is_lower_bound, "
			   "apart_s, growth, growth_lo, growth_hi, doubling_s, doubling_lo_s, doubling_hi_s, "
			   "next_uplift, next_uplift_lo, next_uplift_hi, \"trigger\"",
		.order = "zone, number",
		.rankable = " uplift apart_s growth doubling_s next_uplift ",
		.takes = KS_TAKES_ZONE | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_SPAN,
		.limit = -1,
	},
	{
		.name = "diagnosis",
		.sql = ks_sql_diagnosis,
		.columns =
			"zone, source, hypothesis, evidence, value, weight_db, sum_db, rank, state, label, "
			"meaning, shown_in, start, verdict, lead_db, missing, decided_by, inherited_from",
		.order = "is_source, subject_queries DESC, diagnosis_id, rank, place",
		.rankable = " value weight_db sum_db rank lead_db ",
		.takes = KS_TAKES_ZONE | KS_TAKES_SOURCE | KS_TAKES_BY,
		.zone_inside = true,
		.limit = 144,
	},
	{
		.name = "conditions",
		.sql = ks_sql_conditions,
		.columns = "zone, source, condition, met, count, of, note",
		.order = "queries DESC, zone, length(source_ip), source_ip, place",
		.rankable = " count ",
		.takes = KS_TAKES_ZONE | KS_TAKES_SOURCE | KS_TAKES_BY,
		.limit = 40,
	},
	{
		.name = "resolver",
		.sql = ks_sql_resolver,
		.columns = "question, result, zone, value, count, of, since, note",
		.order = "place, count DESC, zone, note",
		.rankable = " value count ",
		.takes = KS_TAKES_ZONE | KS_TAKES_BY,
		.limit = 40,
	},
	{
		.name = "fingerprints",
		.sql = ks_sql_fingerprints,
		.columns = "fingerprint, sources, queries, share, example, zones, min_caches",
		.order = "sources DESC, queries DESC, fingerprint",
		.rankable = " sources queries share zones min_caches ",
		.takes = KS_TAKES_BY,
		.limit = 20,
	},
	{
		.name = "amplification",
		.sql = ks_sql_amplification,
		.columns = "qtype, queries, responses, query_bytes, response_bytes, baf, baf_ip, source",
		.order = "response_bytes DESC, queries DESC, code",
		.rankable = " queries responses query_bytes response_bytes baf baf_ip ",
		.takes = KS_TAKES_TIME | KS_TAKES_BY | KS_TAKES_PREFIX,
		.by_prefix = ks_sql_amplification_prefix,
		.own = ks_sql_amplification_own,
		.limit = -1,
	},
	{
		.name = "nxdomain",
		.sql = ks_sql_nxdomain,
		.columns = "parent, nxdomain, responses, share, distinct_labels, distinct_ratio, flood, "
			   "sources",
		.order = "nxdomain DESC, parent, zone_wire",
		.rankable = " nxdomain responses share distinct_labels distinct_ratio flood sources ",
		.takes = KS_TAKES_ZONE | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_SPAN,
		.limit = 20,
	},
	{
		.name = "anchors",
		.sql = ks_sql_anchors,
		.columns = "zone, source, tags, via, last, lacks_current, dnskey_queries, first, queries, "
			   "forwarded",
		.order = "zone, lacks_current DESC NULLS LAST, dnskey_queries DESC, length(source_ip), "
			 "source_ip, via, "
			 "tags",
		.rankable = " lacks_current dnskey_queries queries forwarded ",
		.takes = KS_TAKES_ZONE | KS_TAKES_SOURCE | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_SPAN,
		.limit = -1,
	},
	{
		.name = "errors",
		.sql = ks_sql_errors,
		.columns = "kind, code, meaning, zone, qtype, count, first, last",
		.order = "count DESC, kind, code, zone, type_code",
		.rankable = " count ",
		.takes = KS_TAKES_ZONE | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_SPAN,
		.limit = -1,
	},
	{
		.name = "signatures",
		.sql = ks_sql_signatures,
		.columns = "zone, type, signer_tag, algorithm, inception, expiration, remaining_s, "
			   "ratio_to_ttl, state, verified, why, count, seen_expired, first_expired, "
			   "last_expired, folded, first, last",
		.order = "calm, remaining_s, zone, type_code, algorithm, signer_tag, inception_s, "
			 "expiration_s, folded",
		.rankable = " remaining_s ratio_to_ttl count seen_expired ",
		.takes = KS_TAKES_ZONE | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_SPAN,
		.limit = 100,
	},
	{
		.name = "consistency",
		.sql = ks_sql_consistency,
		.columns = "zone, server, nsid, dnskey_hash, signers, soa_serial, \"from\", \"to\", "
			   "responses, key_sets",
		.order = "key_sets = 1, zone, first_ns, length(server_ip), server_ip, nsid_octets, last_ns",
		.rankable = " responses key_sets ",
		.takes = KS_TAKES_ZONE | KS_TAKES_SERVER | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_SPAN,
		.limit = -1,
	},
	{
		.name = "keys",
		.sql = ks_sql_keys,
		.columns = "zone, tag, algorithm, key, role, sep, revoked, signs, has_ds, bits, exponent, "
			   "warning, first, last, responses",
		.order = "warning IS NULL, zone, algorithm, tag, identity, flags",
		.rankable = " tag algorithm bits exponent responses ",
		.takes = KS_TAKES_ZONE | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_SPAN,
		.limit = 100,
	},
	{
		.name = "chain",
		.sql = ks_sql_chain,
		.columns = "zone, link, ds, denied_by, signed, warning, servers, parent_last, last",
		.order = "warning IS NULL, place, zone, zone_wire",
		.rankable = " servers ",
		.takes = KS_TAKES_ZONE | KS_TAKES_BY,
		.limit = 100,
	},
	{
		.name = "denial",
		.sql = ks_sql_denial,
		.columns =
			"zone, denial, level, hash_algorithm, iterations, salt_bytes, salt, opt_out_share, "
			"warning, records, first, last",
		.order = "place, zone, denial, hash_algorithm, iterations, salt_octets, zone_wire",
		.rankable = " iterations salt_bytes opt_out_share records ",
		.takes = KS_TAKES_ZONE | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_SPAN,
		.limit = 100,
	},
	{
		.name = "exhaustion",
		.sql = ks_sql_exhaustion,
		.columns = "zone, problem, count, threshold, responses, server, first, last",
		.order = "responses DESC, zone, problem, length(server_ip), server_ip",
		.rankable = " count responses ",
		.takes = KS_TAKES_ZONE | KS_TAKES_SERVER | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_SPAN,
		.limit = 100,
	},
	{
		.name = "habits",
		.sql = ks_sql_habits,
		.columns = "source, zone, queries, bursts, failing_bursts, memory_class, max_waiting, "
			   "halted_share, min_search_interval_s, rfc9520, zone_local, dnskey_per_query, "
			   "demand_slope, demand_correlation, last_requery, recovered, recovered_by, "
			   "returned_s, coverage, zone_servers, servers_origin, late_repeats, day_night",
		.order = "queries DESC, length(source_ip), source_ip, zone",
		.rankable = " queries bursts failing_bursts max_waiting halted_share min_search_interval_s "
			    "zone_local dnskey_per_query demand_slope demand_correlation recovered "
			    "returned_s coverage late_repeats day_night ",
		.takes = KS_TAKES_ZONE | KS_TAKES_SOURCE | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_SPAN,
		.limit = 20,
	},
	{
		.name = "starts",
		.sql = ks_sql_starts,
		.columns = "t, source, zone, kind, silence_s, queries, servers, zone_servers, length_ms, "
			   "sweeps, primed",
		.order = "t_ns, length(source_ip), source_ip, run_id",
		.rankable = " silence_s queries servers zone_servers length_ms sweeps primed ",
		.takes = KS_TAKES_ZONE | KS_TAKES_SOURCE | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_INSTANT,
		.limit = -1,
	},
	{
		.name = "priming",
		.sql = ks_sql_priming,
		.columns = "source, priming_queries, primed_queries, primed_share",
		.order = "priming_queries DESC, length(source_ip), source_ip",
		.rankable = " priming_queries primed_queries primed_share ",
		.takes = KS_TAKES_SOURCE | KS_TAKES_BY,
		.limit = 20,
	},
	{
		.name = "depth",
		.sql = ks_sql_depth,
		.columns = "tree, depth, zones, dnskey_queries, ds_queries, share, requeries",
		.order = "tree = 'other' DESC, tree, depth",
		.rankable = " depth zones dnskey_queries ds_queries share requeries ",
		.takes = KS_TAKES_BY,
		.limit = -1,
	},
	{
		.name = "cd",
		.sql = ks_sql_cd,
		.columns = "source, alarm, queries, plain_before, cd_queries, cd_share, retries, first, last",
		.order = "alarm IS NULL, retries DESC, cd_queries DESC, length(source_ip), source_ip",
		.rankable = " queries plain_before cd_queries cd_share retries ",
		.takes = KS_TAKES_SOURCE | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_SPAN,
		.limit = 20,
	},
	{
		.name = "lookaside",
		.sql = ks_sql_lookaside,
		.columns = "qname, zone, queries, responses, tags, fits, first, last",
		.order = "queries DESC, qname",
		.rankable = " queries responses fits ",
		.takes = KS_TAKES_ZONE | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_SPAN,
		.limit = 20,
	},
	{
		.name = "rollovers",
		.sql = ks_sql_rollovers,
		.columns = "zone, t, event, algorithm, tag, key, server, nsid, phase, warning, source, "
			   "t_before, "
			   "t_all, servers, method, detail",
		.order = "source = 'calendar', t_ns, zone, event_id, event, tag",
		.rankable = " servers ",
		.takes = KS_TAKES_ZONE | KS_TAKES_SERVER | KS_TAKES_TIME | KS_TAKES_BY,
		.time = KS_FILTER_INSTANT,
		.limit = -1,
		.caveats = event_caveats,
	},
	{
		.name = "rollover-series",
		.sql = ks_sql_rollover_series,
		.columns = "zone, t, dnskey_qps, all_qps, response_bps, requery_ratio, new_offenders, event, "
			   "bin_s",
		.order = "place, at_s",
		.rankable = " dnskey_qps all_qps response_bps requery_ratio new_offenders ",
		.takes = KS_TAKES_ZONE | KS_TAKES_TIME | KS_TAKES_STEP | KS_TAKES_BY,
		.zone_inside = true,
		.limit = -1,
	},
	{
		.name = "audit",
		.sql = ks_sql_audit,
		.columns = "question, result, evidence, zones, zones_wrong",
		.order = "number",
		.takes = KS_TAKES_ZONE,
		.zone_inside = true,
		.limit = -1,
	},
};
const size_t ks_n_catalog = KS_COUNT(ks_catalog);
