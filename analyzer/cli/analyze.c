/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/analyze.c -- the verb analyze: captures in, database out, summary on the screen. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/anonymize.h"
#include "analyzer/cli/calendar.h"
#include "analyzer/cli/cli.h"
#include "analyzer/cli/keyfile.h"
#include "analyzer/cli/known.h"
#include "analyzer/cli/options.h"
#include "analyzer/cli/progress.h"
#include "analyzer/cli/zone_servers.h"
#include "analyzer/pipeline.h"

enum { SERVERS_MAX = 4096 };

static volatile sig_atomic_t stop_asked;
static volatile sig_atomic_t null_fd = -1;

/* A read from a silent pipe would wait for ever: from now on standard input is at its end. */
static void
on_signal(int signal_number)
{
	const int kept = errno;
	stop_asked = signal_number;
	if (null_fd >= 0)
		(void)dup2(null_fd, STDIN_FILENO);
	errno = kept;
}

static void
print_help(void)
{
	(void)puts(
		"usage: keystorm analyze [OPTION]... FILE|DIR|- ...\n\n"
		"Read captures (pcap or pcapng, also compressed; a folder means every capture in it; - is\n"
		"standard input) as one set in order of time, keep the facts in a database, print the "
		"summary.\n\n"
		"  -d, --database DB      the database (" KS_DATABASE_DEFAULT ")\n"
		"  -j, --jobs N           threads (as many as there are processors, two at most); the result "
		"is the same for any N\n"
		"      --bin S            width of the time bins in seconds (by the length of the capture)\n"
		"      --filter BPF       read only packets that match, as with tcpdump\n"
		"      --server ADDR[/LEN]  count only traffic of these servers; may be repeated\n"
		"      --zone-servers FILE  servers of zones, CSV: zone,address\n"
		"      --port N           a DNS port besides 53; may be repeated\n"
		"      --rollovers FILE   known steps of rollovers, CSV: zone,time,event,tag,note\n"
		"      --sensor NAME      name of the place where the capture was taken\n"
		"      --vantage A|M|R    at one authoritative server, at several, at a resolver (inferred)\n"
		"      --memory SIZE      bound of the tables, such as 2G (512M)\n"
		"      --anonymize KEYFILE  pseudonyms for the addresses of sources; the key is what the "
		"file "
		"holds\n"
		"      --no-progress      no progress line\n"
		"  -q, --quiet            no summary either");
}

enum {
	OPT_BIN = 256,
	OPT_FILTER,
	OPT_SERVER,
	OPT_PORT,
	OPT_SENSOR,
	OPT_VANTAGE,
	OPT_MEMORY,
	OPT_ROLLOVERS,
	OPT_ANONYMIZE,
	OPT_ZONE_SERVERS,
	OPT_NO_PROGRESS
};

