/* SPDX-License-Identifier: BSD-2-Clause
 *
 * replay.c -- where there is no fuzzer: feed every file of the folders (or files) given to the target, from
 * memory that ends where the input does. A mistake of the target ends the program. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 22 };

static unsigned long n_inputs;

static int
feed_file(const char *path)
{
	FILE *const file = fopen(path, "rb");
	uint8_t *const room = malloc(INPUT_MAX);
	if (file == NULL || room == NULL) {
		perror(path);
		return 1;
	}
	const size_t n = fread(room, 1, INPUT_MAX, file);
	const int bad = ferror(file);
	(void)fclose(file);
	if (bad) {
		perror(path);
		return 1;
	}
	/* A block of exactly this size: the sanitizer then sees a read past its end. */
	uint8_t *const exact = malloc(n == 0 ? 1 : n);
	if (exact == NULL)
		return 1;
	memcpy(exact, room, n);
	free(room);
	(void)LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	n_inputs++;
	return 0;
}

static int
feed(const char *path)
{
	DIR *const folder = opendir(path);
	if (folder == NULL)
		return feed_file(path);
	int status = 0;
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		char inner[4096];
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
		status |= feed_file(inner);
	}
	(void)closedir(folder);
	return status;
}

int
main(int argc, char **argv)
{
	int status = 0;
	for (int i = 1; i < argc; i++)
		status |= feed(argv[i]);
	(void)printf("%lu inputs\n", n_inputs);
	return n_inputs == 0 ? 1 : status;
}
