/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/zone_facts_p.h -- what the files that read zones out of the ledger share; private to store/.
 *
 * Memory:  copies and lists live until ks_zone_forget, that is for one zone. Without memory `no_memory` is
 * set and nothing more is read. Threads: as the store. */
#ifndef KS_STORE_ZONE_FACTS_P_H
#define KS_STORE_ZONE_FACTS_P_H

#include "store/store.h"
#include "store/store_p.h"

/* Copies that live as long as one zone is judged. */
struct ks_zone_block {
	struct ks_zone_block *next;
	size_t used, size;
	uint8_t at[];
};

/* A list that grows. */
struct ks_zone_list {
	void *at;
	size_t n, capacity;
};

enum {
	KS_ZONE_ZONES,
	KS_ZONE_CONTENTS,
	KS_ZONE_KEYS_OF,
	KS_ZONE_DS_OF,
	KS_ZONE_SEEN,
	KS_ZONE_DKEYS,
	KS_ZONE_SIGNATURES,
	KS_ZONE_NSECS,
	KS_ZONE_STATEMENTS
};

struct ks_zone_reader {
	struct ks_store *store;
	sqlite3_stmt *stmts[KS_ZONE_STATEMENTS];
	struct ks_zone_block *blocks;
	struct ks_zone_list contents, hashes, nodes, seen, keys, signatures, nsec;
	int64_t zone_id;
	bool root, no_memory;
	int rc; /* of the last step */
};

/* --- zone_read.c --- */

void *ks_zone_keep(struct ks_zone_reader *reader, size_t n); /* zeroed; or NULL */
void ks_zone_forget(struct ks_zone_reader *reader);
/* Room for one more, zeroed; NULL without memory. */
void *ks_zone_grow(struct ks_zone_reader *reader, struct ks_zone_list *list, size_t size);

/* Columns as our types, whatever stands in them. */
struct ks_span ks_zone_span(struct ks_zone_reader *reader, sqlite3_stmt *stmt, int column);
const char *ks_zone_text(struct ks_zone_reader *reader, sqlite3_stmt *stmt, int column); /* NULL: NULL */
void ks_zone_fixed(sqlite3_stmt *stmt, int column, uint8_t *ret, size_t n);
/* A time or a number of seconds; what is absurd is cut, so that differences of two never overflow. */
int64_t ks_zone_time(sqlite3_stmt *stmt, int column);
uint64_t ks_zone_count(sqlite3_stmt *stmt, int column);
uint32_t ks_zone_u32(sqlite3_stmt *stmt, int column);
uint16_t ks_zone_u16(sqlite3_stmt *stmt, int column);
uint8_t ks_zone_u8(sqlite3_stmt *stmt, int column);

/* A statement with its one or two parameters; its next row, false at the end and on errors. */
sqlite3_stmt *ks_zone_ask(struct ks_zone_reader *reader, int which, int64_t a, int64_t b);
bool ks_zone_step(struct ks_zone_reader *reader, sqlite3_stmt *stmt);

/* --- zone_periods.c --- */

void ks_zone_read_contents(struct ks_zone_reader *reader);
void ks_zone_read_seen(struct ks_zone_reader *reader);
/* In order, and what is one period made one. */
void ks_zone_join_seen(struct ks_zone_reader *reader);

#endif
