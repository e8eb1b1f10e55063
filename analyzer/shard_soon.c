/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/shard_soon.c -- batches of messages: what each will need is fetched while others are counted.
 *
 * Sources are met at random, and so are their flows, pairs and samples: a message waits for memory five
 * times, each time for as long as it takes to count it. Five passes over a batch ask for what the next pass
 * looks at, so that all those waits go on at once. */
#include "analyzer/shard_p.h"

enum { LINE = 64 };

/* All lines that `n` octets lie in. */
static inline void
fetch(const void *at, size_t n)
{
	for (size_t i = 0; i < n; i += LINE)
		__builtin_prefetch((const uint8_t *)at + i, 1);
	__builtin_prefetch((const uint8_t *)at + n - 1, 1);
}

/* The zone of the last question for keys: in a storm the next one is for it too. */
struct last_zone {
	struct ks_span name; /* as it was sent; absent at first */
	struct ks_key key;
	uint64_t hash;
	uint64_t of_pairs;
};

static void
foresee_zone(const struct ks_shard *shard, struct ks_span name, struct last_zone *last,
	     struct ks_foreseen *ret)
{
	if (last->name.n != name.n || memcmp(last->name.at, name.at, name.n) != 0) {
		last->name = name;
		last->key = ks_names_key(&shard->zones, name);
		last->hash = ks_map_hash(&shard->zones.table, &last->key);
		last->of_pairs = ks_pairs_name(&shard->pairs, name);
	}
	ret->zone_key = last->key;
	ret->zone_hash = last->hash;
}

static bool
is_chain(const struct ks_dns *dns)
{
	const bool type = dns->qtype == KS_TYPE_DNSKEY || dns->qtype == KS_TYPE_DS;
	return type && dns->has_question && ks_dns_opcode(dns) == 0 && dns->qclass == 1;
}

static inline void
foresee_message(const struct ks_shard *shard, const struct ks_message *message, struct ks_foreseen *ret)
{
	const struct ks_key source = ks_key_of_addr(&message->client);
	ret->source_hash = ks_map_hash(&shard->sources, &source);
	ret->source_guess = ret->flow_guess = ret->zone = KS_MAP_NONE;
	ret->nxdomain.known = false;
	ret->chain = is_chain(&message->dns);
}

static void
foresee_chain(const struct ks_shard *shard, const struct ks_message *message, struct last_zone *last,
	      struct ks_foreseen *ret)
{
	foresee_zone(shard, message->dns.qname, last, ret);
	ret->pair = ks_pairs_hash_named(&shard->pairs, message, last->of_pairs);
}

static bool
has_flow(const struct ks_foreseen *foreseen, const struct ks_message *message)
{
	return foreseen->zone != KS_MAP_NONE && message->dns.qtype == KS_TYPE_DNSKEY;
}

static void
foresee_flow(const struct ks_shard *shard, const struct ks_message *message, struct ks_foreseen *ret)
{
	ret->zone = ks_map_find_hashed(&shard->zones.table, ret->zone_hash, &ret->zone_key);
	if (!has_flow(ret, message))
		return;
	ret->flow = ks_shard_flow_key(&message->client, &ret->zone_key);
	ret->flow_hash = ks_map_hash(&shard->flows, &ret->flow);
}

void
ks_shard_foresee(const struct ks_shard *shard, const struct ks_message *message, struct ks_foreseen *ret)
{
	struct last_zone none = {0};
	foresee_message(shard, message, ret);
	if (!ret->chain)
		return;
	foresee_chain(shard, message, &none, ret);
	foresee_flow(shard, message, ret);
}

/* --- the passes --- */

/* Which messages of the batch are what. Kinds follow each other at random, so a pass goes through the list of
 * those that it is for: asking each message anew what it is costs a jump that was foreseen wrongly. */
struct list {
	uint32_t n;
	uint8_t at[KS_BATCH_MESSAGES];
};
static_assert(KS_BATCH_MESSAGES <= UINT8_MAX + 1, "numbers of messages are octets");

struct passes {
	const struct ks_shard *shard;
	const struct ks_message *message;
	struct ks_foreseen *foreseen;
	uint32_t n;
	struct list responses, chains;
	struct list detailed; /* for keys, or with CD: more of the source is looked at */
	struct list keys;     /* for keys of zones that are known */
	struct list asking;   /* queries among those, of sources that probably are */
};

/* Always written, and counted if it is so: no jump. */
static inline void
note_if(struct list *list, uint32_t i, bool is_so)
{
	list->at[list->n] = (uint8_t)i;
	list->n += is_so;
}

static void
fetch_slots(struct passes *passes)
{
	const struct ks_shard *const shard = passes->shard;
	for (uint32_t i = 0; i < passes->n; i++) {
		struct ks_foreseen *const foreseen = &passes->foreseen[i];
		foresee_message(shard, &passes->message[i], foreseen);
		ks_map_soon(&shard->sources, foreseen->source_hash);
		note_if(&passes->responses, i, ks_dns_is_response(&passes->message[i].dns));
		note_if(&passes->chains, i, foreseen->chain);
		note_if(&passes->detailed, i,
			foreseen->chain || (passes->message[i].dns.flags & KS_FLAG_CD) != 0);
	}
	for (uint32_t k = 0; k < passes->responses.n; k++) {
		const uint32_t i = passes->responses.at[k];
		ks_nxdomain_soon(&shard->nxdomain, &passes->message[i], &passes->foreseen[i].nxdomain);
	}
	struct last_zone last = {0};
	for (uint32_t k = 0; k < passes->chains.n; k++) {
		const uint32_t i = passes->chains.at[k];
		struct ks_foreseen *const foreseen = &passes->foreseen[i];
		foresee_chain(shard, &passes->message[i], &last, foreseen);
		ks_pairs_soon(&shard->pairs, foreseen->pair);
		ks_map_soon(&shard->zones.table, foreseen->zone_hash);
	}
}

