/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/capture/clock.h"

static uint64_t
distance_ns(int64_t a, int64_t b)
{
	return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

bool
ks_clock_apart(int64_t before_ns, uint64_t n_run, int64_t time_ns, const int64_t *after_ns)
{
	const uint64_t year_ns = UINT64_C(366) * 86400 * (uint64_t)KS_NS_PER_S;
	if (after_ns != NULL)
		return n_run >= KS_CLOCK_RUN && ks_clock_doubtful(time_ns, before_ns) &&
		       !ks_clock_doubtful(before_ns, *after_ns);
	return n_run >= KS_CLOCK_RUN_LAST && distance_ns(time_ns, before_ns) > year_ns;
}
