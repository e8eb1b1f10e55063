/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/drops.c -- packets lost while they were captured: the sink's part. */
#include "store/store_p.h"

enum ks_error
ks_store_put_drop(struct ks_sink *sink, const struct ks_fact_drop *fact, struct ks_diag *diag)
{
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_DROP);
	ks_sql_put_int(&row, fact->t_s);
	ks_sql_put_text(&row, fact->interface);
	ks_sql_put_count(&row, fact->kernel);
	ks_sql_put_count(&row, fact->device);
	return ks_sql_row_done(&row, diag);
}
