/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/freeze_sources.c -- sources become facts: the foremost ones as rows of their own, with their
 * sequences and fingerprints, all others as one sum. The database grows with offenders, not with clients. */
#include <endian.h>
#include <stdlib.h>

#include "analyzer/freeze_p.h"
#include "analyzer/top.h"

enum {
	/* Sources with rows of their own: those that asked most, that asked most often for keys they had, and
	 * that were answered most octets. A row takes about three microseconds to write, and what primes or
	 * has a fingerprint has more than one: twenty thousand of them would be a third of what is done for a
	 * million packets. */
	KEPT_BY_QUERIES = 4096,
	KEPT_BY_KEYS = 8192,
	KEPT_BY_BYTES = 4096,
	/* So many queries of sequences are kept: two megabytes of database. */
	QUERIES_KEPT = 20000,
	OTHER_NAME = 0x80000000u
};

/* --- which --- */

struct chooser {
	struct ks_top by_queries, by_keys, by_bytes;
};

static void
offer(struct chooser *chooser, const struct ks_shard *shard, uint32_t number)
{
	const struct ks_source *const source = ks_map_at(&shard->sources, number);
	const struct ks_source_more *const more = ks_source_more(&shard->sources_more, source);
	struct ks_top_entry entry = {
		.score = source->queries,
		.tie = {be64toh(source->key.w[0]), be64toh(source->key.w[1])},
		.number = number,
	};
	ks_top_offer(&chooser->by_queries, &entry);
	entry.score = ks_source_octets(source, more, KS_OCTETS_RESPONSE);
	ks_top_offer(&chooser->by_bytes, &entry);
	entry.score = (uint64_t)more->requeries << 32 | more->dnskey_queries;
	if (entry.score != 0)
		ks_top_offer(&chooser->by_keys, &entry);
}

static void
take(const struct ks_freezer *freezer, const struct ks_top *top, struct ks_order *order)
{
	for (uint32_t i = 0; i < top->n; i++) {
		struct ks_rank *const rank = &order->ranks[order->n++];
		rank->number = top->heap[i].number;
		ks_freeze_rank_addr(freezer, ks_map_at(&freezer->shard->sources, rank->number), rank);
	}
}

/* Sources with a sequence have a row too. */
static void
take_logs(const struct ks_freezer *freezer, struct ks_order *order)
{
	const struct ks_samples *const samples = &freezer->shard->samples;
	uint32_t owner;
	for (uint32_t log = 0; log < samples->n_logs; log++) {
		if (!ks_samples_owner(samples, log, &owner))
			continue;
		struct ks_rank *const rank = &order->ranks[order->n++];
		rank->number = owner;
		ks_freeze_rank_addr(freezer, ks_map_at(&freezer->shard->sources, owner), rank);
	}
}

/* So have sources that began to set CD in a way that may be an alarm, see report cd. */
static void
take_changes(const struct ks_freezer *freezer, struct ks_order *order)
{
	enum { PLAIN_MIN = 20, CD_MIN = 10 };
	const struct ks_shard *const shard = freezer->shard;
	for (uint32_t i = 0; i < shard->cd.changes.n; i++) {
		const struct ks_cd_change *const change = ks_map_at(&shard->cd.changes, i);
		const uint32_t number = (uint32_t)change->key.w[0];
		const struct ks_source *const source = ks_map_at(&shard->sources, number);
		if (change->retries == 0 &&
		    (change->plain_before < PLAIN_MIN ||
		     ks_source_cd_queries(source, ks_shard_more(shard, number)) < CD_MIN))
			continue;
		struct ks_rank *const rank = &order->ranks[order->n++];
		rank->number = number;
		ks_freeze_rank_addr(freezer, source, rank);
	}
}

