/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* mincore */
#include "analyzer/region.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, PAGES = 8, OCTETS = PAGES * PAGE };

static size_t
resident_pages(const struct ks_region *region)
{
	unsigned char pages[PAGES];
	size_t n = 0;
	cr_assert(eq(int, mincore(region->base, OCTETS, pages), 0));
	for (size_t i = 0; i < PAGES; i++)
		n += pages[i] & 1;
	return n;
}

Test(region, is_zero_and_takes_no_page_before_it_is_touched)
{
	struct ks_region region;
	struct ks_diag diag;
	cr_assert(eq(int, ks_region_init(&region, OCTETS - 1, &diag), KS_SUCCESS));
	cr_assert(eq(sz, region.reserved_bytes, OCTETS));
	cr_assert(eq(sz, resident_pages(&region), 0));
	((uint8_t *)region.base)[PAGE] = 1;
	cr_assert(eq(sz, resident_pages(&region), 1));
	ks_region_done(&region);
	ks_region_done(&region);
}

/* Against an array; every way in which the two ends can lie in their pages. */
Test(region, what_is_cleared_is_zero_and_all_else_stays)
{
	static const size_t ends[] = {0,          1,     PAGE - 1, PAGE, PAGE + 1, 3 * PAGE, 5 * PAGE + 7,
				      OCTETS - 1, OCTETS};
	static uint8_t expected[OCTETS];
	struct ks_region region;
	struct ks_diag diag;
	cr_assert(eq(int, ks_region_init(&region, OCTETS, &diag), KS_SUCCESS));
	for (size_t i = 0; i < KS_COUNT(ends); i++) {
		for (size_t k = i; k < KS_COUNT(ends); k++) {
			memset(region.base, 7, OCTETS);
			memset(expected, 7, OCTETS);
			memset(expected + ends[i], 0, ends[k] - ends[i]);
			ks_region_clear(&region, ends[i], ends[k]);
			cr_assert(memcmp(region.base, expected, OCTETS) == 0, "%zu to %zu", ends[i], ends[k]);
		}
	}
	memset(region.base, 7, OCTETS);
	ks_region_clear(&region, PAGE + 1, OCTETS);
	cr_assert(eq(sz, resident_pages(&region), 2));
	ks_region_done(&region);
}
