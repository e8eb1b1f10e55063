/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/metrics.c -- a few figures of the run written last, for those who watch it. */
#include <string.h>

#include "dissect/rrtype.h"
#include "store/store.h"
#include "store/store_p.h"

/* clang-format off */
static const char *const sqls[] = {
	[KS_METRIC_QTYPE] = "SELECT qtype, sum(queries), sum(responses), 0 FROM bin WHERE run_id = (SELECT max(run_id) FROM run)"
			    " GROUP BY qtype ORDER BY 2 DESC, 1 LIMIT ?",
	[KS_METRIC_ZONE] = "SELECT name, sum(queries), sum(rq_hot + rq_warm + rq_cool), sum(responses)"
			   " FROM zone_bin JOIN zone USING (zone_id) WHERE run_id = (SELECT max(run_id) FROM run)"
			   " GROUP BY zone_id ORDER BY 2 DESC, 1 LIMIT ?",
	[KS_METRIC_SOURCE] = "SELECT address, dnskey_queries, requeries, queries FROM source"
			     " WHERE run_id = (SELECT max(run_id) FROM run) AND dnskey_queries > 0"
			     " ORDER BY 2 DESC, length(ip), ip LIMIT ?",
};
/* clang-format on */

static void
name_type(int64_t type, char ret[KS_RRTYPE_TEXT])
{
	static const char other[] = "other";
	if (type == KS_QTYPE_OTHER)
		memcpy(ret, other, sizeof(other));
	else
		(void)ks_rrtype_name((uint16_t)type, ret);
}

static enum ks_error
hand_out(sqlite3_stmt *stmt, enum ks_metric which, ks_store_metric_fn *each, void *arg, struct ks_diag *diag)
{
	char type[KS_RRTYPE_TEXT];
	struct ks_store_metric metric = {.name = type};
	if (which == KS_METRIC_QTYPE)
		name_type(sqlite3_column_int64(stmt, 0), type);
	else
		metric.name = (const char *)sqlite3_column_text(stmt, 0);
	for (int i = 0; i < KS_STORE_METRICS; i++)
		metric.values[i] = (uint64_t)sqlite3_column_int64(stmt, i + 1);
	return each(arg, &metric, diag);
}

enum ks_error
ks_store_each_metric(struct ks_store *store, enum ks_metric which, unsigned most, ks_store_metric_fn *each,
		     void *arg, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	enum ks_error error = ks_sql_prepare(store, sqls[which], &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	sqlite3_bind_int64(stmt, 1, most);
	int rc = SQLITE_DONE;
	while (error == KS_SUCCESS && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
		error = hand_out(stmt, which, each, arg, diag);
	sqlite3_finalize(stmt);
	if (error == KS_SUCCESS && rc != SQLITE_DONE)
		error = ks_sql_fail(store, rc, diag);
	return error;
}
