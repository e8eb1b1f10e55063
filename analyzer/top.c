/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/top.h"

#include <stdlib.h>

enum ks_error
ks_top_init(struct ks_top *top, uint32_t k, struct ks_diag *diag)
{
	*top = (struct ks_top){.heap = calloc(k + (size_t)1, sizeof(*top->heap)), .k = k};
	return top->heap != NULL ? KS_SUCCESS
				 : ks_diag_set(diag, KS_ERR_MEMORY, "no memory for the %u greatest", k);
}

void
ks_top_done(struct ks_top *top)
{
	free(top->heap);
	*top = (struct ks_top){0};
}

static bool
is_worse(const struct ks_top_entry *a, const struct ks_top_entry *b)
{
	if (a->score != b->score)
		return a->score < b->score;
	if (a->tie[0] != b->tie[0])
		return a->tie[0] > b->tie[0];
	return a->tie[1] > b->tie[1];
}

/* A hole at `i` sinks until `entry` may stand in it. */
static void
sink(struct ks_top *top, uint32_t i, const struct ks_top_entry *entry)
{
	for (;;) {
		uint32_t child = 2 * i + 1;
		if (child + 1 < top->n && is_worse(&top->heap[child + 1], &top->heap[child]))
			child++;
		if (child >= top->n || !is_worse(&top->heap[child], entry))
			break;
		top->heap[i] = top->heap[child];
		i = child;
	}
	top->heap[i] = *entry;
}

static void
rise(struct ks_top *top, const struct ks_top_entry *entry)
{
	uint32_t i = top->n++;
	for (; i > 0 && is_worse(entry, &top->heap[(i - 1) / 2]); i = (i - 1) / 2)
		top->heap[i] = top->heap[(i - 1) / 2];
	top->heap[i] = *entry;
}

void
ks_top_offer(struct ks_top *top, const struct ks_top_entry *candidate)
{
	if (top->n < top->k)
		rise(top, candidate);
	else if (top->k > 0 && is_worse(&top->heap[0], candidate))
		sink(top, 0, candidate);
}
