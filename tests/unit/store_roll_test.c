/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Bins of long ago are added up: nothing is lost, nothing near a storm is touched, and reports and judge say
 * so.
 *
 * Three weeks, a run an hour, bins of five minutes, made by SQL; before anything is rolled up the tables are
 * kept in copies, against which every count of every hour is compared. */
#include "tests/unit/store_feed.h"

#include "analyzer/judge/storm.h"
#include "store/store.h"

TestSuite(store_roll, .fini = sweep);

enum {
	HOUR = 3600,
	DAY = 86400,
	DAYS = 21,
	BEGIN = T0 / DAY * DAY,
	STORM = BEGIN + 12 * DAY + 600,
	STORM_S = 1200
};

static void
run_sql(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	char *error = NULL;
	cr_assert(eq(int, sqlite3_open(path, &db), SQLITE_OK));
	(void)sqlite3_exec(db, "PRAGMA synchronous = OFF; BEGIN", NULL, NULL, NULL);
	(void)sqlite3_exec(db, sql, NULL, NULL, &error);
	(void)sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	cr_assert(error == NULL, "%s", error);
	sqlite3_close(db);
}

static int64_t
number(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	cr_assert(eq(int, sqlite3_open(path, &db), SQLITE_OK));
	cr_assert(eq(int, sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK), "%s: %s", sql,
		  sqlite3_errmsg(db));
	cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW), "%s", sql);
	const int64_t ret = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return ret;
}

/* Values that no two rows share by chance; those of the storm have a hundred times the queries. */
static const char weeks_sql[] =
	"CREATE TEMP TABLE hour AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + "
	"1 < %d)"
	" SELECT i + 1 AS run_id, %d + i * 3600 AS t FROM n;"
	"CREATE TEMP TABLE piece AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i "
	"< 11)"
	" SELECT run_id, t + i * 300 AS t_s, (run_id * 12 + i) * 7919 %% 101 AS x FROM hour, n;"
	"INSERT INTO run (run_id, set_hash, tool_version, sensor, vantage, vantage_given, partial, "
	"queries_only,"
	" responses_only, anonymized, bin_s, time_digits, first_ns, last_ns)"
	" SELECT run_id, cast(printf('%%016d', run_id) AS BLOB), '1', '', 'A', 0, 0, 0, 0, 0, 300, 9,"
	" t * 1000000000, (t + 3599) * 1000000000 FROM hour;"
	"INSERT INTO zone VALUES (1, x'00', '.', 0), (2, x'026e6c00', 'nl.', 1);"
	"INSERT INTO run_zone SELECT run_id, zone_id, 1, 1, 1, 1 FROM hour, zone;"
	"INSERT INTO bin SELECT run_id, t_s, s.ip, transport, qtype, 1000 + x + transport, x + 1, x + 2, x + "
	"3, x + 4,"
	" x + 5, x + 6, x + 7, x + 8 FROM piece,"
	" (SELECT x'c0000201' AS ip UNION SELECT x'c0000202') AS s, (SELECT 0 AS transport UNION SELECT 1),"
	" (SELECT 1 AS qtype UNION SELECT 48);"
	"INSERT INTO traffic SELECT run_id, t_s, x'c0000201', 5000 + x, 5001 + x, x + 2, x + 3, x + 4, x + 5 "
	"FROM piece;"
	"INSERT INTO zone_bin SELECT run_id, zone_id, t_s, q, 0, q - 1, 1, 0, 0, 0, 0, q, q * 900, x %% 3, "
	"0, 0, 0, 0"
	" FROM (SELECT *, iif(zone_id = 1 AND t_s >= %d AND t_s < %d, 100, 1) * (300 + x %% 37) AS q FROM "
	"piece, zone);"
	"INSERT INTO drops SELECT run_id, t_s, 'eth0', x, x + 1 FROM piece WHERE x %% 5 = 0";

