/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/capture/set_files.h"

#include "analyzer/capture/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Enough to tell rotated captures apart, which share their header and are cut at the same size. */
enum { PREFIX_BYTES = 1 << 16 };

static enum ks_error
no_memory(struct ks_diag *diag)
{
	return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for the list of captures");
}

void
ks_set_file_leave_out(struct ks_set_file *file, const char *why)
{
	struct ks_capture_info *const info = &file->info;
	file->left_out = true;
	info->state = KS_CAPTURE_UNREADABLE;
	/* Refusals begin with the path, which the info has already. */
	const size_t n = strlen(file->path);
	if (strncmp(why, file->path, n) == 0 && strncmp(why + n, ": ", 2) == 0)
		why += n + 2;
	(void)snprintf(info->note, sizeof(info->note), "%.*s", (int)sizeof(info->note) - 1, why);
}

/* --- the list --- */

static struct ks_set_file *
file_add(struct ks_set_files *files, const char *folder, const char *name)
{
	if (files->n == files->room) {
		const size_t room = files->room == 0 ? 8 : files->room * 2;
		struct ks_set_file *const more = realloc(files->at, room * sizeof(*more));
		if (more == NULL)
			return NULL;
		files->at = more;
		files->room = room;
	}
	const size_t folder_n = folder == NULL ? 0 : strlen(folder), path_n = folder_n + 1 + strlen(name) + 1;
	char *const path = malloc(path_n);
	if (path == NULL)
		return NULL;
	const bool slash = folder_n > 0 && folder[folder_n - 1] != '/';
	(void)snprintf(path, path_n, "%s%s%s", folder == NULL ? "" : folder, slash ? "/" : "", name);
	struct ks_set_file *const file = &files->at[files->n++];
	*file = (struct ks_set_file){.path = path};
	ks_file_info_reset(&file->info, path);
	return file;
}

static void
file_describe(struct ks_set_file *file, const struct stat *status)
{
	file->reopens = S_ISREG(status->st_mode);
	file->device = status->st_dev;
	file->inode = status->st_ino;
	if (file->reopens)
		file->size = file->info.size_bytes = file->info.total_bytes = (uint64_t)status->st_size;
}

static enum ks_error
folder_list(struct ks_set_files *files, const char *path, DIR *folder, struct ks_diag *diag)
{
	const size_t before = files->n;
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		struct stat status;
		/* Subfolders, sockets and dangling links are not captures; a hidden file was not meant. */
		if (entry->d_name[0] == '.' || fstatat(dirfd(folder), entry->d_name, &status, 0) != 0 ||
		    !S_ISREG(status.st_mode))
			continue;
		struct ks_set_file *const file = file_add(files, path, entry->d_name);
		if (file == NULL)
			return no_memory(diag);
		file_describe(file, &status);
	}
	if (files->n > before)
		return KS_SUCCESS;
	struct ks_set_file *const file = file_add(files, NULL, path);
	if (file == NULL)
		return no_memory(diag);
	ks_set_file_leave_out(file, "a folder without files");
	return KS_SUCCESS;
}

static enum ks_error
path_list(struct ks_set_files *files, const char *path, struct ks_diag *diag)
{
	const bool stdin_named = strcmp(path, "-") == 0;
	struct stat status;
	const bool there = !stdin_named && stat(path, &status) == 0;
	if (there && S_ISDIR(status.st_mode)) {
		DIR *const folder = opendir(path);
		if (folder != NULL) {
			const enum ks_error error = folder_list(files, path, folder, diag);
			(void)closedir(folder);
			return error;
		}
	}
	const int why = errno;
	struct ks_set_file *const file = file_add(files, NULL, path);
	if (file == NULL)
		return no_memory(diag);
	if (there && !S_ISDIR(status.st_mode))
		file_describe(file, &status);
	else if (!stdin_named)
		ks_set_file_leave_out(file, strerror(why));
	return KS_SUCCESS;
}

static int
by_path(const void *a, const void *b)
{
	const struct ks_set_file *const first = a, *const second = b;
	return strcmp(first->path, second->path);
}

/* --- the same bytes twice --- */

/* Size, then hashes, then place in the list: the same bytes stand side by side, the first path first. */
static int
by_bytes(const void *a, const void *b)
{
	const struct ks_set_file *const first = *(struct ks_set_file *const *)a;
	const struct ks_set_file *const second = *(struct ks_set_file *const *)b;
	if (first->size != second->size)
		return first->size < second->size ? -1 : 1;
	int order = memcmp(first->prefix_hash, second->prefix_hash, sizeof(first->prefix_hash));
	if (order == 0)
		order = memcmp(first->whole_hash, second->whole_hash, sizeof(first->whole_hash));
	if (order != 0)
		return order;
	return first < second ? -1 : first > second;
}

static bool
same_size(const struct ks_set_file *a, const struct ks_set_file *b)
{
	return a->size == b->size;
}

static bool
same_prefix(const struct ks_set_file *a, const struct ks_set_file *b)
{
	return same_size(a, b) && memcmp(a->prefix_hash, b->prefix_hash, sizeof(a->prefix_hash)) == 0;
}

static bool
same_whole(const struct ks_set_file *a, const struct ks_set_file *b)
{
	return same_prefix(a, b) && memcmp(a->whole_hash, b->whole_hash, sizeof(a->whole_hash)) == 0;
}

