/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/merge_plan.c -- which runs belong into a merged database.
 *
 * The rules are those of analyzing one after the other: a run goes when all its inputs are in another one. Of
 * two that hold the same, the better one stays, whatever the order they came in. */
#include <stdlib.h>
#include <string.h>

#include "store/store_p.h"

struct ks_merge_plan {
	struct ks_store *memory; /* its own tables, beside the schema */
	sqlite3_stmt *walk;
};

/* Inputs without packets decide nothing, see writer.c. `rank`: whole before partial, and then whatever makes
 * it the same for any order; only runs of equal content are ever compared. */
/* clang-format off */
static const char tables_sql[] =
	"CREATE TABLE candidate (place INTEGER PRIMARY KEY, origin INTEGER NOT NULL, run_id INTEGER NOT NULL,"
	"  set_hash BLOB NOT NULL, partial INTEGER, tool_version TEXT, bin_s INTEGER, sensor TEXT, vantage TEXT,"
	"  first_ns INTEGER, packets INTEGER, inputs INTEGER, digest TEXT);"
	"CREATE INDEX candidate_hash ON candidate (set_hash);"
	"CREATE TABLE content (place INTEGER NOT NULL, hash BLOB NOT NULL, packets INTEGER NOT NULL, path TEXT);"
	"CREATE INDEX content_hash ON content (hash, place);"
	"CREATE INDEX content_place ON content (place);"
	"CREATE TABLE held (part INTEGER NOT NULL, whole INTEGER NOT NULL, PRIMARY KEY (part, whole)) WITHOUT ROWID;"
	"CREATE TABLE lost (place INTEGER PRIMARY KEY);";

static const char decide_sql[] =
	"DELETE FROM held; DELETE FROM lost;"
	"INSERT INTO held"
	" SELECT part, whole FROM (SELECT DISTINCT a.place AS part, b.place AS whole FROM content AS a"
	"  JOIN content AS b USING (hash) WHERE a.place <> b.place)"
	" WHERE NOT EXISTS (SELECT 1 FROM content AS mine WHERE mine.place = part AND mine.packets > 0"
	"  AND NOT EXISTS (SELECT 1 FROM content AS theirs WHERE theirs.hash = mine.hash AND theirs.place = whole))"
	" UNION SELECT a.place, b.place FROM candidate AS a JOIN candidate AS b USING (set_hash) WHERE a.place <> b.place;"
	"INSERT INTO lost"
	" WITH ranked AS MATERIALIZED (SELECT place, row_number() OVER (ORDER BY partial, packets DESC, inputs DESC,"
	"  tool_version DESC, bin_s, sensor, vantage, digest, origin <> 0, place) AS rank FROM candidate)"
	" SELECT DISTINCT part FROM held JOIN ranked AS mine ON mine.place = part JOIN ranked AS theirs ON theirs.place = whole"
	" WHERE theirs.rank < mine.rank"
	"  OR NOT EXISTS (SELECT 1 FROM held AS back WHERE back.part = held.whole AND back.whole = held.part);";

static const char twice_sql[] =
	"SELECT one.origin, other.origin, a.path FROM content AS a JOIN content AS b USING (hash)"
	" JOIN candidate AS one ON one.place = a.place JOIN candidate AS other ON other.place = b.place"
	" WHERE a.place <> b.place AND a.packets > 0 AND b.packets > 0"
	"  AND a.place NOT IN (SELECT place FROM lost) AND b.place NOT IN (SELECT place FROM lost)"
	" ORDER BY a.path, one.origin, other.origin LIMIT 1";

static const char walk_sql[] =
	"SELECT origin, run_id, place NOT IN (SELECT place FROM lost), set_hash FROM candidate"
	" ORDER BY first_ns, set_hash, origin, run_id";

/* What a source tells of its runs; the digest tells apart what was counted of the same bytes. */
static const char runs_sql[] =
	"SELECT run_id, set_hash, partial, tool_version, bin_s, sensor, vantage, first_ns,"
	" (SELECT coalesce(sum(packets), 0) FROM input WHERE input.run_id = run.run_id),"
	" (SELECT count(*) FROM input WHERE input.run_id = run.run_id),"
	" (SELECT group_concat(kind || name || '=' || value) FROM"
	"  (SELECT kind, name, value FROM counter WHERE counter.run_id = run.run_id ORDER BY kind, name))"
	" FROM run ORDER BY run_id";
static const char inputs_sql[] = "SELECT hash, packets, path FROM input WHERE run_id = ?";
/* clang-format on */

