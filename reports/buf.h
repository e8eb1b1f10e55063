/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/buf.h -- text that grows, between the formatting of a line and its writing.
 *
 * Everything a report prints passes through one of these, so that a cell can be measured before it is
 * placed and a full disk is noticed in one spot.
 *
 * Memory:  malloc, doubling; a failure is sticky (`failed`) and reported by ks_buf_flush.
 * Threads: one per buffer. */
#ifndef KS_REPORTS_BUF_H
#define KS_REPORTS_BUF_H

#include <stdio.h>

#include "dissect/base.h"
#include "dissect/err.h"

/* Zero-initialised is empty. `at` has a NUL behind its `n` bytes once something was put. */
struct ks_buf {
	char *at;
	size_t n, cap;
	bool failed;
};

void ks_buf_put(struct ks_buf *buf, const void *bytes, size_t n);
void ks_buf_text(struct ks_buf *buf, const char *text);
void ks_buf_fill(struct ks_buf *buf, char c, size_t times);
/* Short pieces only: what is longer than 512 bytes is cut. */
void ks_buf_printf(struct ks_buf *buf, const char *format, ...) KS_PRINTF(2, 3);

/* The text so far, "" when empty; valid until the next put. */
const char *ks_buf_string(const struct ks_buf *buf);
void ks_buf_clear(struct ks_buf *buf); /* keeps the memory and the failure */
void ks_buf_done(struct ks_buf *buf);

/* Write what is there to `out` and clear. KS_ERR_MEMORY if a put failed, KS_ERR_OUTPUT if `out` did. */
KS_MUST_CHECK enum ks_error ks_buf_flush(struct ks_buf *buf, FILE *out, struct ks_diag *diag);

#endif
