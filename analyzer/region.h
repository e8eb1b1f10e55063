/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/region.h -- memory that lives as long as a run, counted against one budget.
 *
 * A region reserves address space for its greatest extent at once; the kernel gives pages as they are
 * first touched. So a table grows without being moved, pointers into it stay valid, and no page is
 * paid for before it is needed. There is no free(): a region goes away as a whole, or is cleared from
 * somewhere on.
 *
 * Not here: alignment beyond a page, sharing between threads, growth past the reserve. */
#ifndef KS_ANALYZER_REGION_H
#define KS_ANALYZER_REGION_H

#include "dissect/err.h"

struct ks_region {
	void *base;
	size_t reserved_bytes;
};

/* Reserve `bytes` (rounded up to pages), all zero. KS_ERR_MEMORY when the address space is not given. */
KS_MUST_CHECK enum ks_error ks_region_init(struct ks_region *region, size_t bytes, struct ks_diag *diag);
void ks_region_done(struct ks_region *region); /* a zeroed region is fine */

/* All octets from `from` up to `to` are zero again; pages among them that hold nothing else are given back.
 */
void ks_region_clear(const struct ks_region *region, size_t from, size_t to);

#endif
