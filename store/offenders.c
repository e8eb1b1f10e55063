/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/offenders.c -- storms, offenders and amplification of one database, to be put beside another's. */
#include <math.h>
#include <string.h>

#include "dissect/name.h"
#include "store/store_p.h"

/* clang-format off */
static const char storms_sql[] =
	"SELECT name, count(*), max(peak_qps), max(uplift), max(uplift_is_lower_bound)"
	" FROM storm JOIN zone USING (zone_id) WHERE :zone IS NULL OR name_wire = :zone GROUP BY name ORDER BY name";
static const char offenders_sql[] =
	"SELECT name, address, queries FROM all_flow JOIN zone USING (zone_id)"
	" WHERE offends AND (:zone IS NULL OR name_wire = :zone) ORDER BY name, address";
/* A run's flows are found by key; runs are few. */
static const char flow_sql[] =
	"SELECT count(*), total(flow.queries) FROM run CROSS JOIN flow ON flow.run_id = run.run_id"
	" AND flow.zone_id = (SELECT zone_id FROM zone WHERE name_wire = :zone) AND flow.ip = :ip"
	" WHERE NOT responses_only";
static const char amplification_sql[] =
	"SELECT total(query_dns_bytes) FILTER (WHERE qtype = 48), total(response_dns_bytes) FILTER (WHERE qtype = 48),"
	" total(query_dns_bytes), total(response_dns_bytes)"
	" FROM bin JOIN (SELECT run_id FROM run WHERE NOT queries_only AND NOT responses_only) USING (run_id)"
	" WHERE transport = 0";
/* clang-format on */

static double
real_or_nan(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt, column) == SQLITE_NULL ? (double)NAN
								: sqlite3_column_double(stmt, column);
}

static enum ks_error
read_flag(struct ks_store *store, const char *sql, bool *ret, struct ks_diag *diag)
{
	int64_t flag = 0;
	const enum ks_error error = ks_sql_number(store, sql, &flag, diag);
	if (error == KS_SUCCESS)
		*ret = flag != 0;
	return error;
}

enum ks_error
ks_store_each_zone_storms(struct ks_store *store, const char *zone, bool *ret_known,
			  ks_store_zone_storms_fn *each, void *arg, struct ks_diag *diag)
{
	sqlite3_stmt *stmt = NULL;
	int rc = SQLITE_DONE;
	enum ks_error error =
		read_flag(store, "SELECT EXISTS (SELECT 1 FROM judged) AND responses_only IS 0 FROM whole",
			  ret_known, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_prepare_for_zone(store, storms_sql, zone, &stmt, diag);
	while (error == KS_SUCCESS && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const struct ks_store_zone_storms storms = {
			.zone = (const char *)sqlite3_column_text(stmt, 0),
			.n = (uint64_t)sqlite3_column_int64(stmt, 1),
			.peak_qps = real_or_nan(stmt, 2),
			.uplift = real_or_nan(stmt, 3),
			.uplift_is_lower_bound = sqlite3_column_int(stmt, 4) != 0,
		};
		error = each(arg, &storms, diag);
	}
	if (error == KS_SUCCESS && rc != SQLITE_DONE)
		error = ks_sql_fail(store, rc, diag);
	sqlite3_finalize(stmt);
	return error;
}

enum ks_error
ks_store_each_offender(struct ks_store *store, const char *zone, bool *ret_known, ks_store_offender_fn *each,
		       void *arg, struct ks_diag *diag)
{
	sqlite3_stmt *stmt = NULL;
	int rc = SQLITE_DONE;
	enum ks_error error = read_flag(store, "SELECT one_sided IS 0 FROM whole", ret_known, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_prepare_for_zone(store, offenders_sql, zone, &stmt, diag);
	while (error == KS_SUCCESS && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const struct ks_store_offender offender = {
			.zone = (const char *)sqlite3_column_text(stmt, 0),
			.source = (const char *)sqlite3_column_text(stmt, 1),
			.queries = (uint64_t)sqlite3_column_int64(stmt, 2),
		};
		error = each(arg, &offender, diag);
	}
	if (error == KS_SUCCESS && rc != SQLITE_DONE)
		error = ks_sql_fail(store, rc, diag);
	sqlite3_finalize(stmt);
	return error;
}

enum ks_error
ks_store_is_complete(struct ks_store *store, bool *ret, struct ks_diag *diag)
{
	return read_flag(store, "SELECT NOT EXISTS (SELECT 1 FROM counter WHERE kind = 'loss' AND value > 0)",
			 ret, diag);
}

/* None is nothing only where nothing was lost. */
static enum ks_error
count_or_unknown(struct ks_store *store, sqlite3_stmt *stmt, double *ret, struct ks_diag *diag)
{
	bool complete = true;
	enum ks_error error = KS_SUCCESS;
	if (sqlite3_column_int64(stmt, 0) == 0)
		error = ks_store_is_complete(store, &complete, diag);
	if (error == KS_SUCCESS)
		*ret = complete ? sqlite3_column_double(stmt, 1) : (double)NAN;
	return error;
}

enum ks_error
ks_store_read_flow(struct ks_store *store, const char *zone, const char *source, double *ret_queries,
		   struct ks_diag *diag)
{
	struct ks_addr addr;
	sqlite3_stmt *stmt;
	if (!ks_addr_parse(source, &addr))
		return ks_diag_set(diag, KS_ERR_DATABASE, "%.300s: damaged: a source is no address",
				   store->path);
	enum ks_error error = ks_sql_prepare_for_zone(store, flow_sql, zone, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	const struct ks_span ip = ks_addr_bytes(&addr);
	(void)sqlite3_bind_blob(stmt, sqlite3_bind_parameter_index(stmt, ":ip"), ip.at, (int)ip.n,
				SQLITE_TRANSIENT);
	const int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		error = count_or_unknown(store, stmt, ret_queries, diag);
	else
		error = ks_sql_fail(store, rc, diag);
	sqlite3_finalize(stmt);
	return error;
}

enum ks_error
ks_store_read_amplification(struct ks_store *store, struct ks_store_amplification *ret, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error = ks_sql_prepare(store, amplification_sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	const int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*ret = (struct ks_store_amplification){
			.dnskey_asked = sqlite3_column_double(stmt, 0),
			.dnskey_answered = sqlite3_column_double(stmt, 1),
			.asked = sqlite3_column_double(stmt, 2),
			.answered = sqlite3_column_double(stmt, 3),
		};
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}
