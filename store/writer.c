/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/writer.c -- the sink: one run, one transaction. Judgements are thrown away with it, since they no
 * longer follow from the facts. */
#include <stdlib.h>
#include <string.h>

#include "dissect/name.h"
#include "store/store_p.h"

/* The server of a bin: no octets stand for all servers beyond those kept apart. */
static void
put_server(struct ks_sql_row *row, const struct ks_addr *addr, bool other)
{
	if (other)
		ks_sql_put_blob(row, NULL, 0);
	else
		ks_sql_put_addr(row, addr);
}

static void
put_classes(struct ks_sql_row *row, const uint64_t cls[KS_RQ_COUNT])
{
	static_assert(KS_RQ_NONE == 0 && KS_RQ_RETRANSMIT == 6 && KS_RQ_COUNT == 7,
		      "columns rq_none ... rq_retransmit");
	for (size_t i = 0; i < KS_RQ_COUNT; i++)
		ks_sql_put_count(row, cls[i]);
}

/* Where there are no packets there is no first and no last. */
static void
put_span(struct ks_sql_row *row, bool known, int64_t first_ns, int64_t last_ns)
{
	if (known && first_ns <= last_ns) {
		ks_sql_put_int(row, first_ns);
		ks_sql_put_int(row, last_ns);
	} else {
		ks_sql_put_null(row);
		ks_sql_put_null(row);
	}
}

