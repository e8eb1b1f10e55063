/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/whole.c -- everything captured, bin by bin, to see a zone against: read once, then laid out for the
 * piece of time that is looked at. */
#include <stdlib.h>

#include "analyzer/judge/gaps.h"
#include "store/store_p.h"

/* A bin in which something was captured. */
struct moment {
	int64_t t_s;
	struct ks_storm_whole whole;
};

struct ks_store_whole {
	struct moment *moments; /* in order of time, one a bin */
	size_t n, capacity;
	struct ks_gaps_span *spans; /* of the runs, in order of their starts */
	size_t n_spans;
	int64_t bin_s;
	bool dense;
};

/* Runs whose bins were rolled up are left out: roll.c. */
#define FINE_RUNS "(SELECT run_id FROM run WHERE rolled_from_s IS NULL) AS fine"

/* In the order of the primary keys, so that nothing is sorted; runs are merged afterwards. */
static const char traffic_sql[] =
	"SELECT t_s, 0, 0, sum(out_wire_bytes), sum(in_packets + out_packets), 0"
	" FROM " FINE_RUNS " CROSS JOIN traffic USING (run_id) GROUP BY run_id, t_s";
static const char bins_sql[] =
	"SELECT t_s, sum(queries), sum(response_dns_bytes), 0, sum(queries + responses), 0"
	" FROM " FINE_RUNS " CROSS JOIN bin USING (run_id) GROUP BY run_id, t_s";
static const char drops_sql[] = "SELECT t_s, 0, 0, 0, 0, sum(kernel + device) FROM " FINE_RUNS
				" CROSS JOIN drops USING (run_id) GROUP BY run_id, t_s";
/* A second that has begun belongs to the span. Files of a run that lie apart are one span: a folder is one
 * capture, and its quiet hours are no gaps. */
static const char spans_sql[] = "SELECT first_ns / 1000000000, last_ns / 1000000000 + 1 FROM run"
				" WHERE first_ns IS NOT NULL AND rolled_from_s IS NULL ORDER BY 1, 2";

/* Whoever wrote the file: sums of these must not overflow. */
static uint64_t
count_of(sqlite3_stmt *stmt, int column)
{
	const int64_t value = sqlite3_column_int64(stmt, column);
	const int64_t most = INT64_C(1) << 52;
	return value < 0 ? 0 : (uint64_t)(value < most ? value : most);
}

static bool
add_moment(struct ks_store_whole *whole, sqlite3_stmt *stmt)
{
	if (whole->n == whole->capacity) {
		const size_t capacity = 2 * whole->capacity + 1024;
		struct moment *const more = reallocarray(whole->moments, capacity, sizeof(*whole->moments));
		if (more == NULL)
			return false;
		whole->moments = more;
		whole->capacity = capacity;
	}
	const int64_t t_s = sqlite3_column_int64(stmt, 0);
	whole->moments[whole->n++] = (struct moment){
		.t_s = t_s / whole->bin_s * whole->bin_s,
		.whole = {.queries = count_of(stmt, 1),
			  .response_bytes = count_of(stmt, 2),
			  .out_wire_bytes = count_of(stmt, 3),
			  .packets = count_of(stmt, 4),
			  .lost = count_of(stmt, 5)},
	};
	return true;
}

static bool
add_span(struct ks_store_whole *whole, sqlite3_stmt *stmt)
{
	struct ks_gaps_span *const more =
		reallocarray(whole->spans, whole->n_spans + 1, sizeof(*whole->spans));
	if (more == NULL)
		return false;
	whole->spans = more;
	whole->spans[whole->n_spans++] =
		(struct ks_gaps_span){sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1)};
	return true;
}

