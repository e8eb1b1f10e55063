/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/secret.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

enum ks_error
ks_secret_draw(struct ks_secret *ret, struct ks_diag *diag)
{
	if (getrandom(ret, sizeof(*ret), 0) != (ssize_t)sizeof(*ret))
		return ks_diag_set(diag, KS_ERR_MEMORY, "no random numbers from the kernel: %s",
				   strerror(errno));
	return KS_SUCCESS;
}
