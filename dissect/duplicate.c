/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/duplicate.h"

/* As many octets of the payload as hold a DNS header and most questions. */
enum { LOOKED_AT = 64 };

static_assert(sizeof(struct ks_seen_packet) == 24, "the table is 48 KiB and stays in the cache");

/* One chain of multiplications over all that makes a packet this one: the payload is hashed under what its
 * headers made of the secret. */
uint64_t
ks_duplicate_identity(const struct ks_secret *secret, const struct ks_datagram *dg)
{
	uint64_t src[2], dst[2];
	memcpy(src, dg->src.b, sizeof(src));
	memcpy(dst, dg->dst.b, sizeof(dst));
	const uint64_t numbers = (uint64_t)dg->sport << 48 | (uint64_t)dg->dport << 32 |
				 (uint64_t)dg->ip_id << 16 | dg->l4_checksum;
	const uint64_t sequence = (uint64_t)dg->tcp_seq << 32 | dg->tcp_ack;
	const uint64_t rest = (uint64_t)dg->len << 32 | (uint64_t)dg->tcp_flags << 8 | dg->proto;
	uint64_t state = ks_hash_fold(src[0] ^ secret->a, src[1] ^ secret->b);
	state = ks_hash_fold(state ^ dst[0], dst[1] ^ secret->b);
	state = ks_hash_fold(state ^ numbers, sequence ^ secret->b);
	const struct ks_secret keyed = {.a = state ^ rest, .b = secret->b};
	return ks_hash_bytes(&keyed, dg->data, dg->cap_len < LOOKED_AT ? dg->cap_len : LOOKED_AT);
}

static bool
is_duplicate(const struct ks_seen_packet *seen, uint8_t ttl, int64_t time_ns)
{
	const int64_t age = time_ns - seen->time_ns;
	const int hops = seen->ttl - ttl;
	return seen->single && age >= -KS_DUPLICATE_NS && age <= KS_DUPLICATE_NS && hops >= -1 && hops <= 1;
}

bool
ks_duplicate_feed(struct ks_duplicates *duplicates, uint64_t identity, uint8_t ttl, int64_t time_ns)
{
	struct ks_seen_packet *const bucket = duplicates->seen[identity % KS_DUPLICATE_BUCKETS];
	struct ks_seen_packet *victim = &bucket[0];
	for (size_t i = 0; i < KS_DUPLICATE_WAYS; i++) {
		if (bucket[i].hash == identity && is_duplicate(&bucket[i], ttl, time_ns)) {
			bucket[i].single = false;
			return true;
		}
		if (victim->hash != 0 && (bucket[i].hash == 0 || bucket[i].time_ns < victim->time_ns))
			victim = &bucket[i];
	}
	*victim = (struct ks_seen_packet){.hash = identity, .time_ns = time_ns, .ttl = ttl, .single = true};
	return false;
}