static void
fetch_entries(struct passes *passes)
{
	const struct ks_shard *const shard = passes->shard;
	for (uint32_t i = 0; i < passes->n; i++) {
		struct ks_foreseen *const foreseen = &passes->foreseen[i];
		foreseen->source_guess = ks_map_sooner(&shard->sources, foreseen->source_hash);
	}
	for (uint32_t k = 0; k < passes->responses.n; k++)
		ks_nxdomain_sooner(&shard->nxdomain, &passes->foreseen[passes->responses.at[k]].nxdomain);
	for (uint32_t k = 0; k < passes->chains.n; k++)
		(void)ks_map_sooner(&shard->zones.table, passes->foreseen[passes->chains.at[k]].zone_hash);
}

static void
fetch_flow_slots(struct passes *passes)
{
	const struct ks_shard *const shard = passes->shard;
	for (uint32_t k = 0; k < passes->chains.n; k++) {
		const uint32_t i = passes->chains.at[k];
		foresee_flow(shard, &passes->message[i], &passes->foreseen[i]);
		note_if(&passes->keys, i, has_flow(&passes->foreseen[i], &passes->message[i]));
	}
	for (uint32_t k = 0; k < passes->keys.n; k++) {
		const uint32_t i = passes->keys.at[k];
		struct ks_foreseen *const foreseen = &passes->foreseen[i];
		const bool is_query = !ks_dns_is_response(&passes->message[i].dns);
		ks_map_soon(&shard->flows, foreseen->flow_hash);
		note_if(&passes->asking, i, is_query && foreseen->source_guess != KS_MAP_NONE);
	}
	for (uint32_t k = 0; k < passes->asking.n; k++) {
		struct ks_foreseen *const foreseen = &passes->foreseen[passes->asking.at[k]];
		foreseen->stack_hash = ks_stacks_soon(&shard->stacks, foreseen->source_guess);
	}
}

/* While all queries are sampled, more is looked at for all. A guess that was wrong costs a line of the cache,
 * no more. */
static void
fetch_more(const struct ks_shard *shard, const struct ks_foreseen *foreseen)
{
	if (foreseen->source_guess == KS_MAP_NONE)
		return;
	const struct ks_source *const source = ks_map_at(&shard->sources, foreseen->source_guess);
	if (source->more != 0)
		fetch(ks_pool_at(&shard->sources_more, source->more), sizeof(struct ks_source_more));
}

static inline uint32_t
log_of(const struct ks_shard *shard, const struct ks_foreseen *foreseen)
{
	return ks_source_log(ks_shard_more(shard, foreseen->source_guess));
}

static void
fetch_log(const struct ks_shard *shard, const struct ks_foreseen *foreseen)
{
	if (foreseen->source_guess != KS_MAP_NONE)
		ks_samples_soon(&shard->samples, log_of(shard, foreseen));
}

static void
for_detailed(const struct passes *passes,
	     void (*then)(const struct ks_shard *shard, const struct ks_foreseen *foreseen))
{
	const bool all = ks_samples_wants(&passes->shard->samples, false);
	const uint32_t n = all ? passes->n : passes->detailed.n;
	for (uint32_t k = 0; k < n; k++)
		then(passes->shard, &passes->foreseen[all ? k : passes->detailed.at[k]]);
}

static void
fetch_of_sources(const struct passes *passes)
{
	const struct ks_shard *const shard = passes->shard;
	for_detailed(passes, fetch_log);
	for (uint32_t k = 0; k < passes->keys.n; k++) {
		struct ks_foreseen *const foreseen = &passes->foreseen[passes->keys.at[k]];
		foreseen->flow_guess = ks_map_sooner(&shard->flows, foreseen->flow_hash);
	}
	for (uint32_t k = 0; k < passes->asking.n; k++) {
		const struct ks_foreseen *const foreseen = &passes->foreseen[passes->asking.at[k]];
		ks_openings_soon(&shard->openings, foreseen->source_guess);
		(void)ks_map_sooner(&shard->stacks.map, foreseen->stack_hash);
	}
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
fetch_of_flows(const struct passes *passes)
{
	const struct ks_shard *const shard = passes->shard;
	for (uint32_t k = 0; k < passes->keys.n; k++)
		fetch_of_flow(shard, &passes->foreseen[passes->keys.at[k]]);
	for (uint32_t k = 0; k < passes->asking.n; k++) {
		const struct ks_foreseen *const foreseen = &passes->foreseen[passes->asking.at[k]];
		ks_samples_sooner(&shard->samples, log_of(shard, foreseen));
	}
}

static void
fetch_all(const struct ks_shard *shard, const struct ks_batch *batch, struct ks_foreseen *foreseen)
{
	struct passes passes; /* not zeroed: lists have their lengths */
	passes.shard = shard;
	passes.message = batch->message;
	passes.foreseen = foreseen;
	passes.n = batch->n_messages;
	passes.responses.n = passes.chains.n = passes.detailed.n = passes.keys.n = passes.asking.n = 0;
	fetch_slots(&passes);
	fetch_entries(&passes);
	fetch_flow_slots(&passes);
	for_detailed(&passes, fetch_more);
	fetch_of_sources(&passes);
	fetch_of_flows(&passes);
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
