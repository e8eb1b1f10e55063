/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/errors.h -- failures that resolvers admit to: Extended DNS Errors in responses (RFC 8914) and
 * error reports to an agent (RFC 9567), counted by kind, code, type and name.
 *
 * Memory:  bounded; what finds no room is counted.
 * Threads: one owner. */
#ifndef KS_ANALYZER_ERRORS_H
#define KS_ANALYZER_ERRORS_H

#include "analyzer/names.h"
#include "dissect/dns.h"

struct ks_error_entry {
	struct ks_key
		key; /* name in `names`, or KS_MAP_NONE: no question; report << 32 | code << 16 | type */
	int64_t first_ns, last_ns;
	uint64_t count;
};

struct ks_errors {
	struct ks_map table;
	struct ks_names names;
	uint64_t malformed; /* TXT queries that begin as a report does and are none */
	uint64_t unlisted;
};

KS_MUST_CHECK enum ks_error ks_errors_init(struct ks_errors *errors, size_t bytes,
					   const struct ks_secret *secret, struct ks_diag *diag);
void ks_errors_done(struct ks_errors *errors);

/* A query may be a report, a response may carry a code: its first EDE option counts. */
void ks_errors_query(struct ks_errors *errors, const struct ks_dns *dns, int64_t t_ns);
void ks_errors_response(struct ks_errors *errors, const struct ks_dns *dns, int64_t t_ns);

#endif