static const char *
make(const char *name)
{
	const char *const path = scratch(name);
	char sql[sizeof(weeks_sql) + 100];
	ks_store_close(open_write(path));
	(void)snprintf(sql, sizeof(sql), weeks_sql, DAYS * 24, BEGIN, STORM, STORM + STORM_S);
	run_sql(path, sql);
	run_sql(path, "CREATE TABLE was_bin AS SELECT * FROM bin; CREATE TABLE was_traffic AS SELECT * FROM "
		      "traffic;"
		      "CREATE TABLE was_zone_bin AS SELECT * FROM zone_bin; CREATE TABLE was_drops AS SELECT "
		      "* FROM drops");
	return path;
}

static void
note_storm(const char *path)
{
	char sql[400];
	(void)snprintf(sql, sizeof(sql),
		       "INSERT INTO storm (zone_id, start_s, end_s, began_before, open, "
		       "uplift_is_lower_bound, queries)"
		       " VALUES (1, %d, %d, 0, 0, 0, 1); INSERT INTO judged VALUES (1, NULL)",
		       STORM, STORM + STORM_S);
	run_sql(path, sql);
}

/* Until nothing is left to do. */
static void
roll(const char *path, int64_t before_s)
{
	struct ks_store *const store = open_write(path);
	struct ks_diag diag = {0};
	for (int i = 0; i < 20; i++)
		SUCCEED(ks_store_roll(store, before_s * KS_NS_PER_S, HOUR, &diag), diag);
	ks_store_close(store);
}

/* Rows of either that the other has not, when both are added up by the hour. */
static void
same_counts(const char *path, const char *table, const char *keys, const char *counts)
{
	char a[600], b[600], sql[2600];
	(void)snprintf(a, sizeof(a), "SELECT t_s / 3600, %s, %s FROM was_%s GROUP BY t_s / 3600, %s", keys,
		       counts, table, keys);
	(void)snprintf(b, sizeof(b), "SELECT t_s / 3600, %s, %s FROM %s GROUP BY t_s / 3600, %s", keys,
		       counts, table, keys);
	(void)snprintf(sql, sizeof(sql),
		       "SELECT (SELECT count(*) FROM (%s EXCEPT %s)) + (SELECT count(*) FROM (%s EXCEPT %s))",
		       a, b, b, a);
	cr_expect(eq(i64, number(path, sql), 0), "%s", table);
}

static void
same_totals(const char *path)
{
	same_counts(path, "bin", "run_id, ip, transport, qtype",
		    "sum(queries), sum(responses), sum(query_dns_bytes), sum(response_dns_bytes), "
		    "sum(do_queries),"
		    " sum(cd_queries), sum(tc_responses), sum(query_ip_bytes), sum(response_ip_bytes)");
	same_counts(
		path, "traffic", "run_id, ip",
		"sum(in_packets), sum(out_packets), sum(in_ip_bytes), sum(out_ip_bytes), sum(in_wire_bytes),"
		" sum(out_wire_bytes)");
	same_counts(path, "zone_bin", "run_id, zone_id",
		    "sum(queries), sum(rq_none), sum(rq_first), sum(rq_hot), sum(rq_warm), sum(rq_cool), "
		    "sum(rq_refresh),"
		    " sum(rq_retransmit), sum(responses), sum(response_dns_bytes), sum(sources_new)");
	same_counts(path, "drops", "run_id, interface", "sum(kernel), sum(device)");
}

Test(store_roll, every_count_of_every_hour_stays)
{
	const char *const path = make("counts.db");
	note_storm(path);
	roll(path, BEGIN + 18 * DAY);
	same_totals(path);
	cr_expect(gt(i64, number(path, "SELECT count(*) FROM run WHERE rolled_from_s = 300 AND bin_s = 3600"),
		     100));
	cr_expect(eq(i64,
		     number(path, "SELECT count(*) FROM zone_bin JOIN run USING (run_id)"
				  " WHERE rolled_from_s IS NOT NULL AND t_s % 3600 <> 0"),
		     0));
	cr_expect(eq(i64,
		     number(path,
			    "SELECT max(n) FROM (SELECT count(*) AS n FROM traffic JOIN run USING (run_id)"
			    " WHERE rolled_from_s IS NOT NULL GROUP BY run_id)"),
		     1));
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM pragma_foreign_key_check"), 0));
}

