/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/live/helper.h -- a small process that starts the program of --on-storm.
 *
 * The process that reads packets may start no program: its filter of system calls kills it. So this one is
 * forked before the filter, when privileges are gone; it holds no socket, and knows one program and no other.
 * No shell is asked: the program gets no arguments, and an environment of its own. It ends with the process
 * that began it.
 *
 * Memory: none to speak of. Threads: none. */
#ifndef KS_LIVE_HELPER_H
#define KS_LIVE_HELPER_H

#include <sys/types.h>

#include "dissect/err.h"

enum {
	KS_HELPER_TEXT = 3000, /* of an environment; written as one piece */
	KS_HELPER_PROGRAMS = 8 /* at once; more are not started */
};

struct ks_helper {
	pid_t pid;
	int to_helper; /* -1: there is none */
};

/* KS_ERR_USAGE: `path` is no program that we may start. */
KS_MUST_CHECK enum ks_error ks_helper_begin(const char *path, struct ks_helper *ret, struct ks_diag *diag);

/* Start the program with `environment`, `n` octets of NAME=VALUE strings with a NUL behind each; PATH is
 * added. False: the helper is gone, or has too much to do. */
KS_MUST_CHECK bool ks_helper_start(struct ks_helper *helper, const char *environment, size_t n);

void ks_helper_done(struct ks_helper *helper);

#endif
