/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/clients.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/distinct.h"

static_assert(KS_CLIENTS_REGISTERS == 1 << KS_CLIENTS_P, "an octet each");

#define DAY_NS (INT64_C(86400) * KS_NS_PER_S)

enum ks_error
ks_clients_init(struct ks_clients *clients, struct ks_diag *diag)
{
	*clients = (struct ks_clients){0};
	return ks_region_init(&clients->registers,
			      (size_t)KS_CLIENTS_PLACES * KS_CLIENTS_KINDS * KS_CLIENTS_REGISTERS, diag);
}

void
ks_clients_done(struct ks_clients *clients)
{
	ks_region_done(&clients->registers);
}

static uint8_t *
registers_at(const struct ks_clients *clients, uint32_t place, enum ks_clients_kind kind)
{
	return (uint8_t *)clients->registers.base +
	       ((size_t)place * KS_CLIENTS_KINDS + kind) * KS_CLIENTS_REGISTERS;
}

/* Rounded down, also before 1970. */
static int64_t
day_of(int64_t t_ns)
{
	return t_ns / DAY_NS - (t_ns % DAY_NS < 0);
}

uint32_t
ks_clients_place(struct ks_clients *clients, int64_t t_ns)
{
	const int64_t day = day_of(t_ns);
	if (clients->n_days > 0 && clients->days[clients->latest] == day)
		return clients->latest;
	for (uint32_t i = 0; i < clients->n_days; i++)
		if (clients->days[i] == day)
			return clients->latest = i;
	if (clients->n_days == KS_CLIENTS_DAYS) {
		clients->beyond = true;
		return KS_CLIENTS_DAYS;
	}
	clients->days[clients->n_days] = day;
	return clients->latest = clients->n_days++;
}

void
ks_clients_add(struct ks_clients *clients, uint32_t place, const struct ks_addr *source)
{
	const struct ks_span address = ks_addr_bytes(source);
	if (address.n == 4) {
		ks_distinct_add(registers_at(clients, place, KS_CLIENTS_V4), KS_CLIENTS_P, address.at, 4);
		return;
	}
	ks_distinct_add(registers_at(clients, place, KS_CLIENTS_V6), KS_CLIENTS_P, address.at, 16);
	ks_distinct_add(registers_at(clients, place, KS_CLIENTS_V6_64), KS_CLIENTS_P, address.at, 8);
}

/* --- exact --- */

struct ks_clients_net {
	uint8_t net[8];
	uint32_t days;
};

enum ks_error
ks_clients_tally_init(struct ks_clients_tally *tally, size_t n, struct ks_diag *diag)
{
	*tally = (struct ks_clients_tally){.nets = calloc(n + 1, sizeof(*tally->nets)), .capacity = n};
	if (tally->nets == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory to count %zu sources", n);
	return KS_SUCCESS;
}

void
ks_clients_tally_done(struct ks_clients_tally *tally)
{
	free(tally->nets);
	*tally = (struct ks_clients_tally){0};
}

static void
count(struct ks_clients_tally *tally, enum ks_clients_kind kind, uint32_t days)
{
	tally->all[kind] += days != 0;
	for (; days != 0; days &= days - 1)
		tally->days[__builtin_ctz(days)][kind]++;
}

void
ks_clients_see(struct ks_clients_tally *tally, const struct ks_addr *source, uint32_t days)
{
	const struct ks_span address = ks_addr_bytes(source);
	count(tally, address.n == 4 ? KS_CLIENTS_V4 : KS_CLIENTS_V6, days);
	if (address.n == 4 || days == 0)
		return;
	assert(tally->n_nets < tally->capacity);
	struct ks_clients_net *const net = &tally->nets[tally->n_nets++];
	memcpy(net->net, address.at, sizeof(net->net));
	net->days = days;
}

static int
compare_nets(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(((struct ks_clients_net *)NULL)->net));
}

/* Those of one network stand side by side once they are sorted. */
static void
count_nets(struct ks_clients_tally *tally)
{
	qsort(tally->nets, tally->n_nets, sizeof(*tally->nets), compare_nets);
	for (size_t i = 0; i < tally->n_nets;) {
		uint32_t days = 0;
		const size_t first = i;
		while (i < tally->n_nets && compare_nets(&tally->nets[first], &tally->nets[i]) == 0)
			days |= tally->nets[i++].days;
		count(tally, KS_CLIENTS_V6_64, days);
	}
}

/* --- facts --- */

static enum ks_error
put_place(const struct ks_clients *clients, uint32_t place, const struct ks_clients_tally *tally, bool exact,
	  struct ks_sink *sink, struct ks_diag *diag)
{
	struct ks_fact_clients fact = {
		.scope = place < KS_CLIENTS_DAYS ? KS_CLIENTS_DAY : KS_CLIENTS_OTHER_DAYS,
		.t_s = place < KS_CLIENTS_DAYS ? clients->days[place] * 86400 : 0,
		.place = place,
		.exact = exact,
	};
	for (size_t kind = 0; kind < KS_CLIENTS_KINDS; kind++) {
		fact.counts[kind] = tally->days[place][kind];
		fact.registers[kind] = (struct ks_span){
			registers_at(clients, place, (enum ks_clients_kind)kind), KS_CLIENTS_REGISTERS};
	}
	return sink->ops->clients(sink, &fact, diag);
}

enum ks_error
ks_clients_freeze(const struct ks_clients *clients, struct ks_clients_tally *tally, bool exact,
		  struct ks_sink *sink, struct ks_diag *diag)
{
	count_nets(tally);
	struct ks_fact_clients all = {.scope = KS_CLIENTS_ALL, .exact = exact};
	memcpy(all.counts, tally->all, sizeof(all.counts));
	enum ks_error error = sink->ops->clients(sink, &all, diag);
	for (uint32_t i = 0; i < clients->n_days && error == KS_SUCCESS; i++)
		error = put_place(clients, i, tally, exact, sink, diag);
	if (error == KS_SUCCESS && clients->beyond)
		error = put_place(clients, KS_CLIENTS_DAYS, tally, exact, sink, diag);
	return error;
}
