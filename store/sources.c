/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/sources.c -- the sink's part for servers, sources and what they send, bins and sampled queries. */
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

enum ks_error
ks_store_put_server(struct ks_sink *sink, const struct ks_fact_server *server, struct ks_diag *diag)
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

enum ks_error
ks_store_put_source(struct ks_sink *sink, const struct ks_fact_source *source, struct ks_diag *diag)
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
	ks_sql_put_count(&row, source->tcp_syns);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_put_rest(struct ks_sink *sink, const struct ks_fact_rest *rest, struct ks_diag *diag)
{
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_REST);
	ks_sql_put_count(&row, rest->sources);
	put_source_counts(&row, &rest->sum);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_put_stack(struct ks_sink *sink, const struct ks_fact_stack *stack, struct ks_diag *diag)
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

enum ks_error
ks_store_put_icmp(struct ks_sink *sink, const struct ks_fact_icmp *icmp, struct ks_diag *diag)
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

enum ks_error
ks_store_put_bin(struct ks_sink *sink, const struct ks_fact_bin *bin, struct ks_diag *diag)
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

enum ks_error
ks_store_put_traffic(struct ks_sink *sink, const struct ks_fact_traffic *traffic, struct ks_diag *diag)
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

enum ks_error
ks_store_put_query(struct ks_sink *sink, const struct ks_fact_query *query, struct ks_diag *diag)
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
	ks_sql_put_name(&row, query->name, qname);
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
