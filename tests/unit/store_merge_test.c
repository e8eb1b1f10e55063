/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Several databases in one: nothing lost, nothing twice, nothing by halves. */
#include "tests/unit/store_feed.h"

TestSuite(store_merge, .fini = sweep);

static enum ks_error
merge(const char *out, const char *const *paths, size_t n, struct ks_diag *diag)
{
	struct ks_merge *all = NULL;
	SUCCEED(ks_merge_new(&all, diag), *diag);
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < n && error == KS_SUCCESS; i++)
		error = ks_merge_add(all, paths[i], diag);
	if (error == KS_SUCCESS)
		error = ks_merge_check(all, diag);
	struct ks_store *const store = open_write(out);
	if (error == KS_SUCCESS)
		error = ks_merge_write(all, store, diag);
	ks_store_close(store);
	ks_merge_free(all);
	return error;
}

#define MERGE(out, ...)                                                                                      \
	do {                                                                                                 \
		const char *const merge_paths[] = {__VA_ARGS__};                                             \
		struct ks_diag merge_diag = {0};                                                             \
		SUCCEED(merge(out, merge_paths, KS_COUNT(merge_paths), &merge_diag), merge_diag);            \
	} while (0)

/* --- the database without our own code in between --- */

static sqlite3 *
raw(const char *path)
{
	sqlite3 *db;
	cr_assert(eq(int, sqlite3_open(path, &db), SQLITE_OK));
	return db;
}

static void
run_sql(sqlite3 *db, const char *sql)
{
	char *why = NULL;
	cr_assert(eq(int, sqlite3_exec(db, sql, NULL, NULL, &why), SQLITE_OK), "%s: %s", sql, why);
}

static int
append_row(void *arg, int n, char **values, char **names)
{
	(void)names;
	char *const text = arg;
	size_t at = strlen(text);
	for (int i = 0; i < n && at < 60000; i++)
		at += (size_t)snprintf(text + at, 65536 - at, "%s%c", values[i] != NULL ? values[i] : "-",
				       i + 1 < n ? '|' : '\n');
	return 0;
}

/* All rows of a query, in memory that the next call but three reuses. */
static const char *
ask(sqlite3 *db, const char *sql)
{
	static char texts[4][65536];
	static unsigned at;
	char *const text = texts[at++ % 4], *why = NULL;
	text[0] = '\0';
	cr_assert(eq(int, sqlite3_exec(db, sql, append_row, text, &why), SQLITE_OK), "%s: %s", sql, why);
	return text;
}

static const char *
ask_file(const char *path, const char *sql)
{
	sqlite3 *const db = raw(path);
	const char *const text = ask(db, sql);
	sqlite3_close(db);
	return text;
}

static void
bare(const char *path, uint8_t set_hash, const char *files)
{
	struct ks_store *const store = open_write(path);
	send_bare_run(store, set_hash, files);
	ks_store_close(store);
}

#define RUNS "SELECT hex(substr(set_hash, 1, 1)) FROM run ORDER BY run_id"

/* --- every table --- */

/* A value that the column takes, by its line of the schema: names begin with "'", hashes have 16 octets. */
static void
put_value(sqlite3_str *sql, const char *table_sql, const char *column, const char *type, const char *zone_id)
{
	char line[256] = "", start[80];
	(void)snprintf(start, sizeof(start), "\n\t%s %s", column, type);
	const char *const found = strstr(table_sql, start);
	cr_assert(found != NULL, "%s: one column a line, please", column);
	(void)sscanf(found + 2, "%255[^\n]", line);
	const char *const word = strchr(line, '\'');
	const char *const comment = strstr(line, "--");
	if (strcmp(column, "run_id") == 0)
		sqlite3_str_appendall(sql, "1");
	else if (strcmp(column, "zone_id") == 0)
		sqlite3_str_appendall(sql, zone_id);
	else if (strcmp(type, "BLOB") == 0)
		sqlite3_str_appendall(sql, "x'00112233445566778899aabbccddeeff'");
	else if (strcmp(type, "TEXT") == 0 && word != NULL && (comment == NULL || word < comment))
		sqlite3_str_append(sql, word, (int)strcspn(word + 1, "'") + 2);
	else if (strcmp(type, "TEXT") == 0)
		sqlite3_str_appendall(sql, "'text'");
	else
		sqlite3_str_appendall(sql, strstr(line, "(6, 9)") != NULL ? "6" : "1");
}

