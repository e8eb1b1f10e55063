/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/given.h"

#include <stdlib.h>

static int
compare_names(struct ks_span x, struct ks_span y)
{
	const int order = memcmp(x.at, y.at, x.n < y.n ? x.n : y.n);
	return order != 0 ? order : (x.n > y.n) - (x.n < y.n);
}

int
ks_given_compare(const void *a, const void *b)
{
	const struct ks_given_server *const x = a, *const y = b;
	const int order = compare_names(x->zone, y->zone);
	return order != 0 ? order : memcmp(x->server.b, y->server.b, sizeof(x->server.b));
}

size_t
ks_given_sort(struct ks_given_server *list, size_t n)
{
	size_t kept = 0;
	if (n > 1)
		qsort(list, n, sizeof(*list), ks_given_compare);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || ks_given_compare(&list[kept - 1], &list[i]) != 0)
			list[kept++] = list[i];
	return kept;
}

/* The first whose zone is not before `zone`. */
static size_t
lower_bound(const struct ks_given_server *list, size_t n, struct ks_span zone)
{
	size_t from = 0, to = n;
	while (from < to) {
		const size_t middle = from + (to - from) / 2;
		if (compare_names(list[middle].zone, zone) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

const struct ks_given_server *
ks_given_find(const struct ks_given_server *list, size_t n, struct ks_span zone, size_t *ret_n)
{
	const size_t from = lower_bound(list, n, zone);
	size_t to = from;
	while (to < n && compare_names(list[to].zone, zone) == 0)
		to++;
	*ret_n = to - from;
	return *ret_n > 0 ? list + from : NULL;
}
