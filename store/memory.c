/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/memory.c -- memory for SQLite. It takes and gives back tens of thousands of small pieces to read the
 * schema and to compile statements, which in the C library was an eighth of all instructions for a small
 * capture. Here a small piece comes from a list of pieces of its size and goes back there; each thread has
 * its own lists, and what one frees may have been another's. Large pieces are the C library's as ever.
 */
#include <stdlib.h>
#include <string.h>

#include "store/store_p.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KS_SANITIZED
#endif
#endif

enum {
	STEP = 16,        /* sizes are multiples of it */
	SMALL_MOST = 1024 /* with the head */
};
#define CHUNK ((size_t)64 * 1024)

/* In front of each piece: octets that its user may fill. */
union head {
	size_t n;
	uint64_t align; /* SQLite wants eight octets */
};

struct piece {
	struct piece *next;
};

static __thread struct {
	struct piece *free[SMALL_MOST / STEP + 1];
	uint8_t *at;
	size_t n_left;
} pool;

static size_t
whole_of(size_t n)
{
	return (n + sizeof(union head) + STEP - 1) / STEP * STEP;
}

/* A new piece; what is left of the chunk before is too little for it, and stays unused. */
static union head *
cut(size_t whole)
{
	if (pool.n_left < whole) {
		pool.n_left = 0;
		pool.at = malloc(CHUNK);
		if (pool.at == NULL)
			return NULL;
		pool.n_left = CHUNK;
	}
	union head *const head = (union head *)(void *)pool.at;
	pool.at += whole;
	pool.n_left -= whole;
	return head;
}

static void *
take(int n)
{
	const size_t whole = whole_of((size_t)n);
	union head *head;
	if (whole > SMALL_MOST) {
		head = malloc(whole);
	} else if (pool.free[whole / STEP] != NULL) {
		struct piece *const piece = pool.free[whole / STEP];
		pool.free[whole / STEP] = piece->next;
		head = (union head *)(void *)piece - 1;
	} else {
		head = cut(whole);
	}
	if (head == NULL)
		return NULL;
	head->n = whole - sizeof(*head);
	return head + 1;
}

static void
give_back(void *memory)
{
	if (memory == NULL)
		return;
	union head *const head = (union head *)memory - 1;
	const size_t whole = head->n + sizeof(*head);
	if (whole > SMALL_MOST) {
		free(head);
		return;
	}
	struct piece *const piece = memory;
	piece->next = pool.free[whole / STEP];
	pool.free[whole / STEP] = piece;
}

static int
size_of(void *memory)
{
	return memory == NULL ? 0 : (int)((union head *)memory - 1)->n;
}

static int
round_up(int n)
{
	return (int)(whole_of((size_t)n) - sizeof(union head));
}

static void *
resize(void *memory, int n)
{
	const size_t had = ((union head *)memory - 1)->n, whole = whole_of((size_t)n);
	if (whole > SMALL_MOST && had + sizeof(union head) > SMALL_MOST) {
		union head *const head = realloc((union head *)memory - 1, whole);
		if (head == NULL)
			return NULL;
		head->n = whole - sizeof(*head);
		return head + 1;
	}
	void *const ret = take(n);
	if (ret == NULL)
		return NULL;
	memcpy(ret, memory, had < (size_t)n ? had : (size_t)n);
	give_back(memory);
	return ret;
}

static int
begin(void *unused)
{
	(void)unused;
	return SQLITE_OK;
}

static void
end(void *unused)
{
	(void)unused;
}

void
ks_memory_configure(void)
{
	static const sqlite3_mem_methods methods = {take,     give_back, resize, size_of,
						    round_up, begin,     end,    NULL};
/* Whoever looks for mistakes with memory shall see each piece. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(KS_SANITIZED)
	(void)sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
#else
	(void)methods;
#endif
}
