/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/zone_read.c -- rows of the ledger into memory. */
#include <stdlib.h>
#include <string.h>

#include "store/zone_facts_p.h"

enum { BLOCK_BYTES = 65536 };

void *
ks_zone_keep(struct ks_zone_reader *reader, size_t n)
{
	struct ks_zone_block *block = reader->blocks;
	n = (n + 7) & ~(size_t)7;
	if (block == NULL || block->size - block->used < n) {
		const size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
		block = malloc(sizeof(*block) + size); /* not calloc: each zone has one, mostly empty */
		if (block == NULL) {
			reader->no_memory = true;
			return NULL;
		}
		*block = (struct ks_zone_block){.size = size, .next = reader->blocks};
		reader->blocks = block;
	}
	void *const at = block->at + block->used;
	block->used += n;
	return at;
}

void
ks_zone_forget(struct ks_zone_reader *reader)
{
	for (struct ks_zone_block *block = reader->blocks, *next; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	reader->blocks = NULL;
	struct ks_zone_list *const lists[] = {&reader->contents, &reader->hashes, &reader->nodes,
					      &reader->seen,     &reader->keys,   &reader->signatures,
					      &reader->nsec};
	for (size_t i = 0; i < KS_COUNT(lists); i++)
		lists[i]->n = 0;
}

/* Room for one more, zeroed; NULL without memory. */
void *
ks_zone_grow(struct ks_zone_reader *reader, struct ks_zone_list *list, size_t size)
{
	if (list->n == list->capacity) {
		const size_t capacity = list->capacity != 0 ? 2 * list->capacity : 64;
		void *const at = reallocarray(list->at, capacity, size);
		if (at == NULL) {
			reader->no_memory = true;
			return NULL;
		}
		list->at = at;
		list->capacity = capacity;
	}
	return memset((uint8_t *)list->at + list->n++ * size, 0, size);
}

/* --- columns: whoever wrote the file, we stay within our types --- */

struct ks_span
ks_zone_span(struct ks_zone_reader *reader, sqlite3_stmt *stmt, int column)
{
	const void *const blob = sqlite3_column_blob(stmt, column);
	const size_t n = (size_t)sqlite3_column_bytes(stmt, column);
	uint8_t *const copy = n != 0 ? ks_zone_keep(reader, n) : NULL;
	if (copy == NULL)
		return (struct ks_span){0};
	memcpy(copy, blob, n);
	return (struct ks_span){copy, n};
}

const char *
ks_zone_text(struct ks_zone_reader *reader, sqlite3_stmt *stmt, int column)
{
	const unsigned char *const text = sqlite3_column_text(stmt, column);
	if (text == NULL)
		return NULL;
	const size_t n = (size_t)sqlite3_column_bytes(stmt, column);
	char *const copy = ks_zone_keep(reader, n + 1);
	if (copy == NULL)
		return NULL;
	memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

void
ks_zone_fixed(sqlite3_stmt *stmt, int column, uint8_t *ret, size_t n)
{
	const void *const blob = sqlite3_column_blob(stmt, column);
	if (blob != NULL && (size_t)sqlite3_column_bytes(stmt, column) == n)
		memcpy(ret, blob, n);
}

int64_t
ks_zone_time(sqlite3_stmt *stmt, int column)
{
	const int64_t value = sqlite3_column_int64(stmt, column);
	const int64_t most = INT64_MAX / 4;
	return value > most ? most : value < -most ? -most : value;
}

uint64_t
ks_zone_count(sqlite3_stmt *stmt, int column)
{
	const int64_t value = sqlite3_column_int64(stmt, column);
	return value < 0 ? 0 : (uint64_t)value;
}

uint32_t
ks_zone_u32(sqlite3_stmt *stmt, int column)
{
	const uint64_t value = ks_zone_count(stmt, column);
	return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

uint16_t
ks_zone_u16(sqlite3_stmt *stmt, int column)
{
	return (uint16_t)sqlite3_column_int(stmt, column);
}

uint8_t
ks_zone_u8(sqlite3_stmt *stmt, int column)
{
	return (uint8_t)sqlite3_column_int(stmt, column);
}

/* The next row of a statement over the zone. */
bool
ks_zone_step(struct ks_zone_reader *reader, sqlite3_stmt *stmt)
{
	if (reader->no_memory)
		return false;
	reader->rc = sqlite3_step(stmt);
	return reader->rc == SQLITE_ROW;
}

sqlite3_stmt *
ks_zone_ask(struct ks_zone_reader *reader, int which, int64_t a, int64_t b)
{
	sqlite3_stmt *const stmt = reader->stmts[which];
	sqlite3_reset(stmt);
	sqlite3_bind_int64(stmt, 1, a);
	if (sqlite3_bind_parameter_count(stmt) > 1)
		sqlite3_bind_int64(stmt, 2, b);
	return stmt;
}
