/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/secret.h -- the secret of a run's hash tables (dissect/hash.h), which nobody outside may guess.
 *
 * I/O: one system call. Memory: none. Threads: no state. */
#ifndef KS_ANALYZER_SECRET_H
#define KS_ANALYZER_SECRET_H

#include "dissect/err.h"
#include "dissect/hash.h"

/* Sixteen random octets from the kernel. KS_ERR_MEMORY: it has none; `diag` says why. */
KS_MUST_CHECK enum ks_error ks_secret_draw(struct ks_secret *ret, struct ks_diag *diag);

#endif
