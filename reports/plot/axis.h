/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/plot/axis.h -- where ticks stand and what they say. Pure functions. */
#ifndef KS_REPORTS_PLOT_AXIS_H
#define KS_REPORTS_PLOT_AXIS_H

#include "reports/buf.h"

enum { KS_AXIS_TICKS = 16 }; /* at most */

/* From 0 to `top`, a round number not below the largest value, in steps of 1, 2 or 5 times a power of ten. */
struct ks_axis {
	double top, step;
	size_t n;     /* ticks are 0, step, ... (n - 1) * step */
	double scale; /* of the prefix: 1000 for k */
	const char *prefix;
};
/* `most` is finite; nothing above 0 gives an axis to 1. */
struct ks_axis ks_axis_linear(double most);
/* "12.5", in units of the prefix */
void ks_axis_label(const struct ks_axis *axis, size_t tick, struct ks_buf *buf);

/* Instants at round times of UTC. */
struct ks_time_axis {
	int64_t step_s, first_s; /* the first tick that is not before the start */
	size_t n;
};
/* `most_ticks` is 2 to KS_AXIS_TICKS; from_ns < to_ns. */
struct ks_time_axis ks_axis_time(int64_t from_ns, int64_t to_ns, size_t most_ticks);
/* "22:47:10", "22:47", "11-21", "2026-11": as much as the step needs. */
void ks_axis_time_label(const struct ks_time_axis *axis, int64_t t_s, struct ks_buf *buf);

#endif
