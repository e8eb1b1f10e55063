/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/live_past.c -- the verb live: what a segment leaves to the next one (past.h). */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "analyzer/cli/live.h"

size_t
ks_live_past_bytes(const struct ks_live_options *options)
{
	enum { PART = 32 };
	return options->memory_bytes / PART;
}

enum ks_error
ks_live_open_past(struct ks_live *live, struct ks_diag *diag)
{
	struct ks_secret secret;
	if (getrandom(&secret, sizeof(secret), 0) != (ssize_t)sizeof(secret))
		return ks_diag_set(diag, KS_ERR_MEMORY, "no random numbers from the kernel: %s",
				   strerror(errno));
	return ks_past_init(&live->past, ks_live_past_bytes(live->options), &secret, diag);
}
