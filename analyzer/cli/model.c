/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/model.c -- the verb model: options to a forecast. */
#include "analyzer/cli/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/cli/cli.h"
#include "analyzer/cli/options.h"

enum { SERVERS_MOST = 65535, ANSWER_LEAST = 12, ANSWER_MOST = 65507 };

static void
print_help(void)
{
	(void)puts(
		"usage: keystorm model --servers N1,...,Nk [OPTION]...\n\n"
		"What a search for keys costs that cannot succeed, and what many of them do to servers.\n\n"
		"      --servers N1,...,Nk  server addresses by level: first those of the zone that was "
		"asked\n"
		"                         for, last those of the zone whose trust anchor is stale\n"
		"      --rtt MS           round-trip time in milliseconds\n"
		"      --size BYTES       a DNSKEY answer (1188)\n"
		"      --qps N            answers per second that are turned into bits (3000)\n"
		"      --resolvers N      resolvers (3000)\n"
		"      --stale SHARE      of them with a stale anchor: 1/1500, 0.2% or 0.05 (1: all)\n"
		"      --load MBPS        megabits per second at each server of the last level (75)\n"
		"      --client-qps N     queries per second that fail at such a resolver (1)\n"
		"  -d, --database DB      tell also what the offenders of this database did\n"
		"  -f, --format FORMAT    text, json or csv (text)");
}

enum { OPT_SERVERS = 256, OPT_RTT, OPT_SIZE, OPT_QPS, OPT_RESOLVERS, OPT_STALE, OPT_LOAD, OPT_CLIENT_QPS };

