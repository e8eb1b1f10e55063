/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/series.c -- the dense series of every zone, read in one pass over the stored (sparse) bins. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/gaps.h"
#include "store/pieces_p.h"
#include "store/store.h"
#include "store/store_p.h"

struct reader {
	struct ks_store *store;
	struct ks_pieces pieces;
	struct ks_storm_bin *bins; /* as many as the longest piece has */
	struct ks_store_whole *all;
	struct ks_storm_whole *whole; /* as many as bins, of the piece `laid` */
	const struct ks_piece *laid;
	sqlite3_stmt *life; /* NULL: nobody asked yet */
	bool no_responses;
	uint32_t least;
	bool by_server;
	ks_store_series_fn *each;
	void *arg;
};

/* Zones that are asked for often enough. Sums by run come in the order of the primary key; what is left to
 * sort is a matter of a few rows. */
#define BUSY                                                                                                 \
	"(SELECT zone_id FROM (SELECT zone_id, sum(queries) AS n FROM zone_bin GROUP BY run_id, zone_id)"    \
	" GROUP BY zone_id HAVING sum(n) >= ?1 * (SELECT bin_s FROM whole))"

static const char zones_sql[] =
	"SELECT zone_id, name FROM " BUSY " JOIN zone USING (zone_id) ORDER BY name, zone_id";

/* The bins of a zone in a run, in the order of the primary key. The columns are those of bins_sql. */
static const char run_bins_sql[] =
	"SELECT zone_id, ?4, t_s / ?3 * ?3, queries, rq_hot + rq_warm + rq_cool, rq_retransmit, responses,"
	" response_dns_bytes FROM zone_bin WHERE run_id = ?1 AND zone_id = ?2 AND queries > 0 ORDER BY t_s";

/* Where runs overlap in time. */
static const char bins_sql[] =
	"SELECT zone_id, name, t_s / w * w AS t, sum(queries), sum(rq_hot + rq_warm + "
	"rq_cool), sum(rq_retransmit), sum(responses), sum(response_dns_bytes)"
	" FROM " KS_FINE_RUNS " CROSS JOIN zone_bin USING (run_id)"
	" JOIN zone USING (zone_id), (SELECT bin_s AS w FROM whole)"
	" WHERE queries > 0 AND zone_id IN " BUSY " GROUP BY zone_id, t ORDER BY name, t";

/* Servers beyond those kept apart are no server. One alone sees what there is. */
static const char servers_sql[] =
	"WITH asked AS (SELECT ip, sum(queries) AS n FROM bin WHERE qtype = 48 AND length(ip) > 0 GROUP BY "
	"ip),"
	" busy AS (SELECT ip, row_number() OVER (ORDER BY length(ip), ip) AS number FROM asked"
	"  WHERE n >= ?1 * (SELECT bin_s FROM whole) AND (SELECT count(*) FROM asked WHERE n > 0) > 1)"
	" SELECT number, ip, t_s / w * w AS t, sum(queries), 0, 0, sum(responses), sum(response_dns_bytes)"
	" FROM " KS_FINE_RUNS
	" CROSS JOIN bin USING (run_id) JOIN busy USING (ip), (SELECT bin_s AS w FROM whole)"
	" WHERE qtype = 48 GROUP BY number, t ORDER BY number, t";