static const char tables_sql[] = "SELECT s.name, sql FROM sqlite_schema AS s WHERE type = 'table' AND EXISTS"
				 " (SELECT 1 FROM pragma_table_info(s.name) AS info WHERE "
				 "info.name = 'run_id') ORDER BY s.rowid";

/* A row in every table that knows runs. */
static size_t
fill_every_table(const char *path, const char *zone_id)
{
	sqlite3 *const db = raw(path);
	sqlite3_stmt *tables, *columns;
	size_t n = 0;
	cr_assert(eq(int, sqlite3_prepare_v2(db, tables_sql, -1, &tables, NULL), SQLITE_OK));
	while (sqlite3_step(tables) == SQLITE_ROW) {
		const char *const name = (const char *)sqlite3_column_text(tables, 0);
		sqlite3_str *const sql = sqlite3_str_new(db);
		sqlite3_str_appendf(sql, "INSERT INTO \"%w\" VALUES (", name);
		char *const info =
			sqlite3_mprintf("SELECT name, type FROM pragma_table_info('%q') ORDER BY cid", name);
		cr_assert(eq(int, sqlite3_prepare_v2(db, info, -1, &columns, NULL), SQLITE_OK));
		for (int i = 0; sqlite3_step(columns) == SQLITE_ROW; i++) {
			sqlite3_str_appendall(sql, i > 0 ? ", " : "");
			put_value(sql, (const char *)sqlite3_column_text(tables, 1),
				  (const char *)sqlite3_column_text(columns, 0),
				  (const char *)sqlite3_column_text(columns, 1), zone_id);
		}
		sqlite3_finalize(columns);
		sqlite3_free(info);
		sqlite3_str_appendall(sql, ")");
		char *const text = sqlite3_str_finish(sql);
		run_sql(db, text);
		sqlite3_free(text);
		n++;
	}
	sqlite3_finalize(tables);
	sqlite3_close(db);
	return n;
}

Test(store_merge, every_table_that_knows_runs_begins_with_the_run)
{
	const char *const path = scratch("a.db");
	ks_store_close(open_write(path));
	sqlite3 *const db = raw(path);
	text_is(ask(db, "SELECT s.name FROM sqlite_schema AS s WHERE type = 'table' AND EXISTS"
			" (SELECT 1 FROM pragma_table_info(s.name) AS info"
			"  WHERE info.name = 'run_id' AND info.cid > 0)"),
		"");
	sqlite3_close(db);
}

/* The rows of every table that are in `a` but not in `b` once run_id is out and zone_id is a name. */
static void
expect_same_rows(const char *a, const char *b)
{
	sqlite3 *const db = raw(a);
	sqlite3_stmt *tables;
	char *const attach = sqlite3_mprintf("ATTACH %Q AS other", b);
	run_sql(db, attach);
	sqlite3_free(attach);
	cr_assert(eq(int, sqlite3_prepare_v2(db, tables_sql, -1, &tables, NULL), SQLITE_OK));
	while (sqlite3_step(tables) == SQLITE_ROW) {
		const char *const name = (const char *)sqlite3_column_text(tables, 0);
		char *const list = sqlite3_mprintf("SELECT group_concat(CASE name WHEN 'zone_id' THEN"
						   " '(SELECT name_wire FROM %%s.zone WHERE zone.zone_id = "
						   "t.zone_id)' ELSE name END, ', ')"
						   " FROM pragma_table_info('%q') WHERE cid > 0",
						   name);
		char columns[4096];
		(void)snprintf(columns, sizeof(columns), "%s", ask(db, list));
		columns[strcspn(columns, "\n")] = '\0';
		char *const mine = sqlite3_mprintf(columns, "main"), *const theirs = sqlite3_mprintf(columns,
												     "other");
		char *const sql = sqlite3_mprintf(
			"SELECT %s FROM main.\"%w\" AS t EXCEPT SELECT %s FROM other.\"%w\" AS t", mine, name,
			theirs, name);
		cr_expect(eq(str, (char *)(uintptr_t)ask(db, sql), (char *)(uintptr_t) ""), "%s", name);
		sqlite3_free(sql);
		sqlite3_free(mine);
		sqlite3_free(theirs);
		sqlite3_free(list);
	}
	sqlite3_finalize(tables);
	sqlite3_close(db);
}

