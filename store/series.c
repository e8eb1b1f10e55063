/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/series.c -- the dense series of every zone, read in one pass over the stored (sparse) bins. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/gaps.h"
#include "store/store.h"
#include "store/store_p.h"

/* A stretch of time that is looked at as one series. */
struct piece {
	int64_t t0_s;
	size_t n;
};

struct reader {
	struct ks_store *store;
	int64_t bin_s;
	struct piece *pieces; /* in order of time */
	size_t n_pieces;
	struct ks_storm_bin *bins; /* as many as the longest piece has */
	struct ks_store_whole *all;
	struct ks_storm_whole *whole; /* as many as bins, of the piece `laid` */
	const struct piece *laid;
	sqlite3_stmt *life; /* NULL: nobody asked yet */
	bool no_responses;
	uint32_t least;
	bool by_server;
	ks_store_series_fn *each;
	void *arg;
};

/* Runs whose bins were rolled up are left out everywhere: roll.c. */
#define FINE_RUNS "(SELECT run_id FROM run WHERE rolled_from_s IS NULL) AS fine"

/* Every second at which a bin of any kind begins, folded. Costly, so only asked when pieces are needed. */
static const char instants_sql[] = "SELECT DISTINCT t_s / w * w FROM (SELECT bin_s AS w FROM whole),"
				   " (SELECT t_s FROM " FINE_RUNS " CROSS JOIN traffic USING (run_id)"
				   "  UNION SELECT t_s FROM " FINE_RUNS " CROSS JOIN bin USING (run_id)"
				   "  UNION SELECT t_s FROM " FINE_RUNS " CROSS JOIN zone_bin USING (run_id))"
				   " ORDER BY 1";

/* The least and the greatest of them; a run's own come quickly from the primary keys. */
static const char ends_sql[] =
	"SELECT min(a) / w * w, max(b) / w * w, w FROM (SELECT bin_s AS w FROM whole),"
	" (SELECT (SELECT min(t_s) FROM traffic WHERE traffic.run_id = fine.run_id) AS a,"
	"         (SELECT max(t_s) FROM traffic WHERE traffic.run_id = fine.run_id) AS b FROM " FINE_RUNS
	"  UNION ALL SELECT (SELECT min(t_s) FROM bin WHERE bin.run_id = fine.run_id),"
	"         (SELECT max(t_s) FROM bin WHERE bin.run_id = fine.run_id) FROM " FINE_RUNS
	"  UNION ALL SELECT min(t_s), max(t_s) FROM " FINE_RUNS " CROSS JOIN zone_bin USING (run_id))";

static const char bins_sql[] = "SELECT zone_id, name, t_s / w * w AS t, sum(queries), sum(rq_hot + rq_warm + "
			       "rq_cool), sum(rq_retransmit), sum(responses), sum(response_dns_bytes)"
			       " FROM " FINE_RUNS " CROSS JOIN zone_bin USING (run_id)"
			       " JOIN zone USING (zone_id), (SELECT bin_s AS w FROM whole)"
			       " WHERE queries > 0 AND zone_id IN (SELECT zone_id FROM zone_bin GROUP BY "
			       "zone_id HAVING sum(queries) >= ?1 * (SELECT bin_s FROM whole))"
			       " GROUP BY zone_id, t ORDER BY name, t";

/* Servers beyond those kept apart are no server. One alone sees what there is. */
static const char servers_sql[] =
	"WITH asked AS (SELECT ip, sum(queries) AS n FROM bin WHERE qtype = 48 AND length(ip) > 0 GROUP BY "
	"ip),"
	" busy AS (SELECT ip, row_number() OVER (ORDER BY length(ip), ip) AS number FROM asked"
	"  WHERE n >= ?1 * (SELECT bin_s FROM whole) AND (SELECT count(*) FROM asked WHERE n > 0) > 1)"
	" SELECT number, ip, t_s / w * w AS t, sum(queries), 0, 0, sum(responses), sum(response_dns_bytes)"
	" FROM " FINE_RUNS
	" CROSS JOIN bin USING (run_id) JOIN busy USING (ip), (SELECT bin_s AS w FROM whole)"
	" WHERE qtype = 48 GROUP BY number, t ORDER BY number, t";

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
cut(struct reader *reader, const int64_t *at, size_t n, struct ks_diag *diag)
{
	const int64_t gap_s = cutting_gap(at, n, reader->bin_s);
	reader->pieces = calloc(n, sizeof(*reader->pieces));
	if (reader->pieces == NULL)
		return ks_sql_fail(reader->store, SQLITE_NOMEM, diag);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || at[i] - at[i - 1] >= gap_s)
			reader->pieces[reader->n_pieces++].t0_s = at[i];
		struct piece *const piece = &reader->pieces[reader->n_pieces - 1];
		piece->n = (size_t)((at[i] - piece->t0_s) / reader->bin_s) + 1;
	}
	return KS_SUCCESS;
}

