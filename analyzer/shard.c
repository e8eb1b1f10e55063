/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/shard_p.h"

static_assert(sizeof(struct ks_flow) == 120, "tables hold whole words");

enum { SERVERS_MAX = 16384 };

/* Octets more that a flow may need in the end than other entries: all of them are sorted at once. */
enum { FLOW_SORTING = 16 };

/* Shares of the budget, in hundredths. The rest is the dissector's reassembly and slack. */
enum {
	SHARE_SOURCES = 38,
	SHARE_FLOWS = 16,
	SHARE_ZONES = 4,
	SHARE_NAMES = 3,
	SHARE_PAIRS = 6,
	SHARE_SERIES = 12,
	SHARE_SAMPLES = 4,
	SHARE_NETS = 4, /* half for sources, half for flows */
	SHARE_BEHAVIOURS = 4,
	SHARE_STACKS = 1,
	SHARE_NXDOMAIN = 1,
	SHARE_OPENINGS = 1,
	SHARE_CD = 1,      /* a quarter of it is for lookaside */
	SHARE_SIGNALS = 1, /* three quarters of it; the rest is for errors */
	SHARE_LEDGER = 4
};

/* About 130,000 queries: more than twice what freeze.c keeps in the end. A larger pool would only cost cache
 * misses: once it is full, sources that never ask for keys are not followed any more. */
#define SAMPLES_MAX ((size_t)4 << 20)

/* 170,000 queries within ten seconds: three times the DNSKEY queries of the busiest root server in 2019. A
 * table that stays in the cache costs a third of one that does not. */
#define PAIRS_MAX ((size_t)4 << 20)

static const size_t source_counts[2] = {offsetof(struct ks_source, queries),
					offsetof(struct ks_source, responses)};
static const size_t flow_counts[2] = {offsetof(struct ks_flow, queries), offsetof(struct ks_flow, responses)};

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Each may need all there is. */
static size_t
sources_capacity(size_t bytes)
{
	const size_t each = sizeof(struct ks_source) + sizeof(struct ks_source_more);
	return least(ks_map_capacity(each, bytes), KS_SOURCES_MAX);
}

