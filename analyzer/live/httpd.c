/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/httpd.h"

#include <dlfcn.h>
#include <string.h>

/* What the header that this was built with belongs to: its ABI has been the twelfth since 2016. */
#define FILE_NAME "libmicrohttpd.so.12"

static bool
find(void *library, const char *name, void *ret_function, size_t size)
{
	void *const address = dlsym(library, name);
	/* POSIX promises that a pointer to a function has room in one to an object; C does not. */
	memcpy(ret_function, &address, size);
	return address != NULL;
}

#define FIND(name) find(library, "MHD_" #name, &functions.name, sizeof(functions.name))

enum ks_error
ks_httpd_load(struct ks_httpd *ret, struct ks_diag *diag)
{
	struct ks_httpd functions;
	/* Now and not when first called: there may be a filter of system calls by then. */
	void *const library = dlopen(FILE_NAME, RTLD_NOW | RTLD_LOCAL);
	const bool good = library != NULL && FIND(start_daemon) && FIND(stop_daemon) && FIND(run) &&
			  FIND(create_response_from_buffer) && FIND(add_response_header) &&
			  FIND(queue_response) && FIND(destroy_response);
	if (!good) {
		const char *const why = dlerror();
		return ks_diag_set(diag, KS_ERR_USAGE,
				   "--metrics needs " FILE_NAME ", and cannot have it: %.200s",
				   why != NULL ? why : "unknown");
	}
	*ret = functions;
	return KS_SUCCESS;
}
