/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/rows_p.h -- rows that wait to be written; private to store/. See rows.c. */
#ifndef KS_STORE_ROWS_P_H
#define KS_STORE_ROWS_P_H

#include "store/store_p.h"

enum {
	KS_ROWS = 32,        /* to a statement; twice as many save nothing */
	KS_ROWS_COLUMNS = 48 /* no table has more */
};

enum ks_waiting_kind {
	KS_WAITING_NULL,
	KS_WAITING_INTEGER,
	KS_WAITING_REAL,
	KS_WAITING_TEXT,
	KS_WAITING_BLOB
};

/* A value that waits; the octets of texts and blobs lie in the list's own room. */
struct ks_waiting {
	enum ks_waiting_kind kind;
	union {
		int64_t integer;
		double real;
		struct {
			size_t at, n;
		} octets;
	};
};

/* Rows of one kind. */
struct ks_rows {
	const char *sql;    /* for one row */
	sqlite3_stmt *many; /* for all that wait; made when it is needed */
	struct ks_waiting *values;
	uint8_t *octets;
	size_t n_octets, cap_octets;
	int n, columns;
};

/* A NULL pointer would be NULL; no octets are an empty text or blob. */
static inline const void *
ks_waiting_octets(const struct ks_rows *rows, const struct ks_waiting *value)
{
	return value->octets.n > 0 ? rows->octets + value->octets.at : (const void *)"";
}

/* INSERT statements for one row. */
extern const char *const ks_sql_puts[KS_PUT_COUNT];

/* Write what waits. */
KS_MUST_CHECK enum ks_error ks_rows_write(struct ks_store *store, struct ks_diag *diag);
/* Forget what waits: its transaction is over. */
void ks_rows_drop(struct ks_store *store);
void ks_rows_done(struct ks_store *store);

/* --- rows_table.c --- */

/* The table ks_waiting, whose rows are those of store->writing, for our own statements on its connection; a
 * result code of SQLite. */
int ks_rows_register(struct ks_store *store);

#endif
