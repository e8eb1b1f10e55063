/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/searches.c -- how often those ask who ask again and again. */
#include <math.h>

#include "store/store_p.h"

/* Each part is grouped once and joined then. The middle of n values is one, or the mean of two. */
/* clang-format off */
static const char sql[] =
	"WITH offender AS MATERIALIZED (SELECT zone_id, ip, queries, err, first_ns, last_ns FROM all_flow WHERE offends),"
	" burst AS MATERIALIZED (SELECT zone_id, ip, sum(failing_bursts) AS bursts, sum(failing_queries) AS queries"
	"  FROM behaviour GROUP BY zone_id, ip HAVING sum(failing_bursts) > 0),"
	" demand AS MATERIALIZED (SELECT ip, sum(queries - dnskey_queries - ds_queries) AS queries"
	"  FROM source GROUP BY ip HAVING sum(queries - dnskey_queries - ds_queries) > 0),"
	" found (kind, x) AS ("
	"  SELECT 'burst', burst.queries * 1.0 / bursts FROM offender JOIN burst USING (zone_id, ip)"
	"  UNION ALL SELECT 'demand', offender.queries * 1.0 / demand.queries FROM offender JOIN demand USING (ip)"
	"  UNION ALL SELECT 'gap', median_gap_ms FROM offender JOIN habit USING (zone_id, ip) WHERE median_gap_ms IS NOT NULL"
	"  UNION ALL SELECT 'rate', (queries - err) * 1e9 / (last_ns - first_ns) FROM offender WHERE last_ns > first_ns),"
	" answer AS (SELECT sum(response_dns_bytes) * 1.0 / nullif(sum(responses), 0) AS bytes FROM flow JOIN offender USING (zone_id, ip)),"
	" placed AS (SELECT kind, x, row_number() OVER (PARTITION BY kind ORDER BY x) AS place,"
	"  count(*) OVER (PARTITION BY kind) AS n FROM found),"
	" middle AS (SELECT kind, avg(x) AS x FROM placed WHERE place IN ((n + 1) / 2, (n + 2) / 2) GROUP BY kind)"
	" SELECT (SELECT count(*) FROM offender), (SELECT x FROM middle WHERE kind = 'burst'),"
	"  (SELECT x FROM middle WHERE kind = 'demand'), (SELECT x FROM middle WHERE kind = 'gap'),"
	"  (SELECT one_sided IS 0 FROM whole), (SELECT x FROM middle WHERE kind = 'rate'), (SELECT bytes FROM answer),"
	"  (SELECT max(vantage) IS 'A' FROM run)";
/* clang-format on */

static double
real_or_nan(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt, column) == SQLITE_NULL ? (double)NAN
								: sqlite3_column_double(stmt, column);
}

enum ks_error
ks_store_read_searches(struct ks_store *store, struct ks_store_searches *ret, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error = ks_sql_prepare(store, sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	const int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*ret = (struct ks_store_searches){
			.known = sqlite3_column_int(stmt, 4) != 0,
			.offenders = (uint64_t)sqlite3_column_int64(stmt, 0),
			.dnskey_per_burst = real_or_nan(stmt, 1),
			.dnskey_per_query = real_or_nan(stmt, 2),
			.gap_ms = real_or_nan(stmt, 3),
			.qps = real_or_nan(stmt, 5),
			.answer_bytes = real_or_nan(stmt, 6),
			.one_server = sqlite3_column_int(stmt, 7) != 0,
		};
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}
