/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/capture/clock.h -- packets whose time cannot be.
 *
 * One damaged time stamp stretches a capture over decades: bins become as wide as they can, the first
 * quarter, from which a storm's base is read, is empty, and the storm is gone. So a packet is looked at
 * twice when its time is more than a day from the one before it. It is *apart* when that one ends a run of
 * at least KS_CLOCK_RUN that agree, and the one behind agrees with the run too. The last packet of a file
 * has nothing behind it: it is apart when the run is of at least KS_CLOCK_RUN_LAST and more than a year
 * away. A gap, a rotated host, a clock that was set: all that comes after agrees with the new time, and
 * nothing is apart; neither are packets from anywhere that somebody put into one file.
 *
 * Input:   times in the order of the file.
 * Threads: no state. */
#ifndef KS_CAPTURE_CLOCK_H
#define KS_CAPTURE_CLOCK_H

#include "dissect/base.h"

/* Is `time_ns` so far from `other_ns` that it is to be looked at twice? */
static inline bool
ks_clock_doubtful(int64_t time_ns, int64_t other_ns)
{
	const int64_t day_ns = 86400 * KS_NS_PER_S;
	return time_ns > other_ns ? (uint64_t)time_ns - (uint64_t)other_ns > (uint64_t)day_ns
				  : (uint64_t)other_ns - (uint64_t)time_ns > (uint64_t)day_ns;
}

enum { KS_CLOCK_RUN = 8, KS_CLOCK_RUN_LAST = 100 };

/* Is a packet of `time_ns` apart? It came behind one of `before_ns`, the last of `n_run` that agree each with
 * the next; `after_ns` is NULL where nothing follows. */
bool ks_clock_apart(int64_t before_ns, uint64_t n_run, int64_t time_ns, const int64_t *after_ns);

#endif
