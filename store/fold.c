/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/fold.c -- an SQL aggregate for our own queries: sums by a number of which there are few, such as the
 * type of queries. GROUP BY would sort a million bins for a dozen types. The result is a row of numbers,
 * which ks_part(row, place) takes apart: how many keys there are; then, in ascending order, each key with its
 * sums. */
#include <stdlib.h>
#include <string.h>

#include "store/store_p.h"

struct sums {
	int64_t *rows;   /* of `width` numbers, the key first */
	uint32_t *slots; /* a row and one, by the hash of its key; 0: free */
	size_t n, width, n_slots;
};

static size_t
slot_of(const struct sums *sums, int64_t key)
{
	size_t at = ((uint64_t)key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (sums->n_slots - 1);
	while (sums->slots[at] != 0 && sums->rows[(sums->slots[at] - 1) * sums->width] != key)
		at = (at + 1) & (sums->n_slots - 1);
	return at;
}

/* Room for one more; half of the slots stay free. */
static bool
grow(struct sums *sums)
{
	const size_t n_slots = sums->n_slots != 0 ? 2 * sums->n_slots : 64;
	int64_t *const rows = reallocarray(sums->rows, n_slots / 2 * sums->width, sizeof(*rows));
	if (rows == NULL)
		return false;
	sums->rows = rows;
	uint32_t *const slots = calloc(n_slots, sizeof(*slots));
	if (slots == NULL)
		return false;
	free(sums->slots);
	sums->slots = slots;
	sums->n_slots = n_slots;
	for (size_t i = 0; i < sums->n; i++)
		slots[slot_of(sums, rows[i * sums->width])] = (uint32_t)i + 1;
	return true;
}

static int64_t *
row_of(struct sums *sums, int64_t key)
{
	if (2 * sums->n >= sums->n_slots && !grow(sums))
		return NULL;
	uint32_t *const slot = &sums->slots[slot_of(sums, key)];
	if (*slot == 0) {
		memset(&sums->rows[sums->n * sums->width], 0, sums->width * sizeof(*sums->rows));
		sums->rows[sums->n * sums->width] = key;
		*slot = (uint32_t)++sums->n;
	}
	return &sums->rows[(*slot - 1) * sums->width];
}

/* ks_fold(key, n...): NULL counts as 0. */
static void
take(sqlite3_context *context, int n, sqlite3_value **args)
{
	struct sums *const sums = sqlite3_aggregate_context(context, sizeof(*sums));
	if (sums == NULL || n < 1)
		return sqlite3_result_error_nomem(context);
	sums->width = (size_t)n;
	int64_t *const row = row_of(sums, sqlite3_value_int64(args[0]));
	if (row == NULL)
		return sqlite3_result_error_nomem(context);
	for (int i = 1; i < n; i++)
		if (__builtin_add_overflow(row[i], sqlite3_value_int64(args[i]), &row[i]))
			return sqlite3_result_error(context, "integer overflow", -1);
}

static int
least_first(const void *a, const void *b)
{
	const int64_t *const x = a, *const y = b;
	return (*x > *y) - (*x < *y);
}

static void
finish(sqlite3_context *context)
{
	struct sums *const sums = sqlite3_aggregate_context(context, 0);
	if (sums == NULL)
		return; /* no rows: NULL */
	const size_t size = sums->n * sums->width * sizeof(*sums->rows);
	int64_t *const all = sqlite3_malloc64(sizeof(*all) + size);
	if (all == NULL) {
		sqlite3_result_error_nomem(context);
	} else {
		qsort(sums->rows, sums->n, sums->width * sizeof(*sums->rows), least_first);
		all[0] = (int64_t)sums->n;
		memcpy(all + 1, sums->rows, size);
		sqlite3_result_blob64(context, all, sizeof(*all) + size, sqlite3_free);
	}
	free(sums->rows);
	free(sums->slots);
	*sums = (struct sums){0};
}

int
ks_fold_register(sqlite3 *db)
{
	return sqlite3_create_function_v2(db, "ks_fold", -1,
					  SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, NULL,
					  take, finish, NULL);
}
