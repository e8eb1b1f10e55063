/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/retain.c -- runs that are old enough to be forgotten. Their pages are used again: the file does not
 * shrink, and as long as as much comes as goes it does not grow. */
#include <stdio.h>

#include "store/store.h"
#include "store/store_p.h"

/* clang-format off */
static const char forget_sql[] =
	"DELETE FROM run WHERE last_ns < %lld;"
	"DELETE FROM zone WHERE NOT EXISTS (SELECT 1 FROM run_zone WHERE run_zone.zone_id = zone.zone_id)"
	" AND NOT EXISTS (SELECT 1 FROM ledger_name WHERE ledger_name.zone_id = zone.zone_id)";
/* clang-format on */

static enum ks_error
forget(struct ks_store *store, int64_t before_ns, int64_t arg, struct ks_diag *diag)
{
	(void)arg;
	char *const sql = sqlite3_mprintf(forget_sql, (long long)before_ns);
	if (sql == NULL)
		return ks_sql_fail(store, SQLITE_NOMEM, diag);
	enum ks_error error = ks_store_forget_judgements(store, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_exec(store, sql, diag);
	sqlite3_free(sql);
	return error;
}

enum ks_error
ks_store_change_runs(struct ks_store *store, int64_t before_ns, const char *which, ks_change_runs_fn *change,
		     int64_t arg, struct ks_diag *diag)
{
	int64_t n = 0;
	char sql[128];
	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM run WHERE last_ns < %lld AND %s",
		       (long long)before_ns, which);
	enum ks_error error = ks_sql_number(store, sql, &n, diag);
	if (error != KS_SUCCESS || n == 0)
		return error;
	error = ks_sql_exec(store, "BEGIN IMMEDIATE", diag);
	if (error == KS_SUCCESS)
		error = change(store, before_ns, arg, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_exec(store, "COMMIT", diag);
	if (error != KS_SUCCESS)
		ks_store_abandon(store);
	return error;
}

enum ks_error
ks_store_retain(struct ks_store *store, int64_t before_ns, struct ks_diag *diag)
{
	return ks_store_change_runs(store, before_ns, "1", forget, 0, diag);
}
