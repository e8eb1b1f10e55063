/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/network.h -- what they had counted who were given away by a full table (saving.h), by their
 * prefix.
 *
 * A storm spread thin over a network, or a flood of forged sources within one, never has a source that stays
 * in the table. So nothing that leaves is thrown away: an IPv4 source counts for its /24, an IPv6 source for
 * its /48 and its /64. The count of a prefix is then what its sources in the table have counted, and its
 * rest: exact for as long as this table has room, with the err of Space-Saving after that. While all sources
 * fit into their own table this one is empty and costs nothing, which a count by prefix for each packet would
 * not.
 *
 * Memory:  a table reserved at the start. Work: a count or two for each entry given away.
 * Threads: one owner. */
#ifndef KS_ANALYZER_NETWORK_H
#define KS_ANALYZER_NETWORK_H

#include "analyzer/saving.h"
#include "analyzer/summary.h"

struct ks_network {
	struct ks_key key; /* first 64 bits of the prefix as they stand; length << 32 | zone or KS_MAP_NONE */
	uint64_t query_dns_bytes, response_dns_bytes, sigkey_dns_bytes;
	uint64_t tcp_query_dns_bytes, tcp_response_dns_bytes; /* of those */
	int64_t first_ns, last_ns;
	uint32_t queries, responses, dnskey_queries; /* saturate */
	uint32_t tcp_queries, tcp_responses;         /* of those */
	uint32_t cls[KS_RQ_COUNT];
	uint32_t err;
	uint32_t unused;
};

struct ks_networks {
	struct ks_map map;
	struct ks_saving saving;
	uint64_t lost; /* queries and responses of prefixes that were given away in turn */
};

KS_MUST_CHECK enum ks_error ks_networks_init(struct ks_networks *nets, size_t bytes,
					     const struct ks_secret *secret, struct ks_diag *diag);
void ks_networks_done(struct ks_networks *nets);

/* Add the counts of `from` (key and err aside) to the prefixes of `source`. `zone` may be KS_MAP_NONE. */
void ks_networks_add(struct ks_networks *nets, const struct ks_addr *source, uint32_t zone,
		     const struct ks_network *from);

/* The prefix of an entry, and its length: of 32 for IPv4, of 128 for IPv6. */
struct ks_addr ks_network_prefix(const struct ks_network *net, uint32_t *ret_bits);

#endif
