/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How many different sources asked, over several runs. */
#include "store_feed.h"

#include "store/store.h"

TestSuite(store_clients, .fini = sweep);

enum { DAY_S = 86400, DAY0 = 1795219200, REGISTERS = KS_CLIENTS_REGISTERS };

static uint8_t none[REGISTERS], few[REGISTERS], many[REGISTERS];

static void
fill_registers(void)
{
	few[0] = 3;
	few[777] = 9;
	few[REGISTERS - 1] = 50;
	for (size_t i = 0; i < REGISTERS; i++)
		many[i] = (uint8_t)(1 + i % 20);
}

/* A day of a run; `v4` 0: not exact. */
static void
send_clients(struct ks_store *store, uint64_t v4, uint32_t place, int64_t t_s, const uint8_t *registers)
{
	const struct ks_span span = {registers, REGISTERS}, empty = {none, REGISTERS};
	SEND(store, clients, .scope = KS_CLIENTS_DAY, .t_s = t_s, .place = place, .exact = v4 != 0,
	     .counts = {v4, 0, 0}, .registers = {span, empty, empty});
}

static void
send_source(struct ks_store *store, const char *source, uint32_t days)
{
	SEND(store, source, .source = addr(source), .queries = 1, .days = days, .first_ns = NS(0),
	     .last_ns = NS(1));
}

/* What comes out, one group a line: scope, day, exact, counts; and the sum of the first registers. */
static char seen[1024];

static enum ks_error
see(void *arg, const struct ks_store_clients *clients, struct ks_diag *diag)
{
	(void)arg;
	(void)diag;
	uint64_t sum = 0;
	for (size_t i = 0; i < REGISTERS; i++)
		sum += clients->registers[KS_CLIENTS_V4][i];
	const size_t n = strlen(seen);
	(void)snprintf(seen + n, sizeof(seen) - n, "%d %lld %d %llu %llu %llu: %llu\n", (int)clients->scope,
		       (long long)((clients->t_s - DAY0) / DAY_S), clients->exact,
		       (unsigned long long)clients->counts[0], (unsigned long long)clients->counts[1],
		       (unsigned long long)clients->counts[2], (unsigned long long)sum);
	return KS_SUCCESS;
}

static void
seen_is(struct ks_store *store, const char *want)
{
	struct ks_diag diag = {0};
	seen[0] = '\0';
	SUCCEED(ks_store_each_clients(store, see, NULL, &diag), diag);
	text_is(seen, want);
}

static void
send_whole(struct ks_store *store, uint64_t v4, uint64_t v6)
{
	SEND(store, clients, .scope = KS_CLIENTS_ALL, .t_s = DAY0, .exact = v4 != 0, .counts = {v4, v6, v6});
}

Test(store_clients, one_run_speaks_for_itself)
{
	struct ks_store *const store = open_write(scratch("one.db"));
	fill_registers();
	send_run(store, 1);
	send_whole(store, 5000, 7); /* far more than there are rows */
	send_clients(store, 4000, 0, DAY0, few);
	send_clients(store, 3000, 1, DAY0 + DAY_S, many);
	send_end(store);
	seen_is(store, "1 0 1 4000 0 0: 62\n1 1 1 3000 0 0: 172000\n0 0 1 5000 7 7: 0\n");
	ks_store_close(store);
}

Test(store_clients, runs_whose_sources_all_have_rows_are_told_apart_one_by_one)
{
	struct ks_store *const store = open_write(scratch("two.db"));
	fill_registers();
	send_run(store, 1);
	send_source(store, "192.0.2.1", 1);
	send_source(store, "192.0.2.2", 1 | 2);
	send_source(store, "2001:db8::1", 2);
	send_whole(store, 2, 1);
	send_clients(store, 2, 0, DAY0, few);
	send_clients(store, 1, 1, DAY0 + DAY_S, few);
	send_end(store);
	send_run(store, 2);
	send_source(store, "192.0.2.2", 1);
	send_source(store, "192.0.2.3", 1);
	send_source(store, "2001:db8::2", 1);
	send_whole(store, 2, 1);
	send_clients(store, 2, 0, DAY0 + DAY_S, few); /* its first day is the second day of the other */
	send_end(store);
	seen_is(store, "1 0 1 2 0 0: 62\n1 1 1 2 2 1: 62\n0 0 1 3 2 1: 0\n");
	ks_store_close(store);
}

Test(store_clients, otherwise_registers_are_merged_by_the_greatest)
{
	struct ks_store *const store = open_write(scratch("three.db"));
	fill_registers();
	uint64_t greatest = 0;
	for (size_t i = 0; i < REGISTERS; i++)
		greatest += few[i] > many[i] ? few[i] : many[i];
	send_run(store, 1);
	send_whole(store, 4000, 0);
	send_clients(store, 4000, 0, DAY0, few);
	send_end(store);
	send_run(store, 2);
	send_whole(store, 0, 0);
	send_clients(store, 0, 0, DAY0, many);
	send_end(store);
	char want[128];
	struct ks_diag diag = {0};
	seen[0] = '\0';
	SUCCEED(ks_store_each_clients(store, see, NULL, &diag), diag);
	(void)snprintf(want, sizeof(want), ": %llu\n", (unsigned long long)greatest);
	cr_expect(strncmp(seen, "1 0 0 ", 6) == 0 && strstr(seen, want) != NULL &&
			  strstr(seen, "\n0 0 0 ") != NULL,
		  "%s", seen);
	ks_store_close(store);
}

Test(store_clients, the_judgement_is_what_reports_say)
{
	struct ks_store *const store = open_write(scratch("four.db"));
	struct ks_diag diag = {0};
	send_run(store, 1);
	SEND(store, counter, .kind = KS_COUNTER_TOTAL, .name = "packets", .value = 5, .note = "");
	send_source(store, "192.0.2.1", 1);
	send_end(store);
	char *got = rows_text(store, "clients", &(struct ks_query){0});
	text_is(got, "");
	free(got);
	const struct ks_store_clients day = {.scope = KS_CLIENTS_DAY, .t_s = DAY0, .counts = {900, 90, 9}};
	const struct ks_store_clients all = {
		.scope = KS_CLIENTS_ALL, .exact = true, .counts = {1000, 100, 10}};
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	SUCCEED(ks_store_judge_clients(store, &day, &diag), diag);
	SUCCEED(ks_store_judge_clients(store, &all, &diag), diag);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	got = rows_text(store, "clients", &(struct ks_query){0});
	text_is(got, "2026-11-21|900|90|9|0|0.0081\nall|1000|100|10|1|0\n");
	free(got);
	got = rows_text(store, "totals", &(struct ks_query){0});
	cr_expect(strstr(got, "|1100|") != NULL, "%s", got);
	free(got);
	ks_store_close(store);
}
