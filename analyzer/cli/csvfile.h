/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/csvfile.h -- a file of comma-separated values that the user wrote, record by record.
 *
 * Errors: every line that cannot be used is told on stderr, "FILE:LINE: what is wrong and what would be
 * right"; so is a file that cannot be had. Memory: the text, on the heap, until ks_csvfile_done; fields point
 * into it. Threads: one. */
#ifndef KS_ANALYZER_CLI_CSVFILE_H
#define KS_ANALYZER_CLI_CSVFILE_H

#include "analyzer/judge/csv.h"

struct ks_csvfile {
	const char *verb, *option, *path; /* option: "--rollovers" */
	char *text;
	size_t n_lines; /* records at most */
	bool bad;       /* something was told */
};

/* False: told. `file` has verb, option and path. */
KS_MUST_CHECK bool ks_csvfile_load(struct ks_csvfile *file);

void ks_csvfile_complain(struct ks_csvfile *file, unsigned line, const char *format, ...) KS_PRINTF(3, 4);

/* Call `take` for each record, but not for a first one that is a header: whose first two fields are those, in
 * any case. A record of too many fields comes with all there is room for. */
typedef void ks_csvfile_fn(void *arg, const struct ks_csv_record *record);
void ks_csvfile_each(struct ks_csvfile *file, const char *const header[2], ks_csvfile_fn *take, void *arg);

void ks_csvfile_done(struct ks_csvfile *file);

#endif
