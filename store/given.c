/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/given.c -- servers of zones that the user named: the sink's part. */
#include "store/store_p.h"

enum ks_error
ks_store_put_given_server(struct ks_sink *sink, const struct ks_fact_given_server *fact, struct ks_diag *diag)
{
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_GIVEN_SERVER);
	ks_sql_put_run_zone(&row, fact->zone);
	ks_sql_put_addr(&row, &fact->server);
	return ks_sql_row_done(&row, diag);
}
