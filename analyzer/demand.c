/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/demand.h"

/* A point with more is cut off: five seconds of a million queries, whose squares still leave room for a
 * million windows in 64 bits. */
enum { POINT_MAX = 4000000 };

static uint64_t
at_most(uint64_t n)
{
	return n < POINT_MAX ? n : POINT_MAX;
}

static void
count_window(struct ks_demand_sums *sums, uint64_t others, uint64_t asked)
{
	const uint64_t x = at_most(others), y = at_most(asked);
	sums->windows++;
	sums->x += x;
	sums->y += y;
	sums->xx += x * x;
	sums->xy += x * y;
	sums->yy += y * y;
}

void
ks_demand_cut(struct ks_demand *demand, int64_t t_ns, uint64_t others, bool of_clients)
{
	const bool whole = demand->from_ns != 0 && t_ns >= demand->from_ns &&
			   of_clients == demand->of_clients && others >= demand->others;
	if (whole)
		count_window(&demand->sums, others - demand->others, demand->asked);
	demand->from_ns = t_ns;
	demand->others = others;
	demand->of_clients = of_clients;
	demand->asked = 0;
}

void
ks_demand_ask(struct ks_demand *demand)
{
	demand->asked++;
}
