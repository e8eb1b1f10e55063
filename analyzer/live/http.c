/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "analyzer/live/httpd.h"

struct ks_http {
	struct ks_httpd httpd;
	struct MHD_Daemon *daemon;
	ks_http_fn *text;
	void *arg;
	char room[KS_HTTP_TEXT];
};

static bool
parse_port(const char *text, uint16_t *ret)
{
	char *end;
	if (text[0] < '0' || text[0] > '9')
		return false;
	const unsigned long port = strtoul(text, &end, 10);
	if (*end != '\0' || port == 0 || port > UINT16_MAX)
		return false;
	*ret = (uint16_t)port;
	return true;
}

bool
ks_http_parse(const char *text, struct ks_addr *ret_addr, bool *ret_v6, uint16_t *ret_port)
{
	char host[INET6_ADDRSTRLEN + 2] = "127.0.0.1";
	const char *const colon = strrchr(text, ':');
	uint16_t port;
	if (!parse_port(colon != NULL ? colon + 1 : text, &port))
		return false;
	if (colon != NULL && colon != text) {
		const size_t n = (size_t)(colon - text);
		if (n >= sizeof(host))
			return false;
		const bool brackets = text[0] == '[' && text[n - 1] == ']';
		memcpy(host, text + brackets, n - 2u * brackets);
		host[n - 2u * brackets] = '\0';
		if (!brackets && strchr(host, ':') != NULL)
			return false; /* which colon is the port's? */
	}
	uint8_t octets[16];
	if (inet_pton(AF_INET, host, octets) == 1) {
		*ret_addr = ks_addr_from_v4(octets);
		*ret_v6 = false;
	} else if (inet_pton(AF_INET6, host, octets) == 1) {
		*ret_addr = ks_addr_from_v6(octets);
		*ret_v6 = true;
	} else {
		return false;
	}
	*ret_port = port;
	return true;
}

static enum MHD_Result
reply(const struct ks_httpd *httpd, struct MHD_Connection *connection, unsigned status, const char *type,
      const char *text, size_t n)
{
	/* The text changes while a slow client reads: it gets a copy. */
	struct MHD_Response *const response =
		httpd->create_response_from_buffer(n, (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
	if (response == NULL)
		return MHD_NO;
	(void)httpd->add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	const enum MHD_Result result = httpd->queue_response(connection, status, response);
	httpd->destroy_response(response);
	return result;
}

static enum MHD_Result
answer(void *arg, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
       const char *upload, size_t *n_upload, void **state)
{
	static const char elsewhere[] = "the figures are at /metrics\n";
	struct ks_http *const http = arg;
	(void)version;
	(void)upload;
	(void)n_upload;
	(void)state;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return MHD_NO;
	if (strcmp(url, "/metrics") != 0)
		return reply(&http->httpd, connection, MHD_HTTP_NOT_FOUND, "text/plain", elsewhere,
			     sizeof(elsewhere) - 1);
	const size_t n = http->text(http->arg, http->room, sizeof(http->room));
	return reply(&http->httpd, connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8",
		     http->room, n);
}

static struct MHD_Daemon *
start(struct ks_http *http, const struct ks_addr *addr, bool v6, uint16_t port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	const struct ks_span octets = ks_addr_bytes(addr);
	if (v6)
		memcpy(&in6.sin6_addr, addr->b, 16);
	else
		memcpy(&in.sin_addr, octets.at, 4);
	return http->httpd.start_daemon(
		MHD_USE_EPOLL | (v6 ? MHD_USE_IPv6 : 0), port, NULL, NULL, answer, http, MHD_OPTION_SOCK_ADDR,
		v6 ? (void *)&in6 : (void *)&in, MHD_OPTION_CONNECTION_LIMIT, (unsigned)KS_HTTP_CLIENTS,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)KS_HTTP_TIMEOUT_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)KS_HTTP_MEMORY, MHD_OPTION_END);
}

enum ks_error
ks_http_open(const char *where, ks_http_fn *text, void *arg, struct ks_http **ret, struct ks_diag *diag)
{
	struct ks_addr addr;
	bool v6;
	uint16_t port;
	if (!ks_http_parse(where, &addr, &v6, &port))
		return ks_diag_set(diag, KS_ERR_USAGE,
				   "--metrics '%.100s' is no address and port (127.0.0.1:9153, [::1]:9153)",
				   where);
	struct ks_http *const http = calloc(1, sizeof(*http));
	if (http == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for --metrics");
	const enum ks_error error = ks_httpd_load(&http->httpd, diag);
	if (error != KS_SUCCESS) {
		free(http);
		return error;
	}
	http->text = text;
	http->arg = arg;
	http->daemon = start(http, &addr, v6, port);
	if (http->daemon == NULL) {
		free(http);
		return ks_diag_set(
			diag, KS_ERR_USAGE,
			"--metrics %.100s: cannot listen there; is the port taken, the address ours?", where);
	}
	*ret = http;
	return KS_SUCCESS;
}

void
ks_http_serve(struct ks_http *http)
{
	if (http != NULL)
		(void)http->httpd.run(http->daemon);
}

void
ks_http_close(struct ks_http *http)
{
	if (http == NULL)
		return;
	http->httpd.stop_daemon(http->daemon);
	free(http);
}