Test(store_roll, tables_by_bin_are_these)
{
	/* `clients` is by day, and its registers do not add up. Whoever adds a table by bin adds it to
	 * roll.c. */
	const char *const path = make("tables.db");
	cr_expect(eq(i64,
		     number(path, "SELECT count(*) FROM sqlite_schema AS s, pragma_table_info(s.name) AS c"
				  " WHERE s.type = 'table' AND c.name = 't_s' AND c.pk > 0 AND s.name NOT IN"
				  " ('bin', 'traffic', 'zone_bin', 'drops', 'clients', 'client_count')"),
		     0));
}

Test(store_roll, young_bins_and_those_around_a_storm_stay)
{
	const char *const path = make("which.db");
	const int64_t before_s = BEGIN + 18 * DAY;
	note_storm(path);
	roll(path, before_s);
	for (int64_t i = 0; i < DAYS * 24; i++) {
		const int64_t from_s = BEGIN + i * HOUR, to_s = from_s + HOUR - 1;
		const bool near = from_s < STORM + STORM_S + 2 * DAY && to_s >= STORM - 8 * DAY;
		char sql[100];
		(void)snprintf(sql, sizeof(sql), "SELECT bin_s FROM run WHERE run_id = %d", (int)i + 1);
		const int64_t want = to_s < before_s && !near ? HOUR : 300;
		cr_expect(eq(i64, number(path, sql), want), "hour %d", (int)i);
	}
}

Test(store_roll, without_judgements_nothing_is_touched)
{
	const char *const path = make("unjudged.db");
	roll(path, BEGIN + 18 * DAY);
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM run WHERE rolled_from_s IS NOT NULL"), 0));
}

static void
rows_are(const char *path, const char *name, const struct ks_query *query, size_t want)
{
	struct ks_store *const store = open_read(path);
	char *const text = rows_text(store, name, query);
	size_t n = 0;
	for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
		n++;
	cr_expect(eq(sz, n, want), "%s", name);
	free(text);
	ks_store_close(store);
}

Test(store_roll, reports_tell_each_width)
{
	const char *const path = make("reports.db");
	note_storm(path);
	roll(path, BEGIN + 18 * DAY);
	const int64_t coarse = number(path, "SELECT count(*) FROM run WHERE rolled_from_s IS NOT NULL");
	const size_t rows = (size_t)(coarse + (DAYS * 24 - coarse) * 12);
	const struct ks_query all = {.limit = -1};
	rows_are(path, "traffic", &all, rows);
	rows_are(path, "qtypes", &all, rows * 2);
	rows_are(path, "rollover-series", &all, rows * 2);
	/* Rates are by the width of their own bin, so that they add up to what was there. */
	cr_expect(eq(i64,
		     number(path,
			    "SELECT round(sum(in_pps * bin_s)) - (SELECT sum(in_packets) FROM was_traffic)"
			    " FROM v_traffic"),
		     0));
	cr_expect(eq(
		i64,
		number(path,
		       "SELECT round(sum(qps * bin_s)) - (SELECT sum(queries) FROM was_bin) FROM v_qtypes"),
		0));
	cr_expect(eq(i64,
		     number(path,
			    "SELECT round(sum(dnskey_qps * bin_s)) - (SELECT sum(queries) FROM was_zone_bin)"
			    " FROM v_rollover_series"),
		     0));
	cr_expect(eq(
		i64,
		number(path,
		       "SELECT sum(dropped) - (SELECT sum(kernel + device) FROM was_drops) FROM v_traffic"),
		0));
	cr_expect(eq(i64,
		     number(path, "SELECT count(*) FROM v_traffic WHERE (t < '2026-11-25') <> (bin_s = 3600)"
				  " AND t < '2026-12-01'"),
		     0));
}

static const char *
refusal(const char *path, const struct ks_query *query)
{
	static struct ks_diag diag;
	struct ks_store *const store = open_read(path);
	struct ks_rows *rows = NULL;
	diag.text[0] = '\0';
	if (ks_rows_open(store, "traffic", query, &rows, &diag) == KS_SUCCESS)
		ks_rows_close(rows);
	ks_store_close(store);
	return diag.text;
}

