/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/shard_query.c -- what a query adds to the tables of a shard. */
#include "analyzer/shard_p.h"

enum { OTHER_NAME = 0x80000000u };

static enum ks_sample_rank
rank_of(const struct ks_source *source, const struct ks_source_more *more)
{
	if (more->requeries > 0)
		return KS_RANK_REQUERIES;
	return more->dnskey_queries + ks_source_ds_queries(source, more) > 0 ? KS_RANK_ASKS_KEYS
									     : KS_RANK_BACKGROUND;
}

static uint8_t
record_bits(const struct ks_message *message, bool about_keys)
{
	return (uint8_t)((message->tcp ? KS_REC_TCP : 0) | (message->dns.edns.records > 0 ? KS_REC_EDNS : 0) |
			 (message->dns.edns.dnssec_ok ? KS_REC_DO : 0) | (about_keys ? KS_REC_KEYS : 0) |
			 (message->dns.edns.server_cookie ? KS_REC_COOKIE : 0));
}

/* An old number that is no log of its any more is not kept either. */
static uint32_t
open_log(struct ks_shard *shard, const struct ks_place *place, enum ks_sample_rank rank)
{
	const uint32_t log = ks_samples_open(&shard->samples, place->source, rank);
	if (log != KS_SAMPLE_NONE || place->source_at->more != 0)
		ks_source_need(&shard->sources_more, place->source_at)->log_and_one = log + 1;
	return log;
}

