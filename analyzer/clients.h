/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/clients.h -- how many different sources asked, by UTC day: IPv4, IPv6, IPv6 by /64 (DOMAIN 1-05).
 *
 * Two ways at once. Each source in the shard's table has a bit for each day on which it asked; at the end
 * they are counted, which is exact while no source had to leave the table. And when a bit is set for the
 * first time the source is shown to the day's HyperLogLog (distinct.h, p = 14), which holds whatever comes
 * and can be merged with those of other runs. So a query costs one test of a bit, and a source a day three
 * registers.
 *
 * Days are told by packet time, in the order in which they are met; those beyond KS_CLIENTS_DAYS share the
 * last place, which counts for the whole run but for no day of its own.
 *
 * Memory:  reserved at the start (1.5 MiB), touched by the days there are. Threads: one owner. */
#ifndef KS_ANALYZER_CLIENTS_H
#define KS_ANALYZER_CLIENTS_H

#include "analyzer/region.h"
#include "analyzer/sink.h"

enum { KS_CLIENTS_DAYS = 31, KS_CLIENTS_PLACES = KS_CLIENTS_DAYS + 1 };

struct ks_clients {
	struct ks_region registers; /* [place][kind][KS_CLIENTS_REGISTERS] */
	int64_t days[KS_CLIENTS_DAYS];
	uint32_t n_days;
	uint32_t latest; /* place of the day looked up last */
	bool beyond;     /* the last place is in use */
};

KS_MUST_CHECK enum ks_error ks_clients_init(struct ks_clients *clients, struct ks_diag *diag);
void ks_clients_done(struct ks_clients *clients);

/* Place of the day of a query, made if there is none. */
uint32_t ks_clients_place(struct ks_clients *clients, int64_t t_ns);

/* A source that asked on the day at `place`; any number of times is fine. */
void ks_clients_add(struct ks_clients *clients, uint32_t place, const struct ks_addr *source);

/* Exact counts, from sources one by one, in any order. */
struct ks_clients_tally {
	uint64_t days[KS_CLIENTS_PLACES][KS_CLIENTS_KINDS];
	uint64_t all[KS_CLIENTS_KINDS];
	struct ks_clients_net *nets; /* of the IPv6 sources, with their days */
	size_t n_nets, capacity;
};

/* Room for `n` sources, from malloc: for the end of a run. */
KS_MUST_CHECK enum ks_error ks_clients_tally_init(struct ks_clients_tally *tally, size_t n,
						  struct ks_diag *diag);
void ks_clients_tally_done(struct ks_clients_tally *tally); /* a zeroed one is fine */
void ks_clients_see(struct ks_clients_tally *tally, const struct ks_addr *source, uint32_t days);

/* After the last one: a fact for each day and one for the run. `exact`: all sources were seen. */
KS_MUST_CHECK enum ks_error ks_clients_freeze(const struct ks_clients *clients,
					      struct ks_clients_tally *tally, bool exact,
					      struct ks_sink *sink, struct ks_diag *diag);

#endif
