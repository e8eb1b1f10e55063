/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/shard_soon.c -- batches of messages: what each will need is fetched while others are counted.
 *
 * Sources are met at random, and so are their flows, pairs and samples: a message waits for memory five
 * times, each time for as long as it takes to count it. Three passes over a batch ask for what the next pass
 * looks at, so that all those waits go on at once. */
#include "analyzer/shard_p.h"

enum { LINE = 64 };

static void
fetch(const void *at, size_t n)
{
	for (size_t i = 0; i < n; i += LINE)
		__builtin_prefetch((const uint8_t *)at + i, 1);
}

void
ks_shard_foresee(const struct ks_shard *shard, const struct ks_message *message, struct ks_foreseen *ret)
{
	const struct ks_dns *const dns = &message->dns;
	ret->chain = dns->has_question && ks_dns_opcode(dns) == 0 && dns->qclass == 1 &&
		     (dns->qtype == KS_TYPE_DNSKEY || dns->qtype == KS_TYPE_DS);
	ret->zone = KS_MAP_NONE;
	if (!ret->chain)
		return;
	ret->pair = ks_pairs_hash(&shard->pairs, message);
	ret->zone = ks_names_find(&shard->zones, dns->qname);
	if (ret->zone != KS_MAP_NONE && dns->qtype == KS_TYPE_DNSKEY)
		ret->flow = ks_shard_flow_key(shard, &message->client, ret->zone);
}

static bool
has_flow(const struct ks_foreseen *foreseen, const struct ks_message *message)
{
	return foreseen->zone != KS_MAP_NONE && message->dns.qtype == KS_TYPE_DNSKEY;
}

static void
fetch_slots(const struct ks_shard *shard, const struct ks_message *message, struct ks_foreseen *ret)
{
	const struct ks_key key = ks_key_of_addr(&message->client);
	ks_map_soon(&shard->sources, &key);
	ks_shard_foresee(shard, message, ret);
	if (!ret->chain)
		return;
	ks_pairs_soon(&shard->pairs, ret->pair);
	if (has_flow(ret, message))
		ks_map_soon(&shard->flows, &ret->flow);
}

static void
fetch_entries(const struct ks_shard *shard, const struct ks_message *message, struct ks_foreseen *foreseen)
{
	const struct ks_key key = ks_key_of_addr(&message->client);
	foreseen->source_at = ks_map_sooner(&shard->sources, &key);
	foreseen->flow_at =
		has_flow(foreseen, message) ? ks_map_sooner(&shard->flows, &foreseen->flow) : KS_MAP_NONE;
}

/* What the entries refer to. A guess that was wrong costs a line of the cache, no more. */
static void
fetch_further(const struct ks_shard *shard, const struct ks_message *message,
	      const struct ks_foreseen *foreseen)
{
	const bool is_query = !ks_dns_is_response(&message->dns);
	if (foreseen->source_at != KS_MAP_NONE && ks_samples_wants(&shard->samples, foreseen->chain)) {
		const struct ks_source *const source = ks_map_at(&shard->sources, foreseen->source_at);
		ks_samples_soon(&shard->samples, source->log);
		if (is_query && foreseen->chain)
			ks_openings_soon(&shard->openings, foreseen->source_at);
	}
	if (foreseen->flow_at != KS_MAP_NONE) {
		const struct ks_flow *const flow = ks_map_at(&shard->flows, foreseen->flow_at);
		if (flow->followed)
			fetch(ks_behaviours_at(&shard->behaviours, flow->place), 6 * LINE);
	}
}

void
ks_shard_batch(struct ks_shard *shard, const struct ks_batch *batch)
{
	struct ks_foreseen foreseen[KS_BATCH_MESSAGES];
	for (uint32_t i = 0; i < batch->n_messages; i++)
		fetch_slots(shard, &batch->message[i], &foreseen[i]);
	for (uint32_t i = 0; i < batch->n_messages; i++)
		fetch_entries(shard, &batch->message[i], &foreseen[i]);
	for (uint32_t i = 0; i < batch->n_messages; i++)
		fetch_further(shard, &batch->message[i], &foreseen[i]);
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
