/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/region.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/* Regions below this are not worth two megabytes at a time. */
#define HUGE_FROM ((size_t)16 << 20)

enum { PAGE = 4096 };

static size_t
round_up(size_t bytes)
{
	return (bytes + PAGE - 1) / PAGE * PAGE;
}

enum ks_error
ks_region_init(struct ks_region *region, size_t bytes, struct ks_diag *diag)
{
	const size_t rounded = round_up(bytes);
	/* NORESERVE: the budget is ours to keep, the kernel need not set swap aside for pages never touched.
	 */
	void *const base = mmap(NULL, rounded, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (base == MAP_FAILED)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for %zu MiB: %s; try a smaller --memory",
				   rounded >> 20, strerror(errno));
	/* A table of a hundred thousand entries, met at random, misses the TLB on nearly every packet with
	 * small pages. Refusal does no harm. */
	if (rounded >= HUGE_FROM)
		(void)madvise(base, rounded, MADV_HUGEPAGE);
	*region = (struct ks_region){.base = base, .reserved_bytes = rounded};
	return KS_SUCCESS;
}

void
ks_region_clear(const struct ks_region *region, size_t from, size_t to)
{
	uint8_t *const base = region->base;
	const size_t whole = round_up(from), end = to / PAGE * PAGE;
	/* An anonymous page that was given back reads as zeros, should it be touched again. */
	if (whole >= end || madvise(base + whole, end - whole, MADV_DONTNEED) != 0) {
		memset(base + from, 0, to - from);
		return;
	}
	memset(base + from, 0, whole - from);
	memset(base + end, 0, to - end);
}

void
ks_region_done(struct ks_region *region)
{
	if (region->base != NULL)
		(void)munmap(region->base, region->reserved_bytes);
	*region = (struct ks_region){0};
}
