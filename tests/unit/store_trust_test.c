/* SPDX-License-Identifier: BSD-2-Clause
 *
 * When rows have their parents looked up, and that what was written without is whole. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "store/store_p.h"

static struct ks_store *store;
static struct ks_diag diag;

static int64_t
ask(const char *sql)
{
	int64_t number = -1;
	cr_assert(eq(int, ks_sql_number(store, sql, &number, &diag), KS_SUCCESS), "%s", diag.text);
	return number;
}

static void
begin(uint8_t hash)
{
	const struct ks_fact_run run = {.set_hash = {hash},
					.tool_version = "0",
					.sensor = "",
					.vantage = 'A',
					.bin_s = 1,
					.time_digits = 6,
					.first_ns = 1,
					.last_ns = 2};
	cr_assert(eq(int, ks_store_sink(store)->ops->begin(ks_store_sink(store), &run, &diag), KS_SUCCESS));
}

/* Rows of several kinds, none a full list of its own. */
static void
put_zone_and_bins(int n)
{
	static const uint8_t name[] = "\1x";
	struct ks_sink *const sink = ks_store_sink(store);
	const struct ks_fact_zone zone = {.name = {name, sizeof(name)}, .answered = true};
	cr_assert(eq(int, sink->ops->zone(sink, &zone, &diag), KS_SUCCESS));
	for (int i = 0; i < n; i++) {
		const struct ks_fact_zone_bin bin = {.t_s = i, .queries = 1};
		cr_assert(eq(int, sink->ops->zone_bin(sink, &bin, &diag), KS_SUCCESS));
	}
}

Test(store_trust, keys_are_checked_but_while_a_run_is_written)
{
	cr_assert(eq(int, ks_store_open_memory(&store, &diag), KS_SUCCESS));
	cr_expect(eq(i64, ask("PRAGMA foreign_keys"), 1));
	begin(1);
	put_zone_and_bins(100);
	cr_assert(eq(int, ks_store_sink(store)->ops->end(ks_store_sink(store), &diag), KS_SUCCESS));
	cr_expect(eq(i64, ask("PRAGMA foreign_keys"), 1), "deleting cascades again");
	cr_expect(eq(i64, ask("SELECT count(*) FROM pragma_foreign_key_check"), 0));
	cr_expect(eq(i64, ask("SELECT count(*) FROM zone_bin"), 100));
	ks_store_close(store);
}

Test(store_trust, a_run_given_up_leaves_keys_checked_and_nothing_else)
{
	cr_assert(eq(int, ks_store_open_memory(&store, &diag), KS_SUCCESS));
	begin(1);
	put_zone_and_bins(10);
	ks_store_abandon(store);
	cr_expect(eq(i64, ask("PRAGMA foreign_keys"), 1));
	cr_expect(eq(i64, ask("SELECT count(*) FROM run_zone"), 0));
	cr_expect(ne(int, ks_sql_exec(store, "INSERT INTO depth VALUES (9, 'other', 1, 1, 1)", &diag),
		     KS_SUCCESS));
	ks_store_close(store);
}

Test(store_trust, a_run_again_takes_its_rows_along)
{
	cr_assert(eq(int, ks_store_open_memory(&store, &diag), KS_SUCCESS));
	for (int again = 0; again < 2; again++) {
		begin(1);
		put_zone_and_bins(33 + again);
		cr_assert(eq(int, ks_store_sink(store)->ops->end(ks_store_sink(store), &diag), KS_SUCCESS));
	}
	cr_expect(eq(i64, ask("SELECT count(*) FROM zone_bin"), 34));
	cr_expect(eq(i64, ask("SELECT count(*) FROM pragma_foreign_key_check"), 0));
	ks_store_close(store);
}
