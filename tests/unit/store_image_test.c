/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A new database written down as octets is the one that the text of the schema makes, and never harms
 * another. */
#include "store_feed.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/image.h"
#include "store/store.h"

TestSuite(store_image, .fini = sweep);

static int
add_row(void *arg, int n, char **values, char **names)
{
	(void)names;
	for (int i = 0; i < n; i++)
		sqlite3_str_appendf(arg, "%Q,", values[i]);
	sqlite3_str_appendchar(arg, 1, '\n');
	return 0;
}

/* Rows of a statement as text, the caller's to free with sqlite3_free. */
static char *
rows(const char *path, const char *sql)
{
	sqlite3 *db;
	sqlite3_str *const text = sqlite3_str_new(NULL);
	cr_assert(eq(int, sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK));
	cr_assert(eq(int, sqlite3_exec(db, sql, add_row, text, NULL), SQLITE_OK), "%s: %s", sql,
		  sqlite3_errmsg(db));
	sqlite3_close(db);
	return sqlite3_str_finish(text);
}

static void
rows_are(const char *path, const char *sql, const char *want)
{
	char *const got = rows(path, sql);
	text_is(got, want);
	sqlite3_free(got);
}

static void
make_empty_file(const char *path)
{
	FILE *const file = fopen(path, "w");
	cr_assert(file != NULL && fclose(file) == 0);
}

Test(store_image, is_what_the_text_makes)
{
	static const char *const questions[] = {
		"SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid",
		"SELECT * FROM rrtype",
		"SELECT * FROM rcode",
		"SELECT * FROM calendar",
		"PRAGMA application_id",
		"PRAGMA user_version",
		"PRAGMA journal_mode",
		"PRAGMA page_size",
		"PRAGMA encoding",
		"PRAGMA auto_vacuum",
	};
	const char *const image = scratch("image.db");
	const char *const text = scratch("text.db");
	cr_assert(gt(sz, ks_image_bytes, 0), "this build has none");
	cr_assert(ks_image_place(image));
	make_empty_file(text);
	ks_store_close(open_write(text));
	for (size_t i = 0; i < KS_COUNT(questions); i++) {
		char *const want = rows(text, questions[i]);
		rows_are(image, questions[i], want);
		sqlite3_free(want);
	}
	rows_are(image, "PRAGMA integrity_check", "'ok',\n");
}

Test(store_image, has_the_mode_that_the_mask_leaves)
{
	struct stat status;
	const char *const path = scratch("mask.db");
	(void)umask(027);
	ks_store_close(open_write(path));
	cr_assert(stat(path, &status) == 0);
	cr_expect(eq(uint, status.st_mode & 07777, 0640));
}

Test(store_image, takes_nobodys_place)
{
	const char *const path = scratch("mine.db");
	const char *const link = scratch("link.db");
	const char *const target = scratch("target.db");
	make_empty_file(path);
	cr_expect(not(ks_image_place(path)), "a file");
	cr_expect(not(ks_image_place(scratch("no/such/folder.db"))));
	cr_assert(symlink(target, link) == 0);
	cr_expect(not(ks_image_place(link)), "a link to what is not there yet");
	ks_store_close(open_write(link));
	rows_are(target, "SELECT count(*) FROM run", "'0',\n");
}

/* Killed while it writes; then somebody removes the database and not what lies beside it. */
static void
leave_a_log(const char *path)
{
	const pid_t child = fork();
	cr_assert(child >= 0);
	if (child == 0) {
		struct ks_store *const store = open_write(path);
		send_bare_run(store, 1, "a");
		(void)kill(getpid(), SIGKILL);
	}
	int status = 0;
	cr_assert(waitpid(child, &status, 0) == child);
	cr_assert(eq(int, status, SIGKILL));
	cr_assert(unlink(path) == 0);
}

Test(store_image, is_not_put_beside_the_log_of_another)
{
	char log[160];
	struct stat status;
	const char *const path = scratch("old.db");
	leave_a_log(path);
	(void)snprintf(log, sizeof(log), "%s-wal", path);
	cr_assert(stat(log, &status) == 0 && status.st_size > 0);
	cr_expect(not(ks_image_place(path)));
	ks_store_close(open_write(path));
	rows_are(path, "SELECT count(*) FROM run", "'0',\n");
	rows_are(path, "PRAGMA integrity_check", "'ok',\n");
}

Test(store_image, is_not_put_beside_the_journal_of_another)
{
	const char *const path = scratch("rolled.db");
	make_empty_file(scratch("rolled.db-journal"));
	cr_expect(not(ks_image_place(path)));
	ks_store_close(open_write(path));
	rows_are(path, "PRAGMA integrity_check", "'ok',\n");
}

/* Each sees no file, makes one, and writes a run: all must be in it. */
Test(store_image, is_made_once_by_many)
{
	enum { MANY = 8 };
	int barrier[2];
	char octet;
	pid_t children[MANY];
	const char *const path = scratch("many.db");
	cr_assert(pipe(barrier) == 0);
	for (int i = 0; i < MANY; i++) {
		children[i] = fork();
		cr_assert(children[i] >= 0);
		if (children[i] == 0) {
			(void)close(barrier[1]);
			(void)!read(barrier[0], &octet, 1);
			struct ks_store *const store = open_write(path);
			send_bare_run(store, (uint8_t)i, (const char[]){(char)('a' + i), '\0'});
			ks_store_close(store);
			_exit(0);
		}
	}
	(void)close(barrier[1]);
	for (int i = 0; i < MANY; i++) {
		int status = -1;
		cr_assert(waitpid(children[i], &status, 0) == children[i]);
		cr_expect(eq(int, status, 0));
	}
	rows_are(path, "SELECT count(*) FROM run", "'8',\n");
}
