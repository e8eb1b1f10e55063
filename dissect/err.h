/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/err.h -- errors of the world outside: files, databases, memory.
 *
 * A function that can fail returns an enum ks_error and fills the caller's diagnosis with one line:
 * what failed, where, and what would be right. Libraries never print; cli/ prints the line once.
 * (A packet's fault is a verdict, see verdict.h; our own fault is an assertion.) */
#ifndef KS_DISSECT_ERR_H
#define KS_DISSECT_ERR_H

#include "dissect/base.h"

enum ks_error {
	KS_SUCCESS = 0,
	KS_ERR_USAGE,      /* the caller of the program asked for something that cannot be */
	KS_ERR_INPUT,      /* a capture cannot be read, or not to its end */
	KS_ERR_DATABASE,   /* the database cannot be opened, read or written */
	KS_ERR_MEMORY,     /* the operating system gave no memory */
	KS_ERR_OUTPUT,     /* a report could not be written */
	KS_ERR_INTERRUPTED /* a signal asked us to stop */
};

struct ks_diag {
	char text[512]; /* one line without newline, printable; "" when nothing failed */
};

/* Write the line into `diag` (cut when too long, control bytes replaced by '?') and return `error`,
 * so that a caller can `return ks_diag_set(diag, KS_ERR_INPUT, ...)`. */
enum ks_error ks_diag_set(struct ks_diag *diag, enum ks_error error, const char *format, ...) KS_PRINTF(3, 4);

#endif
