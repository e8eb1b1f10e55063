/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "store/rows_p.h"

/* Long paths must not push the reason out of the line. */
#define PATH "%.300s"

enum ks_error
ks_sql_fail(struct ks_store *store, int rc, struct ks_diag *diag)
{
	const char *const path = store->path;
	const int reason = store->db != NULL ? sqlite3_system_errno(store->db) : 0;
	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		return ks_diag_set(diag, KS_ERR_MEMORY, PATH ": out of memory", path);
	case SQLITE_NOTADB:
		return ks_diag_set(diag, KS_ERR_DATABASE, PATH ": not a keystorm database", path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ks_diag_set(
			diag, KS_ERR_DATABASE,
			PATH ": locked by another process for more than %d s; try again when it is done",
			path, KS_STORE_PATIENCE_MS / 1000);
	case SQLITE_FULL:
		return ks_diag_set(diag, KS_ERR_DATABASE,
				   PATH ": the disk is full; nothing of this run is kept", path);
	case SQLITE_CORRUPT:
		return ks_diag_set(
			diag, KS_ERR_DATABASE,
			PATH ": the database is damaged; analyze the captures again into a new one", path);
	case SQLITE_READONLY:
		return ks_diag_set(diag, KS_ERR_DATABASE,
				   "cannot write " PATH ": the file or its folder is read-only", path);
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		/* SQLite tries to read before it writes, and its last word is then that there is no such
		 * file. */
		return ks_diag_set(diag, KS_ERR_DATABASE, "cannot open " PATH ": %s", path,
				   reason != 0 && reason != ENOENT
					   ? strerror(reason)
					   : "no such folder, or no right to write in it");
	case SQLITE_IOERR:
		return ks_diag_set(diag, KS_ERR_DATABASE, PATH ": %s", path,
				   reason != 0 ? strerror(reason) : "the disk failed to read or write");
	default:
		return ks_diag_set(diag, KS_ERR_DATABASE, PATH ": %s", path,
				   store->db != NULL ? sqlite3_errmsg(store->db) : sqlite3_errstr(rc));
	}
}

