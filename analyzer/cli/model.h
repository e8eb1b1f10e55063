/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/model.h -- what the verb model was asked, and the two forms of its answer. */
#ifndef KS_ANALYZER_CLI_MODEL_H
#define KS_ANALYZER_CLI_MODEL_H

#include "analyzer/judge/model.h"
#include "reports/sheet.h"

struct ks_cli_forecast {
	struct ks_model_search search;
	uint64_t rtt_ns; /* 0: not given */
	uint64_t answer_bytes;
	uint64_t answer_qps; /* answers per second whose bits are told */
	uint64_t resolvers;
	double stale;      /* share of them */
	double load_bps;   /* at each server */
	double client_qps; /* failing queries a resolver gets */
	bool has_observed;
	struct ks_store_searches observed;
};

/* The servers at the top: those that the searches end at. */
uint64_t ks_cli_forecast_servers(const struct ks_cli_forecast *forecast);
double ks_cli_forecast_stale(const struct ks_cli_forecast *forecast); /* resolvers */
/* Of one stale resolver, at one server, when all of them make load_bps there. */
double ks_cli_forecast_each_bps(const struct ks_cli_forecast *forecast);
double ks_cli_forecast_each_qps(const struct ks_cli_forecast *forecast);
/* At one server, when all stale resolvers run this software. */
double ks_cli_forecast_software_qps(const struct ks_cli_forecast *forecast,
				    const struct ks_model_software *software);

/* At one server, when all stale resolvers ask as the offenders of the database did, in the middle; and the
 * load in answers of their size. NAN: not known. */
double ks_cli_forecast_seen_qps(const struct ks_cli_forecast *forecast);
double ks_cli_forecast_seen_bps(const struct ks_cli_forecast *forecast);

/* The laboratory of 2010: 13 + 156 queries in 19 seconds. */
enum { KS_CLI_LAB_QUERIES = 13 + 156, KS_CLI_LAB_TIMED = 156, KS_CLI_LAB_S = 19, KS_CLI_LAB_QPS = 3000 };

/* A root server, 2019-03-21 (RSSAC002): sources, and UDP answers of the size that DNSKEY had that day. */
enum { KS_CLI_2019_IPV4 = 4649209, KS_CLI_2019_IPV6 = 330925, KS_CLI_2019_ANSWERS = 504177903 };
double ks_cli_load_of_2019_bps(void);

/* Sizes of root answers that were served: keys, signatures. */
extern const uint8_t ks_cli_root_answers[5][2];

extern const char *const ks_cli_model_columns[];
extern const size_t ks_cli_n_model_columns;
void ks_cli_model_rows(const struct ks_cli_forecast *forecast, struct ks_sheet *sheet);
/* "313,600": every digit counts here, so nothing is rounded. */
void ks_cli_put_grouped(struct ks_buf *buf, uint64_t n);
void ks_cli_put_levels(const struct ks_model_search *search, struct ks_buf *buf);
void ks_cli_model_text(const struct ks_cli_forecast *forecast, const struct ks_document *document,
		       struct ks_buf *buf);

#endif
