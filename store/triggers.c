/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/triggers.c -- what may have set off storms: zones above and steps of calendars out, candidates in. */
#include <string.h>

#include "dissect/name.h"
#include "store/store.h"
#include "store/store_p.h"

enum ks_error
ks_store_zone_name(struct ks_store *store, int64_t zone_id, uint8_t ret[KS_NAME_MAX], size_t *ret_n,
		   struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error =
		ks_sql_prepare(store, "SELECT name_wire FROM zone WHERE zone_id = ?", &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	sqlite3_bind_int64(stmt, 1, zone_id);
	const int rc = sqlite3_step(stmt);
	const size_t n = rc == SQLITE_ROW ? (size_t)sqlite3_column_bytes(stmt, 0) : 0;
	*ret_n = n <= KS_NAME_MAX ? n : 0;
	if (*ret_n != 0)
		memcpy(ret, sqlite3_column_blob(stmt, 0), n);
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

enum ks_error
ks_store_zone_id(struct ks_store *store, struct ks_span name, int64_t *ret, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error =
		ks_sql_prepare(store, "SELECT zone_id FROM zone WHERE name_wire = ?", &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	sqlite3_bind_blob(stmt, 1, name.at, (int)name.n, SQLITE_STATIC);
	const int rc = sqlite3_step(stmt);
	*ret = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

static bool
milestone_of(sqlite3_stmt *stmt, struct ks_span zone, struct ks_milestone *ret)
{
	const char *const event = (const char *)sqlite3_column_text(stmt, 1);
	*ret = (struct ks_milestone){
		.zone = zone,
		.t_ns = sqlite3_column_int64(stmt, 0),
		.tag = sqlite3_column_type(stmt, 2) == SQLITE_NULL ? KS_TAG_UNKNOWN
								   : sqlite3_column_int(stmt, 2),
		.planned = sqlite3_column_int(stmt, 3) != 0,
		.note = "",
	};
	return event != NULL && ks_event_parse(event, &ret->event);
}

enum ks_error
ks_store_milestones(struct ks_store *store, struct ks_span zone, int64_t from_ns, int64_t to_ns,
		    struct ks_milestone *ret, size_t max, size_t *ret_n, struct ks_diag *diag)
{
	/* The latest first: where there is no room for all, those nearest the storm stay. */
	static const char sql[] =
		"SELECT t_ns, event, tag, planned FROM milestone"
		" WHERE zone_wire = ? AND t_ns >= ? AND t_ns < ? ORDER BY t_ns DESC, event, tag"
		" LIMIT ?";
	sqlite3_stmt *stmt;
	const enum ks_error error = ks_sql_prepare(store, sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	sqlite3_bind_blob(stmt, 1, zone.at, (int)zone.n, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, from_ns);
	sqlite3_bind_int64(stmt, 3, to_ns);
	sqlite3_bind_int64(stmt, 4, (int64_t)max);
	int rc;
	*ret_n = 0;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		if (*ret_n < max)
			*ret_n += milestone_of(stmt, zone, &ret[*ret_n]);
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

enum ks_error
ks_store_judge_candidate(struct ks_store *store, const struct ks_store_storm *storm,
			 const struct ks_store_candidate *candidate, struct ks_diag *diag)
{
	char zone[KS_NAME_TEXT];
	if (ks_name_print(candidate->zone.at, candidate->zone.n, zone, sizeof(zone)) == 0)
		zone[0] = '\0';
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_CANDIDATE);
	ks_sql_put_int(&row, (int64_t)candidate->place);
	if (candidate->event_id != 0)
		ks_sql_put_int(&row, candidate->event_id);
	else
		ks_sql_put_null(&row);
	ks_sql_put_text(&row, zone);
	ks_sql_put_int(&row, candidate->above > 0);
	ks_sql_put_text(&row, ks_event_name(candidate->kind));
	if (candidate->tag >= 0)
		ks_sql_put_int(&row, candidate->tag);
	else
		ks_sql_put_null(&row);
	ks_sql_put_int(&row, candidate->planned);
	ks_sql_put_real(&row, candidate->lag_s);
	ks_sql_put_real(&row, candidate->lag_most_s);
	ks_sql_put_int(&row, storm->zone_id);
	ks_sql_put_int(&row, storm->start_s);
	return ks_sql_row_done(&row, diag);
}
