/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/given.c -- servers of zones that the user named: the sink's part. */
#include "store/store_p.h"

enum ks_error
ks_store_put_given_server(struct ks_sink *sink, const struct ks_fact_given_server *fact, struct ks_diag *diag)
{
	struct ks_store *const store = (struct ks_store *)(void *)sink;
	const struct ks_span ip = ks_addr_bytes(&fact->server);
	assert(store->run_id != 0 && fact->zone < store->n_zones);
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_GIVEN_SERVER);
	ks_sql_put_int(&row, store->run_id);
	ks_sql_put_int(&row, store->zone_ids[fact->zone]);
	ks_sql_put_blob(&row, ip.at, ip.n);
	return ks_sql_row_done(&row, diag);
}