Test(store_roll, a_step_fits_the_bins_that_are_looked_at)
{
	const char *const path = make("step.db");
	note_storm(path);
	roll(path, BEGIN + 18 * DAY);
	struct ks_query query = {.limit = -1, .step_s = 300};
	text_is(refusal(path, &query), "--step 300 is no multiple of the stored bin of 3600 s");
	query.step_s = 2 * HOUR;
	rows_are(path, "traffic", &query, DAYS * 12);
	query = (struct ks_query){
		.limit = -1, .step_s = 600, .has_from = true, .from_ns = (BEGIN + 19 * DAY) * KS_NS_PER_S};
	rows_are(path, "traffic", &query, 2 * 24 * 6);
}

Test(store_roll, another_run_within_a_coarse_bin_is_folded_into_it)
{
	const char *const path = make("fold.db");
	note_storm(path);
	/* A run that began before the hour was over and went on for days: it is young. */
	run_sql(path, "UPDATE run SET last_ns = last_ns + 30 * 86400 * 1000000000 WHERE run_id = 5;"
		      "UPDATE bin SET t_s = t_s - 1800 WHERE run_id = 5; UPDATE traffic SET t_s = t_s - 1800 "
		      "WHERE run_id = 5");
	roll(path, BEGIN + 18 * DAY);
	cr_expect(eq(i64, number(path, "SELECT bin_s FROM run WHERE run_id = 5"), 300));
	cr_expect(eq(i64,
		     number(path, "SELECT count(*) FROM v_traffic AS a JOIN v_traffic AS b ON b.t > a.t AND"
				  " unixepoch(b.t) < unixepoch(a.t) + a.bin_s AND a.bin_s = 3600"),
		     0));
	cr_expect(eq(i64,
		     number(path, "SELECT round(sum(in_pps * bin_s)) - (SELECT sum(in_packets) FROM traffic)"
				  " FROM v_traffic"),
		     0));
}

/* --- the judge --- */

struct found {
	size_t n;
	int64_t start_s, end_s;
	uint64_t queries;
	double base_qps;
	enum ks_baseline_kind kind;
};

static enum ks_error
find(void *arg, const struct ks_store_series *series, struct ks_diag *diag)
{
	struct found *const found = arg;
	struct ks_storm storms[4];
	(void)diag;
	const struct ks_storm_scratch scratch = {.values = calloc(series->storm.n + 1, sizeof(double)),
						 .excluded = calloc(series->storm.n + 1, 1)};
	const size_t n =
		ks_storm_find(&series->storm, &ks_storm_defaults, &scratch, storms, KS_COUNT(storms));
	for (size_t i = 0; i < n; i++)
		*found = (struct found){
			.n = found->n + 1,
			.start_s = series->storm.t0_s + (int64_t)storms[i].start * series->storm.bin_s,
			.end_s = series->storm.t0_s + (int64_t)storms[i].end * series->storm.bin_s,
			.queries = storms[i].queries,
			.base_qps = storms[i].base_qps,
			.kind = storms[i].base.kind,
		};
	free(scratch.values);
	free(scratch.excluded);
	return KS_SUCCESS;
}

static struct found
storms_of(const char *path)
{
	struct ks_store *const store = open_read(path);
	struct found ret = {0};
	struct ks_diag diag = {0};
	SUCCEED(ks_store_each_series(store, 1, find, &ret, &diag), diag);
	ks_store_close(store);
	return ret;
}

Test(store_roll, the_judge_sees_the_same_storm)
{
	const char *const path = make("judge.db");
	note_storm(path);
	const struct found before = storms_of(path);
	cr_assert(eq(sz, before.n, 1));
	cr_assert(eq(i64, before.start_s, STORM));
	cr_expect(eq(int, (int)before.kind, KS_BASELINE_DAILY));
	roll(path, BEGIN + 18 * DAY);
	const struct found after = storms_of(path);
	cr_expect(eq(sz, after.n, 1));
	cr_expect(eq(i64, after.start_s, before.start_s));
	cr_expect(eq(i64, after.end_s, before.end_s));
	cr_expect(eq(u64, after.queries, before.queries));
	cr_expect(ieee_ulp_eq(dbl, after.base_qps, before.base_qps, 4));
	cr_expect(eq(int, (int)after.kind, KS_BASELINE_DAILY));
}
