/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/csv.h -- comma-separated values, record by record.
 *
 * Input:    text of any origin; the work is one pass over it.
 * Memory:   fields are cut out and unquoted in the text itself, which must outlive them.
 * Threads:  no state but the reader's.
 * Standard: RFC 4180, with lines that end in LF or CRLF. Besides: empty lines and lines that begin with # are
 *           passed over, blanks around a field that is not quoted do not belong to it. */
#ifndef KS_ANALYZER_JUDGE_CSV_H
#define KS_ANALYZER_JUDGE_CSV_H

#include "dissect/base.h"

enum { KS_CSV_FIELDS = 8 };

struct ks_csv {
	char *at;      /* NUL-terminated rest of the text */
	unsigned line; /* of `at`, from 1 */
};

enum ks_csv_state {
	KS_CSV_RECORD,
	KS_CSV_END,
	KS_CSV_BAD_QUOTE,  /* text behind a closing quote, or a quote inside a bare field */
	KS_CSV_OPEN_QUOTE, /* the text ends inside quotes */
	KS_CSV_TOO_MANY    /* more fields than KS_CSV_FIELDS */
};

struct ks_csv_record {
	unsigned line; /* on which it begins */
	size_t n;
	const char *fields[KS_CSV_FIELDS];
};

/* `text` is changed and must end in NUL. A byte order mark at its start is passed over. */
void ks_csv_init(struct ks_csv *csv, char *text);

/* The next record. After a bad one (`ret->line` tells which) the next line goes on. */
enum ks_csv_state ks_csv_next(struct ks_csv *csv, struct ks_csv_record *ret);

#endif
