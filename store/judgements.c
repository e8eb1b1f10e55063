/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/judgements.c -- conclusions on their way in, and the questions asked before a run. */
#include "store/sql_p.h"
#include "store/store.h"
#include "store/store_p.h"

enum ks_error
ks_store_forget_judgements(struct ks_store *store, struct ks_diag *diag)
{
	return ks_sql_exec(
		store,
		"DELETE FROM judged; DELETE FROM weight; DELETE FROM reasoning; "
		"DELETE FROM diagnosis; DELETE FROM storm_trigger; DELETE FROM storm_candidate; "
		"DELETE FROM storm_outlook; DELETE FROM storm_repair; "
		"DELETE FROM event_rest; DELETE FROM event; DELETE FROM storm; DELETE FROM server_storm; "
		"DELETE FROM habit; DELETE FROM client_count; DELETE FROM trait",
		diag);
}

enum ks_error
ks_store_judge_begin(struct ks_store *store, struct ks_diag *diag)
{
	enum ks_error error = ks_sql_exec(store, "BEGIN IMMEDIATE", diag);
	if (error != KS_SUCCESS)
		return error;
	error = ks_store_forget_judgements(store, diag);
	ks_store_check_keys(store, false);
	if (error == KS_SUCCESS)
		error = ks_calendar_put_own(store, diag);
	if (error == KS_SUCCESS)
		error = ks_store_put_weights(store, diag);
	if (error != KS_SUCCESS)
		ks_store_abandon(store);
	return error;
}

/* To compile it costs as much as to write two hundred rows, and most captures have no habits. */
static enum ks_error
judge_local(struct ks_store *store, struct ks_diag *diag)
{
	int64_t any = 0;
	const enum ks_error error = ks_sql_number(store, "SELECT EXISTS (SELECT 1 FROM habit)", &any, diag);
	return error == KS_SUCCESS && any != 0 ? ks_sql_exec(store, ks_sql_local, diag) : error;
}

enum ks_error
ks_store_judge_end(struct ks_store *store, struct ks_diag *diag)
{
	enum ks_error error = judge_local(store, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_exec(store, ks_sql_traits, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_exec(store, "INSERT INTO judged SELECT 1, max(last_ns) FROM run; COMMIT",
				    diag);
	ks_store_check_keys(store, true);
	if (error != KS_SUCCESS)
		ks_store_abandon(store);
	return error;
}

static enum ks_error
one_number(struct ks_store *store, sqlite3_stmt *stmt, int64_t *ret, struct ks_diag *diag)
{
	const int rc = sqlite3_step(stmt);
	const int64_t number = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	if (rc != SQLITE_ROW)
		return ks_sql_fail(store, rc, diag);
	*ret = number;
	return KS_SUCCESS;
}

enum ks_error
ks_store_has_size(struct ks_store *store, uint64_t size_bytes, bool *ret, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	enum ks_error error = ks_sql_prepare(
		store, "SELECT EXISTS (SELECT 1 FROM input WHERE size_bytes = ?)", &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	sqlite3_bind_int64(stmt, 1, size_bytes > INT64_MAX ? INT64_MAX : (int64_t)size_bytes);
	int64_t known = 0;
	error = one_number(store, stmt, &known, diag);
	if (error == KS_SUCCESS)
		*ret = known != 0;
	return error;
}

enum ks_error
ks_store_find_input(struct ks_store *store, const uint8_t hash[16], int64_t *ret_run, size_t *ret_inputs,
		    struct ks_diag *diag)
{
	static const char sql[] = "SELECT run_id, count(*) FROM input"
				  " WHERE run_id = (SELECT max(run_id) FROM input WHERE hash = ?)";
	sqlite3_stmt *stmt;
	const enum ks_error error = ks_sql_prepare(store, sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	sqlite3_bind_blob(stmt, 1, hash, 16, SQLITE_STATIC);
	const int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		*ret_run = sqlite3_column_int64(stmt, 0); /* NULL, that is 0, without a row that matches */
		*ret_inputs = (size_t)sqlite3_column_int64(stmt, 1);
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}
