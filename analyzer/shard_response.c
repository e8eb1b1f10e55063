/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/shard_response.c -- what a response adds to the tables of a shard. */
#include "analyzer/shard_p.h"

enum { RCODE_SERVFAIL = 2 };

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
answer_pair(struct ks_shard *shard, struct ks_place *place)
{
	const struct ks_message *const message = place->message;
	const bool followed =
		place->source_at != NULL && ks_samples_wants(&shard->samples, place->chain) &&
		ks_samples_is_of(&shard->samples, ks_source_log(ks_shard_more(shard, place->source)),
				 place->source);
	if (!message->dns.has_question || !(place->chain || followed))
		return;
	const uint64_t hash = place->chain ? place->foreseen->pair : ks_pairs_hash(&shard->pairs, message);
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
follow_response(struct ks_shard *shard, const struct ks_place *place)
{
	struct ks_flow *const flow = place->flow;
	if (flow->followed)
		ks_behaviour_answer(ks_behaviours_at(&shard->behaviours, flow->place), place->asked_ns,
				    place->message->time_ns);
	else if (place->asked_ns >= flow->asked_ns) /* later: its TCP query */
		flow->answered = true;
}

static void
count_dnskey_response(struct ks_shard *shard, struct ks_place *place)
{
	const struct ks_message *const message = place->message;
	if (place->flow != NULL) {
		ks_requery_answer(&place->flow->state, &message->dns, message->time_ns, message->tcp);
		ks_shard_count32(&place->flow->responses);
		if (place->asked_ns != 0)
			follow_response(shard, place);
		place->flow->response_dns_bytes += message->len;
	}
	if (place->zone == KS_MAP_NONE)
		return;
	struct ks_zone *const zone = ks_shard_zone(shard, place->zone);
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
count_tcp(struct ks_shard *shard, const struct ks_place *place)
{
	struct ks_source_more *const more = ks_source_need(&shard->sources_more, place->source_at);
	ks_shard_add32(&more->tcp_response_octets, place->message->len);
	ks_shard_count32(&more->tcp_responses);
}

void
ks_shard_response(struct ks_shard *shard, struct ks_place *place, struct ks_cell *cell)
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
		ks_shard_count32(&place->source_at->responses);
		ks_source_add_octets(&shard->sources_more, place->source_at, KS_OCTETS_RESPONSE,
				     message->len);
		ks_source_add_octets(&shard->sources_more, place->source_at, KS_OCTETS_SIGKEY,
				     message->dns.sigkey_bytes);
		if (message->tcp)
			count_tcp(shard, place);
	}
	if (place->shed)
		return;
	ks_nxdomain_feed(&shard->nxdomain, message, &place->foreseen->nxdomain);
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
