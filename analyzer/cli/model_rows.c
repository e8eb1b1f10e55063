/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The answer for programs: one row a figure, and one a level. */
#include <math.h>
#include <stdio.h>

#include "analyzer/cli/model.h"
#include "analyzer/judge/cost.h"

const char *const ks_cli_model_columns[] = {
	"part",          "item",     "level", "servers", "dnskey_queries", "ds_queries", "dnskey_per_server",
	"ds_per_server", "quantity", "value", "unit",    "saturated",
};
const size_t ks_cli_n_model_columns = KS_COUNT(ks_cli_model_columns);

const uint8_t ks_cli_root_answers[5][2] = {{2, 1}, {3, 1}, {4, 1}, {3, 2}, {2, 2}};

uint64_t
ks_cli_forecast_servers(const struct ks_cli_forecast *forecast)
{
	return forecast->search.levels[forecast->search.n_levels - 1].servers;
}

double
ks_cli_forecast_stale(const struct ks_cli_forecast *forecast)
{
	return (double)forecast->resolvers * forecast->stale;
}

double
ks_cli_forecast_each_bps(const struct ks_cli_forecast *forecast)
{
	return forecast->load_bps / ks_cli_forecast_stale(forecast);
}

double
ks_cli_forecast_each_qps(const struct ks_cli_forecast *forecast)
{
	return ks_cli_forecast_each_bps(forecast) / 8 / (double)forecast->answer_bytes;
}

double
ks_cli_forecast_software_qps(const struct ks_cli_forecast *forecast, const struct ks_model_software *software)
{
	const uint64_t servers = ks_cli_forecast_servers(forecast);
	return ks_cli_forecast_stale(forecast) *
	       ks_model_software_qps(software, servers, forecast->client_qps) / (double)servers;
}

double
ks_cli_forecast_seen_qps(const struct ks_cli_forecast *forecast)
{
	/* What one of several servers was asked is not shared any further. */
	const uint64_t servers = forecast->observed.one_server ? 1 : ks_cli_forecast_servers(forecast);
	return ks_cli_forecast_stale(forecast) * forecast->observed.qps / (double)servers;
}

double
ks_cli_forecast_seen_bps(const struct ks_cli_forecast *forecast)
{
	return ks_cli_forecast_seen_qps(forecast) * 8 * forecast->observed.answer_bytes;
}

double
ks_cli_load_of_2019_bps(void)
{
	return (double)KS_CLI_2019_ANSWERS / 86400 * 8 * (double)ks_model_root_bytes(3, 2);
}

/* --- cells --- */

static void
begin_figure(struct ks_sheet *sheet, const char *part, const char *item, const char *quantity)
{
	ks_sheet_put_text(sheet, part);
	ks_sheet_put_text(sheet, item);
	ks_sheet_put_nulls(sheet, 6);
	ks_sheet_put_text(sheet, quantity);
}

static void
put_real(struct ks_sheet *sheet, const char *part, const char *item, const char *quantity, double value,
	 const char *unit)
{
	begin_figure(sheet, part, item, quantity);
	ks_sheet_put_real(sheet, value);
	ks_sheet_put_text(sheet, unit);
	ks_sheet_put_null(sheet);
}

static void
put_count(struct ks_sheet *sheet, const char *part, const char *item, const char *quantity,
	  struct ks_model_count count, const char *unit)
{
	begin_figure(sheet, part, item, quantity);
	ks_sheet_put_natural(sheet, count.n);
	ks_sheet_put_text(sheet, unit);
	ks_sheet_put_bool(sheet, count.over);
}

static void
put_natural(struct ks_sheet *sheet, const char *part, const char *item, const char *quantity, uint64_t value,
	    const char *unit)
{
	put_count(sheet, part, item, quantity, (struct ks_model_count){.n = value}, unit);
}

/* --- parts --- */

static void
put_level(struct ks_sheet *sheet, size_t number, const struct ks_model_level *level)
{
	ks_sheet_put_text(sheet, "level");
	ks_sheet_put_null(sheet);
	ks_sheet_put_natural(sheet, number);
	ks_sheet_put_natural(sheet, level->servers);
	ks_sheet_put_natural(sheet, level->dnskey.n);
	/* Below level 1 is nothing whose DS could be asked for. */
	if (number > 1)
		ks_sheet_put_natural(sheet, level->ds.n);
	else
		ks_sheet_put_null(sheet);
	ks_sheet_put_natural(sheet, level->dnskey_per_server.n);
	if (number > 1)
		ks_sheet_put_natural(sheet, level->ds_per_server.n);
	else
		ks_sheet_put_null(sheet);
	ks_sheet_put_nulls(sheet, 3);
	ks_sheet_put_bool(sheet, level->dnskey.over || level->ds.over);
}

