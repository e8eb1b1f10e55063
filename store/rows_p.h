/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/rows_p.h -- rows that wait to be written; private to store/. See rows.c. */
#ifndef KS_STORE_ROWS_P_H
#define KS_STORE_ROWS_P_H

#include "store/store_p.h"

/* Rows to a statement. Twice as many save nothing over 70,000 rows, and each value is compiled into the
 * statement: small captures would pay two hundredths for it. */
enum { KS_ROWS = 16 };

/* INSERT statements for one row. */
extern const char *const ks_sql_puts[KS_PUT_COUNT];

/* Write what waits. */
KS_MUST_CHECK enum ks_error ks_rows_write(struct ks_store *store, struct ks_diag *diag);
/* Forget what waits: its transaction is over. */
void ks_rows_drop(struct ks_store *store);
void ks_rows_done(struct ks_store *store);

#endif
