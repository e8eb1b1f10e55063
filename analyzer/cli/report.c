/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/report.c -- the verb report: options to a request. */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/cli/cli.h"
#include "analyzer/cli/options.h"
#include "reports/report.h"

static void
print_help(void)
{
	(void)puts("usage: keystorm report NAME [OPTION]...\n"
		   "       keystorm report all -f html -o FILE    all of them on one page, with figures\n");
	for (const struct ks_report_name *report = ks_report_names; report->name != NULL; report++)
		(void)printf("  %-15s %s\n", report->name, report->what);
	(void)puts("\n  -d, --database DB      the database (" KS_DATABASE_DEFAULT ")\n"
		   "  -f, --format FORMAT    text, json, csv, svg or html (text)\n"
		   "  -o, --output FILE      write there instead of standard output\n"
		   "      --limit N          at most N rows; all: every row\n"
		   "      --zone ZONE        rows of this zone only\n"
		   "      --source ADDR[/LEN]  rows of these sources only\n"
		   "      --server ADDR      rows of this server only\n"
		   "      --from T, --to T   rows of this time (RFC 3339, or seconds since the epoch)\n"
		   "      --step S           width of the bins in seconds; all: one row for the whole span\n"
		   "      --by COLUMN        rank by this column\n"
		   "      --prefix LEN4[,LEN6]  add sources up by prefix (24,48; LEN6 left out: 64)");
}

enum { OPT_LIMIT = 256, OPT_ZONE, OPT_SOURCE, OPT_SERVER, OPT_FROM, OPT_TO, OPT_STEP, OPT_BY, OPT_PREFIX };

static const struct option words[] = {
	{"database", required_argument, NULL, 'd'},
	{"format", required_argument, NULL, 'f'},
	{"output", required_argument, NULL, 'o'},
	{"limit", required_argument, NULL, OPT_LIMIT},
	{"zone", required_argument, NULL, OPT_ZONE},
	{"source", required_argument, NULL, OPT_SOURCE},
	{"server", required_argument, NULL, OPT_SERVER},
	{"from", required_argument, NULL, OPT_FROM},
	{"to", required_argument, NULL, OPT_TO},
	{"step", required_argument, NULL, OPT_STEP},
	{"by", required_argument, NULL, OPT_BY},
	{"prefix", required_argument, NULL, OPT_PREFIX},
	{"help", no_argument, NULL, 'h'},
	{0},
};

struct arguments {
	struct ks_report_request request;
	const char *output;
	bool help;
};

/* A count, or "all" (-1). */
static bool
count_or_all(const char *text, uint64_t min, int64_t *ret)
{
	uint64_t value;
	if (strcmp(text, "all") == 0 || strcmp(text, "-1") == 0) {
		*ret = -1;
		return true;
	}
	if (!ks_option_number(text, min, INT32_MAX, &value))
		return false;
	*ret = (int64_t)value;
	return true;
}

/* "24", "24,48". */
static bool
prefix_lengths(const char *text, struct ks_query *query)
{
	const char *const comma = strchr(text, ',');
	const size_t n = comma != NULL ? (size_t)(comma - text) : strlen(text);
	char v4[8];
	uint64_t len4, len6 = 64;
	if (n >= sizeof(v4))
		return false;
	memcpy(v4, text, n);
	v4[n] = '\0';
	if (!ks_option_number(v4, 0, 32, &len4) ||
	    (comma != NULL && !ks_option_number(comma + 1, 0, 128, &len6)))
		return false;
	query->len4 = (unsigned)len4;
	query->len6 = (unsigned)len6;
	return true;
}

/* Take one option; a usage error is printed and returned. */
static int
take(struct arguments *arguments, int option)
{
	struct ks_query *const query = &arguments->request.query;
	switch (option) {
	case 'd':
		arguments->request.database = optarg;
		return KS_EXIT_DONE;
	case 'f':
		arguments->request.format = optarg;
		return KS_EXIT_DONE;
	case 'o':
		arguments->output = optarg;
		return KS_EXIT_DONE;
	case 'h':
		arguments->help = true;
		return KS_EXIT_DONE;
	case OPT_LIMIT:
		if (count_or_all(optarg, 1, &query->limit))
			return KS_EXIT_DONE;
		return ks_cli_usage("report", "--limit '%s' is no number of rows (1, 2, ... or all)", optarg);
	case OPT_ZONE:
		query->zone = optarg;
		return KS_EXIT_DONE;
	case OPT_SOURCE:
		query->has_source = ks_addr_parse_prefix(optarg, &query->source, &query->source_bits);
		if (query->has_source)
			return KS_EXIT_DONE;
		return ks_cli_usage(
			"report", "--source '%s' is no address or prefix (192.0.2.1, 2001:db8::/48)", optarg);
	case OPT_SERVER:
		query->has_server = ks_addr_parse(optarg, &query->server);
		if (query->has_server)
			return KS_EXIT_DONE;
		return ks_cli_usage("report", "--server '%s' is no address (192.0.2.53, 2001:db8::53)",
				    optarg);
	case OPT_FROM:
		query->has_from = ks_option_time(optarg, &query->from_ns);
		if (query->has_from)
			return KS_EXIT_DONE;
		return ks_cli_usage("report", "--from '%s' is no time (2026-11-21T22:47:00Z, or seconds)",
				    optarg);
	case OPT_TO:
		query->has_to = ks_option_time(optarg, &query->to_ns);
		if (query->has_to)
			return KS_EXIT_DONE;
		return ks_cli_usage("report", "--to '%s' is no time (2026-11-21T22:47:00Z, or seconds)",
				    optarg);
	case OPT_STEP:
		if (count_or_all(optarg, 1, &query->step_s))
			return KS_EXIT_DONE;
		return ks_cli_usage("report", "--step '%s' is no number of seconds (60, or all)", optarg);
	case OPT_BY:
		query->by = optarg;
		return KS_EXIT_DONE;
	case OPT_PREFIX:
		query->has_prefix = prefix_lengths(optarg, query);
		if (query->has_prefix)
			return KS_EXIT_DONE;
		return ks_cli_usage("report", "--prefix '%s' is no pair of prefix lengths (24,48)", optarg);
	default:
		return KS_EXIT_USAGE;
	}
}

