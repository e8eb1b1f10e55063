/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/known.h -- captures that the database knows already. */
#ifndef KS_ANALYZER_CLI_KNOWN_H
#define KS_ANALYZER_CLI_KNOWN_H

#include "analyzer/capture/capture.h"
#include "store/store.h"

/* The same bytes are never counted twice. A run all of whose inputs are in `*capture` again will be
 * replaced; an input that stands in the database beside others that are not here now is left out, with a
 * line on stderr: the set is reopened without it. `*capture` becomes NULL when nothing is left to read.
 * Only files whose size the database knows are hashed ahead. */
KS_MUST_CHECK enum ks_error ks_known_skip(struct ks_store *store, struct ks_capture **capture,
					  const char *filter, struct ks_diag *diag);

#endif
