/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/roll.c -- bins of long ago become coarse: rows of a run whose keys differ in the time within a coarse
 * bin only are added up. All other facts stay as they are.
 *
 * The judge does not look at what was rolled up (to him nothing was captured then): there was no storm, or it
 * would not have been rolled up. What his look at a storm needs keeps its bins: DAYS_BEFORE is the week that
 * he compares with, and one for what lies between a storm and its week; DAYS_BEHIND is where he sees its end.
 */
#include <stdio.h>

#include "store/store.h"
#include "store/store_p.h"

enum { DAYS_BEFORE = 8, DAYS_BEHIND = 2, DAY_S = 86400, RUNS_MOST = 48 };

/* The oldest first. Without judgements nobody knows where storms are. */
/* clang-format off */
static const char choose_sql[] =
	"CREATE TEMP TABLE rolling (run_id INTEGER PRIMARY KEY);"
	"WITH kept (from_ns, to_ns) AS (SELECT (start_s - %d) * 1000000000, (end_s + %d) * 1000000000"
	"  FROM (SELECT start_s, end_s FROM storm UNION ALL SELECT start_s, end_s FROM server_storm))"
	" INSERT INTO rolling SELECT run_id FROM run"
	"  WHERE rolled_from_s IS NULL AND bin_s < %lld AND %lld %% bin_s = 0 AND last_ns < %lld"
	"   AND EXISTS (SELECT 1 FROM judged)"
	"   AND NOT EXISTS (SELECT 1 FROM kept WHERE first_ns < to_ns AND last_ns >= from_ns)"
	"  ORDER BY first_ns, run_id LIMIT %d";
static const char roll_sql[] =
	"CREATE TEMP TABLE rolled AS SELECT %s FROM \"%w\" WHERE run_id IN (SELECT run_id FROM rolling) GROUP BY %s;"
	"DELETE FROM \"%w\" WHERE run_id IN (SELECT run_id FROM rolling);"
	"INSERT INTO \"%w\" (%s) SELECT * FROM rolled;"
	"DROP TABLE rolled";
static const char done_sql[] =
	"UPDATE run SET rolled_from_s = bin_s, bin_s = %lld WHERE run_id IN (SELECT run_id FROM rolling)";
/* clang-format on */

static enum ks_error
exec_and_free(struct ks_store *store, char *sql, struct ks_diag *diag)
{
	const enum ks_error error =
		sql != NULL ? ks_sql_exec(store, sql, diag) : ks_sql_fail(store, SQLITE_NOMEM, diag);
	sqlite3_free(sql);
	return error;
}

/* What a table's columns become: those of its key stay, but for the time; all others are counts. */
struct parts {
	sqlite3_str *names, *values, *keys;
};

static void
add_column(struct parts *parts, const char *name, bool in_key, int64_t coarse_s)
{
	const char *const comma = sqlite3_str_length(parts->names) > 0 ? ", " : "";
	sqlite3_str_appendf(parts->names, "%s\"%w\"", comma, name);
	if (!in_key) {
		sqlite3_str_appendf(parts->values, "%ssum(\"%w\")", comma, name);
		return;
	}
	const bool is_time = sqlite3_stricmp(name, "t_s") == 0;
	char *const value = is_time ? sqlite3_mprintf("t_s / %lld * %lld", coarse_s, coarse_s)
				    : sqlite3_mprintf("\"%w\"", name);
	sqlite3_str_appendf(parts->values, "%s%s", comma, value);
	sqlite3_str_appendf(parts->keys, "%s%s", sqlite3_str_length(parts->keys) > 0 ? ", " : "", value);
	sqlite3_free(value);
}

static enum ks_error
read_columns(struct ks_store *store, const char *table, int64_t coarse_s, struct parts *parts,
	     struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error = ks_sql_prepare(
		store, "SELECT name, pk > 0 FROM pragma_table_info(?) ORDER BY cid", &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	(void)sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		add_column(parts, (const char *)sqlite3_column_text(stmt, 0),
			   sqlite3_column_int(stmt, 1) != 0, coarse_s);
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

static enum ks_error
roll_table(struct ks_store *store, const char *table, int64_t coarse_s, struct ks_diag *diag)
{
	struct parts parts = {sqlite3_str_new(store->db), sqlite3_str_new(store->db),
			      sqlite3_str_new(store->db)};
	enum ks_error error = read_columns(store, table, coarse_s, &parts, diag);
	char *const names = sqlite3_str_finish(parts.names);
	char *const values = sqlite3_str_finish(parts.values);
	char *const keys = sqlite3_str_finish(parts.keys);
	if (error == KS_SUCCESS && (names == NULL || values == NULL || keys == NULL))
		error = ks_sql_fail(store, SQLITE_NOMEM, diag);
	if (error == KS_SUCCESS)
		error = exec_and_free(
			store, sqlite3_mprintf(roll_sql, values, table, keys, table, table, names), diag);
	sqlite3_free(names);
	sqlite3_free(values);
	sqlite3_free(keys);
	return error;
}

static enum ks_error
roll(struct ks_store *store, int64_t before_ns, int64_t coarse_s, struct ks_diag *diag)
{
	static const char *const tables[] = {"bin", "traffic", "zone_bin", "drops"};
	enum ks_error error =
		exec_and_free(store,
			      sqlite3_mprintf(choose_sql, DAYS_BEFORE * DAY_S, DAYS_BEHIND * DAY_S, coarse_s,
					      coarse_s, before_ns, RUNS_MOST),
			      diag);
	for (size_t i = 0; i < KS_COUNT(tables) && error == KS_SUCCESS; i++)
		error = roll_table(store, tables[i], coarse_s, diag);
	if (error == KS_SUCCESS)
		error = exec_and_free(store, sqlite3_mprintf(done_sql, coarse_s), diag);
	return error == KS_SUCCESS ? ks_sql_exec(store, "DROP TABLE rolling", diag) : error;
}

enum ks_error
ks_store_roll(struct ks_store *store, int64_t before_ns, uint32_t coarse_s, struct ks_diag *diag)
{
	return ks_store_change_runs(store, before_ns, "rolled_from_s IS NULL", roll, coarse_s, diag);
}
