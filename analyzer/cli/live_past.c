/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/live_past.c -- the verb live: what a segment leaves to the next one (past.h). */
#include "analyzer/cli/live.h"
#include "analyzer/secret.h"

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
	enum ks_error error = ks_secret_draw(&secret, diag);
	if (error == KS_SUCCESS)
		error = ks_past_init(&live->past, ks_live_past_bytes(live->options), &secret, diag);
	return error;
}