static const struct option words[] = {
	{"database", required_argument, NULL, 'd'},
	{"jobs", required_argument, NULL, 'j'},
	{"bin", required_argument, NULL, OPT_BIN},
	{"filter", required_argument, NULL, OPT_FILTER},
	{"server", required_argument, NULL, OPT_SERVER},
	{"port", required_argument, NULL, OPT_PORT},
	{"sensor", required_argument, NULL, OPT_SENSOR},
	{"vantage", required_argument, NULL, OPT_VANTAGE},
	{"memory", required_argument, NULL, OPT_MEMORY},
	{"rollovers", required_argument, NULL, OPT_ROLLOVERS},
	{"zone-servers", required_argument, NULL, OPT_ZONE_SERVERS},
	{"anonymize", required_argument, NULL, OPT_ANONYMIZE},
	{"no-progress", no_argument, NULL, OPT_NO_PROGRESS},
	{"quiet", no_argument, NULL, 'q'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

struct arguments {
	struct ks_run_config config;
	struct ks_prefix *servers; /* SERVERS_MAX of them */
	const char *database, *filter, *rollovers, *keyfile, *zone_servers;
	struct ks_siphash_key key;   /* with `keyfile` */
	struct ks_calendar calendar; /* with `rollovers` */
	bool quiet, no_progress, help;
};

static int
take_server(struct arguments *arguments, const char *text)
{
	struct ks_prefix prefix;
	if (arguments->config.n_servers == SERVERS_MAX)
		return ks_cli_usage("analyze", "more than %d --server", SERVERS_MAX);
	if (!ks_addr_parse_prefix(text, &prefix.addr, &prefix.bits))
		return ks_cli_usage(
			"analyze", "--server '%s' is no address or prefix (192.0.2.53, 2001:db8::/48)", text);
	arguments->servers[arguments->config.n_servers++] = prefix;
	return KS_EXIT_DONE;
}

/* Take one option; a usage error is printed and returned. */
static int
take(struct arguments *arguments, int option)
{
	struct ks_run_config *const config = &arguments->config;
	uint64_t number;
	switch (option) {
	case 'd':
		arguments->database = optarg;
		return KS_EXIT_DONE;
	case 'j':
		if (!ks_option_number(optarg, 1, 256, &number))
			return ks_cli_usage("analyze", "-j '%s' is no number of threads (1 to 256)", optarg);
		config->jobs = (unsigned)number;
		return KS_EXIT_DONE;
	case OPT_BIN:
		if (!ks_option_number(optarg, 1, 86400, &number))
			return ks_cli_usage("analyze", "--bin '%s' is no number of seconds (1 to 86400)",
					    optarg);
		config->bin_s = (uint32_t)number;
		return KS_EXIT_DONE;
	case OPT_FILTER:
		arguments->filter = optarg;
		return KS_EXIT_DONE;
	case OPT_SERVER:
		return take_server(arguments, optarg);
	case OPT_PORT:
		if (!ks_option_number(optarg, 1, 65535, &number))
			return ks_cli_usage("analyze", "--port '%s' is no port (1 to 65535)", optarg);
		ks_ports_add(&config->ports, (uint16_t)number);
		return KS_EXIT_DONE;
	case OPT_SENSOR:
		config->sensor = optarg;
		return KS_EXIT_DONE;
	case OPT_VANTAGE:
		if (strlen(optarg) != 1 || strchr("AMR", optarg[0]) == NULL)
			return ks_cli_usage("analyze", "--vantage '%s' is none of A, M, R", optarg);
		config->vantage = optarg[0];
		return KS_EXIT_DONE;
	case OPT_MEMORY:
		if (!ks_option_size(optarg, &number) || number < KS_MEMORY_MIN || number > SIZE_MAX / 4)
			return ks_cli_usage("analyze", "--memory '%s' is no size of at least 16M (512M, 2G)",
					    optarg);
		config->memory_bytes = (size_t)number;
		return KS_EXIT_DONE;
	case OPT_ROLLOVERS:
		arguments->rollovers = optarg;
		return KS_EXIT_DONE;
	case OPT_ANONYMIZE:
		arguments->keyfile = optarg;
		return KS_EXIT_DONE;
	case OPT_ZONE_SERVERS:
		arguments->zone_servers = optarg;
		return KS_EXIT_DONE;
	case OPT_NO_PROGRESS:
		arguments->no_progress = true;
		return KS_EXIT_DONE;
	case 'q':
		arguments->quiet = arguments->no_progress = true;
		return KS_EXIT_DONE;
	case 'h':
		arguments->help = true;
		return KS_EXIT_DONE;
	default:
		return KS_EXIT_USAGE;
	}
}

/* One line on stderr for each file that was not read to its end, or not read at all. */
static void
tell_unusable(struct ks_capture *capture)
{
	for (size_t i = 0; i < capture->ops->n_files(capture); i++) {
		const struct ks_capture_info *const info = capture->ops->info(capture, i);
		struct ks_diag line;
		if (info->state == KS_CAPTURE_WHOLE && info->note[0] == '\0')
			continue;
		(void)ks_diag_set(&line, KS_SUCCESS, "%.300s: %.200s", info->path, info->note);
		(void)fprintf(stderr, "keystorm analyze: %s\n", line.text);
	}
}

static bool
tell_unknown_links(const struct ks_run_outcome *outcome)
{
	const struct ks_unknown_link *const links = outcome->unknown_links;
	for (size_t i = 0; i < KS_UNKNOWN_LINKS && links[i].packets > 0; i++)
		(void)fprintf(stderr, "keystorm analyze: %llu packets not read: link type %d is not known\n",
			      (unsigned long long)links[i].packets, links[i].linktype);
	return links[0].packets > 0;
}

static const struct ks_calendar *
calendar_of(const struct arguments *arguments)
{
	return arguments->rollovers != NULL ? &arguments->calendar : NULL;
}

/* Where facts go: into the store, past the anonymizer where one is wanted. */
static struct ks_sink *
sink_of(struct ks_store *store, const struct arguments *arguments, struct ks_anonymizer *anonymizer)
{
	struct ks_sink *const sink = ks_store_sink(store);
	return arguments->keyfile != NULL ? ks_anonymizer_init(anonymizer, &arguments->key, sink) : sink;
}

/* Run, judge, show; `ret_status` is 0, 1 or 130 on success. */
static enum ks_error
analyze(struct ks_capture *capture, struct ks_store *store, struct arguments *arguments, int *ret_status,
	struct ks_diag *diag)
{
	struct ks_progress progress;
	struct ks_run_outcome outcome;
	struct ks_anonymizer anonymizer;
	ks_progress_init(&progress);
	if (!arguments->no_progress && isatty(STDERR_FILENO)) {
		arguments->config.progress = ks_progress_show;
		arguments->config.progress_arg = &progress;
	}
	enum ks_error error =
		ks_run(capture, &arguments->config, sink_of(store, arguments, &anonymizer), &outcome, diag);
	ks_progress_done(&progress);
	if (error != KS_SUCCESS) {
		ks_store_abandon(store);
		return error;
	}
	tell_unusable(capture);
	error = ks_cli_judge_store(store, calendar_of(arguments), diag);
	if (error == KS_SUCCESS && !arguments->quiet)
		error = ks_cli_print_report(store, "summary", arguments->database, diag);
	const bool unknown = tell_unknown_links(&outcome);
	*ret_status = outcome.files_unusable > 0 || unknown ? KS_EXIT_INCOMPLETE : KS_EXIT_DONE;
	if (outcome.partial) {
		(void)fprintf(
			stderr,
			"keystorm analyze: interrupted after %llu packets: they are stored, marked partial\n",
			(unsigned long long)outcome.packets);
		*ret_status = KS_EXIT_INTERRUPTED;
	}
	return error;
}

/* Nothing new to read; a calendar may be new all the same. */
static enum ks_error
show_known(struct ks_store *store, const struct arguments *arguments, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	if (arguments->rollovers != NULL)
		error = ks_cli_judge_store(store, &arguments->calendar, diag);
	if (error == KS_SUCCESS && !arguments->quiet)
		error = ks_cli_print_report(store, "summary", arguments->database, diag);
	return error;
}

/* The inputs are opened before the database, so that a wrong file name does not leave an empty database
 * behind. */
static int
analyze_paths(struct arguments *arguments, const char *const *paths, size_t n)
{
	struct ks_diag diag = {0};
	struct ks_capture *capture = NULL;
	struct ks_store *store = NULL;
	int status = KS_EXIT_DONE;
	enum ks_error error = ks_capture_open_set(paths, n, arguments->filter, &capture, &diag);
	if (error == KS_SUCCESS)
		error = ks_store_open(arguments->database, &store, &diag);
	if (error == KS_SUCCESS)
		error = ks_known_skip(store, &capture, arguments->filter, &diag);
	if (error == KS_SUCCESS && capture != NULL)
		error = analyze(capture, store, arguments, &status, &diag);
	else if (error == KS_SUCCESS)
		error = show_known(store, arguments, &diag);
	ks_capture_close(capture);
	ks_store_close(store);
	return error == KS_SUCCESS ? status : ks_cli_fail("analyze", error, &diag);
}

/* The files that options name; what is wrong with one was told. */
static bool
read_files(struct arguments *arguments, struct ks_zone_servers *zone_servers)
{
	if (arguments->rollovers != NULL &&
	    !ks_calendar_read("analyze", arguments->rollovers, &arguments->calendar))
		return false;
	if (arguments->zone_servers != NULL &&
	    !ks_zone_servers_read("analyze", arguments->zone_servers, zone_servers))
		return false;
	arguments->config.given = zone_servers->list;
	arguments->config.n_given = zone_servers->n;
	return arguments->keyfile == NULL || ks_keyfile_read("analyze", arguments->keyfile, &arguments->key);
}

static int
parse_and_analyze(struct arguments *arguments, int argc, char **argv)
{
	for (int option; (option = ks_option_next("analyze", argc, argv, ":d:j:qh", words)) != -1;) {
		const int status = take(arguments, option);
		if (status != KS_EXIT_DONE)
			return status;
	}
	if (arguments->help) {
		print_help();
		return KS_EXIT_DONE;
	}
	if (optind == argc)
		return ks_cli_usage("analyze", "which capture?");
	struct ks_zone_servers zone_servers = {0};
	int status = KS_EXIT_USAGE;
	if (read_files(arguments, &zone_servers))
		status = analyze_paths(arguments, (const char *const *)(argv + optind),
				       (size_t)(argc - optind));
	ks_zone_servers_done(&zone_servers);
	ks_calendar_done(&arguments->calendar);
	return status;
}

/* A third would have nothing to do. */
static unsigned
default_jobs(void)
{
	cpu_set_t processors;
	return sched_getaffinity(0, sizeof(processors), &processors) == 0 && CPU_COUNT(&processors) > 1 ? 2
													: 1;
}

int
ks_cli_analyze(int argc, char **argv)
{
	struct arguments arguments = {
		.config = {.memory_bytes = KS_MEMORY_DEFAULT,
			   .jobs = default_jobs(),
			   .sensor = "",
			   .tool_version = KS_VERSION,
			   .stop = &stop_asked},
		.database = KS_DATABASE_DEFAULT,
		.servers = calloc(SERVERS_MAX, sizeof(struct ks_prefix)),
	};
	if (arguments.servers == NULL)
		return ks_cli_usage("analyze", "no memory");
	arguments.config.servers = arguments.servers;
	ks_ports_add(&arguments.config.ports, 53);

	null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const struct sigaction action = {.sa_handler = on_signal};
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	const int status = parse_and_analyze(&arguments, argc, argv);
	free(arguments.servers);
	return status;
}
