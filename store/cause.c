/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/cause.c -- clues out to the judge. */
#include "store/cause.h"

#include <math.h>

#include "store/sql_p.h"
#include "store/store_p.h"

static const char view_sql[] =
	"SELECT coalesce(max(vantage = 'M'), 0), coalesce(min(vantage = 'R'), 0),"
	" coalesce(max(NOT responses_only), 0), coalesce(max(NOT queries_only), 0) FROM run";

static enum ks_error
read_view(struct ks_store *store, struct ks_view *ret, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error = ks_sql_prepare(store, view_sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	const int rc = sqlite3_step(stmt);
	const bool several = sqlite3_column_int(stmt, 0) != 0, resolver = sqlite3_column_int(stmt, 1) != 0;
	*ret = (struct ks_view){
		.vantage = resolver  ? 'R'
			   : several ? 'M'
				     : 'A',
		.queries = sqlite3_column_int(stmt, 2) != 0,
		.answers = sqlite3_column_int(stmt, 3) != 0,
	};
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

static enum ks_error
drop(struct ks_store *store, struct ks_diag *diag)
{
	return ks_sql_exec(store,
			   "DROP VIEW IF EXISTS temp.cause_key; DROP TABLE IF EXISTS temp.cause_flow; DROP "
			   "TABLE IF EXISTS temp.cause_suspect;"
			   "DROP TABLE IF EXISTS temp.cause_above; DROP TABLE IF EXISTS temp.cause_zone;"
			   "DROP TABLE IF EXISTS temp.cause_source; DROP TABLE IF EXISTS temp.cause_sample;"
			   "DROP TABLE IF EXISTS temp.cause_sampled; DROP TABLE IF EXISTS temp.cause_signal;"
			   "DROP TABLE IF EXISTS temp.cause_share; DROP TABLE IF EXISTS temp.cause_onset;"
			   "DROP TABLE IF EXISTS temp.cause_pattern",
			   diag);
}

enum ks_error
ks_store_causes_begin(struct ks_store *store, struct ks_view *ret, bool *ret_any, struct ks_diag *diag)
{
	static const char any_sql[] =
		"SELECT EXISTS (SELECT 1 FROM storm) OR EXISTS (SELECT 1 FROM cause_suspect)";
	int64_t any = 0;
	/* What an attempt that failed has left behind. */
	enum ks_error error = drop(store, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_exec(store, ks_sql_suspects, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_number(store, any_sql, &any, diag);
	if (error == KS_SUCCESS && any != 0)
		error = ks_sql_exec(store, ks_sql_causes, diag);
	if (error == KS_SUCCESS)
		error = read_view(store, ret, diag);
	if (error == KS_SUCCESS)
		*ret_any = any != 0;
	return error;
}

enum ks_error
ks_store_causes_end(struct ks_store *store, struct ks_diag *diag)
{
	return drop(store, diag);
}

/* The storm that a source's onset is measured by: the greatest of its zone. */
#define ZONE_COLUMNS                                                                                         \
	" cause_zone.zone_id, cause_zone.queries, sources, sources_80, validating, elevated, servers, bad, " \
	"good,"

#define PATTERN_COLUMNS                                                                                      \
	" n0, h0, hh0, p0, pp0, s0, n1, h1, hh1, p1, pp1, s1, newcomers, newcomers_only, networks"

/* clang-format off */
static const char storms_sql[] =
	"SELECT" ZONE_COLUMNS
	" lag_s, EXISTS (SELECT 1 FROM rrset_seen WHERE rrset_seen.zone_id = storm.zone_id AND (type = 48 OR type = 43)"
	"  AND first_ns / 1000000000 < start_s) AND NOT began_before, storm_id,"
	" max(storm.queries - base_qps * (end_s - start_s), (SELECT total(queries) FROM cause_share"
	"  WHERE cause_share.storm_id = storm.storm_id))," PATTERN_COLUMNS
	" FROM storm JOIN cause_zone ON cause_zone.zone_id = storm.zone_id LEFT JOIN storm_trigger USING (storm_id)"
	" LEFT JOIN cause_pattern USING (storm_id)"
	" ORDER BY storm_id";

static const char sources_sql[] =
	"WITH main (zone_id, storm_id, start_s, began_before) AS MATERIALIZED ("
	"  SELECT zone_id, storm_id, start_s, began_before FROM ("
	"   SELECT *, row_number() OVER (PARTITION BY zone_id ORDER BY queries DESC, storm_id) AS place FROM storm)"
	"  WHERE place = 1),"
	" burst AS MATERIALIZED (SELECT zone_id, ip, sum(successive) AS successive, sum(closed) AS closed"
	"  FROM run CROSS JOIN (SELECT DISTINCT zone_id FROM cause_suspect) CROSS JOIN behaviour USING (run_id, zone_id)"
	"  WHERE (+zone_id, +ip) IN (SELECT zone_id, ip FROM cause_suspect) GROUP BY zone_id, ip)"
	" SELECT" ZONE_COLUMNS
	" lag_s, EXISTS (SELECT 1 FROM rrset_seen WHERE rrset_seen.zone_id = main.zone_id AND (type = 48 OR type = 43)"
	"  AND rrset_seen.first_ns / 1000000000 < start_s) AND NOT began_before, cause_suspect.ip,"
	" cause_suspect.queries, requeries, classed, answered, start_s, cause_source.first_ns / 1e9, sci, spray,"
	" burst.successive, burst.closed,"
	" cause_source.queries, dnskey_queries, ds_queries, priming, tcp_queries, refused, big, lacks, has, demand_correlation, hot_zones,"
	" hot_zones_changed, (SELECT count(DISTINCT zone_id) FROM run_zone WHERE answered),"
	" keys, keys_rd, keys_no_do, keys_ports, keys_ids, keys_hops, hop, keys_udp, keys_cut, keys_smaller, cookies,"
	" others, others_again, others_probing, other_types, late_repeats, answer_bytes, tcp_syns, day_night," PATTERN_COLUMNS
	" FROM cause_suspect JOIN cause_zone USING (zone_id)"
	" LEFT JOIN main ON main.zone_id = cause_suspect.zone_id"
	" LEFT JOIN storm_trigger ON storm_trigger.storm_id = main.storm_id"
	" LEFT JOIN cause_pattern ON cause_pattern.storm_id = main.storm_id"
	" LEFT JOIN burst ON burst.zone_id = cause_suspect.zone_id AND burst.ip = cause_suspect.ip"
	" LEFT JOIN habit ON habit.zone_id = cause_suspect.zone_id AND habit.ip = cause_suspect.ip"
	" LEFT JOIN cause_source ON cause_source.ip = cause_suspect.ip"
	" LEFT JOIN cause_sample ON cause_sample.zone_id = cause_suspect.zone_id AND cause_sample.ip = cause_suspect.ip"
	" LEFT JOIN cause_signal ON cause_signal.zone_id = cause_suspect.zone_id AND cause_signal.ip = cause_suspect.ip"
	" ORDER BY cause_suspect.zone_id, length(cause_suspect.ip), cause_suspect.ip";
/* clang-format on */

enum { ZONE_N = 11, IP_COLUMN = ZONE_N };

static double
real(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt, column) == SQLITE_NULL ? (double)NAN
								: sqlite3_column_double(stmt, column);
}

static struct ks_addr
address(sqlite3_stmt *stmt, int column)
{
	const void *const ip = sqlite3_column_blob(stmt, column);
	const int n = sqlite3_column_bytes(stmt, column);
	if (n == 4)
		return ks_addr_from_v4(ip);
	return n == 16 ? ks_addr_from_v6(ip) : (struct ks_addr){0};
}

static void
read_zone(sqlite3_stmt *stmt, struct ks_store_cause *cause)
{
	struct ks_zone_clues *const zone = &cause->zone;
	double *const members[] = {&cause->zone_queries, &zone->sources,  &zone->sources_80,
				   &zone->validating,    &zone->elevated, &zone->servers,
				   &zone->bad,           &zone->good,     &zone->lag_s,
				   &zone->before_known};
	static_assert(KS_COUNT(members) == ZONE_N - 1, "as many as columns");
	cause->zone_id = sqlite3_column_int64(stmt, 0);
	for (size_t i = 0; i < KS_COUNT(members); i++)
		*members[i] = real(stmt, 1 + (int)i);
}

static void
read_pattern(sqlite3_stmt *stmt, int column, struct ks_zone_clues *zone)
{
	struct ks_pattern_facts facts;
	double *const members[] = {
		&facts.before.queries, &facts.before.hops,          &facts.before.hops_squares,
		&facts.before.ports,   &facts.before.ports_squares, &facts.before.seconds,
		&facts.inside.queries, &facts.inside.hops,          &facts.inside.hops_squares,
		&facts.inside.ports,   &facts.inside.ports_squares, &facts.inside.seconds,
		&facts.newcomers,      &facts.newcomers_only,       &facts.networks,
	};
	for (size_t i = 0; i < KS_COUNT(members); i++)
		*members[i] = real(stmt, column + (int)i);
	zone->pattern = ks_pattern_judge(&facts);
}

static void
read_source(sqlite3_stmt *stmt, struct ks_store_cause *cause)
{
	struct ks_source_clues *const clues = &cause->clues;
	double *const members[] = {
		&clues->queries,
		&clues->requeries,
		&clues->classed,
		&clues->answered,
		&clues->onset_s,
		&clues->first_s,
		&clues->sci,
		&clues->spray,
		&clues->successive,
		&clues->closed,
		&clues->all_queries,
		&clues->key_queries,
		&clues->ds_queries,
		&clues->priming_queries,
		&clues->tcp_queries,
		&clues->icmp_refused,
		&clues->icmp_too_big,
		&clues->lacks_key,
		&clues->has_key,
		&clues->demand_correlation,
		&clues->hot_zones,
		&clues->hot_zones_changed,
		&clues->zones,
		&clues->keys,
		&clues->keys_rd,
		&clues->keys_no_do,
		&clues->keys_ports,
		&clues->keys_ids,
		&clues->keys_hops,
		&clues->hop,
		&clues->keys_udp,
		&clues->keys_cut,
		&clues->keys_smaller,
		&clues->cookies,
		&clues->others,
		&clues->others_again,
		&clues->others_probing,
		&clues->other_types,
		&clues->late_repeats,
		&clues->answer_bytes,
		&clues->tcp_syns,
		&clues->day_night,
	};
	cause->source = address(stmt, IP_COLUMN);
	for (size_t i = 0; i < KS_COUNT(members); i++)
		*members[i] = real(stmt, IP_COLUMN + 1 + (int)i);
	read_pattern(stmt, IP_COLUMN + 1 + (int)KS_COUNT(members), &cause->zone);
	clues->cookies = isnan(clues->cookies) ? 0 : clues->cookies;
	clues->tcp_queries = isnan(clues->tcp_queries) ? 0 : clues->tcp_queries;
}

static void
read_storm(sqlite3_stmt *stmt, struct ks_store_cause *cause)
{
	const double excess = real(stmt, ZONE_N + 1);
	read_pattern(stmt, ZONE_N + 2, &cause->zone);
	cause->storm_id = sqlite3_column_int64(stmt, ZONE_N);
	cause->excess = isnan(excess) ? cause->zone_queries : excess;
}

static enum ks_error
read_all(struct ks_store *store, const char *sql, bool storms, ks_store_cause_fn *each, void *arg,
	 struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	int rc;
	enum ks_error error = ks_sql_prepare(store, sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && error == KS_SUCCESS) {
		struct ks_store_cause cause = {0};
		read_zone(stmt, &cause);
		if (storms)
			read_storm(stmt, &cause);
		else
			read_source(stmt, &cause);
		error = each(arg, &cause, diag);
	}
	if (error == KS_SUCCESS && rc != SQLITE_DONE)
		error = ks_sql_fail(store, rc, diag);
	sqlite3_finalize(stmt);
	return error;
}

enum ks_error
ks_store_each_share(struct ks_store *store, ks_store_share_fn *each, void *arg, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	int rc;
	enum ks_error error = ks_sql_prepare(store,
					     "SELECT storm_id, zone_id, ip, queries FROM cause_share"
					     " ORDER BY zone_id, length(ip), ip, storm_id",
					     &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && error == KS_SUCCESS) {
		const struct ks_store_share share = {
			.storm_id = sqlite3_column_int64(stmt, 0),
			.zone_id = sqlite3_column_int64(stmt, 1),
			.source = address(stmt, 2),
			.queries = sqlite3_column_double(stmt, 3),
		};
		error = each(arg, &share, diag);
	}
	if (error == KS_SUCCESS && rc != SQLITE_DONE)
		error = ks_sql_fail(store, rc, diag);
	sqlite3_finalize(stmt);
	return error;
}

enum ks_error
ks_store_each_below(struct ks_store *store, ks_store_below_fn *each, void *arg, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	int rc;
	enum ks_error error = ks_sql_prepare(
		store,
		"WITH asked AS MATERIALIZED (SELECT DISTINCT zone_id FROM cause_suspect)"
		" SELECT cause_above.zone_id, above_id FROM asked CROSS JOIN cause_above USING (zone_id)"
		" CROSS JOIN zone ON zone.zone_id = above_id"
		" WHERE cause_above.zone_id <> above_id AND above_id IN (SELECT zone_id FROM asked)"
		" ORDER BY cause_above.zone_id, labels DESC",
		&stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && error == KS_SUCCESS)
		error = each(arg, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1), diag);
	if (error == KS_SUCCESS && rc != SQLITE_DONE)
		error = ks_sql_fail(store, rc, diag);
	sqlite3_finalize(stmt);
	return error;
}

enum ks_error
ks_store_each_source_cause(struct ks_store *store, ks_store_cause_fn *each, void *arg, struct ks_diag *diag)
{
	return read_all(store, sources_sql, /* storms= */ false, each, arg, diag);
}

enum ks_error
ks_store_each_storm_cause(struct ks_store *store, ks_store_cause_fn *each, void *arg, struct ks_diag *diag)
{
	return read_all(store, storms_sql, /* storms= */ true, each, arg, diag);
}
