/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/gaps.h"

/* The first bin at or behind `from` that has packets. */
static size_t
next_loud(const struct ks_storm_whole *whole, size_t n, size_t from)
{
	while (from < n && whole[from].packets == 0)
		from++;
	return from;
}

/* Silence between two dense bins. */
static void
mark_holes(struct ks_storm_whole *whole, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (whole[i].packets != 0)
			continue;
		const size_t to = next_loud(whole, n, i);
		const bool hole =
			whole[i - 1].packets >= KS_GAPS_DENSE && to < n && whole[to].packets >= KS_GAPS_DENSE;
		for (; i < to; i++)
			whole[i].unknown |= hole;
	}
}

void
ks_gaps_mark(struct ks_storm_whole *whole, size_t n, int64_t t0_s, uint32_t bin_s,
	     const struct ks_gaps_span *spans, size_t n_spans, bool dense)
{
	size_t next = 0;
	int64_t covered_s = INT64_MIN; /* up to here, by the spans begun so far */
	for (size_t i = 0; i < n; i++) {
		const int64_t from_s = t0_s + (int64_t)i * bin_s;
		for (; next < n_spans && spans[next].from_s < from_s + bin_s; next++)
			covered_s = spans[next].to_s > covered_s ? spans[next].to_s : covered_s;
		whole[i].unknown = whole[i].packets == 0 && covered_s <= from_s;
	}
	if (dense)
		mark_holes(whole, n);
	for (size_t i = 0; i < n; i++)
		whole[i].nothing = whole[i].unknown;
}

/* One packet in a hundred is less than what chance does to a count. */
static bool
is_lossy(const struct ks_storm_whole *whole)
{
	return whole->lost > (whole->packets + whole->lost) / 100;
}

void
ks_gaps_losses(const struct ks_storm_bin *bins, struct ks_storm_whole *whole, size_t n)
{
	uint64_t before = 0; /* queries of the last bin that is known */
	for (size_t i = 0; i < n; i++) {
		whole[i].unknown = whole[i].nothing || (is_lossy(&whole[i]) && bins[i].queries < before);
		if (!whole[i].unknown)
			before = bins[i].queries;
	}
}
