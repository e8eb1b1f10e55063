/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/keyfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/anonymize.h"
#include "analyzer/cli/cli.h"

enum { KEY_MAX = 4096 };

/* Octets read, KEY_MAX + 1 when there are more; `*ret_errno` is 0 when all went well. */
static size_t
load(const char *path, uint8_t room[KEY_MAX + 1], int *ret_errno)
{
	FILE *const file = fopen(path, "r");
	*ret_errno = file == NULL ? errno : 0;
	if (file == NULL)
		return 0;
	const size_t n = fread(room, 1, KEY_MAX + 1, file);
	if (ferror(file) != 0)
		*ret_errno = errno;
	(void)fclose(file);
	return n;
}

bool
ks_keyfile_read(const char *verb, const char *path, struct ks_siphash_key *ret)
{
	uint8_t room[KEY_MAX + 1];
	int reason;
	const size_t n = load(path, room, &reason);
	const bool fits = reason == 0 && n >= KS_ANONYMIZE_KEY_MIN && n <= KEY_MAX;
	if (fits)
		*ret = ks_anonymize_key(room, n);
	explicit_bzero(room, sizeof(room));
	if (reason != 0)
		(void)ks_cli_usage(verb, "--anonymize %.300s: %s", path, strerror(reason));
	else if (!fits)
		(void)ks_cli_usage(verb, "--anonymize %.300s: a key has %d to %d octets, this file has %s%zu",
				   path, KS_ANONYMIZE_KEY_MIN, KEY_MAX, n > KEY_MAX ? "more than " : "",
				   n > KEY_MAX ? (size_t)KEY_MAX : n);
	return fits;
}
