/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/merge_copy.c -- a run from one database into another.
 *
 * Nothing here names a table of facts: whatever begins with run_id belongs to a run and is copied, columns
 * called zone_id go through the names, and all else goes as it is. */
#include <stdlib.h>
#include <string.h>

#include "store/store_p.h"

enum { COLUMNS_MAX = 64 }; /* bits that tell which columns are names */

struct table {
	char *name, *select; /* sqlite3_malloc */
	sqlite3_stmt *insert;
	int n_columns;
	uint64_t zone_columns; /* bit i: column i is a zone_id */
};

struct ks_merge_copier {
	struct ks_store *out;
	struct table *tables;
	size_t n_tables;
	int64_t run_id; /* in `out`, of the run being copied */

	/* The name met last: rows of one zone follow each other. */
	struct ks_store *in;
	sqlite3_stmt *name; /* of `in` */
	int64_t zone_in, zone_out;
	bool has_zone;
};

/* --- the tables, from the schema of `out` --- */

static bool
is_zone_column(const char *name)
{
	static const char suffix[] = "_zone_id";
	const size_t n = strlen(name), n_suffix = sizeof(suffix) - 1;
	return strcmp(name, "zone_id") == 0 || (n > n_suffix && strcmp(name + n - n_suffix, suffix) == 0);
}

/* "a", "b" and ?, ? for the columns of the table; false when it is none of a run's. */
static bool
list_columns(sqlite3_stmt *info, struct table *table, sqlite3_str *names, sqlite3_str *marks)
{
	while (sqlite3_step(info) == SQLITE_ROW) {
		const char *const name = (const char *)sqlite3_column_text(info, 0);
		if (table->n_columns == 0 && strcmp(name, "run_id") != 0)
			return false;
		assert(table->n_columns < COLUMNS_MAX);
		if (is_zone_column(name))
			table->zone_columns |= UINT64_C(1) << table->n_columns;
		sqlite3_str_appendf(names, "%s\"%w\"", table->n_columns == 0 ? "" : ", ", name);
		sqlite3_str_appendall(marks, table->n_columns == 0 ? "?" : ", ?");
		table->n_columns++;
	}
	return table->n_columns > 0;
}

static enum ks_error
describe(struct ks_store *out, const char *name, struct table *ret, bool *ret_is_facts, struct ks_diag *diag)
{
	struct table table = {0};
	sqlite3_stmt *info;
	enum ks_error error =
		ks_sql_prepare(out, "SELECT name FROM pragma_table_info(?) ORDER BY cid", &info, diag);
	if (error != KS_SUCCESS)
		return error;
	(void)sqlite3_bind_text(info, 1, name, -1, SQLITE_STATIC);
	sqlite3_str *const names = sqlite3_str_new(out->db), *const marks = sqlite3_str_new(out->db);
	*ret_is_facts = list_columns(info, &table, names, marks);
	sqlite3_finalize(info);
	char *const columns = sqlite3_str_finish(names), *const values = sqlite3_str_finish(marks);
	if (*ret_is_facts) {
		char *const insert =
			sqlite3_mprintf("INSERT INTO \"%w\" (%s) VALUES (%s)", name, columns, values);
		table.name = sqlite3_mprintf("%s", name);
		table.select = sqlite3_mprintf("SELECT %s FROM \"%w\" WHERE run_id = ?", columns, name);
		error = insert == NULL || table.name == NULL || table.select == NULL || columns == NULL ||
					values == NULL
				? ks_sql_fail(out, SQLITE_NOMEM, diag)
				: ks_sql_prepare(out, insert, &table.insert, diag);
		sqlite3_free(insert);
	}
	sqlite3_free(columns);
	sqlite3_free(values);
	*ret = table;
	return error;
}

static enum ks_error
add_table(struct ks_merge_copier *copier, const char *name, struct ks_diag *diag)
{
	struct table *const grown = reallocarray(copier->tables, copier->n_tables + 1, sizeof(*grown));
	if (grown == NULL)
		return ks_sql_fail(copier->out, SQLITE_NOMEM, diag);
	copier->tables = grown;
	bool is_facts = false;
	const enum ks_error error = describe(copier->out, name, &grown[copier->n_tables], &is_facts, diag);
	copier->n_tables += is_facts;
	return error;
}

