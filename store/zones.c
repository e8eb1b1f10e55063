/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/zones.c -- the sink's part for zones, who asks for their keys, and other names. */
#include <stdlib.h>
#include <string.h>

#include "dissect/name.h"
#include "store/store_p.h"

static void
put_classes(struct ks_sql_row *row, const uint64_t cls[KS_RQ_COUNT])
{
	static_assert(KS_RQ_NONE == 0 && KS_RQ_RETRANSMIT == 6 && KS_RQ_COUNT == 7,
		      "columns rq_none ... rq_retransmit");
	for (size_t i = 0; i < KS_RQ_COUNT; i++)
		ks_sql_put_count(row, cls[i]);
}

static enum ks_error
remember_zone(struct ks_store *store, int64_t zone_id, const struct ks_fact_zone *zone, struct ks_diag *diag)
{
	if (store->n_zones == store->cap_zones) {
		const size_t cap = store->cap_zones != 0 ? 2 * store->cap_zones : 64;
		struct ks_run_zone *const zones = reallocarray(store->zones, cap, sizeof(*zones));
		if (zones == NULL)
			return ks_sql_fail(store, SQLITE_NOMEM, diag);
		store->zones = zones;
		store->cap_zones = cap;
	}
	store->zones[store->n_zones++] = (struct ks_run_zone){
		.zone_id = zone_id,
		.answered = zone->answered,
		.dnskey_queries = zone->dnskey_queries,
		.servers = zone->servers,
	};
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

enum ks_error
ks_store_put_zone_fact(struct ks_sink *sink, const struct ks_fact_zone *zone, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	int64_t zone_id;
	const enum ks_error error = ks_store_put_name(store, zone->name, &zone_id, diag);
	return error == KS_SUCCESS ? remember_zone(store, zone_id, zone, diag) : error;
}

/* Nobody asks for a row's parents while a run is written (ks_store_check_keys), so they may come last. */
enum ks_error
ks_store_put_run_zones(struct ks_store *store, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < store->n_zones && error == KS_SUCCESS; i++) {
		const struct ks_run_zone *const zone = &store->zones[i];
		struct ks_sql_row row = ks_store_fact_row(&store->sink, KS_PUT_RUN_ZONE);
		ks_sql_put_int(&row, zone->zone_id);
		ks_sql_put_int(&row, zone->answered);
		ks_sql_put_count(&row, zone->dnskey_queries);
		ks_sql_put_int(&row, zone->servers);
		ks_sql_put_count(&row, zone->requeries);
		error = ks_sql_row_done(&row, diag);
	}
	return error;
}

enum ks_error
ks_store_put_zone_bin(struct ks_sink *sink, const struct ks_fact_zone_bin *bin, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	assert(bin->zone < store->n_zones);
	struct ks_run_zone *const zone = &store->zones[bin->zone];
	zone->requeries += bin->cls[KS_RQ_HOT] + bin->cls[KS_RQ_WARM] + bin->cls[KS_RQ_COOL];
	struct ks_sql_row row = ks_store_fact_row(&store->sink, KS_PUT_ZONE_BIN);
	ks_sql_put_int(&row, zone->zone_id);
	ks_sql_put_int(&row, bin->t_s);
	ks_sql_put_count(&row, bin->queries);
	put_classes(&row, bin->cls);
	ks_sql_put_count(&row, bin->responses);
	ks_sql_put_count(&row, bin->response_dns_bytes);
	ks_sql_put_count(&row, bin->sources_new);
	ks_sql_put_count(&row, bin->hops);
	ks_sql_put_count(&row, bin->hops_squares);
	ks_sql_put_count(&row, bin->ports);
	ks_sql_put_count(&row, bin->ports_squares);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_put_flow(struct ks_sink *sink, const struct ks_fact_flow *flow, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	assert(flow->zone < store->n_zones);
	char address[KS_ADDR_TEXT];
	struct ks_sql_row row = ks_store_fact_row(&store->sink, KS_PUT_FLOW);
	ks_sql_put_int(&row, store->zones[flow->zone].zone_id);
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

enum ks_error
ks_store_put_zone_key(struct ks_sink *sink, const struct ks_fact_zone_key *key, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	assert(key->zone < store->n_zones);
	struct ks_sql_row row = ks_store_fact_row(&store->sink, KS_PUT_ZONE_KEY);
	ks_sql_put_int(&row, store->zones[key->zone].zone_id);
	ks_sql_put_int(&row, key->tag);
	ks_sql_put_int(&row, key->algorithm);
	ks_sql_put_int(&row, key->flags);
	ks_sql_put_int(&row, key->signs);
	ks_sql_put_int(&row, key->first_ns);
	ks_sql_put_int(&row, key->last_ns);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_put_ta_signal(struct ks_sink *sink, const struct ks_fact_ta_signal *signal, struct ks_diag *diag)
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
	ks_sql_put_name(&row, signal->zone, zone);
	ks_sql_put_text(&row, tags);
	ks_sql_put_text(&row, ways[signal->via]);
	ks_sql_put_count(&row, signal->queries);
	ks_sql_put_count(&row, signal->forwarded);
	ks_sql_put_int(&row, signal->first_ns);
	ks_sql_put_int(&row, signal->last_ns);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_put_nxdomain(struct ks_sink *sink, const struct ks_fact_nxdomain *nxdomain, struct ks_diag *diag)
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

enum ks_error
ks_store_put_failure(struct ks_sink *sink, const struct ks_fact_failure *failure, struct ks_diag *diag)
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
		ks_sql_put_name(&row, failure->name, qname);
	}
	ks_sql_put_name(&row, failure->zone, zone);
	ks_sql_put_count(&row, failure->count);
	ks_sql_put_int(&row, failure->first_ns);
	ks_sql_put_int(&row, failure->last_ns);
	return ks_sql_row_done(&row, diag);
}
