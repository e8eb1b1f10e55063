/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/rows.c -- rows on their way in. One statement for many rows costs half as much as one for each: it
 * begins and ends once, and reads them as a table (rows_table.c). So rows wait in a list of their kind until
 * it is full.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "store/rows_p.h"

static const char VALUES[] = " VALUES ";

/* Whose number is asked for, or what other statements read, is written at once. */
static bool
waits(enum ks_put which)
{
	switch (which) {
	case KS_PUT_RUN:
	case KS_PUT_ZONE:
	case KS_PUT_STORM:
	case KS_PUT_STORM_BARE:
	case KS_PUT_SERVER_STORM:
	case KS_PUT_MILESTONE:
	case KS_PUT_EVENT:
	case KS_PUT_TRIGGER:
	case KS_PUT_OUTLOOK:
	case KS_PUT_REPAIR:
	case KS_PUT_DIAGNOSIS:
		return false;
	default:
		return true;
	}
}

/* --- SQL --- */

static int
count_values(const char *sql)
{
	int n = 0;
	for (; *sql != '\0'; sql++)
		n += *sql == '?';
	return n;
}

/* "INSERT ... VALUES (?,?) ..." as one that takes what waits (rows_table.c). OR FAIL: to be able to take back
 * the rows before one that is refused SQLite would keep each page as it was before the statement; whoever has
 * a row refused gives up the transaction. WHERE 1: what may follow would read as part of a join. */
static char *
sql_for_many(const char *sql, int columns)
{
	static const char verb[] = "INSERT INTO ";
	assert(strncmp(sql, verb, sizeof(verb) - 1) == 0 && columns <= KS_ROWS_COLUMNS);
	const char *const table = sql + sizeof(verb) - 1;
	const char *const list = strstr(sql, VALUES) + strlen(VALUES);
	sqlite3_str *const text = sqlite3_str_new(NULL);
	sqlite3_str_appendf(text, "INSERT OR FAIL INTO %.*s SELECT ", (int)(list - strlen(VALUES) - table),
			    table);
	for (int i = 0; i < columns; i++)
		sqlite3_str_appendf(text, "%sc%d", i > 0 ? "," : "", i);
	sqlite3_str_appendf(text, " FROM ks_waiting WHERE 1%s", strchr(list, ')') + 1);
	return sqlite3_str_finish(text);
}

static int
prepare(struct ks_store *store, const char *sql, sqlite3_stmt **ret)
{
	if (*ret != NULL)
		return SQLITE_OK;
	return sql == NULL ? SQLITE_NOMEM
			   : sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL);
}

static int
prepare_many(struct ks_store *store, struct ks_rows *rows)
{
	if (rows->many != NULL)
		return SQLITE_OK;
	char *const sql = sql_for_many(rows->sql, rows->columns);
	const int rc = prepare(store, sql, &rows->many);
	sqlite3_free(sql);
	return rc;
}

static int
bind(sqlite3_stmt *stmt, int at, const struct ks_rows *rows, const struct ks_waiting *value)
{
	switch (value->kind) {
	case KS_WAITING_INTEGER:
		return sqlite3_bind_int64(stmt, at, value->integer);
	case KS_WAITING_REAL:
		return sqlite3_bind_double(stmt, at, value->real);
	case KS_WAITING_TEXT:
		return sqlite3_bind_text64(stmt, at, ks_waiting_octets(rows, value), value->octets.n,
					   SQLITE_STATIC, SQLITE_UTF8);
	case KS_WAITING_BLOB:
		return sqlite3_bind_blob64(stmt, at, ks_waiting_octets(rows, value), value->octets.n,
					   SQLITE_STATIC);
	case KS_WAITING_NULL:
		break;
	}
	return sqlite3_bind_null(stmt, at);
}

