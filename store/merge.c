/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/merge.c -- the runs of several databases in one: plan, then copy, in one transaction. */
#include <stdlib.h>
#include <string.h>

#include "store/store_p.h"

struct source {
	char *path;
	size_t n_runs, n_left_out;
};

struct ks_merge {
	struct ks_merge_plan *plan;
	struct ks_store *model;        /* an empty database: the tables that a source must have */
	struct ks_merge_copier *trial; /* over `model` */
	struct source *sources;
	const char **paths; /* [0] is the one written to */
	size_t n_sources;
};

enum ks_error
ks_merge_new(struct ks_merge **ret, struct ks_diag *diag)
{
	struct ks_merge *const merge = calloc(1, sizeof(*merge));
	if (merge == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "out of memory");
	enum ks_error error = ks_merge_plan_new(&merge->plan, diag);
	if (error == KS_SUCCESS)
		error = ks_store_open_memory(&merge->model, diag);
	if (error == KS_SUCCESS)
		error = ks_merge_copier_new(merge->model, &merge->trial, diag);
	if (error != KS_SUCCESS) {
		ks_merge_free(merge);
		return error;
	}
	*ret = merge;
	return KS_SUCCESS;
}

void
ks_merge_free(struct ks_merge *merge)
{
	if (merge == NULL)
		return;
	for (size_t i = 0; i < merge->n_sources; i++)
		free(merge->sources[i].path);
	free(merge->sources);
	free(merge->paths);
	ks_merge_copier_free(merge->trial);
	ks_store_close(merge->model);
	ks_merge_plan_free(merge->plan);
	free(merge);
}

static enum ks_error
remember(struct ks_merge *merge, const char *path, struct ks_diag *diag)
{
	const size_t n = merge->n_sources;
	struct source *const sources = reallocarray(merge->sources, n + 1, sizeof(*sources));
	if (sources != NULL)
		merge->sources = sources;
	const char **const paths = reallocarray(merge->paths, n + 2, sizeof(*paths));
	if (paths != NULL)
		merge->paths = paths;
	char *const copy = strdup(path);
	if (sources == NULL || paths == NULL || copy == NULL) {
		free(copy);
		return ks_diag_set(diag, KS_ERR_MEMORY, "out of memory");
	}
	sources[n] = (struct source){.path = copy};
	paths[0] = "";
	paths[n + 1] = copy;
	merge->n_sources++;
	return KS_SUCCESS;
}

enum ks_error
ks_merge_add(struct ks_merge *merge, const char *path, struct ks_diag *diag)
{
	struct ks_store *store = NULL;
	enum ks_error error = ks_store_open_read(path, &store, diag);
	if (error != KS_SUCCESS)
		return error;
	error = ks_merge_copier_try(merge->trial, store, diag);
	if (error == KS_SUCCESS)
		error = remember(merge, path, diag);
	if (error == KS_SUCCESS)
		error = ks_merge_plan_add(merge->plan, merge->n_sources, store, diag);
	ks_store_close(store);
	return error;
}

enum ks_error
ks_merge_check(struct ks_merge *merge, struct ks_diag *diag)
{
	return merge->n_sources > 0 ? ks_merge_plan_decide(merge->plan, merge->paths, diag) : KS_SUCCESS;
}

/* --- writing --- */

static enum ks_error
delete_run(struct ks_store *out, int64_t run_id, struct ks_diag *diag)
{
	char *const sql = sqlite3_mprintf("DELETE FROM run WHERE run_id = %lld", (long long)run_id);
	const enum ks_error error =
		sql != NULL ? ks_sql_exec(out, sql, diag) : ks_sql_fail(out, SQLITE_NOMEM, diag);
	sqlite3_free(sql);
	return error;
}

/* A source is opened for each of its runs: there may be more of them than files that a process may hold. */
static enum ks_error
copy_run(struct ks_merge *merge, struct ks_merge_copier *copier, const struct ks_merge_choice *choice,
	 struct ks_diag *diag)
{
	struct ks_store *in = NULL;
	enum ks_error error = ks_store_open_read(merge->sources[choice->database - 1].path, &in, diag);
	if (error == KS_SUCCESS)
		error = ks_merge_copier_copy(copier, in, choice, diag);
	ks_store_close(in);
	return error;
}

/* First what goes, so that no two runs with the same hash meet. */
static enum ks_error
drop_lost(struct ks_merge *merge, struct ks_store *out, bool *ret_dropped, struct ks_diag *diag)
{
	struct ks_merge_choice choice;
	bool have = true;
	enum ks_error error = KS_SUCCESS;
	while (error == KS_SUCCESS) {
		error = ks_merge_plan_next(merge->plan, &choice, &have, diag);
		if (error != KS_SUCCESS || !have)
			break;
		if (choice.database > 0) {
			merge->sources[choice.database - 1].n_runs++;
			merge->sources[choice.database - 1].n_left_out += !choice.taken;
		} else if (!choice.taken) {
			*ret_dropped = true;
			error = delete_run(out, choice.run_id, diag);
		}
	}
	return error;
}

static enum ks_error
copy_taken(struct ks_merge *merge, struct ks_merge_copier *copier, struct ks_diag *diag)
{
	struct ks_merge_choice choice;
	bool have = true;
	enum ks_error error = KS_SUCCESS;
	while (error == KS_SUCCESS) {
		error = ks_merge_plan_next(merge->plan, &choice, &have, diag);
		if (error != KS_SUCCESS || !have)
			break;
		if (choice.database > 0 && choice.taken)
			error = copy_run(merge, copier, &choice, diag);
	}
	return error;
}

static enum ks_error
write_all(struct ks_merge *merge, struct ks_store *out, struct ks_merge_copier *copier, struct ks_diag *diag)
{
	bool dropped = false;
	/* Tables come in the order of the schema, which need not be that of their references. */
	enum ks_error error = ks_sql_exec(out, "PRAGMA defer_foreign_keys = ON", diag);
	if (error == KS_SUCCESS)
		error = ks_merge_plan_add(merge->plan, 0, out, diag);
	if (error == KS_SUCCESS)
		error = ks_merge_check(merge, diag);
	if (error == KS_SUCCESS)
		error = ks_store_forget_judgements(out, diag);
	if (error == KS_SUCCESS)
		error = drop_lost(merge, out, &dropped, diag);
	if (error == KS_SUCCESS)
		error = copy_taken(merge, copier, diag);
	if (error == KS_SUCCESS && dropped)
		error = ks_merge_copier_sweep(copier, diag);
	return error;
}

enum ks_error
ks_merge_write(struct ks_merge *merge, struct ks_store *out, struct ks_diag *diag)
{
	struct ks_merge_copier *copier = NULL;
	if (merge->n_sources > 0)
		merge->paths[0] = out->path;
	enum ks_error error = ks_merge_copier_new(out, &copier, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_exec(out, "BEGIN IMMEDIATE", diag);
	if (error == KS_SUCCESS) {
		error = write_all(merge, out, copier, diag);
		if (error == KS_SUCCESS)
			error = ks_sql_exec(out, "COMMIT", diag);
		if (error != KS_SUCCESS)
			ks_store_abandon(out);
	}
	ks_merge_copier_free(copier);
	return error;
}

void
ks_merge_tell(const struct ks_merge *merge, size_t source, size_t *ret_runs, size_t *ret_left_out)
{
	assert(source < merge->n_sources);
	*ret_runs = merge->sources[source].n_runs;
	*ret_left_out = merge->sources[source].n_left_out;
}