enum ks_error
ks_merge_copier_new(struct ks_store *out, struct ks_merge_copier **ret, struct ks_diag *diag)
{
	struct ks_merge_copier *const copier = calloc(1, sizeof(*copier));
	sqlite3_stmt *names = NULL;
	if (copier == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "out of memory");
	copier->out = out;
	enum ks_error error = ks_sql_prepare(
		out, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid", &names, diag);
	while (error == KS_SUCCESS && sqlite3_step(names) == SQLITE_ROW)
		error = add_table(copier, (const char *)sqlite3_column_text(names, 0), diag);
	sqlite3_finalize(names);
	if (error != KS_SUCCESS) {
		ks_merge_copier_free(copier);
		return error;
	}
	*ret = copier;
	return KS_SUCCESS;
}

static void
forget_source(struct ks_merge_copier *copier)
{
	sqlite3_finalize(copier->name);
	copier->name = NULL;
	copier->in = NULL;
	copier->has_zone = false;
}

void
ks_merge_copier_free(struct ks_merge_copier *copier)
{
	if (copier == NULL)
		return;
	for (size_t i = 0; i < copier->n_tables; i++) {
		sqlite3_finalize(copier->tables[i].insert);
		sqlite3_free(copier->tables[i].name);
		sqlite3_free(copier->tables[i].select);
	}
	forget_source(copier);
	free(copier->tables);
	free(copier);
}

/* --- a source --- */

/* A database of the same version may still lack what a build in between added. */
static enum ks_error
prepare_select(struct ks_store *in, const struct table *table, sqlite3_stmt **ret, struct ks_diag *diag)
{
	const int rc = sqlite3_prepare_v2(in->db, table->select, -1, ret, NULL);
	if (rc == SQLITE_ERROR)
		return ks_diag_set(
			diag, KS_ERR_DATABASE,
			"%.300s: written by another build of keystorm (%.80s); analyze its captures again",
			in->path, sqlite3_errmsg(in->db));
	return rc == SQLITE_OK ? KS_SUCCESS : ks_sql_fail(in, rc, diag);
}

enum ks_error
ks_merge_copier_try(struct ks_merge_copier *copier, struct ks_store *in, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < copier->n_tables && error == KS_SUCCESS; i++) {
		sqlite3_stmt *stmt = NULL;
		error = prepare_select(in, &copier->tables[i], &stmt, diag);
		sqlite3_finalize(stmt);
	}
	return error;
}

/* What `out` would not take was not written by us. */
static enum ks_error
fail_insert(struct ks_merge_copier *copier, const struct table *table, int rc, struct ks_diag *diag)
{
	if ((rc & 0xff) == SQLITE_CONSTRAINT)
		return ks_diag_set(diag, KS_ERR_DATABASE, "%.300s: table %.40s is damaged: %.100s",
				   copier->in->path, table->name, sqlite3_errmsg(copier->out->db));
	return ks_sql_fail(copier->out, rc, diag);
}

/* The zone_id in `out` of the name that has `zone_id` in `in`; the name is added when it is new. */
static enum ks_error
map_zone(struct ks_merge_copier *copier, int64_t zone_id, int64_t *ret, struct ks_diag *diag)
{
	if (copier->has_zone && copier->zone_in == zone_id) {
		*ret = copier->zone_out;
		return KS_SUCCESS;
	}
	(void)sqlite3_bind_int64(copier->name, 1, zone_id);
	const int rc = sqlite3_step(copier->name);
	enum ks_error error = KS_SUCCESS;
	if (rc == SQLITE_ROW) {
		const struct ks_span name = {sqlite3_column_blob(copier->name, 0),
					     (size_t)sqlite3_column_bytes(copier->name, 0)};
		error = ks_store_put_zone(copier->out, name,
					  (const char *)sqlite3_column_text(copier->name, 1),
					  sqlite3_column_int64(copier->name, 2), &copier->zone_out, diag);
	} else {
		error = rc == SQLITE_DONE
				? ks_diag_set(diag, KS_ERR_DATABASE, "%.300s: damaged: a zone has no name",
					      copier->in->path)
				: ks_sql_fail(copier->in, rc, diag);
	}
	sqlite3_reset(copier->name);
	if (error != KS_SUCCESS)
		return error;
	copier->has_zone = true;
	copier->zone_in = zone_id;
	*ret = copier->zone_out;
	return KS_SUCCESS;
}

/* --- rows --- */

