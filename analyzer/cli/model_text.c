/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The answer for people: what one search costs, what it costs today, what many do to servers. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "analyzer/cli/model.h"
#include "analyzer/judge/cost.h"
#include "reports/number.h"
#include "reports/prose.h"

struct page {
	const struct ks_cli_forecast *forecast;
	const struct ks_document *document;
	struct ks_buf *buf;
	struct ks_buf line; /* being written */
};

static void
put_count(struct ks_buf *buf, struct ks_model_count count)
{
	ks_buf_text(buf, count.over ? "more than " : "");
	ks_cli_put_grouped(buf, count.n);
}

static void
put_scaled(struct ks_buf *buf, double value, const char *unit)
{
	ks_number_scaled(buf, value, /* whole= */ false, unit);
}

static void
end_line(struct page *page, const char *first)
{
	ks_prose_fold(page->buf, first, ks_buf_string(&page->line), page->document->request->width);
	page->buf->failed |= page->line.failed;
	ks_buf_clear(&page->line);
}

static void
put_title(struct page *page)
{
	const struct ks_model_search *const search = &page->forecast->search;
	ks_buf_printf(&page->line, "keystorm model - %zu level%s with ", search->n_levels,
		      search->n_levels == 1 ? "" : "s");
	for (size_t i = 0; i < search->n_levels; i++) {
		ks_buf_text(&page->line, i == 0 ? "" : ", ");
		ks_cli_put_grouped(&page->line, search->levels[i].servers);
	}
	ks_buf_text(&page->line, " server addresses, the stale trust anchor at the last");
	end_line(page, "");
	ks_buf_put(page->buf, "\n", 1);
}

static void
put_answer(struct page *page)
{
	const struct ks_model_search *const search = &page->forecast->search;
	const struct ks_model_level *const top = &search->levels[search->n_levels - 1];
	struct ks_buf *const line = &page->line;
	ks_buf_text(line, "One query that needs the stale anchor makes ");
	put_count(line, search->total);
	ks_buf_text(line, search->total.n == 1 ? " further query: " : " further queries: ");
	put_count(line, top->dnskey);
	ks_buf_text(line, " for DNSKEY");
	if (search->n_levels > 1) {
		ks_buf_text(line, " and ");
		put_count(line, top->ds);
		ks_buf_text(line, " for DS");
	}
	ks_buf_text(line, " at the top, that is ");
	put_count(line, top->dnskey_per_server);
	if (search->n_levels > 1) {
		ks_buf_text(line, " and ");
		put_count(line, top->ds_per_server);
	}
	ks_buf_text(line, " for each of its servers.");
	if (search->total.over)
		ks_buf_text(line, " Counts end at 2^64-1; the truth is more.");
	end_line(page, "");
}

static void
put_ceiling(struct page *page)
{
	const struct ks_cli_forecast *const forecast = page->forecast;
	const struct ks_model_count total = forecast->search.total;
	struct ks_buf *const line = &page->line;
	ks_buf_printf(line, "A search ends after %d s, done or not: it is done when answers take ",
		      KS_MODEL_CEILING_S);
	put_scaled(line, ks_model_fitting_rtt_s(total) * 1e3, "ms or less.");
	if (forecast->rtt_ns != 0) {
		const uint64_t fit = ks_model_ceiling_queries(forecast->rtt_ns);
		const double rtt_s = (double)forecast->rtt_ns / 1e9;
		ks_buf_text(line, " At ");
		put_scaled(line, rtt_s * 1e3, "ms it asks ");
		put_scaled(line, 1 / rtt_s, "q/s: ");
		ks_cli_put_grouped(line, fit);
		ks_buf_text(line, " queries fit, so it is ");
		if (!total.over && fit >= total.n) {
			ks_buf_text(line, "done after ");
			ks_number_duration(line, (double)total.n * rtt_s);
		} else {
			ks_buf_text(line, "cut after ");
			ks_number_share(line, (double)fit / (double)total.n);
			ks_buf_text(line, " of them");
		}
		ks_buf_text(line, ".");
	}
	end_line(page, "");
	ks_buf_text(line, "That is an upper bound: software of 2010, which remembers no failure.");
	end_line(page, "");
	ks_buf_put(page->buf, "\n", 1);
}

/* --- today --- */

