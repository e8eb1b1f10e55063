/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/live/httpd.h -- libmicrohttpd, loaded when somebody wants figures. It stands on a library for TLS,
 * which is not used here, and that on nine more: linked in the ordinary way they would be a third of the time
 * in which every verb starts.
 *
 * Memory: the library stays loaded. Threads: call before there are any; and before privileges are dropped,
 * since it reads files. */
#ifndef KS_LIVE_HTTPD_H
#define KS_LIVE_HTTPD_H

#include <microhttpd.h>

#include "dissect/err.h"

/* Its functions by their names, less "MHD_". */
struct ks_httpd {
	__typeof__(MHD_start_daemon) *start_daemon;
	__typeof__(MHD_stop_daemon) *stop_daemon;
	__typeof__(MHD_run) *run;
	__typeof__(MHD_create_response_from_buffer) *create_response_from_buffer;
	__typeof__(MHD_add_response_header) *add_response_header;
	__typeof__(MHD_queue_response) *queue_response;
	__typeof__(MHD_destroy_response) *destroy_response;
};

/* KS_ERR_USAGE: it is not installed, or not as it should be. */
KS_MUST_CHECK enum ks_error ks_httpd_load(struct ks_httpd *ret, struct ks_diag *diag);

#endif
