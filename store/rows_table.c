/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/rows_table.c -- rows that wait, as a table that SQLite reads: INSERT ... SELECT takes any number of
 * them with one short statement, and a value goes from the list into the row without being bound first. The
 * table has as many columns as any; it exists for our own statements only and has no name in any database.
 */
#include <stdlib.h>

#include "store/rows_p.h"

struct waiting_table {
	sqlite3_vtab base; /* first */
	const struct ks_store *store;
};

struct waiting_cursor {
	sqlite3_vtab_cursor base; /* first */
	const struct ks_rows *rows;
	int at;
};

static int
connect_table(sqlite3 *db, void *arg, int argc, const char *const *argv, sqlite3_vtab **ret, char **ret_error)
{
	(void)argc, (void)argv, (void)ret_error;
	sqlite3_str *const sql = sqlite3_str_new(db);
	for (int i = 0; i < KS_ROWS_COLUMNS; i++)
		sqlite3_str_appendf(sql, "%sc%d", i == 0 ? "CREATE TABLE x(" : ",", i);
	sqlite3_str_appendall(sql, ")");
	char *const text = sqlite3_str_finish(sql);
	const int rc = text == NULL ? SQLITE_NOMEM : sqlite3_declare_vtab(db, text);
	sqlite3_free(text);
	if (rc != SQLITE_OK)
		return rc;
	struct waiting_table *const table = calloc(1, sizeof(*table));
	if (table == NULL)
		return SQLITE_NOMEM;
	table->store = arg;
	*ret = &table->base;
	return sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
}

static int
disconnect(sqlite3_vtab *table)
{
	free(table);
	return SQLITE_OK;
}

/* There is one way to read it. */
static int
plan(sqlite3_vtab *table, sqlite3_index_info *info)
{
	(void)table;
	info->estimatedCost = KS_ROWS;
	info->estimatedRows = KS_ROWS;
	return SQLITE_OK;
}

static int
open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **ret)
{
	(void)table;
	struct waiting_cursor *const cursor = calloc(1, sizeof(*cursor));
	if (cursor == NULL)
		return SQLITE_NOMEM;
	*ret = &cursor->base;
	return SQLITE_OK;
}

static int
close_cursor(sqlite3_vtab_cursor *cursor)
{
	free(cursor);
	return SQLITE_OK;
}

static int
filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc, sqlite3_value **argv)
{
	(void)number, (void)text, (void)argc, (void)argv;
	struct waiting_cursor *const cursor = (struct waiting_cursor *)base;
	cursor->rows = ((const struct waiting_table *)base->pVtab)->store->writing;
	cursor->at = 0;
	return SQLITE_OK;
}

static int
next(sqlite3_vtab_cursor *base)
{
	((struct waiting_cursor *)base)->at++;
	return SQLITE_OK;
}

static int
is_over(sqlite3_vtab_cursor *base)
{
	const struct waiting_cursor *const cursor = (const struct waiting_cursor *)base;
	return cursor->rows == NULL || cursor->at >= cursor->rows->n;
}

static int
give(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
	const struct waiting_cursor *const cursor = (const struct waiting_cursor *)base;
	const struct ks_rows *const rows = cursor->rows;
	if (column >= rows->columns)
		return SQLITE_OK; /* NULL */
	const struct ks_waiting *const value = &rows->values[(ptrdiff_t)cursor->at * rows->columns + column];
	switch (value->kind) {
	case KS_WAITING_INTEGER:
		sqlite3_result_int64(context, value->integer);
		break;
	case KS_WAITING_REAL:
		sqlite3_result_double(context, value->real);
		break;
	case KS_WAITING_TEXT:
		sqlite3_result_text64(context, ks_waiting_octets(rows, value), value->octets.n, SQLITE_STATIC,
				      SQLITE_UTF8);
		break;
	case KS_WAITING_BLOB:
		sqlite3_result_blob64(context, ks_waiting_octets(rows, value), value->octets.n,
				      SQLITE_STATIC);
		break;
	case KS_WAITING_NULL:
		break;
	}
	return SQLITE_OK;
}

static int
rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *ret)
{
	*ret = ((const struct waiting_cursor *)base)->at;
	return SQLITE_OK;
}

int
ks_rows_register(struct ks_store *store)
{
	static const sqlite3_module module = {
		.iVersion = 1,
		.xConnect = connect_table,
		.xBestIndex = plan,
		.xDisconnect = disconnect,
		.xOpen = open_cursor,
		.xClose = close_cursor,
		.xFilter = filter,
		.xNext = next,
		.xEof = is_over,
		.xColumn = give,
		.xRowid = rowid,
	};
	return sqlite3_create_module_v2(store->db, "ks_waiting", &module, store, NULL);
}
