/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/unit/storm_feed.h -- series of counts with a known truth. The generator is our own, so that every
 * machine draws the same. */
#ifndef KS_TESTS_STORM_FEED_H
#define KS_TESTS_STORM_FEED_H

#include <math.h>

#include "dissect/base.h"

/* 0 to below `below`. */
static inline uint64_t
ks_draw_uniform(uint64_t *state, uint64_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (*state >> 33) % below;
}

/* Poisson: by multiplication, from 60 on by a rounded normal one. */
static inline double
ks_draw_poisson(double mean, uint64_t *state)
{
	double sum = 0, product = 1;
	if (mean > 60) {
		for (int i = 0; i < 12; i++)
			sum += (double)ks_draw_uniform(state, 1 << 30) / (1 << 30);
		return fmax(0, floor(mean + (sum - 6) * sqrt(mean) + 0.5));
	}
	for (double n = 0;; n++) {
		product *= ((double)ks_draw_uniform(state, 1 << 30) + 0.5) / (1 << 30);
		if (product < exp(-mean))
			return n;
	}
}

#endif