static enum ks_error
read_rows(struct ks_store *store, const char *sql, struct ks_store_whole *whole,
	  bool (*take)(struct ks_store_whole *, sqlite3_stmt *), struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error = ks_sql_prepare(store, sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		if (!take(whole, stmt)) {
			rc = SQLITE_NOMEM;
			break;
		}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

static int
compare_moments(const void *a, const void *b)
{
	const struct moment *const x = a, *const y = b;
	return (x->t_s > y->t_s) - (x->t_s < y->t_s);
}

static void
merge_moments(struct ks_store_whole *whole)
{
	size_t kept = 0;
	if (whole->n == 0)
		return;
	qsort(whole->moments, whole->n, sizeof(*whole->moments), compare_moments);
	for (size_t i = 1; i < whole->n; i++) {
		const struct moment *const moment = &whole->moments[i];
		struct ks_storm_whole *const sum = &whole->moments[kept].whole;
		if (moment->t_s != whole->moments[kept].t_s) {
			whole->moments[++kept] = *moment;
			continue;
		}
		sum->queries += moment->whole.queries;
		sum->response_bytes += moment->whole.response_bytes;
		sum->out_wire_bytes += moment->whole.out_wire_bytes;
		sum->lost += moment->whole.lost;
		/* Traffic counts packets; bins count messages, which are the same packets again. */
		if (sum->packets < moment->whole.packets)
			sum->packets = moment->whole.packets;
	}
	whole->n = kept + 1;
}

/* Have at least half of the bins within captures so many packets that none is a gap? */
static bool
is_dense(const struct ks_store_whole *whole)
{
	uint64_t bins = 0, full = 0;
	int64_t covered_s = INT64_MIN;
	for (size_t i = 0; i < whole->n_spans; i++) {
		const int64_t from_s =
			whole->spans[i].from_s > covered_s ? whole->spans[i].from_s : covered_s;
		if (whole->spans[i].to_s <= from_s)
			continue;
		covered_s = whole->spans[i].to_s;
		bins += (uint64_t)(covered_s - from_s) / (uint64_t)whole->bin_s;
	}
	for (size_t i = 0; i < whole->n; i++)
		full += whole->moments[i].whole.packets >= KS_GAPS_DENSE;
	return full > 0 && full >= bins / 2;
}

enum ks_error
ks_store_whole_open(struct ks_store *store, int64_t bin_s, struct ks_store_whole **ret, struct ks_diag *diag)
{
	struct ks_store_whole *const whole = calloc(1, sizeof(*whole));
	if (whole == NULL)
		return ks_sql_fail(store, SQLITE_NOMEM, diag);
	whole->bin_s = bin_s;
	enum ks_error error = read_rows(store, traffic_sql, whole, add_moment, diag);
	if (error == KS_SUCCESS)
		error = read_rows(store, bins_sql, whole, add_moment, diag);
	if (error == KS_SUCCESS)
		error = read_rows(store, drops_sql, whole, add_moment, diag);
	if (error == KS_SUCCESS)
		error = read_rows(store, spans_sql, whole, add_span, diag);
	if (error != KS_SUCCESS) {
		ks_store_whole_close(whole);
		return error;
	}
	merge_moments(whole);
	whole->dense = is_dense(whole);
	*ret = whole;
	return KS_SUCCESS;
}

void
ks_store_whole_close(struct ks_store_whole *whole)
{
	if (whole == NULL)
		return;
	free(whole->moments);
	free(whole->spans);
	free(whole);
}

/* The first moment at `t_s` or behind. */
static size_t
find_moment(const struct ks_store_whole *whole, int64_t t_s)
{
	size_t from = 0, to = whole->n;
	while (from < to) {
		const size_t middle = from + (to - from) / 2;
		if (whole->moments[middle].t_s < t_s)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

void
ks_store_whole_lay(const struct ks_store_whole *whole, int64_t t0_s, size_t n, struct ks_storm_whole *ret)
{
	for (size_t i = 0; i < n; i++)
		ret[i] = (struct ks_storm_whole){0};
	for (size_t i = find_moment(whole, t0_s); i < whole->n; i++) {
		const size_t at = (size_t)((whole->moments[i].t_s - t0_s) / whole->bin_s);
		if (at >= n)
			break;
		ret[at] = whole->moments[i].whole;
	}
	ks_gaps_mark(ret, n, t0_s, (uint32_t)whole->bin_s, whole->spans, whole->n_spans, whole->dense);
}
