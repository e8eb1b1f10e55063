/* SPDX-License-Identifier: BSD-2-Clause
 *
 * count_allocations.c -- to be loaded before libc: counts calls of malloc, calloc and realloc, and tells at
 * the end. */
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static unsigned long n_calls;
static char early[65536]; /* dlsym itself allocates */
static size_t n_early;

void *malloc(size_t n);
void *calloc(size_t n, size_t each);
void *realloc(void *old, size_t n);
void free(void *old);

static void *
next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

static int
is_early(const void *at)
{
	return (const char *)at >= early && (const char *)at < early + sizeof(early);
}

void *
malloc(size_t n)
{
	static void *(*real)(size_t);
	n_calls++;
	if (real == NULL)
		*(void **)&real = next("malloc");
	return real(n);
}

void *
calloc(size_t n, size_t each)
{
	static void *(*real)(size_t, size_t);
	static int looking;
	n_calls++;
	if (real == NULL && looking) {
		void *const at = early + n_early;
		n_early += (n * each + 15) / 16 * 16;
		return n_early <= sizeof(early) ? at : NULL;
	}
	looking = 1;
	if (real == NULL)
		*(void **)&real = next("calloc");
	return real(n, each);
}

void *
realloc(void *old, size_t n)
{
	static void *(*real)(void *, size_t);
	n_calls++;
	if (real == NULL)
		*(void **)&real = next("realloc");
	return real(old, n);
}

void
free(void *old)
{
	static void (*real)(void *);
	if (is_early(old))
		return;
	if (real == NULL)
		*(void **)&real = next("free");
	real(old);
}

__attribute__((destructor)) static void
tell(void)
{
	(void)fprintf(stderr, "allocations: %lu\n", n_calls);
}
