/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/mitigate.c -- the verb mitigate: a database in, configuration of a name server out. */
#include "analyzer/cli/mitigate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/cli/cli.h"
#include "analyzer/cli/options.h"
#include "store/mitigation.h"

static void
print_help(void)
{
	(void)puts(
		"usage: keystorm mitigate --for SOFTWARE [OPTION]...\n\n"
		"Write configuration that makes the storms of a database cheaper for a server. It is to be\n"
		"read before it is used. Where addresses may be forged nobody is named in it.\n\n"
		"      --for SOFTWARE     dnsdist, nsd, bind or knot\n"
		"  -d, --database DB      the database (" KS_DATABASE_DEFAULT ")\n"
		"      --zone ZONE        this zone only\n"
		"  -o, --output FILE      write there instead of standard output");
}

enum { OPT_FOR = 256, OPT_ZONE };

static const struct option words[] = {
	{"for", required_argument, NULL, OPT_FOR},
	{"database", required_argument, NULL, 'd'},
	{"zone", required_argument, NULL, OPT_ZONE},
	{"output", required_argument, NULL, 'o'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

struct arguments {
	const struct ks_mitigate_ops *ops;
	const char *database, *zone, *output;
	bool help;
};

static int
take_zone(struct arguments *arguments)
{
	uint8_t wire[KS_NAME_MAX];
	if (ks_name_parse(optarg, wire) == 0)
		return ks_cli_usage("mitigate", "--zone '%.100s' is no domain name", optarg);
	arguments->zone = optarg;
	return KS_EXIT_DONE;
}

/* Take one option; a usage error is printed and returned. */
static int
take(struct arguments *arguments, int option)
{
	switch (option) {
	case OPT_FOR:
		arguments->ops = ks_mitigate_find(optarg);
		if (arguments->ops != NULL)
			return KS_EXIT_DONE;
		return ks_cli_usage("mitigate", "--for '%.100s' is none of %s", optarg, ks_mitigate_names);
	case 'd':
		arguments->database = optarg;
		return KS_EXIT_DONE;
	case OPT_ZONE:
		return take_zone(arguments);
	case 'o':
		arguments->output = optarg;
		return KS_EXIT_DONE;
	case 'h':
		arguments->help = true;
		return KS_EXIT_DONE;
	default:
		return KS_EXIT_USAGE;
	}
}

/* --- what the operator must know even if he never opens the file --- */

static void
warn(const struct ks_mitigate_zone *zone, const char *what)
{
	struct ks_diag line;
	(void)ks_diag_set(&line, KS_SUCCESS, "zone %.250s: verdict %s: %s", zone->text, zone->verdict, what);
	(void)fprintf(stderr, "keystorm mitigate: %s\n", line.text);
}

static void
warn_unproved(const struct ks_mitigate_zone *zone)
{
	char what[160];
	const size_t n_unnamed = zone->n_sources - ks_mitigate_named(zone);
	if (n_unnamed == 0)
		return;
	(void)snprintf(what, sizeof(what),
		       "addresses may be forged: %zu of %zu heavy sources have not proved theirs and are not "
		       "named",
		       n_unnamed, zone->n_sources);
	warn(zone, what);
}

static void
tell(const struct ks_mitigate_zone *zone)
{
	switch (zone->relief) {
	case KS_RELIEF_PROVED:
		warn_unproved(zone);
		return;
	case KS_RELIEF_LIMIT:
		warn(zone, "addresses are probably forged: limits for all, no list");
		return;
	case KS_RELIEF_REPAIR:
		warn(zone, "nothing is done about it here, the zone is to be repaired");
		return;
	case KS_RELIEF_PATH:
		warn(zone, "nothing is done about it here, answers do not arrive");
		return;
	default:
		return;
	}
}

/* --- the file --- */

static enum ks_error
write_file(struct ks_buf *buf, const char *path, struct ks_diag *diag)
{
	FILE *const out = path != NULL ? fopen(path, "w") : stdout;
	if (out == NULL)
		return ks_diag_set(diag, KS_ERR_OUTPUT, "cannot write %.300s: %s", path, strerror(errno));
	enum ks_error error = ks_buf_flush(buf, out, diag);
	if (path != NULL && fclose(out) != 0 && error == KS_SUCCESS)
		error = ks_diag_set(diag, KS_ERR_OUTPUT, "cannot write %.300s: %s", path, strerror(errno));
	return error;
}

/* Pseudonyms look like addresses, but they are those of others. */
static enum ks_error
refuse_pseudonyms(struct ks_store *store, const char *path, struct ks_diag *diag)
{
	bool anonymized = false;
	const enum ks_error error = ks_store_is_anonymized(store, &anonymized, diag);
	if (error != KS_SUCCESS || !anonymized)
		return error;
	return ks_diag_set(diag, KS_ERR_USAGE,
			   "%.300s: its sources are pseudonyms (--anonymize), which must not get into a "
			   "configuration; analyze the capture without it",
			   path);
}

static enum ks_error
mitigate(const struct arguments *arguments, struct ks_diag *diag)
{
	struct ks_mitigate_plan plan = {.tool = KS_TOOL, .zone_asked = arguments->zone};
	struct ks_store *store = NULL;
	struct ks_buf buf = {0};
	enum ks_error error = ks_store_open_read(arguments->database, &store, diag);
	if (error == KS_SUCCESS)
		error = refuse_pseudonyms(store, arguments->database, diag);
	if (error == KS_SUCCESS)
		error = ks_cli_plan_read(store, &plan, diag);
	if (error == KS_SUCCESS) {
		ks_mitigate_write(&plan, arguments->ops, &buf);
		error = write_file(&buf, arguments->output, diag);
	}
	for (size_t i = 0; error == KS_SUCCESS && i < plan.n_zones; i++)
		tell(&plan.zones[i]);
	ks_buf_done(&buf);
	ks_cli_plan_done(&plan);
	ks_store_close(store);
	return error;
}

int
ks_cli_mitigate(int argc, char **argv)
{
	struct arguments arguments = {.database = KS_DATABASE_DEFAULT};
	for (int option; (option = ks_option_next("mitigate", argc, argv, ":d:o:h", words)) != -1;) {
		const int status = take(&arguments, option);
		if (status != KS_EXIT_DONE)
			return status;
	}
	if (arguments.help) {
		print_help();
		return KS_EXIT_DONE;
	}
	if (optind < argc)
		return ks_cli_usage("mitigate", "'%.100s' is one argument too many", argv[optind]);
	if (arguments.ops == NULL)
		return ks_cli_usage("mitigate", "for which software? (--for %s)",
				    "dnsdist, nsd, bind or knot");
	struct ks_diag diag = {0};
	const enum ks_error error = mitigate(&arguments, &diag);
	return error == KS_SUCCESS ? KS_EXIT_DONE : ks_cli_fail("mitigate", error, &diag);
}
