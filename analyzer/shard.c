/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/shard.h"

static_assert(sizeof(struct ks_source) == 104, "one per distinct source: every octet counts a million times");
static_assert(sizeof(struct ks_flow) % 8 == 0, "tables hold whole words");

enum { SERVERS_MAX = 16384, OTHER_NAME = 0x80000000u, RCODE_SERVFAIL = 2 };

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
	const size_t sources = ks_map_capacity(sizeof(struct ks_source) + sizeof(struct ks_source_tcp),
					       unit * SHARE_SOURCES);
	enum ks_error error = ks_map_init(&shard->sources, sizeof(struct ks_source), sources, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_region_init(&shard->sources_tcp, sources * sizeof(struct ks_source_tcp), diag);
	if (error == KS_SUCCESS)
		error = ks_networks_init(&shard->source_nets, unit * SHARE_NETS / 2, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_networks_init(&shard->flow_nets, unit * SHARE_NETS / 2, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_clients_init(&shard->clients, diag);
	if (error == KS_SUCCESS)
		error = ks_map_init(&shard->flows, sizeof(struct ks_flow),
				    ks_map_capacity(sizeof(struct ks_flow), unit * SHARE_FLOWS), secret,
				    diag);
	if (error == KS_SUCCESS)
		error = ks_map_init(&shard->servers, sizeof(struct ks_server), SERVERS_MAX, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_names_init(&shard->zones, unit * SHARE_ZONES, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_names_init(&shard->names, unit * SHARE_NAMES, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_region_init(&shard->zone_states,
				       shard->zones.table.capacity * sizeof(struct ks_zone), diag);
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
	ks_region_done(&shard->sources_tcp);
	ks_networks_done(&shard->source_nets);
	ks_networks_done(&shard->flow_nets);
	ks_clients_done(&shard->clients);
	ks_map_done(&shard->flows);
	ks_map_done(&shard->servers);
	ks_names_done(&shard->zones);
	ks_names_done(&shard->names);
	ks_region_done(&shard->zone_states);
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

/* What is known of the message at hand; numbers are KS_MAP_NONE where a table had no room. */
struct place {
	const struct ks_message *message;
	uint32_t source, server, zone;
	struct ks_source *source_at; /* or NULL */
	struct ks_flow *flow;        /* or NULL */
	bool dnskey;                 /* an IN DNSKEY question of opcode QUERY */
	bool chain;                  /* that, or DS */
	uint32_t record;             /* of a query in the samples, or KS_SAMPLE_NONE */
	int64_t before_ns;           /* the flow's message before this one, if `flow` had one */
	int64_t source_before_ns;    /* the source's; 0: it had none */
	int64_t asked_ns;            /* of a response's query; 0: unknown */
};

static void
count32(uint32_t *counter)
{
	*counter += *counter != UINT32_MAX;
}

static void
add32(uint32_t *sum, uint32_t n)
{
	*sum = n < UINT32_MAX - *sum ? *sum + n : UINT32_MAX;
}

static void
count16(uint16_t *counter)
{
	*counter = (uint16_t)(*counter + (*counter != UINT16_MAX));
}

static void
stretch(int64_t *first_ns, int64_t *last_ns, bool is_new, int64_t t_ns)
{
	if (is_new || t_ns < *first_ns)
		*first_ns = t_ns;
	if (is_new || t_ns > *last_ns)
		*last_ns = t_ns;
}

static void
place_source(struct ks_shard *shard, struct place *place)
{
	const struct ks_key key = ks_key_of_addr(&place->message->client);
	bool is_new;
	place->source = ks_saving_add(&shard->saving_sources, &key, &is_new);
	if (place->source == KS_MAP_NONE) {
		place->source_at = NULL;
		shard->totals.unlisted_sources++;
		return;
	}
	place->source_at = ks_map_at(&shard->sources, place->source);
	if (is_new)
		place->source_at->log = KS_SAMPLE_NONE;
	place->source_before_ns = is_new ? 0 : place->source_at->last_ns;
	stretch(&place->source_at->first_ns, &place->source_at->last_ns, is_new, place->message->time_ns);
}

static uint32_t
server_number(struct ks_shard *shard, const struct ks_addr *addr)
{
	const struct ks_key key = ks_key_of_addr(addr);
	if (shard->servers.n > 0 && ks_map_equal(&shard->server_met, &key))
		return shard->server_met_number;
	bool is_new;
	const uint32_t number = ks_map_add(&shard->servers, &key, &is_new);
	if (number != KS_MAP_NONE && is_new)
		((struct ks_server *)ks_map_at(&shard->servers, number))->first_ns = INT64_MAX;
	if (number != KS_MAP_NONE) {
		shard->server_met = *addr;
		shard->server_met_number = number;
	}
	return number;
}

static void
count_server(struct ks_shard *shard, struct place *place)
{
	const struct ks_message *const message = place->message;
	place->server = server_number(shard, &message->server);
	if (place->server == KS_MAP_NONE) {
		shard->totals.unlisted_servers++;
		return;
	}
	struct ks_server *const server = ks_map_at(&shard->servers, place->server);
	stretch(&server->first_ns, &server->last_ns, server->first_ns == INT64_MAX, message->time_ns);
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

static struct ks_zone *
zone_at(const struct ks_shard *shard, uint32_t zone)
{
	return (struct ks_zone *)shard->zone_states.base + zone;
}

/* Twenty octets in sixteen: two hashes under other secrets than the table's own, as in names.c. */
static struct ks_key
flow_key(const struct ks_shard *shard, const struct ks_addr *source, uint32_t zone)
{
	const struct ks_secret *const secret = &shard->flows.secret;
	const struct ks_secret one = {.a = ~secret->b, .b = ~secret->a};
	const struct ks_secret two = {.a = one.b, .b = one.a};
	return (struct ks_key){.w = {ks_hash_words(&one, ks_hash_addr(&one, source), zone),
				     ks_hash_words(&two, ks_hash_addr(&two, source), zone)}};
}

/* The zone of a DNSKEY or DS question, and for DNSKEY the flow of this source. */
static void
place_chain(struct ks_shard *shard, struct place *place)
{
	const struct ks_dns *const dns = &place->message->dns;
	place->zone = KS_MAP_NONE;
	place->flow = NULL;
	place->chain = dns->has_question && ks_dns_opcode(dns) == 0 && dns->qclass == 1 &&
		       (dns->qtype == KS_TYPE_DNSKEY || dns->qtype == KS_TYPE_DS);
	place->dnskey = place->chain && dns->qtype == KS_TYPE_DNSKEY;
	if (!place->chain)
		return;
	bool is_new;
	place->zone = ks_names_add(&shard->zones, dns->qname, &is_new);
	if (!place->dnskey)
		return;
	if (place->zone == KS_MAP_NONE)
		shard->totals.unlisted_zones++;
	else
		zone_at(shard, place->zone)->met = true;
	if (place->zone == KS_MAP_NONE)
		return;
	const struct ks_addr *const source = &place->message->client;
	const struct ks_key key = flow_key(shard, source, place->zone);
	const uint32_t number = ks_saving_add(&shard->saving_flows, &key, &is_new);
	if (number == KS_MAP_NONE) {
		shard->totals.unlisted_flows++;
		return;
	}
	place->flow = ks_map_at(&shard->flows, number);
	if (is_new) {
		place->flow->source = *source;
		place->flow->zone = place->zone;
	}
	place->before_ns = place->flow->last_ns;
	stretch(&place->flow->first_ns, &place->flow->last_ns, is_new, place->message->time_ns);
}

/* --- queries --- */

static enum ks_sample_rank
rank_of(const struct ks_source *source)
{
	if (source->requeries > 0)
		return KS_RANK_REQUERIES;
	return source->dnskey_queries + source->ds_queries > 0 ? KS_RANK_ASKS_KEYS : KS_RANK_BACKGROUND;
}

static uint8_t
record_bits(const struct ks_message *message, bool about_keys)
{
	return (uint8_t)((message->tcp ? KS_REC_TCP : 0) | (message->dns.edns.records > 0 ? KS_REC_EDNS : 0) |
			 (message->dns.edns.dnssec_ok ? KS_REC_DO : 0) | (about_keys ? KS_REC_KEYS : 0) |
			 (message->dns.edns.server_cookie ? KS_REC_COOKIE : 0));
}

static void
record_query(struct ks_shard *shard, struct place *place)
{
	place->record = KS_SAMPLE_NONE;
	struct ks_source *const source = place->source_at;
	struct ks_samples *const samples = &shard->samples;
	if (source == NULL || !ks_samples_wants(samples, place->chain))
		return;
	const enum ks_sample_rank rank = rank_of(source);
	if (!ks_samples_is_of(samples, source->log, place->source))
		source->log = ks_samples_open(samples, place->source, rank);
	if (source->log == KS_SAMPLE_NONE)
		return;
	ks_samples_raise(samples, source->log, rank);
	const struct ks_message *const message = place->message;
	const struct ks_dns *const dns = &message->dns;
	place->record = ks_samples_add(samples, source->log, record_bits(message, place->chain));
	if (place->record == KS_SAMPLE_NONE)
		return;
	struct ks_record *const record = ks_samples_record(samples, place->record);
	bool is_new;
	record->t_ns = message->time_ns;
	record->server = place->server;
	record->name = place->zone;
	if (!place->chain && dns->has_question) {
		record->name = ks_names_add(&shard->names, dns->qname, &is_new);
		if (record->name != KS_MAP_NONE)
			record->name |= OTHER_NAME;
	}
	record->id = dns->id;
	record->sport = message->client_port;
	record->qtype = dns->qtype;
	record->flags = dns->flags;
	record->edns_size = dns->edns.udp_size;
	record->hop_limit = message->ttl;
}

/* Was the same query waiting already? Remembers this one if it was not. */
static bool
ask_pair(struct ks_shard *shard, const struct place *place)
{
	const bool wanted = place->chain || place->record != KS_SAMPLE_NONE;
	if (!wanted || !place->message->dns.has_question)
		return false;
	bool again;
	const uint64_t hash = ks_pairs_hash(&shard->pairs, place->message);
	struct ks_pair *const pair = ks_pairs_ask(&shard->pairs, hash, place->message->time_ns, &again);
	if (!again)
		pair->record = place->record;
	return again;
}

/* Worth following: asked again while the keys were valid, or right behind another query. */
static bool
wants_following(const struct ks_flow *flow, enum ks_requery class, int64_t t_ns)
{
	const int64_t since_ns = t_ns - flow->asked_ns;
	return flow->asked_ns != 0 && class != KS_RQ_RETRANSMIT &&
	       (ks_requery_counts(class) || (since_ns >= 0 && since_ns < KS_BURST_NS));
}

static void
start_following(struct ks_shard *shard, const struct place *place)
{
	struct ks_flow *const flow = place->flow;
	const struct ks_behaviour_start start = {
		.asked_ns = flow->asked_ns,
		/* The last message of the flow was then that answer. */
		.answered_ns = flow->answered ? place->before_ns : 0,
		.server = flow->place,
	};
	uint32_t number;
	flow->followed = ks_behaviours_take(&shard->behaviours, &start, &number);
	flow->unfollowed = !flow->followed;
	shard->totals.unfollowed_flows += flow->unfollowed;
	if (!flow->followed)
		return;
	flow->place = number & 0xfffffff;
	/* Places are not given back, so who has one stays. */
	flow->err |= KS_SAVING_PINNED;
}

/* Fingerprints know a source by its number: with the first of them it stays. There is room for far fewer
 * fingerprints (and signals, below) than for sources. */
static void
feed_stacks(struct ks_shard *shard, const struct place *place)
{
	const uint32_t n = shard->stacks.map.n;
	ks_stacks_feed(&shard->stacks, place->source, place->message);
	if (shard->stacks.map.n != n)
		ks_saving_pin(&shard->saving_sources, place->source);
}

static void
feed_signals(struct ks_shard *shard, const struct place *place)
{
	const uint32_t n = shard->signals.table.n;
	ks_signals_query(&shard->signals, place->source, place->message);
	if (shard->signals.table.n != n)
		ks_saving_pin(&shard->saving_sources, place->source);
}

/* What clients ask of the source, where that is seen; else what it asks besides keys and DS: nothing else in
 * a capture before name servers tells how busy its clients are. */
static void
tell_demand(struct ks_shard *shard, const struct place *place, struct ks_behaviour *state)
{
	const struct ks_key key = ks_key_of_addr(&place->message->client);
	const uint32_t number = ks_map_find(&shard->servers, &key);
	const struct ks_server *const served =
		number != KS_MAP_NONE ? ks_map_at(&shard->servers, number) : NULL;
	const struct ks_source *const source = place->source_at;
	const bool of_clients = served != NULL && served->queries > 0;
	const uint64_t own = (uint64_t)source->queries - source->dnskey_queries - source->ds_queries;
	ks_demand_cut(&state->demand, place->message->time_ns, of_clients ? served->queries : own,
		      of_clients);
}

/* Before the flow's own counts move on. */
static void
follow_query(struct ks_shard *shard, const struct place *place, enum ks_requery class, bool again)
{
	struct ks_flow *const flow = place->flow;
	const int64_t t_ns = place->message->time_ns;
	if (!flow->followed && !flow->unfollowed && wants_following(flow, class, t_ns))
		start_following(shard, place);
	if (flow->followed) {
		struct ks_behaviour *const state = ks_behaviours_at(&shard->behaviours, flow->place);
		if (ks_behaviour_wants_demand(state, t_ns))
			tell_demand(shard, place, state);
		const struct ks_behaviour_query query = {
			.t_ns = t_ns,
			.life_ns = flow->state.life_ns,
			.server = place->server,
			.class = class,
			.again = again,
		};
		ks_behaviour_ask(state, &query);
	} else if (class == KS_RQ_RETRANSMIT) {
		flow->answered &= again; /* over TCP as told to: its transaction, begun before, waits again */
	} else {
		flow->asked_ns = t_ns;
		flow->place = place->server & 0xfffffff;
		flow->answered = false;
	}
}

/* What was kept since there were `n` refers to its sources by number: they stay. */
static void
pin_openings(struct ks_shard *shard, uint32_t n)
{
	for (; n < shard->openings.n_kept; n++)
		ks_saving_pin(&shard->saving_sources, ks_openings_at(&shard->openings, n)->source);
}

/* How the source begins. Before its own counts move on. */
static void
open_query(struct ks_shard *shard, const struct place *place, enum ks_requery class)
{
	struct ks_source *const source = place->source_at;
	if (class == KS_RQ_RETRANSMIT || place->zone == KS_MAP_NONE)
		return;
	const struct ks_opening_query query = {
		.t_ns = place->message->time_ns,
		.source = place->source,
		.zone = place->zone,
		.server = place->server,
		.first = source->dnskey_queries == 0,
	};
	const uint32_t n_kept = shard->openings.n_kept;
	if (ks_openings_ask(&shard->openings, &query))
		count16(&source->primed_queries);
	pin_openings(shard, n_kept);
}

static void
count_dnskey_query(struct ks_shard *shard, struct place *place, bool again)
{
	const struct ks_message *const message = place->message;
	enum ks_requery class = KS_RQ_FIRST;
	bool first_requery = false;
	if (place->flow != NULL) {
		struct ks_flow *const flow = place->flow;
		class = ks_requery_ask(&flow->state, message->time_ns, again, message->tcp);
		follow_query(shard, place, class, again);
		first_requery = ks_requery_counts(class) &&
				flow->cls[KS_RQ_HOT] + flow->cls[KS_RQ_WARM] + flow->cls[KS_RQ_COOL] == 0;
		count32(&flow->queries);
		count32(&flow->cls[class]);
	}
	if (place->source_at != NULL) {
		feed_stacks(shard, place);
		open_query(shard, place, class);
		count32(&place->source_at->dnskey_queries);
		if (ks_requery_counts(class))
			count32(&place->source_at->requeries);
	}
	if (place->record != KS_SAMPLE_NONE)
		ks_samples_record(&shard->samples, place->record)->requery = (uint8_t) class;
	if (place->zone == KS_MAP_NONE)
		return;
	zone_at(shard, place->zone)->dnskey_queries++;
	struct ks_zone_cell *const cell = ks_series_zone(&shard->series, message->time_ns, place->zone);
	if (cell == NULL) {
		shard->totals.unlisted_zone_bins++;
		return;
	}
	cell->queries++;
	cell->cls[class]++;
	cell->sources_new += first_requery;
}

/* Who found no room is shown each time: registers take no notice. */
static void
count_client(struct ks_shard *shard, const struct place *place)
{
	const uint32_t day = ks_clients_place(&shard->clients, place->message->time_ns);
	struct ks_source *const source = place->source_at;
	if (source != NULL && (source->days >> day & 1) != 0)
		return;
	if (source != NULL)
		source->days |= UINT32_C(1) << day;
	ks_clients_add(&shard->clients, day, &place->message->client);
}

static struct ks_source_tcp *
tcp_of(const struct ks_shard *shard, const struct place *place)
{
	return (struct ks_source_tcp *)shard->sources_tcp.base + place->source;
}

/* What a query tells of its source's manners. Before the source's own counts move on. */
static void
note_manners(struct ks_shard *shard, const struct place *place)
{
	const struct ks_message *const message = place->message;
	const struct ks_dns *const dns = &message->dns;
	struct ks_source *const source = place->source_at;
	const int64_t silence_ns = message->time_ns - place->source_before_ns;
	const uint32_t n_kept = shard->openings.n_kept;
	if (source->dnskey_queries > 0 && silence_ns >= KS_OPENING_SILENCE_NS)
		ks_openings_wake(&shard->openings, place->source, message->time_ns, silence_ns);
	if (dns->has_question && dns->qtype == KS_TYPE_NS && dns->qname.n == 1 && ks_dns_opcode(dns) == 0) {
		ks_openings_prime(&shard->openings, place->source, message->time_ns);
		count16(&source->priming_queries);
	}
	pin_openings(shard, n_kept);
	if ((dns->flags & KS_FLAG_CD) != 0) {
		const uint32_t n = shard->cd.changes.n;
		ks_cd_query(&shard->cd, place->source, message, source->queries, source->cd_queries);
		count32(&source->cd_queries);
		if (shard->cd.changes.n != n)
			ks_saving_pin(&shard->saving_sources, place->source);
	}
}

static void
count_query(struct ks_shard *shard, struct place *place, struct ks_cell *cell)
{
	const struct ks_message *const message = place->message;
	const struct ks_dns *const dns = &message->dns;
	shard->totals.queries++;
	shard->totals.query_dns_bytes += message->len;
	shard->totals.do_queries += dns->edns.dnssec_ok;
	cell->queries++;
	cell->query_dns_bytes += message->len;
	cell->query_ip_bytes += message->ip_bytes;
	cell->do_queries += dns->edns.dnssec_ok;
	cell->cd_queries += (dns->flags & KS_FLAG_CD) != 0;
	struct ks_source *const source = place->source_at;
	if (source != NULL) {
		note_manners(shard, place);
		count32(&source->queries);
		source->query_dns_bytes += message->len;
		source->do_queries += dns->edns.dnssec_ok && source->do_queries != UINT32_MAX;
		source->tcp_queries += message->tcp && source->tcp_queries != UINT32_MAX;
		if (message->tcp)
			add32(&tcp_of(shard, place)->query_dns_bytes, message->len);
		if (place->chain && !place->dnskey)
			count32(&source->ds_queries);
	}
	feed_signals(shard, place);
	count_client(shard, place);
	if (place->chain)
		ks_depths_count(&shard->depths, dns->qname, dns->labels, place->dnskey);
	if (dns->qtype == KS_TYPE_DLV)
		ks_lookaside_feed(&shard->lookaside, dns, message->time_ns);
	ks_errors_query(&shard->errors, dns, message->time_ns);
	record_query(shard, place);
	const bool again = ask_pair(shard, place);
	if (place->dnskey)
		count_dnskey_query(shard, place, again);
}

/* --- responses --- */

/* How long the answer may be kept; an octet is enough to tell who asks again within seconds. */
static uint8_t
keep_s(const struct ks_dns *dns)
{
	enum { MOST = UINT8_MAX };
	if (dns->answer_ttl == UINT32_MAX || dns->rcode != 0)
		return 0;
	return dns->answer_ttl < MOST ? (uint8_t)dns->answer_ttl : MOST;
}

static void
answer_pair(struct ks_shard *shard, struct place *place)
{
	const struct ks_message *const message = place->message;
	const bool followed = place->source_at != NULL && ks_samples_wants(&shard->samples, place->chain) &&
			      ks_samples_is_of(&shard->samples, place->source_at->log, place->source);
	if (!message->dns.has_question || !(place->chain || followed))
		return;
	const uint64_t hash = ks_pairs_hash(&shard->pairs, message);
	const struct ks_pair *const pair = ks_pairs_answer(&shard->pairs, hash, message->time_ns);
	if (pair == NULL) {
		shard->totals.unasked_responses += place->chain;
		return;
	}
	place->asked_ns = pair->t_ns;
	if (pair->record == KS_SAMPLE_NONE)
		return;
	struct ks_record *const record = ks_samples_record(&shard->samples, pair->record);
	/* The sample may have let it go meanwhile, and its place may hold another query. */
	if (record->log == KS_SAMPLE_NONE || record->t_ns != pair->t_ns || record->id != message->dns.id ||
	    record->sport != message->client_port)
		return;
	record->response_ns = message->time_ns;
	record->response_bytes = message->len;
	record->rcode = message->dns.rcode;
	record->keep_s = keep_s(&message->dns);
	if ((message->dns.flags & KS_FLAG_TC) != 0)
		record->bits |= KS_REC_TC;
	if ((message->dns.flags & KS_FLAG_AD) != 0)
		record->bits |= KS_REC_AD;
}

static void
follow_response(struct ks_shard *shard, const struct place *place)
{
	struct ks_flow *const flow = place->flow;
	if (flow->followed)
		ks_behaviour_answer(ks_behaviours_at(&shard->behaviours, flow->place), place->asked_ns,
				    place->message->time_ns);
	else if (place->asked_ns >= flow->asked_ns) /* later: its TCP query */
		flow->answered = true;
}

static void
count_dnskey_response(struct ks_shard *shard, struct place *place)
{
	const struct ks_message *const message = place->message;
	if (place->flow != NULL) {
		ks_requery_answer(&place->flow->state, &message->dns, message->time_ns, message->tcp);
		count32(&place->flow->responses);
		if (place->asked_ns != 0)
			follow_response(shard, place);
		place->flow->response_dns_bytes += message->len;
	}
	if (place->zone == KS_MAP_NONE)
		return;
	struct ks_zone *const zone = zone_at(shard, place->zone);
	zone->answered |= message->dns.dnskey.keys > 0;
	ks_signals_answer(&shard->signals, place->zone, &message->dns, message->time_ns);
	if (ks_requery_is_answer(&message->dns) && place->server < 64)
		zone->servers |= UINT64_C(1) << place->server;
	struct ks_zone_cell *const cell = ks_series_zone(&shard->series, message->time_ns, place->zone);
	if (cell == NULL)
		return;
	cell->responses++;
	cell->response_dns_bytes += message->len;
}

static void
count_response(struct ks_shard *shard, struct place *place, struct ks_cell *cell)
{
	const struct ks_message *const message = place->message;
	const bool truncated = (message->dns.flags & KS_FLAG_TC) != 0;
	shard->totals.responses++;
	shard->totals.response_dns_bytes += message->len;
	shard->totals.tc_responses += truncated;
	cell->responses++;
	cell->response_dns_bytes += message->len;
	cell->response_ip_bytes += message->ip_bytes;
	cell->tc_responses += truncated;
	if (place->source_at != NULL) {
		count32(&place->source_at->responses);
		place->source_at->response_dns_bytes += message->len;
		place->source_at->sigkey_dns_bytes += message->dns.sigkey_bytes;
		if (message->tcp) {
			add32(&tcp_of(shard, place)->response_dns_bytes, message->len);
			count32(&tcp_of(shard, place)->responses);
		}
	}
	ks_nxdomain_feed(&shard->nxdomain, message);
	ks_errors_response(&shard->errors, &message->dns, message->time_ns);
	ks_ledger_feed(&shard->ledger, place->server, message);
	if (message->dns.rcode == RCODE_SERVFAIL && (message->dns.flags & KS_FLAG_CD) == 0)
		ks_cd_refuse(&shard->cd, message);
	if (message->dns.qtype == KS_TYPE_DLV)
		ks_lookaside_feed(&shard->lookaside, &message->dns, message->time_ns);
	answer_pair(shard, place);
	if (place->dnskey)
		count_dnskey_response(shard, place);
}

/* --- the door --- */

void
ks_shard_message(void *arg, const struct ks_message *message)
{
	struct ks_shard *const shard = arg;
	struct ks_totals *const totals = &shard->totals;
	struct place place = {.message = message, .record = KS_SAMPLE_NONE};
	*(message->tcp ? &totals->tcp : &totals->udp) += 1;
	*(message->v6 ? &totals->ipv6 : &totals->ipv4) += 1;
	ks_series_advance(&shard->series, message->time_ns);
	place_source(shard, &place);
	count_server(shard, &place);
	place_chain(shard, &place);
	struct ks_cell *const cell = ks_series_cell(&shard->series, message->time_ns, place.server,
						    message->tcp ? KS_TCP : KS_UDP, message->dns.qtype);
	if (ks_dns_is_response(&message->dns))
		count_response(shard, &place, cell);
	else
		count_query(shard, &place, cell);
}

void
ks_shard_traffic(void *arg, const struct ks_datagram *datagram, bool towards_server, int64_t time_ns)
{
	struct ks_shard *const shard = arg;
	ks_series_advance(&shard->series, time_ns);
	const uint32_t server = server_number(shard, towards_server ? &datagram->dst : &datagram->src);
	struct ks_flux *const flux = ks_series_flux(&shard->series, time_ns, server);
	if (towards_server) {
		flux->in_packets += datagram->packets;
		flux->in_ip_bytes += datagram->ip_bytes;
		flux->in_wire_bytes += datagram->wire_bytes;
	} else {
		flux->out_packets += datagram->packets;
		flux->out_ip_bytes += datagram->ip_bytes;
		flux->out_wire_bytes += datagram->wire_bytes;
	}
}

/* Sources are met at random and are many: their table is where packets wait for memory. */
void
ks_shard_soon(void *arg, const struct ks_addr *client, unsigned step)
{
	const struct ks_shard *const shard = arg;
	const struct ks_key key = ks_key_of_addr(client);
	if (step == 0)
		ks_map_soon(&shard->sources, &key);
	else
		ks_map_sooner(&shard->sources, &key);
}

void
ks_shard_icmp(void *arg, const struct ks_walk *walk)
{
	struct ks_shard *const shard = arg;
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
		const uint64_t servers = zone_at(shard, i)->servers;
		if ((servers & (servers - 1)) != 0)
			return 'M';
	}
	return 'A';
}