enum ks_error
ks_sql_exec(struct ks_store *store, const char *sql, struct ks_diag *diag)
{
	const enum ks_error error = ks_rows_write(store, diag);
	if (error != KS_SUCCESS)
		return error;
	const int rc = sqlite3_exec(store->db, sql, /* callback= */ NULL, NULL, NULL);
	return rc == SQLITE_OK ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

enum ks_error
ks_sql_prepare(struct ks_store *store, const char *sql, sqlite3_stmt **ret, struct ks_diag *diag)
{
	const enum ks_error error = ks_rows_write(store, diag);
	if (error != KS_SUCCESS)
		return error;
	const int rc = sqlite3_prepare_v2(store->db, sql, /* nul-terminated= */ -1, ret, NULL);
	return rc == SQLITE_OK ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

enum ks_error
ks_sql_number(struct ks_store *store, const char *sql, int64_t *ret, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error = ks_sql_prepare(store, sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	const int rc = sqlite3_step(stmt);
	const int64_t number = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return ks_sql_fail(store, rc, diag);
	*ret = number;
	return KS_SUCCESS;
}

/* Columns are named so that a statement tells which value goes where. */
/* clang-format off */
#define STORM_COLUMNS \
	", start_s, end_s, began_before, open, peak_qps, base_qps, uplift, uplift_is_lower_bound, queries, bin_s," \
	" duration_s, unknown_bins, baseline, baseline_bins, dispersion, second_start_s, uplift_lo, uplift_hi," \
	" mean_qps, severity, severity_unknown, byte_share, answer_bytes, answered_bps, predicted_bps," \
	" predicted_ip_bps, predicted_wire_bps, growth, growth_lo, growth_hi, rise, rise_s, half_life_s," \
	" half_life_at_least_s, residual, residual_lo, residual_hi, residual_share, residual_share_lo," \
	" residual_share_hi"
#define STORM_VALUES ",?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"
const char *const ks_sql_puts[KS_PUT_COUNT] = {
    [KS_PUT_RUN] = "INSERT INTO run (set_hash, tool_version, sensor, vantage, vantage_given, partial, queries_only,"
		   " responses_only, anonymized, bin_s, time_digits, first_ns, last_ns) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_INPUT] = "INSERT INTO input (run_id, position, path, container, state, note, hash, size_bytes, packets,"
		     " linktype, snaplen, first_ns, last_ns) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_COUNTER] = "INSERT INTO counter (run_id, kind, name, position, value, note) VALUES (?,?,?,?,?,?)",
    [KS_PUT_SERVER] = "INSERT INTO server (run_id, ip, address, queries, responses, authoritative, recursive,"
		      " response_dns_bytes, sigkey_dns_bytes, first_ns, last_ns) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_SOURCE] = "INSERT INTO source (run_id, ip, address, err, tcp_responses, tcp_query_dns_bytes,"
		      " tcp_response_dns_bytes, days, queries, responses, dnskey_queries, ds_queries, requeries,"
		      " do_queries, tcp_queries, query_dns_bytes, response_dns_bytes, sigkey_dns_bytes, first_ns, last_ns,"
		      " tcp_syns) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_BOUND] = "INSERT INTO bound (run_id, name, capacity, floor, replaced, lost) VALUES (?,?,?,?,?,?)",
    [KS_PUT_SOURCE_NET] = "INSERT INTO source_net (run_id, ip, bits, queries, err, first_ns, last_ns, responses,"
			   " dnskey_queries, tcp_queries, tcp_responses, query_dns_bytes, response_dns_bytes,"
			   " tcp_query_dns_bytes, tcp_response_dns_bytes, sigkey_dns_bytes)"
			   " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_FLOW_NET] = "INSERT INTO flow_net (run_id, zone_id, ip, bits, queries, err, first_ns, last_ns, rq_none,"
			 " rq_first, rq_hot, rq_warm, rq_cool, rq_refresh, rq_retransmit, responses, response_dns_bytes)"
			 " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_CLIENTS] = "INSERT INTO clients (run_id, scope, t_s, place, v4, v6, v6_64, v4_registers, v6_registers,"
		       " v6_64_registers) VALUES (?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_CLIENT_COUNT] = "INSERT INTO client_count (scope, t_s, exact, v4, v6, v6_64) VALUES (?,?,?,?,?,?)",
    [KS_PUT_REST] = "INSERT INTO source_rest (run_id, sources, queries, responses, dnskey_queries, ds_queries, requeries,"
		    " do_queries, tcp_queries, query_dns_bytes, response_dns_bytes, sigkey_dns_bytes)"
		    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_BIN] = "INSERT INTO bin (run_id, t_s, ip, transport, qtype, queries, responses, query_dns_bytes,"
		   " response_dns_bytes, do_queries, cd_queries, tc_responses, query_ip_bytes, response_ip_bytes)"
		   " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_TRAFFIC] = "INSERT INTO traffic (run_id, t_s, ip, in_packets, out_packets, in_ip_bytes, out_ip_bytes,"
		       " in_wire_bytes, out_wire_bytes) VALUES (?,?,?,?,?,?,?,?,?)",
    [KS_PUT_ZONE] = "INSERT INTO zone (name_wire, name, labels) VALUES (?,?,?) ON CONFLICT (name_wire) DO NOTHING",
    [KS_PUT_RUN_ZONE] = "INSERT INTO run_zone (run_id, zone_id, answered, dnskey_queries, servers, requeries)"
			  " VALUES (?,?,?,?,?,?)",
    [KS_PUT_ZONE_BIN] = "INSERT INTO zone_bin (run_id, zone_id, t_s, queries, rq_none, rq_first, rq_hot, rq_warm,"
			" rq_cool, rq_refresh, rq_retransmit, responses, response_dns_bytes, sources_new,"
			" hops, hops_squares, ports, ports_squares)"
			" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_FLOW] = "INSERT INTO flow (run_id, zone_id, ip, address, queries, err, rq_none, rq_first, rq_hot,"
		    " rq_warm, rq_cool, rq_refresh, rq_retransmit, responses, response_dns_bytes, first_ns, last_ns)"
		    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_QUERY] = "INSERT INTO query (run_id, ip, number, server_ip, t_ns, response_ns,"
		     " qname_wire, qname, qtype, id, sport, flags, dnssec_ok, edns_size, transport, requery,"
		     " response_bytes, rcode, tc, hop_limit, server_cookie, keep_s, ad)"
		     " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_ICMP] = "INSERT INTO icmp (run_id, server_ip, server_address, ip, address, kind, packets)"
		    " VALUES (?,?,?,?,?,?,?)",
    [KS_PUT_STACK] = "INSERT INTO source_stack (run_id, ip, address, fingerprint, queries, cased_queries, mixed_queries,"
		     " first_ns, last_ns) VALUES (?,?,?,?,?,?,?,?,?)",
    [KS_PUT_NXDOMAIN] = "INSERT INTO nxdomain (run_id, parent_wire, parent, nxdomain, responses, distinct_labels,"
			" sources, first_ns, last_ns) VALUES (?,?,?,?,?,?,?,?,?)",
    [KS_PUT_TA_SIGNAL] = "INSERT INTO ta_signal (run_id, ip, address, zone_wire, zone, tags, via, queries, forwarded,"
			 " first_ns, last_ns) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_ZONE_KEY] = "INSERT INTO zone_key (run_id, zone_id, tag, algorithm, flags, signs, first_ns, last_ns)"
			" VALUES (?,?,?,?,?,?,?,?)",
    [KS_PUT_FAILURE] = "INSERT INTO failure (run_id, kind, code, qtype, qname_wire, qname, zone_wire, zone, count,"
		       " first_ns, last_ns) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_STORM_BARE] = "INSERT INTO storm (zone_id, start_s, end_s, began_before, open, peak_qps, base_qps, uplift,"
			  " uplift_is_lower_bound, queries) VALUES (?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_STORM] = "INSERT INTO storm (zone_id" STORM_COLUMNS ") VALUES (?" STORM_VALUES ")",
    [KS_PUT_SERVER_STORM] = "INSERT INTO server_storm (zone_id" STORM_COLUMNS ", ip, address) VALUES (?" STORM_VALUES ",?,?)",
    [KS_PUT_BEHAVIOUR] = "INSERT INTO behaviour (run_id, zone_id, ip, queries, successive, closed, bursts,"
			 " failing_bursts, failing_queries, long_queries, halted_bursts, pauses_over_life, max_waiting,"
			 " last_requery_ns, failing_searches, crowded_searches, min_search_ns, windows, demand,"
			 " demand_dnskey, demand_xx, demand_xy, demand_yy)"
			 " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_BEHAVIOUR_CELL] = "INSERT INTO behaviour_cell (run_id, zone_id, ip, kind, cell, n) VALUES (?,?,?,?,?,?)",
    [KS_PUT_BEHAVIOUR_SERVER] = "INSERT INTO behaviour_server (run_id, zone_id, ip, server_ip, queries)"
				" VALUES (?,?,?,?,?)",
    [KS_PUT_DEPTH] = "INSERT INTO depth (run_id, tree, labels, dnskey_queries, ds_queries) VALUES (?,?,?,?,?)",
    [KS_PUT_ZONE_SERVER] = "INSERT INTO zone_server (run_id, zone_id, server_ip) VALUES (?,?,?)",
    [KS_PUT_GIVEN_SERVER] = "INSERT INTO given_server (run_id, zone_id, server_ip) VALUES (?,?,?)",
    /* A clock that jumps could bring one instant twice. */
    [KS_PUT_OPENING] = "INSERT INTO opening (run_id, ip, t_ns, address, silence_ns, zone_id, queries, servers, length_ns,"
		       " primed) VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
    [KS_PUT_MANNER] = "INSERT INTO manner (run_id, ip, address, priming_queries, primed_queries, plain_before, cd_queries,"
		      " cd_retries, cd_first_ns, cd_last_ns) VALUES (?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_LOOKASIDE] = "INSERT INTO lookaside (run_id, qname_wire, qname, queries, responses, tags, told_ns, first_ns,"
			 " last_ns) VALUES (?,?,?,?,?,?,?,?,?)",
    [KS_PUT_DROP] = "INSERT INTO drops (run_id, t_s, interface, kernel, device) VALUES (?,?,?,?,?)",
    [KS_PUT_DIAGNOSIS] = "INSERT INTO diagnosis (zone_id, storm_id, ip, address, queries, verdict, lead_db,"
			 " above_zone_id) VALUES (?,?,?,?,?,?,?,?)",
    [KS_PUT_REASONING] = "INSERT INTO reasoning VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_WEIGHT] = "INSERT INTO weight (evidence, hypothesis, label, place, present_db, absent_db, meaning,"
		      " shown_in, decided_by) VALUES (?,?,?,?,?,?,?,?,?)",
    [KS_PUT_HABIT] = "INSERT INTO habit (zone_id, ip, memory_class, sci, spray, coverage, median_gap_ms,"
		     " min_search_interval_s, rfc9520, halted_share, dnskey_per_query, demand_slope,"
		     " demand_correlation, late_repeats, day_night) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_EVENT] = "INSERT INTO event (zone_id, kind, t_ns, before_ns, all_ns, servers, server_ip, server_address,"
		     " nsid, algorithm, tag, identity, phase, method, detail, warning)"
		     " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_TRIGGER] = "INSERT INTO storm_trigger (storm_id, event_id, lag_s, lag_most_s)"
		       " SELECT storm_id, ?1, ?2, ?3 FROM storm WHERE zone_id = ?4 AND start_s = ?5",
    [KS_PUT_EVENT_REST] = "INSERT INTO event_rest (events, zones) VALUES (?,?)",
    [KS_PUT_CANDIDATE] = "INSERT INTO storm_candidate (storm_id, place, event_id, zone, above, kind, tag, planned,"
			 " lag_s, lag_most_s) SELECT storm_id, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM storm"
			 " WHERE zone_id = ?10 AND start_s = ?11",
    [KS_PUT_OUTLOOK] = "INSERT INTO storm_outlook SELECT storm_id, ?1, ?2, ?3, ?4, ?5, ?6, ?7 FROM storm"
		       " WHERE zone_id = ?8 AND start_s = ?9",
    [KS_PUT_REPAIR] = "INSERT INTO storm_repair SELECT storm_id, ?1, ?2, ?3, ?4 FROM storm"
		      " WHERE zone_id = ?5 AND start_s = ?6",
    /* The same step twice is one: the later line counts. */
    [KS_PUT_MILESTONE] = "INSERT OR REPLACE INTO calendar (origin, zone_wire, zone, t_ns, event, tag, planned, note)"
			 " VALUES (?,?,?,?,?,?,?,?)",
    [KS_PUT_LEDGER_NAME] = "INSERT INTO ledger_name (run_id, zone_id) VALUES (?,?)",
    [KS_PUT_RRSET] = "INSERT INTO rrset (run_id, zone_id, rrset, type, denial, hash, n_records, wire, soa_serial,"
		     " soa_refresh_s, count, first_ns, last_ns) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_RRSET_KEY] = "INSERT INTO rrset_key (run_id, rrset, position, algorithm, identity, flags, tag)"
			 " VALUES (?,?,?,?,?,?,?)",
    [KS_PUT_RRSET_DS] = "INSERT INTO rrset_ds (run_id, rrset, position, tag, algorithm, digest_type, digest)"
			" VALUES (?,?,?,?,?,?,?)",
    [KS_PUT_RRSET_SEEN] = "INSERT INTO rrset_seen (run_id, zone_id, type, server_ip, nsid, authoritative, number,"
			  " server_address, rrset, signer_tags, signer_algorithms, ttl_least_s, ttl_greatest_s, count,"
			  " referrals, forgotten, first_ns, last_ns) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_DKEY] = "INSERT INTO dkey (run_id, zone_id, algorithm, identity, flags, tag, tag_revoked, protocol, bits,"
		    " exponent, unusable, public_key, sha1, sha256, sha384, count, first_ns, last_ns)"
		    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_SIGNATURE] = "INSERT INTO signature (run_id, zone_id, type, tag, algorithm, inception_s, expiration_s,"
			 " folded, least_validity_s, original_ttl_s, count, expired, future, first_expired_ns,"
			 " last_expired_ns, good, bogus, unsupported, unknown, bogus_why, first_ns, last_ns)"
			 " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_NSEC] = "INSERT INTO nsec (run_id, zone_id, kind, hash_algorithm, iterations, salt, count, opt_out,"
		    " first_ns, last_ns) VALUES (?,?,?,?,?,?,?,?,?,?)",
    [KS_PUT_EXHAUSTION] = "INSERT INTO exhaustion (run_id, zone_id, kind, server_ip, server_address, greatest, threshold,"
			  " responses, first_ns, last_ns) VALUES (?,?,?,?,?,?,?,?,?,?)",
};
/* clang-format on */
