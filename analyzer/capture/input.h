/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/capture/input.h -- the stored bytes of a capture, hashed as they are read.
 *
 * Input:   a file, standard input, any pipe, or memory. Short reads and interrupted calls are normal.
 * Memory:  one hash state; the bytes go into the caller's buffer.
 * Threads: one owner at a time. */
#ifndef KS_CAPTURE_INPUT_H
#define KS_CAPTURE_INPUT_H

#include "dissect/err.h"

#include <xxhash.h>

struct ks_input {
	XXH3_state_t *hash;
	const uint8_t *memory; /* used when `fd` is -1 */
	uint64_t memory_n;
	uint64_t read_bytes;  /* so far */
	uint64_t total_bytes; /* 0 when unknown */
	int fd;
	int error;    /* errno of the read that failed, or 0 */
	bool owned;   /* `fd` is ours to close */
	bool regular; /* a read that comes back short is at the end, or one away from it */
	bool ended;   /* nothing more will come: the end, or an error */
};

/* "-" is standard input. On failure nothing is left to close. */
KS_MUST_CHECK enum ks_error ks_input_open(struct ks_input *input, const char *path, struct ks_diag *diag);

/* The `n` bytes stay the caller's and must outlive the input. */
KS_MUST_CHECK enum ks_error ks_input_open_memory(struct ks_input *input, const uint8_t *bytes, size_t n,
						 struct ks_diag *diag);

/* At most `n` > 0 bytes, at least one unless the input has ended. */
KS_MUST_CHECK size_t ks_input_read(struct ks_input *input, uint8_t *to, size_t n);

/* Read what is left, for the hash alone; `scratch` is overwritten. */
void ks_input_drain(struct ks_input *input, uint8_t *scratch, size_t n);

/* Of the bytes read so far. */
void ks_input_hash(const struct ks_input *input, uint8_t ret[16]);

/* Accepts an input that is closed already, or zeroed with `fd` -1. */
void ks_input_close(struct ks_input *input);

#endif
