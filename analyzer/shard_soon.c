/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/shard_soon.c -- batches of messages: what each will need is fetched while others are counted.
 *
 * Sources are met at random, and so are their flows, pairs and samples: a message waits for memory five
 * times, each time for as long as it takes to count it. Five passes over a batch ask for what the next pass
 * looks at, so that all those waits go on at once. */
#include "analyzer/shard_p.h"

enum { LINE = 64 };

static void
fetch(const void *at, size_t n)
{
	for (size_t i = 0; i < n; i += LINE)
		__builtin_prefetch((const uint8_t *)at + i, 1);
}

/* The zone of the last question for keys: in a storm the next one is for it too. */
struct last_zone {
	struct ks_span name; /* as it was sent; absent at first */
	struct ks_key key;
	uint64_t hash;
};

static void
foresee_zone(const struct ks_shard *shard, struct ks_span name, struct last_zone *last,
	     struct ks_foreseen *ret)
{
	if (last->name.n != name.n || memcmp(last->name.at, name.at, name.n) != 0) {
		last->name = name;
		last->key = ks_names_key(&shard->zones, name);
		last->hash = ks_map_hash(&shard->zones.table, &last->key);
	}
	ret->zone_key = last->key;
	ret->zone_hash = last->hash;
}

static void
foresee_message(const struct ks_shard *shard, const struct ks_message *message, struct last_zone *last,
		struct ks_foreseen *ret)
{
	const struct ks_dns *const dns = &message->dns;
	const struct ks_key source = ks_key_of_addr(&message->client);
	ret->source_hash = ks_map_hash(&shard->sources, &source);
	ret->source_guess = ret->flow_guess = ret->zone = KS_MAP_NONE;
	ret->nxdomain.known = false;
	ret->chain = dns->has_question && ks_dns_opcode(dns) == 0 && dns->qclass == 1 &&
		     (dns->qtype == KS_TYPE_DNSKEY || dns->qtype == KS_TYPE_DS);
	if (!ret->chain)
		return;
	ret->pair = ks_pairs_hash(&shard->pairs, message);
	foresee_zone(shard, dns->qname, last, ret);
}

static void
foresee_flow(const struct ks_shard *shard, const struct ks_message *message, struct ks_foreseen *ret)
{
	if (!ret->chain)
		return;
	ret->zone = ks_map_find_hashed(&shard->zones.table, ret->zone_hash, &ret->zone_key);
	if (ret->zone == KS_MAP_NONE || message->dns.qtype != KS_TYPE_DNSKEY)
		return;
	ret->flow = ks_shard_flow_key(shard, &message->client, ret->zone);
	ret->flow_hash = ks_map_hash(&shard->flows, &ret->flow);
}

void
ks_shard_foresee(const struct ks_shard *shard, const struct ks_message *message, struct ks_foreseen *ret)
{
	struct last_zone none = {0};
	foresee_message(shard, message, &none, ret);
	foresee_flow(shard, message, ret);
}

static bool
has_flow(const struct ks_foreseen *foreseen, const struct ks_message *message)
{
	return foreseen->zone != KS_MAP_NONE && message->dns.qtype == KS_TYPE_DNSKEY;
}

/* --- the passes --- */

static void
fetch_slots(const struct ks_shard *shard, const struct ks_message *message, struct last_zone *last,
	    struct ks_foreseen *ret)
{
	foresee_message(shard, message, last, ret);
	ks_map_soon(&shard->sources, ret->source_hash);
	if (ks_dns_is_response(&message->dns))
		ks_nxdomain_soon(&shard->nxdomain, message, &ret->nxdomain);
	if (!ret->chain)
		return;
	ks_pairs_soon(&shard->pairs, ret->pair);
	ks_map_soon(&shard->zones.table, ret->zone_hash);
}

static void
fetch_entries(const struct ks_shard *shard, struct ks_foreseen *foreseen)
{
	foreseen->source_guess = ks_map_sooner(&shard->sources, foreseen->source_hash);
	ks_nxdomain_sooner(&shard->nxdomain, &foreseen->nxdomain);
	if (foreseen->chain)
		(void)ks_map_sooner(&shard->zones.table, foreseen->zone_hash);
}

static void
fetch_flow_slot(const struct ks_shard *shard, const struct ks_message *message, struct ks_foreseen *foreseen)
{
	foresee_flow(shard, message, foreseen);
	if (has_flow(foreseen, message))
		ks_map_soon(&shard->flows, foreseen->flow_hash);
}

/* What the source refers to. A guess that was wrong costs a line of the cache, no more. */
static void
fetch_of_source(const struct ks_shard *shard, const struct ks_message *message, struct ks_foreseen *foreseen)
{
	const bool is_query = !ks_dns_is_response(&message->dns);
	if (foreseen->source_guess != KS_MAP_NONE && ks_samples_wants(&shard->samples, foreseen->chain)) {
		const struct ks_source *const source = ks_map_at(&shard->sources, foreseen->source_guess);
		ks_samples_soon(&shard->samples, source->log);
		if (is_query && foreseen->chain)
			ks_openings_soon(&shard->openings, foreseen->source_guess);
	}
	if (has_flow(foreseen, message))
		foreseen->flow_guess = ks_map_sooner(&shard->flows, foreseen->flow_hash);
}

static void
fetch_of_flow(const struct ks_shard *shard, const struct ks_foreseen *foreseen)
{
	if (foreseen->flow_guess == KS_MAP_NONE)
		return;
	const struct ks_flow *const flow = ks_map_at(&shard->flows, foreseen->flow_guess);
	if (flow->followed)
		fetch(ks_behaviours_at(&shard->behaviours, flow->place), 6 * LINE);
}

static void
fetch_all(const struct ks_shard *shard, const struct ks_batch *batch, struct ks_foreseen *foreseen)
{
	const uint32_t n = batch->n_messages;
	struct last_zone last = {0};
	for (uint32_t i = 0; i < n; i++)
		fetch_slots(shard, &batch->message[i], &last, &foreseen[i]);
	for (uint32_t i = 0; i < n; i++)
		fetch_entries(shard, &foreseen[i]);
	for (uint32_t i = 0; i < n; i++)
		fetch_flow_slot(shard, &batch->message[i], &foreseen[i]);
	for (uint32_t i = 0; i < n; i++)
		fetch_of_source(shard, &batch->message[i], &foreseen[i]);
	for (uint32_t i = 0; i < n; i++)
		fetch_of_flow(shard, &foreseen[i]);
}

void
ks_shard_batch(struct ks_shard *shard, const struct ks_batch *batch)
{
	struct ks_foreseen foreseen[KS_BATCH_MESSAGES];
	fetch_all(shard, batch, foreseen);
	uint32_t message = 0, flux = 0, icmp = 0;
	for (uint32_t i = 0; i < batch->n_events; i++) {
		switch ((enum ks_batch_event)batch->event[i]) {
		case KS_BATCH_MESSAGE:
			ks_shard_count(shard, &batch->message[message], &foreseen[message]);
			message++;
			break;
		case KS_BATCH_FLUX:
			ks_shard_flux(shard, &batch->flux[flux++]);
			break;
		case KS_BATCH_ICMP_ERROR:
			ks_shard_icmp(shard, &batch->icmp[icmp++]);
			break;
		}
	}
}
