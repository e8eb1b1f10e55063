/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/store.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/image.h"
#include "store/rows_p.h"

#define PATH "%.300s"

static enum ks_error
allocate(const char *path, struct ks_store **ret, struct ks_diag *diag)
{
	/* Statistics of memory, which nobody reads, would lock a mutex for each allocation. Refused, and no
	 * matter, where SQLite is in use already. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	/* Each sort and each temporary table has a cache of pages, and would begin with twenty, each touched.
	 */
	(void)sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
	struct ks_store *const store = calloc(1, sizeof(*store));
	char *const copy = strdup(path);
	if (store == NULL || copy == NULL) {
		free(store);
		free(copy);
		(void)ks_diag_set(diag, KS_ERR_MEMORY, PATH ": out of memory", path);
		return KS_ERR_MEMORY; /* so that a compiler sees, too, that there is no store */
	}
	store->sink.ops = &ks_store_sink_ops;
	store->path = copy;
	*ret = store;
	return KS_SUCCESS;
}

/* A database made by somebody else must not do anything but hold rows. */
static int
distrust(sqlite3 *db)
{
	static const int settings[][2] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1},
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
		/* "x" for a column that does not exist must be an error, not the text x. */
		{SQLITE_DBCONFIG_DQS_DDL, 0},
		{SQLITE_DBCONFIG_DQS_DML, 0},
		{SQLITE_DBCONFIG_ENABLE_FKEY, 1},
	};
	for (size_t i = 0; i < KS_COUNT(settings); i++)
		(void)sqlite3_db_config(db, settings[i][0], settings[i][1], NULL);
	(void)sqlite3_busy_timeout(db, KS_STORE_PATIENCE_MS);
	(void)sqlite3_extended_result_codes(db, 1);
	int rc = ks_prefix_register(db);
	if (rc == SQLITE_OK)
		rc = ks_few_register(db);
	if (rc == SQLITE_OK)
		rc = ks_fold_register(db);
	return rc == SQLITE_OK ? ks_sampled_register(db) : rc;
}

/* The statement of the pragma does nothing inside a transaction; this does. */
void
ks_store_check_keys(struct ks_store *store, bool check)
{
	(void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_FKEY, check, NULL);
	store->keys_trusted = !check;
}