static int
step(sqlite3_stmt *stmt)
{
	const int rc = sqlite3_step(stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Rows that do not wait, or whose statement is more than a list of values. The reason of a failure is told
 * from the connection, before a reset forgets it. */
static int
write_each(struct ks_store *store, enum ks_put which)
{
	const struct ks_rows *const rows = store->rows[which];
	int rc = prepare(store, rows->sql, &store->put[which]);
	for (int i = 0; i < rows->n && rc == SQLITE_OK; i++) {
		sqlite3_stmt *const stmt = store->put[which];
		const struct ks_waiting *const values = rows->values + (ptrdiff_t)i * rows->columns;
		for (int c = 0; c < rows->columns && rc == SQLITE_OK; c++)
			rc = bind(stmt, c + 1, rows, &values[c]);
		if (rc == SQLITE_OK)
			rc = step(stmt);
		if (rc == SQLITE_OK)
			sqlite3_reset(stmt);
	}
	return rc;
}

static int
write_many(struct ks_store *store, enum ks_put which)
{
	struct ks_rows *const rows = store->rows[which];
	int rc = prepare_many(store, rows);
	if (rc != SQLITE_OK)
		return rc;
	store->writing = rows;
	rc = step(rows->many);
	store->writing = NULL;
	if (rc == SQLITE_OK)
		sqlite3_reset(rows->many);
	return rc;
}

static enum ks_error
write_rows(struct ks_store *store, enum ks_put which, struct ks_diag *diag)
{
	struct ks_rows *const rows = store->rows[which];
	const bool many = waits(which) && strstr(rows->sql, VALUES) != NULL;
	const int rc = many ? write_many(store, which) : write_each(store, which);
	rows->n = 0;
	if (rc == SQLITE_OK)
		return KS_SUCCESS;
	const enum ks_error error = ks_sql_fail(store, rc, diag);
	sqlite3_stmt *const stmt = many ? rows->many : store->put[which];
	if (stmt != NULL)
		sqlite3_reset(stmt);
	return error;
}

enum ks_error
ks_rows_write(struct ks_store *store, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	if (!store->rows_wait)
		return KS_SUCCESS;
	store->rows_wait = false;
	/* In the order of enum ks_put: parents first. */
	for (size_t i = 0; i < KS_PUT_COUNT && error == KS_SUCCESS; i++)
		if (store->rows[i] != NULL && store->rows[i]->n > 0)
			error = write_rows(store, (enum ks_put)i, diag);
	if (error != KS_SUCCESS)
		ks_rows_drop(store);
	return error;
}

void
ks_rows_drop(struct ks_store *store)
{
	for (size_t i = 0; i < KS_PUT_COUNT; i++)
		if (store->rows[i] != NULL)
			store->rows[i]->n = 0;
	store->rows_wait = false;
}

/* --- lists --- */

static struct ks_rows *
rows_new(const char *sql)
{
	struct ks_rows *const rows = calloc(1, sizeof(*rows));
	if (rows == NULL)
		return NULL;
	rows->sql = sql;
	rows->columns = count_values(sql);
	rows->values = calloc((size_t)rows->columns * KS_ROWS, sizeof(*rows->values));
	if (rows->values != NULL)
		return rows;
	free(rows);
	return NULL;
}

void
ks_rows_done(struct ks_store *store)
{
	for (size_t i = 0; i < KS_PUT_COUNT; i++) {
		struct ks_rows *const rows = store->rows[i];
		if (rows == NULL)
			continue;
		sqlite3_finalize(rows->many);
		free(rows->values);
		free(rows->octets);
		free(rows);
	}
}

struct ks_sql_row
ks_sql_row_begin(struct ks_store *store, enum ks_put which)
{
	if (store->rows[which] == NULL)
		store->rows[which] = rows_new(ks_sql_puts[which]);
	struct ks_rows *const rows = store->rows[which];
	if (rows != NULL && rows->n == 0)
		rows->n_octets = 0;
	return (struct ks_sql_row){
		.store = store,
		.which = which,
		.rows = rows,
		.rc = rows == NULL ? SQLITE_NOMEM : SQLITE_OK,
	};
}

static struct ks_waiting *
next(struct ks_sql_row *row)
{
	if (row->rc != SQLITE_OK)
		return NULL;
	assert(row->at < row->rows->columns);
	return &row->rows->values[row->rows->n * row->rows->columns + row->at++];
}

void
ks_sql_put_int(struct ks_sql_row *row, int64_t integer)
{
	struct ks_waiting *const value = next(row);
	if (value != NULL)
		*value = (struct ks_waiting){.kind = KS_WAITING_INTEGER, .integer = integer};
}

void
ks_sql_put_count(struct ks_sql_row *row, uint64_t value)
{
	ks_sql_put_int(row, value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

void
ks_sql_put_real(struct ks_sql_row *row, double real)
{
	struct ks_waiting *const value = next(row);
	if (value != NULL)
		*value = isfinite(real) ? (struct ks_waiting){.kind = KS_WAITING_REAL, .real = real}
					: (struct ks_waiting){.kind = KS_WAITING_NULL};
}

void
ks_sql_put_null(struct ks_sql_row *row)
{
	struct ks_waiting *const value = next(row);
	if (value != NULL)
		*value = (struct ks_waiting){.kind = KS_WAITING_NULL};
}

static bool
make_room(struct ks_rows *rows, size_t n)
{
	if (n <= rows->cap_octets - rows->n_octets)
		return true;
	const size_t cap = (rows->n_octets + n) * 2 + 4096;
	uint8_t *const grown = realloc(rows->octets, cap);
	if (grown == NULL)
		return false;
	rows->octets = grown;
	rows->cap_octets = cap;
	return true;
}

static void
put_octets(struct ks_sql_row *row, enum ks_waiting_kind kind, const void *octets, size_t n)
{
	struct ks_waiting *const value = next(row);
	if (value == NULL)
		return;
	struct ks_rows *const rows = row->rows;
	if (!make_room(rows, n)) {
		row->rc = SQLITE_NOMEM;
		return;
	}
	*value = (struct ks_waiting){.kind = kind, .octets = {rows->n_octets, n}};
	if (n > 0)
		memcpy(rows->octets + rows->n_octets, octets, n);
	rows->n_octets += n;
}

void
ks_sql_put_text(struct ks_sql_row *row, const char *text)
{
	if (text == NULL)
		ks_sql_put_null(row);
	else
		put_octets(row, KS_WAITING_TEXT, text, strlen(text));
}

void
ks_sql_put_blob(struct ks_sql_row *row, const void *bytes, size_t n)
{
	put_octets(row, KS_WAITING_BLOB, bytes, n);
}

enum ks_error
ks_sql_row_done(struct ks_sql_row *row, struct ks_diag *diag)
{
	if (row->rc != SQLITE_OK)
		return ks_sql_fail(row->store, row->rc, diag);
	struct ks_store *const store = row->store;
	struct ks_rows *const rows = row->rows;
	assert(row->at == rows->columns);
	rows->n++;
	if (!waits(row->which))
		return write_rows(store, row->which, diag);
	store->rows_wait = true;
	if (rows->n < KS_ROWS)
		return KS_SUCCESS;
	/* Where parents are not asked for, the other kinds need not be written first, in statements of one
	 * row each. */
	return store->keys_trusted ? write_rows(store, row->which, diag) : ks_rows_write(store, diag);
}