enum ks_error
ks_merge_plan_new(struct ks_merge_plan **ret, struct ks_diag *diag)
{
	struct ks_merge_plan *const plan = calloc(1, sizeof(*plan));
	if (plan == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "out of memory");
	enum ks_error error = ks_store_open_memory(&plan->memory, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_exec(plan->memory, tables_sql, diag);
	if (error != KS_SUCCESS) {
		ks_merge_plan_free(plan);
		return error;
	}
	*ret = plan;
	return KS_SUCCESS;
}

void
ks_merge_plan_free(struct ks_merge_plan *plan)
{
	if (plan == NULL)
		return;
	sqlite3_finalize(plan->walk);
	ks_store_close(plan->memory);
	free(plan);
}

/* Every row of `from` into `to`, whose first parameter is `key` and whose others are the row's columns. */
static enum ks_error
pour(struct ks_store *source, sqlite3_stmt *from, struct ks_store *sink, sqlite3_stmt *to, int64_t key,
     struct ks_diag *diag)
{
	int rc;
	while ((rc = sqlite3_step(from)) == SQLITE_ROW) {
		(void)sqlite3_bind_int64(to, 1, key);
		for (int i = 0; i < sqlite3_column_count(from); i++)
			(void)sqlite3_bind_value(to, i + 2, sqlite3_column_value(from, i));
		const int put = sqlite3_step(to);
		sqlite3_reset(to);
		if (put != SQLITE_DONE)
			return ks_sql_fail(sink, put, diag);
	}
	return rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(source, rc, diag);
}

/* The two statements of a pouring. */
static enum ks_error
prepare_both(struct ks_store *source, const char *from_sql, struct ks_store *sink, const char *to_sql,
	     sqlite3_stmt **ret_from, sqlite3_stmt **ret_to, struct ks_diag *diag)
{
	enum ks_error error = ks_sql_prepare(source, from_sql, ret_from, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_prepare(sink, to_sql, ret_to, diag);
	return error;
}

static enum ks_error
add_inputs(struct ks_merge_plan *plan, struct ks_store *store, int64_t from_place, struct ks_diag *diag)
{
	sqlite3_stmt *from = NULL, *to = NULL, *runs = NULL;
	enum ks_error error = prepare_both(store, inputs_sql, plan->memory,
					   "INSERT INTO content VALUES (?,?,?,?)", &from, &to, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_prepare(plan->memory, "SELECT place, run_id FROM candidate WHERE place > ?",
				       &runs, diag);
	if (error == KS_SUCCESS)
		(void)sqlite3_bind_int64(runs, 1, from_place);
	while (error == KS_SUCCESS && sqlite3_step(runs) == SQLITE_ROW) {
		(void)sqlite3_bind_int64(from, 1, sqlite3_column_int64(runs, 1));
		error = pour(store, from, plan->memory, to, sqlite3_column_int64(runs, 0), diag);
		sqlite3_reset(from);
	}
	sqlite3_finalize(from);
	sqlite3_finalize(to);
	sqlite3_finalize(runs);
	return error;
}

enum ks_error
ks_merge_plan_add(struct ks_merge_plan *plan, size_t database, struct ks_store *store, struct ks_diag *diag)
{
	static const char put_sql[] =
		"INSERT INTO candidate (origin, run_id, set_hash, partial, tool_version, bin_s, sensor,"
		" vantage, first_ns, packets, inputs, digest) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)";
	sqlite3_stmt *from = NULL, *to = NULL;
	int64_t last = 0;
	enum ks_error error = ks_sql_number(plan->memory, "SELECT max(place) FROM candidate", &last, diag);
	if (error == KS_SUCCESS)
		error = prepare_both(store, runs_sql, plan->memory, put_sql, &from, &to, diag);
	if (error == KS_SUCCESS)
		error = pour(store, from, plan->memory, to, (int64_t)database, diag);
	sqlite3_finalize(from);
	sqlite3_finalize(to);
	return error == KS_SUCCESS ? add_inputs(plan, store, last, diag) : error;
}

static enum ks_error
refuse_twice(struct ks_merge_plan *plan, const char *const *paths, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	enum ks_error error = ks_sql_prepare(plan->memory, twice_sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	const int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		const char *const capture = (const char *)sqlite3_column_text(stmt, 2);
		error = ks_diag_set(
			diag, KS_ERR_DATABASE,
			"%.120s is in %.120s and in %.120s beside different files: it would count twice, so "
			"nothing was merged",
			capture != NULL ? capture : "a capture", paths[sqlite3_column_int64(stmt, 0)],
			paths[sqlite3_column_int64(stmt, 1)]);
	} else if (rc != SQLITE_DONE) {
		error = ks_sql_fail(plan->memory, rc, diag);
	}
	sqlite3_finalize(stmt);
	return error;
}

enum ks_error
ks_merge_plan_decide(struct ks_merge_plan *plan, const char *const *paths, struct ks_diag *diag)
{
	const enum ks_error error = ks_sql_exec(plan->memory, decide_sql, diag);
	return error == KS_SUCCESS ? refuse_twice(plan, paths, diag) : error;
}

enum ks_error
ks_merge_plan_next(struct ks_merge_plan *plan, struct ks_merge_choice *ret, bool *ret_have,
		   struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	if (plan->walk == NULL)
		error = ks_sql_prepare(plan->memory, walk_sql, &plan->walk, diag);
	if (error != KS_SUCCESS)
		return error;
	const int rc = sqlite3_step(plan->walk);
	*ret_have = rc == SQLITE_ROW;
	if (rc != SQLITE_ROW) {
		sqlite3_finalize(plan->walk);
		plan->walk = NULL;
		return rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(plan->memory, rc, diag);
	}
	struct ks_merge_choice choice = {
		.database = (size_t)sqlite3_column_int64(plan->walk, 0),
		.run_id = sqlite3_column_int64(plan->walk, 1),
		.taken = sqlite3_column_int(plan->walk, 2) != 0,
	};
	if (sqlite3_column_bytes(plan->walk, 3) == (int)sizeof(choice.set_hash))
		memcpy(choice.set_hash, sqlite3_column_blob(plan->walk, 3), sizeof(choice.set_hash));
	*ret = choice;
	return KS_SUCCESS;
}