static void
record_query(struct ks_shard *shard, struct ks_place *place)
{
	place->record = KS_SAMPLE_NONE;
	struct ks_samples *const samples = &shard->samples;
	if (shard->shed != KS_SHED_NONE && !place->chain) {
		shard->samples_shed++;
		return;
	}
	if (place->source_at == NULL || !ks_samples_wants(samples, place->chain))
		return;
	const struct ks_source_more *const more = ks_source_more(&shard->sources_more, place->source_at);
	const enum ks_sample_rank rank = rank_of(place->source_at, more);
	uint32_t log = ks_source_log(more);
	if (!ks_samples_is_of(samples, log, place->source))
		log = open_log(shard, place, rank);
	if (log == KS_SAMPLE_NONE)
		return;
	ks_samples_raise(samples, log, rank);
	const struct ks_message *const message = place->message;
	const struct ks_dns *const dns = &message->dns;
	place->record = ks_samples_add(samples, log, record_bits(message, place->chain));
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
ask_pair(struct ks_shard *shard, const struct ks_place *place)
{
	const bool wanted = place->chain || place->record != KS_SAMPLE_NONE;
	if (!wanted || !place->message->dns.has_question)
		return false;
	bool again;
	const uint64_t hash =
		place->chain ? place->foreseen->pair : ks_pairs_hash(&shard->pairs, place->message);
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
start_following(struct ks_shard *shard, const struct ks_place *place)
{
	struct ks_flow *const flow = place->flow;
	const struct ks_behaviour_start start = {
		.asked_ns = flow->asked_ns,
		/* The last message of the flow was then that answer. */
		.answered_ns = flow->answered ? place->before_ns : 0,
		.server = flow->place,
	};
	uint32_t number;
	flow->followed = ks_shard_resumes(flow) ? ks_shard_resume(shard, flow, &number)
						: ks_behaviours_take(&shard->behaviours, &start, &number);
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
feed_stacks(struct ks_shard *shard, const struct ks_place *place)
{
	const uint32_t n = shard->stacks.map.n;
	ks_stacks_feed(&shard->stacks, place->source, place->message);
	if (shard->stacks.map.n != n)
		ks_saving_pin(&shard->saving_sources, place->source);
}

static void
feed_signals(struct ks_shard *shard, const struct ks_place *place)
{
	const uint32_t n = shard->signals.table.n;
	ks_signals_query(&shard->signals, place->source, place->message);
	if (shard->signals.table.n != n)
		ks_saving_pin(&shard->saving_sources, place->source);
}

/* What clients ask of the source, where that is seen; else what it asks besides keys and DS: nothing else in
 * a capture before name servers tells how busy its clients are. */
static void
tell_demand(struct ks_shard *shard, const struct ks_place *place, struct ks_behaviour *state)
{
	const struct ks_key key = ks_key_of_addr(&place->message->client);
	const uint32_t number = ks_map_find(&shard->servers, &key);
	const struct ks_server *const served =
		number != KS_MAP_NONE ? ks_map_at(&shard->servers, number) : NULL;
	const struct ks_source_more *const more = ks_source_more(&shard->sources_more, place->source_at);
	const bool of_clients = served != NULL && served->queries > 0;
	const uint64_t own = (uint64_t)place->source_at->queries - more->dnskey_queries -
			     ks_source_ds_queries(place->source_at, more);
	ks_demand_cut(&state->demand, place->message->time_ns, of_clients ? served->queries : own,
		      of_clients);
}

/* Before the flow's own counts move on. */
static void
follow_query(struct ks_shard *shard, const struct ks_place *place, enum ks_requery class, bool again)
{
	struct ks_flow *const flow = place->flow;
	const int64_t t_ns = place->message->time_ns;
	if (!flow->followed && !flow->unfollowed &&
	    (wants_following(flow, class, t_ns) ||
	     (class != KS_RQ_RETRANSMIT && ks_shard_was_followed(shard, flow))))
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
open_query(struct ks_shard *shard, const struct ks_place *place, enum ks_requery class)
{
	if (class == KS_RQ_RETRANSMIT || place->zone == KS_MAP_NONE)
		return;
	const struct ks_opening_query query = {
		.t_ns = place->message->time_ns,
		.source = place->source,
		.zone = place->zone,
		.server = place->server,
		.first = !place->source_at->asks_keys,
	};
	const uint32_t n_kept = shard->openings.n_kept;
	if (ks_openings_ask(&shard->openings, &query))
		ks_shard_count16(&ks_source_need(&shard->sources_more, place->source_at)->primed_queries);
	pin_openings(shard, n_kept);
}

static void
count_dnskey_query(struct ks_shard *shard, struct ks_place *place, bool again)
{
	const struct ks_message *const message = place->message;
	enum ks_requery class = KS_RQ_FIRST;
	bool first_requery = false;
	if (place->flow != NULL) {
		struct ks_flow *const flow = place->flow;
		class = ks_requery_ask(&flow->state, message->time_ns, again, message->tcp);
		follow_query(shard, place, class, again);
		first_requery = ks_requery_counts(class) && !flow->offended &&
				flow->cls[KS_RQ_HOT] + flow->cls[KS_RQ_WARM] + flow->cls[KS_RQ_COOL] == 0;
		ks_shard_count32(&flow->queries);
		ks_shard_count32(&flow->cls[class]);
	}
	if (place->source_at != NULL) {
		feed_stacks(shard, place);
		open_query(shard, place, class);
		struct ks_source_more *const more = ks_source_need(&shard->sources_more, place->source_at);
		place->source_at->asks_keys = true;
		ks_shard_count32(&more->dnskey_queries);
		if (ks_requery_counts(class))
			ks_shard_count32(&more->requeries);
	}
	if (place->record != KS_SAMPLE_NONE)
		ks_samples_record(&shard->samples, place->record)->requery = (uint8_t) class;
	if (place->zone == KS_MAP_NONE)
		return;
	ks_shard_zone(shard, place->zone)->dnskey_queries++;
	struct ks_zone_cell *const cell = ks_series_zone(&shard->series, message->time_ns, place->zone);
	if (cell == NULL) {
		shard->totals.unlisted_zone_bins++;
		return;
	}
	cell->queries++;
	cell->cls[class]++;
	cell->sources_new += first_requery;
	cell->hops += message->ttl;
	cell->hops_squares += (uint64_t)message->ttl * message->ttl;
	cell->ports += message->client_port;
	cell->ports_squares += (uint64_t)message->client_port * message->client_port;
}

/* Who found no room is shown each time: registers take no notice. */
static void
count_client(struct ks_shard *shard, const struct ks_place *place)
{
	const uint32_t day = ks_clients_place(&shard->clients, place->message->time_ns);
	struct ks_source *const source = place->source_at;
	if (source != NULL && !ks_source_see_day(&shard->sources_more, source, day))
		return;
	ks_clients_add(&shard->clients, day, &place->message->client);
}

/* What a query tells of its source's manners. Before the source's own counts move on. */
static void
note_manners(struct ks_shard *shard, const struct ks_place *place)
{
	const struct ks_message *const message = place->message;
	const struct ks_dns *const dns = &message->dns;
	struct ks_source *const source = place->source_at;
	const int64_t silence_ns = message->time_ns - place->source_before_ns;
	const uint32_t n_kept = shard->openings.n_kept;
	if (source->asks_keys && silence_ns >= KS_OPENING_SILENCE_NS)
		ks_openings_wake(&shard->openings, place->source, message->time_ns, silence_ns);
	if (dns->has_question && dns->qtype == KS_TYPE_NS && dns->qname.n == 1 && ks_dns_opcode(dns) == 0) {
		ks_openings_prime(&shard->openings, place->source, message->time_ns);
		ks_shard_count16(&ks_source_need(&shard->sources_more, source)->priming_queries);
	}
	pin_openings(shard, n_kept);
	if ((dns->flags & KS_FLAG_CD) != 0) {
		const uint32_t n = shard->cd.changes.n;
		ks_cd_query(&shard->cd, place->source, message, source->queries,
			    ks_source_cd_queries(source, ks_source_more(&shard->sources_more, source)));
		ks_source_count_cd(&shard->sources_more, source);
		if (shard->cd.changes.n != n)
			ks_saving_pin(&shard->saving_sources, place->source);
	}
}

static void
count_tcp(struct ks_shard *shard, const struct ks_place *place)
{
	struct ks_source_more *const more = ks_source_need(&shard->sources_more, place->source_at);
	ks_shard_count32(&more->tcp_queries);
	ks_shard_add32(&more->tcp_query_octets, place->message->len);
}

void
ks_shard_query(struct ks_shard *shard, struct ks_place *place, struct ks_cell *cell)
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
		ks_shard_count32(&source->queries);
		ks_source_add_octets(&shard->sources_more, source, KS_OCTETS_QUERY, message->len);
		ks_source_count_do(&shard->sources_more, source, dns->edns.dnssec_ok);
		if (message->tcp)
			count_tcp(shard, place);
		if (place->chain && !place->dnskey)
			ks_source_count_ds(&shard->sources_more, source);
	}
	if (place->shed)
		return;
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
