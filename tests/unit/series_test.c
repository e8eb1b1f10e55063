/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/series.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static const struct ks_secret secret = {.a = 99, .b = 7};

static struct ks_series *
series_of(size_t bytes, uint32_t width_s)
{
	static struct ks_series series;
	struct ks_diag diag;
	cr_assert(eq(int, ks_series_init(&series, bytes, width_s, &secret, &diag), KS_SUCCESS));
	return &series;
}

static const struct {
	const char *what;
	int64_t span_s;
	uint32_t width_s;
} widths[] = {
	{"an instant", 0, 1},
	{"three minutes", 180, 1},
	{"one second short of 120 bins of 5 s", 599, 1},
	{"120 bins of 5 s", 600, 5},
	{"120 bins of 10 s", 1200, 10},
	{"an hour", 3600, 30},
	{"two hours", 7200, 60},
	{"a day", 86400, 60},
};

Test(series, width_is_the_widest_that_gives_enough_bins)
{
	for (size_t i = 0; i < KS_COUNT(widths); i++)
		cr_assert(eq(u32, ks_series_width_for(widths[i].span_s), widths[i].width_s), "%s",
			  widths[i].what);
}

static uint64_t
queries_of(const struct ks_series *series, uint32_t *ret_bins)
{
	uint64_t sum = 0;
	*ret_bins = series->cells.n;
	for (uint32_t i = 0; i < series->cells.n; i++) {
		const struct ks_cell *const cell = ks_map_at(&series->cells, i);
		cr_assert(eq(u64, cell->key.w[0] % series->width_s, 0));
		sum += cell->queries;
	}
	return sum;
}

Test(series, folding_keeps_every_count_in_every_order_of_time)
{
	static const uint64_t t0_s = 1795298174;
	for (int backwards = 0; backwards < 2; backwards++) {
		struct ks_series *const series = series_of(1 << 22, 0);
		uint32_t bins;
		for (int64_t i = 0; i < 7300; i++) {
			const int64_t s = (int64_t)t0_s + (backwards ? 7299 - i : i);
			ks_series_advance(series, s * KS_NS_PER_S);
			ks_series_cell(series, s * KS_NS_PER_S, 0, KS_UDP, 48)->queries += 3;
		}
		cr_assert(eq(u32, series->width_s, 60));
		cr_assert(eq(u64, queries_of(series, &bins), 3 * 7300));
		cr_assert(eq(u32, bins, (t0_s % 60 + 7299) / 60 + 1));
		ks_series_done(series);
	}
}

Test(series, a_given_width_stays)
{
	struct ks_series *const series = series_of(1 << 22, 10);
	uint32_t bins;
	for (int64_t s = 0; s < 10000; s++) {
		ks_series_advance(series, s * KS_NS_PER_S);
		ks_series_cell(series, s * KS_NS_PER_S, 0, KS_UDP, 1)->queries++;
	}
	cr_assert(eq(u32, series->width_s, 10));
	cr_assert(eq(u64, queries_of(series, &bins), 10000));
	cr_assert(eq(u32, bins, 1000));
	ks_series_done(series);
}

Test(series, a_full_table_gives_up_resolution_not_counts)
{
	struct ks_series *const series = series_of(1 << 16, 7);
	uint32_t bins;
	for (int64_t s = 0; s < 200000; s++) {
		ks_series_advance(series, s * KS_NS_PER_S);
		ks_series_cell(series, s * KS_NS_PER_S, 0, KS_UDP, 1)->queries++;
	}
	cr_assert(gt(u64, series->folds_for_room, 0));
	cr_assert(gt(u32, series->width_s, 7));
	cr_assert(eq(u64, queries_of(series, &bins), 200000));
	ks_series_done(series);
}

Test(series, types_and_servers_beyond_the_bound_are_counted_together)
{
	struct ks_series *const series = series_of(1 << 22, 1);
	for (uint32_t type = 0; type < 65536; type++)
		ks_series_cell(series, 0, type, KS_TCP, (uint16_t)type)->queries++;
	uint64_t other = 0;
	for (uint32_t i = 0; i < series->cells.n; i++) {
		const struct ks_cell *const cell = ks_map_at(&series->cells, i);
		if ((cell->key.w[1] & 0x1ffff) == KS_QTYPE_OTHER)
			other += cell->queries;
	}
	cr_assert(eq(u64, other, 65536 - KS_SERIES_QTYPES));
	cr_assert(le(u32, series->cells.n, KS_SERIES_QTYPES + KS_SERIES_SERVERS + 1));
	ks_series_done(series);
}

/* Whatever is counted in a bin is there when bins are folded. */
Test(series, folding_adds_every_member_of_a_cell)
{
	struct ks_series *const series = series_of(1 << 22, 1);
	enum { KEY = 2, WORDS = sizeof(struct ks_zone_cell) / 8 };
	for (int64_t s = 0; s < 2; s++) {
		ks_series_advance(series, (1000 + s) * KS_NS_PER_S);
		uint64_t *const words = (uint64_t *)ks_series_zone(series, (1000 + s) * KS_NS_PER_S, 7);
		for (size_t i = KEY; i < WORDS; i++)
			words[i] = i;
	}
	cr_assert(eq(u32, series->zones.n, 2));
	series->width_given = false;
	ks_series_advance(series, 1700 * KS_NS_PER_S);
	cr_assert(eq(u32, series->zones.n, 1));
	const uint64_t *const folded = ks_map_at(&series->zones, 0);
	for (size_t i = KEY; i < WORDS; i++)
		cr_expect(eq(u64, folded[i], 2 * i), "word %zu", i);
}
