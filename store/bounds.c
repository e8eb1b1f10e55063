/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/bounds.c -- what full tables gave away: the sink's part. */
#include "store/store.h"
#include "store/store_p.h"

enum ks_error
ks_store_put_bound(struct ks_sink *sink, const struct ks_fact_bound *bound, struct ks_diag *diag)
{
	static const char *const names[KS_BOUND_TABLES] = {
		[KS_BOUND_SOURCES] = "source",
		[KS_BOUND_FLOWS] = "flow",
		[KS_BOUND_SOURCE_NETS] = "source_net",
		[KS_BOUND_FLOW_NETS] = "flow_net",
	};
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_BOUND);
	ks_sql_put_text(&row, names[bound->table]);
	ks_sql_put_count(&row, bound->capacity);
	ks_sql_put_count(&row, bound->floor);
	ks_sql_put_count(&row, bound->replaced);
	ks_sql_put_count(&row, bound->lost);
	return ks_sql_row_done(&row, diag);
}

static void
put_sizes(struct ks_sql_row *row, const struct ks_fact_net *net)
{
	ks_sql_put_count(row, net->responses);
	ks_sql_put_count(row, net->dnskey_queries);
	ks_sql_put_count(row, net->tcp_queries);
	ks_sql_put_count(row, net->tcp_responses);
	ks_sql_put_count(row, net->query_dns_bytes);
	ks_sql_put_count(row, net->response_dns_bytes);
	ks_sql_put_count(row, net->tcp_query_dns_bytes);
	ks_sql_put_count(row, net->tcp_response_dns_bytes);
	ks_sql_put_count(row, net->sigkey_dns_bytes);
}

static void
put_classes(struct ks_sql_row *row, const struct ks_fact_net *net)
{
	for (size_t i = 0; i < KS_RQ_COUNT; i++)
		ks_sql_put_count(row, net->cls[i]);
	ks_sql_put_count(row, net->responses);
	ks_sql_put_count(row, net->response_dns_bytes);
}

enum ks_error
ks_store_put_net(struct ks_sink *sink, const struct ks_fact_net *net, struct ks_diag *diag)
{
	struct ks_sql_row row = ks_store_fact_row(sink, net->by_zone ? KS_PUT_FLOW_NET : KS_PUT_SOURCE_NET);
	if (net->by_zone)
		ks_sql_put_run_zone(&row, net->zone);
	ks_sql_put_addr(&row, &net->prefix);
	ks_sql_put_int(&row, net->bits);
	ks_sql_put_count(&row, net->queries);
	ks_sql_put_count(&row, net->err);
	ks_sql_put_int(&row, net->first_ns);
	ks_sql_put_int(&row, net->last_ns);
	if (net->by_zone)
		put_classes(&row, net);
	else
		put_sizes(&row, net);
	return ks_sql_row_done(&row, diag);
}
