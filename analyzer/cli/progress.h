/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/progress.h -- the line that tells how far a long run is. Wall clock is used here only. */
#ifndef KS_ANALYZER_CLI_PROGRESS_H
#define KS_ANALYZER_CLI_PROGRESS_H

#include <time.h>

#include "analyzer/capture/capture.h"

struct ks_progress {
	struct timespec began, shown;
	bool any; /* something stands on the line */
};

void ks_progress_init(struct ks_progress *progress);

/* Rewrite the line if a quarter of a second has gone by; `arg` is the progress. */
void ks_progress_show(void *arg, struct ks_capture *capture, uint64_t packets);

/* Wipe the line. */
void ks_progress_done(struct ks_progress *progress);

#endif
