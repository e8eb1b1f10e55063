/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/head.c -- what stands above every report: span, vantage, and what to keep in mind. */
#include <string.h>

#include "store/query.h"
#include "store/store_p.h"

/* One sentence a row, most important first. A caveat that does not apply yields no row. */
/* clang-format off */
static const char caveats_sql[] =
	"WITH tally AS (SELECT count(*) AS runs, total(partial) AS partial, total(queries_only) AS queries_only,"
	"  total(responses_only) AS responses_only, total(anonymized) AS anonymized,"
	"  count(DISTINCT iif(rolled_from_s IS NULL, bin_s, NULL)) AS widths, min(iif(rolled_from_s IS NULL, bin_s, NULL)) AS narrowest,"
	"  max(iif(rolled_from_s IS NULL, bin_s, NULL)) AS widest, max(iif(rolled_from_s IS NULL, NULL, bin_s)) AS coarse,"
	"  count(DISTINCT vantage) AS vantages FROM run),"
	" packets AS (SELECT total(value) AS n FROM run CROSS JOIN counter USING (run_id) WHERE kind = 'total' AND name = 'packets'),"
	" inputs AS (SELECT count(*) FILTER (WHERE state = 'unreadable') AS unreadable,"
	"  count(*) FILTER (WHERE state = 'cut') AS cut, count(*) FILTER (WHERE state = 'unfinished') AS unfinished FROM input),"
	" notices AS (SELECT group_concat(name || ' ' || value, ', ') AS list, count(*) AS n FROM"
	"  (SELECT name, value FROM (SELECT name, sum(value) AS value, min(position) AS place FROM run CROSS JOIN counter USING (run_id)"
	"    WHERE kind = 'loss' GROUP BY name"
	"   UNION ALL SELECT 'kernel_drops', sum(kernel), -2 FROM drops UNION ALL SELECT 'interface_drops', sum(device), -1 FROM drops)"
	"   WHERE value > 0 ORDER BY place, name))"
	" SELECT CASE WHEN runs = 0 THEN 'the database is empty: keystorm analyze fills it'"
	"  WHEN n = 0 THEN 'no packets were read: there is nothing to judge' END FROM tally, packets"
	" UNION ALL SELECT CASE WHEN anonymized = 0 THEN NULL"
	"  WHEN anonymized = runs THEN 'addresses of sources are pseudonyms (--anonymize): networks stay together, but are not those they look like'"
	"  ELSE printf('in %d of %d captures addresses of sources are pseudonyms (--anonymize): the same source there and elsewhere counts twice',"
	"   anonymized, runs) END FROM tally"
	" UNION ALL SELECT CASE WHEN partial = 0 THEN NULL"
	"  WHEN runs = 1 THEN 'the analysis was interrupted: only the beginning of the capture was read'"
	"  ELSE printf('%d of %d analyses were interrupted: only the beginning of their captures was read', partial, runs)"
	"  END FROM tally"
	" UNION ALL SELECT CASE WHEN unreadable + cut + unfinished > 0 THEN"
	"  'inputs not read to a proper end: ' || substr("
	"   iif(unreadable, printf(', %d unreadable', unreadable), '') || iif(cut, printf(', %d cut', cut), '')"
	"   || iif(unfinished, printf(', %d still being written', unfinished), ''), 3) || ' (see report quality)' END FROM inputs"
	" UNION ALL SELECT CASE WHEN queries_only = 0 THEN NULL"
	"  WHEN queries_only = runs THEN 'only queries were captured: answers, requeries and response sizes are unknown'"
	"  ELSE printf('%d of %d captures hold only queries: their requeries and response sizes are unknown', queries_only, runs)"
	"  END FROM tally"
	" UNION ALL SELECT CASE WHEN responses_only = 0 THEN NULL"
	"  WHEN responses_only = runs THEN 'only responses were captured: queries and requeries are unknown'"
	"  ELSE printf('%d of %d captures hold only responses: their queries and requeries are unknown', responses_only, runs)"
	"  END FROM tally"
	" UNION ALL SELECT CASE WHEN n > 0 AND whole.span_s IS NULL THEN"
	"  'all packets carry one time: rates are unknown' END FROM packets, whole"
	" UNION ALL SELECT 'the number of sources is an upper bound: beyond the foremost of each capture they were only counted'"
	"  FROM source_count WHERE is_upper_bound"
	" UNION ALL SELECT 'the number of sources is an estimate: standard error 0.81 %' FROM source_count WHERE is_estimate"
	" UNION ALL SELECT 'incomplete, see report quality: ' || iif(length(list) > 160, printf('%d of them', n), list)"
	"  FROM notices WHERE n > 0"
	" UNION ALL SELECT CASE WHEN runs > 0 AND NOT EXISTS (SELECT 1 FROM judged) THEN"
	"  'storms have not been looked for since the last change: keystorm judge does' END FROM tally"
	" UNION ALL SELECT 'storms and verdicts are of what was known at ' || strftime('%Y-%m-%dT%H:%M:%SZ', judged.last_ns / 1000000000, 'unixepoch')"
	"  FROM judged, whole WHERE judged.last_ns < whole.last_ns"
	" UNION ALL SELECT CASE WHEN widths > 1 THEN"
	"  printf('captures with bins of %d to %d s were folded into bins of %d s', narrowest, widest, widest) END FROM tally"
	" UNION ALL SELECT CASE WHEN coarse IS NOT NULL THEN"
	"  printf('old bins were added up to bins of %d s: storms are looked for in all others', coarse) END FROM tally"
	" UNION ALL SELECT CASE WHEN vantages > 1 THEN"
	"  'captures from different vantage points were added up: one packet may count twice' END FROM tally";
