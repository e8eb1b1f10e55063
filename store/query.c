/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/query.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/name.h"
#include "store/sql_p.h"
#include "store/store_p.h"

enum { PREFIXES = 20 }; /* rows by prefix when nothing is asked */

struct ks_rows {
	struct ks_store *store;
	sqlite3_stmt *stmt;
	size_t n_columns;
	const struct ks_value_table *table; /* instead of the statement */
	size_t n_passed;
};

/* The options as the command line spells them, with the bit that allows them. */
static const struct {
	unsigned bit;
	const char *text;
} spellings[] = {
	{KS_TAKES_ZONE, "--zone"},          {KS_TAKES_SOURCE, "--source"}, {KS_TAKES_SERVER, "--server"},
	{KS_TAKES_TIME, "--from and --to"}, {KS_TAKES_STEP, "--step"},     {KS_TAKES_BY, "--by"},
	{KS_TAKES_PREFIX, "--prefix"},
};

static const struct ks_catalog_entry *
find(const char *name)
{
	/* For the summary and for pictures; no reports of their own, so they have no views. */
	static const struct ks_catalog_entry parts[] = {
		{
			.name = "foremost",
			.sql = ks_sql_foremost,
			.is_shared = true,
			.columns = "source, zone, share, rr",
			.order = "sort_key DESC NULLS LAST, queries DESC, length(ip), ip, zone",
			.limit = 200,
		},
		{
			.name = "key-rate",
			.sql = ks_sql_key_rate,
			.is_shared = true,
			.columns = "t, qtype, queries, qps, bin_s",
			.order = "t_s",
			.limit = -1,
		},
	};
	for (size_t i = 0; i < KS_COUNT(parts); i++)
		if (strcmp(parts[i].name, name) == 0)
			return &parts[i];
	for (size_t i = 0; i < ks_n_catalog; i++)
		if (strcmp(ks_catalog[i].name, name) == 0)
			return &ks_catalog[i];
	return NULL;
}

/* A usage line that ends in a list; the list is built by appending ", item". */
static enum ks_error
refuse_with_list(sqlite3_str *line, struct ks_diag *diag)
{
	char *const text = sqlite3_str_finish(line);
	const enum ks_error error =
		ks_diag_set(diag, KS_ERR_USAGE, "%s", text != NULL ? text : "no such report");
	sqlite3_free(text);
	return error;
}

static enum ks_error
refuse_name(const char *name, struct ks_diag *diag)
{
	sqlite3_str *const line = sqlite3_str_new(NULL);
	sqlite3_str_appendf(line, "no report \"%.60s\": there are", name);
	for (size_t i = 0; i < ks_n_catalog; i++)
		sqlite3_str_appendf(line, "%s %s", i != 0 ? "," : "", ks_catalog[i].name);
	return refuse_with_list(line, diag);
}

static enum ks_error
refuse_option(const struct ks_catalog_entry *entry, const char *option, struct ks_diag *diag)
{
	sqlite3_str *const line = sqlite3_str_new(NULL);
	sqlite3_str_appendf(line, "report %s takes no %s: it takes --limit", entry->name, option);
	for (size_t i = 0; i < KS_COUNT(spellings); i++)
		if ((entry->takes & spellings[i].bit) != 0)
			sqlite3_str_appendf(line, ", %s", spellings[i].text);
	return refuse_with_list(line, diag);
}

/* `by` becomes part of a statement, so it must be one of the words that we know. */
static bool
is_rankable(const struct ks_catalog_entry *entry, const char *by)
{
	const size_t n = strlen(by);
	if (n == 0 || strchr(by, ' ') != NULL)
		return false;
	for (const char *at = entry->rankable; (at = strstr(at, by)) != NULL; at++)
		if (at[-1] == ' ' && at[n] == ' ')
			return true;
	return false;
}

static enum ks_error
check_by(const struct ks_catalog_entry *entry, const char *by, struct ks_diag *diag)
{
	if (is_rankable(entry, by))
		return KS_SUCCESS;
	return ks_diag_set(diag, KS_ERR_USAGE,
			   "report %s cannot be ranked by \"%.40s\"; --by takes one of:%.*s", entry->name, by,
			   (int)strlen(entry->rankable) - 1, entry->rankable);
}

