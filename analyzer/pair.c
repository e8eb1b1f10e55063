/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/pair.h"

#include "dissect/name.h"

static_assert(sizeof(struct ks_pair) == 24, "four pairs in a cache line and a half");

enum { FIRST_BUCKETS = 1024, BUCKET = KS_PAIR_WAYS * sizeof(struct ks_pair) };

enum ks_error
ks_pairs_init(struct ks_pairs *pairs, size_t bytes, const struct ks_secret *secret, struct ks_diag *diag)
{
	uint64_t buckets = FIRST_BUCKETS;
	while (buckets * 2 * BUCKET <= bytes)
		buckets *= 2;
	*pairs = (struct ks_pairs){.mask = FIRST_BUCKETS - 1, .mask_max = buckets - 1, .secret = *secret};
	return ks_region_init(&pairs->region, buckets * BUCKET, diag);
}

void
ks_pairs_done(struct ks_pairs *pairs)
{
	ks_region_done(&pairs->region);
}

uint64_t
ks_pairs_hash(const struct ks_pairs *pairs, const struct ks_message *message)
{
	return ks_pairs_hash_named(pairs, message, ks_pairs_name(pairs, message->dns.qname));
}

uint64_t
ks_pairs_name(const struct ks_pairs *pairs, struct ks_span qname)
{
	return ks_name_hash(&pairs->secret, qname);
}

uint64_t
ks_pairs_hash_named(const struct ks_pairs *pairs, const struct ks_message *message, uint64_t name)
{
	const struct ks_dns *const dns = &message->dns;
	const struct ks_secret *const secret = &pairs->secret;
	const uint64_t ends = (uint64_t)message->client_port << 48 | (uint64_t)message->server_port << 32 |
			      (uint64_t)dns->id << 16 | message->tcp;
	const uint64_t asked = (uint64_t)dns->qtype << 16 | dns->qclass;
	const uint64_t talk = ks_hash_talk(secret, &message->client, &message->server);
	const uint64_t state = ks_hash_fold(talk ^ ends, asked ^ secret->b);
	const uint64_t hash = ks_hash_words(secret, state, name);
	return hash == 0 ? 1 : hash;
}

static struct ks_pair *
bucket_of(const struct ks_pairs *pairs, uint64_t hash)
{
	return (struct ks_pair *)pairs->region.base + (hash & pairs->mask) * KS_PAIR_WAYS;
}

/* The clock of a capture may step back; a query from "later" is not waiting either. */
static bool
is_waiting(const struct ks_pair *pair, int64_t t_ns)
{
	const int64_t age = t_ns - pair->t_ns;
	return pair->hash != 0 && !pair->answered && age >= 0 && age <= KS_PAIR_NS;
}

/* Twice as many buckets: of each, those move whose hash has the new bit. */
static void
grow(struct ks_pairs *pairs)
{
	const uint64_t bit = pairs->mask + 1;
	struct ks_pair *const all = pairs->region.base;
	for (uint64_t i = 0; i < bit * KS_PAIR_WAYS; i++) {
		if (all[i].hash == 0 || (all[i].hash & bit) == 0)
			continue;
		all[i + bit * KS_PAIR_WAYS] = all[i];
		all[i] = (struct ks_pair){0};
	}
	pairs->mask |= bit;
}

struct ks_pair *
ks_pairs_ask(struct ks_pairs *pairs, uint64_t hash, int64_t t_ns, bool *ret_again)
{
	struct ks_pair *const bucket = bucket_of(pairs, hash);
	struct ks_pair *victim = &bucket[0];
	for (size_t i = 0; i < KS_PAIR_WAYS; i++) {
		struct ks_pair *const pair = &bucket[i];
		if (pair->hash == hash) {
			*ret_again = is_waiting(pair, t_ns);
			if (!*ret_again)
				*pair = (struct ks_pair){.hash = hash, .t_ns = t_ns};
			return pair;
		}
		if (is_waiting(victim, t_ns) && (!is_waiting(pair, t_ns) || pair->t_ns < victim->t_ns))
			victim = pair;
	}
	if (is_waiting(victim, t_ns) && pairs->mask < pairs->mask_max) {
		grow(pairs);
		return ks_pairs_ask(pairs, hash, t_ns, ret_again);
	}
	pairs->evicted += is_waiting(victim, t_ns);
	*victim = (struct ks_pair){.hash = hash, .t_ns = t_ns};
	*ret_again = false;
	return victim;
}

struct ks_pair *
ks_pairs_answer(struct ks_pairs *pairs, uint64_t hash, int64_t t_ns)
{
	struct ks_pair *const bucket = bucket_of(pairs, hash);
	for (size_t i = 0; i < KS_PAIR_WAYS; i++) {
		if (bucket[i].hash == hash && is_waiting(&bucket[i], t_ns)) {
			bucket[i].answered = true;
			return &bucket[i];
		}
	}
	return NULL;
}
