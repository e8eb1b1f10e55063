/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/live/privilege.h -- give up what is not needed any more once the sockets are open.
 *
 * In this order: find the user while files can still be read; become that user, without other groups; drop
 * all capabilities, also from the bounding and ambient sets; no_new_privs, so that no program started from
 * here gets any back; limits; and last the filter of system calls.
 *
 * The filter is a list of what may be done, made of what libc, SQLite and libpcap need to capture, to fork,
 * and to write files. All else fails with EPERM rather than with death: a library that tries something new
 * and has another way must not end a capture of months. What would start another program kills the process.
 *
 * Threads: before there are any. */
#ifndef KS_LIVE_PRIVILEGE_H
#define KS_LIVE_PRIVILEGE_H

#include <sys/types.h>

#include "dissect/err.h"

struct ks_user {
	bool given;
	uid_t uid;
	gid_t gid;
};

/* KS_ERR_USAGE: there is no such user. */
KS_MUST_CHECK enum ks_error ks_user_find(const char *name, struct ks_user *ret, struct ks_diag *diag);

/* Become `user` (or stay, when none is given) and keep no capability. KS_ERR_USAGE: not permitted. */
KS_MUST_CHECK enum ks_error ks_privilege_drop(const struct ks_user *user, struct ks_diag *diag);

/* Limits: files of at most `n_files` at once, no core dump (it would hold who asked what). */
KS_MUST_CHECK enum ks_error ks_privilege_limit(unsigned n_files, struct ks_diag *diag);

/* From here on only system calls of the list. `*ret_have` false: the kernel knows no such filters. */
KS_MUST_CHECK enum ks_error ks_privilege_filter(bool *ret_have, struct ks_diag *diag);

#endif
