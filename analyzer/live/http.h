/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/live/http.h -- one text for whoever asks GET /metrics.
 *
 * Memory:  libmicrohttpd's, for at most KS_HTTP_CLIENTS connections; one copy of the text for each that is
 * being answered. Threads: none of its own: ks_http_serve does what there is to do. One owner. */
#ifndef KS_LIVE_HTTP_H
#define KS_LIVE_HTTP_H

#include "dissect/addr.h"
#include "dissect/err.h"

enum { KS_HTTP_CLIENTS = 16, KS_HTTP_TIMEOUT_S = 10, KS_HTTP_MEMORY = 16384 };

/* Writes the text of now into `ret`, at most `size` octets; returns its length. */
typedef size_t ks_http_fn(void *arg, char *ret, size_t size);

enum { KS_HTTP_TEXT = 256 * 1024 };

struct ks_http; /* opaque */

/* "127.0.0.1:9153", "[::1]:9153", ":9153" and "9153" (both of loopback). */
KS_MUST_CHECK bool ks_http_parse(const char *text, struct ks_addr *ret_addr, bool *ret_v6,
				 uint16_t *ret_port);

/* KS_ERR_USAGE: cannot listen there, or the library is not there (httpd.h says when to call). */
KS_MUST_CHECK enum ks_error ks_http_open(const char *where, ks_http_fn *text, void *arg, struct ks_http **ret,
					 struct ks_diag *diag);
void ks_http_serve(struct ks_http *http); /* takes NULL */
void ks_http_close(struct ks_http *http); /* takes NULL */

#endif
