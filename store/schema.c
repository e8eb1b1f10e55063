/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "dissect/rrtype.h"
#include "store/sql_p.h"
#include "store/store_p.h"

enum { RCODE_MOST = 4095 }; /* twelve bits: RFC 6891 s6.1.3 */

/* Words for readers that have only SQL; what has no mnemonic prints as `prefix` and its number. */
static enum ks_error
put_words(struct ks_store *store, const char *sql, uint32_t most, bool is_known(uint16_t code),
	  const char *name_of(uint16_t code, char ret[KS_RRTYPE_TEXT]), struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error = ks_sql_prepare(store, sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	int rc = SQLITE_DONE;
	for (uint32_t code = 0; code <= most && rc == SQLITE_DONE; code++) {
		char text[KS_RRTYPE_TEXT];
		if (!is_known((uint16_t)code))
			continue;
		sqlite3_bind_int64(stmt, 1, code);
		sqlite3_bind_text(stmt, 2, name_of((uint16_t)code, text), -1, SQLITE_STATIC);
		rc = sqlite3_step(stmt);
		sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

/* A name for SQL, where a hyphen is a minus. */
static const char *
word_of(const char *name, char ret[32])
{
	(void)snprintf(ret, 32, "%s", name);
	for (char *c = ret; *c != '\0'; c++)
		if (*c == '-')
			*c = '_';
	return ret;
}

/* The one row of options that a report may read. Every word of a view is read whenever a database is opened,
 * so views that ask for none go without. */
static const char *
options_of(const struct ks_catalog_entry *entry)
{
	return strstr(entry->sql, "option") == NULL
		       ? ""
		       : "option (step_s, server, from_ns, to_ns, ranked_by, len4, len6, zone, subjects, "
			 "most) AS "
			 "(SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),\n";
}

static enum ks_error
create_views(struct ks_store *store, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < ks_n_catalog && error == KS_SUCCESS; i++) {
		const struct ks_catalog_entry *const entry = &ks_catalog[i];
		char word[32];
		char *const sql = sqlite3_mprintf(
			"CREATE VIEW v_%s AS WITH RECURSIVE\n%s%s%s\nSELECT %s%s\nFROM report ORDER BY %s",
			word_of(entry->name, word), options_of(entry), entry->is_shared ? ks_sql_shared : "",
			entry->sql, entry->view_has_source ? "source, " : "", entry->columns, entry->order);
		error = sql != NULL ? ks_sql_exec(store, sql, diag) : ks_sql_fail(store, SQLITE_NOMEM, diag);
		sqlite3_free(sql);
	}
	return error;
}

static enum ks_error
create(struct ks_store *store, struct ks_diag *diag)
{
	enum ks_error error = ks_sql_exec(store, ks_sql_schema, diag);
	if (error == KS_SUCCESS)
		error = put_words(store, "INSERT INTO rrtype VALUES (?, ?)", UINT16_MAX, ks_rrtype_is_known,
				  ks_rrtype_name, diag);
	if (error == KS_SUCCESS)
		error = put_words(store, "INSERT INTO rcode VALUES (?, ?)", RCODE_MOST, ks_rcode_is_known,
				  ks_rcode_name, diag);
	if (error == KS_SUCCESS) /* KS_QTYPE_OTHER */
		error = ks_sql_exec(store, "INSERT INTO rrtype VALUES (65536, 'other')", diag);
	if (error == KS_SUCCESS)
		error = ks_calendar_put_own(store, diag);
	if (error == KS_SUCCESS)
		error = create_views(store, diag);
	return error;
}

enum ks_error
ks_schema_create(struct ks_store *store, struct ks_diag *diag)
{
	static_assert(KS_QTYPE_OTHER == 65536, "the SQL above names it by number");
	enum ks_error error = ks_sql_exec(store, "BEGIN IMMEDIATE", diag);
	if (error != KS_SUCCESS)
		return error;
	/* Another process may have been quicker while this one waited for the lock. */
	int64_t version = 0;
	error = ks_sql_number(store, "PRAGMA user_version", &version, diag);
	if (error == KS_SUCCESS && version == 0)
		error = create(store, diag);
	char pragmas[96];
	(void)snprintf(pragmas, sizeof(pragmas),
		       "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT", KS_STORE_APPLICATION,
		       KS_STORE_SCHEMA);
	if (error == KS_SUCCESS)
		error = ks_sql_exec(store, version == 0 ? pragmas : "COMMIT", diag);
	if (error != KS_SUCCESS)
		ks_store_abandon(store);
	return error;
}
