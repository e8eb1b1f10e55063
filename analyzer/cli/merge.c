/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/merge.c -- the verb merge: databases in, one database out, summary on the screen. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/cli/cli.h"
#include "analyzer/cli/options.h"
#include "store/query.h"

static void
print_help(void)
{
	(void)puts(
		"usage: keystorm merge -d OUT DB...\n\n"
		"Combine databases of several captures or vantage points: OUT then holds what analyzing all\n"
		"their captures into it would have given. What OUT holds already stays; captures that are "
		"in\n"
		"several of them count once. The databases that are merged are only read.\n\n"
		"  -d, --database OUT     the database to write\n"
		"  -q, --quiet            no summary");
}

static bool
is_same_file(const char *a, const char *b)
{
	struct stat one, other;
	return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

static void
tell_left_out(const struct ks_merge *merge, const char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t runs, left_out;
		struct ks_diag line;
		ks_merge_tell(merge, i, &runs, &left_out);
		if (left_out == 0)
			continue;
		(void)ks_diag_set(&line, KS_SUCCESS,
				  "%.300s: %zu of its %zu analyses not taken: the same bytes are there",
				  paths[i], left_out, runs);
		(void)fprintf(stderr, "keystorm merge: %s\n", line.text);
	}
}

/* An empty database that only a failed merge made. */
static void
remove_empty(const char *path)
{
	struct ks_store *store = NULL;
	struct ks_store_head head = {0};
	struct ks_diag unused;
	enum ks_error error = ks_store_open_read(path, &store, &unused);
	if (error == KS_SUCCESS)
		error = ks_store_read_head(store, &head, &unused);
	ks_store_close(store);
	if (error == KS_SUCCESS && head.vantage[0] == '\0')
		(void)unlink(path);
}

static enum ks_error
add_all(struct ks_merge *merge, const char *const *paths, size_t n, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < n && error == KS_SUCCESS; i++)
		error = ks_merge_add(merge, paths[i], diag);
	return error == KS_SUCCESS ? ks_merge_check(merge, diag) : error;
}

/* The sources are read before OUT is opened, so that a wrong name does not leave an empty database behind. */
static int
merge_paths(const char *out, bool quiet, const char *const *paths, size_t n)
{
	struct ks_diag diag = {0};
	struct ks_merge *merge = NULL;
	struct ks_store *store = NULL;
	const bool existed = access(out, F_OK) == 0;
	enum ks_error error = ks_merge_new(&merge, &diag);
	if (error == KS_SUCCESS)
		error = add_all(merge, paths, n, &diag);
	if (error == KS_SUCCESS)
		error = ks_store_open(out, &store, &diag);
	if (error == KS_SUCCESS)
		error = ks_merge_write(merge, store, &diag);
	const bool written = error == KS_SUCCESS;
	if (written) {
		tell_left_out(merge, paths, n);
		error = ks_cli_judge_store(store, NULL, &diag);
	}
	if (error == KS_SUCCESS && !quiet)
		error = ks_cli_print_report(store, "summary", out, &diag);
	ks_store_close(store);
	ks_merge_free(merge);
	if (store != NULL && !written && !existed)
		remove_empty(out);
	return error == KS_SUCCESS ? KS_EXIT_DONE : ks_cli_fail("merge", error, &diag);
}

int
ks_cli_merge(int argc, char **argv)
{
	static const struct option words[] = {
		{"database", required_argument, NULL, 'd'},
		{"quiet", no_argument, NULL, 'q'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	const char *out = NULL;
	bool quiet = false;
	for (int option; (option = ks_option_next("merge", argc, argv, ":d:qh", words)) != -1;) {
		switch (option) {
		case 'd':
			out = optarg;
			break;
		case 'q':
			quiet = true;
			break;
		case 'h':
			print_help();
			return KS_EXIT_DONE;
		default:
			return KS_EXIT_USAGE;
		}
	}
	if (out == NULL)
		return ks_cli_usage("merge", "where to? (-d OUT)");
	if (optind == argc)
		return ks_cli_usage("merge", "which databases?");
	for (int i = optind; i < argc; i++)
		if (is_same_file(out, argv[i]))
			return ks_cli_usage("merge",
					    "'%.200s' is the database to write: what it holds stays anyway",
					    argv[i]);
	return merge_paths(out, quiet, (const char *const *)(argv + optind), (size_t)(argc - optind));
}
