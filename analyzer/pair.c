/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/pair.h"

#include <string.h>

#include "dissect/name.h"

static_assert(sizeof(struct ks_pair) == 24, "four pairs in a cache line and a half");

enum ks_error
ks_pairs_init(struct ks_pairs *pairs, size_t bytes, const struct ks_secret *secret, struct ks_diag *diag)
{
	uint64_t buckets = 1024;
	while (buckets * 2 * KS_PAIR_WAYS * sizeof(struct ks_pair) <= bytes)
		buckets *= 2;
	*pairs = (struct ks_pairs){.mask = buckets - 1, .secret = *secret};
	return ks_region_init(&pairs->region, buckets * KS_PAIR_WAYS * sizeof(struct ks_pair), diag);
}

void
ks_pairs_done(struct ks_pairs *pairs)
{
	ks_region_done(&pairs->region);
}

uint64_t
ks_pairs_hash(const struct ks_pairs *pairs, const struct ks_message *message)
{
	const struct ks_dns *const dns = &message->dns;
	struct {
		struct ks_addr client, server;
		uint16_t client_port, server_port, id, qtype, qclass, tcp;
		uint8_t qname[KS_NAME_MAX];
	} key; /* not zeroed: only the octets of the name are looked at */
	key.client = message->client;
	key.server = message->server;
	key.client_port = message->client_port;
	key.server_port = message->server_port;
	key.id = dns->id;
	key.qtype = dns->qtype;
	key.qclass = dns->qclass;
	key.tcp = message->tcp;
	ks_name_fold(dns->qname.at, dns->qname.n, key.qname);
	const uint64_t hash =
		ks_hash_bytes(&pairs->secret, &key, offsetof(__typeof__(key), qname) + dns->qname.n);
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
