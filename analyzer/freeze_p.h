/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/freeze_p.h -- what the parts of freezing share; private to analyzer/freeze*.c. */
#ifndef KS_ANALYZER_FREEZE_P_H
#define KS_ANALYZER_FREEZE_P_H

#include "analyzer/shard.h"

/* What a table's entry is sorted by, and which entry it is. */
struct ks_rank {
	uint64_t major, minor, last;
	uint32_t number;
};

/* An order of entries of one table. */
struct ks_order {
	struct ks_rank *ranks;
	uint32_t n;
};

struct ks_freezer {
	struct ks_shard *shard;
	struct ks_sink *sink;
	struct ks_diag *diag;
	struct ks_order sources; /* those that become rows of their own */
	struct ks_order servers, zones;
	uint32_t *zone_place; /* by number: index in the order of zones */
	uint64_t floor;       /* queries (or responses) at most of a source without row */
};

struct ks_addr ks_freeze_addr(const struct ks_key *key);

/* As the bytes of the address themselves sort, 4 of them or 16: the order in which the store keeps its keys,
 * so that every row is appended. `entry` begins with an address as key. */
void ks_freeze_rank_addr(const struct ks_freezer *freezer, const void *entry, struct ks_rank *ret);

void ks_freeze_sort(struct ks_order *order);

/* What an entry of a table is sorted by. */
typedef void ks_freeze_rank_fn(const struct ks_freezer *freezer, const void *entry, struct ks_rank *ret);

/* Sort a table and put each of its entries. */
KS_MUST_CHECK enum ks_error
ks_freeze_table(const struct ks_freezer *freezer, const struct ks_map *table, ks_freeze_rank_fn *rank_of,
		enum ks_error (*put)(const struct ks_freezer *freezer, const void *entry));

/* Choose the sources that become rows: freezer->sources. */
KS_MUST_CHECK enum ks_error ks_freeze_choose_sources(struct ks_freezer *freezer);

KS_MUST_CHECK enum ks_error ks_freeze_sources(struct ks_freezer *freezer);

/* Flows, networks of those given away, behaviours; the tables give their memory back. */
KS_MUST_CHECK enum ks_error ks_freeze_flows(const struct ks_freezer *freezer);

KS_MUST_CHECK enum ks_error ks_freeze_sequences(const struct ks_freezer *freezer);
KS_MUST_CHECK enum ks_error ks_freeze_stacks(const struct ks_freezer *freezer);
/* Openings, servers of zones, changes of CD, priming, lookaside. */
KS_MUST_CHECK enum ks_error ks_freeze_manners(const struct ks_freezer *freezer);

/* Servers that the user named. */
KS_MUST_CHECK enum ks_error ks_freeze_given(const struct ks_freezer *freezer);

/* What was given away, by network, and the bounds of all tables that give away. After the sources. */
KS_MUST_CHECK enum ks_error ks_freeze_nets(const struct ks_freezer *freezer);

#endif
