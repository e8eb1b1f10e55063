/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/mitigation.h"

#include <math.h>
#include <string.h>

#include "store/store_p.h"

/* A source is heavy from this share of all DNSKEY queries on (the view all_flow). */
#define HEAVY_SHARE 0.001

/* The value of a column by name; a column that is not there is unknown. */
static struct ks_value
value_of(const struct ks_rows *rows, const char *column)
{
	for (size_t i = 0; i < ks_rows_columns(rows); i++)
		if (strcmp(ks_rows_column(rows, i), column) == 0)
			return ks_rows_value(rows, i);
	return (struct ks_value){.type = KS_VALUE_NULL};
}

static const char *
text_of(const struct ks_rows *rows, const char *column)
{
	const struct ks_value value = value_of(rows, column);
	return value.type == KS_VALUE_TEXT ? value.text : NULL;
}

static double
real_of(const struct ks_rows *rows, const char *column)
{
	const struct ks_value value = value_of(rows, column);
	if (value.type == KS_VALUE_INT)
		return (double)value.integer;
	return value.type == KS_VALUE_REAL ? value.real : (double)NAN;
}

static uint64_t
count_of(const struct ks_rows *rows, const char *column)
{
	const struct ks_value value = value_of(rows, column);
	return value.type == KS_VALUE_INT && value.integer > 0 ? (uint64_t)value.integer : 0;
}

static bool
flag_of(const struct ks_rows *rows, const char *column)
{
	return count_of(rows, column) != 0;
}

enum ks_error
ks_store_is_anonymized(struct ks_store *store, bool *ret, struct ks_diag *diag)
{
	int64_t flag = 0;
	const enum ks_error error =
		ks_sql_number(store, "SELECT EXISTS (SELECT 1 FROM run WHERE anonymized)", &flag, diag);
	if (error == KS_SUCCESS)
		*ret = flag != 0;
	return error;
}

/* --- storms --- */

static enum ks_error
hand_trouble(const struct ks_rows *rows, ks_store_trouble_fn *each, void *arg, struct ks_diag *diag)
{
	const struct ks_store_trouble trouble = {
		.zone = text_of(rows, "zone"),
		.verdict = text_of(rows, "verdict"),
		.peak_qps = real_of(rows, "peak_qps"),
		.base_qps = real_of(rows, "base_qps"),
		.uplift = real_of(rows, "uplift"),
		.open = flag_of(rows, "still_elevated"),
	};
	return trouble.zone != NULL ? each(arg, &trouble, diag) : KS_SUCCESS;
}

enum ks_error
ks_store_each_trouble(struct ks_store *store, const char *zone, ks_store_trouble_fn *each, void *arg,
		      struct ks_diag *diag)
{
	const struct ks_query query = {.limit = -1, .zone = zone};
	struct ks_rows *rows = NULL;
	bool have = true;
	enum ks_error error = ks_rows_open(store, "storms", &query, &rows, diag);
	while (error == KS_SUCCESS && have) {
		error = ks_rows_next(rows, &have, diag);
		if (error == KS_SUCCESS && have)
			error = hand_trouble(rows, each, arg, diag);
	}
	ks_rows_close(rows);
	return error;
}

/* --- sources --- */

/* Only a server that had its SYN-ACK acknowledged answers over TCP. */
static const char tcp_sql[] = "SELECT total(tcp_responses) > 0 FROM run CROSS JOIN source ON source.run_id = "
			      "run.run_id AND source.ip = :ip";

struct reader {
	struct ks_store *store;
	sqlite3_stmt *tcp;
	double span_s;
	ks_store_suspect_fn *each;
	void *arg;
};

static enum ks_error
read_tcp(struct reader *reader, const struct ks_addr *addr, bool *ret, struct ks_diag *diag)
{
	const struct ks_span ip = ks_addr_bytes(addr);
	(void)sqlite3_reset(reader->tcp);
	(void)sqlite3_bind_blob(reader->tcp, sqlite3_bind_parameter_index(reader->tcp, ":ip"), ip.at,
				(int)ip.n, SQLITE_TRANSIENT);
	const int rc = sqlite3_step(reader->tcp);
	if (rc != SQLITE_ROW)
		return ks_sql_fail(reader->store, rc, diag);
	*ret = sqlite3_column_int(reader->tcp, 0) != 0;
	return KS_SUCCESS;
}

