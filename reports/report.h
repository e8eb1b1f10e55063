/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/report.h -- from a question to a document.
 *
 * Memory:  bounded by one row, except where a text table must know its widths (its rows are few: the
 *          text format reads at most the limit).
 * Threads: as the store.
 * Errors:  KS_ERR_USAGE for a name, a format or an option that does not exist (the line lists what does),
 *          KS_ERR_DATABASE, KS_ERR_OUTPUT when `out` cannot be written. */
#ifndef KS_REPORTS_REPORT_H
#define KS_REPORTS_REPORT_H

#include <stdio.h>

#include "store/query.h"

struct ks_report_request {
	const char *name;     /* "summary", "hitters", ... */
	const char *format;   /* "text", "json", "csv", "svg", "html" */
	const char *tool;     /* "keystorm X.Y.Z" for the envelope */
	const char *database; /* path as given, for hints in text ("next: keystorm report ... -d PATH") */
	struct ks_query query;
	FILE *out;
	unsigned width; /* columns of the terminal; 0: unlimited */
	bool colour;    /* a terminal that may be given escape sequences; in text only */
	bool unicode;   /* block characters are welcome; otherwise plain ASCII */
};

KS_MUST_CHECK enum ks_error ks_report_write(struct ks_store *store, const struct ks_report_request *request,
					    struct ks_diag *diag);

struct ks_document;

/* The reports there are, in the order of the manual; NULL ends. A report that is only rows is one entry of
 * this table: a query of the same name and its sentences. */
struct ks_report_name {
	const char *name, *what; /* one line */

	/* For people only; json and csv do not look at these. */
	const char *empty;      /* what it means that there is no row */
	const char *next;       /* command to type next; {column} stands for that value of the first row */
	const char *next_empty; /* the same when there is no row, or no such value */
	bool record;            /* one row with many columns: print it downwards */
	/* Writes the text itself; NULL: the rows as a table. */
	enum ks_error (*text)(struct ks_store *store, const struct ks_document *document,
			      struct ks_diag *diag);
};
extern const struct ks_report_name ks_report_names[];

#endif
