/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/pieces_p.h"

#include <stdlib.h>

#include "store/store.h"

/* Every second at which a bin of any kind begins, folded. Costly, so only asked when pieces are needed. */
static const char instants_sql[] =
	"SELECT DISTINCT t_s / w * w FROM (SELECT bin_s AS w FROM whole),"
	" (SELECT t_s FROM " KS_FINE_RUNS " CROSS JOIN traffic USING (run_id)"
	"  UNION SELECT t_s FROM " KS_FINE_RUNS " CROSS JOIN bin USING (run_id)"
	"  UNION SELECT t_s FROM " KS_FINE_RUNS " CROSS JOIN zone_bin USING (run_id))"
	" ORDER BY 1";

/* The least and the greatest of them of each run; they come quickly from the primary keys. */
static const char runs_sql[] =
	"SELECT run_id, min(a) / w * w AS first_s, max(b) / w * w FROM (SELECT bin_s AS w FROM whole),"
	" (SELECT run_id, (SELECT min(t_s) FROM traffic WHERE traffic.run_id = fine.run_id) AS a,"
	"         (SELECT max(t_s) FROM traffic WHERE traffic.run_id = fine.run_id) AS b FROM " KS_FINE_RUNS
	"  UNION ALL SELECT run_id, (SELECT min(t_s) FROM bin WHERE bin.run_id = fine.run_id),"
	"         (SELECT max(t_s) FROM bin WHERE bin.run_id = fine.run_id) FROM " KS_FINE_RUNS
	"  UNION ALL SELECT run_id,"
	"   (SELECT min(t_s) FROM zone_bin WHERE zone_bin.run_id = fine.run_id AND zone_bin.zone_id = "
	"asked.zone_id),"
	"   (SELECT max(t_s) FROM zone_bin WHERE zone_bin.run_id = fine.run_id AND zone_bin.zone_id = "
	"asked.zone_id)"
	"   FROM " KS_FINE_RUNS " CROSS JOIN run_zone AS asked USING (run_id))"
	" GROUP BY run_id HAVING min(a) IS NOT NULL ORDER BY first_s, run_id";

/* Does every stretch between gaps of at least `gap_s` fit? */
static bool
fits(const int64_t *at, size_t n, int64_t bin_s, int64_t gap_s)
{
	size_t head = 0;
	for (size_t i = 1; i < n; i++) {
		if (at[i] - at[i - 1] >= gap_s)
			head = i;
		if ((at[i] - at[head]) / bin_s >= KS_STORE_BINS_MAX)
			return false;
	}
	return true;
}

/* The longest gap such that cutting at every gap of that length and longer makes all pieces fit. Shorter gaps
 * make more cuts and shorter pieces, and at a gap of one bin every piece is a single one: a search by halves
 * finds it in some forty passes, without sorting or a tree. */
static int64_t
cutting_gap(const int64_t *at, size_t n, int64_t bin_s)
{
	int64_t good = bin_s;
	int64_t bad = at[n - 1] - at[0] + 1;
	while (bad - good > 1) {
		const int64_t middle = good + (bad - good) / 2;
		if (fits(at, n, bin_s, middle))
			good = middle;
		else
			bad = middle;
	}
	return good;
}

static enum ks_error
cut(struct ks_store *store, struct ks_pieces *pieces, const int64_t *at, size_t n, struct ks_diag *diag)
{
	const int64_t gap_s = cutting_gap(at, n, pieces->bin_s);
	pieces->list = calloc(n, sizeof(*pieces->list));
	if (pieces->list == NULL)
		return ks_sql_fail(store, SQLITE_NOMEM, diag);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || at[i] - at[i - 1] >= gap_s)
			pieces->list[pieces->n++].t0_s = at[i];
		struct ks_piece *const piece = &pieces->list[pieces->n - 1];
		piece->n = (size_t)((at[i] - piece->t0_s) / pieces->bin_s) + 1;
	}
	return KS_SUCCESS;
}

