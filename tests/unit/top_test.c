/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/top.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

static int
by_worth(const void *a, const void *b)
{
	const struct ks_top_entry *const x = a, *const y = b;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x->tie[0] != y->tie[0])
		return x->tie[0] < y->tie[0] ? -1 : 1;
	return x->tie[1] < y->tie[1] ? -1 : x->tie[1] > y->tie[1];
}

/* Small scores, so that ties are many. */
static void
draw(struct ks_top_entry *entries, uint32_t n, unsigned seed)
{
	srand(seed);
	for (uint32_t i = 0; i < n; i++)
		entries[i] = (struct ks_top_entry){
			.score = (uint64_t)rand() % 20, .tie = {(uint64_t)rand() % 50, i}, .number = i};
}

static void
is_the_head_of_a_sort(uint32_t n, uint32_t k, unsigned seed)
{
	static struct ks_top_entry entries[1000];
	struct ks_top top;
	struct ks_diag diag;
	draw(entries, n, seed);
	cr_assert(eq(int, ks_top_init(&top, k, &diag), KS_SUCCESS));
	for (uint32_t i = 0; i < n; i++)
		ks_top_offer(&top, &entries[i]);
	qsort(entries, n, sizeof(*entries), by_worth);
	qsort(top.heap, top.n, sizeof(*top.heap), by_worth);
	cr_assert(eq(u32, top.n, n < k ? n : k));
	for (uint32_t i = 0; i < top.n; i++)
		cr_assert(eq(u32, top.heap[i].number, entries[i].number), "n %u k %u seed %u at %u", n, k,
			  seed, i);
	ks_top_done(&top);
}

Test(top, equals_the_head_of_a_full_sort)
{
	for (unsigned seed = 0; seed < 50; seed++) {
		is_the_head_of_a_sort(1000, 1 + seed * 7, seed);
		is_the_head_of_a_sort(seed, 10, seed);
	}
	is_the_head_of_a_sort(1000, 0, 1);
	is_the_head_of_a_sort(1000, 2000, 1);
}
