/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/capture/clock.h -- packets whose time cannot be.
 *
 * One damaged time stamp stretches a capture over decades: bins become as wide as they can, the first
 * quarter, from which a storm's base is read, is empty, and the storm is gone. So a packet is looked at
 * twice when its time is more than a day from the one before it. It is *apart* when the packets around it
 * are no more than a day from each other; at the beginning and the end of a file, where there is but one
 * neighbour, when that one is more than a year away. A gap, a rotated host, a clock that was set: all that
 * comes after agrees with the new time, and nothing is apart. When the second packet of a file is the one,
 * the first, whose only neighbour it is, is taken for apart as well.
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

/* Is a packet of `time_ns` apart? `before_ns` and `after_ns` are its neighbours' times, NULL where there is
 * none. */
bool ks_clock_apart(const int64_t *before_ns, int64_t time_ns, const int64_t *after_ns);

#endif
