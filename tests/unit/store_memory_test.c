/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memory for SQLite: what is in a block stays, blocks do not overlap, and what was freed is used again. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

#include "store/memory.h"

enum { BLOCKS = 500, ROUNDS = 200000 };

struct held {
	unsigned char *block;
	int n;
	unsigned char fill;
};

static unsigned
draw(unsigned *state, unsigned below)
{
	*state = *state * 1103515245u + 12345u;
	return (*state >> 16) % below;
}

/* Around the border between lists and malloc, and now and then far beyond. */
static int
draw_size(unsigned *state)
{
	const unsigned most = draw(state, 20) == 0 ? 20000 : draw(state, 4) == 0 ? 1100 : 200;
	return 1 + (int)draw(state, most);
}

static int
is_whole(const struct held *held)
{
	for (int i = 0; i < held->n; i++)
		if (held->block[i] != held->fill)
			return 0;
	return 1;
}

/* The number of things that went wrong: Criterion's assertions are for the main thread. */
static size_t
change(struct held *held, unsigned *state)
{
	const int n = draw_size(state);
	size_t wrong = !is_whole(held);
	if (draw(state, 3) == 0) {
		sqlite3_free(held->block);
		*held = (struct held){0};
		return wrong;
	}
	unsigned char *const block = sqlite3_realloc(held->block, n);
	held->n = held->n < n ? held->n : n; /* so much is still as it was */
	held->block = block;
	wrong += block == NULL || (uintptr_t)block % 8 != 0 || sqlite3_msize(block) < (sqlite3_uint64)n;
	wrong += !is_whole(held);
	held->n = n;
	held->fill = (unsigned char)draw(state, 256);
	memset(block, held->fill, (size_t)n);
	return wrong;
}

static void *
use_at_random(void *arg)
{
	static _Thread_local struct held held[BLOCKS];
	unsigned state = *(unsigned *)arg;
	size_t wrong = 0;
	for (size_t i = 0; i < ROUNDS; i++)
		wrong += change(&held[draw(&state, BLOCKS)], &state);
	for (size_t i = 0; i < BLOCKS; i++)
		sqlite3_free(held[i].block);
	return (void *)(uintptr_t)wrong;
}

Test(store_memory, blocks_keep_what_is_in_them_in_each_thread)
{
	unsigned seeds[] = {1, 2, 3};
	pthread_t threads[3];
	ks_memory_init();
	cr_assert(eq(int, sqlite3_initialize(), SQLITE_OK));
	for (size_t i = 0; i < 3; i++)
		cr_assert(eq(int, pthread_create(&threads[i], NULL, use_at_random, &seeds[i]), 0));
	for (size_t i = 0; i < 3; i++) {
		void *wrong;
		cr_assert(eq(int, pthread_join(threads[i], &wrong), 0));
		cr_expect(eq(ptr, wrong, NULL));
	}
}

static void *
free_it(void *block)
{
	sqlite3_free(block);
	return NULL;
}

Test(store_memory, another_thread_may_free)
{
	pthread_t thread;
	ks_memory_init();
	for (int i = 0; i < 100; i++) {
		void *const block = sqlite3_malloc(100);
		cr_assert(block != NULL);
		memset(block, i, 100);
		cr_assert(eq(int, pthread_create(&thread, NULL, free_it, block), 0));
		cr_assert(eq(int, pthread_join(thread, NULL), 0));
	}
}

/* What a mistake is easily made with: bounded by what was in use at once. */
Test(store_memory, what_was_freed_is_used_again)
{
	void *seen[64] = {NULL};
	size_t n_seen = 0;
	ks_memory_init();
	for (int i = 0; i < 10000; i++) {
		void *const block = sqlite3_malloc(993 + i % 8);
		size_t at = 0;
		while (at < n_seen && seen[at] != block)
			at++;
		if (at == n_seen && n_seen < 64)
			seen[n_seen++] = block;
		sqlite3_free(block);
	}
#ifndef __SANITIZE_ADDRESS__
#if !defined(__has_feature)
	cr_expect(eq(sz, n_seen, 1));
#endif
#endif
}

Test(store_memory, nothing_is_nothing)
{
	ks_memory_init();
	cr_expect(eq(ptr, sqlite3_malloc(0), NULL));
	sqlite3_free(NULL);
	void *const block = sqlite3_realloc(NULL, 10);
	cr_expect(block != NULL);
	cr_expect(eq(ptr, sqlite3_realloc(block, 0), NULL));
	cr_expect(eq(ptr, sqlite3_malloc64((sqlite3_uint64)1 << 40), NULL));
}
