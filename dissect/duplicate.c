/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/duplicate.h"

/* Octets of the payload that are looked at. Where a checksum was found right, and so stands for the rest, a
 * DNS header; else as many as hold most questions too: a host that captures what it sends sees checksums that
 * its network card has yet to compute. */
enum { WITH_CHECKSUM = 16, WITHOUT = 64 };

static_assert(sizeof(struct ks_seen_packet) == 16, "the table is 32 KiB and stays in the cache");
static_assert(KS_DUPLICATE_BUCKETS == 1 << 9,
	      "the bucket stands for as many bits of the hash as a mark lacks");

/* One chain of multiplications over all that makes a packet this one: the payload is hashed under what its
 * headers made of the secret. */
uint64_t
ks_duplicate_identity(const struct ks_secret *secret, const struct ks_datagram *dg)
{
	const uint64_t numbers = (uint64_t)dg->sport << 48 | (uint64_t)dg->dport << 32 |
				 (uint64_t)dg->ip_id << 16 | dg->l4_checksum;
	const uint64_t sequence = (uint64_t)dg->tcp_seq << 32 | dg->tcp_ack;
	const uint64_t rest = (uint64_t)dg->len << 32 | (uint64_t)dg->tcp_flags << 8 | dg->proto;
	const uint64_t talk = ks_hash_talk(secret, &dg->src, &dg->dst);
	const uint64_t state = ks_hash_fold(talk ^ numbers, sequence ^ secret->b);
	const struct ks_secret keyed = {.a = state ^ rest, .b = secret->b};
	const size_t enough = dg->checksum == KS_CHECKSUM_GOOD ? WITH_CHECKSUM : WITHOUT;
	return ks_hash_bytes(&keyed, dg->data, dg->cap_len < enough ? dg->cap_len : enough);
}

/* Of a mark: the hop limit, and whether no duplicate was seen yet. */
enum { TTL = 0xff, SINGLE = 0x100, OF_HASH_FROM = 9 };

static inline bool
is_duplicate(const struct ks_seen_packet *seen, uint64_t identity, uint8_t ttl, int64_t time_ns)
{
	if ((seen->mark ^ identity) >> OF_HASH_FROM != 0)
		return false;
	const int64_t age = time_ns - seen->time_ns;
	const int hops = (int)(seen->mark & TTL) - ttl;
	return (seen->mark & SINGLE) != 0 && age >= -KS_DUPLICATE_NS && age <= KS_DUPLICATE_NS &&
	       hops >= -1 && hops <= 1;
}

/* The newest stands first, and the last one goes. */
bool
ks_duplicate_feed(struct ks_duplicates *duplicates, uint64_t identity, uint8_t ttl, int64_t time_ns)
{
	struct ks_seen_packet *const bucket = duplicates->seen[identity % KS_DUPLICATE_BUCKETS];
	for (size_t i = 0; i < KS_DUPLICATE_WAYS; i++) {
		if (is_duplicate(&bucket[i], identity, ttl, time_ns)) {
			bucket[i].mark &= ~(uint64_t)SINGLE;
			return true;
		}
	}
	for (size_t i = KS_DUPLICATE_WAYS - 1; i > 0; i--)
		bucket[i] = bucket[i - 1];
	bucket[0].mark = identity >> OF_HASH_FROM << OF_HASH_FROM | SINGLE | ttl;
	bucket[0].time_ns = time_ns;
	return false;
}
