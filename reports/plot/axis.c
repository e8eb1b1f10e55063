/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/plot/axis.h"

#include <math.h>
#include <time.h>

enum { WANTED_TICKS = 5, DAY_S = 86400 };

static const double prefix_scales[] = {1, 1e3, 1e6, 1e9, 1e12, 1e15};
static const char *const prefixes[] = {"", "k", "M", "G", "T", "P"};

struct ks_axis
ks_axis_linear(double most)
{
	const double wanted = most > 0 ? most : 1;
	const double power = pow(10, floor(log10(wanted / WANTED_TICKS)));
	double step = power;
	if (wanted / step > WANTED_TICKS)
		step = 2 * power;
	if (wanted / step > WANTED_TICKS)
		step = 5 * power;
	if (wanted / step > WANTED_TICKS)
		step = 10 * power;
	struct ks_axis axis = {.step = step, .n = (size_t)ceil(wanted / step - 1e-9) + 1};
	axis.top = step * (double)(axis.n - 1);
	size_t prefix = 0;
	while (prefix + 1 < KS_COUNT(prefixes) && axis.top >= prefix_scales[prefix + 1])
		prefix++;
	axis.scale = prefix_scales[prefix];
	axis.prefix = prefixes[prefix];
	return axis;
}

void
ks_axis_label(const struct ks_axis *axis, size_t tick, struct ks_buf *buf)
{
	ks_buf_printf(buf, "%.6g", axis->step * (double)tick / axis->scale);
}

/* Steps that a clock or a calendar knows. A month is thirty days here: its ticks drift, and say their day. */
static const int64_t steps_s[] = {
	1,
	2,
	5,
	10,
	15,
	30,
	60,
	120,
	300,
	600,
	900,
	1800,
	3600,
	7200,
	10800,
	21600,
	43200,
	DAY_S,
	2 * DAY_S,
	7 * DAY_S,
	14 * DAY_S,
	30 * DAY_S,
	91 * DAY_S,
	182 * DAY_S,
	365 * DAY_S,
	730 * DAY_S,
	1825 * DAY_S,
	3650 * DAY_S,
	7300 * DAY_S,
	18250 * DAY_S,
};

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct ks_time_axis
ks_axis_time(int64_t from_ns, int64_t to_ns, size_t most_ticks)
{
	assert(from_ns < to_ns && most_ticks >= 2 && most_ticks <= KS_AXIS_TICKS);
	const double seconds = ((double)to_ns - (double)from_ns) / 1e9;
	size_t i = 0;
	while (i + 1 < KS_COUNT(steps_s) && seconds / (double)steps_s[i] > (double)most_ticks - 1)
		i++;
	struct ks_time_axis axis = {.step_s = steps_s[i]};
	const int64_t step_ns = axis.step_s * KS_NS_PER_S;
	axis.first_s = (floor_div(from_ns - 1, step_ns) + 1) * axis.step_s;
	const int64_t last_s = floor_div(to_ns, step_ns) * axis.step_s;
	if (last_s >= axis.first_s)
		axis.n = (size_t)((last_s - axis.first_s) / axis.step_s) + 1;
	if (axis.n > KS_AXIS_TICKS)
		axis.n = KS_AXIS_TICKS;
	return axis;
}

void
ks_axis_time_label(const struct ks_time_axis *axis, int64_t t_s, struct ks_buf *buf)
{
	const time_t t = (time_t)t_s;
	struct tm tm;
	if (gmtime_r(&t, &tm) == NULL)
		return;
	if (axis->step_s >= 30 * DAY_S)
		ks_buf_printf(buf, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	else if (axis->step_s >= DAY_S || (tm.tm_hour == 0 && tm.tm_min == 0 && tm.tm_sec == 0))
		ks_buf_printf(buf, "%02d-%02d", tm.tm_mon + 1, tm.tm_mday);
	else if (axis->step_s % 60 == 0)
		ks_buf_printf(buf, "%02d:%02d", tm.tm_hour, tm.tm_min);
	else
		ks_buf_printf(buf, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
}
