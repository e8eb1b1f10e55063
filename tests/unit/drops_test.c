/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/drops.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

static struct ks_drops drops;

/* Readings, each a second after the one before; a letter each for what had been lost by then in all. */
static void
play(uint32_t interface, const char *readings)
{
	for (int64_t s = 0; readings[s] != '\0'; s++) {
		const struct ks_ring_lost lost = {.kernel = (uint64_t)(readings[s] - 'a'), .interface = 0};
		ks_drops_count(&drops, interface, &lost);
		ks_drops_read(&drops, (1000 + s) * KS_NS_PER_S);
	}
}

static const struct {
	const char *what, *readings, *bins;
} rows[] = {
	{"nothing", "aaaaaaaaaa", ""},
	{"before the first reading", "caaa", "1000:2"}, /* the clock then said 1000 */
	{"a loss belongs to the bin of the reading before", "aaaaac", "1000:2"},
	{"also when it is told of behind its end", "aaaaaaaaaac", "1000:2"},
	{"but not later", "aaaaaaaaaaac", "1010:2"},
	{"several add up", "acehhhhhhhhhk", "1000:7 1010:3"},
};

Test(drops, fall_into_their_bins)
{
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		char got[128] = "";
		ks_drops_init(&drops, 10, 1000 * KS_NS_PER_S);
		/* A counter that begins with less than nothing lost would be no counter. */
		if (rows[i].readings[0] == 'c') {
			const struct ks_ring_lost lost = {.kernel = 2};
			ks_drops_count(&drops, 0, &lost);
		} else {
			play(0, rows[i].readings);
		}
		for (size_t k = 0; k < drops.n; k++) {
			const size_t n = strlen(got);
			(void)snprintf(got + n, sizeof(got) - n, "%s%lld:%llu", k > 0 ? " " : "",
				       (long long)drops.list[k].t_s,
				       (unsigned long long)drops.list[k].lost.kernel);
		}
		cr_expect(strcmp(got, rows[i].bins) == 0, "%s: '%s', wanted '%s'", rows[i].what, got,
			  rows[i].bins);
	}
}

Test(drops, interfaces_do_not_mix)
{
	ks_drops_init(&drops, 10, 1000 * KS_NS_PER_S);
	play(0, "ac");
	play(1, "ad");
	cr_assert(eq(sz, drops.n, 2));
	cr_expect(eq(u64, drops.list[0].lost.kernel, 2));
	cr_expect(eq(u64, drops.list[1].lost.kernel, 3));
	cr_expect(eq(u64, drops.all.kernel, 5));
}

Test(drops, a_full_list_forgets_times_but_no_packet)
{
	enum { BINS = KS_DROPS_MAX + 100 };
	uint64_t sum = 0;
	ks_drops_init(&drops, 1, 0);
	for (uint64_t i = 1; i <= BINS; i++) {
		const struct ks_ring_lost lost = {.kernel = 3 * i};
		ks_drops_read(&drops, (int64_t)i * KS_NS_PER_S);
		ks_drops_count(&drops, 0, &lost);
	}
	for (size_t i = 0; i < drops.n; i++)
		sum += drops.list[i].lost.kernel;
	cr_expect(eq(sz, drops.n, KS_DROPS_MAX));
	cr_expect(eq(u64, sum, 3 * BINS));
}

/* A new run has bins of its own; what was told of before is not told again. */
Test(drops, a_new_run_begins_with_what_comes)
{
	struct ks_ring_lost lost = {.kernel = 5};
	ks_drops_init(&drops, 10, 0);
	ks_drops_count(&drops, 0, &lost);
	ks_drops_renew(&drops);
	lost.kernel = 6;
	ks_drops_count(&drops, 0, &lost);
	cr_assert(eq(sz, drops.n, 1));
	cr_expect(eq(u64, drops.list[0].lost.kernel, 1));
}
