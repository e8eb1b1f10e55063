/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/compare.c -- the verb compare: two databases in, what changed out. */
#include "analyzer/cli/compare.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/cli/cli.h"
#include "analyzer/cli/options.h"
#include "dissect/name.h"

enum { LIMIT = 10 };

static void
print_help(void)
{
	(void)puts(
		"usage: keystorm compare A.db B.db [OPTION]...\n\n"
		"What changed from one capture to another: rates with intervals (95 %), storms, offenders,\n"
		"amplification. Both databases are only read.\n\n"
		"  -f, --format FORMAT    text, json or csv (text)\n"
		"      --zone ZONE        this zone only\n"
		"      --limit N          at most N zones and N offenders (10); all: every one");
}

enum { OPT_ZONE = 256, OPT_LIMIT };

static const struct option words[] = {
	{"format", required_argument, NULL, 'f'},
	{"zone", required_argument, NULL, OPT_ZONE},
	{"limit", required_argument, NULL, OPT_LIMIT},
	{"help", no_argument, NULL, 'h'},
	{0},
};

struct arguments {
	struct ks_cli_comparison comparison;
	const char *format;
	bool help;
};

static int
take_limit(struct arguments *arguments)
{
	uint64_t limit;
	if (strcmp(optarg, "all") == 0) {
		arguments->comparison.limit = -1;
		return KS_EXIT_DONE;
	}
	if (!ks_option_number(optarg, 1, INT32_MAX, &limit))
		return ks_cli_usage("compare", "--limit '%.100s' is no number of rows (1, 2, ... or all)",
				    optarg);
	arguments->comparison.limit = (int64_t)limit;
	return KS_EXIT_DONE;
}

static int
take_zone(struct arguments *arguments)
{
	uint8_t wire[KS_NAME_MAX];
	if (ks_name_parse(optarg, wire) == 0)
		return ks_cli_usage("compare", "--zone '%.100s' is no domain name", optarg);
	arguments->comparison.zone = optarg;
	return KS_EXIT_DONE;
}

/* Take one option; a usage error is printed and returned. */
static int
take(struct arguments *arguments, int option)
{
	switch (option) {
	case 'f':
		arguments->format = optarg;
		return KS_EXIT_DONE;
	case OPT_ZONE:
		return take_zone(arguments);
	case OPT_LIMIT:
		return take_limit(arguments);
	case 'h':
		arguments->help = true;
		return KS_EXIT_DONE;
	default:
		return KS_EXIT_USAGE;
	}
}

static void
add_caveat(struct ks_store_head *head, const char *label, const char *text)
{
	if (head->n_caveats == KS_COUNT(head->caveats))
		return;
	(void)snprintf(head->caveats[head->n_caveats++], sizeof(head->caveats[0]), "%s%.250s", label, text);
}

static void
add_span(struct ks_store_head *head, const struct ks_store_head *side)
{
	if (!side->has_span)
		return;
	head->first_ns = head->has_span && head->first_ns < side->first_ns ? head->first_ns : side->first_ns;
	head->last_ns = head->has_span && head->last_ns > side->last_ns ? head->last_ns : side->last_ns;
	head->has_span = true;
	head->time_digits = head->time_digits > side->time_digits ? head->time_digits : side->time_digits;
}

/* What stands above the rows: both spans in one, and the caveats of each. */
static struct ks_store_head
head_of_both(const struct ks_cli_comparison *comparison)
{
	const struct ks_store_head *const a = &comparison->a.head, *const b = &comparison->b.head;
	struct ks_store_head head = {.time_digits = 6};
	add_span(&head, a);
	add_span(&head, b);
	if (a->vantage[0] == b->vantage[0])
		head.vantage[0] = a->vantage[0];
	else if (a->vantage[0] != '\0' && b->vantage[0] != '\0')
		add_caveat(&head, "",
			   "the captures are from different vantage points: rates may differ for that alone");
	for (size_t i = 0; i < a->n_caveats || i < b->n_caveats; i++) {
		if (i < a->n_caveats)
			add_caveat(&head, "A: ", a->caveats[i]);
		if (i < b->n_caveats)
			add_caveat(&head, "B: ", b->caveats[i]);
	}
	return head;
}

static enum ks_error
write_answer(const struct arguments *arguments, struct ks_diag *diag)
{
	const struct ks_cli_comparison *const comparison = &arguments->comparison;
	const struct ks_report_request request = {
		.format = arguments->format,
		.tool = KS_TOOL,
		.database = comparison->b.path,
		.out = stdout,
		.width = ks_cli_width(stdout),
		.unicode = ks_cli_unicode(stdout),
	};
	const struct ks_store_head head = head_of_both(comparison);
	const struct ks_document_side sides[] = {
		{.name = "a", .database = comparison->a.path, .head = &comparison->a.head},
		{.name = "b", .database = comparison->b.path, .head = &comparison->b.head},
	};
	struct ks_document document = {
		.request = &request, .head = &head, .sides = sides, .n_sides = KS_COUNT(sides)};
	struct ks_sheet sheet;
	struct ks_buf text = {0};
	ks_sheet_init(&sheet, ks_cli_compare_columns, ks_cli_n_compare_columns);
	enum ks_error error = ks_cli_compare(comparison, &document, &sheet, &text, diag);
	if (error == KS_SUCCESS)
		error = ks_sheet_write(&sheet, &document, "compare", &text, diag);
	ks_buf_done(&text);
	ks_sheet_done(&sheet);
	return error;
}

int
ks_cli_compare_verb(int argc, char **argv)
{
	struct arguments arguments = {.format = "text", .comparison = {.limit = LIMIT}};
	struct ks_cli_comparison *const comparison = &arguments.comparison;
	for (int option; (option = ks_option_next("compare", argc, argv, ":f:h", words)) != -1;) {
		const int status = take(&arguments, option);
		if (status != KS_EXIT_DONE)
			return status;
	}
	if (arguments.help) {
		print_help();
		return KS_EXIT_DONE;
	}
	if (argc - optind != 2)
		return ks_cli_usage("compare", "which two databases? (A.db B.db)");
	struct ks_diag diag = {0};
	enum ks_error error = ks_cli_side_read(&comparison->a, argv[optind], comparison->zone, &diag);
	if (error == KS_SUCCESS)
		error = ks_cli_side_read(&comparison->b, argv[optind + 1], comparison->zone, &diag);
	if (error == KS_SUCCESS)
		error = write_answer(&arguments, &diag);
	ks_cli_side_done(&comparison->a);
	ks_cli_side_done(&comparison->b);
	return error == KS_SUCCESS ? KS_EXIT_DONE : ks_cli_fail("compare", error, &diag);
}