Test(store_merge, every_table_that_knows_runs_is_copied)
{
	const char *const in = scratch("in.db"), *const out = scratch("out.db");
	ks_store_close(open_write(in));
	sqlite3 *db = raw(in);
	run_sql(db,
		"INSERT INTO zone VALUES (1, x'0161', 'a.', 1), (2, x'0162', 'b.', 1), (7, x'00', '.', 0)");
	sqlite3_close(db);
	const size_t n = fill_every_table(in, "7");
	cr_assert(gt(sz, n, 15));

	/* It comes behind another run, and its zone has another number there. */
	struct ks_store *const store = open_write(out);
	send_all(store, 0xee);
	ks_store_close(store);
	MERGE(out, in);
	expect_same_rows(in, out);
	text_is(ask_file(out, "SELECT count(*) FROM run"), "2\n");
	text_is(ask_file(out, "SELECT count(*) FROM zone WHERE name_wire = x'00'"), "1\n");
	text_is(ask_file(out, "SELECT DISTINCT run_id FROM flow WHERE address = 'text'"), "2\n");
	text_is(ask_file(out, "PRAGMA foreign_key_check"), "");
	text_is(ask_file(out, "PRAGMA integrity_check"), "ok\n");

	/* Into nothing: the same rows, and no others. */
	const char *const fresh = scratch("fresh.db");
	MERGE(fresh, in);
	expect_same_rows(in, fresh);
	expect_same_rows(fresh, in);
	text_is(ask_file(fresh, "SELECT name FROM zone"), ".\n");
}

/* --- which runs --- */

Test(store_merge, order_of_sources_does_not_matter)
{
	const char *const a = scratch("a.db"), *const b = scratch("b.db");
	struct ks_store *store = open_write(a);
	send_all(store, 1);
	ks_store_close(store);
	store = open_write(b);
	send_all(store, 2);
	send_bare_run(store, 9, "xyz");
	ks_store_close(store);
	const char *const ab = scratch("ab.db"), *const ba = scratch("ba.db");
	MERGE(ab, a, b);
	MERGE(ba, b, a);
	text_is(ask_file(ab, "SELECT run_id, hex(set_hash) FROM run"),
		ask_file(ba, "SELECT run_id, hex(set_hash) FROM run"));
	text_is(ask_file(ab, "SELECT * FROM v_hitters"), ask_file(ba, "SELECT * FROM v_hitters"));
	text_is(ask_file(ab, "SELECT * FROM flow"), ask_file(ba, "SELECT * FROM flow"));
	text_is(ask_file(ab, "SELECT * FROM zone"), ask_file(ba, "SELECT * FROM zone"));
}

Test(store_merge, the_same_run_is_not_doubled)
{
	const char *const a = scratch("a.db"), *const b = scratch("b.db"), *const out = scratch("out.db");
	bare(a, 1, "pq");
	bare(b, 1, "pq");
	MERGE(out, a, b, a);
	text_is(ask_file(out, RUNS), "01\n");
	MERGE(out, b);
	text_is(ask_file(out, RUNS), "01\n");
}

Test(store_merge, a_run_inside_another_goes_wherever_it_stands)
{
	const char *const part = scratch("part.db"), *const whole = scratch("whole.db");
	bare(part, 1, "p");
	bare(whole, 2, "pq");
	const char *const out[] = {scratch("out1.db"), scratch("out2.db")};
	MERGE(out[0], part, whole);
	text_is(ask_file(out[0], RUNS), "02\n");
	MERGE(out[1], part);
	MERGE(out[1], whole); /* the part stands in the database that is written to */
	text_is(ask_file(out[1], RUNS), "02\n");
	MERGE(out[1], part);
	text_is(ask_file(out[1], RUNS), "02\n");
	text_is(ask_file(out[1], "SELECT count(*) FROM input"), "2\n");
}

Test(store_merge, a_whole_run_is_preferred_to_a_partial_one_of_the_same_bytes)
{
	const char *const a = scratch("a.db"), *const b = scratch("b.db");
	bare(a, 1, "p");
	bare(b, 1, "p");
	sqlite3 *const db = raw(a);
	run_sql(db, "UPDATE run SET partial = 1");
	sqlite3_close(db);
	const char *const ab = scratch("ab.db"), *const ba = scratch("ba.db");
	MERGE(ab, a, b);
	MERGE(ba, b, a);
	text_is(ask_file(ab, "SELECT partial FROM run"), "0\n");
	text_is(ask_file(ba, "SELECT partial FROM run"), "0\n");
	MERGE(ba, a);
	text_is(ask_file(ba, "SELECT partial FROM run"), "0\n");
}