static enum ks_error
check_step(struct ks_store *store, const struct ks_query *query, struct ks_diag *diag)
{
	/* Bins that were rolled up matter where they are looked at. */
	static const char sql[] = "SELECT coalesce(max(bin_s), 0) FROM run WHERE rolled_from_s IS NULL OR"
				  " (last_ns >= %lld AND first_ns < %lld)";
	const int64_t step_s = query->step_s;
	int64_t bin_s = 0;
	char text[sizeof(sql) + 40];
	(void)snprintf(text, sizeof(text), sql, query->has_from ? (long long)query->from_ns : LLONG_MIN,
		       query->has_to ? (long long)query->to_ns : LLONG_MAX);
	const enum ks_error error = ks_sql_number(store, text, &bin_s, diag);
	if (error != KS_SUCCESS || bin_s == 0 || step_s % bin_s == 0)
		return error;
	return ks_diag_set(diag, KS_ERR_USAGE, "--step %lld is no multiple of the stored bin of %lld s",
			   (long long)step_s, (long long)bin_s);
}

static enum ks_error
check_options(const struct ks_catalog_entry *entry, const struct ks_query *query, struct ks_diag *diag)
{
	const bool given[] = {
		query->zone != NULL, query->has_source, query->has_server, query->has_from || query->has_to,
		query->step_s != 0,  query->by != NULL, query->has_prefix,
	};
	static_assert(KS_COUNT(given) == KS_COUNT(spellings), "one for each");
	for (size_t i = 0; i < KS_COUNT(given); i++)
		if (given[i] && (entry->takes & spellings[i].bit) == 0)
			return refuse_option(entry, spellings[i].text, diag);
	/* Rows of several sources without a column that tells them apart would be a lie. */
	if (entry->view_has_source && !query->has_source)
		return ks_diag_set(
			diag, KS_ERR_USAGE,
			"report %s needs --source ADDR; keystorm report hitters names the sources worth it",
			entry->name);
	return query->by != NULL ? check_by(entry, query->by, diag) : KS_SUCCESS;
}

/* Are rows left out of what the report itself gives? */
static bool
filters_behind(const struct ks_catalog_entry *entry, const struct ks_query *query)
{
	return (query->zone != NULL && !entry->zone_inside) || query->has_source ||
	       (query->has_server && (entry->takes & KS_TAKES_STEP) == 0) ||
	       ((query->has_from || query->has_to) && entry->time != KS_FILTER_INSIDE);
}

static char *
compose(const struct ks_catalog_entry *entry, const struct ks_query *query, bool has_sums)
{
	static const char *const spans[][2] = {
		[KS_FILTER_INSIDE] = {"", ""},
		[KS_FILTER_SPAN] = {" AND last_ns >= :from_ns", " AND first_ns < :to_ns"},
		[KS_FILTER_INSTANT] = {" AND t_ns >= :from_ns", " AND t_ns < :to_ns"},
	};
	const bool server_inside = (entry->takes & KS_TAKES_STEP) != 0;
	sqlite3_str *const sql = sqlite3_str_new(NULL);
	sqlite3_str_appendf(sql,
			    "WITH RECURSIVE option (step_s, server, from_ns, to_ns, ranked_by, len4, len6, "
			    "zone, subjects, most) AS"
			    " (SELECT :step_s, :server, :from_ns, :to_ns, :by, :len4, :len6, :zone, "
			    ":subjects, :most),\n%s%s%s\nSELECT %s "
			    "FROM report WHERE 1",
			    entry->is_shared && !has_sums ? ks_sql_shared : "",
			    query->has_prefix || entry->own == NULL ? "" : entry->own,
			    query->has_prefix ? entry->by_prefix : entry->sql, entry->columns);
	if (query->zone != NULL && !entry->zone_inside)
		sqlite3_str_appendall(sql, " AND zone_wire = :zone");
	/* One address is found by an index, all others by looking. */
	if (query->has_source && query->source_bits == 128)
		sqlite3_str_appendall(sql, " AND source_ip = :address");
	else if (query->has_source)
		sqlite3_str_appendall(sql, " AND ks_in_prefix(source_ip, :source, :source_bits)");
	if (query->has_server && !server_inside)
		sqlite3_str_appendall(sql, " AND server_ip = :server");
	sqlite3_str_appendall(sql, query->has_from ? spans[entry->time][0] : "");
	sqlite3_str_appendall(sql, query->has_to ? spans[entry->time][1] : "");
	sqlite3_str_appendall(sql, " ORDER BY ");
	if (query->by != NULL && !entry->by_inside)
		sqlite3_str_appendf(sql, "%s DESC NULLS LAST, ", query->by);
	sqlite3_str_appendf(sql, "%s LIMIT :limit", entry->order);
	return sqlite3_str_finish(sql);
}

