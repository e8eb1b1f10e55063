/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/duplicate.h"

/* As many octets of the payload as hold a DNS header and most questions. */
enum { LOOKED_AT = 64 };

static_assert(sizeof(struct ks_seen_packet) == 24, "the table is 48 KiB and stays in the cache");

static uint64_t
identity(const struct ks_secret *secret, const struct ks_datagram *dg)
{
	const struct {
		struct ks_addr src, dst;
		uint16_t sport, dport, ip_id, checksum;
		uint32_t seq, ack, len, flags;
	} head = {
		.src = dg->src,
		.dst = dg->dst,
		.sport = dg->sport,
		.dport = dg->dport,
		.ip_id = dg->ip_id,
		.checksum = dg->l4_checksum,
		.seq = dg->tcp_seq,
		.ack = dg->tcp_ack,
		.len = dg->len,
		.flags = (uint32_t)(dg->tcp_flags << 8 | dg->proto),
	};
	static_assert(sizeof(head) == 56, "no padding: every octet is hashed");
	const size_t n = dg->cap_len < LOOKED_AT ? dg->cap_len : LOOKED_AT;
	return ks_hash_bytes(secret, &head, sizeof(head)) ^ ks_hash_bytes(secret, dg->data, n);
}

static bool
is_duplicate(const struct ks_seen_packet *seen, const struct ks_datagram *dg, int64_t time_ns)
{
	const int64_t age = time_ns - seen->time_ns;
	const int hops = seen->ttl - dg->ttl;
	return seen->single && age >= -KS_DUPLICATE_NS && age <= KS_DUPLICATE_NS && hops >= -1 && hops <= 1;
}

bool
ks_duplicate_feed(struct ks_duplicates *duplicates, const struct ks_secret *secret,
		  const struct ks_datagram *dg, int64_t time_ns)
{
	const uint64_t hash = identity(secret, dg);
	struct ks_seen_packet *const bucket = duplicates->seen[hash % KS_DUPLICATE_BUCKETS];
	struct ks_seen_packet *victim = &bucket[0];
	for (size_t i = 0; i < KS_DUPLICATE_WAYS; i++) {
		if (bucket[i].hash == hash && is_duplicate(&bucket[i], dg, time_ns)) {
			bucket[i].single = false;
			return true;
		}
		if (victim->hash != 0 && (bucket[i].hash == 0 || bucket[i].time_ns < victim->time_ns))
			victim = &bucket[i];
	}
	*victim = (struct ks_seen_packet){.hash = hash, .time_ns = time_ns, .ttl = dg->ttl, .single = true};
	return false;
}