static enum ks_error
read_instants(struct ks_store *store, int64_t **ret, size_t *ret_n, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error = ks_sql_prepare(store, instants_sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	int64_t *at = NULL;
	size_t n = 0;
	size_t cap = 0;
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (n == cap) {
			cap = cap != 0 ? 2 * cap : 1024;
			int64_t *const more = reallocarray(at, cap, sizeof(*at));
			if (more == NULL) {
				rc = SQLITE_NOMEM;
				break;
			}
			at = more;
		}
		at[n++] = sqlite3_column_int64(stmt, 0);
	}
	sqlite3_finalize(stmt);
	if (rc != SQLITE_DONE) {
		free(at);
		return ks_sql_fail(store, rc, diag);
	}
	*ret = at;
	*ret_n = n;
	return KS_SUCCESS;
}

static enum ks_error
one_piece(struct ks_store *store, struct ks_pieces *pieces, int64_t first_s, size_t n, struct ks_diag *diag)
{
	pieces->list = calloc(1, sizeof(*pieces->list));
	if (pieces->list == NULL)
		return ks_sql_fail(store, SQLITE_NOMEM, diag);
	pieces->list[0] = (struct ks_piece){.t0_s = first_s, .n = n};
	pieces->n = 1;
	return KS_SUCCESS;
}

static bool
add_run(struct ks_pieces *pieces, const struct ks_piece_run *run)
{
	if (pieces->n_runs == pieces->run_capacity) {
		const size_t capacity = 2 * pieces->run_capacity + 16;
		struct ks_piece_run *const more = reallocarray(pieces->runs, capacity, sizeof(*more));
		if (more == NULL)
			return false;
		pieces->runs = more;
		pieces->run_capacity = capacity;
	}
	pieces->runs[pieces->n_runs++] = *run;
	return true;
}

static enum ks_error
read_runs(struct ks_store *store, struct ks_pieces *pieces, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	enum ks_error error =
		ks_sql_number(store, "SELECT coalesce(bin_s, 0) FROM whole", &pieces->bin_s, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_prepare(store, runs_sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const struct ks_piece_run run = {sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1),
						 sqlite3_column_int64(stmt, 2)};
		if (!add_run(pieces, &run)) {
			rc = SQLITE_NOMEM;
			break;
		}
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

bool
ks_pieces_are_apart(const struct ks_pieces *pieces)
{
	for (size_t i = 1; i < pieces->n_runs; i++)
		if (pieces->runs[i].first_s < pieces->runs[i - 1].last_s)
			return false;
	return true;
}

static int64_t
last_of(const struct ks_pieces *pieces)
{
	int64_t last_s = pieces->runs[0].last_s;
	for (size_t i = 1; i < pieces->n_runs; i++)
		if (pieces->runs[i].last_s > last_s)
			last_s = pieces->runs[i].last_s;
	return last_s;
}

enum ks_error
ks_pieces_find(struct ks_store *store, struct ks_pieces *pieces, struct ks_diag *diag)
{
	enum ks_error error = read_runs(store, pieces, diag);
	if (error != KS_SUCCESS || pieces->n_runs == 0)
		return error;
	const int64_t first_s = pieces->runs[0].first_s;
	const int64_t n = (last_of(pieces) - first_s) / pieces->bin_s + 1;
	if (n <= KS_STORE_BINS_MAX)
		return one_piece(store, pieces, first_s, (size_t)n, diag);
	int64_t *at = NULL;
	size_t n_at = 0;
	error = read_instants(store, &at, &n_at, diag);
	if (error == KS_SUCCESS && at != NULL)
		error = cut(store, pieces, at, n_at, diag);
	free(at);
	return error;
}

size_t
ks_pieces_at(const struct ks_pieces *pieces, size_t at, int64_t t_s)
{
	while (at + 1 < pieces->n && pieces->list[at + 1].t0_s <= t_s)
		at++;
	return at;
}

size_t
ks_pieces_longest(const struct ks_pieces *pieces)
{
	size_t longest = 1;
	for (size_t i = 0; i < pieces->n; i++)
		longest = pieces->list[i].n > longest ? pieces->list[i].n : longest;
	return longest;
}

void
ks_pieces_done(struct ks_pieces *pieces)
{
	free(pieces->list);
	free(pieces->runs);
	*pieces = (struct ks_pieces){0};
}
