/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/live/load.h -- when to leave out what (shed.h), by how full the rings are.
 *
 * A ring that fills has a reader who does not keep up, or who was held up for a moment; when it is half full
 * there is time left to do something about it. Loss is a step each, for a small ring is full at once. What
 * was left out comes back step by step when it has been calm for a while.
 *
 * Memory: none. Threads: no state but the caller's. Time: clock, as an argument. */
#ifndef KS_LIVE_LOAD_H
#define KS_LIVE_LOAD_H

#include "analyzer/shed.h"
#include "dissect/base.h"

#define KS_LOAD_SAMPLES 0.25 /* of a ring */
#define KS_LOAD_BACKGROUND 0.5
#define KS_LOAD_CALM_NS (10 * KS_NS_PER_S)

struct ks_load {
	enum ks_shed step;
	int64_t busy_ns; /* clock, when it was not calm last */
	uint64_t lost;   /* in the kernel, as looked at last */
	uint64_t changes;
};

/* Look: `fill` of the fullest ring, 0 to 1; `lost` packets lost so far. True: `step` is another one now. */
bool ks_load_look(struct ks_load *load, int64_t now_ns, double fill, uint64_t lost);

#endif