/* Index 0 (no such parameter in this statement) is refused by SQLite and means nothing here. */
static void
bind_int(sqlite3_stmt *stmt, const char *name, bool given, int64_t value)
{
	if (given)
		(void)sqlite3_bind_int64(stmt, sqlite3_bind_parameter_index(stmt, name), value);
}

static void
bind_addr(sqlite3_stmt *stmt, const char *name, bool given, const struct ks_addr *addr)
{
	const struct ks_span ip = ks_addr_bytes(addr);
	if (given)
		(void)sqlite3_bind_blob(stmt, sqlite3_bind_parameter_index(stmt, name), ip.at, (int)ip.n,
					SQLITE_TRANSIENT);
}

static enum ks_error
bind_zone(sqlite3_stmt *stmt, const char *zone, struct ks_diag *diag)
{
	uint8_t wire[KS_NAME_MAX];
	const size_t n = ks_name_parse(zone, wire);
	if (n == 0)
		return ks_diag_set(diag, KS_ERR_USAGE, "--zone \"%.200s\" is no domain name", zone);
	(void)sqlite3_bind_blob(stmt, sqlite3_bind_parameter_index(stmt, ":zone"), wire, (int)n,
				SQLITE_TRANSIENT);
	return KS_SUCCESS;
}

static enum ks_error
bind_all(sqlite3_stmt *stmt, const struct ks_catalog_entry *entry, const struct ks_query *query,
	 struct ks_diag *diag)
{
	/* Sources are many, however few rows the report has otherwise. */
	const int64_t usual = query->has_prefix && entry->limit < 0 ? PREFIXES : entry->limit;
	const int64_t screen = usual < 0 && query->n_screen > 0 ? query->n_screen : usual;
	const int64_t limit = query->limit != 0 ? query->limit : screen;
	bind_int(stmt, ":limit", true, limit < 0 ? -1 : limit);
	bind_int(stmt, ":step_s", query->step_s != 0, query->step_s);
	bind_int(stmt, ":from_ns", query->has_from, query->from_ns);
	bind_int(stmt, ":to_ns", query->has_to, query->to_ns);
	/* Those that come first in the report's own order are enough, where nothing is filtered behind it. */
	bind_int(stmt, ":most", limit > 0 && query->by == NULL && !filters_behind(entry, query), limit);
	bind_int(stmt, ":subjects", query->n_subjects > 0 && !query->has_source && query->by == NULL,
		 query->n_subjects);
	bind_int(stmt, ":source_bits", true, query->source_bits);
	bind_int(stmt, ":len4", query->has_prefix, query->len4);
	bind_int(stmt, ":len6", query->has_prefix, query->len6);
	if (query->by != NULL)
		(void)sqlite3_bind_text(stmt, sqlite3_bind_parameter_index(stmt, ":by"), query->by, -1,
					SQLITE_TRANSIENT);
	if (query->has_source)
		(void)sqlite3_bind_blob(stmt, sqlite3_bind_parameter_index(stmt, ":source"), query->source.b,
					(int)sizeof(query->source.b), SQLITE_TRANSIENT);
	bind_addr(stmt, ":address", query->has_source, &query->source);
	bind_addr(stmt, ":server", query->has_server, &query->server);
	return query->zone != NULL ? bind_zone(stmt, query->zone, diag) : KS_SUCCESS;
}

enum ks_error
ks_rows_open(struct ks_store *store, const char *name, const struct ks_query *query, struct ks_rows **ret,
	     struct ks_diag *diag)
{
	const struct ks_catalog_entry *const entry = find(name);
	if (entry == NULL)
		return refuse_name(name, diag);
	enum ks_error error = check_options(entry, query, diag);
	if (error == KS_SUCCESS && query->step_s > 0)
		error = check_step(store, query, diag);
	if (error != KS_SUCCESS)
		return error;

