/* SPDX-License-Identifier: BSD-2-Clause */
#include "store_feed.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/store.h"

TestSuite(store, .fini = sweep);

static int64_t
number(const char *path, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	cr_assert(eq(int, sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK));
	cr_assert(eq(int, sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK), "%s", sqlite3_errmsg(db));
	cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW), "%s: %s", sql, sqlite3_errmsg(db));
	const int64_t ret = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return ret;
}

static void
run_sql(const char *path, const char *sql)
{
	sqlite3 *db;
	cr_assert(eq(int, sqlite3_open(path, &db), SQLITE_OK));
	cr_assert(eq(int, sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK), "%s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void
limit_file_size(long bytes)
{
	struct rlimit limit;
	cr_assert(getrlimit(RLIMIT_FSIZE, &limit) == 0);
	limit.rlim_cur = bytes < 0 ? limit.rlim_max : (rlim_t)bytes;
	cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

/* --- files --- */

Test(store, knows_its_own_files)
{
	const char *const path = scratch("own.db");
	ks_store_close(open_write(path));
	cr_expect(eq(i64, number(path, "PRAGMA user_version"), 1));
	cr_expect(eq(i64, number(path, "PRAGMA application_id"), 0x4b535452));
	cr_expect(eq(
		i64,
		number(path,
		       "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%STRICT%'"),
		0));
	cr_expect(eq(i64, number(path, "SELECT 'wal' = (SELECT journal_mode FROM pragma_journal_mode)"), 1));
	cr_expect(eq(i64,
		     number(path, "SELECT count(*) FROM rrtype WHERE (code, name) IN (VALUES (48, 'DNSKEY'), "
				  "(65536, 'other'))"),
		     2));
	ks_store_close(open_write(path));
	ks_store_close(open_read(path));
	cr_expect(access(scratch("own.db-wal"), F_OK) != 0, "nothing is left beside it");
	cr_expect(access(scratch("own.db-shm"), F_OK) != 0);
}

static void
spoil(const char *path, const char *bytes)
{
	FILE *const file = fopen(path, "w");
	cr_assert(file != NULL);
	cr_assert(fputs(bytes, file) >= 0);
	cr_assert(fclose(file) == 0);
}

typedef enum ks_error open_fn(const char *path, struct ks_store **ret, struct ks_diag *diag);

static void
refused(open_fn *opener, const char *path, const char *line)
{
	struct ks_store *store = NULL;
	struct ks_diag diag = {0};
	cr_expect(eq(int, opener(path, &store, &diag), KS_ERR_DATABASE), "%s", line);
	cr_expect(strstr(diag.text, line) != NULL, "%s: got %s", line, diag.text);
	cr_expect(store == NULL);
}

Test(store, refuses_what_is_not_its_own)
{
	const char *const text = scratch("notes.db");
	spoil(text, "remember the milk\n");
	refused(ks_store_open, text, "notes.db: not a keystorm database");
	refused(ks_store_open_read, text, "notes.db: not a keystorm database");
	char *pcap = calloc(1, 9000);
	memset(pcap, 'x', 8999);
	spoil(text, pcap);
	free(pcap);
	refused(ks_store_open, text, "notes.db: not a keystorm database");

	const char *const other = scratch("other.db");
	run_sql(other, "CREATE TABLE recipe (soup); PRAGMA user_version = 1");
	refused(ks_store_open, other, "other.db: not a keystorm database");
	refused(ks_store_open_read, other, "other.db: not a keystorm database");
	cr_expect(eq(i64, number(other, "SELECT count(*) FROM sqlite_schema"), 1), "and leaves it alone");
	cr_expect(eq(i64, number(other, "SELECT 'delete' = (SELECT journal_mode FROM pragma_journal_mode)"),
		     1));

	refused(ks_store_open, "/tmp", "/tmp: not a keystorm database (not even a file)");
	refused(ks_store_open, "/dev/null", "not even a file");
	refused(ks_store_open, "", "the name of the database is empty");
	refused(ks_store_open, scratch("no/such/folder.db"), "cannot open");
	refused(ks_store_open_read, scratch("none.db"), "none.db: no such database");
	cr_expect(access(scratch("none.db"), F_OK) != 0, "reading creates nothing");
}

Test(store, refuses_a_newer_schema)
{
	const char *const path = scratch("newer.db");
	ks_store_close(open_write(path));
	run_sql(path, "PRAGMA user_version = 7");
	refused(ks_store_open, path, "newer.db: written by a newer keystorm (schema 7, this one knows 1)");
	refused(ks_store_open_read, path,
		"newer.db: written by a newer keystorm (schema 7, this one knows 1)");
}

Test(store, takes_an_empty_file_and_refuses_to_read_it)
{
	const char *const path = scratch("zero.db");
	spoil(path, "");
	refused(ks_store_open_read, path, "zero.db: not a keystorm database (it is empty)");
	ks_store_close(open_write(path));
	ks_store_close(open_read(path));
}

Test(store, file_names_are_only_names)
{
	cr_assert(scratch("x") != NULL && chdir(folder) == 0);
	static const char *const names[] = {":memory:", "file:x?mode=memory", "a%41?immutable=1#b", "-",
					    "q'\"; --.db"};
	for (size_t i = 0; i < KS_COUNT(names); i++) {
		struct ks_store *const store = open_write(names[i]);
		send_bare_run(store, 1, "a");
		ks_store_close(store);
		cr_expect(access(names[i], F_OK) == 0, "%s", names[i]);
		ks_store_close(open_read(names[i]));
	}
}

Test(store, damage_is_said)
{
	const char *const path = scratch("hurt.db");
	struct ks_store *store = open_write(path);
	send_bare_run(store, 1, "a");
	ks_store_close(store);
	FILE *const file = fopen(path, "r+");
	cr_assert(file != NULL);
	for (long at = 100; at < 4096; at++)
		cr_assert(fseek(file, at, SEEK_SET) == 0 && fputc(0xa5, file) != EOF);
	cr_assert(fclose(file) == 0);
	refused(ks_store_open, path, "hurt.db: the database is damaged");
	refused(ks_store_open_read, path, "hurt.db: the database is damaged");
}

/* As nobody, since nothing is read-only to root. Exit status 0: all held. */
static void
as_nobody(void (*act)(const char *path), const char *path)
{
	const pid_t child = fork();
	cr_assert(child >= 0);
	if (child == 0) {
		if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(3);
		act(path);
		_exit(0);
	}
	int status = 0;
	cr_assert(waitpid(child, &status, 0) == child);
	cr_expect(eq(int, status, 0), "status %x", (unsigned)status);
}

static void
read_where_nothing_can_be_written(const char *path)
{
	struct ks_store *store = NULL;
	struct ks_diag diag = {0};
	if (ks_store_open(path, &store, &diag) != KS_ERR_DATABASE ||
	    strstr(diag.text, "cannot write") == NULL)
		_exit(1);
	struct ks_store_head head;
	if (ks_store_open_read(path, &store, &diag) != KS_SUCCESS ||
	    ks_store_read_head(store, &head, &diag) != KS_SUCCESS || !head.has_span)
		_exit(2);
	ks_store_close(store);
}

Test(store, reads_in_a_read_only_folder)
{
	const char *const path = scratch("100% mine?.db");
	struct ks_store *const store = open_write(path);
	send_bare_run(store, 1, "a");
	ks_store_close(store);
	cr_assert(chmod(path, 0444) == 0 && chmod(folder, 0555) == 0);
	as_nobody(read_where_nothing_can_be_written, path);
	cr_assert(chmod(folder, 0755) == 0);
}

/* --- one transaction a run --- */

Test(store, a_killed_run_leaves_nothing)
{
	const char *const path = scratch("killed.db");
	struct ks_store *store = open_write(path);
	send_bare_run(store, 1, "a");
	ks_store_close(store);
	const pid_t child = fork();
	cr_assert(child >= 0);
	if (child == 0) {
		store = open_write(path);
		send_run(store, 1);
		send_input(store, "a.pcap", 'a', 1);
		/* Enough to spill out of memory before the end. */
		for (uint32_t i = 0; i < 50000; i++)
			SEND(store, source,
			     .source = {.b = {1, [12] = (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}},
			     .queries = 1);
		(void)kill(getpid(), SIGKILL);
	}
	int status = 0;
	cr_assert(waitpid(child, &status, 0) == child);
	cr_expect(eq(int, status, SIGKILL));
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM run"), 1));
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM source"), 0));
	store = open_write(path);
	send_bare_run(store, 1, "a");
	ks_store_close(store);
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM run"), 1));
}

Test(store, an_abandoned_run_leaves_nothing)
{
	const char *const path = scratch("abandoned.db");
	struct ks_store *const store = open_write(path);
	send_bare_run(store, 1, "a");
	send_run(store, 1);
	send_input(store, "a.pcap", 'a', 1);
	SEND(store, zone, .name = ROOT);
	ks_store_abandon(store);
	ks_store_abandon(store);
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM run"), 1));
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM zone"), 0));
	send_bare_run(store, 2, "b");
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM run"), 2));
	ks_store_close(store);
}

Test(store, a_reader_sees_one_state)
{
	const char *const path = scratch("snapshot.db");
	struct ks_store *const store = open_write(path);
	send_bare_run(store, 1, "a");
	struct ks_store *const reader = open_read(path);
	send_bare_run(store, 2, "b");
	char *got = rows_text(reader, "totals", &(struct ks_query){0});
	cr_expect(strncmp(got, "100|", 4) == 0, "the second run came later: %s", got);
	free(got);
	ks_store_close(reader);
	got = rows_text(store, "totals", &(struct ks_query){0});
	cr_expect(strncmp(got, "200|", 4) == 0, "%s", got);
	free(got);
	ks_store_close(store);
}

Test(store, a_reader_cannot_write)
{
	const char *const path = scratch("reader.db");
	ks_store_close(open_write(path));
	struct ks_store *const reader = open_read(path);
	struct ks_diag diag = {0};
	cr_expect(eq(int, ks_store_judge_begin(reader, &diag), KS_ERR_DATABASE));
	ks_store_close(reader);
}

Test(store, a_locked_database_is_said)
{
	const char *const path = scratch("locked.db");
	struct ks_store *const first = open_write(path);
	struct ks_store *const second = open_write(path);
	send_run(first, 1);
	struct ks_sink *const sink = ks_store_sink(second);
	struct ks_diag diag = {0};
	const struct ks_fact_run run = {.tool_version = "", .sensor = "", .vantage = 'A', .bin_s = 1};
	cr_expect(eq(int, sink->ops->begin(sink, &run, &diag), KS_ERR_DATABASE));
	cr_expect(strstr(diag.text, "locked.db: locked by another process") != NULL, "%s", diag.text);
	send_end(first);
	ks_store_close(second);
	ks_store_close(first);
}

/* --- replacement --- */

Test(store, replaces_what_was_read_again)
{
	/* Letters are files, by content; a set is one run. */
	static const struct {
		const char *what, *sets[4];
		int64_t runs;
	} histories[] = {
		{"the same file twice", {"a", "a"}, 1},
		{"two files", {"a", "b"}, 2},
		{"both files alone, then together", {"a", "b", "ab"}, 1},
		{"one file alone, then in company", {"a", "ab"}, 1},
		{"an unrelated run stays", {"c", "a", "ab"}, 2},
	};
	for (size_t i = 0; i < KS_COUNT(histories); i++) {
		const char *const path = scratch("again.db");
		struct ks_store *const store = open_write(path);
		for (size_t k = 0; k < 4 && histories[i].sets[k] != NULL; k++) {
			const char *const set = histories[i].sets[k];
			send_bare_run(store, (uint8_t)(set[0] + 10 * set[1]), set);
		}
		ks_store_close(store);
		cr_expect(eq(i64, number(path, "SELECT count(*) FROM run"), histories[i].runs), "%s",
			  histories[i].what);
		cr_assert(unlink(path) == 0);
	}
}

Test(store, bytes_beside_other_files_are_not_counted_twice)
{
	static const char *const seconds[] = {"a", "bc"};
	for (size_t i = 0; i < KS_COUNT(seconds); i++) {
		const char *const path = scratch("twice.db");
		struct ks_store *const store = open_write(path);
		struct ks_diag diag = {0};
		send_bare_run(store, 1, "ab");
		send_run(store, 2);
		for (const char *file = seconds[i]; *file != '\0'; file++)
			send_input(store, "p", (uint8_t)*file, 1);
		struct ks_sink *const sink = ks_store_sink(store);
		cr_expect(eq(int, sink->ops->end(sink, &diag), KS_ERR_DATABASE), "%s", seconds[i]);
		ks_store_close(store);
		cr_expect(eq(i64, number(path, "SELECT count(*) FROM input"), 2), "%s", seconds[i]);
		cr_assert(unlink(path) == 0);
	}
}

static void
send_input_with(struct ks_store *store, uint8_t hash, uint64_t packets)
{
	SEND(store, input, .path = "p", .container = "", .state = packets != 0 ? "whole" : "unreadable",
	     .note = "", .hash = {hash}, .packets = packets);
}

Test(store, unreadable_inputs_decide_nothing)
{
	const char *const path = scratch("unreadable.db");
	struct ks_store *const store = open_write(path);
	send_run(store, 1);
	send_input_with(store, 7, 5);
	send_input_with(store, 8, 0);
	send_end(store);
	send_run(store, 2);
	send_input_with(store, 7, 5);
	send_end(store);
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM run"), 1),
		  "the readable file must not count twice");
	ks_store_close(store);
}

Test(store, replacing_drops_names_nobody_mentions)
{
	const char *const path = scratch("names.db");
	struct ks_store *const store = open_write(path);
	send_run(store, 1);
	send_input(store, "a", 'a', 1);
	SEND(store, zone, .name = ROOT);
	SEND(store, zone, .name = EXAMPLE);
	SEND(store, zone_bin, .zone = 1, .t_s = T0, .queries = 1);
	SEND(store, flow, .zone = 1, .source = addr("192.0.2.9"), .queries = 1);
	send_end(store);
	send_run(store, 1);
	SEND(store, zone, .name = ROOT);
	send_end(store);
	ks_store_close(store);
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM zone"), 1));
	cr_expect(eq(i64,
		     number(path, "SELECT (SELECT count(*) FROM zone_bin) + (SELECT count(*) FROM flow)"),
		     0));
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM pragma_foreign_key_check"), 0));
}

Test(store, knows_sizes_and_company)
{
	struct ks_store *const store = open_write(scratch("known.db"));
	struct ks_diag diag = {0};
	send_bare_run(store, 1, "ab");
	send_bare_run(store, 2, "c");
	bool known = false;
	SUCCEED(ks_store_has_size(store, 'a' * 1000, &known, &diag), diag);
	cr_expect(known);
	SUCCEED(ks_store_has_size(store, 12, &known, &diag), diag);
	cr_expect(known == false);
	static const struct {
		char file;
		int64_t run;
		size_t inputs;
	} company[] = {{'a', 1, 2}, {'b', 1, 2}, {'c', 2, 1}, {'d', 0, 0}};
	for (size_t i = 0; i < KS_COUNT(company); i++) {
		uint8_t hash[16];
		memset(hash, company[i].file, sizeof(hash));
		int64_t run = 99;
		size_t inputs = 99;
		SUCCEED(ks_store_find_input(store, hash, &run, &inputs, &diag), diag);
		cr_expect(eq(i64, run, company[i].run), "%c", company[i].file);
		cr_expect(eq(sz, inputs, company[i].inputs), "%c", company[i].file);
	}
	ks_store_close(store);
}

Test(store, large_counts_are_capped_not_negative)
{
	const char *const path = scratch("large.db");
	struct ks_store *const store = open_write(path);
	send_run(store, 1);
	SEND(store, counter, .kind = KS_COUNTER_TOTAL, .name = "packets", .value = UINT64_MAX, .note = "");
	send_end(store);
	ks_store_close(store);
	cr_expect(eq(i64, number(path, "SELECT value FROM counter"), INT64_MAX));
}

/* --- series --- */

struct seen {
	char text[4096];
	size_t n;
	enum ks_error answer;
};

static enum ks_error
note(void *arg, const struct ks_store_series *series, struct ks_diag *diag)
{
	struct seen *const seen = arg;
	seen->n += (size_t)snprintf(seen->text + seen->n, sizeof(seen->text) - seen->n,
				    "%s %lld+%zu*%u:", series->zone, (long long)(series->storm.t0_s - T0),
				    series->storm.n, series->storm.bin_s);
	for (size_t i = 0; i < series->storm.n; i++)
		if (series->storm.bins[i].queries != 0 || series->storm.bins[i].requeries != 0)
			seen->n += (size_t)snprintf(seen->text + seen->n, sizeof(seen->text) - seen->n,
						    " [%zu]=%llu/%llu", i,
						    (unsigned long long)series->storm.bins[i].queries,
						    (unsigned long long)series->storm.bins[i].requeries);
	seen->n += (size_t)snprintf(seen->text + seen->n, sizeof(seen->text) - seen->n, "\n");
	if (seen->answer != KS_SUCCESS)
		return ks_diag_set(diag, seen->answer, "enough");
	return KS_SUCCESS;
}

static void
send_zone_run(struct ks_store *store, uint8_t hash, uint32_t bin_s)
{
	struct ks_fact_run run = {.set_hash = {hash},
				  .tool_version = "",
				  .sensor = "",
				  .vantage = 'A',
				  .bin_s = bin_s,
				  .time_digits = 6,
				  .first_ns = NS(0),
				  .last_ns = NS(60)};
	struct ks_sink *const sink = ks_store_sink(store);
	struct ks_diag diag = {0};
	SUCCEED(sink->ops->begin(sink, &run, &diag), diag);
	SEND(store, traffic, .t_s = T0, .server = addr("192.0.2.1"), .in_packets = 1);
	SEND(store, traffic, .t_s = T0 + 60, .server = addr("192.0.2.1"), .in_packets = 1);
	SEND(store, zone, .name = EXAMPLE);
	SEND(store, zone, .name = ROOT);
	SEND(store, zone, .name = WIRE("\4idle"));
	SEND(store, zone_bin, .zone = 0, .t_s = T0 + 20, .queries = 5,
	     .cls = {[KS_RQ_HOT] = 1, [KS_RQ_WARM] = 2, [KS_RQ_COOL] = 1, [KS_RQ_REFRESH] = 1});
	SEND(store, zone_bin, .zone = 0, .t_s = T0 + 40, .queries = 3);
	SEND(store, zone_bin, .zone = 1, .t_s = T0 + 20, .queries = 1, .cls = {[KS_RQ_FIRST] = 1});
	send_end(store);
}

Test(store, a_zone_was_asked_again_as_often_as_in_all_its_bins)
{
	const char *const path = scratch("again.db");
	struct ks_store *const store = open_write(path);
	send_zone_run(store, 1, 10);
	send_zone_run(store, 2, 20);
	ks_store_close(store);
	cr_expect(eq(i64, number(path, "SELECT sum(requeries) FROM run_zone"), 8));
	cr_expect(
		eq(i64,
		   number(path,
			  "SELECT count(*) FROM run_zone WHERE requeries <> (SELECT total(rq_hot + rq_warm + "
			  "rq_cool) FROM zone_bin WHERE zone_bin.run_id = run_zone.run_id AND "
			  "zone_bin.zone_id = run_zone.zone_id)"),
		   0));
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM run_zone"), 6));
}

Test(store, series_are_dense_and_in_order)
{
	struct ks_store *const store = open_write(scratch("series.db"));
	struct ks_diag diag = {0};
	struct seen seen = {0};
	SUCCEED(ks_store_each_series(store, 0, note, &seen, &diag), diag);
	text_is(seen.text, "");
	send_zone_run(store, 1, 10);
	SUCCEED(ks_store_each_series(store, 0, note, &seen, &diag), diag);
	text_is(seen.text, ". 0+7*10: [2]=1/0\nexample.com. 0+7*10: [2]=5/4 [4]=3/0\n");

	/* A second run adds up; its wider bins make the others as wide. */
	send_zone_run(store, 2, 20);
	seen = (struct seen){0};
	SUCCEED(ks_store_each_series(store, 0, note, &seen, &diag), diag);
	text_is(seen.text, ". 0+4*20: [1]=2/0\nexample.com. 0+4*20: [1]=10/8 [2]=6/0\n");

	seen = (struct seen){.answer = KS_ERR_INTERRUPTED};
	cr_expect(eq(int, ks_store_each_series(store, 0, note, &seen, &diag), KS_ERR_INTERRUPTED));
	text_is(seen.text, ". 0+4*20: [1]=2/0\n");
	ks_store_close(store);
}

Test(store, series_are_cut_at_the_longest_gaps)
{
	struct ks_store *const store = open_write(scratch("gaps.db"));
	send_run(store, 1);
	/* 1970, then two stretches ten million seconds apart, the first with a shorter gap inside. */
	static const int64_t at[] = {-T0, 0, 10, 5000000, 15000000, 15000010};
	SEND(store, zone, .name = ROOT);
	for (size_t i = 0; i < KS_COUNT(at); i++)
		if (i != 2)
			SEND(store, zone_bin, .zone = 0, .t_s = T0 + at[i], .queries = i + 1);
	send_end(store);
	struct ks_diag diag = {0};
	struct seen seen = {0};
	SUCCEED(ks_store_each_series(store, 0, note, &seen, &diag), diag);
	text_is(seen.text, ". -1795301220+1*10: [0]=1/0\n"
			   ". 0+500001*10: [0]=2/0 [500000]=4/0\n"
			   ". 15000000+2*10: [0]=5/0 [1]=6/0\n");
	ks_store_close(store);
}

/* --- judgements --- */

Test(store, judgements_may_stay_while_a_run_goes_on)
{
	const char *const path = scratch("kept.db");
	struct ks_store *const store = open_write(path);
	struct ks_diag diag = {0};
	struct ks_store_head head;
	send_zone_run(store, 1, 10);
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	SUCCEED(ks_store_judge_storm(store,
				     &(struct ks_store_storm){.zone_id = 1, .start_s = T0, .end_s = T0 + 10},
				     &diag),
		diag);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	ks_store_keep_judgements(store);
	/* The same run again, without the zone that the storm is of. */
	send_run(store, 1);
	send_input(store, "later.pcap", 1, 1000);
	SEND(store, counter, .kind = KS_COUNTER_TOTAL, .name = "packets", .value = 100, .note = "n");
	send_end(store);
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM v_storms"), 1));
	SUCCEED(ks_store_read_head(store, &head, &diag), diag);
	for (size_t i = 0; i < head.n_caveats; i++)
		cr_expect(strstr(head.caveats[i], "known at") == NULL, "%s", head.caveats[i]);
	run_sql(path, "UPDATE run SET last_ns = last_ns + 60000000000");
	SUCCEED(ks_store_read_head(store, &head, &diag), diag);
	bool told = false;
	for (size_t i = 0; i < head.n_caveats; i++)
		told |= strcmp(head.caveats[i],
			       "storms and verdicts are of what was known at 2026-11-21T22:48:00Z") == 0;
	cr_expect(told, "%s", head.caveats[0]);
	ks_store_close(store);
}

Test(store, judgements_are_replaced_and_outdated)
{
	const char *const path = scratch("judged.db");
	struct ks_store *const store = open_write(path);
	struct ks_diag diag = {0};
	send_zone_run(store, 1, 10);
	const struct ks_store_storm storm = {
		.zone_id = 1, .start_s = T0, .end_s = T0 + 10, .uplift = INFINITY};
	for (int round = 0; round < 2; round++) {
		SUCCEED(ks_store_judge_begin(store, &diag), diag);
		SUCCEED(ks_store_judge_storm(store, &storm, &diag), diag);
		SUCCEED(ks_store_judge_end(store, &diag), diag);
	}
	cr_expect(
		eq(i64,
		   number(path, "SELECT count(*) FROM storm WHERE uplift IS NULL AND uplift_is_lower_bound"),
		   1));
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	ks_store_abandon(store);
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM storm"), 1), "abandoned: as before");
	send_zone_run(store, 2, 10);
	cr_expect(eq(i64, number(path, "SELECT (SELECT count(*) FROM storm) + (SELECT count(*) FROM judged)"),
		     0));
	ks_store_close(store);
}

Test(store, a_full_disk_is_said_and_harms_nothing)
{
	const char *const path = scratch("full.db");
	struct ks_store *const store = open_write(path);
	send_bare_run(store, 1, "a");
	send_run(store, 2);
	/* A file size limit is the disk that every test machine has. */
	(void)signal(SIGXFSZ, SIG_IGN);
	struct ks_sink *const sink = ks_store_sink(store);
	struct ks_diag diag = {0};
	enum ks_error error = KS_SUCCESS;
	limit_file_size(300000);
	for (uint32_t i = 0; i < 400000 && error == KS_SUCCESS; i++) {
		const struct ks_fact_source source = {
			.source = {.b = {1, [12] = (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}},
			.queries = 1};
		error = sink->ops->source(sink, &source, &diag);
	}
	if (error == KS_SUCCESS)
		error = sink->ops->end(sink, &diag);
	limit_file_size(-1);
	cr_expect(eq(int, error, KS_ERR_DATABASE));
	cr_expect(strstr(diag.text, "full.db: ") != NULL, "%s", diag.text);
	ks_store_abandon(store);
	ks_store_close(store);
	cr_expect(eq(i64, number(path, "SELECT count(*) FROM run"), 1));
	cr_expect(eq(i64, number(path, "SELECT 'ok' = (SELECT integrity_check FROM pragma_integrity_check)"),
		     1));
}