static void
put_software(struct page *page, const struct ks_model_software *software)
{
	const struct ks_cli_forecast *const forecast = page->forecast;
	const uint64_t servers = ks_cli_forecast_servers(forecast);
	const uint64_t first = ks_model_burst(software, true, servers);
	const uint64_t again = ks_model_burst(software, false, servers);
	struct ks_buf *const line = &page->line;
	ks_cli_put_grouped(line, first);
	if (again != first) {
		ks_buf_text(line, ", then ");
		ks_cli_put_grouped(line, again);
	}
	if (software->every_s > 0) {
		ks_buf_text(line, software->every_is_least ? ", not again for at least " : ", again every ");
		ks_number_exact(line, software->every_s);
		ks_buf_text(line, " s");
	} else {
		ks_buf_text(line, " for every query of a client");
	}
	ks_buf_text(line, software->every_is_least ? "; below " : "; ");
	put_scaled(line, ks_model_software_qps(software, servers, forecast->client_qps), "q/s");
	if (!(software->every_s > 0)) {
		ks_buf_text(line, " at ");
		ks_number_exact(line, forecast->client_qps);
		ks_buf_text(line, " client q/s");
	}
	ks_buf_text(line, ". All stale ones together at each server: ");
	const double qps = ks_cli_forecast_software_qps(forecast, software);
	put_scaled(line, qps, "q/s, ");
	put_scaled(line, qps * 8 * (double)forecast->answer_bytes, "b/s.");
	char first_word[40];
	(void)snprintf(first_word, sizeof(first_word), "  %-23s", software->name);
	end_line(page, first_word);
}

static void
put_today(struct page *page)
{
	ks_buf_text(page->buf, "Software of today, DNSKEY queries for the same failure:\n");
	for (size_t i = 0; i < ks_model_n_software; i++)
		put_software(page, &ks_model_software[i]);
	ks_buf_put(page->buf, "\n", 1);
}

/* --- what if --- */

static void
put_stale(struct ks_buf *line, const struct ks_cli_forecast *forecast)
{
	const double stale = ks_cli_forecast_stale(forecast);
	if (forecast->stale < 1) {
		ks_buf_text(line, "Of ");
		ks_cli_put_grouped(line, forecast->resolvers);
		ks_buf_text(line, " resolvers ");
		if (stale < 10)
			put_scaled(line, stale, "");
		else
			ks_cli_put_grouped(line, (uint64_t)stale);
		if (stale >= 1) {
			ks_buf_text(line, " (some ");
			ks_cli_put_grouped(line, ks_model_about((uint64_t)stale));
			ks_buf_text(line, ")");
		}
		ks_buf_text(line, " are stale. ");
		return;
	}
	ks_cli_put_grouped(line, forecast->resolvers);
	ks_buf_text(line, " stale resolvers: ");
}

static void
put_forecast(struct page *page)
{
	const struct ks_cli_forecast *const forecast = page->forecast;
	const double each_qps = ks_cli_forecast_each_qps(forecast);
	struct ks_buf *const line = &page->line;
	put_stale(line, forecast);
	put_scaled(line, forecast->load_bps, "b/s at each of ");
	ks_cli_put_grouped(line, ks_cli_forecast_servers(forecast));
	ks_buf_text(line, " servers, in answers of ");
	ks_cli_put_grouped(line, forecast->answer_bytes);
	ks_buf_text(line, " B, are ");
	put_scaled(line, ks_cli_forecast_each_bps(forecast), "b/s and ");
	put_scaled(line, each_qps, "q/s from each of them to each server, ");
	put_scaled(line, each_qps * (double)ks_cli_forecast_servers(forecast), "q/s to all.");
	end_line(page, "what if: ");
}

static void
put_load(struct page *page)
{
	const struct ks_cli_forecast *const forecast = page->forecast;
	const struct {
		const char *name;
		double bytes;
	} layers[] = {
		{"DNS, ", (double)forecast->answer_bytes},
		{"IP, ", ks_cost_ip_bytes((double)forecast->answer_bytes)},
		{"Ethernet with FCS, preamble and gap.",
		 ks_cost_ethernet_bytes((double)forecast->answer_bytes)},
	};
	struct ks_buf *const line = &page->line;
	ks_cli_put_grouped(line, forecast->answer_qps);
	ks_buf_text(line, " answers/s of ");
	ks_cli_put_grouped(line, forecast->answer_bytes);
	ks_buf_text(line, " B are ");
	for (size_t i = 0; i < KS_COUNT(layers); i++) {
		ks_number_exact(line, (double)forecast->answer_qps * 8 * layers[i].bytes / 1e6);
		ks_buf_printf(line, " Mb/s as %s", layers[i].name);
	}
	end_line(page, "bits:    ");
}

static void
put_sizes(struct page *page)
{
	for (size_t i = 0; i < KS_COUNT(ks_cli_root_answers); i++) {
		const uint8_t *const kind = ks_cli_root_answers[i];
		ks_buf_text(&page->line, i == 0 ? "root DNSKEY answers are " : ", ");
		ks_buf_printf(&page->line, "%" PRIu64 " B with %u keys and %u RRSIG%s",
			      ks_model_root_bytes(kind[0], kind[1]), kind[0], kind[1],
			      kind[1] == 1 ? "" : "s");
	}
	ks_buf_text(&page->line, " (RSA, 2048 bits: 28 + 275 a key + 286 an RRSIG).");
	end_line(page, "sizes:   ");
}

