/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/ledger_choose.c -- which names of the ledger become facts. */
#include <stdlib.h>

#include "analyzer/ledger_p.h"
#include "analyzer/top.h"

static void
choose(struct ks_ledger *ledger, uint32_t name)
{
	ledger->chosen[name] = 1;
}

/* Names that did more than to be delegated, and always so. */
static void
choose_telling(struct ks_ledger *ledger)
{
	for (uint32_t i = 0; i < ledger->contents.n; i++) {
		const struct ks_ledger_content *const content = ks_map_at(&ledger->contents, i);
		if (content->type != KS_TYPE_DS)
			choose(ledger, content->name);
	}
	for (uint32_t i = 0; i < ledger->series.n; i++) {
		const struct ks_ledger_series *const series = ks_map_at(&ledger->series, i);
		if (series->n > 1)
			choose(ledger, (uint32_t)(series->key.w[0] >> 32));
	}
	for (uint32_t i = 0; i < ledger->signatures.n; i++) {
		const struct ks_ledger_signature *const entry = ks_map_at(&ledger->signatures, i);
		choose(ledger, (uint32_t)(entry->key.w[0] >> 40));
	}
	for (uint32_t i = 0; i < ledger->nsecs.n; i++)
		choose(ledger, ((const struct ks_ledger_nsec *)ks_map_at(&ledger->nsecs, i))->name);
	for (uint32_t i = 0; i < ledger->exhaustions.n; i++) {
		const struct ks_ledger_exhaustion *const entry = ks_map_at(&ledger->exhaustions, i);
		choose(ledger, (uint32_t)(entry->key.w[0] >> 32));
	}
}

static void
choose_asked(struct ks_ledger *ledger, const struct ks_names *asked,
	     bool (*is_zone)(const void *arg, uint32_t number), const void *arg)
{
	for (uint32_t i = 0; i < ledger->names.table.n && asked->table.n > 0; i++) {
		const uint32_t number = ks_names_find(asked, ks_names_at(&ledger->names, i));
		if (number != KS_MAP_NONE && is_zone(arg, number))
			choose(ledger, i);
	}
}

/* Contents of one name stand apart here: the most frequent one speaks for it. */
static enum ks_error
choose_frequent(struct ks_ledger *ledger, struct ks_diag *diag)
{
	struct ks_top top;
	const enum ks_error error = ks_top_init(&top, KS_LEDGER_DELEGATIONS, diag);
	if (error != KS_SUCCESS)
		return error;
	for (uint32_t i = 0; i < ledger->contents.n; i++) {
		const struct ks_ledger_content *const content = ks_map_at(&ledger->contents, i);
		if (ledger->chosen[content->name] == 0)
			ks_top_offer(&top, &(struct ks_top_entry){.score = content->count,
								  .tie = {i},
								  .number = content->name});
	}
	for (uint32_t i = 0; i < top.n; i++)
		choose(ledger, top.heap[i].number);
	ks_top_done(&top);
	return KS_SUCCESS;
}

enum ks_error
ks_ledger_choose(struct ks_ledger *ledger, const struct ks_names *asked,
		 bool (*is_zone)(const void *arg, uint32_t number), const void *arg, struct ks_diag *diag)
{
	const uint32_t n = ledger->names.table.n;
	free(ledger->chosen);
	ledger->chosen = calloc(n + 1u, 1);
	if (ledger->chosen == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory to choose among %u names", n);
	ledger->n_chosen = n;
	choose_telling(ledger);
	choose_asked(ledger, asked, is_zone, arg);
	const enum ks_error error = choose_frequent(ledger, diag);
	ledger->passed_over = 0;
	for (uint32_t i = 0; i < n; i++)
		ledger->passed_over += ledger->chosen[i] == 0;
	return error;
}