	struct ks_rows *const rows = calloc(1, sizeof(*rows));
	char *const sql = compose(entry, query, store->has_sums);
	if (rows == NULL || sql == NULL)
		error = ks_sql_fail(store, SQLITE_NOMEM, diag);
	else
		error = ks_sql_prepare(store, sql, &rows->stmt, diag);
	sqlite3_free(sql);
	if (error == KS_SUCCESS)
		error = bind_all(rows->stmt, entry, query, diag);
	if (error != KS_SUCCESS) {
		ks_rows_close(rows);
		return error;
	}
	rows->store = store;
	rows->n_columns = (size_t)sqlite3_column_count(rows->stmt);
	*ret = rows;
	return KS_SUCCESS;
}

enum ks_error
ks_rows_of_table(const struct ks_value_table *table, struct ks_rows **ret, struct ks_diag *diag)
{
	struct ks_rows *const rows = calloc(1, sizeof(*rows));
	if (rows == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "out of memory");
	rows->table = table;
	rows->n_columns = table->n_columns;
	*ret = rows;
	return KS_SUCCESS;
}

size_t
ks_rows_columns(const struct ks_rows *rows)
{
	return rows->n_columns;
}

const char *
ks_rows_column(const struct ks_rows *rows, size_t index)
{
	assert(index < rows->n_columns);
	if (rows->table != NULL)
		return rows->table->columns[index];
	return sqlite3_column_name(rows->stmt, (int)index);
}

enum ks_error
ks_rows_next(struct ks_rows *rows, bool *ret_have, struct ks_diag *diag)
{
	if (rows->table != NULL) {
		*ret_have = rows->n_passed < rows->table->n_rows;
		rows->n_passed += *ret_have;
		return KS_SUCCESS;
	}
	const int rc = sqlite3_step(rows->stmt);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return ks_sql_fail(rows->store, rc, diag);
	*ret_have = rc == SQLITE_ROW;
	return KS_SUCCESS;
}

struct ks_value
ks_rows_value(const struct ks_rows *rows, size_t index)
{
	assert(index < rows->n_columns);
	if (rows->table != NULL)
		return rows->table->values[(rows->n_passed - 1) * rows->n_columns + index];
	const int at = (int)index;
	switch (sqlite3_column_type(rows->stmt, at)) {
	case SQLITE_INTEGER:
		return (struct ks_value){.type = KS_VALUE_INT,
					 .integer = sqlite3_column_int64(rows->stmt, at)};
	case SQLITE_FLOAT:
		return (struct ks_value){.type = KS_VALUE_REAL,
					 .real = sqlite3_column_double(rows->stmt, at)};
	case SQLITE_NULL:
		return (struct ks_value){.type = KS_VALUE_NULL};
	default: {
		const char *const text = (const char *)sqlite3_column_text(rows->stmt, at);
		return (struct ks_value){
			.type = KS_VALUE_TEXT,
			.text = text != NULL ? text : "",
			.n_text = (size_t)sqlite3_column_bytes(rows->stmt, at),
		};
	}
	}
}

void
ks_rows_close(struct ks_rows *rows)
{
	if (rows == NULL)
		return;
	sqlite3_finalize(rows->stmt);
	free(rows);
}

enum ks_error
ks_store_count_subjects(struct ks_store *store, const struct ks_query *query, struct ks_subject_count *ret,
			struct ks_diag *diag)
{
	static const char sql[] =
		"SELECT count(*) FILTER (WHERE storm_id IS NOT NULL), count(*) FILTER "
		"(WHERE storm_id IS NULL)"
		" FROM diagnosis WHERE (:zone IS NULL"
		"  OR zone_id = (SELECT zone_id FROM zone WHERE name_wire = :zone))"
		" AND EXISTS (SELECT 1 FROM finding WHERE finding.diagnosis_id = diagnosis.diagnosis_id)";
	sqlite3_stmt *stmt;
	enum ks_error error = ks_sql_prepare(store, sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	if (query->zone != NULL)
		error = bind_zone(stmt, query->zone, diag);
	const int rc = error == KS_SUCCESS ? sqlite3_step(stmt) : SQLITE_DONE;
	if (rc == SQLITE_ROW)
		*ret = (struct ks_subject_count){.storms = sqlite3_column_int64(stmt, 0),
						 .sources = sqlite3_column_int64(stmt, 1)};
	else if (error == KS_SUCCESS)
		error = ks_sql_fail(store, rc, diag);
	sqlite3_finalize(stmt);
	return error;
}