/* Sorted; a source that was chosen twice stands beside itself. */
static void
drop_twins(struct ks_order *order)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < order->n; i++)
		if (n == 0 || order->ranks[n - 1].number != order->ranks[i].number)
			order->ranks[n++] = order->ranks[i];
	order->n = n;
}

static enum ks_error
choose(struct ks_freezer *freezer, struct chooser *chooser)
{
	const struct ks_shard *const shard = freezer->shard;
	for (uint32_t i = 0; i < shard->sources.n; i++)
		offer(chooser, shard, i);
	const size_t n = (size_t)chooser->by_queries.n + chooser->by_keys.n + chooser->by_bytes.n +
			 shard->samples.n_logs + shard->cd.changes.n;
	freezer->sources = (struct ks_order){.ranks = calloc(n + 1, sizeof(struct ks_rank))};
	if (freezer->sources.ranks == NULL)
		return ks_diag_set(freezer->diag, KS_ERR_MEMORY, "no memory to sort %zu sources", n);
	take(freezer, &chooser->by_queries, &freezer->sources);
	take(freezer, &chooser->by_keys, &freezer->sources);
	take(freezer, &chooser->by_bytes, &freezer->sources);
	take_logs(freezer, &freezer->sources);
	take_changes(freezer, &freezer->sources);
	ks_freeze_sort(&freezer->sources);
	drop_twins(&freezer->sources);
	return KS_SUCCESS;
}

enum ks_error
ks_freeze_choose_sources(struct ks_freezer *freezer)
{
	ks_samples_shrink(&freezer->shard->samples, QUERIES_KEPT);
	struct chooser chooser = {0};
	enum ks_error error = ks_top_init(&chooser.by_queries, KEPT_BY_QUERIES, freezer->diag);
	if (error == KS_SUCCESS)
		error = ks_top_init(&chooser.by_keys, KEPT_BY_KEYS, freezer->diag);
	if (error == KS_SUCCESS)
		error = ks_top_init(&chooser.by_bytes, KEPT_BY_BYTES, freezer->diag);
	if (error == KS_SUCCESS)
		error = choose(freezer, &chooser);
	ks_top_done(&chooser.by_queries);
	ks_top_done(&chooser.by_keys);
	ks_top_done(&chooser.by_bytes);
	return error;
}

/* --- rows --- */

static struct ks_fact_source
fact_of(const struct ks_shard *shard, uint32_t number)
{
	const struct ks_source *const source = ks_map_at(&shard->sources, number);
	const struct ks_source_more *const more = ks_source_more(&shard->sources_more, source);
	const uint32_t err = ks_saving_err(source->err);
	return (struct ks_fact_source){
		.source = ks_freeze_addr(&source->key),
		.queries = (uint64_t)source->queries + err,
		.err = err,
		.days = ks_source_days(source, more),
		.responses = source->responses,
		.dnskey_queries = more->dnskey_queries,
		.ds_queries = ks_source_ds_queries(source, more),
		.requeries = more->requeries,
		.do_queries = ks_source_do_queries(source, more),
		.tcp_queries = more->tcp_queries,
		.tcp_responses = more->tcp_responses,
		.tcp_syns = more->tcp_syns,
		.query_dns_bytes = ks_source_octets(source, more, KS_OCTETS_QUERY),
		.response_dns_bytes = ks_source_octets(source, more, KS_OCTETS_RESPONSE),
		.tcp_query_dns_bytes = more->tcp_query_octets,
		.tcp_response_dns_bytes = more->tcp_response_octets,
		.sigkey_dns_bytes = ks_source_octets(source, more, KS_OCTETS_SIGKEY),
		.first_ns = source->first_ns,
		.last_ns = source->last_ns,
	};
}

