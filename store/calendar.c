/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/calendar.c -- steps of rollovers that somebody wrote down, on their way in. */
#include "dissect/name.h"
#include "store/store.h"
#include "store/store_p.h"

static enum ks_error
put(struct ks_store *store, const char *origin, const struct ks_milestone *milestone, struct ks_diag *diag)
{
	char zone[KS_NAME_TEXT];
	if (ks_name_print(milestone->zone.at, milestone->zone.n, zone, sizeof(zone)) == 0)
		zone[0] = '\0';
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_MILESTONE);
	ks_sql_put_text(&row, origin);
	ks_sql_put_span(&row, milestone->zone);
	ks_sql_put_text(&row, zone);
	ks_sql_put_int(&row, milestone->t_ns);
	ks_sql_put_text(&row, ks_event_name(milestone->event));
	ks_sql_put_known(&row, milestone->tag != KS_TAG_UNKNOWN, milestone->tag);
	ks_sql_put_int(&row, milestone->planned);
	ks_sql_put_text(&row, milestone->note);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_all(struct ks_store *store, const char *origin, const struct ks_milestone *list, size_t n,
	struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < n && error == KS_SUCCESS; i++)
		error = put(store, origin, &list[i], diag);
	return error;
}

enum ks_error
ks_calendar_put_own(struct ks_store *store, struct ks_diag *diag)
{
	const enum ks_error error = ks_sql_exec(store, "DELETE FROM calendar WHERE origin = 'own'", diag);
	if (error != KS_SUCCESS)
		return error;
	return put_all(store, "own", ks_root_milestones, ks_n_root_milestones, diag);
}

enum ks_error
ks_store_judge_calendar(struct ks_store *store, const struct ks_milestone *list, size_t n,
			struct ks_diag *diag)
{
	enum ks_error error = ks_sql_exec(store, "DELETE FROM calendar WHERE origin = 'file'", diag);
	if (error == KS_SUCCESS)
		error = put_all(store, "file", list, n, diag);
	if (error != KS_SUCCESS)
		ks_store_abandon(store);
	return error;
}
