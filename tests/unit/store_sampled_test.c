/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The aggregates of our own queries against what SQL says with its own words, over rows by chance. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "store/store_p.h"

static struct ks_store *store;
static struct ks_diag diag;

static void
make_rows(void)
{
	cr_assert(eq(int, ks_store_open_memory(&store, &diag), KS_SUCCESS));
	/* Groups of one row, of equal rows, with and without changes; hop limits over the whole octet. */
	cr_assert(
		eq(int,
		   ks_sql_exec(
			   store,
			   "CREATE TEMP TABLE chance AS WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n "
			   "+ 1 FROM i"
			   " WHERE n < 5000), r AS MATERIALIZED (SELECT n, abs(random()) % 300 AS g FROM i)"
			   " SELECT g, abs(random()) % 65536 AS flags, abs(random()) % (1 + g % 2) AS "
			   "dnssec_ok,"
			   " iif(g % 3, 53, abs(random()) % 65536) AS sport, iif(g % 5, abs(random()) % "
			   "65536, 7) AS id,"
			   " iif(g % 7, abs(random()) % 256, 64) AS hop, abs(random()) % 2 AS transport,"
			   " iif(abs(random()) % 3, abs(random()) % 2, NULL) AS tc,"
			   " iif(g % 4, 1232, abs(random()) % 3 * 512) AS size, abs(random()) % 2 AS cookie,"
			   " (abs(random()) % 100 - 50) * 500000000 AS t_ns, abs(random()) % 50 AS n FROM r;"
			   "INSERT INTO chance SELECT 1000, 256, 1, 1, 1, 255, 0, 1, 0, 0, 0, 0",
			   &diag),
		   KS_SUCCESS),
		"%s", diag.text);
}

static int64_t
ask(const char *sql)
{
	int64_t number = -1;
	cr_assert(eq(int, ks_sql_number(store, sql, &number, &diag), KS_SUCCESS), "%s", diag.text);
	return number;
}

Test(store_sampled, sums_are_those_of_sql)
{
	make_rows();
	const int64_t groups = ask("SELECT count(DISTINCT g) FROM chance");
	cr_assert(ge(i64, groups, 250));
	cr_expect(
		eq(i64,
		   ask("WITH mine AS (SELECT g, ks_sampled(flags, dnssec_ok, sport, id, hop, transport, tc, "
		       "size, cookie) AS s"
		       " FROM chance GROUP BY g), sql AS (SELECT g, count(*) AS n, sum(flags >> 8 & 1) AS rd,"
		       " sum(NOT dnssec_ok) AS no_do, min(2, count(DISTINCT sport)) AS ports, min(2, "
		       "count(DISTINCT id)) AS ids,"
		       " count(DISTINCT hop) AS hops, min(hop) AS hop, sum(transport = 0) AS udp,"
		       " CAST(total(tc AND transport = 0) AS INTEGER) AS cut, sum(cookie) AS cookies,"
		       " min(size) < max(size) OR min(dnssec_ok) < max(dnssec_ok) AS changes FROM chance "
		       "GROUP BY g)"
		       " SELECT count(*) FROM mine JOIN sql USING (g) WHERE ks_part(s, 0) = n AND ks_part(s, "
		       "1) = rd"
		       " AND ks_part(s, 2) = no_do AND ks_part(s, 3) = ports AND ks_part(s, 4) = ids AND "
		       "ks_part(s, 5) = hops"
		       " AND ks_part(s, 6) = hop AND ks_part(s, 7) = udp AND ks_part(s, 8) = cut AND "
		       "ks_part(s, 9) = cookies"
		       " AND ks_part(s, 10) = changes AND ks_part(s, 11) IS NULL AND ks_part(s, -1) IS NULL"),
		   groups));
	ks_store_close(store);
}

Test(store_sampled, around_an_interval_are_those_before_inside_and_behind)
{
	make_rows();
	cr_expect(eq(i64,
		     ask("SELECT count(*) FROM (SELECT ks_around(t_ns, -5, 7, n) AS s, sum(iif(t_ns < "
			 "-5000000000, n, 0)) AS a,"
			 " sum(iif(t_ns >= -5000000000 AND t_ns < 7000000000, n, 0)) AS b,"
			 " sum(iif(t_ns >= 7000000000, n, 0)) AS c FROM chance GROUP BY g)"
			 " WHERE ks_part(s, 0) = a AND ks_part(s, 1) = b AND ks_part(s, 2) = c"),
		     ask("SELECT count(DISTINCT g) FROM chance")));
	cr_expect(eq(i64, ask("SELECT ks_part(ks_around(t_ns, 0, 1, n), 0) IS NULL FROM chance WHERE g < 0"),
		     1));
	ks_store_close(store);
}

/* Negative keys, NULLs, and so many keys that the table grows several times. */
Test(store_sampled, folded_sums_are_those_of_group_by)
{
	make_rows();
	cr_expect(eq(
		i64,
		ask("WITH RECURSIVE folded (s) AS MATERIALIZED (SELECT ks_fold(t_ns + id, tc, flags) FROM "
		    "chance),"
		    " place (n, at) AS (SELECT 1, 1 FROM folded UNION ALL"
		    "  SELECT n + 1, at + 3 FROM place, folded WHERE n < ks_part(s, 0)),"
		    " mine AS (SELECT n, ks_part(s, at) AS k, ks_part(s, at + 1) AS a, ks_part(s, at + 2) AS "
		    "b"
		    "  FROM place, folded),"
		    " sql AS (SELECT row_number() OVER (ORDER BY t_ns + id) AS n, t_ns + id AS k,"
		    "  coalesce(sum(tc), 0) AS a, sum(flags) AS b FROM chance GROUP BY t_ns + id)"
		    " SELECT count(*) - (SELECT count(*) FROM mine) FROM mine JOIN sql USING (n, k, a, b)"),
		0));
	cr_expect(ge(i64, ask("SELECT ks_part(ks_fold(t_ns + id, 1), 0) FROM chance"), 1000));
	cr_expect(eq(i64, ask("SELECT ks_fold(n, n) IS NULL FROM chance WHERE g < 0"), 1));
	int64_t number;
	cr_expect(
		ne(int,
		   ks_sql_number(store, "SELECT ks_fold(1, 9223372036854775807) FROM chance", &number, &diag),
		   KS_SUCCESS));
	ks_store_close(store);
}

Test(store_sampled, few_are_those_that_a_running_sum_finds)
{
	make_rows();
	cr_expect(eq(i64,
		     ask("WITH ranked AS (SELECT g, sum(n) OVER (PARTITION BY g ORDER BY n DESC ROWS "
			 "UNBOUNDED PRECEDING) - n"
			 " AS before, sum(n) OVER (PARTITION BY g) AS total FROM chance),"
			 " sql AS (SELECT g, sum(before < 0.8 * total) AS few FROM ranked GROUP BY g),"
			 " mine AS (SELECT g, ks_few(n, 0.8) AS few FROM chance GROUP BY g)"
			 " SELECT count(*) FROM sql JOIN mine USING (g, few)"),
		     ask("SELECT count(DISTINCT g) FROM chance")));
	cr_expect(eq(i64, ask("SELECT ks_few(n, 0.8) FROM chance WHERE g < 0"), 0), "of nothing");
	ks_store_close(store);
}
