/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/image_make.c -- image_make OUT.c: a new database, from the text of the schema, as a C array. Part of
 * the build.
 */
#include <stdio.h>
#include <unistd.h>

#include "store/image.h"
#include "store/store.h"

/* The database and what may lie about of one that was interrupted. */
static void
sweep(const char *database)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	for (size_t i = 0; i < KS_COUNT(ends); i++) {
		char name[4200];
		(void)snprintf(name, sizeof(name), "%s%s", database, ends[i]);
		(void)unlink(name);
	}
}

static bool
make(const char *database)
{
	struct ks_diag diag = {0};
	struct ks_store *store = NULL;
	const enum ks_error error = ks_store_open(database, &store, &diag);
	if (error != KS_SUCCESS)
		(void)fprintf(stderr, "image_make: %s\n", diag.text);
	ks_store_close(store);
	return error == KS_SUCCESS;
}

/* Octets, for the reasons of embed.sh. */
static void
print(FILE *in, FILE *out)
{
	size_t n = 0;
	(void)fputs("/* Made by store/image_make.c; do not edit. */\n#include \"store/image.h\"\n\n"
		    "const uint8_t ks_image[] = {",
		    out);
	for (int octet; (octet = getc(in)) != EOF; n++)
		(void)fprintf(out, "%s%d,", n % 32 == 0 ? "\n" : "", octet);
	(void)fprintf(out, "\n};\nconst size_t ks_image_bytes = %zu;\n", n);
}

static bool
copy(const char *from, const char *to)
{
	FILE *const in = fopen(from, "rb");
	FILE *const out = in != NULL ? fopen(to, "wb") : NULL;
	bool ret = out != NULL;
	if (ret) {
		print(in, out);
		ret = ferror(in) == 0 && ferror(out) == 0;
	}
	if (out != NULL)
		ret = fclose(out) == 0 && ret;
	if (in != NULL)
		(void)fclose(in);
	return ret;
}

int
main(int argc, char **argv)
{
	char database[4096];
	if (argc != 2) {
		(void)fputs("usage: image_make OUT.c\n", stderr);
		return 2;
	}
	(void)snprintf(database, sizeof(database), "%s.db", argv[1]);
	sweep(database);
	const bool done = make(database) && copy(database, argv[1]);
	sweep(database);
	if (!done)
		(void)fprintf(stderr, "image_make: cannot make %s\n", argv[1]);
	return done ? 0 : 1;
}
