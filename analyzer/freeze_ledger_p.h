/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/freeze_ledger_p.h -- in which order the ledger becomes facts; private to
 * analyzer/freeze_ledger*.c.
 *
 * The store's keys begin with the name, then the type, then the server's address: rows that come in that
 * order are appended, others split pages wherever they fall. Names sort as their octets do; what stays equal
 * comes in the order of arrival, which the capture fixes.
 *
 * Memory: from malloc, ks_ledger_places_done frees it. Threads: no state. */
#ifndef KS_ANALYZER_FREEZE_LEDGER_P_H
#define KS_ANALYZER_FREEZE_LEDGER_P_H

#include "analyzer/freeze_p.h"
#include "analyzer/ledger_p.h"

struct ks_ledger_places {
	/* Which names, contents, series and keys become facts: those of chosen names. */
	struct ks_order names, contents, series, keys;
	/* By number: the place among those, by which facts call each other. `content` is filled as they are
	 * put. */
	uint32_t *name, *content;
};

/* Names must have been chosen (ks_shard_choose). On failure, done frees what there is. */
KS_MUST_CHECK enum ks_error ks_ledger_places_init(struct ks_ledger_places *places,
						  const struct ks_shard *shard, struct ks_diag *diag);
void ks_ledger_places_done(struct ks_ledger_places *places);

struct ks_addr ks_ledger_server(const struct ks_shard *shard, uint32_t number);

#endif
