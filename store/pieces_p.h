/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/pieces_p.h -- the time that is judged, run by run and cut into stretches; private to store/.
 *
 * Runs whose bins were rolled up are left out everywhere: roll.c. */
#ifndef KS_STORE_PIECES_P_H
#define KS_STORE_PIECES_P_H

#include "store/store_p.h"

#define KS_FINE_RUNS "(SELECT run_id FROM run WHERE rolled_from_s IS NULL) AS fine"

/* A stretch of time that is looked at as one series. */
struct ks_piece {
	int64_t t0_s;
	size_t n; /* bins */
};

/* The bins of a run, from the first to the last, folded. */
struct ks_piece_run {
	int64_t run_id, first_s, last_s;
};

/* Zero-initialised before ks_pieces_find, and given to ks_pieces_done behind it whatever it returned. */
struct ks_pieces {
	int64_t bin_s;
	struct ks_piece *list; /* in order of time; none when nothing was captured */
	size_t n;
	struct ks_piece_run *runs; /* in order of their first bins */
	size_t n_runs, run_capacity;
};

KS_MUST_CHECK enum ks_error ks_pieces_find(struct ks_store *store, struct ks_pieces *pieces,
					   struct ks_diag *diag);
/* Does no run begin before all those before it have ended? They may share a bin. */
bool ks_pieces_are_apart(const struct ks_pieces *pieces);
/* The piece that holds `t_s`, looking on from `at`. */
size_t ks_pieces_at(const struct ks_pieces *pieces, size_t at, int64_t t_s);
/* Bins of the longest, at least 1. */
size_t ks_pieces_longest(const struct ks_pieces *pieces);
void ks_pieces_done(struct ks_pieces *pieces);

#endif
