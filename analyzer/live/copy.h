/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/live/copy.h -- a copy of the process that writes down what is known, while the original goes on.
 *
 * Freezing the tables, writing them, and judging may take seconds; the ring of an interface holds less. So
 * the process forks: the kernel shares all memory until one of the two writes to it, which makes a snapshot
 * of every table for the price of their page tables. The copy ends its run as if the capture ended there, and
 * tells the original what it found through a pipe. The original never opens the database; what happens to the
 * copy (a full disk, a crash) costs no packet, and all facts are still there to be written the next time.
 *
 * Rejected: a thread with two sets of tables that take turns, for what is known of sources (who was answered
 * when) must not begin anew with each bin; locks around the tables, for they would stand in the way of each
 * packet.
 *
 * Memory:  until the copy has ended, up to once more what the tables hold: live gives them, and
 *          what one segment leaves to the next (past.h), half of --memory.
 * Threads: the process must have no other threads. */
#ifndef KS_LIVE_COPY_H
#define KS_LIVE_COPY_H

#include <sys/types.h>

#include "dissect/err.h"

/* What a copy says, whole or not at all: PIPE_BUF is 4096. */
enum { KS_COPY_TEXT = 3800 };
struct ks_copy_word {
	uint32_t kind; /* the owner's */
	uint32_t n;    /* octets used of `text` */
	int64_t numbers[6];
	double reals[6];
	char text[KS_COPY_TEXT]; /* only its first `n` octets travel */
};
static_assert(sizeof(struct ks_copy_word) <= 4096, "a word must be written as one piece");

struct ks_copy {
	pid_t pid;        /* of the copy, 0: there is none */
	int from_copy;    /* the original's end; -1 without copy */
	int to_original;  /* the copy's end; -1 in the original */
	int64_t begun_ns; /* clock */
	size_t n_read;    /* octets of a word that have come */
	struct ks_copy_word word;
};

/* Fork. `*ret_is_copy` tells which of the two has returned. The copy ignores signals that ask to stop, and
 * gives way to the original on a busy machine. There must be no copy yet. KS_ERR_MEMORY: could not. */
KS_MUST_CHECK enum ks_error ks_copy_begin(struct ks_copy *copy, int64_t now_ns, bool *ret_is_copy,
					  struct ks_diag *diag);

/* In the copy: tell the original. Waits while the pipe is full. What cannot be told is lost: then there is
 * nobody. */
void ks_copy_tell(struct ks_copy *copy, const struct ks_copy_word *word);

/* In the original: hand out the words that have come. True when the copy has ended: `*ret_status` is its
 * status as of waitpid. Waits for that so many milliseconds. Nothing happens without copy. */
bool ks_copy_listen(struct ks_copy *copy, int wait_ms,
		    void (*hear)(void *arg, const struct ks_copy_word *word), void *arg, int *ret_status);

#endif
