/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/judge_clients.c -- how many different sources asked, over all runs. */
#include "analyzer/cli/judge_clients.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/distinct.h"

/* Conclusions are gathered first: the facts come out of the same database. */
struct ks_client_counts {
	struct ks_store_clients *list;
	size_t n, capacity;
	uint8_t all[KS_CLIENTS_KINDS][KS_CLIENTS_REGISTERS];
};

static enum ks_error
make_room(struct ks_client_counts *counts, struct ks_diag *diag)
{
	if (counts->n < counts->capacity)
		return KS_SUCCESS;
	const size_t capacity = counts->capacity * 2 + 32;
	struct ks_store_clients *const grown = reallocarray(counts->list, capacity, sizeof(*grown));
	if (grown == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for %zu days", capacity);
	counts->list = grown;
	counts->capacity = capacity;
	return KS_SUCCESS;
}

static void
estimate(struct ks_store_clients *clients, const uint8_t registers[][KS_CLIENTS_REGISTERS])
{
	for (size_t kind = 0; kind < KS_CLIENTS_KINDS; kind++)
		clients->counts[kind] = (uint64_t)llround(ks_distinct_count(registers[kind], KS_CLIENTS_P));
}

static enum ks_error
keep(void *arg, const struct ks_store_clients *clients, struct ks_diag *diag)
{
	struct ks_client_counts *const counts = arg;
	const enum ks_error error = make_room(counts, diag);
	if (error != KS_SUCCESS)
		return error;
	const bool whole = clients->scope == KS_CLIENTS_ALL;
	for (size_t kind = 0; kind < KS_CLIENTS_KINDS && !whole; kind++)
		ks_distinct_merge(counts->all[kind], clients->registers[kind], KS_CLIENTS_P);
	if (clients->scope == KS_CLIENTS_OTHER_DAYS)
		return KS_SUCCESS;
	struct ks_store_clients *const kept = &counts->list[counts->n++];
	*kept = *clients;
	kept->registers = NULL;
	if (!clients->exact)
		estimate(kept,
			 whole ? (const uint8_t(*)[KS_CLIENTS_REGISTERS])counts->all : clients->registers);
	return KS_SUCCESS;
}

enum ks_error
ks_client_counts_read(struct ks_store *store, struct ks_client_counts **ret, struct ks_diag *diag)
{
	struct ks_client_counts *const counts = calloc(1, sizeof(*counts));
	if (counts == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory to count sources");
	const enum ks_error error = ks_store_each_clients(store, keep, counts, diag);
	if (error != KS_SUCCESS)
		ks_client_counts_free(counts);
	else
		*ret = counts;
	return error;
}

enum ks_error
ks_client_counts_put(struct ks_store *store, const struct ks_client_counts *counts, struct ks_diag *diag)
{
	for (size_t i = 0; i < counts->n; i++) {
		const enum ks_error error = ks_store_judge_clients(store, &counts->list[i], diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

void
ks_client_counts_free(struct ks_client_counts *counts)
{
	if (counts != NULL)
		free(counts->list);
	free(counts);
}