static void
put_history(struct page *page)
{
	const double qps = (double)KS_CLI_LAB_TIMED / KS_CLI_LAB_S;
	struct ks_buf *const line = &page->line;
	ks_buf_text(line, "13 queries at the start and 156 in 19 s are ");
	put_scaled(line, qps, "q/s, one in ");
	ks_number_exact(line, round(1e4 / qps) / 10);
	ks_buf_printf(line, " ms; %.0f such clients make 3,000 q/s. 1 in 1,500 of 1,500,000 clients is ",
		      KS_CLI_LAB_QPS / qps);
	ks_cli_put_grouped(line, ks_model_rare(1500000));
	ks_buf_text(line, ", of 5,000,000 ");
	ks_cli_put_grouped(line, ks_model_rare(5000000));
	ks_buf_text(line, " (some ");
	ks_cli_put_grouped(line, ks_model_about(ks_model_rare(5000000)));
	ks_buf_text(line, ").");
	end_line(page, "of 2010: ");
}

static void
put_2019(struct page *page)
{
	struct ks_buf *const line = &page->line;
	ks_buf_text(line, "A-root sent ");
	put_scaled(line, ks_cli_load_of_2019_bps(), "b/s of DNSKEY on 2019-03-21, when ");
	ks_cli_put_grouped(line, KS_CLI_2019_IPV4);
	ks_buf_text(line, " IPv4 and ");
	ks_cli_put_grouped(line, KS_CLI_2019_IPV6);
	ks_buf_text(line, " IPv6 sources asked it.");
	end_line(page, "of 2019: ");
}

static void
put_median(struct ks_buf *line, double value, const char *what)
{
	if (isfinite(value))
		put_scaled(line, value, what);
	else
		ks_buf_printf(line, "an unknown number of %s", what);
}

/* The forecast again, with clients as this capture shows them. */
static void
put_as_observed(struct page *page)
{
	const struct ks_cli_forecast *const forecast = page->forecast;
	const double qps = ks_cli_forecast_seen_qps(forecast), bps = ks_cli_forecast_seen_bps(forecast);
	struct ks_buf *const line = &page->line;
	if (!isfinite(qps))
		return;
	ks_buf_text(line, "Each asked ");
	put_scaled(line, forecast->observed.qps,
		   forecast->observed.one_server ? "q/s at this one server; " : "q/s; ");
	if (ks_cli_forecast_stale(forecast) < 10)
		put_scaled(line, ks_cli_forecast_stale(forecast), "");
	else
		ks_cli_put_grouped(line, (uint64_t)ks_cli_forecast_stale(forecast));
	ks_buf_text(line, " like them make ");
	put_scaled(line, qps, "q/s");
	if (isfinite(bps)) {
		ks_buf_text(line, ", ");
		put_scaled(line, bps, "b/s in answers of ");
		put_scaled(line, forecast->observed.answer_bytes, "B,");
	}
	ks_buf_text(line, " at each server of the last level.");
	end_line(page, "         ");
}

static void
put_observed(struct page *page)
{
	const struct ks_store_searches *const observed = &page->forecast->observed;
	struct ks_buf *const line = &page->line;
	ks_buf_put(page->buf, "\n", 1);
	if (!observed->known || observed->offenders == 0) {
		ks_buf_text(line,
			    observed->known
				    ? "no source asks again and again for keys just delivered."
				    : "who asks again for keys just delivered is unknown: queries or answers "
				      "were not captured.");
		end_line(page, "seen:    ");
		return;
	}
	ks_cli_put_grouped(line, observed->offenders);
	ks_buf_text(line, observed->offenders == 1 ? " offender, " : " offenders, in the middle ");
	put_median(line, observed->dnskey_per_burst, "DNSKEY queries a burst and ");
	put_median(line, observed->dnskey_per_query, "of them for each other query");
	if (isfinite(observed->gap_ms)) {
		ks_buf_text(line, ", ");
		ks_number_duration(line, observed->gap_ms / 1e3);
		ks_buf_text(line, " from an answer to the next query");
	}
	ks_buf_text(line, ".");
	end_line(page, "seen:    ");
	put_as_observed(page);
}

void
ks_cli_model_text(const struct ks_cli_forecast *forecast, const struct ks_document *document,
		  struct ks_buf *buf)
{
	struct page page = {.forecast = forecast, .document = document, .buf = buf};
	put_title(&page);
	put_answer(&page);
	put_ceiling(&page);
	ks_cli_put_levels(&forecast->search, buf);
	put_today(&page);
	put_forecast(&page);
	put_load(&page);
	put_sizes(&page);
	put_history(&page);
	put_2019(&page);
	if (forecast->has_observed) {
		put_observed(&page);
		ks_prose_caveats(buf, document);
	}
	ks_buf_done(&page.line);
}