enum ks_error
ks_shard_init(struct ks_shard *shard, size_t memory_bytes, uint32_t bin_s, const struct ks_secret *secret,
	      struct ks_diag *diag)
{
	*shard = (struct ks_shard){
		.saving_sources =
			ks_saving_init(&shard->sources, source_counts, offsetof(struct ks_source, err)),
		.saving_flows = ks_saving_init(&shard->flows, flow_counts, offsetof(struct ks_flow, err)),
	};
	shard->saving_sources.leave = ks_shard_leave_source;
	shard->saving_flows.leave = ks_shard_leave_flow;
	shard->saving_sources.arg = shard->saving_flows.arg = shard;
	const size_t unit = memory_bytes / 100;
	const size_t sources = sources_capacity(unit * SHARE_SOURCES);
	enum ks_error error = ks_map_init(&shard->sources, sizeof(struct ks_source), sources, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_pool_init(&shard->sources_more, sizeof(struct ks_source_more), (uint32_t)sources,
				     diag);
	if (error == KS_SUCCESS)
		error = ks_networks_init(&shard->source_nets, unit * SHARE_NETS / 2, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_networks_init(&shard->flow_nets, unit * SHARE_NETS / 2, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_clients_init(&shard->clients, diag);
	if (error == KS_SUCCESS)
		error = ks_map_init(
			&shard->flows, sizeof(struct ks_flow),
			ks_map_capacity(sizeof(struct ks_flow) + FLOW_SORTING, unit * SHARE_FLOWS), secret,
			diag);
	if (error == KS_SUCCESS)
		error = ks_map_init(&shard->servers, sizeof(struct ks_server), SERVERS_MAX, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_names_init(&shard->zones, unit * SHARE_ZONES, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_names_init(&shard->names, unit * SHARE_NAMES, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_pool_init(&shard->zone_states, sizeof(struct ks_zone), shard->zones.table.capacity,
				     diag);
	if (error == KS_SUCCESS)
		error = ks_pairs_init(&shard->pairs, least(unit * SHARE_PAIRS, PAIRS_MAX), secret, diag);
	if (error == KS_SUCCESS)
		error = ks_series_init(&shard->series, unit * SHARE_SERIES, bin_s, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_samples_init(&shard->samples, least(unit * SHARE_SAMPLES, SAMPLES_MAX), diag);
	if (error == KS_SUCCESS)
		error = ks_icmp_init(&shard->icmp, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_behaviours_init(&shard->behaviours, unit * SHARE_BEHAVIOURS, diag);
	if (error == KS_SUCCESS)
		error = ks_stacks_init(&shard->stacks, unit * SHARE_STACKS, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_nxdomain_init(&shard->nxdomain, unit * SHARE_NXDOMAIN, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_signals_init(&shard->signals, unit * SHARE_SIGNALS / 4 * 3, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_errors_init(&shard->errors, unit * SHARE_SIGNALS / 4, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_ledger_init(&shard->ledger, unit * SHARE_LEDGER, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_openings_init(&shard->openings, unit * SHARE_OPENINGS, diag);
	if (error == KS_SUCCESS)
		error = ks_cd_init(&shard->cd, unit * SHARE_CD / 4 * 3, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_lookaside_init(&shard->lookaside, unit * SHARE_CD / 4, secret, diag);
	if (error != KS_SUCCESS)
		ks_shard_done(shard);
	return error;
}

void
ks_shard_done(struct ks_shard *shard)
{
	ks_map_done(&shard->sources);
	ks_pool_done(&shard->sources_more);
	ks_networks_done(&shard->source_nets);
	ks_networks_done(&shard->flow_nets);
	ks_clients_done(&shard->clients);
	ks_map_done(&shard->flows);
	ks_map_done(&shard->servers);
	ks_names_done(&shard->zones);
	ks_names_done(&shard->names);
	ks_pool_done(&shard->zone_states);
	ks_pairs_done(&shard->pairs);
	ks_series_done(&shard->series);
	ks_samples_done(&shard->samples);
	ks_icmp_done(&shard->icmp);
	ks_behaviours_done(&shard->behaviours);
	ks_stacks_done(&shard->stacks);
	ks_nxdomain_done(&shard->nxdomain);
	ks_signals_done(&shard->signals);
	ks_errors_done(&shard->errors);
	ks_ledger_done(&shard->ledger);
	ks_openings_done(&shard->openings);
	ks_cd_done(&shard->cd);
	ks_lookaside_done(&shard->lookaside);
}

/* --- the parts of one message --- */

static void
place_source(struct ks_shard *shard, struct ks_place *place)
{
	const struct ks_key key = ks_key_of_addr(&place->message->client);
	bool is_new;
	place->source = ks_saving_add_hashed(&shard->saving_sources, place->foreseen->source_hash,
					     place->foreseen->source_guess, &key, &is_new);
	if (place->source == KS_MAP_NONE) {
		place->source_at = NULL;
		shard->totals.unlisted_sources++;
		return;
	}
	struct ks_source *const source = ks_map_at(&shard->sources, place->source);
	place->source_at = source;
	place->source_before_ns = is_new ? 0 : source->last_ns;
	/* Whoever comes after the last came after the first. */
	if (is_new || place->message->time_ns < source->last_ns)
		ks_shard_stretch(&source->first_ns, &source->last_ns, is_new, place->message->time_ns);
	else
		source->last_ns = place->message->time_ns;
}

static uint32_t
server_number(struct ks_shard *shard, const struct ks_addr *addr)
{
	const struct ks_key key = ks_key_of_addr(addr);
	struct ks_server_met *const met = &shard->server_met[addr->b[15] % KS_COUNT(shard->server_met)];
	if (met->number_and_one != 0 && ks_map_equal(&met->addr, &key))
		return met->number_and_one - 1;
	bool is_new;
	const uint32_t number = ks_map_add(&shard->servers, &key, &is_new);
	if (number != KS_MAP_NONE && is_new)
		((struct ks_server *)ks_map_at(&shard->servers, number))->first_ns = INT64_MAX;
	if (number != KS_MAP_NONE) {
		met->addr = *addr;
		met->number_and_one = number + 1;
	}
	return number;
}

static void
count_server(struct ks_shard *shard, struct ks_place *place)
{
	const struct ks_message *const message = place->message;
	place->server = server_number(shard, &message->server);
	if (place->server == KS_MAP_NONE) {
		shard->totals.unlisted_servers++;
		return;
	}
	struct ks_server *const server = ks_map_at(&shard->servers, place->server);
	ks_shard_stretch(&server->first_ns, &server->last_ns, server->first_ns == INT64_MAX,
			 message->time_ns);
	if (!ks_dns_is_response(&message->dns)) {
		server->queries++;
		return;
	}
	server->responses++;
	server->response_dns_bytes += message->len;
	server->sigkey_dns_bytes += message->dns.sigkey_bytes;
	const bool authoritative = (message->dns.flags & KS_FLAG_AA) != 0;
	server->authoritative += authoritative;
	server->recursive += !authoritative && (message->dns.flags & KS_FLAG_RA) != 0;
}

static struct ks_key
flow_key(const struct ks_shard *shard, const struct ks_place *place)
{
	const struct ks_name_entry *const zone = ks_map_at(&shard->zones.table, place->zone);
	return ks_shard_flow_key(&place->message->client, &zone->key);
}

static void
meet_zone(struct ks_shard *shard, uint32_t zone)
{
	struct ks_name_entry *const name = ks_map_at(&shard->zones.table, zone);
	if (name->owner == 0)
		name->owner = ks_pool_take(&shard->zone_states) & 0xffffff;
}

/* The zone of a DNSKEY or DS question, and for DNSKEY the flow of this source. */
static void
place_chain(struct ks_shard *shard, struct ks_place *place)
{
	const struct ks_dns *const dns = &place->message->dns;
	const struct ks_foreseen *const foreseen = place->foreseen;
	place->zone = KS_MAP_NONE;
	place->flow = NULL;
	place->chain = foreseen->chain;
	place->dnskey = place->chain && dns->qtype == KS_TYPE_DNSKEY;
	if (!place->chain)
		return;
	bool is_new;
	const bool is_known = foreseen->zone != KS_MAP_NONE;
	place->zone = is_known ? foreseen->zone : ks_names_add(&shard->zones, dns->qname, &is_new);
	if (!place->dnskey)
		return;
	if (place->zone == KS_MAP_NONE)
		shard->totals.unlisted_zones++;
	else
		meet_zone(shard, place->zone);
	if (place->zone == KS_MAP_NONE)
		return;
	const struct ks_key key = is_known ? foreseen->flow : flow_key(shard, place);
	const uint64_t hash = is_known ? foreseen->flow_hash : ks_map_hash(&shard->flows, &key);
	const uint32_t number =
		ks_saving_add_hashed(&shard->saving_flows, hash, foreseen->flow_guess, &key, &is_new);
	if (number == KS_MAP_NONE) {
		shard->totals.unlisted_flows++;
		return;
	}
	place->flow = ks_map_at(&shard->flows, number);
	if (is_new) {
		place->flow->zone = place->zone;
		if (shard->past != NULL)
			ks_shard_recall(shard, place->flow);
	}
	place->before_ns = place->flow->last_ns;
	ks_shard_stretch(&place->flow->first_ns, &place->flow->last_ns, is_new, place->message->time_ns);
}

static void
count_flux(struct ks_flux *flux, bool towards_server, uint32_t packets, uint32_t ip_bytes,
	   uint32_t wire_bytes)
{
	*(towards_server ? &flux->in_packets : &flux->out_packets) += packets;
	*(towards_server ? &flux->in_ip_bytes : &flux->out_ip_bytes) += ip_bytes;
	*(towards_server ? &flux->in_wire_bytes : &flux->out_wire_bytes) += wire_bytes;
}

/* The packets of a message that has packets of its own. */
static void
count_packets(struct ks_shard *shard, const struct ks_place *place)
{
	const struct ks_message *const message = place->message;
	if (message->packets == 0)
		return;
	struct ks_flux *const flux = ks_series_flux(&shard->series, message->time_ns, place->server);
	count_flux(flux, !ks_dns_is_response(&message->dns), message->packets, message->ip_bytes,
		   message->wire_bytes);
}

/* --- the door --- */

void
ks_shard_count(struct ks_shard *shard, const struct ks_message *message, const struct ks_foreseen *foreseen)
{
	struct ks_totals *const totals = &shard->totals;
	struct ks_place place = {.message = message, .foreseen = foreseen, .record = KS_SAMPLE_NONE};
	*(message->tcp ? &totals->tcp : &totals->udp) += 1;
	*(message->v6 ? &totals->ipv6 : &totals->ipv4) += 1;
	ks_series_advance(&shard->series, message->time_ns);
	place_chain(shard, &place);
	place.shed = shard->shed == KS_SHED_BACKGROUND && !place.chain;
	shard->details_shed += place.shed;
	if (place.shed)
		place.source = KS_MAP_NONE;
	else
		place_source(shard, &place);
	count_server(shard, &place);
	count_packets(shard, &place);
	struct ks_cell *const cell = ks_series_cell(&shard->series, message->time_ns, place.server,
						    message->tcp ? KS_TCP : KS_UDP, message->dns.qtype);
	if (ks_dns_is_response(&message->dns))
		ks_shard_response(shard, &place, cell);
	else
		ks_shard_query(shard, &place, cell);
}

void
ks_shard_message(struct ks_shard *shard, const struct ks_message *message)
{
	struct ks_foreseen foreseen;
	ks_shard_foresee(shard, message, &foreseen);
	ks_shard_count(shard, message, &foreseen);
}

void
ks_shard_flux(struct ks_shard *shard, const struct ks_batch_flux *event)
{
	ks_series_advance(&shard->series, event->time_ns);
	const uint32_t server = server_number(shard, &event->server);
	struct ks_flux *const flux = ks_series_flux(&shard->series, event->time_ns, server);
	if (event->syn && event->towards_server)
		ks_shard_syn(shard, &event->client);
	count_flux(flux, event->towards_server, event->packets, event->ip_bytes, event->wire_bytes);
}

void
ks_shard_icmp(struct ks_shard *shard, const struct ks_walk *walk)
{
	shard->totals.icmp_quoted++;
	ks_icmp_feed(&shard->icmp, walk);
}

/* Vantage M needs a zone that several servers answered for, DOMAIN A. */
char
ks_shard_vantage(const struct ks_shard *shard)
{
	uint64_t authoritative = 0, recursive = 0;
	for (uint32_t i = 0; i < shard->servers.n; i++) {
		const struct ks_server *const server = ks_map_at(&shard->servers, i);
		authoritative += server->authoritative;
		recursive += server->recursive;
	}
	if (recursive > authoritative)
		return 'R';
	for (uint32_t i = 0; i < shard->zones.table.n; i++) {
		const uint64_t servers = ks_shard_is_zone(shard, i) ? ks_shard_zone(shard, i)->servers : 0;
		if ((servers & (servers - 1)) != 0)
			return 'M';
	}
	return 'A';
}
