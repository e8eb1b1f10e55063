/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/events.c -- what happened to zones, on its way in. */
#include <string.h>

#include "store/store.h"
#include "store/store_p.h"

static void
put_node(struct ks_sql_row *row, const struct ks_store_event *fact, char text[KS_ADDR_TEXT])
{
	if (!fact->has_server) {
		ks_sql_put_null(row);
		ks_sql_put_null(row);
		ks_sql_put_null(row);
		return;
	}
	const struct ks_span ip = ks_addr_bytes(&fact->server);
	(void)ks_addr_print(&fact->server, text);
	ks_sql_put_blob(row, ip.at, ip.n);
	ks_sql_put_text(row, text);
	ks_sql_put_blob(row, fact->nsid, fact->n_nsid);
}

enum ks_error
ks_store_judge_event(struct ks_store *store, const struct ks_store_event *fact, int64_t *ret_id,
		     struct ks_diag *diag)
{
	const struct ks_event *const event = &fact->event;
	char address[KS_ADDR_TEXT];
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_EVENT);
	ks_sql_put_int(&row, fact->zone_id);
	ks_sql_put_text(&row, ks_event_name(event->kind));
	ks_sql_put_int(&row, event->t_ns);
	ks_sql_put_known(&row, event->before_ns != KS_TIME_UNKNOWN, event->before_ns);
	ks_sql_put_int(&row, event->all_ns);
	ks_sql_put_known(&row, event->servers != 0, event->servers);
	put_node(&row, fact, address);
	ks_sql_put_known(&row, event->algorithm >= 0, event->algorithm);
	ks_sql_put_known(&row, event->tag >= 0, event->tag);
	if (event->has_key)
		ks_sql_put_blob(&row, event->identity, sizeof(event->identity));
	else
		ks_sql_put_null(&row);
	ks_sql_put_word(&row, event->phase);
	ks_sql_put_word(&row, event->method);
	ks_sql_put_word(&row, event->detail);
	ks_sql_put_word(&row, event->warning);
	const enum ks_error error = ks_sql_row_done(&row, diag);
	if (error == KS_SUCCESS && ret_id != NULL)
		*ret_id = sqlite3_last_insert_rowid(store->db);
	return error;
}

enum ks_error
ks_store_judge_trigger(struct ks_store *store, const struct ks_store_storm *storm, int64_t event_id,
		       double lag_s, double lag_most_s, struct ks_diag *diag)
{
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_TRIGGER);
	ks_sql_put_int(&row, event_id);
	ks_sql_put_real(&row, lag_s);
	ks_sql_put_real(&row, lag_most_s);
	ks_sql_put_int(&row, storm->zone_id);
	ks_sql_put_int(&row, storm->start_s);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_judge_rest(struct ks_store *store, uint64_t events, uint64_t zones, struct ks_diag *diag)
{
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_EVENT_REST);
	ks_sql_put_count(&row, events);
	ks_sql_put_count(&row, zones);
	return ks_sql_row_done(&row, diag);
}
