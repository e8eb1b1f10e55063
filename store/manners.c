/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/manners.c -- how sources begin, prime and set CD, which servers a zone has, load by depth, lookaside:
 * the sink's part. */
#include <string.h>

#include "dissect/name.h"
#include "store/store_p.h"

enum ks_error
ks_store_put_depth(struct ks_sink *sink, const struct ks_fact_depth *fact, struct ks_diag *diag)
{
	static const char *const names[KS_TREES] = {"other", "in-addr.arpa.", "ip6.arpa.", "e164.arpa."};
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_DEPTH);
	ks_sql_put_text(&row, names[fact->tree]);
	ks_sql_put_int(&row, fact->labels);
	ks_sql_put_count(&row, fact->dnskey_queries);
	ks_sql_put_count(&row, fact->ds_queries);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_put_zone_server(struct ks_sink *sink, const struct ks_fact_zone_server *fact, struct ks_diag *diag)
{
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_ZONE_SERVER);
	ks_sql_put_run_zone(&row, fact->zone);
	ks_sql_put_addr(&row, &fact->server);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_put_opening(struct ks_sink *sink, const struct ks_fact_opening *fact, struct ks_diag *diag)
{
	char address[KS_ADDR_TEXT];
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_OPENING);
	ks_sql_put_addr(&row, &fact->source);
	ks_sql_put_int(&row, fact->t_ns);
	ks_sql_put_text(&row, ks_addr_print(&fact->source, address));
	ks_sql_put_known(&row, fact->silence_ns != 0, fact->silence_ns);
	ks_sql_put_run_zone(&row, fact->zone);
	ks_sql_put_count(&row, fact->queries);
	ks_sql_put_int(&row, fact->servers);
	ks_sql_put_int(&row, fact->length_ns);
	ks_sql_put_int(&row, fact->primed);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_put_manner(struct ks_sink *sink, const struct ks_fact_manner *fact, struct ks_diag *diag)
{
	char address[KS_ADDR_TEXT];
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_MANNER);
	ks_sql_put_addr(&row, &fact->source);
	ks_sql_put_text(&row, ks_addr_print(&fact->source, address));
	ks_sql_put_count(&row, fact->priming_queries);
	ks_sql_put_count(&row, fact->primed_queries);
	ks_sql_put_known(&row, fact->changed, (int64_t)fact->plain_before);
	ks_sql_put_known(&row, fact->changed, (int64_t)fact->cd_queries);
	ks_sql_put_known(&row, fact->changed, (int64_t)fact->retries);
	ks_sql_put_known(&row, fact->changed, fact->cd_first_ns);
	ks_sql_put_known(&row, fact->changed, fact->cd_last_ns);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_put_lookaside(struct ks_sink *sink, const struct ks_fact_lookaside *fact, struct ks_diag *diag)
{
	char name[KS_NAME_TEXT], tags[64];
	assert(fact->tags.n < sizeof(tags));
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_LOOKASIDE);
	const size_t n_text = ks_name_print(fact->name.at, fact->name.n, name, sizeof(name));
	assert(n_text != 0);
	(void)n_text;
	ks_sql_put_span(&row, fact->name);
	ks_sql_put_text(&row, name);
	ks_sql_put_count(&row, fact->queries);
	ks_sql_put_count(&row, fact->responses);
	if (fact->tags.n > 0)
		memcpy(tags, fact->tags.at, fact->tags.n);
	tags[fact->tags.n] = '\0';
	ks_sql_put_word(&row, tags);
	ks_sql_put_known(&row, fact->told_ns != 0, fact->told_ns);
	ks_sql_put_int(&row, fact->first_ns);
	ks_sql_put_int(&row, fact->last_ns);
	return ks_sql_row_done(&row, diag);
}