/* What was seen of it: without err. */
static void
sum_up(struct ks_fact_rest *rest, const struct ks_fact_source *fact)
{
	rest->sources += fact->queries > fact->err;
	rest->sum.queries += fact->queries - fact->err;
	rest->sum.responses += fact->responses;
	rest->sum.dnskey_queries += fact->dnskey_queries;
	rest->sum.ds_queries += fact->ds_queries;
	rest->sum.requeries += fact->requeries;
	rest->sum.do_queries += fact->do_queries;
	rest->sum.tcp_queries += fact->tcp_queries;
	rest->sum.query_dns_bytes += fact->query_dns_bytes;
	rest->sum.response_dns_bytes += fact->response_dns_bytes;
	rest->sum.sigkey_dns_bytes += fact->sigkey_dns_bytes;
}

static bool
is_marked(const uint8_t *marks, uint32_t number)
{
	return (marks[number / 8] >> number % 8 & 1) != 0;
}

/* A bit for each source: it has a row. */
static uint8_t *
mark_chosen(const struct ks_freezer *freezer)
{
	uint8_t *const marks = calloc(freezer->shard->sources.n / 8 + 1u, 1);
	for (uint32_t i = 0; marks != NULL && i < freezer->sources.n; i++) {
		const uint32_t number = freezer->sources.ranks[i].number;
		marks[number / 8] |= (uint8_t)(1u << number % 8);
	}
	return marks;
}

/* Everybody is counted as a client; who has no row counts for the sum, his network and the bound. */
static void
look_at(struct ks_freezer *freezer, const uint8_t *marks, struct ks_clients_tally *clients,
	struct ks_fact_rest *rest)
{
	struct ks_shard *const shard = freezer->shard;
	for (uint32_t number = 0; number < shard->sources.n; number++) {
		const struct ks_source *const source = ks_map_at(&shard->sources, number);
		const struct ks_addr addr = ks_freeze_addr(&source->key);
		ks_clients_see(clients, &addr, ks_source_days(source, ks_shard_more(shard, number)));
		if (is_marked(marks, number))
			continue;
		const struct ks_fact_source fact = fact_of(shard, number);
		const uint64_t most = fact.responses > fact.queries ? fact.responses : fact.queries;
		freezer->floor = most > freezer->floor ? most : freezer->floor;
		sum_up(rest, &fact);
		ks_shard_net_source(shard, number);
	}
}