static void
put_search(struct ks_sheet *sheet, const struct ks_cli_forecast *forecast)
{
	const struct ks_model_count total = forecast->search.total;
	put_count(sheet, "search", NULL, "total_queries", total, "queries");
	put_natural(sheet, "search", NULL, "ceiling", KS_MODEL_CEILING_S, "s");
	put_real(sheet, "search", NULL, "fitting_rtt", ks_model_fitting_rtt_s(total) * 1e3, "ms");
	put_real(sheet, "search", "DNSKEY at the top", "fitting_rtt",
		 ks_model_fitting_rtt_s(forecast->search.levels[forecast->search.n_levels - 1].dnskey) * 1e3,
		 "ms");
	if (forecast->rtt_ns == 0)
		return;
	const uint64_t fit = ks_model_ceiling_queries(forecast->rtt_ns);
	const double rtt_s = (double)forecast->rtt_ns / 1e9;
	put_real(sheet, "search", NULL, "rtt", rtt_s * 1e3, "ms");
	put_real(sheet, "search", NULL, "rate", 1 / rtt_s, "q/s");
	put_natural(sheet, "search", NULL, "ceiling_queries", fit, "queries");
	put_natural(sheet, "search", NULL, "sent_queries", fit < total.n ? fit : total.n, "queries");
	put_real(sheet, "search", NULL, "duration", (double)(fit < total.n ? fit : total.n) * rtt_s, "s");
}

static void
put_today(struct ks_sheet *sheet, const struct ks_cli_forecast *forecast)
{
	const uint64_t servers = ks_cli_forecast_servers(forecast);
	for (size_t i = 0; i < ks_model_n_software; i++) {
		const struct ks_model_software *const software = &ks_model_software[i];
		const char *const name = software->name;
		put_natural(sheet, "today", name, "first_burst", ks_model_burst(software, true, servers),
			    "queries");
		put_natural(sheet, "today", name, "next_burst", ks_model_burst(software, false, servers),
			    "queries");
		if (software->every_s > 0)
			put_real(sheet, "today", name,
				 software->every_is_least ? "recurrence_at_least" : "recurrence",
				 software->every_s, "s");
		else
			put_real(sheet, "today", name, "client_rate", forecast->client_qps, "q/s");
		put_real(sheet, "today", name, "rate",
			 ks_model_software_qps(software, servers, forecast->client_qps), "q/s");
	}
}

static void
put_load(struct ks_sheet *sheet, const struct ks_cli_forecast *forecast)
{
	const double bits = (double)forecast->answer_qps * 8;
	const uint64_t bytes = forecast->answer_bytes;
	put_natural(sheet, "load", NULL, "answers", forecast->answer_qps, "q/s");
	put_natural(sheet, "load", NULL, "answer_size", bytes, "B");
	put_real(sheet, "load", "DNS", "rate", bits * (double)bytes, "b/s");
	put_real(sheet, "load", "IP", "rate", bits * ks_cost_ip_bytes((double)bytes), "b/s");
	put_real(sheet, "load", "Ethernet", "rate", bits * ks_cost_ethernet_bytes((double)bytes), "b/s");
}

static void
put_forecast(struct ks_sheet *sheet, const struct ks_cli_forecast *forecast)
{
	const uint64_t servers = ks_cli_forecast_servers(forecast);
	const double each_qps = ks_cli_forecast_each_qps(forecast);
	put_natural(sheet, "forecast", NULL, "resolvers", forecast->resolvers, "resolvers");
	put_real(sheet, "forecast", NULL, "stale_resolvers", ks_cli_forecast_stale(forecast), "resolvers");
	put_natural(sheet, "forecast", NULL, "servers", servers, "servers");
	put_real(sheet, "forecast", NULL, "server_load", forecast->load_bps, "b/s");
	put_real(sheet, "forecast", NULL, "resolver_server_load", ks_cli_forecast_each_bps(forecast), "b/s");
	put_real(sheet, "forecast", NULL, "resolver_server_rate", each_qps, "q/s");
	put_real(sheet, "forecast", NULL, "resolver_rate", each_qps * (double)servers, "q/s");
	for (size_t i = 0; i < ks_model_n_software; i++) {
		const struct ks_model_software *const software = &ks_model_software[i];
		const double qps = ks_cli_forecast_software_qps(forecast, software);
		put_real(sheet, "forecast", software->name, "server_rate", qps, "q/s");
		put_real(sheet, "forecast", software->name, "server_load",
			 qps * 8 * (double)forecast->answer_bytes, "b/s");
	}
}