static enum ks_error
hand_suspect(struct reader *reader, const struct ks_rows *rows, struct ks_diag *diag)
{
	struct ks_store_suspect suspect = {
		.zone = text_of(rows, "zone"),
		.source = text_of(rows, "source"),
		.queries = count_of(rows, "queries"),
		.sci = real_of(rows, "sci"),
		.median_gap_ms = real_of(rows, "median_gap_ms"),
		.memory_class = text_of(rows, "memory_class"),
		.tags = text_of(rows, "tags"),
		.fingerprint = text_of(rows, "fingerprint"),
		.verdict = text_of(rows, "verdict"),
	};
	if (suspect.zone == NULL || suspect.source == NULL || !ks_addr_parse(suspect.source, &suspect.addr))
		return ks_diag_set(diag, KS_ERR_DATABASE, "%.300s: damaged: a source is no address",
				   reader->store->path);
	suspect.qps = (double)suspect.queries / reader->span_s;
	const enum ks_error error = read_tcp(reader, &suspect.addr, &suspect.answered_over_tcp, diag);
	return error == KS_SUCCESS ? reader->each(reader->arg, &suspect, diag) : error;
}

/* The rows come by queries, so behind the first with too small a share nobody is heavy. */
static enum ks_error
read_hitters(struct reader *reader, const char *zone, struct ks_diag *diag)
{
	const struct ks_query query = {.limit = -1, .zone = zone};
	struct ks_rows *rows = NULL;
	bool have = true;
	enum ks_error error = ks_rows_open(reader->store, "hitters", &query, &rows, diag);
	while (error == KS_SUCCESS && have) {
		error = ks_rows_next(rows, &have, diag);
		if (error != KS_SUCCESS || !have || !(real_of(rows, "share") >= HEAVY_SHARE))
			break;
		if (flag_of(rows, "heavy"))
			error = hand_suspect(reader, rows, diag);
	}
	ks_rows_close(rows);
	return error;
}

static enum ks_error
read_real(struct ks_store *store, const char *sql, double *ret, struct ks_diag *diag)
{
	sqlite3_stmt *stmt = NULL;
	const enum ks_error error = ks_sql_prepare(store, sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	const int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*ret = sqlite3_column_type(stmt, 0) != SQLITE_NULL ? sqlite3_column_double(stmt, 0)
								   : (double)NAN;
	(void)sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

enum ks_error
ks_store_each_suspect(struct ks_store *store, const char *zone, ks_store_suspect_fn *each, void *arg,
		      struct ks_diag *diag)
{
	struct reader reader = {.store = store, .each = each, .arg = arg};
	enum ks_error error = read_real(store, "SELECT span_s FROM whole", &reader.span_s, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_prepare(store, tcp_sql, &reader.tcp, diag);
	if (error == KS_SUCCESS)
		error = read_hitters(&reader, zone, diag);
	(void)sqlite3_finalize(reader.tcp);
	return error;
}

/* --- the others --- */

enum ks_error
ks_store_read_quiet(struct ks_store *store, struct ks_store_quiet *ret, struct ks_diag *diag)
{
	static const char dnskey_sql[] =
		"SELECT max(queries) / span_s FROM all_flow, whole WHERE NOT offends";
	static const char all_sql[] =
		"WITH offender AS MATERIALIZED (SELECT DISTINCT ip FROM all_flow WHERE offends)"
		" SELECT max(queries) / span_s FROM all_source, whole WHERE ip NOT IN (SELECT ip FROM "
		"offender)";
	struct ks_store_quiet quiet;
	enum ks_error error = read_real(store, dnskey_sql, &quiet.dnskey_qps, diag);
	if (error == KS_SUCCESS)
		error = read_real(store, all_sql, &quiet.all_qps, diag);
	if (error == KS_SUCCESS)
		*ret = quiet;
	return error;
}