static enum ks_error
connect_to(struct ks_store *store, const char *name, int flags, struct ks_diag *diag)
{
	sqlite3_close_v2(store->db);
	store->db = NULL;
	int rc = sqlite3_open_v2(name, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK)
		rc = distrust(store->db);
	if (rc == SQLITE_OK)
		rc = ks_rows_register(store);
	/* Sorting a hundred thousand sources within the default two megabytes would go through temporary
	 * files. */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(store->db, "PRAGMA cache_size = -65536", NULL, NULL, NULL);
	return rc == SQLITE_OK ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

/* "./" keeps SQLite from seeing its own words (":memory:", "file:") in a file name. */
static enum ks_error
connect_plain(struct ks_store *store, int flags, struct ks_diag *diag)
{
	char *const name = sqlite3_mprintf("%s%s", store->path[0] == '/' ? "" : "./", store->path);
	if (name == NULL)
		return ks_sql_fail(store, SQLITE_NOMEM, diag);
	const enum ks_error error = connect_to(store, name, flags, diag);
	sqlite3_free(name);
	return error;
}

/* As a file that nobody writes: the only way to read a WAL database where no -shm file can be made. */
static enum ks_error
connect_immutable(struct ks_store *store, struct ks_diag *diag)
{
	sqlite3_str *const uri = sqlite3_str_new(NULL);
	sqlite3_str_appendall(uri, "file:");
	for (const char *c = store->path; *c != '\0'; c++) {
		if (isalnum((unsigned char)*c) || strchr("/._-", *c) != NULL)
			sqlite3_str_appendchar(uri, 1, *c);
		else
			sqlite3_str_appendf(uri, "%%%02x", (unsigned char)*c);
	}
	sqlite3_str_appendall(uri, "?immutable=1");
	char *const name = sqlite3_str_finish(uri);
	if (name == NULL)
		return ks_sql_fail(store, SQLITE_NOMEM, diag);
	const enum ks_error error = connect_to(store, name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, diag);
	sqlite3_free(name);
	return error;
}

/* Whose file is it? */
static enum ks_error
identify(struct ks_store *store, bool *ret_empty, struct ks_diag *diag)
{
	int64_t application = 0;
	int64_t version = 0;
	int64_t tables = 0;
	enum ks_error error = ks_sql_number(store, "SELECT count(*) FROM sqlite_schema", &tables, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_number(store, "PRAGMA application_id", &application, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_number(store, "PRAGMA user_version", &version, diag);
	if (error != KS_SUCCESS)
		return error;
	const bool empty = tables == 0 && application == 0 && version == 0;
	if (!empty && (application != KS_STORE_APPLICATION || version < 1))
		return ks_diag_set(diag, KS_ERR_DATABASE, PATH ": not a keystorm database", store->path);
	if (version > KS_STORE_SCHEMA)
		return ks_diag_set(diag, KS_ERR_DATABASE,
				   PATH ": written by a newer keystorm (schema %lld, this one knows %d)",
				   store->path, (long long)version, KS_STORE_SCHEMA);
	*ret_empty = empty;
	return KS_SUCCESS;
}

/* What is there must be a file: opening a FIFO would wait, and a folder has no better word from SQLite. */
static enum ks_error
look(const char *path, bool must_exist, struct ks_diag *diag)
{
	struct stat status;
	if (path[0] == '\0')
		return ks_diag_set(diag, KS_ERR_DATABASE, "the name of the database is empty");
	if (stat(path, &status) == 0)
		return S_ISREG(status.st_mode)
			       ? KS_SUCCESS
			       : ks_diag_set(diag, KS_ERR_DATABASE,
					     PATH ": not a keystorm database (not even a file)", path);
	if (errno != ENOENT)
		return ks_diag_set(diag, KS_ERR_DATABASE, "cannot open " PATH ": %s", path, strerror(errno));
	if (must_exist)
		return ks_diag_set(diag, KS_ERR_DATABASE,
				   PATH ": no such database; make it with keystorm analyze -d", path);
	return KS_SUCCESS;
}

static enum ks_error
prepare_to_write(struct ks_store *store, struct ks_diag *diag)
{
	bool empty;
	enum ks_error error = identify(store, &empty, diag);
	if (error != KS_SUCCESS)
		return error;
	if (sqlite3_db_readonly(store->db, "main") == 1)
		return ks_sql_fail(store, SQLITE_READONLY, diag);
	/* Synchronous NORMAL: a power failure may cost the last commit, never the database. */
	const int rc = sqlite3_exec(store->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", NULL,
				    NULL, NULL);
	/* Busy: somebody else is at the very same step, and the mode is the file's, not ours. */
	if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
		return ks_sql_fail(store, rc, diag);
	return empty ? ks_schema_create(store, diag) : KS_SUCCESS;
}

/* The head of a log is waited for lest it reach the disk behind what older frames the log holds: a new log
 * has none, and to wait takes as long as to write all the rows of a small capture. What must be on the disk
 * before the database itself is written to is waited for as ever, so that must not happen meanwhile. */
static void
hurry(struct ks_store *store)
{
	(void)sqlite3_exec(store->db, "PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = OFF", NULL, NULL,
			   NULL);
	store->is_new = true;
}

void
ks_store_settle(struct ks_store *store)
{
	if (store->is_new)
		(void)sqlite3_exec(store->db, "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 1000",
				   NULL, NULL, NULL);
	store->is_new = false;
}

enum ks_error
ks_store_open(const char *path, struct ks_store **ret, struct ks_diag *diag)
{
	struct ks_store *store = NULL;
	enum ks_error error = look(path, /* must_exist= */ false, diag);
	if (error == KS_SUCCESS)
		error = allocate(path, &store, diag);
	if (error != KS_SUCCESS)
		return error;
	const bool is_new = ks_image_place(path);
	error = connect_plain(store, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, diag);
	if (error == KS_SUCCESS)
		error = prepare_to_write(store, diag);
	if (error != KS_SUCCESS) {
		ks_store_close(store);
		return error;
	}
	if (is_new)
		hurry(store);
	*ret = store;
	return KS_SUCCESS;
}

enum ks_error
ks_store_open_memory(struct ks_store **ret, struct ks_diag *diag)
{
	struct ks_store *store = NULL;
	enum ks_error error = allocate("memory", &store, diag);
	if (error != KS_SUCCESS)
		return error;
	error = connect_to(store, ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY,
			   diag);
	if (error == KS_SUCCESS)
		error = ks_schema_create(store, diag);
	if (error != KS_SUCCESS) {
		ks_store_close(store);
		return error;
	}
	*ret = store;
	return KS_SUCCESS;
}

/* One snapshot for as long as the store is open: the head and the rows of a report must tell of the same
 * runs. */
static enum ks_error
prepare_to_read(struct ks_store *store, struct ks_diag *diag)
{
	bool empty = false;
	enum ks_error error = ks_sql_exec(store, "PRAGMA query_only = ON; BEGIN", diag);
	if (error == KS_SUCCESS)
		error = identify(store, &empty, diag);
	if (error == KS_SUCCESS && empty)
		return ks_diag_set(diag, KS_ERR_DATABASE, PATH ": not a keystorm database (it is empty)",
				   store->path);
	return error;
}

/* Does anything stand beside the file that is not in it yet? */
static bool
has_log(const char *path)
{
	struct stat status;
	char *const name = sqlite3_mprintf("%s-wal", path);
	const bool ret = name == NULL || (stat(name, &status) == 0 && status.st_size > 0);
	sqlite3_free(name);
	return ret;
}

enum ks_error
ks_store_open_read(const char *path, struct ks_store **ret, struct ks_diag *diag)
{
	struct ks_store *store = NULL;
	enum ks_error error = look(path, /* must_exist= */ true, diag);
	if (error == KS_SUCCESS)
		error = allocate(path, &store, diag);
	if (error != KS_SUCCESS)
		return error;
	/* Not READONLY: such a connection leaves the -wal and -shm files behind that it needed. */
	error = connect_plain(store, SQLITE_OPEN_READWRITE, diag);
	if (error == KS_SUCCESS)
		error = prepare_to_read(store, diag);
	const int rc = store->db != NULL ? sqlite3_errcode(store->db) & 0xff : SQLITE_OK;
	/* On a full disk there is no room for what readers of a database that is being written share. */
	const bool full = (rc == SQLITE_IOERR || rc == SQLITE_FULL) && !has_log(path);
	if (error != KS_SUCCESS && (rc == SQLITE_CANTOPEN || rc == SQLITE_READONLY || full)) {
		error = connect_immutable(store, diag);
		if (error == KS_SUCCESS)
			error = prepare_to_read(store, diag);
	}
	if (error != KS_SUCCESS) {
		ks_store_close(store);
		return error;
	}
	*ret = store;
	return KS_SUCCESS;
}

void
ks_store_abandon(struct ks_store *store)
{
	ks_rows_drop(store);
	/* Some failures (a full disk) have rolled back already. */
	if (store->db != NULL) {
		if (sqlite3_get_autocommit(store->db) == 0)
			(void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
		ks_store_check_keys(store, true);
	}
	store->run_id = 0;
}

void
ks_store_close(struct ks_store *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; i < KS_PUT_COUNT; i++)
		sqlite3_finalize(store->put[i]);
	sqlite3_finalize(store->find_name);
	ks_rows_done(store);
	if (store->db != NULL)
		ks_store_settle(store);
	sqlite3_close_v2(store->db);
	free(store->zones);
	free(store->ledger_names);
	free(store->path);
	free(store);
}

struct ks_sink *
ks_store_sink(struct ks_store *store)
{
	return &store->sink;
}

void
ks_store_keep_judgements(struct ks_store *store)
{
	store->keeps_judgements = true;
}