static void
put_sizes(struct ks_sheet *sheet)
{
	for (size_t i = 0; i < KS_COUNT(ks_cli_root_answers); i++) {
		const uint8_t *const kind = ks_cli_root_answers[i];
		char item[64];
		(void)snprintf(item, sizeof(item), "%u keys, %u RRSIG", kind[0], kind[1]);
		put_natural(sheet, "root_answer", item, "size", ks_model_root_bytes(kind[0], kind[1]), "B");
	}
}

static void
put_history(struct ks_sheet *sheet)
{
	static const uint64_t clients[] = {1500000, 5000000};
	const double qps = (double)KS_CLI_LAB_TIMED / KS_CLI_LAB_S;
	put_natural(sheet, "of_2010", "13 and 156 queries in 19 s", "queries", KS_CLI_LAB_QUERIES, "queries");
	put_real(sheet, "of_2010", "13 and 156 queries in 19 s", "rate", qps, "q/s");
	put_real(sheet, "of_2010", "13 and 156 queries in 19 s", "mean_gap", 1e3 / qps, "ms");
	put_real(sheet, "of_2010", "13 and 156 queries in 19 s", "clients_for_3000_qps", KS_CLI_LAB_QPS / qps,
		 "clients");
	for (size_t i = 0; i < KS_COUNT(clients); i++) {
		const uint64_t rare = ks_model_rare(clients[i]);
		char item[64];
		(void)snprintf(item, sizeof(item), "1 in %d of %llu clients", KS_MODEL_RARITY,
			       (unsigned long long)clients[i]);
		put_natural(sheet, "of_2010", item, "offenders", rare, "clients");
		put_natural(sheet, "of_2010", item, "about", ks_model_about(rare), "clients");
	}
}

/* A root server on 2019-03-21, the day before the revoked key was removed: what the forecast of 2009 came to.
 */
static void
put_2019(struct ks_sheet *sheet)
{
	static const char item[] = "A-root on 2019-03-21";
	put_natural(sheet, "of_2019", item, "sources_ipv4", KS_CLI_2019_IPV4, "sources");
	put_natural(sheet, "of_2019", item, "sources_ipv6", KS_CLI_2019_IPV6, "sources");
	put_natural(sheet, "of_2019", item, "dnskey_answers", KS_CLI_2019_ANSWERS, "answers");
	put_real(sheet, "of_2019", item, "server_load", ks_cli_load_of_2019_bps(), "b/s");
}

static void
put_observed(struct ks_sheet *sheet, const struct ks_cli_forecast *forecast)
{
	const struct ks_store_searches *const observed = &forecast->observed;
	put_real(sheet, "observed", NULL, "offenders",
		 observed->known ? (double)observed->offenders : (double)NAN, "sources by zone");
	put_real(sheet, "observed", NULL, "median_dnskey_per_burst", observed->dnskey_per_burst, "queries");
	put_real(sheet, "observed", NULL, "median_dnskey_per_query", observed->dnskey_per_query, "queries");
	put_real(sheet, "observed", NULL, "median_gap", observed->gap_ms, "ms");
	put_real(sheet, "observed", NULL, "median_rate", observed->qps, "q/s");
	put_real(sheet, "observed", NULL, "answer_size", observed->answer_bytes, "B");
	put_real(sheet, "forecast", "as observed", "server_rate", ks_cli_forecast_seen_qps(forecast), "q/s");
	put_real(sheet, "forecast", "as observed", "server_load", ks_cli_forecast_seen_bps(forecast), "b/s");
}

void
ks_cli_model_rows(const struct ks_cli_forecast *forecast, struct ks_sheet *sheet)
{
	const struct ks_model_search *const search = &forecast->search;
	for (size_t i = 0; i < search->n_levels; i++)
		put_level(sheet, i + 1, &search->levels[i]);
	put_search(sheet, forecast);
	put_today(sheet, forecast);
	put_load(sheet, forecast);
	put_forecast(sheet, forecast);
	put_sizes(sheet);
	put_history(sheet);
	put_2019(sheet);
	if (forecast->has_observed)
		put_observed(sheet, forecast);
}
