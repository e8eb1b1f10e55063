/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/few.c -- an SQL aggregate for our own queries: how many of the greatest make a share of all. As a
 * running sum over a window it costs ten times as much. */
#include <stdlib.h>

#include "store/store_p.h"

struct numbers {
	int64_t *at;
	size_t n, capacity;
	double share;
};

static bool
grow(struct numbers *numbers)
{
	const size_t capacity = numbers->capacity != 0 ? 2 * numbers->capacity : 64;
	int64_t *const at = reallocarray(numbers->at, capacity, sizeof(*at));
	if (at == NULL)
		return false;
	numbers->at = at;
	numbers->capacity = capacity;
	return true;
}

/* ks_few(n, share): NULL counts as 0. */
static void
take(sqlite3_context *context, int n, sqlite3_value **args)
{
	(void)n;
	struct numbers *const numbers = sqlite3_aggregate_context(context, sizeof(*numbers));
	if (numbers == NULL || (numbers->n == numbers->capacity && !grow(numbers))) {
		sqlite3_result_error_nomem(context);
		return;
	}
	numbers->at[numbers->n++] = sqlite3_value_int64(args[0]);
	numbers->share = sqlite3_value_double(args[1]);
}

static int
greatest_first(const void *a, const void *b)
{
	const int64_t *const x = a, *const y = b;
	return (*x < *y) - (*x > *y);
}

/* Those in front of which the share was not reached. */
static int64_t
count(const struct numbers *numbers)
{
	double total = 0, before = 0;
	size_t i = 0;
	for (; i < numbers->n; i++)
		total += (double)numbers->at[i];
	for (i = 0; i < numbers->n && before < numbers->share * total; i++)
		before += (double)numbers->at[i];
	return (int64_t)i;
}

static void
finish(sqlite3_context *context)
{
	struct numbers *const numbers = sqlite3_aggregate_context(context, 0);
	if (numbers == NULL) {
		sqlite3_result_int64(context, 0);
		return;
	}
	qsort(numbers->at, numbers->n, sizeof(*numbers->at), greatest_first);
	sqlite3_result_int64(context, count(numbers));
	free(numbers->at);
	*numbers = (struct numbers){0};
}

int
ks_few_register(sqlite3 *db)
{
	return sqlite3_create_function_v2(db, "ks_few", 2,
					  SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, NULL,
					  take, finish, NULL);
}
