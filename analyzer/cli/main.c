/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/main.c -- keystorm: the verbs. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/cli/cli.h"

static int cli_help(int argc, char **argv);
static int cli_version(int argc, char **argv);

static const struct ks_verb verbs[] = {
	{"analyze", "read captures into a database and print the summary", ks_cli_analyze},
	{"live", "capture from network interfaces, for as long as it runs", ks_cli_live},
	{"report", "answer a question from a database", ks_cli_report},
	{"judge", "recompute storms from the stored facts", ks_cli_judge},
	{"model", "compute what searches for keys cost: forecast without packets", ks_cli_model},
	{"mitigate", "write configuration against storms for a name server", ks_cli_mitigate},
	{"merge", "combine databases of several captures", ks_cli_merge},
	{"compare", "tell what changed from one database to another", ks_cli_compare_verb},
	{"help", "this text", cli_help},
	{"version", "the version of this program", cli_version},
};

int
ks_cli_fail(const char *verb, enum ks_error error, const struct ks_diag *diag)
{
	static const int statuses[] = {
		[KS_SUCCESS] = KS_EXIT_DONE,
		[KS_ERR_USAGE] = KS_EXIT_USAGE,
		[KS_ERR_INPUT] = KS_EXIT_NO_INPUT,
		[KS_ERR_DATABASE] = KS_EXIT_DATABASE,
		[KS_ERR_MEMORY] = KS_EXIT_DATABASE,
		[KS_ERR_OUTPUT] = KS_EXIT_INCOMPLETE,
		[KS_ERR_INTERRUPTED] = KS_EXIT_INTERRUPTED,
	};
	(void)fprintf(stderr, "keystorm %s: %s\n", verb, diag->text);
	return statuses[error];
}

int
ks_cli_usage(const char *verb, const char *format, ...)
{
	struct ks_diag diag;
	char text[sizeof(diag.text)];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)ks_diag_set(&diag, KS_ERR_USAGE, "%.400s; see keystorm %s --help", text, verb);
	return ks_cli_fail(verb, KS_ERR_USAGE, &diag);
}

static int
cli_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	(void)printf("usage: keystorm VERB [OPTION]... [FILE]...\n\n"
		     "Finds DNSKEY requery storms in DNS captures: since when, on which zone, who sends "
		     "them.\n\n");
	for (size_t i = 0; i < KS_COUNT(verbs); i++)
		(void)printf("  %-9s %s\n", verbs[i].name, verbs[i].what);
	(void)printf("\nkeystorm VERB --help tells the options of a verb; keystorm(1) is the manual.\n"
		     "Start with: keystorm analyze FILE\n");
	return KS_EXIT_DONE;
}

static int
cli_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	(void)puts(KS_TOOL);
	return KS_EXIT_DONE;
}

static int
no_verb(const char *said)
{
	(void)fprintf(stderr,
		      "keystorm: %s%s%s; there are:", said == NULL ? "a verb is missing" : "no verb '",
		      said == NULL ? "" : said, said == NULL ? "" : "'");
	for (size_t i = 0; i < KS_COUNT(verbs); i++)
		(void)fprintf(stderr, "%s %s", i == 0 ? "" : ",", verbs[i].name);
	(void)fputc('\n', stderr);
	return KS_EXIT_USAGE;
}

int
main(int argc, char **argv)
{
	(void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error with a line of its own */
	if (argc < 2)
		return no_verb(NULL);
	const char *said = argv[1];
	if (strcmp(said, "--help") == 0 || strcmp(said, "-h") == 0)
		said = "help";
	if (strcmp(said, "--version") == 0 || strcmp(said, "-V") == 0)
		said = "version";
	for (size_t i = 0; i < KS_COUNT(verbs); i++)
		if (strcmp(said, verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	return no_verb(argv[1]);
}
