/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/support/guard.h -- bytes that end where memory ends.
 *
 * A read one byte past the input dies at once, with or without a sanitizer. The pages are never given back:
 * a test case is a process. */
#ifndef KS_TESTS_SUPPORT_GUARD_H
#define KS_TESTS_SUPPORT_GUARD_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { KS_GUARD_PAGE = 4096 };

/* The end of `room` writable bytes (rounded up to pages), where an unreadable page begins. */
static inline uint8_t *
ks_guard_end(size_t room)
{
	const size_t rounded = (room / KS_GUARD_PAGE + 1) * KS_GUARD_PAGE;
	uint8_t *const base = mmap(NULL, rounded + KS_GUARD_PAGE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (base == MAP_FAILED || mprotect(base + rounded, KS_GUARD_PAGE, PROT_NONE) != 0)
		abort();
	return base + rounded;
}

/* A copy of `n` bytes, placed before `end`; for sweeps over many inputs in one place. */
static inline const uint8_t *
ks_guard_put(uint8_t *end, const void *bytes, size_t n)
{
	if (n > 0)
		memcpy(end - n, bytes, n);
	return end - n;
}

static inline const uint8_t *
ks_guarded(const void *bytes, size_t n)
{
	return ks_guard_put(ks_guard_end(n), bytes, n);
}

#endif
