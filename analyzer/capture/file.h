/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/capture/file.h -- one capture file, as the merge (set.c), tests and the fuzzer open it.
 *
 * Memory:  see source.h; `struct ks_capture_info` may live with the caller and outlive the source.
 * Threads: one owner at a time. */
#ifndef KS_CAPTURE_FILE_H
#define KS_CAPTURE_FILE_H

#include "analyzer/capture/capture.h"
#include "analyzer/capture/filter.h"

struct ks_file_options {
	struct ks_filter *filter;     /* borrowed, or NULL */
	struct ks_capture_info *info; /* where to keep it; NULL: inside the source */
	bool look;                    /* only the beginning is wanted: read little */
};

KS_MUST_CHECK enum ks_error ks_file_open(const char *path, const struct ks_file_options *options,
					 struct ks_capture **ret, struct ks_diag *diag);

/* The `n` bytes are the file and must outlive the source; `path` is only a name. */
KS_MUST_CHECK enum ks_error ks_file_open_memory(const char *path, const uint8_t *bytes, size_t n,
						const struct ks_file_options *options,
						struct ks_capture **ret, struct ks_diag *diag);

/* Of a source from this header, before its first packet: filter from now on. Borrows `filter`. */
void ks_file_filter(struct ks_capture *capture, struct ks_filter *filter);

/* Of a source from this header: memory it holds now. */
size_t ks_file_bytes(const struct ks_capture *capture);

/* `info` as it is before anything was read. */
void ks_file_info_reset(struct ks_capture_info *info, const char *path);

#endif