Test(store_merge, sets_that_overlap_are_refused_and_nothing_is_written)
{
	const char *const a = scratch("a.db"), *const b = scratch("b.db"), *const out = scratch("out.db");
	bare(a, 1, "pq");
	bare(b, 2, "qr");
	bare(out, 3, "z");
	struct ks_diag diag = {0};
	const char *const both[] = {a, b};
	cr_assert(eq(int, merge(out, both, 2, &diag), KS_ERR_DATABASE));
	cr_assert(strstr(diag.text, "some.pcap is in ") != NULL, "%s", diag.text);
	text_is(ask_file(out, RUNS), "03\n");
	MERGE(out, a);
	cr_assert(eq(int, merge(out, &b, 1, &diag), KS_ERR_DATABASE));
	text_is(ask_file(out, RUNS), "03\n01\n");
	text_is(ask_file(out, "SELECT count(*) FROM input"), "3\n");
}

Test(store_merge, names_of_runs_that_were_replaced_go)
{
	const char *const a = scratch("a.db"), *const b = scratch("b.db");
	struct ks_store *store = open_write(a);
	send_run(store, 1);
	send_input(store, "p", 'p', 1000);
	SEND(store, zone, .name = EXAMPLE, .answered = true, .dnskey_queries = 30);
	SEND(store, zone, .name = ROOT, .answered = true, .dnskey_queries = 30);
	send_end(store);
	ks_store_close(store);
	store = open_write(b);
	send_run(store, 2);
	send_input(store, "p", 'p', 1000);
	send_input(store, "q", 'q', 2000);
	SEND(store, zone, .name = ROOT, .answered = true, .dnskey_queries = 60);
	send_end(store);
	ks_store_close(store);
	MERGE(a, b);
	text_is(ask_file(a, RUNS), "02\n");
	text_is(ask_file(a, "SELECT name, dnskey_queries FROM zone JOIN run_zone USING (zone_id)"), ".|60\n");
	text_is(ask_file(a, "SELECT count(*) FROM zone"), "1\n");
}

Test(store_merge, judgements_go_with_the_facts_they_were_made_from)
{
	ks_store_close(filled());
	const char *const in = scratch("in.db"), *const out = scratch("full.db");
	bare(in, 7, "x");
	text_is(ask_file(out, "SELECT count(*) FROM storm"), "2\n");
	MERGE(out, in);
	text_is(ask_file(out, "SELECT count(*) FROM storm UNION ALL SELECT count(*) FROM judged"), "0\n0\n");
}

/* --- what is wrong with a source --- */

Test(store_merge, a_source_that_cannot_be_is_refused_and_nothing_is_written)
{
	static const struct {
		const char *what, *sql, *said;
	} rows[] = {
		{"newer", "PRAGMA user_version = 99", "newer keystorm"},
		{"not ours", "PRAGMA application_id = 7", "not a keystorm database"},
		{"of another build", "ALTER TABLE flow RENAME COLUMN err TO mistake",
		 "another build of keystorm"},
		{"without a table", "DROP TABLE icmp", "another build of keystorm"},
		{"with a zone that has no name",
		 "PRAGMA foreign_keys = OFF; UPDATE flow SET zone_id = 77 WHERE zone_id = 2",
		 "a zone has no name"},
		{"with values that no keystorm wrote",
		 "PRAGMA ignore_check_constraints = ON; UPDATE run SET vantage = 'Q'",
		 "table run is damaged"},
	};
	const char *const good = scratch("good.db");
	bare(good, 3, "z");
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		char in[160], out[160];
		(void)snprintf(in, sizeof(in), "%s/in%zu.db", folder, i);
		(void)snprintf(out, sizeof(out), "%s/out%zu.db", folder, i);
		struct ks_store *const store = open_write(in);
		send_all(store, 1);
		ks_store_close(store);
		sqlite3 *const db = raw(in);
		run_sql(db, "PRAGMA legacy_alter_table = ON");
		run_sql(db, rows[i].sql);
		sqlite3_close(db);
		bare(out, 4, "y");
		struct ks_diag diag = {0};
		const char *const both[] = {good, in};
		cr_expect(eq(int, merge(out, both, 2, &diag), KS_ERR_DATABASE), "%s", rows[i].what);
		cr_expect(strstr(diag.text, rows[i].said) != NULL, "%s: %s", rows[i].what, diag.text);
		cr_expect(strstr(diag.text, in) != NULL, "%s: %s", rows[i].what, diag.text);
		text_is(ask_file(out, RUNS), "04\n");
	}
}
