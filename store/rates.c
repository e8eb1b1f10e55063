/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/rates.c -- how much was asked, over which time, and how that scatters from bin to bin.
 *
 * Several runs need not touch each other: time between them was not watched and counts for nothing. A bin at
 * the edge of what was watched is short, so it counts for the rate but not for the scatter. */
#include <stdlib.h>
#include <string.h>

#include "dissect/name.h"
#include "store/store_p.h"

struct stretch {
	int64_t from_ns, to_ns;
};

/* Stretches that were watched, in order of time, none touching the next. */
struct watch {
	struct stretch *stretches;
	size_t n, cap;
	int64_t bin_s;
};

enum { QUERIES, RESPONSES, BOTH, WATCHES };

static const char *const runs_sql[WATCHES] = {
	[QUERIES] = "SELECT first_ns, last_ns FROM run WHERE first_ns IS NOT NULL AND NOT responses_only "
		    "ORDER BY 1, 2",
	[RESPONSES] = "SELECT first_ns, last_ns FROM run WHERE first_ns IS NOT NULL AND NOT queries_only "
		      "ORDER BY 1, 2",
	[BOTH] = "SELECT first_ns, last_ns FROM run WHERE first_ns IS NOT NULL AND NOT queries_only AND NOT "
		 "responses_only ORDER BY 1, 2",
};

/* Retransmissions belong to the transaction of an earlier query, as in all_flow. */
/* clang-format off */
static const char all_sql[] =
	"SELECT NULL, t_s / w * w AS t, sum(iif(responses_only OR qtype <> 48, 0, queries)),"
	" sum(iif(queries_only, 0, response_dns_bytes)), sum(iif(responses_only, 0, queries)), 0, 0"
	" FROM bin JOIN (SELECT run_id, queries_only, responses_only FROM run) USING (run_id), (SELECT widest_s AS w FROM whole)"
	" WHERE :zone IS NULL OR :zone IS NOT NULL GROUP BY t";
static const char zones_sql[] =
	"SELECT name, t_s / w * w AS t, sum(iif(responses_only, 0, queries)),"
	" sum(iif(queries_only, 0, response_dns_bytes)), 0,"
	" sum(iif(queries_only OR responses_only, 0, rq_hot + rq_warm + rq_cool)),"
	" sum(iif(queries_only OR responses_only, 0, queries - rq_retransmit))"
	" FROM zone_bin JOIN zone USING (zone_id)"
	" JOIN (SELECT run_id, queries_only, responses_only FROM run) USING (run_id), (SELECT widest_s AS w FROM whole)"
	" WHERE :zone IS NULL OR zone_id = (SELECT zone_id FROM zone WHERE name_wire = :zone)"
	" GROUP BY name, t ORDER BY name, t";
/* clang-format on */

enum ks_error
ks_sql_prepare_for_zone(struct ks_store *store, const char *sql, const char *zone, sqlite3_stmt **ret,
			struct ks_diag *diag)
{
	uint8_t wire[KS_NAME_MAX];
	const size_t n = zone != NULL ? ks_name_parse(zone, wire) : 0;
	if (zone != NULL && n == 0)
		return ks_diag_set(diag, KS_ERR_USAGE, "--zone \"%.200s\" is no domain name", zone);
	const enum ks_error error = ks_sql_prepare(store, sql, ret, diag);
	if (error == KS_SUCCESS && n > 0)
		(void)sqlite3_bind_blob(*ret, sqlite3_bind_parameter_index(*ret, ":zone"), wire, (int)n,
					SQLITE_TRANSIENT);
	return error;
}

/* --- what was watched --- */

static bool
add_stretch(struct watch *watch, struct stretch stretch)
{
	if (watch->n > 0 && stretch.from_ns <= watch->stretches[watch->n - 1].to_ns) {
		struct stretch *const last = &watch->stretches[watch->n - 1];
		last->to_ns = stretch.to_ns > last->to_ns ? stretch.to_ns : last->to_ns;
		return true;
	}
	if (watch->n == watch->cap) {
		const size_t cap = watch->cap * 2 + 16;
		struct stretch *const grown = reallocarray(watch->stretches, cap, sizeof(*grown));
		if (grown == NULL)
			return false;
		watch->stretches = grown;
		watch->cap = cap;
	}
	watch->stretches[watch->n++] = stretch;
	return true;
}

