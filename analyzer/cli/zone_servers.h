/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/zone_servers.h -- the file behind --zone-servers.
 *
 * Memory: on the heap, until ks_zone_servers_done. Threads: one. */
#ifndef KS_ANALYZER_CLI_ZONE_SERVERS_H
#define KS_ANALYZER_CLI_ZONE_SERVERS_H

#include "analyzer/given.h"

struct ks_zone_servers {
	struct ks_given_server *list; /* sorted */
	size_t n;
	uint8_t *names; /* zones point into it */
};

/* Read CSV lines zone,address. Every line that cannot be used is told on stderr; false when there was one, or
 * no such file. */
KS_MUST_CHECK bool ks_zone_servers_read(const char *verb, const char *path, struct ks_zone_servers *ret);

void ks_zone_servers_done(struct ks_zone_servers *servers);

#endif
