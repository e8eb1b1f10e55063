/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/given.h -- servers of zones that the user knows of, where the capture cannot show them all.
 *
 * Threads: no state. */
#ifndef KS_ANALYZER_GIVEN_H
#define KS_ANALYZER_GIVEN_H

#include "dissect/addr.h"

struct ks_given_server {
	struct ks_span zone; /* wire format, lower case */
	struct ks_addr server;
};

/* By zone as their octets sort, then by address: an order for qsort and for the search below. */
int ks_given_compare(const void *a, const void *b);

/* Sort, and drop what stands there twice. Returns how many are left. */
size_t ks_given_sort(struct ks_given_server *list, size_t n);

/* The servers of a zone within a sorted list: `*ret_n` of them, from the pointer returned on; NULL: none. */
const struct ks_given_server *ks_given_find(const struct ks_given_server *list, size_t n, struct ks_span zone,
					    size_t *ret_n);

#endif