/* clang-format on */

static enum ks_error
read_caveats(struct ks_store *store, const char *sql, struct ks_store_head *head, struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error = ks_sql_prepare(store, sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const char *const text = (const char *)sqlite3_column_text(stmt, 0);
		if (text == NULL || head->n_caveats == KS_COUNT(head->caveats))
			continue;
		/* Zeroed before, so what is cut still ends. */
		strncpy(head->caveats[head->n_caveats++], text, sizeof(head->caveats[0]) - 1);
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

enum ks_error
ks_store_read_head(struct ks_store *store, struct ks_store_head *ret, struct ks_diag *diag)
{
	/* Captures from different points are, together, a view of several servers. */
	static const char sql[] =
		"SELECT whole.first_ns, whole.last_ns, whole.time_digits,"
		" iif(min(vantage) < max(vantage), 'M', min(vantage)), whole.bin_s FROM whole LEFT JOIN run";
	struct ks_store_head head = {.time_digits = 6};
	sqlite3_stmt *stmt;
	enum ks_error error = ks_sql_prepare(store, sql, &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	const int rc = sqlite3_step(stmt);
	const char *const vantage = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 3) : NULL;
	if (vantage != NULL) {
		head.has_span = sqlite3_column_type(stmt, 0) != SQLITE_NULL;
		head.first_ns = sqlite3_column_int64(stmt, 0);
		head.last_ns = sqlite3_column_int64(stmt, 1);
		head.time_digits = (uint8_t)sqlite3_column_int(stmt, 2);
		head.vantage[0] = vantage[0];
		head.bin_s = sqlite3_column_int64(stmt, 4);
	}
	sqlite3_finalize(stmt);
	if (rc != SQLITE_ROW)
		return ks_sql_fail(store, rc, diag);
	error = read_caveats(store, caveats_sql, &head, diag);
	if (error == KS_SUCCESS)
		*ret = head;
	return error;
}

enum ks_error
ks_store_read_caveats(struct ks_store *store, const char *name, struct ks_store_head *head,
		      struct ks_diag *diag)
{
	for (size_t i = 0; i < ks_n_catalog; i++)
		if (strcmp(ks_catalog[i].name, name) == 0 && ks_catalog[i].caveats != NULL)
			return read_caveats(store, ks_catalog[i].caveats, head, diag);
	return KS_SUCCESS;
}
