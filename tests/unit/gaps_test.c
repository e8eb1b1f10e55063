/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/gaps.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

enum { BINS_MAX = 32 };

/* Packets a bin, a letter each: '.' none, 'a' one, 'z' twenty-six; 10 s wide, from 1000 s on. */
static const struct {
	const char *what, *packets, *unknown;
	bool dense;
	struct ks_gaps_span spans[3];
	size_t n_spans;
} rows[] = {
	{"silence in a sparse capture is silence", "a.b..c.", ".......", false, {{1000, 1070}}, 1},
	{"a hole in a dense one is not known", "zzz..zzz", "...xx...", true, {{1000, 1080}}, 1},
	{"before the traffic begins it is quiet", "c..zzzzz", "........", true, {{1000, 1080}}, 1},
	{"and behind its end", "zzzzz..b", "........", true, {{1000, 1080}}, 1},
	{"between two captures nobody listened",
	 "zz...zz",
	 "..xxx..",
	 false,
	 {{1000, 1020}, {1050, 1070}},
	 2},
	{"a bin that a capture touches is known",
	 "zz...zz",
	 "...x...",
	 false,
	 {{1000, 1025}, {1048, 1070}},
	 2},
	{"captures may overlap",
	 "aa.....a",
	 "....xxx.",
	 false,
	 {{1000, 1040}, {1005, 1010}, {1070, 1080}},
	 3},
	{"what stands outside all captures was captured",
	 "a.a",
	 ".x.",
	 false,
	 {{1000, 1001}, {1020, 1021}},
	 2},
	{"nothing at all", "...", "xxx", false, {{0, 0}}, 0},
};

Test(gaps, tells_silence_from_absence)
{
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_storm_whole whole[BINS_MAX] = {0};
		char got[BINS_MAX + 1] = "";
		const size_t n = strlen(rows[i].packets);
		for (size_t k = 0; k < n; k++)
			whole[k].packets =
				rows[i].packets[k] == '.' ? 0 : (uint64_t)(rows[i].packets[k] - 'a' + 1);
		ks_gaps_mark(whole, n, 1000, 10, rows[i].spans, rows[i].n_spans, rows[i].dense);
		for (size_t k = 0; k < n; k++)
			got[k] = whole[k].unknown ? 'x' : '.';
		cr_expect(strcmp(got, rows[i].unknown) == 0, "%s: %s, wanted %s", rows[i].what, got,
			  rows[i].unknown);
	}
}

/* Queries and lost packets a bin, a letter each, of 100 packets captured: '.' none, 'a' one, 'z' twenty-six.
 */
static const struct {
	const char *what, *queries, *lost, *unknown;
} losses[] = {
	{"nothing lost", "mmmcmm", "......", "......"},
	{"a dip where packets were lost is none", "mmmcmm", "...z..", "...x.."},
	{"a rise is one all the same", "cccmmc", "...z..", "......"},
	{"what comes later is measured by what is known", "mzpqmm", "..zz..", "..xx.."},
	{"one packet in a hundred is not worth it", "mmmcmm", "...a..", "......"},
	{"a storm in which much is lost goes on", "bbznznzb", "..zzzzz.", "...x.x.."},
};

static uint64_t
letter(char c)
{
	return c == '.' ? 0 : (uint64_t)(c - 'a' + 1);
}

Test(gaps, a_loss_is_no_dip)
{
	for (size_t i = 0; i < KS_COUNT(losses); i++) {
		struct ks_storm_whole whole[BINS_MAX] = {0};
		struct ks_storm_bin bins[BINS_MAX] = {0};
		char got[BINS_MAX + 1] = "";
		const size_t n = strlen(losses[i].queries);
		for (size_t k = 0; k < n; k++) {
			bins[k].queries = letter(losses[i].queries[k]);
			whole[k].packets = 100;
			whole[k].lost = letter(losses[i].lost[k]);
		}
		ks_gaps_losses(bins, whole, n);
		for (size_t k = 0; k < n; k++)
			got[k] = whole[k].unknown ? 'x' : '.';
		cr_expect(strcmp(got, losses[i].unknown) == 0, "%s: %s, wanted %s", losses[i].what, got,
			  losses[i].unknown);
	}
}
