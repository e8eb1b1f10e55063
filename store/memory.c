/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/memory.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define SEES_EVERY_BLOCK 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SEES_EVERY_BLOCK 1
#endif
#endif
#ifndef SEES_EVERY_BLOCK
#define SEES_EVERY_BLOCK 0
#endif

enum {
	STEP = 16,        /* octets between one size and the next */
	SMALL = 1024,     /* the largest block that is on lists */
	CHUNK = 64 * 1024 /* from malloc, to cut blocks off */
};

/* What stands before each block. Eight octets are all the alignment that SQLite asks for. */
union head {
	int bytes; /* that may be used */
	int64_t align;
};

struct block {
	struct block *next;
};

/* A block may be freed by another thread than took it, and then is that one's. */
static _Thread_local struct {
	struct block *of_size[SMALL / STEP + 1];
	uint8_t *rest; /* of the chunk */
	size_t n_rest;
} pool;

static int
round_up(int bytes)
{
	return bytes <= SMALL ? (bytes + STEP - 1) / STEP * STEP : (bytes + 7) & ~7;
}

static union head *
head_of(void *block)
{
	return (union head *)block - 1;
}

static int
size_of(void *block)
{
	return block == NULL ? 0 : head_of(block)->bytes;
}

static void *
with_head(void *memory, int bytes)
{
	if (memory == NULL)
		return NULL;
	union head *const head = memory;
	head->bytes = bytes;
	return head + 1;
}

/* The rest of the last chunk is less than a block, and lost. */
static void *
cut(int bytes)
{
	const size_t n = sizeof(union head) + (size_t)bytes;
	if (pool.n_rest < n) {
		pool.rest = malloc(CHUNK);
		pool.n_rest = pool.rest != NULL ? CHUNK : 0;
	}
	if (pool.rest == NULL)
		return NULL;
	void *const ret = pool.rest;
	pool.rest += n;
	pool.n_rest -= n;
	return with_head(ret, bytes);
}

/* SQLite has rounded `bytes` up. */
static void *
take(int bytes)
{
	bytes = round_up(bytes);
	if (bytes > SMALL)
		return with_head(malloc(sizeof(union head) + (size_t)bytes), bytes);
	struct block *const block = pool.of_size[bytes / STEP];
	if (block == NULL)
		return cut(bytes);
	pool.of_size[bytes / STEP] = block->next;
	return block;
}

static void
give_back(void *memory)
{
	const int bytes = size_of(memory);
	if (bytes > SMALL) {
		free(head_of(memory));
	} else if (memory != NULL) {
		struct block *const block = memory;
		block->next = pool.of_size[bytes / STEP];
		pool.of_size[bytes / STEP] = block;
	}
}

static void *
resize(void *memory, int bytes)
{
	const int old = size_of(memory);
	bytes = round_up(bytes);
	if (old == bytes)
		return memory;
	if (old > SMALL && bytes > SMALL)
		return with_head(realloc(head_of(memory), sizeof(union head) + (size_t)bytes), bytes);
	void *const ret = take(bytes);
	if (ret == NULL)
		return NULL;
	memcpy(ret, memory, (size_t)(old < bytes ? old : bytes));
	give_back(memory);
	return ret;
}

static int
begin(void *arg)
{
	(void)arg;
	return SQLITE_OK;
}

static void
end(void *arg)
{
	(void)arg;
}

void
ks_memory_init(void)
{
	static const sqlite3_mem_methods methods = {
		.xMalloc = take,
		.xFree = give_back,
		.xRealloc = resize,
		.xSize = size_of,
		.xRoundup = round_up,
		.xInit = begin,
		.xShutdown = end,
	};
	if (!SEES_EVERY_BLOCK)
		(void)sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}
