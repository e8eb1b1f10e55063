/* SPDX-License-Identifier: BSD-2-Clause */
#include "store_feed.h"

#include "store/rows_p.h"
#include "store/store.h"

TestSuite(store_rows, .fini = sweep);

/* The first column of all rows, a blank behind each. */
static const char *
column(struct ks_store *store, const char *sql)
{
	static char text[65536];
	size_t at = 0;
	sqlite3_stmt *stmt;
	struct ks_diag diag = {0};
	SUCCEED(ks_sql_prepare(store, sql, &stmt, &diag), diag);
	for (text[0] = '\0'; sqlite3_step(stmt) == SQLITE_ROW;)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s ", sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return text;
}

static struct ks_addr
client(unsigned number)
{
	char text[KS_ADDR_TEXT];
	(void)snprintf(text, sizeof(text), "192.0.%u.%u", number / 256, number % 256);
	return addr(text);
}

static void
send_query(struct ks_store *store, unsigned i)
{
	SEND(store, query, .source = client(i), .server = client(i + 1), .number = i, .t_ns = NS(0) + i,
	     .response_ns = i % 3 == 0 ? 0 : 7, .name = i % 2 == 0 ? ROOT : (struct ks_span){0});
}

static int64_t
number(struct ks_store *store, const char *sql)
{
	struct ks_diag diag = {0};
	int64_t ret = 0;
	SUCCEED(ks_sql_number(store, sql, &ret, &diag), diag);
	return ret;
}

static struct ks_store *
open_memory(void)
{
	struct ks_store *store;
	struct ks_diag diag = {0};
	SUCCEED(ks_store_open_memory(&store, &diag), diag);
	send_run(store, 1);
	return store;
}

/* Texts and octets of a row must be its own, NULL must stay NULL, whichever statement wrote it. */
static void
check_rows(unsigned n)
{
	struct ks_store *const store = open_memory();
	static char want[65536];
	size_t at = 0;
	want[0] = '\0';
	for (unsigned i = 0; i < n; i++) {
		send_query(store, i);
		at += (size_t)snprintf(want + at, sizeof(want) - at, "C000%04X-C000%04X-%u-%s-%s ", i, i + 1,
				       i, i % 3 == 0 ? "none" : "7", i % 2 == 0 ? ".blob" : "nonenull");
	}
	const char *const got = column(
		store, "SELECT hex(ip) || '-' || hex(server_ip) || '-' || (t_ns % 1000000000) || '-' ||"
		       " ifnull(response_ns, 'none') || '-' || ifnull(qname, 'none') || typeof(qname_wire)"
		       " FROM query ORDER BY number");
	text_is(got, want);
	ks_store_close(store);
}

Test(store_rows, any_number_of_rows_is_written_alike)
{
	static const unsigned numbers[] = {0,           1,           KS_ROWS - 1,    KS_ROWS,
					   KS_ROWS + 1, 2 * KS_ROWS, 3 * KS_ROWS + 5};
	for (size_t i = 0; i < KS_COUNT(numbers); i++)
		check_rows(numbers[i]);
}

/* Of two kinds the children are many more, so that their list is full first. */
Test(store_rows, parents_are_there_before_their_children)
{
	struct ks_store *const store = open_memory();
	for (unsigned i = 0; i < 3 * KS_ROWS + 1; i++) {
		const uint8_t name[] = {1, (uint8_t)('a' + i / 16), 1, (uint8_t)('a' + i % 16), 0};
		const struct ks_server_count servers[] = {{.server = client(1), .queries = 1},
							  {.server = client(2), .queries = 2},
							  {.server = client(3), .queries = 3},
							  {.other = true, .queries = 4}};
		SEND(store, zone, .name = {name, sizeof(name)});
		SEND(store, behaviour, .zone = i, .source = client(i), .n_servers = KS_COUNT(servers),
		     .servers = servers, .counts = {.queries = i, .gaps = {1, 2, 3}});
	}
	cr_expect(eq(i64, number(store, "SELECT count(*) FROM behaviour"), 3 * KS_ROWS + 1));
	cr_expect(eq(i64, number(store, "SELECT count(*) FROM behaviour_cell"), 3 * (3 * KS_ROWS + 1)));
	cr_expect(
		eq(i64, number(store, "SELECT sum(queries) FROM behaviour_server"), 10 * (3 * KS_ROWS + 1)));
	ks_store_close(store);
}

Test(store_rows, what_is_refused_is_told_before_the_end)
{
	for (unsigned n = 1; n < 2 * KS_ROWS; n += KS_ROWS / 2) {
		struct ks_store *const store = open_memory();
		struct ks_sink *const sink = ks_store_sink(store);
		const struct ks_fact_icmp twice = {.server = client(0), .source = client(0)};
		struct ks_diag diag = {0};
		enum ks_error error = sink->ops->icmp(sink, &twice, &diag);
		for (unsigned i = 1; i <= n && error == KS_SUCCESS; i++)
			error = sink->ops->icmp(
				sink, &(struct ks_fact_icmp){.server = client(i % n), .source = client(0)},
				&diag);
		if (error == KS_SUCCESS)
			error = sink->ops->end(sink, &diag);
		cr_expect(eq(int, error, KS_ERR_DATABASE), "%u", n);
		cr_expect(strstr(diag.text, "UNIQUE") != NULL, "%s", diag.text);
		ks_store_abandon(store);
		cr_expect(eq(i64, number(store, "SELECT count(*) FROM run"), 0));
		ks_store_close(store);
	}
}

Test(store_rows, what_an_abandoned_run_left_waiting_is_forgotten)
{
	struct ks_store *const store = open_memory();
	send_query(store, 1);
	ks_store_abandon(store);
	send_run(store, 2);
	send_query(store, 2);
	send_end(store);
	cr_expect(eq(i64, number(store, "SELECT count(*) FROM query"), 1));
	cr_expect(eq(i64, number(store, "SELECT number FROM query"), 2));
	ks_store_close(store);
}

Test(store_rows, a_name_that_is_there_keeps_its_number)
{
	struct ks_store *const store = open_memory();
	int64_t ids[4] = {0};
	struct ks_diag diag = {0};
	SUCCEED(ks_store_put_name(store, ROOT, &ids[0], &diag), diag);
	SUCCEED(ks_store_put_name(store, EXAMPLE, &ids[1], &diag), diag);
	SUCCEED(ks_store_put_name(store, ROOT, &ids[2], &diag), diag);
	SUCCEED(ks_store_put_name(store, EXAMPLE, &ids[3], &diag), diag);
	cr_expect(eq(i64, ids[2], ids[0]));
	cr_expect(eq(i64, ids[3], ids[1]));
	cr_expect(ne(i64, ids[1], ids[0]));
	cr_expect(eq(i64, number(store, "SELECT count(*) FROM zone"), 2));
	ks_store_close(store);
}
