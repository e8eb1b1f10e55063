/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/outlook.h -- what two storms of a zone let expect of the next one.
 *
 * Input:   uplift of the later one, its growth since the one before (ratio.h), and the time from start to
 *          start in seconds. Pure functions.
 * Method:  DOMAIN A1 1-09. The next one, if it grows again as it did; and the time in which, growing so, a
 *          storm doubles. The quickest growth within the interval doubles soonest, so the ends change places.
 * Unknown: NaN: no growth is known, or it does not grow; as `hi` alone: it may be that it does not grow.
 * Memory:  none. Threads: no state. */
#ifndef KS_ANALYZER_JUDGE_OUTLOOK_H
#define KS_ANALYZER_JUDGE_OUTLOOK_H

#include "analyzer/judge/ratio.h"

struct ks_outlook {
	double apart_s;
	struct ks_ratio doubling_s;
	struct ks_ratio next; /* uplift */
};

struct ks_outlook ks_outlook_judge(const struct ks_ratio *uplift, const struct ks_ratio *growth,
				   double apart_s);

#endif