static enum ks_error
put_rows(const struct ks_freezer *freezer)
{
	for (uint32_t i = 0; i < freezer->sources.n; i++) {
		const struct ks_fact_source fact = fact_of(freezer->shard, freezer->sources.ranks[i].number);
		const enum ks_error error = freezer->sink->ops->source(freezer->sink, &fact, freezer->diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

enum ks_error
ks_freeze_sources(struct ks_freezer *freezer)
{
	const struct ks_shard *const shard = freezer->shard;
	struct ks_fact_rest rest = {0};
	struct ks_clients_tally clients = {0};
	uint8_t *const marks = mark_chosen(freezer);
	enum ks_error error = ks_clients_tally_init(&clients, shard->sources.n, freezer->diag);
	if (error == KS_SUCCESS && marks == NULL)
		error = ks_diag_set(freezer->diag, KS_ERR_MEMORY, "no memory to choose sources");
	if (error == KS_SUCCESS) {
		look_at(freezer, marks, &clients, &rest);
		error = put_rows(freezer);
	}
	if (error == KS_SUCCESS && freezer->sources.n < shard->sources.n)
		error = freezer->sink->ops->rest(freezer->sink, &rest, freezer->diag);
	if (error == KS_SUCCESS)
		error = ks_clients_freeze(&shard->clients, &clients, shard->totals.unlisted_sources == 0,
					  freezer->sink, freezer->diag);
	ks_clients_tally_done(&clients);
	free(marks);
	return error;
}

/* --- fingerprints --- */

static enum ks_error
put_stack(const struct ks_freezer *freezer, const struct ks_source *source, const struct ks_stack *stack)
{
	char text[KS_FINGERPRINT_TEXT];
	const struct ks_fact_stack fact = {
		.source = ks_freeze_addr(&source->key),
		.fingerprint = ks_fingerprint_print(stack->fingerprint, text),
		.queries = stack->queries,
		.cased_queries = stack->cased_queries,
		.mixed_queries = stack->mixed_queries,
		.first_ns = stack->first_ns,
		.last_ns = stack->last_ns,
	};
	return freezer->sink->ops->stack(freezer->sink, &fact, freezer->diag);
}

enum ks_error
ks_freeze_stacks(const struct ks_freezer *freezer)
{
	const struct ks_shard *const shard = freezer->shard;
	for (uint32_t i = 0; i < freezer->sources.n; i++) {
		const uint32_t number = freezer->sources.ranks[i].number;
		const struct ks_source *const source = ks_map_at(&shard->sources, number);
		if (!source->asks_keys)
			continue;
		for (uint32_t place = 0; place < KS_STACKS_EACH; place++) {
			const struct ks_stack *const stack = ks_stacks_at(&shard->stacks, number, place);
			if (stack == NULL)
				break;
			const enum ks_error error = put_stack(freezer, source, stack);
			if (error != KS_SUCCESS)
				return error;
		}
	}
	return KS_SUCCESS;
}

/* --- sequences --- */

static struct ks_span
record_name(const struct ks_shard *shard, const struct ks_record *record)
{
	if (record->name == KS_MAP_NONE)
		return (struct ks_span){0};
	if ((record->name & OTHER_NAME) != 0)
		return ks_names_at(&shard->names, record->name & ~OTHER_NAME);
	return ks_names_at(&shard->zones, record->name);
}

static enum ks_error
put_record(const struct ks_freezer *freezer, const struct ks_source *source, const struct ks_record *record)
{
	const struct ks_shard *const shard = freezer->shard;
	struct ks_fact_query fact = {
		.source = ks_freeze_addr(&source->key),
		.number = record->number,
		.t_ns = record->t_ns,
		.response_ns = record->response_ns,
		.name = record_name(shard, record),
		.id = record->id,
		.sport = record->sport,
		.qtype = record->qtype,
		.flags = record->flags,
		.edns_size = record->edns_size,
		.dnssec_ok = (record->bits & KS_REC_DO) != 0,
		.edns = (record->bits & KS_REC_EDNS) != 0,
		.transport = (record->bits & KS_REC_TCP) != 0 ? KS_TCP : KS_UDP,
		.requery = (enum ks_requery)record->requery,
		.response_bytes = record->response_bytes,
		.rcode = record->rcode,
		.hop_limit = record->hop_limit,
		.keep_s = record->keep_s,
		.ad = (record->bits & KS_REC_AD) != 0,
		.server_cookie = (record->bits & KS_REC_COOKIE) != 0,
		.tc = (record->bits & KS_REC_TC) != 0,
	};
	if (record->server < shard->servers.n) {
		const struct ks_server *const server = ks_map_at(&shard->servers, record->server);
		fact.server = ks_freeze_addr(&server->key);
	}
	return freezer->sink->ops->query(freezer->sink, &fact, freezer->diag);
}

enum ks_error
ks_freeze_sequences(const struct ks_freezer *freezer)
{
	struct ks_samples *const samples = &freezer->shard->samples;
	for (uint32_t i = 0; i < freezer->sources.n; i++) {
		const uint32_t number = freezer->sources.ranks[i].number;
		const struct ks_source *const source = ks_map_at(&freezer->shard->sources, number);
		const uint32_t log = ks_source_log(ks_shard_more(freezer->shard, number));
		if (!ks_samples_is_of(samples, log, number))
			continue;
		const struct ks_record *record = NULL;
		while ((record = ks_samples_next(samples, log, record)) != NULL) {
			const enum ks_error error = put_record(freezer, source, record);
			if (error != KS_SUCCESS)
				return error;
		}
	}
	return KS_SUCCESS;
}