static enum ks_error
delete_with_hash(struct ks_store *store, const uint8_t hash[16], struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error = ks_sql_prepare(store, "DELETE FROM run WHERE set_hash = ?", &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	sqlite3_bind_blob(stmt, 1, hash, 16, SQLITE_STATIC);
	const int rc = sqlite3_step(stmt);
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

static enum ks_error
put_run(struct ks_store *store, const struct ks_fact_run *run, struct ks_diag *diag)
{
	const char vantage[2] = {run->vantage, '\0'};
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_RUN);
	ks_sql_put_blob(&row, run->set_hash, sizeof(run->set_hash));
	ks_sql_put_text(&row, run->tool_version);
	ks_sql_put_text(&row, run->sensor);
	ks_sql_put_text(&row, vantage);
	ks_sql_put_int(&row, run->vantage_given);
	ks_sql_put_int(&row, run->partial);
	ks_sql_put_int(&row, run->queries_only);
	ks_sql_put_int(&row, run->responses_only);
	ks_sql_put_int(&row, run->anonymized);
	ks_sql_put_int(&row, run->bin_s);
	ks_sql_put_int(&row, run->time_digits > 6 ? 9 : 6);
	put_span(&row, true, run->first_ns, run->last_ns);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
begin(struct ks_sink *sink, const struct ks_fact_run *run, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	enum ks_error error = ks_sql_exec(store, "BEGIN IMMEDIATE", diag);
	if (error != KS_SUCCESS)
		return error;
	if (!store->keeps_judgements)
		error = ks_store_forget_judgements(store, diag);
	if (error == KS_SUCCESS)
		error = delete_with_hash(store, run->set_hash, diag);
	if (error == KS_SUCCESS)
		error = put_run(store, run, diag);
	if (error != KS_SUCCESS) {
		ks_store_abandon(store);
		return error;
	}
	store->run_id = sqlite3_last_insert_rowid(store->db);
	store->n_inputs = 0;
	store->n_counters = 0;
	store->n_zones = 0;
	store->n_ledger_names = 0;
	store->n_rrsets = 0;
	return KS_SUCCESS;
}

static enum ks_error
put_input(struct ks_sink *sink, const struct ks_fact_input *input, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	struct ks_sql_row row = ks_store_fact_row(&store->sink, KS_PUT_INPUT);
	ks_sql_put_int(&row, store->n_inputs++);
	ks_sql_put_text(&row, input->path);
	ks_sql_put_text(&row, input->container);
	ks_sql_put_text(&row, input->state);
	ks_sql_put_text(&row, input->note);
	ks_sql_put_blob(&row, input->hash, sizeof(input->hash));
	ks_sql_put_count(&row, input->size_bytes);
	ks_sql_put_count(&row, input->packets);
	ks_sql_put_int(&row, input->linktype);
	ks_sql_put_int(&row, input->snaplen);
	put_span(&row, input->packets != 0, input->first_ns, input->last_ns);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_counter(struct ks_sink *sink, const struct ks_fact_counter *counter, struct ks_diag *diag)
{
	static const char *const kinds[] = {[KS_COUNTER_PACKET] = "packet",
					    [KS_COUNTER_TOTAL] = "total",
					    [KS_COUNTER_LOSS] = "loss",
					    [KS_COUNTER_NOTICE] = "notice"};
	struct ks_store *const store = ks_store_of(sink);
	struct ks_sql_row row = ks_store_fact_row(&store->sink, KS_PUT_COUNTER);
	ks_sql_put_text(&row, kinds[counter->kind]);
	ks_sql_put_text(&row, counter->name);
	ks_sql_put_int(&row, store->n_counters++);
	ks_sql_put_count(&row, counter->value);
	ks_sql_put_text(&row, counter->note);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_server_fact(struct ks_sink *sink, const struct ks_fact_server *server, struct ks_diag *diag)
{
	char address[KS_ADDR_TEXT];
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_SERVER);
	ks_sql_put_addr(&row, &server->server);
	ks_sql_put_text(&row, ks_addr_print(&server->server, address));
	ks_sql_put_count(&row, server->queries);
	ks_sql_put_count(&row, server->responses);
	ks_sql_put_count(&row, server->authoritative);
	ks_sql_put_count(&row, server->recursive);
	ks_sql_put_count(&row, server->response_dns_bytes);
	ks_sql_put_count(&row, server->sigkey_dns_bytes);
	ks_sql_put_int(&row, server->first_ns);
	ks_sql_put_int(&row, server->last_ns);
	return ks_sql_row_done(&row, diag);
}

static void
put_source_counts(struct ks_sql_row *row, const struct ks_fact_source *source)
{
	ks_sql_put_count(row, source->queries);
	ks_sql_put_count(row, source->responses);
	ks_sql_put_count(row, source->dnskey_queries);
	ks_sql_put_count(row, source->ds_queries);
	ks_sql_put_count(row, source->requeries);
	ks_sql_put_count(row, source->do_queries);
	ks_sql_put_count(row, source->tcp_queries);
	ks_sql_put_count(row, source->query_dns_bytes);
	ks_sql_put_count(row, source->response_dns_bytes);
	ks_sql_put_count(row, source->sigkey_dns_bytes);
}

static enum ks_error
put_source(struct ks_sink *sink, const struct ks_fact_source *source, struct ks_diag *diag)
{
	char address[KS_ADDR_TEXT];
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_SOURCE);
	ks_sql_put_addr(&row, &source->source);
	ks_sql_put_text(&row, ks_addr_print(&source->source, address));
	ks_sql_put_count(&row, source->err);
	ks_sql_put_count(&row, source->tcp_responses);
	ks_sql_put_count(&row, source->tcp_query_dns_bytes);
	ks_sql_put_count(&row, source->tcp_response_dns_bytes);
	ks_sql_put_int(&row, source->days);
	put_source_counts(&row, source);
	ks_sql_put_int(&row, source->first_ns);
	ks_sql_put_int(&row, source->last_ns);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_rest(struct ks_sink *sink, const struct ks_fact_rest *rest, struct ks_diag *diag)
{
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_REST);
	ks_sql_put_count(&row, rest->sources);
	put_source_counts(&row, &rest->sum);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_bin(struct ks_sink *sink, const struct ks_fact_bin *bin, struct ks_diag *diag)
{
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_BIN);
	ks_sql_put_int(&row, bin->t_s);
	put_server(&row, &bin->server, bin->server_other);
	ks_sql_put_int(&row, bin->transport);
	ks_sql_put_int(&row, bin->qtype);
	ks_sql_put_count(&row, bin->queries);
	ks_sql_put_count(&row, bin->responses);
	ks_sql_put_count(&row, bin->query_dns_bytes);
	ks_sql_put_count(&row, bin->response_dns_bytes);
	ks_sql_put_count(&row, bin->do_queries);
	ks_sql_put_count(&row, bin->cd_queries);
	ks_sql_put_count(&row, bin->tc_responses);
	ks_sql_put_count(&row, bin->query_ip_bytes);
	ks_sql_put_count(&row, bin->response_ip_bytes);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_traffic(struct ks_sink *sink, const struct ks_fact_traffic *traffic, struct ks_diag *diag)
{
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_TRAFFIC);
	ks_sql_put_int(&row, traffic->t_s);
	put_server(&row, &traffic->server, traffic->server_other);
	ks_sql_put_count(&row, traffic->in_packets);
	ks_sql_put_count(&row, traffic->out_packets);
	ks_sql_put_count(&row, traffic->in_ip_bytes);
	ks_sql_put_count(&row, traffic->out_ip_bytes);
	ks_sql_put_count(&row, traffic->in_wire_bytes);
	ks_sql_put_count(&row, traffic->out_wire_bytes);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
remember_zone(struct ks_store *store, int64_t zone_id, struct ks_diag *diag)
{
	if (store->n_zones == store->cap_zones) {
		const size_t cap = store->cap_zones != 0 ? 2 * store->cap_zones : 64;
		int64_t *const ids = reallocarray(store->zone_ids, cap, sizeof(*ids));
		if (ids == NULL)
			return ks_sql_fail(store, SQLITE_NOMEM, diag);
		store->zone_ids = ids;
		store->cap_zones = cap;
	}
	store->zone_ids[store->n_zones++] = zone_id;
	return KS_SUCCESS;
}

static int
count_labels(struct ks_span name)
{
	uint8_t labels = 0;
	struct ks_cur cur = ks_cur_init(name.at, name.n);
	(void)ks_name_take(&cur, &labels);
	return labels;
}

static enum ks_error
find_name(struct ks_store *store, struct ks_span name, int64_t *ret_zone_id, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	if (store->find_name == NULL)
		error = ks_sql_prepare(store, "SELECT zone_id FROM zone WHERE name_wire = ?",
				       &store->find_name, diag);
	if (error != KS_SUCCESS)
		return error;
	(void)sqlite3_bind_blob64(store->find_name, 1, name.at, name.n, SQLITE_STATIC);
	const int rc = sqlite3_step(store->find_name);
	if (rc == SQLITE_ROW)
		*ret_zone_id = sqlite3_column_int64(store->find_name, 0);
	else
		error = ks_sql_fail(store, rc, diag);
	sqlite3_reset(store->find_name);
	return error;
}

/* Most names are new, and RETURNING would cost more than to search for those that are not. */
enum ks_error
ks_store_put_zone(struct ks_store *store, struct ks_span name, const char *text, int64_t labels,
		  int64_t *ret_zone_id, struct ks_diag *diag)
{
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_ZONE);
	ks_sql_put_blob(&row, name.at, name.n);
	ks_sql_put_text(&row, text);
	ks_sql_put_int(&row, labels);
	const enum ks_error error = ks_sql_row_done(&row, diag);
	if (error != KS_SUCCESS)
		return error;
	if (sqlite3_changes(store->db) == 0)
		return find_name(store, name, ret_zone_id, diag);
	*ret_zone_id = sqlite3_last_insert_rowid(store->db);
	return KS_SUCCESS;
}

enum ks_error
ks_store_put_name(struct ks_store *store, struct ks_span name, int64_t *ret_zone_id, struct ks_diag *diag)
{
	char text[KS_NAME_TEXT] = "";
	const size_t n_text = ks_name_print(name.at, name.n, text, sizeof(text));
	assert(n_text != 0);
	(void)n_text;
	return ks_store_put_zone(store, name, text, count_labels(name), ret_zone_id, diag);
}

static enum ks_error
put_zone(struct ks_sink *sink, const struct ks_fact_zone *zone, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	int64_t zone_id;
	enum ks_error error = ks_store_put_name(store, zone->name, &zone_id, diag);
	if (error != KS_SUCCESS)
		return error;
	struct ks_sql_row row = ks_store_fact_row(&store->sink, KS_PUT_RUN_ZONE);
	ks_sql_put_int(&row, zone_id);
	ks_sql_put_int(&row, zone->answered);
	ks_sql_put_count(&row, zone->dnskey_queries);
	ks_sql_put_int(&row, zone->servers);
	error = ks_sql_row_done(&row, diag);
	return error == KS_SUCCESS ? remember_zone(store, zone_id, diag) : error;
}

static enum ks_error
put_zone_bin(struct ks_sink *sink, const struct ks_fact_zone_bin *bin, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	assert(bin->zone < store->n_zones);
	struct ks_sql_row row = ks_store_fact_row(&store->sink, KS_PUT_ZONE_BIN);
	ks_sql_put_int(&row, store->zone_ids[bin->zone]);
	ks_sql_put_int(&row, bin->t_s);
	ks_sql_put_count(&row, bin->queries);
	put_classes(&row, bin->cls);
	ks_sql_put_count(&row, bin->responses);
	ks_sql_put_count(&row, bin->response_dns_bytes);
	ks_sql_put_count(&row, bin->sources_new);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_flow(struct ks_sink *sink, const struct ks_fact_flow *flow, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	assert(flow->zone < store->n_zones);
	char address[KS_ADDR_TEXT];
	struct ks_sql_row row = ks_store_fact_row(&store->sink, KS_PUT_FLOW);
	ks_sql_put_int(&row, store->zone_ids[flow->zone]);
	ks_sql_put_addr(&row, &flow->source);
	ks_sql_put_text(&row, ks_addr_print(&flow->source, address));
	ks_sql_put_count(&row, flow->queries);
	ks_sql_put_count(&row, flow->err);
	put_classes(&row, flow->cls);
	ks_sql_put_count(&row, flow->responses);
	ks_sql_put_count(&row, flow->response_dns_bytes);
	ks_sql_put_int(&row, flow->first_ns);
	ks_sql_put_int(&row, flow->last_ns);
	return ks_sql_row_done(&row, diag);
}

/* A message without question has no name at all, which is not the root's name. */
static void
put_qname(struct ks_sql_row *row, struct ks_span name, char text[KS_NAME_TEXT])
{
	if (name.n == 0 || ks_name_print(name.at, name.n, text, KS_NAME_TEXT) == 0) {
		ks_sql_put_null(row);
		ks_sql_put_null(row);
		return;
	}
	ks_sql_put_blob(row, name.at, name.n);
	ks_sql_put_text(row, text);
}

static void
put_answer(struct ks_sql_row *row, const struct ks_fact_query *query)
{
	if (query->response_ns == 0) {
		ks_sql_put_null(row);
		ks_sql_put_null(row);
		ks_sql_put_null(row);
		return;
	}
	ks_sql_put_int(row, query->response_bytes);
	ks_sql_put_int(row, query->rcode);
	ks_sql_put_int(row, query->tc);
}

static enum ks_error
put_icmp(struct ks_sink *sink, const struct ks_fact_icmp *icmp, struct ks_diag *diag)
{
	static const char *const kinds[KS_ICMP_KINDS] = {
		[KS_ICMP_PORT_UNREACHABLE] = "port unreachable",
		[KS_ICMP_UNREACHABLE] = "unreachable",
		[KS_ICMP_TOO_BIG] = "too big",
		[KS_ICMP_OTHER] = "other",
	};
	char server[KS_ADDR_TEXT], source[KS_ADDR_TEXT];
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_ICMP);
	ks_sql_put_addr(&row, &icmp->server);
	ks_sql_put_text(&row, ks_addr_print(&icmp->server, server));
	ks_sql_put_addr(&row, &icmp->source);
	ks_sql_put_text(&row, ks_addr_print(&icmp->source, source));
	ks_sql_put_text(&row, kinds[icmp->kind]);
	ks_sql_put_count(&row, icmp->packets);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_stack(struct ks_sink *sink, const struct ks_fact_stack *stack, struct ks_diag *diag)
{
	char source[KS_ADDR_TEXT];
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_STACK);
	ks_sql_put_addr(&row, &stack->source);
	ks_sql_put_text(&row, ks_addr_print(&stack->source, source));
	ks_sql_put_text(&row, stack->fingerprint);
	ks_sql_put_count(&row, stack->queries);
	ks_sql_put_count(&row, stack->cased_queries);
	ks_sql_put_count(&row, stack->mixed_queries);
	ks_sql_put_int(&row, stack->first_ns);
	ks_sql_put_int(&row, stack->last_ns);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_ta_signal(struct ks_sink *sink, const struct ks_fact_ta_signal *signal, struct ks_diag *diag)
{
	static const char *const ways[KS_VIA_COUNT] = {
		[KS_VIA_QNAME] = "qname",
		[KS_VIA_OPTION] = "option",
		[KS_VIA_SENTINEL_IS] = "sentinel-is",
		[KS_VIA_SENTINEL_NOT] = "sentinel-not",
	};
	char address[KS_ADDR_TEXT], zone[KS_NAME_TEXT];
	char tags[KS_SIGNAL_TAGS * 6 + 1] = "";
	assert(signal->tags.n < sizeof(tags));
	memcpy(tags, signal->tags.at, signal->tags.n);
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_TA_SIGNAL);
	ks_sql_put_addr(&row, &signal->source);
	ks_sql_put_text(&row, ks_addr_print(&signal->source, address));
	put_qname(&row, signal->zone, zone);
	ks_sql_put_text(&row, tags);
	ks_sql_put_text(&row, ways[signal->via]);
	ks_sql_put_count(&row, signal->queries);
	ks_sql_put_count(&row, signal->forwarded);
	ks_sql_put_int(&row, signal->first_ns);
	ks_sql_put_int(&row, signal->last_ns);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_nxdomain(struct ks_sink *sink, const struct ks_fact_nxdomain *nxdomain, struct ks_diag *diag)
{
	char parent[KS_NAME_TEXT];
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_NXDOMAIN);
	const size_t n_text = ks_name_print(nxdomain->parent.at, nxdomain->parent.n, parent, sizeof(parent));
	assert(n_text != 0);
	(void)n_text;
	ks_sql_put_blob(&row, nxdomain->parent.at, nxdomain->parent.n);
	ks_sql_put_text(&row, parent);
	ks_sql_put_count(&row, nxdomain->nxdomain);
	ks_sql_put_count(&row, nxdomain->responses);
	ks_sql_put_count(&row, nxdomain->distinct_labels);
	ks_sql_put_count(&row, nxdomain->sources);
	ks_sql_put_int(&row, nxdomain->first_ns);
	ks_sql_put_int(&row, nxdomain->last_ns);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_zone_key(struct ks_sink *sink, const struct ks_fact_zone_key *key, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	assert(key->zone < store->n_zones);
	struct ks_sql_row row = ks_store_fact_row(&store->sink, KS_PUT_ZONE_KEY);
	ks_sql_put_int(&row, store->zone_ids[key->zone]);
	ks_sql_put_int(&row, key->tag);
	ks_sql_put_int(&row, key->algorithm);
	ks_sql_put_int(&row, key->flags);
	ks_sql_put_int(&row, key->signs);
	ks_sql_put_int(&row, key->first_ns);
	ks_sql_put_int(&row, key->last_ns);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_failure(struct ks_sink *sink, const struct ks_fact_failure *failure, struct ks_diag *diag)
{
	char qname[KS_NAME_TEXT], zone[KS_NAME_TEXT];
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_FAILURE);
	ks_sql_put_text(&row, failure->report ? "report" : "ede");
	ks_sql_put_int(&row, failure->code);
	ks_sql_put_int(&row, failure->qtype);
	if (failure->name.n == 0) {
		ks_sql_put_blob(&row, NULL, 0); /* part of the key, so not NULL */
		ks_sql_put_null(&row);
	} else {
		put_qname(&row, failure->name, qname);
	}
	put_qname(&row, failure->zone, zone);
	ks_sql_put_count(&row, failure->count);
	ks_sql_put_int(&row, failure->first_ns);
	ks_sql_put_int(&row, failure->last_ns);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_query(struct ks_sink *sink, const struct ks_fact_query *query, struct ks_diag *diag)
{
	char qname[KS_NAME_TEXT];
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_QUERY);
	ks_sql_put_addr(&row, &query->source);
	ks_sql_put_count(&row, query->number);
	ks_sql_put_addr(&row, &query->server);
	ks_sql_put_int(&row, query->t_ns);
	if (query->response_ns != 0)
		ks_sql_put_int(&row, query->response_ns);
	else
		ks_sql_put_null(&row);
	put_qname(&row, query->name, qname);
	ks_sql_put_int(&row, query->qtype);
	ks_sql_put_int(&row, query->id);
	ks_sql_put_int(&row, query->sport);
	ks_sql_put_int(&row, query->flags);
	ks_sql_put_int(&row, query->dnssec_ok);
	if (query->edns || query->edns_size != 0)
		ks_sql_put_int(&row, query->edns_size);
	else
		ks_sql_put_null(&row);
	ks_sql_put_int(&row, query->transport);
	ks_sql_put_int(&row, query->requery);
	put_answer(&row, query);
	ks_sql_put_int(&row, query->hop_limit);
	ks_sql_put_int(&row, query->server_cookie);
	if (query->keep_s != 0)
		ks_sql_put_int(&row, query->keep_s);
	else
		ks_sql_put_null(&row);
	if (query->response_ns != 0)
		ks_sql_put_int(&row, query->ad);
	else
		ks_sql_put_null(&row);
	return ks_sql_row_done(&row, diag);
}

/* What the new run makes superfluous: runs whose packets it has read too. An input without packets (an
 * unreadable file has no hash worth comparing) decides nothing. Then names that no run mentions. */
/* clang-format off */
static const char replace_sql[] =
	"DELETE FROM run WHERE run_id <> %lld"
	" AND EXISTS (SELECT 1 FROM input WHERE input.run_id = run.run_id"
	"  AND hash IN (SELECT hash FROM input WHERE run_id = %lld))"
	" AND NOT EXISTS (SELECT 1 FROM input WHERE input.run_id = run.run_id AND packets > 0"
	"  AND hash NOT IN (SELECT hash FROM input WHERE run_id = %lld));"
	"DELETE FROM zone WHERE %d AND NOT EXISTS (SELECT 1 FROM run_zone WHERE run_zone.zone_id = zone.zone_id)"
	" AND NOT EXISTS (SELECT 1 FROM ledger_name WHERE ledger_name.zone_id = zone.zone_id);"
	"UPDATE run SET first_ns = NULL, last_ns = NULL WHERE run_id = %lld AND first_ns = 0 AND last_ns = 0"
	" AND NOT EXISTS (SELECT 1 FROM counter WHERE counter.run_id = run.run_id AND name = 'packets' AND value > 0)";

/* What is left of them stands beside files that were not read now: keeping both would count it twice. */
static const char twice_sql[] =
	"SELECT count(*) FROM input AS old JOIN input AS new USING (hash)"
	" WHERE new.run_id = (SELECT max(run_id) FROM run) AND old.run_id <> new.run_id AND new.packets > 0 AND old.packets > 0";
/* clang-format on */

static enum ks_error
refuse_twice(struct ks_store *store, struct ks_diag *diag)
{
	int64_t n = 0;
	const enum ks_error error = ks_sql_number(store, twice_sql, &n, diag);
	if (error != KS_SUCCESS || n == 0)
		return error;
	return ks_diag_set(diag, KS_ERR_DATABASE,
			   "%.300s: these bytes are in it already, beside other files: nothing was added",
			   store->path);
}

static enum ks_error
end(struct ks_sink *sink, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	assert(store->run_id != 0);
	const long long run_id = (long long)store->run_id;
	char *const sql =
		sqlite3_mprintf(replace_sql, run_id, run_id, run_id, !store->keeps_judgements, run_id);
	enum ks_error error =
		sql != NULL ? ks_sql_exec(store, sql, diag) : ks_sql_fail(store, SQLITE_NOMEM, diag);
	sqlite3_free(sql);
	if (error == KS_SUCCESS)
		error = refuse_twice(store, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_exec(store, "COMMIT", diag);
	if (error != KS_SUCCESS)
		ks_store_abandon(store);
	store->run_id = 0;
	return error;
}

const struct ks_sink_ops ks_store_sink_ops = {
	.begin = begin,
	.input = put_input,
	.counter = put_counter,
	.bound = ks_store_put_bound,
	.server = put_server_fact,
	.source = put_source,
	.rest = put_rest,
	.clients = ks_store_put_clients,
	.bin = put_bin,
	.traffic = put_traffic,
	.zone = put_zone,
	.zone_bin = put_zone_bin,
	.flow = put_flow,
	.net = ks_store_put_net,
	.behaviour = ks_store_put_behaviour,
	.query = put_query,
	.icmp = put_icmp,
	.stack = put_stack,
	.nxdomain = put_nxdomain,
	.depth = ks_store_put_depth,
	.zone_server = ks_store_put_zone_server,
	.given_server = ks_store_put_given_server,
	.opening = ks_store_put_opening,
	.manner = ks_store_put_manner,
	.lookaside = ks_store_put_lookaside,
	.ta_signal = put_ta_signal,
	.zone_key = put_zone_key,
	.failure = put_failure,
	.ledger_name = ks_store_put_ledger_name,
	.rrset = ks_store_put_rrset,
	.rrset_seen = ks_store_put_rrset_seen,
	.key = ks_store_put_key,
	.signature = ks_store_put_signature,
	.nsec = ks_store_put_nsec,
	.exhaustion = ks_store_put_exhaustion,
	.drop = ks_store_put_drop,
	.end = end,
};