typedef bool same_fn(const struct ks_set_file *a, const struct ks_set_file *b);

static bool
has_twin(struct ks_set_file *const *sorted, size_t n, size_t i, same_fn *same)
{
	return (i > 0 && same(sorted[i - 1], sorted[i])) || (i + 1 < n && same(sorted[i], sorted[i + 1]));
}

static bool
same_inode(const struct ks_set_file *a, const struct ks_set_file *b)
{
	return a->device == b->device && a->inode == b->inode;
}

static enum ks_error
hash_one(struct ks_set_file *file, bool whole, struct ks_diag *diag)
{
	uint8_t *const hash = whole ? file->whole_hash : file->prefix_hash;
	struct ks_diag why;
	const enum ks_error error =
		ks_capture_hash_file(file->path, whole ? UINT64_MAX : PREFIX_BYTES, hash, &why);
	if (error == KS_ERR_MEMORY)
		*diag = why;
	else if (error != KS_SUCCESS)
		ks_set_file_leave_out(file, why.text);
	return error == KS_ERR_MEMORY ? error : KS_SUCCESS;
}

/* Hash where `same` leaves a doubt. A name of the same inode needs no second reading. */
static enum ks_error
hash_twins(struct ks_set_file **sorted, size_t n, same_fn *same, bool whole, struct ks_diag *diag)
{
	/* Which files have a twin must be known before the first hash changes the answer. */
	bool *const twin = calloc(n, sizeof(*twin));
	if (twin == NULL)
		return no_memory(diag);
	for (size_t i = 0; i < n; i++)
		twin[i] = has_twin(sorted, n, i, same);
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < n && error == KS_SUCCESS; i++) {
		if (!twin[i])
			continue;
		if (i > 0 && twin[i - 1] && same_inode(sorted[i - 1], sorted[i])) {
			memcpy(sorted[i]->prefix_hash, sorted[i - 1]->prefix_hash, 16);
			memcpy(sorted[i]->whole_hash, sorted[i - 1]->whole_hash, 16);
			continue;
		}
		error = hash_one(sorted[i], whole, diag);
	}
	free(twin);
	if (error == KS_SUCCESS)
		qsort(sorted, n, sizeof(*sorted), by_bytes);
	return error;
}

static void
twin_leave_out(struct ks_set_file *file, const struct ks_set_file *first)
{
	char why[sizeof(file->info.note)];
	(void)snprintf(why, sizeof(why), "same bytes as %.*s: counted once", (int)sizeof(why) - 32,
		       first->path);
	ks_set_file_leave_out(file, why);
	file->info.duplicate = true;
	memcpy(file->info.hash, file->whole_hash, sizeof(file->info.hash));
}

static enum ks_error
twins_mark(struct ks_set_file **sorted, size_t n, struct ks_diag *diag)
{
	qsort(sorted, n, sizeof(*sorted), by_bytes);
	enum ks_error error = hash_twins(sorted, n, same_size, /* whole= */ false, diag);
	if (error == KS_SUCCESS)
		error = hash_twins(sorted, n, same_prefix, /* whole= */ true, diag);
	if (error != KS_SUCCESS)
		return error;
	for (size_t first = 0, i = 1; i < n; i++) {
		if (!same_whole(sorted[first], sorted[i]))
			first = i;
		else if (!sorted[i]->left_out && !sorted[first]->left_out)
			twin_leave_out(sorted[i], sorted[first]);
	}
	return KS_SUCCESS;
}

static enum ks_error
twins_find(struct ks_set_files *files, struct ks_diag *diag)
{
	struct ks_set_file **const sorted = malloc(files->n * sizeof(struct ks_set_file *));
	if (sorted == NULL)
		return no_memory(diag);
	size_t n = 0;
	for (size_t i = 0; i < files->n; i++)
		if (files->at[i].reopens && files->at[i].size > 0 && !files->at[i].left_out)
			sorted[n++] = &files->at[i];
	const enum ks_error error = n < 2 ? KS_SUCCESS : twins_mark(sorted, n, diag);
	free(sorted);
	return error;
}

enum ks_error
ks_set_files_list(struct ks_set_files *ret, const char *const *paths, size_t n, struct ks_diag *diag)
{
	*ret = (struct ks_set_files){.at = NULL};
	for (size_t i = 0; i < n; i++) {
		const enum ks_error error = path_list(ret, paths[i], diag);
		if (error != KS_SUCCESS)
			return error;
	}
	if (ret->n == 0)
		return KS_SUCCESS;
	qsort(ret->at, ret->n, sizeof(*ret->at), by_path);
	for (size_t i = 1; i < ret->n; i++)
		if (strcmp(ret->at[i].path, "-") == 0 && strcmp(ret->at[i - 1].path, "-") == 0)
			ks_set_file_leave_out(&ret->at[i], "standard input named twice");
	return twins_find(ret, diag);
}

void
ks_set_files_free(struct ks_set_files *files)
{
	for (size_t i = 0; i < files->n; i++) {
		ks_capture_close(files->at[i].capture);
		free(files->at[i].interface_ids);
		free(files->at[i].path);
	}
	free(files->at);
	*files = (struct ks_set_files){.at = NULL};
}