static enum ks_error
copy_row(struct ks_merge_copier *copier, const struct table *table, sqlite3_stmt *from, struct ks_diag *diag)
{
	(void)sqlite3_bind_int64(table->insert, 1, copier->run_id);
	for (int i = 1; i < table->n_columns; i++) {
		int64_t zone_id;
		if ((table->zone_columns >> i & 1) == 0 || sqlite3_column_type(from, i) == SQLITE_NULL) {
			(void)sqlite3_bind_value(table->insert, i + 1, sqlite3_column_value(from, i));
			continue;
		}
		const enum ks_error error = map_zone(copier, sqlite3_column_int64(from, i), &zone_id, diag);
		if (error != KS_SUCCESS)
			return error;
		(void)sqlite3_bind_int64(table->insert, i + 1, zone_id);
	}
	const int rc = sqlite3_step(table->insert);
	sqlite3_reset(table->insert);
	return rc == SQLITE_DONE ? KS_SUCCESS : fail_insert(copier, table, rc, diag);
}

static enum ks_error
copy_table(struct ks_merge_copier *copier, const struct table *table, int64_t run_id, struct ks_diag *diag)
{
	sqlite3_stmt *from = NULL;
	int rc = SQLITE_DONE;
	enum ks_error error = prepare_select(copier->in, table, &from, diag);
	if (error == KS_SUCCESS)
		(void)sqlite3_bind_int64(from, 1, run_id);
	while (error == KS_SUCCESS && (rc = sqlite3_step(from)) == SQLITE_ROW)
		error = copy_row(copier, table, from, diag);
	if (error == KS_SUCCESS && rc != SQLITE_DONE)
		error = ks_sql_fail(copier->in, rc, diag);
	sqlite3_finalize(from);
	return error;
}

/* Is it still the run that was planned with? */
static enum ks_error
check_run(struct ks_store *in, const struct ks_merge_choice *choice, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error =
		ks_sql_prepare(in, "SELECT 1 FROM run WHERE run_id = ? AND set_hash = ?", &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	(void)sqlite3_bind_int64(stmt, 1, choice->run_id);
	(void)sqlite3_bind_blob(stmt, 2, choice->set_hash, sizeof(choice->set_hash), SQLITE_STATIC);
	const int rc = sqlite3_step(stmt);
	sqlite3_finalize(stmt);
	if (rc == SQLITE_DONE)
		return ks_diag_set(diag, KS_ERR_DATABASE,
				   "%.300s: changed while it was being read; try again when nobody writes it",
				   in->path);
	return rc == SQLITE_ROW ? KS_SUCCESS : ks_sql_fail(in, rc, diag);
}

static enum ks_error
turn_to(struct ks_merge_copier *copier, struct ks_store *in, struct ks_diag *diag)
{
	forget_source(copier);
	copier->in = in;
	return ks_sql_prepare(in, "SELECT name_wire, name, labels FROM zone WHERE zone_id = ?", &copier->name,
			      diag);
}

enum ks_error
ks_merge_copier_copy(struct ks_merge_copier *copier, struct ks_store *in,
		     const struct ks_merge_choice *choice, struct ks_diag *diag)
{
	enum ks_error error = check_run(in, choice, diag);
	if (error == KS_SUCCESS)
		error = turn_to(copier, in, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_number(copier->out, "SELECT coalesce(max(run_id), 0) + 1 FROM run",
				      &copier->run_id, diag);
	for (size_t i = 0; i < copier->n_tables && error == KS_SUCCESS; i++)
		error = copy_table(copier, &copier->tables[i], choice->run_id, diag);
	forget_source(copier);
	return error;
}

enum ks_error
ks_merge_copier_sweep(struct ks_merge_copier *copier, struct ks_diag *diag)
{
	sqlite3_str *const sql = sqlite3_str_new(copier->out->db);
	sqlite3_str_appendall(sql, "DELETE FROM zone WHERE zone_id NOT IN (SELECT zone_id FROM run_zone");
	for (size_t i = 0; i < copier->n_tables; i++)
		if (copier->tables[i].zone_columns != 0)
			sqlite3_str_appendf(sql, " UNION SELECT zone_id FROM \"%w\"", copier->tables[i].name);
	sqlite3_str_appendall(sql, ")");
	char *const text = sqlite3_str_finish(sql);
	const enum ks_error error = text != NULL ? ks_sql_exec(copier->out, text, diag)
						 : ks_sql_fail(copier->out, SQLITE_NOMEM, diag);
	sqlite3_free(text);
	return error;
}