static enum ks_error
read_watch(struct ks_store *store, const char *sql, struct watch *watch, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	enum ks_error error = ks_sql_prepare(store, sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && error == KS_SUCCESS)
		if (!add_stretch(watch, (struct stretch){sqlite3_column_int64(stmt, 0),
							 sqlite3_column_int64(stmt, 1)}))
			error = ks_sql_fail(store, SQLITE_NOMEM, diag);
	sqlite3_finalize(stmt);
	if (error == KS_SUCCESS && rc != SQLITE_DONE)
		error = ks_sql_fail(store, rc, diag);
	return error;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static struct ks_store_cover
measure(const struct watch *watch)
{
	struct ks_store_cover cover = {0};
	const int64_t bin_ns = watch->bin_s * KS_NS_PER_S;
	for (size_t i = 0; i < watch->n; i++) {
		const struct stretch *const stretch = &watch->stretches[i];
		const int64_t first = floor_div(stretch->from_ns - 1, bin_ns) + 1;
		const int64_t end = floor_div(stretch->to_ns, bin_ns);
		cover.seconds += ((double)stretch->to_ns - (double)stretch->from_ns) / 1e9;
		cover.n_bins += end > first ? (double)(end - first) : 0;
	}
	return cover;
}

/* Does the bin that begins at `t_s` lie wholly in a stretch? */
static bool
is_inside(const struct watch *watch, int64_t t_s)
{
	const int64_t t_ns = t_s * KS_NS_PER_S;
	size_t low = 0, high = watch->n;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (watch->stretches[middle].to_ns < t_ns + watch->bin_s * KS_NS_PER_S)
			low = middle + 1;
		else
			high = middle;
	}
	return low < watch->n && watch->stretches[low].from_ns <= t_ns;
}

/* --- adding up --- */

struct reader {
	struct watch watches[WATCHES];
	ks_store_rates_fn *each;
	void *arg;
	struct ks_store_rates rates;
	char zone[KS_NAME_TEXT];
	bool any;
};

static void
add(struct ks_store_sum *sum, double x, bool inside)
{
	sum->sum += x;
	sum->inner += inside ? x : 0;
	sum->inner_squares += inside ? x * x : 0;
}

static void
add_bin(struct reader *reader, sqlite3_stmt *stmt)
{
	struct ks_store_rates *const rates = &reader->rates;
	const int64_t t_s = sqlite3_column_int64(stmt, 1);
	const bool queries_inside = is_inside(&reader->watches[QUERIES], t_s);
	const double requeries = sqlite3_column_double(stmt, 5), classed = sqlite3_column_double(stmt, 6);
	add(&rates->dnskey, sqlite3_column_double(stmt, 2), queries_inside);
	add(&rates->response_bytes, sqlite3_column_double(stmt, 3),
	    is_inside(&reader->watches[RESPONSES], t_s));
	add(&rates->queries, sqlite3_column_double(stmt, 4), queries_inside);
	rates->requeries += requeries;
	rates->classed += classed;
	if (is_inside(&reader->watches[BOTH], t_s)) {
		rates->rr += requeries * requeries;
		rates->rc += requeries * classed;
		rates->cc += classed * classed;
	}
}

static enum ks_error
hand_over(struct reader *reader, struct ks_diag *diag)
{
	return reader->any ? reader->each(reader->arg, &reader->rates, diag) : KS_SUCCESS;
}

/* The row begins another series: the one so far is complete. */
static enum ks_error
turn_to(struct reader *reader, const char *zone, struct ks_diag *diag)
{
	if (reader->any && (zone == NULL || strcmp(zone, reader->zone) == 0))
		return KS_SUCCESS;
	const enum ks_error error = hand_over(reader, diag);
	reader->rates = (struct ks_store_rates){0};
	reader->any = true;
	if (zone != NULL) {
		strncpy(reader->zone, zone, sizeof(reader->zone) - 1);
		reader->rates.zone = reader->zone;
	}
	return error;
}

static enum ks_error
read_series(struct ks_store *store, const char *sql, const char *zone, struct reader *reader,
	    struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	int rc = SQLITE_DONE;
	enum ks_error error = ks_sql_prepare_for_zone(store, sql, zone, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	reader->any = false;
	while (error == KS_SUCCESS && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		error = turn_to(reader, (const char *)sqlite3_column_text(stmt, 0), diag);
		if (error == KS_SUCCESS)
			add_bin(reader, stmt);
	}
	if (error == KS_SUCCESS)
		error = rc == SQLITE_DONE ? hand_over(reader, diag) : ks_sql_fail(store, rc, diag);
	sqlite3_finalize(stmt);
	return error;
}

enum ks_error
ks_store_each_rates(struct ks_store *store, const char *zone, struct ks_store_covers *ret_covers,
		    ks_store_rates_fn *each, void *arg, struct ks_diag *diag)
{
	struct reader reader = {.each = each, .arg = arg};
	int64_t bin_s = 0;
	enum ks_error error = ks_sql_number(store, "SELECT widest_s FROM whole", &bin_s, diag);
	for (size_t i = 0; i < WATCHES && error == KS_SUCCESS; i++) {
		reader.watches[i].bin_s = bin_s > 0 ? bin_s : 1;
		error = read_watch(store, runs_sql[i], &reader.watches[i], diag);
	}
	if (error == KS_SUCCESS) {
		*ret_covers = (struct ks_store_covers){.queries = measure(&reader.watches[QUERIES]),
						       .responses = measure(&reader.watches[RESPONSES]),
						       .both = measure(&reader.watches[BOTH])};
		error = read_series(store, all_sql, zone, &reader, diag);
	}
	if (error == KS_SUCCESS)
		error = read_series(store, zones_sql, zone, &reader, diag);
	for (size_t i = 0; i < WATCHES; i++)
		free(reader.watches[i].stretches);
	return error;
}
