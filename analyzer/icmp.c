/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/icmp.h"

enum { ENTRIES_MAX = 8192 };

static_assert(sizeof(struct ks_icmp_entry) == 64, "whole words");

enum ks_error
ks_icmp_init(struct ks_icmp *icmp, const struct ks_secret *secret, struct ks_diag *diag)
{
	*icmp = (struct ks_icmp){0};
	return ks_map_init(&icmp->map, sizeof(struct ks_icmp_entry), ENTRIES_MAX, secret, diag);
}

void
ks_icmp_done(struct ks_icmp *icmp)
{
	ks_map_done(&icmp->map);
}

static enum ks_icmp_kind
kind_of(const struct ks_walk *walk)
{
	enum {
		V4_UNREACHABLE = 3,
		V4_PORT = 3,
		V4_TOO_BIG = 4,
		V6_UNREACHABLE = 1,
		V6_PORT = 4,
		V6_TOO_BIG = 2
	};
	const uint8_t type = walk->icmp_type, code = walk->icmp_code;
	if (walk->dg.v6) {
		if (type == V6_TOO_BIG)
			return KS_ICMP_TOO_BIG;
		if (type != V6_UNREACHABLE)
			return KS_ICMP_OTHER;
		return code == V6_PORT ? KS_ICMP_PORT_UNREACHABLE : KS_ICMP_UNREACHABLE;
	}
	if (type != V4_UNREACHABLE)
		return KS_ICMP_OTHER;
	if (code == V4_TOO_BIG)
		return KS_ICMP_TOO_BIG;
	return code == V4_PORT ? KS_ICMP_PORT_UNREACHABLE : KS_ICMP_UNREACHABLE;
}

void
ks_icmp_feed(struct ks_icmp *icmp, const struct ks_walk *walk)
{
	const struct ks_datagram *const quoted = &walk->dg;
	/* An answer that was sent back is the usual case; both ports are DNS ports only between servers. */
	const bool answer = ks_ports_has(walk->ports, quoted->sport);
	struct {
		struct ks_addr server, source;
		uint64_t kind;
	} identity = {
		.server = answer ? quoted->src : quoted->dst,
		.source = answer ? quoted->dst : quoted->src,
		.kind = kind_of(walk),
	};
	icmp->kinds[identity.kind]++;
	const struct ks_secret other = {.a = icmp->map.secret.b, .b = icmp->map.secret.a};
	const struct ks_key key = {.w = {ks_hash_bytes(&icmp->map.secret, &identity, sizeof(identity)),
					 ks_hash_bytes(&other, &identity, sizeof(identity))}};
	bool is_new;
	const uint32_t number = ks_map_add(&icmp->map, &key, &is_new);
	if (number == KS_MAP_NONE)
		return;
	struct ks_icmp_entry *const entry = ks_map_at(&icmp->map, number);
	entry->server = identity.server;
	entry->source = identity.source;
	entry->kind = (uint32_t)identity.kind;
	entry->packets++;
}
