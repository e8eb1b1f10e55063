/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/shared.c -- sums over all runs that several reports of one snapshot ask for, made once. Temporary
 * tables hide the views of the same names from our own statements, and from nobody else's. */
#include "store/query.h"
#include "store/sql_p.h"
#include "store/store_p.h"

/* One run is its own sum, and a connection that writes would see its sums grow old. */
static enum ks_error
is_worth_it(struct ks_store *store, bool *ret, struct ks_diag *diag)
{
	int64_t several = 0;
	const bool at_snapshot = sqlite3_get_autocommit(store->db) == 0 && store->run_id == 0;
	const enum ks_error error =
		at_snapshot ? ks_sql_number(store, "SELECT count(*) > 1 FROM run", &several, diag)
			    : KS_SUCCESS;
	*ret = several != 0;
	return error;
}

/* Each of these expressions as a table of the same name. */
static enum ks_error
make_sums(struct ks_store *store, struct ks_diag *diag)
{
	static const char *const names[] = {"key_bin", "flow_sum"};
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < KS_COUNT(names) && error == KS_SUCCESS; i++) {
		char *const sql =
			sqlite3_mprintf("CREATE TEMP TABLE %s AS WITH %s one AS (SELECT 1) SELECT * FROM %s",
					names[i], ks_sql_shared, names[i]);
		error = sql != NULL ? ks_sql_exec(store, sql, diag) : ks_sql_fail(store, SQLITE_NOMEM, diag);
		sqlite3_free(sql);
	}
	store->has_sums = error == KS_SUCCESS;
	return error;
}

/* A connection that only reads may make temporary tables no more than others. */
static enum ks_error
make(struct ks_store *store, enum ks_shared what, struct ks_diag *diag)
{
	static const char views[] = "CREATE TEMP TABLE all_flow AS SELECT * FROM main.all_flow;"
				    "CREATE TEMP TABLE all_stack AS SELECT * FROM main.all_stack;"
				    "CREATE INDEX temp.all_stack_ip ON all_stack (ip, place)";
	enum ks_error error = ks_sql_exec(store, "PRAGMA query_only = OFF", diag);
	if (error == KS_SUCCESS && !store->has_sums)
		error = make_sums(store, diag);
	if (error == KS_SUCCESS && what == KS_SHARE_ALL)
		error = ks_sql_exec(store, views, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_exec(store, "PRAGMA query_only = ON", diag);
	return error;
}

enum ks_error
ks_store_share(struct ks_store *store, enum ks_shared what, struct ks_diag *diag)
{
	bool worth_it = false;
	if (store->shared >= what)
		return KS_SUCCESS;
	enum ks_error error = is_worth_it(store, &worth_it, diag);
	if (error == KS_SUCCESS && worth_it)
		error = make(store, what, diag);
	if (error == KS_SUCCESS && worth_it)
		store->shared = what;
	return error;
}
