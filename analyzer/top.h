/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/top.h -- the greatest few of many, whatever order they come in.
 *
 * A heap of the `k` best seen so far with the least of them on top: most candidates fall below it and cost
 * one comparison. Equal scores are told apart by the tie word pair, smaller is better, so that the choice
 * does not depend on the order of arrival.
 *
 * Memory:  32 octets for each of `k`, from malloc: for the end of a run, not for packets.
 * Threads: one owner. */
#ifndef KS_ANALYZER_TOP_H
#define KS_ANALYZER_TOP_H

#include "dissect/base.h"
#include "dissect/err.h"

struct ks_top_entry {
	uint64_t score, tie[2];
	uint32_t number; /* the owner's name for it */
};

struct ks_top {
	struct ks_top_entry *heap; /* in no order to rely on */
	uint32_t n, k;
};

KS_MUST_CHECK enum ks_error ks_top_init(struct ks_top *top, uint32_t k, struct ks_diag *diag);
void ks_top_done(struct ks_top *top); /* a zeroed one is fine */

void ks_top_offer(struct ks_top *top, const struct ks_top_entry *candidate);

#endif
