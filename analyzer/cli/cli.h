/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/cli.h -- what the verbs of the program share.
 *
 * Only this folder prints diagnostics and decides exit statuses (SPEC section 2). */
#ifndef KS_ANALYZER_CLI_CLI_H
#define KS_ANALYZER_CLI_CLI_H

#include <signal.h>
#include <stdio.h>

#include "dissect/addr.h"
#include "dissect/err.h"
#include "store/store.h"

#define KS_DATABASE_DEFAULT "keystorm.db"
#define KS_TOOL "keystorm " KS_VERSION

enum ks_exit {
	KS_EXIT_DONE = 0,
	KS_EXIT_INCOMPLETE = 1, /* done, but some input was unusable or cut, or output could not be written */
	KS_EXIT_USAGE = 2,
	KS_EXIT_NO_INPUT = 3,
	KS_EXIT_DATABASE = 4,
	KS_EXIT_INTERRUPTED = 130
};

struct ks_verb {
	const char *name, *what;
	int (*run)(int argc, char **argv); /* argv[0] is the verb; returns an exit status */
};

int ks_cli_analyze(int argc, char **argv);
int ks_cli_live(int argc, char **argv);
int ks_cli_report(int argc, char **argv);
int ks_cli_judge(int argc, char **argv);
int ks_cli_model(int argc, char **argv);
int ks_cli_merge(int argc, char **argv);
int ks_cli_mitigate(int argc, char **argv);
int ks_cli_compare_verb(int argc, char **argv);

/* Print the line of `diag`, after "keystorm VERB: ", on stderr and return the exit status of `error`. */
int ks_cli_fail(const char *verb, enum ks_error error, const struct ks_diag *diag);

/* The same for a usage error made here. */
int ks_cli_usage(const char *verb, const char *format, ...) KS_PRINTF(2, 3);

/* Compute all judgements anew from the facts of `store`. A calendar replaces the one that the database has;
 * NULL keeps that. */
struct ks_calendar;
KS_MUST_CHECK enum ks_error ks_cli_judge_store(struct ks_store *store, const struct ks_calendar *calendar,
					       struct ks_diag *diag);

/* Columns of the terminal behind `out`; 0 when it is none. May it be given more than ASCII? */
unsigned ks_cli_width(FILE *out);
bool ks_cli_unicode(FILE *out);
/* Colours? Only on a terminal that knows them, and never against NO_COLOR (https://no-color.org). */
bool ks_cli_colour(FILE *out);

/* Print a report on stdout with the terminal's width and character set. */
KS_MUST_CHECK enum ks_error ks_cli_print_report(struct ks_store *store, const char *name,
						const char *database, struct ks_diag *diag);

#endif
