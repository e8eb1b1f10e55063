/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/changes.h -- where a series of counts changes its mean: a second opinion on a storm's start.
 *
 * Input:   counts of equal bins. Pure function.
 * Method:  DOMAIN B4: optimal partition under the Poisson cost sum(x) (1 - ln mean) with a price for each
 * change, found by PELT (Killick, Fearnhead, Eckley, "Optimal detection of changepoints with a linear
 *          computational cost", JASA 107, 2012). It looks at the whole series at once, so it shares neither
 * the baseline nor the delay of a CUSUM. Work:    at most n^2 / 2 steps, 2 million for KS_CHANGES_BINS.
 * Memory:  50 kB of stack. Threads: no state. */
#ifndef KS_ANALYZER_JUDGE_CHANGES_H
#define KS_ANALYZER_JUDGE_CHANGES_H

#include "dissect/base.h"

enum { KS_CHANGES_BINS = 2048, KS_CHANGES_LEAST = 3 /* bins between two changes */ };

/* `n` at most KS_CHANGES_BINS. `price` of a change; 2 ln n for Poisson counts, times their dispersion for
 * others. Writes the first bin of each segment but the first, ascending, at most `max`; returns how many. */
size_t ks_changes_find(const double *counts, size_t n, double price, size_t *ret, size_t max);

#endif
