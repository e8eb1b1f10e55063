/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/gaps.h -- silence, or nobody listening?
 *
 * Input:   packets per bin of everything captured, and the spans of the captures. Pure functions.
 * Method:  a bin outside every capture is not known. Nor are bins without a packet between two that have 14
 * and more, where at least every second bin of the captures has as many: by chance, a bin of a Poisson stream
 *          that dense stays empty once in 1.2 million (e^-14). Where packets are scarcer, and where a capture
 * begins or ends quietly, an empty bin is taken for what it seems: silence. Memory:  none. Threads: no state.
 */
#ifndef KS_ANALYZER_JUDGE_GAPS_H
#define KS_ANALYZER_JUDGE_GAPS_H

#include "analyzer/judge/storm.h"

enum { KS_GAPS_DENSE = 14 };

/* Seconds [from_s, to_s) of one capture. */
struct ks_gaps_span {
	int64_t from_s, to_s;
};

/* Set `unknown` in `n` bins from `t0_s` on. `spans` in order of from_s; they may overlap. `dense`: at least
 * every second bin within captures has KS_GAPS_DENSE packets. */
void ks_gaps_mark(struct ks_storm_whole *whole, size_t n, int64_t t0_s, uint32_t bin_s,
		  const struct ks_gaps_span *spans, size_t n_spans, bool dense);

/* Of one zone: a bin of which packets were lost, more than one in a hundred, tells how many queries there
 * were at least. That may show a rise, but no fall: where it has fewer than the bin known before, it becomes
 * unknown. Sets `unknown` anew, from `nothing` as ks_gaps_mark left it. */
void ks_gaps_losses(const struct ks_storm_bin *bins, struct ks_storm_whole *whole, size_t n);

#endif
