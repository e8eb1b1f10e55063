/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/capture/set_files.h -- which files a capture set is made of.
 *
 * Input:   paths as the user gave them; folders are opened up, one level.
 * Memory:  about 1.7 KiB per file, until the list is freed.
 * Threads: one owner at a time. */
#ifndef KS_CAPTURE_SET_FILES_H
#define KS_CAPTURE_SET_FILES_H

#include "analyzer/capture/capture.h"

#include <sys/types.h>

struct ks_set_file {
	char *path;
	struct ks_capture_info info;
	bool left_out; /* not to be read: the info's note says why */
	bool reopens;  /* a regular file: may be looked at, closed, and read later */
	uint64_t size; /* of a regular file */
	dev_t device;
	ino_t inode;
	uint8_t prefix_hash[16]; /* set only where another file has the same size */
	uint8_t whole_hash[16];  /* set only where another file begins with the same bytes too */

	/* The merge's own. */
	struct ks_capture *capture; /* NULL: not open */
	struct ks_packet packet;    /* its current one */
	size_t footprint;           /* memory it counts for while open */
	uint32_t *interface_ids;    /* by the file's own numbers; UINT32_MAX: none given yet */
	uint32_t n_interface_ids;
};

struct ks_set_files {
	struct ks_set_file *at;
	size_t n, room;
};

/* List every file, sorted bytewise by path, and mark those that cannot be looked at and those whose
 * bytes stand elsewhere in the list. KS_ERR_MEMORY is the only failure; the list must be freed even then. */
KS_MUST_CHECK enum ks_error ks_set_files_list(struct ks_set_files *ret, const char *const *paths, size_t n,
					      struct ks_diag *diag);

/* Leave a file out from now on. */
void ks_set_file_leave_out(struct ks_set_file *file, const char *why);

void ks_set_files_free(struct ks_set_files *files);

#endif