unsigned
ks_cli_width(FILE *out)
{
	struct winsize size;
	if (!isatty(fileno(out)))
		return 0;
	if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

bool
ks_cli_unicode(FILE *out)
{
	(void)setlocale(LC_CTYPE, "");
	return isatty(fileno(out)) && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool
ks_cli_colour(FILE *out)
{
	const char *const no = getenv("NO_COLOR"), *const terminal = getenv("TERM");
	return isatty(fileno(out)) && (no == NULL || no[0] == '\0') && terminal != NULL &&
	       strcmp(terminal, "dumb") != 0;
}

enum ks_error
ks_cli_print_report(struct ks_store *store, const char *name, const char *database, struct ks_diag *diag)
{
	const struct ks_report_request request = {
		.name = name,
		.format = "text",
		.tool = KS_TOOL,
		.database = database,
		.out = stdout,
		.width = ks_cli_width(stdout),
		.colour = ks_cli_colour(stdout),
		.unicode = ks_cli_unicode(stdout),
	};
	return ks_report_write(store, &request, diag);
}

/* What a report could not write it calls "cannot write: why"; only here is known where. */
static void
name_output(const char *path, struct ks_diag *diag)
{
	static const char begin[] = "cannot write: ";
	char why[sizeof(diag->text)];
	if (strncmp(diag->text, begin, sizeof(begin) - 1) != 0)
		return;
	(void)snprintf(why, sizeof(why), "%s", diag->text + sizeof(begin) - 1);
	(void)ks_diag_set(diag, KS_ERR_OUTPUT, "cannot write %.300s: %s", path, why);
}

/* Not emptied before there is something to write: a report that is refused leaves the last one as it is. */
static FILE *
open_output(const char *path)
{
	const int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	return file < 0 ? NULL : fdopen(file, "w");
}

static enum ks_error
close_output(FILE *out, const char *path, enum ks_error error, struct ks_diag *diag)
{
	const off_t end = ftello(out);
	struct stat status;
	bool failed = false;
	if (error != KS_SUCCESS)
		name_output(path, diag);
	if ((error == KS_SUCCESS || end > 0) && fstat(fileno(out), &status) == 0 && S_ISREG(status.st_mode))
		failed = ftruncate(fileno(out), end) != 0;
	failed |= fclose(out) != 0;
	if (failed && error == KS_SUCCESS)
		error = ks_diag_set(diag, KS_ERR_OUTPUT, "cannot write %s: %s", path, strerror(errno));
	return error;
}

static enum ks_error
write_report(struct ks_store *store, struct arguments *arguments, struct ks_diag *diag)
{
	struct ks_report_request *const request = &arguments->request;
	const char *const output = arguments->output;
	request->out = output == NULL ? stdout : open_output(output);
	if (request->out == NULL)
		return ks_diag_set(diag, KS_ERR_OUTPUT, "cannot write %s: %s", output, strerror(errno));
	request->width = ks_cli_width(request->out);
	request->colour = ks_cli_colour(request->out);
	request->unicode = ks_cli_unicode(request->out);
	const enum ks_error error = ks_report_write(store, request, diag);
	return output == NULL ? error : close_output(request->out, output, error, diag);
}

/* What single options cannot tell. */
static int
check(const struct arguments *arguments)
{
	const struct ks_query *const query = &arguments->request.query;
	if (arguments->output != NULL && arguments->output[0] == '\0')
		return ks_cli_usage("report", "--output needs the name of a file");
	if (query->has_from && query->has_to && query->from_ns >= query->to_ns)
		return ks_cli_usage("report", "--from is not before --to: nothing lies between them");
	return KS_EXIT_DONE;
}

int
ks_cli_report(int argc, char **argv)
{
	struct arguments arguments = {
		.request = {.format = "text", .tool = KS_TOOL, .database = KS_DATABASE_DEFAULT},
	};
	for (int option; (option = ks_option_next("report", argc, argv, ":d:f:o:h", words)) != -1;) {
		const int status = take(&arguments, option);
		if (status != KS_EXIT_DONE)
			return status;
	}
	if (arguments.help) {
		print_help();
		return KS_EXIT_DONE;
	}
	if (optind == argc)
		return ks_cli_usage("report", "which report? (summary, hitters, storms, ...)");
	if (optind + 1 < argc)
		return ks_cli_usage("report", "'%s' is one argument too many", argv[optind + 1]);
	arguments.request.name = argv[optind];
	const int status = check(&arguments);
	if (status != KS_EXIT_DONE)
		return status;

	struct ks_diag diag = {0};
	struct ks_store *store = NULL;
	enum ks_error error = ks_store_open_read(arguments.request.database, &store, &diag);
	if (error == KS_SUCCESS)
		error = write_report(store, &arguments, &diag);
	ks_store_close(store);
	return error == KS_SUCCESS ? KS_EXIT_DONE : ks_cli_fail("report", error, &diag);
}