static enum ks_error
make_bins(struct reader *reader, struct ks_diag *diag)
{
	const size_t longest = ks_pieces_longest(&reader->pieces);
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

/* What has been gathered of one zone in one piece. */
struct gathering {
	int64_t zone_id;
	char *zone; /* NULL: nothing yet; of a server "" */
	struct ks_addr server;
	size_t piece;
};

/* Only when a zone asks for it: many databases hold none that is busy enough for a storm. */
static enum ks_error
lay(struct reader *reader, const struct ks_piece *piece, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	if (reader->all == NULL)
		error = ks_store_whole_open(reader->store, reader->pieces.bin_s, &reader->all, diag);
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
	const struct ks_piece *const piece = &reader->pieces.list[gathering->piece];
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
			  .bin_s = (uint32_t)reader->pieces.bin_s,
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
	const size_t piece = ks_pieces_at(&reader->pieces, same_zone ? gathering->piece : 0, t_s);
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
	const int64_t behind_s = t_s - reader->pieces.list[piece].t0_s;
	const size_t at = (size_t)(behind_s / reader->pieces.bin_s);
	/* Bins of a run that does not know of the zone: nobody writes such. */
	if (behind_s < 0 || at >= reader->pieces.list[piece].n)
		return KS_SUCCESS;
	uint64_t *const members[] = {
		&reader->bins[at].queries,   &reader->bins[at].requeries,      &reader->bins[at].retransmits,
		&reader->bins[at].responses, &reader->bins[at].response_bytes,
	};
	for (size_t i = 0; i < KS_COUNT(members); i++)
		*members[i] += (uint64_t)sqlite3_column_int64(stmt, 3 + (int)i);
	return KS_SUCCESS;
}

/* All rows of a statement whose parameters are bound. */
static enum ks_error
gather_rows(struct reader *reader, struct gathering *gathering, sqlite3_stmt *stmt, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	int rc = SQLITE_DONE;
	while (error == KS_SUCCESS && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
		error = gather(reader, gathering, stmt, diag);
	sqlite3_reset(stmt);
	return error == KS_SUCCESS && rc != SQLITE_DONE ? ks_sql_fail(reader->store, rc, diag) : error;
}

/* In one statement, which sorts. */
static enum ks_error
read_sorted(struct reader *reader, struct gathering *gathering, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	enum ks_error error =
		ks_sql_prepare(reader->store, reader->by_server ? servers_sql : bins_sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	sqlite3_bind_int64(stmt, 1, reader->least);
	error = gather_rows(reader, gathering, stmt, diag);
	sqlite3_finalize(stmt);
	return error;
}

static enum ks_error
read_zone(struct reader *reader, struct gathering *gathering, sqlite3_stmt *zone, sqlite3_stmt *bins,
	  struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	sqlite3_bind_int64(bins, 2, sqlite3_column_int64(zone, 0));
	sqlite3_bind_int64(bins, 3, reader->pieces.bin_s);
	sqlite3_bind_text(bins, 4, (const char *)sqlite3_column_text(zone, 1), -1, SQLITE_STATIC);
	for (size_t i = 0; i < reader->pieces.n_runs && error == KS_SUCCESS; i++) {
		sqlite3_bind_int64(bins, 1, reader->pieces.runs[i].run_id);
		error = gather_rows(reader, gathering, bins, diag);
	}
	return error;
}

/* Run by run: what is stored is in order already, and millions of bins are not sorted in a hurry. */
static enum ks_error
read_in_order(struct reader *reader, struct gathering *gathering, struct ks_diag *diag)
{
	sqlite3_stmt *zones = NULL, *bins = NULL;
	int rc = SQLITE_DONE;
	enum ks_error error = ks_sql_prepare(reader->store, zones_sql, &zones, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_prepare(reader->store, run_bins_sql, &bins, diag);
	if (error == KS_SUCCESS)
		sqlite3_bind_int64(zones, 1, reader->least);
	while (error == KS_SUCCESS && (rc = sqlite3_step(zones)) == SQLITE_ROW)
		error = read_zone(reader, gathering, zones, bins, diag);
	if (error == KS_SUCCESS && rc != SQLITE_DONE)
		error = ks_sql_fail(reader->store, rc, diag);
	sqlite3_finalize(bins);
	sqlite3_finalize(zones);
	return error;
}

static enum ks_error
read_bins(struct reader *reader, struct ks_diag *diag)
{
	struct gathering gathering = {.zone_id = -1};
	enum ks_error error = !reader->by_server && ks_pieces_are_apart(&reader->pieces)
				      ? read_in_order(reader, &gathering, diag)
				      : read_sorted(reader, &gathering, diag);
	if (error == KS_SUCCESS)
		error = hand_out(reader, &gathering, diag);
	free(gathering.zone);
	return error;
}

static enum ks_error
read_all(struct reader *reader, struct ks_diag *diag)
{
	enum ks_error error = ks_pieces_find(reader->store, &reader->pieces, diag);
	if (error == KS_SUCCESS && reader->pieces.n != 0)
		error = make_bins(reader, diag);
	if (error == KS_SUCCESS && reader->pieces.n != 0)
		error = read_bins(reader, diag);
	ks_store_whole_close(reader->all);
	sqlite3_finalize(reader->life);
	free(reader->whole);
	free(reader->bins);
	ks_pieces_done(&reader->pieces);
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