static const struct option words[] = {
	{"servers", required_argument, NULL, OPT_SERVERS},
	{"rtt", required_argument, NULL, OPT_RTT},
	{"size", required_argument, NULL, OPT_SIZE},
	{"qps", required_argument, NULL, OPT_QPS},
	{"resolvers", required_argument, NULL, OPT_RESOLVERS},
	{"stale", required_argument, NULL, OPT_STALE},
	{"load", required_argument, NULL, OPT_LOAD},
	{"client-qps", required_argument, NULL, OPT_CLIENT_QPS},
	{"database", required_argument, NULL, 'd'},
	{"format", required_argument, NULL, 'f'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

struct arguments {
	struct ks_cli_forecast forecast;
	uint64_t servers[KS_MODEL_LEVELS];
	size_t n_levels;
	const char *database, *format;
	bool help;
};

/* "2,14,20" */
static int
take_servers(struct arguments *arguments, const char *text)
{
	arguments->n_levels = 0;
	for (const char *at = text;; at++) {
		char number[8];
		const size_t n = strcspn(at, ",");
		uint64_t *const servers = &arguments->servers[arguments->n_levels];
		if (arguments->n_levels == KS_MODEL_LEVELS)
			return ks_cli_usage("model", "--servers has more than %d levels", KS_MODEL_LEVELS);
		(void)snprintf(number, sizeof(number), "%.*s", (int)(n < 7 ? n : 7), at);
		if (!ks_option_number(number, 1, SERVERS_MOST, servers))
			return ks_cli_usage("model",
					    "--servers '%.100s': each level has 1 to %d addresses (2,14,20)",
					    text, SERVERS_MOST);
		arguments->n_levels++;
		at += n;
		if (*at == '\0')
			return KS_EXIT_DONE;
	}
}

/* Millionths into `ret`; a usage line otherwise. */
static int
take_decimal(const char *option, uint64_t max, const char *right, uint64_t *ret)
{
	if (ks_option_millionths(optarg, 1, max * 1000000, ret))
		return KS_EXIT_DONE;
	return ks_cli_usage("model", "%s '%.100s' is no %s", option, optarg, right);
}

static int
take_number(const char *option, uint64_t min, uint64_t max, const char *right, uint64_t *ret)
{
	if (ks_option_number(optarg, min, max, ret))
		return KS_EXIT_DONE;
	return ks_cli_usage("model", "%s '%.100s' is no %s", option, optarg, right);
}

/* Take one option; a usage error is printed and returned. */
static int
take(struct arguments *arguments, int option)
{
	struct ks_cli_forecast *const forecast = &arguments->forecast;
	uint64_t millionths = 0;
	int status = KS_EXIT_DONE;
	switch (option) {
	case OPT_SERVERS:
		return take_servers(arguments, optarg);
	case OPT_RTT: /* a millionth of a millisecond is a nanosecond */
		return take_decimal("--rtt", 3600000, "number of milliseconds (20, 0.5; up to an hour)",
				    &forecast->rtt_ns);
	case OPT_SIZE:
		return take_number("--size", ANSWER_LEAST, ANSWER_MOST,
				   "size of an answer (12 to 65507 octets)", &forecast->answer_bytes);
	case OPT_QPS:
		return take_number("--qps", 1, 1000000000, "number of answers per second (1 to 1000000000)",
				   &forecast->answer_qps);
	case OPT_RESOLVERS:
		return take_number("--resolvers", 1, UINT32_MAX, "number of resolvers (1 to 4294967295)",
				   &forecast->resolvers);
	case OPT_STALE:
		if (ks_option_share(optarg, &forecast->stale))
			return KS_EXIT_DONE;
		return ks_cli_usage("model", "--stale '%.100s' is no share above 0 (1/1500, 0.2%%, 0.05)",
				    optarg);
	case OPT_LOAD:
		status =
			take_decimal("--load", 1000000000, "number of megabits per second (75)", &millionths);
		forecast->load_bps = (double)millionths; /* of a megabit: bits */
		return status;
	case OPT_CLIENT_QPS:
		status = take_decimal("--client-qps", 1000000000, "number of queries per second (1, 0.2)",
				      &millionths);
		forecast->client_qps = (double)millionths / 1e6;
		return status;
	case 'd':
		arguments->database = optarg;
		return status;
	case 'f':
		arguments->format = optarg;
		return status;
	case 'h':
		arguments->help = true;
		return status;
	default:
		return KS_EXIT_USAGE;
	}
}

/* With a database: its head, and what its offenders did. */
static enum ks_error
observe(struct arguments *arguments, struct ks_store_head *head, struct ks_diag *diag)
{
	struct ks_store *store = NULL;
	if (arguments->database == NULL)
		return KS_SUCCESS;
	enum ks_error error = ks_store_open_read(arguments->database, &store, diag);
	if (error == KS_SUCCESS)
		error = ks_store_read_head(store, head, diag);
	if (error == KS_SUCCESS)
		error = ks_store_read_searches(store, &arguments->forecast.observed, diag);
	arguments->forecast.has_observed = error == KS_SUCCESS;
	ks_store_close(store);
	return error;
}

static enum ks_error
answer(struct arguments *arguments, struct ks_diag *diag)
{
	const struct ks_report_request request = {
		.format = arguments->format,
		.tool = KS_TOOL,
		.database = arguments->database,
		.out = stdout,
		.width = ks_cli_width(stdout),
		.unicode = ks_cli_unicode(stdout),
	};
	struct ks_store_head head = {0};
	struct ks_document document = {.request = &request, .head = &head};
	struct ks_sheet sheet;
	struct ks_buf text = {0};
	enum ks_error error = observe(arguments, &head, diag);
	if (error != KS_SUCCESS)
		return error;
	ks_model_search(arguments->servers, arguments->n_levels, &arguments->forecast.search);
	ks_sheet_init(&sheet, ks_cli_model_columns, ks_cli_n_model_columns);
	ks_cli_model_rows(&arguments->forecast, &sheet);
	ks_cli_model_text(&arguments->forecast, &document, &text);
	error = ks_sheet_write(&sheet, &document, "model", &text, diag);
	ks_buf_done(&text);
	ks_sheet_done(&sheet);
	return error;
}

int
ks_cli_model(int argc, char **argv)
{
	struct arguments arguments = {
		.forecast = {.answer_bytes = 1188,
			     .answer_qps = 3000,
			     .resolvers = 3000,
			     .stale = 1,
			     .load_bps = 75e6,
			     .client_qps = 1},
		.format = "text",
	};
	for (int option; (option = ks_option_next("model", argc, argv, ":d:f:h", words)) != -1;) {
		const int status = take(&arguments, option);
		if (status != KS_EXIT_DONE)
			return status;
	}
	if (arguments.help) {
		print_help();
		return KS_EXIT_DONE;
	}
	if (optind < argc)
		return ks_cli_usage("model", "'%.100s' is one argument too many", argv[optind]);
	if (arguments.n_levels == 0)
		return ks_cli_usage("model", "how many servers? (--servers 2,14)");
	struct ks_diag diag = {0};
	const enum ks_error error = answer(&arguments, &diag);
	return error == KS_SUCCESS ? KS_EXIT_DONE : ks_cli_fail("model", error, &diag);
}
