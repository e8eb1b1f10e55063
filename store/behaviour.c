/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/behaviour.c -- how sources ask: the sink's part, and the reader for the judge, which adds up the
 * runs. */
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/rhythm.h"
#include "store/store.h"
#include "store/store_p.h"

/* Servers of one flow over all runs that are told apart; the least asked of more are told as one. */
enum { SERVERS_MAX = 256 };

static struct ks_sql_row
row_of(struct ks_store *store, enum ks_put which, const struct ks_fact_behaviour *fact)
{
	struct ks_sql_row row = ks_store_fact_row(&store->sink, which);
	ks_sql_put_run_zone(&row, fact->zone);
	ks_sql_put_addr(&row, &fact->source);
	return row;
}

static enum ks_error
put_cells(struct ks_store *store, const struct ks_fact_behaviour *fact, const char *kind,
	  const uint64_t *cells, size_t n, struct ks_diag *diag)
{
	for (size_t i = 0; i < n; i++) {
		if (cells[i] == 0)
			continue;
		struct ks_sql_row row = row_of(store, KS_PUT_BEHAVIOUR_CELL, fact);
		ks_sql_put_text(&row, kind);
		ks_sql_put_int(&row, (int64_t)i);
		ks_sql_put_count(&row, cells[i]);
		const enum ks_error error = ks_sql_row_done(&row, diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

static enum ks_error
put_servers(struct ks_store *store, const struct ks_fact_behaviour *fact, struct ks_diag *diag)
{
	for (size_t i = 0; i < fact->n_servers; i++) {
		const struct ks_server_count *const server = &fact->servers[i];
		const struct ks_span ip = ks_addr_bytes(&server->server);
		struct ks_sql_row row = row_of(store, KS_PUT_BEHAVIOUR_SERVER, fact);
		ks_sql_put_blob(&row, ip.at, server->other ? 0 : ip.n);
		ks_sql_put_count(&row, server->queries);
		const enum ks_error error = ks_sql_row_done(&row, diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

enum ks_error
ks_store_put_behaviour(struct ks_sink *sink, const struct ks_fact_behaviour *fact, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	const struct ks_behaviour_counts *const counts = &fact->counts;
	struct ks_sql_row row = row_of(store, KS_PUT_BEHAVIOUR, fact);
	ks_sql_put_count(&row, counts->queries);
	ks_sql_put_count(&row, counts->successive);
	ks_sql_put_count(&row, counts->closed);
	ks_sql_put_count(&row, counts->bursts);
	ks_sql_put_count(&row, counts->failing_bursts);
	ks_sql_put_count(&row, counts->failing_queries);
	ks_sql_put_count(&row, counts->long_queries);
	ks_sql_put_count(&row, counts->halted_bursts);
	ks_sql_put_count(&row, counts->pauses_over_life);
	ks_sql_put_count(&row, counts->max_waiting);
	ks_sql_put_known(&row, counts->last_requery_ns != 0, counts->last_requery_ns);
	ks_sql_put_count(&row, counts->searches.failing);
	ks_sql_put_count(&row, counts->searches.crowded);
	ks_sql_put_known(&row, counts->searches.min_ns != 0, counts->searches.min_ns);
	ks_sql_put_count(&row, counts->demand.windows);
	ks_sql_put_count(&row, counts->demand.x);
	ks_sql_put_count(&row, counts->demand.y);
	ks_sql_put_count(&row, counts->demand.xx);
	ks_sql_put_count(&row, counts->demand.xy);
	ks_sql_put_count(&row, counts->demand.yy);
	enum ks_error error = ks_sql_row_done(&row, diag);
	if (error == KS_SUCCESS)
		error = put_cells(store, fact, "gap", counts->gaps, KS_GAP_CELLS, diag);
	if (error == KS_SUCCESS)
		error = put_cells(store, fact, "pause", counts->pauses, KS_PAUSE_CELLS, diag);
	if (error == KS_SUCCESS)
		error = put_cells(store, fact, "late", counts->late, KS_LATE_CELLS, diag);
	if (error == KS_SUCCESS)
		error = put_cells(store, fact, "clock", counts->clock, KS_CLOCK_CELLS, diag);
	return error == KS_SUCCESS ? put_servers(store, fact, diag) : error;
}

/* --- reading --- */

/* Three queries in one order, read side by side: asking anew for every flow costs ten times as much. With one
 * run that is the order of the primary keys, and nothing is sorted. A source can only ask servers of its own
 * IP version. */
/* Asked only where captures are long enough for day and night to show. */
#define OF_FLOW                                                                                              \
	" FROM flow WHERE flow.run_id = behaviour.run_id AND flow.zone_id = behaviour.zone_id"               \
	" AND flow.ip = behaviour.ip"
/* As the view zone_set, which SQLite would look through for every flow. */
#define OF_SERVERS                                                                                           \
	" WHERE one.run_id = behaviour.run_id AND one.zone_id = behaviour.zone_id"                           \
	" AND length(one.server_ip) = length(behaviour.ip)"
#define ONE_RUN " WHERE run_id = (SELECT run_id FROM run)"
/* clang-format off */
#define FLOWS(where) \
	"SELECT zone_id, ip, sum(behaviour.queries), sum(successive), sum(closed), sum(bursts)," \
	" sum(failing_bursts), sum(failing_queries), sum(long_queries), sum(halted_bursts)," \
	" sum(pauses_over_life), max(max_waiting), sum(failing_searches), sum(crowded_searches), sum(windows)," \
	" sum(demand), sum(demand_dnskey), total(demand_xx), total(demand_xy), total(demand_yy)," \
	" min(min_search_ns), max(last_requery_ns)," \
	" coalesce(nullif(max((SELECT iif(seen >= 2 AND given > 0, given, seen) FROM (SELECT" \
	"   (SELECT count(*) FROM zone_server AS one" OF_SERVERS ") AS seen," \
	"   (SELECT count(*) FROM given_server AS one" OF_SERVERS ") AS given))), 0)," \
	"  (SELECT max(servers) FROM run_zone WHERE run_zone.zone_id = behaviour.zone_id))," \
	" min(iif(?1, (SELECT first_ns" OF_FLOW "), NULL)), max(iif(?1, (SELECT last_ns" OF_FLOW "), NULL))" \
	" FROM behaviour" where \
	" GROUP BY zone_id, ip ORDER BY zone_id, ip"
#define CELLS(where) \
	"SELECT zone_id, ip, kind, cell, sum(n) FROM behaviour_cell" where \
	" GROUP BY zone_id, ip, kind, cell ORDER BY zone_id, ip, kind, cell"
#define SERVERS(where) \
	"SELECT zone_id, ip, sum(queries) FROM behaviour_server" where \
	" GROUP BY zone_id, ip, server_ip ORDER BY zone_id, ip, server_ip"
/* clang-format on */

/* By "is there one run only?". */
static const char *const flows_sql[] = {FLOWS(""), FLOWS(ONE_RUN)};
static const char *const cells_sql[] = {CELLS(""), CELLS(ONE_RUN)};
static const char *const servers_sql[] = {SERVERS(""), SERVERS(ONE_RUN)};

/* Rows that belong to flows, in the order of flows; the row at hand waits for its flow. */
struct stream {
	sqlite3_stmt *stmt;
	int rc; /* of the last step */
};

struct reader {
	struct ks_store *store;
	sqlite3_stmt *flows;
	struct stream cells, servers;
	struct ks_store_behaviour flow;
	struct ks_span ip; /* of the source, as stored */
	uint64_t queries[SERVERS_MAX];
	struct ks_gaps_span *spans; /* of the runs; none where they span less than a day */
	size_t n_spans;
};

/* Whoever wrote the file: sums of these must not overflow. */
static uint64_t
count_of(sqlite3_stmt *stmt, int column)
{
	const int64_t value = sqlite3_column_int64(stmt, column);
	const int64_t most = INT64_C(1) << 48;
	return value < 0 ? 0 : (uint64_t)(value < most ? value : most);
}

static uint64_t
square_of(sqlite3_stmt *stmt, int column)
{
	const int64_t value = sqlite3_column_int64(stmt, column);
	return value < 0 ? 0 : (uint64_t)value;
}

static void
read_flow(struct reader *reader)
{
	sqlite3_stmt *const stmt = reader->flows;
	struct ks_behaviour_counts *const counts = &reader->flow.counts;
	uint64_t *const members[] = {
		&counts->queries,        &counts->successive,       &counts->closed,
		&counts->bursts,         &counts->failing_bursts,   &counts->failing_queries,
		&counts->long_queries,   &counts->halted_bursts,    &counts->pauses_over_life,
		&counts->max_waiting,    &counts->searches.failing, &counts->searches.crowded,
		&counts->demand.windows, &counts->demand.x,         &counts->demand.y,
	};
	reader->flow = (struct ks_store_behaviour){.zone_id = sqlite3_column_int64(stmt, 0)};
	reader->ip = (struct ks_span){sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1)};
	if (reader->ip.n == 4)
		reader->flow.source = ks_addr_from_v4(reader->ip.at);
	else if (reader->ip.n == 16)
		reader->flow.source = ks_addr_from_v6(reader->ip.at);
	for (size_t i = 0; i < KS_COUNT(members); i++)
		*members[i] = count_of(stmt, 2 + (int)i);
	const int next = 2 + (int)KS_COUNT(members);
	/* Squares are large, and never added to anything. */
	counts->demand.xx = square_of(stmt, next);
	counts->demand.xy = square_of(stmt, next + 1);
	counts->demand.yy = square_of(stmt, next + 2);
	counts->searches.min_ns = sqlite3_column_int64(stmt, next + 3);
	counts->last_requery_ns = sqlite3_column_int64(stmt, next + 4);
	reader->flow.servers.zone_servers = (uint32_t)count_of(stmt, next + 5);
	ks_rhythm_watched(reader->spans, reader->n_spans, sqlite3_column_int64(stmt, next + 6) / KS_NS_PER_S,
			  sqlite3_column_int64(stmt, next + 7) / KS_NS_PER_S, reader->flow.watched_s);
}

/* Below 0: the row at hand is of an earlier flow than the one being read. */
static int
compare_flow(const struct reader *reader, sqlite3_stmt *stmt)
{
	const int64_t zone_id = sqlite3_column_int64(stmt, 0);
	if (zone_id != reader->flow.zone_id)
		return zone_id < reader->flow.zone_id ? -1 : 1;
	const void *const ip = sqlite3_column_blob(stmt, 1);
	const size_t n = (size_t)sqlite3_column_bytes(stmt, 1);
	const size_t common = n < reader->ip.n ? n : reader->ip.n;
	const int order = common != 0 ? memcmp(ip, reader->ip.at, common) : 0;
	return order != 0 ? order : (n > reader->ip.n) - (n < reader->ip.n);
}

/* Give `take` the rows of the flow being read. */
static void
read_stream(struct reader *reader, struct stream *stream, void (*take)(struct reader *, sqlite3_stmt *))
{
	for (; stream->rc == SQLITE_ROW; stream->rc = sqlite3_step(stream->stmt)) {
		const int order = compare_flow(reader, stream->stmt);
		if (order > 0)
			return;
		if (order == 0)
			take(reader, stream->stmt);
	}
}

/* Where cells of a kind go, and how many there are. */
static uint64_t *
cells_of(struct ks_behaviour_counts *counts, const unsigned char *kind, int64_t *ret_n)
{
	switch (kind != NULL ? kind[0] : 0) {
	case 'g':
		*ret_n = KS_GAP_CELLS;
		return counts->gaps;
	case 'p':
		*ret_n = KS_PAUSE_CELLS;
		return counts->pauses;
	case 'l':
		*ret_n = KS_LATE_CELLS;
		return counts->late;
	default:
		*ret_n = KS_CLOCK_CELLS;
		return counts->clock;
	}
}

static void
take_cell(struct reader *reader, sqlite3_stmt *stmt)
{
	int64_t n;
	uint64_t *const cells = cells_of(&reader->flow.counts, sqlite3_column_text(stmt, 2), &n);
	const int64_t cell = sqlite3_column_int64(stmt, 3);
	/* Whoever wrote the file, we stay within our arrays. */
	if (cell >= 0 && cell < n)
		cells[cell] = count_of(stmt, 4);
}

/* Sorted in, the most asked first; the least asked of too many share the last place. */
static void
take_server(struct reader *reader, sqlite3_stmt *stmt)
{
	uint64_t queries = count_of(stmt, 2);
	size_t *const n = &reader->flow.servers.n;
	for (size_t i = 0; i < *n && i < SERVERS_MAX - 1; i++) {
		if (queries > reader->queries[i]) {
			const uint64_t less = reader->queries[i];
			reader->queries[i] = queries;
			queries = less;
		}
	}
	if (*n < SERVERS_MAX)
		reader->queries[(*n)++] = queries;
	else
		reader->queries[SERVERS_MAX - 1] += queries;
}

static bool
is_well(int rc)
{
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

static enum ks_error
read_all(struct reader *reader, ks_store_behaviour_fn *each, void *arg, struct ks_diag *diag)
{
	int rc = SQLITE_DONE;
	reader->cells.rc = sqlite3_step(reader->cells.stmt);
	reader->servers.rc = sqlite3_step(reader->servers.stmt);
	while (is_well(reader->cells.rc) && is_well(reader->servers.rc) &&
	       (rc = sqlite3_step(reader->flows)) == SQLITE_ROW) {
		read_flow(reader);
		reader->flow.servers.queries = reader->queries;
		read_stream(reader, &reader->cells, take_cell);
		read_stream(reader, &reader->servers, take_server);
		const enum ks_error error = each(arg, &reader->flow, diag);
		if (error != KS_SUCCESS)
			return error;
	}
	if (!is_well(reader->cells.rc))
		rc = reader->cells.rc;
	else if (!is_well(reader->servers.rc))
		rc = reader->servers.rc;
	return rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(reader->store, rc, diag);
}

static enum ks_error
read_spans(struct reader *reader, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	int rc;
	const enum ks_error error =
		ks_sql_prepare(reader->store,
			       "SELECT first_ns / 1000000000, last_ns / 1000000000 FROM run"
			       " WHERE first_ns >= 0 ORDER BY first_ns",
			       &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct ks_gaps_span *const more =
			reallocarray(reader->spans, reader->n_spans + 1, sizeof(*more));
		if (more == NULL)
			break;
		reader->spans = more;
		reader->spans[reader->n_spans++] =
			(struct ks_gaps_span){sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1)};
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? KS_SUCCESS
				 : ks_sql_fail(reader->store, rc == SQLITE_ROW ? SQLITE_NOMEM : rc, diag);
}

enum ks_error
ks_store_each_behaviour(struct ks_store *store, ks_store_behaviour_fn *each, void *arg, struct ks_diag *diag)
{
	struct reader reader = {.store = store};
	int64_t runs = 0, days = 0;
	enum ks_error error = ks_sql_number(store, "SELECT count(*) FROM run", &runs, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_number(
			store, "SELECT coalesce((max(last_ns) - min(first_ns)) / 86400000000000, 0) FROM run",
			&days, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_prepare(store, flows_sql[runs == 1], &reader.flows, diag);
	if (error == KS_SUCCESS)
		(void)sqlite3_bind_int(reader.flows, 1, days >= 1);
	if (error == KS_SUCCESS && days >= 1)
		error = read_spans(&reader, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_prepare(store, cells_sql[runs == 1], &reader.cells.stmt, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_prepare(store, servers_sql[runs == 1], &reader.servers.stmt, diag);
	if (error == KS_SUCCESS)
		error = read_all(&reader, each, arg, diag);
	free(reader.spans);
	sqlite3_finalize(reader.flows);
	sqlite3_finalize(reader.cells.stmt);
	sqlite3_finalize(reader.servers.stmt);
	return error;
}

enum ks_error
ks_store_judge_habit(struct ks_store *store, const struct ks_store_habit *habit, struct ks_diag *diag)
{
	const struct ks_span ip = ks_addr_bytes(&habit->source);
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_HABIT);
	ks_sql_put_int(&row, habit->zone_id);
	ks_sql_put_blob(&row, ip.at, ip.n);
	ks_sql_put_text(&row, habit->memory_class);
	ks_sql_put_real(&row, habit->verdict.sci);
	ks_sql_put_real(&row, habit->verdict.spray);
	ks_sql_put_real(&row, habit->verdict.coverage);
	ks_sql_put_real(&row, habit->verdict.median_gap_ms);
	ks_sql_put_real(&row, habit->search.min_interval_s);
	ks_sql_put_text(&row, habit->rfc9520);
	ks_sql_put_real(&row, habit->halted_share);
	ks_sql_put_real(&row, habit->demand.per_query);
	ks_sql_put_real(&row, habit->demand.slope);
	ks_sql_put_real(&row, habit->demand.correlation);
	ks_sql_put_real(&row, habit->late_repeats);
	ks_sql_put_real(&row, habit->day_night);
	return ks_sql_row_done(&row, diag);
}
