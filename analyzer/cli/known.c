/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/known.h"

#include <stdio.h>
#include <stdlib.h>

/* What the database says about one file of the set. */
struct known {
	int64_t run; /* that holds its bytes; 0: none */
	size_t inputs_of_run;
};

static enum ks_error
look_up(struct ks_store *store, const struct ks_capture_info *info, struct known *ret, struct ks_diag *diag)
{
	bool has_size = false;
	*ret = (struct known){0};
	if (info->state == KS_CAPTURE_UNREADABLE || info->total_bytes == 0)
		return KS_SUCCESS;
	enum ks_error error = ks_store_has_size(store, info->total_bytes, &has_size, diag);
	if (error != KS_SUCCESS || !has_size)
		return error;
	uint8_t hash[16];
	error = ks_capture_hash_file(info->path, UINT64_MAX, hash, diag);
	if (error != KS_SUCCESS)
		return error;
	return ks_store_find_input(store, hash, &ret->run, &ret->inputs_of_run, diag);
}

/* Is every input of the run that holds file `i` among the files at hand? */
static bool
is_replaced(const struct known *known, size_t n, size_t i)
{
	size_t here = 0;
	for (size_t k = 0; k < n; k++)
		here += known[k].run == known[i].run;
	return here >= known[i].inputs_of_run;
}

/* Open the set again with the files that are still to be read. */
static enum ks_error
reopen(struct ks_capture **capture, const struct known *known, size_t n, const char *filter,
       struct ks_diag *diag)
{
	char(*const kept)[sizeof(((struct ks_capture_info *)0)->path)] = calloc(n + 1, sizeof(*kept));
	const char **const paths = calloc(n + 1, sizeof(*paths));
	size_t n_kept = 0;
	enum ks_error error = KS_SUCCESS;
	if (kept == NULL || paths == NULL)
		error = ks_diag_set(diag, KS_ERR_MEMORY, "no memory for %zu files", n);
	for (size_t i = 0; i < n && error == KS_SUCCESS; i++) {
		const struct ks_capture_info *const info = (*capture)->ops->info(*capture, i);
		if (known[i].run != 0 && !is_replaced(known, n, i)) {
			(void)fprintf(stderr,
				      "keystorm analyze: %.300s: in the database already, beside other "
				      "files: not counted again\n",
				      info->path);
			continue;
		}
		(void)snprintf(kept[n_kept], sizeof(kept[n_kept]), "%s", info->path);
		paths[n_kept] = kept[n_kept];
		n_kept++;
	}
	if (error == KS_SUCCESS && n_kept < n) {
		ks_capture_close(*capture);
		*capture = NULL;
		if (n_kept > 0)
			error = ks_capture_open_set(paths, n_kept, filter, capture, diag);
	}
	free(paths);
	free(kept);
	return error;
}

enum ks_error
ks_known_skip(struct ks_store *store, struct ks_capture **capture, const char *filter, struct ks_diag *diag)
{
	const size_t n = (*capture)->ops->n_files(*capture);
	struct known *const known = calloc(n + 1, sizeof(*known));
	if (known == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for %zu files", n);
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < n && error == KS_SUCCESS; i++)
		error = look_up(store, (*capture)->ops->info(*capture, i), &known[i], diag);
	if (error == KS_SUCCESS)
		error = reopen(capture, known, n, filter, diag);
	free(known);
	return error;
}