static enum ks_error
read_instants(struct reader *reader, int64_t **ret, size_t *ret_n, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error = ks_sql_prepare(reader->store, instants_sql, &stmt, diag);
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
		return ks_sql_fail(reader->store, rc, diag);
	}
	*ret = at;
	*ret_n = n;
	return KS_SUCCESS;
}

static enum ks_error
one_piece(struct reader *reader, int64_t first_s, size_t n, struct ks_diag *diag)
{
	reader->pieces = calloc(1, sizeof(*reader->pieces));
	if (reader->pieces == NULL)
		return ks_sql_fail(reader->store, SQLITE_NOMEM, diag);
	reader->pieces[0] = (struct piece){.t0_s = first_s, .n = n};
	reader->n_pieces = 1;
	return KS_SUCCESS;
}

static enum ks_error
find_pieces(struct reader *reader, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	enum ks_error error = ks_sql_prepare(reader->store, ends_sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	const int rc = sqlite3_step(stmt);
	const bool some = rc == SQLITE_ROW && sqlite3_column_type(stmt, 0) == SQLITE_INTEGER;
	const int64_t first_s = sqlite3_column_int64(stmt, 0);
	const int64_t last_s = sqlite3_column_int64(stmt, 1);
	reader->bin_s = sqlite3_column_int64(stmt, 2);
	sqlite3_finalize(stmt);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return ks_sql_fail(reader->store, rc, diag);
	if (!some)
		return KS_SUCCESS;

	const int64_t n = (last_s - first_s) / reader->bin_s + 1;
	if (n <= KS_STORE_BINS_MAX)
		return one_piece(reader, first_s, (size_t)n, diag);
	int64_t *at = NULL;
	size_t n_at = 0;
	error = read_instants(reader, &at, &n_at, diag);
	if (error == KS_SUCCESS && at != NULL)
		error = cut(reader, at, n_at, diag);
	free(at);
	return error;
}

static enum ks_error
make_bins(struct reader *reader, struct ks_diag *diag)
{
	size_t longest = 1;
	for (size_t i = 0; i < reader->n_pieces; i++)
		longest = reader->pieces[i].n > longest ? reader->pieces[i].n : longest;
	reader->bins = calloc(longest, sizeof(*reader->bins));
	reader->whole = calloc(longest, sizeof(*reader->whole));
	if (reader->bins == NULL || reader->whole == NULL)
		return ks_sql_fail(reader->store, SQLITE_NOMEM, diag);
	int64_t silent = 0;
	const enum ks_error error =
		ks_sql_number(reader->store, "SELECT max(queries_only) FROM run", &silent, diag);
	reader->no_responses = silent != 0;
	return error;
}

/* The piece that holds `t_s`, looking on from `at`: a zone's bins come in order of time. */
static size_t
piece_of(const struct reader *reader, size_t at, int64_t t_s)
{
	while (at + 1 < reader->n_pieces && reader->pieces[at + 1].t0_s <= t_s)
		at++;
	return at;
}

/* What has been gathered of one zone in one piece. */
struct gathering {
	int64_t zone_id;
	char *zone; /* NULL: nothing yet; of a server "" */
	struct ks_addr server;
	size_t piece;
};

/* Only when a zone asks for it: many databases hold none that is busy enough for a storm. */
static enum ks_error
lay(struct reader *reader, const struct piece *piece, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	if (reader->all == NULL)
		error = ks_store_whole_open(reader->store, reader->bin_s, &reader->all, diag);
	if (error == KS_SUCCESS && reader->laid != piece) {
		ks_store_whole_lay(reader->all, piece->t0_s, piece->n, reader->whole);
		reader->laid = piece;
	}
	return error;
}

/* How long caches keep the keys of a zone at most (DOMAIN B1), as its servers say. */
static const char life_sql[] = "SELECT min(86400, max(ttl_greatest_s)) FROM rrset_seen"
			       " WHERE zone_id = ? AND type = 48 AND authoritative";

/* NaN: nobody saw the keys, or a server's zones are many. */
static enum ks_error
read_life(struct reader *reader, int64_t zone_id, double *ret, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	*ret = NAN;
	if (!reader->by_server && reader->life == NULL)
		error = ks_sql_prepare(reader->store, life_sql, &reader->life, diag);
	if (reader->by_server || error != KS_SUCCESS)
		return error;
	sqlite3_bind_int64(reader->life, 1, zone_id);
	const int rc = sqlite3_step(reader->life);
	if (rc == SQLITE_ROW && sqlite3_column_type(reader->life, 0) == SQLITE_INTEGER)
		*ret = sqlite3_column_double(reader->life, 0);
	sqlite3_reset(reader->life);
	return rc == SQLITE_ROW ? KS_SUCCESS : ks_sql_fail(reader->store, rc, diag);
}

static enum ks_error
hand_out(struct reader *reader, struct gathering *gathering, struct ks_diag *diag)
{
	if (gathering->zone == NULL)
		return KS_SUCCESS;
	const struct piece *const piece = &reader->pieces[gathering->piece];
	double life_s = NAN;
	enum ks_error error = lay(reader, piece, diag);
	if (error == KS_SUCCESS)
		error = read_life(reader, gathering->zone_id, &life_s, diag);
	if (error != KS_SUCCESS)
		return error;
	const struct ks_store_series series = {
		.zone_id = reader->by_server ? 0 : gathering->zone_id,
		.zone = gathering->zone,
		.server = gathering->server,
		.storm = {.bins = reader->bins,
			  .whole = reader->whole,
			  .n = piece->n,
			  .bin_s = (uint32_t)reader->bin_s,
			  .t0_s = piece->t0_s,
			  .life_s = life_s,
			  .no_responses = reader->no_responses},
	};
	ks_gaps_losses(reader->bins, reader->whole, piece->n);
	error = reader->each(reader->arg, &series, diag);
	memset(reader->bins, 0, piece->n * sizeof(*reader->bins));
	free(gathering->zone);
	gathering->zone = NULL;
	return error;
}

static struct ks_addr
address(sqlite3_stmt *stmt, int column)
{
	const uint8_t *const ip = sqlite3_column_blob(stmt, column);
	const int n = sqlite3_column_bytes(stmt, column);
	if (n == 4)
		return ks_addr_from_v4(ip);
	return n == 16 ? ks_addr_from_v6(ip) : (struct ks_addr){0};
}

static enum ks_error
gather(struct reader *reader, struct gathering *gathering, sqlite3_stmt *stmt, struct ks_diag *diag)
{
	const int64_t zone_id = sqlite3_column_int64(stmt, 0);
	const int64_t t_s = sqlite3_column_int64(stmt, 2);
	const bool same_zone = zone_id == gathering->zone_id;
	const size_t piece = piece_of(reader, same_zone ? gathering->piece : 0, t_s);
	if (!same_zone || piece != gathering->piece) {
		const enum ks_error error = hand_out(reader, gathering, diag);
		if (error != KS_SUCCESS)
			return error;
	}
	gathering->zone_id = zone_id;
	gathering->piece = piece;
	if (reader->by_server)
		gathering->server = address(stmt, 1);
	if (gathering->zone == NULL)
		gathering->zone = strdup(reader->by_server ? "" : (const char *)sqlite3_column_text(stmt, 1));
	if (gathering->zone == NULL)
		return ks_sql_fail(reader->store, SQLITE_NOMEM, diag);
	const size_t at = (size_t)((t_s - reader->pieces[piece].t0_s) / reader->bin_s);
	assert(at < reader->pieces[piece].n);
	uint64_t *const members[] = {
		&reader->bins[at].queries,   &reader->bins[at].requeries,      &reader->bins[at].retransmits,
		&reader->bins[at].responses, &reader->bins[at].response_bytes,
	};
	for (size_t i = 0; i < KS_COUNT(members); i++)
		*members[i] = (uint64_t)sqlite3_column_int64(stmt, 3 + (int)i);
	return KS_SUCCESS;
}

static enum ks_error
read_bins(struct reader *reader, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	enum ks_error error =
		ks_sql_prepare(reader->store, reader->by_server ? servers_sql : bins_sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	sqlite3_bind_int64(stmt, 1, reader->least);
	struct gathering gathering = {.zone_id = -1};
	int rc = SQLITE_DONE;
	while (error == KS_SUCCESS && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
		error = gather(reader, &gathering, stmt, diag);
	if (error == KS_SUCCESS && rc != SQLITE_DONE)
		error = ks_sql_fail(reader->store, rc, diag);
	if (error == KS_SUCCESS)
		error = hand_out(reader, &gathering, diag);
	free(gathering.zone);
	sqlite3_finalize(stmt);
	return error;
}

static enum ks_error
read_all(struct reader *reader, struct ks_diag *diag)
{
	enum ks_error error = find_pieces(reader, diag);
	if (error == KS_SUCCESS && reader->n_pieces != 0)
		error = make_bins(reader, diag);
	if (error == KS_SUCCESS && reader->n_pieces != 0)
		error = read_bins(reader, diag);
	ks_store_whole_close(reader->all);
	sqlite3_finalize(reader->life);
	free(reader->whole);
	free(reader->bins);
	free(reader->pieces);
	return error;
}

enum ks_error
ks_store_each_series(struct ks_store *store, uint32_t least, ks_store_series_fn *each, void *arg,
		     struct ks_diag *diag)
{
	struct reader reader = {.store = store, .least = least, .each = each, .arg = arg};
	return read_all(&reader, diag);
}

enum ks_error
ks_store_each_server_series(struct ks_store *store, uint32_t least, ks_store_series_fn *each, void *arg,
			    struct ks_diag *diag)
{
	struct reader reader = {.store = store, .least = least, .by_server = true, .each = each, .arg = arg};
	return read_all(&reader, diag);
}
