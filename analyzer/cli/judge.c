/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/judge.c -- from the stored facts to the stored judgements. */
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/cli/calendar.h"
#include "analyzer/cli/cli.h"
#include "analyzer/cli/judge_causes.h"
#include "analyzer/cli/judge_clients.h"
#include "analyzer/cli/judge_events.h"
#include "analyzer/cli/judge_outlook.h"
#include "analyzer/cli/judge_storms.h"
#include "analyzer/cli/options.h"
#include "analyzer/judge/behaviour.h"
#include "analyzer/judge/rhythm.h"
#include "analyzer/judge/search.h"

/* Conclusions are gathered first and written afterwards: the facts come out of the same database. */
struct judging {
	struct ks_judged_storms storms;
	struct ks_store_habit *habits;
	size_t n_habits, habit_capacity;
	uint32_t bin_s; /* of all series */
};

static enum ks_error
judge_behaviour(void *arg, const struct ks_store_behaviour *behaviour, struct ks_diag *diag)
{
	struct judging *const judging = arg;
	if (judging->n_habits == judging->habit_capacity) {
		const size_t capacity = judging->habit_capacity * 2 + 64;
		struct ks_store_habit *const grown =
			realloc(judging->habits, capacity * sizeof(*judging->habits));
		if (grown == NULL)
			return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for %zu habits", capacity);
		judging->habits = grown;
		judging->habit_capacity = capacity;
	}
	const struct ks_behaviour_verdict verdict =
		ks_behaviour_judge(&behaviour->counts, &behaviour->servers, &ks_behaviour_defaults);
	const struct ks_search_verdict search = ks_search_judge(&behaviour->counts.searches, verdict.memory);
	judging->habits[judging->n_habits++] = (struct ks_store_habit){
		.zone_id = behaviour->zone_id,
		.source = behaviour->source,
		.memory_class = ks_memory_name(verdict.memory),
		.verdict = verdict,
		.rfc9520 = ks_rfc9520_name(search.rfc9520),
		.search = search,
		.demand = ks_demand_judge(&behaviour->counts.demand),
		.halted_share = (double)behaviour->counts.halted_bursts / (double)behaviour->counts.bursts,
		.late_repeats = ks_rhythm_late(&behaviour->counts),
		.day_night = ks_rhythm_day(behaviour->counts.clock, behaviour->watched_s),
	};
	return KS_SUCCESS;
}

enum ks_error
ks_cli_judge_store(struct ks_store *store, const struct ks_calendar *calendar, struct ks_diag *diag)
{
	struct judging judging = {0};
	struct ks_client_counts *counts = NULL;
	struct ks_judged_events judged = {0};
	enum ks_error error = ks_judge_storms(store, &judging.storms, diag);
	if (error == KS_SUCCESS)
		error = ks_store_each_behaviour(store, judge_behaviour, &judging, diag);
	if (error == KS_SUCCESS)
		error = ks_client_counts_read(store, &counts, diag);
	if (error == KS_SUCCESS)
		error = ks_judge_events(store, &judged, diag);
	if (error == KS_SUCCESS)
		error = ks_store_judge_begin(store, diag);
	if (error == KS_SUCCESS && calendar != NULL)
		error = ks_store_judge_calendar(store, calendar->milestones, calendar->n, diag);
	if (error == KS_SUCCESS)
		error = ks_client_counts_put(store, counts, diag);
	for (size_t i = 0; i < judging.storms.n && error == KS_SUCCESS; i++)
		error = ks_store_judge_storm(store, &judging.storms.storms[i], diag);
	if (error == KS_SUCCESS)
		error = ks_judge_outlooks_put(store, judging.storms.storms, judging.storms.n, diag);
	for (size_t i = 0; i < judging.n_habits && error == KS_SUCCESS; i++)
		error = ks_store_judge_habit(store, &judging.habits[i], diag);
	if (error == KS_SUCCESS)
		error = ks_judge_events_put(store, &judged, judging.storms.storms, judging.storms.n, diag);
	/* Suspects are sources with habits and those loud in a storm: without both there is nobody to judge.
	 */
	if (error == KS_SUCCESS && (judging.storms.n > 0 || judging.n_habits > 0))
		error = ks_judge_causes(store, diag);
	if (error == KS_SUCCESS)
		error = ks_store_judge_end(store, diag);
	ks_client_counts_free(counts);
	ks_judge_events_done(&judged);
	free(judging.storms.storms);
	free(judging.habits);
	return error;
}

static enum ks_error
judge_database(const char *database, const struct ks_calendar *calendar, struct ks_diag *diag)
{
	struct ks_store *store = NULL;
	/* Reading first refuses a file that is not there: judging must not create an empty database. */
	enum ks_error error = ks_store_open_read(database, &store, diag);
	ks_store_close(store);
	store = NULL;
	if (error == KS_SUCCESS)
		error = ks_store_open(database, &store, diag);
	if (error == KS_SUCCESS)
		error = ks_cli_judge_store(store, calendar, diag);
	if (error == KS_SUCCESS)
		error = ks_cli_print_report(store, "storms", database, diag);
	ks_store_close(store);
	return error;
}

int
ks_cli_judge(int argc, char **argv)
{
	enum { OPT_ROLLOVERS = 256 };
	static const struct option words[] = {
		{"database", required_argument, NULL, 'd'},
		{"rollovers", required_argument, NULL, OPT_ROLLOVERS},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	const char *database = KS_DATABASE_DEFAULT;
	const char *rollovers = NULL;
	for (int option; (option = ks_option_next("judge", argc, argv, ":d:h", words)) != -1;) {
		switch (option) {
		case 'd':
			database = optarg;
			break;
		case OPT_ROLLOVERS:
			rollovers = optarg;
			break;
		case 'h':
			(void)puts("usage: keystorm judge [-d DB] [--rollovers FILE]\n\n"
				   "Recompute storms, habits, rollover events and verdicts from the facts "
				   "that the "
				   "database holds.\n\n"
				   "  -d, --database DB      the database (" KS_DATABASE_DEFAULT ")\n"
				   "      --rollovers FILE   known steps of rollovers, CSV: "
				   "zone,time,event,tag,note");
			return KS_EXIT_DONE;
		default:
			return KS_EXIT_USAGE;
		}
	}
	if (optind < argc)
		return ks_cli_usage("judge", "'%s' is one argument too many", argv[optind]);

	struct ks_calendar calendar = {0};
	if (rollovers != NULL && !ks_calendar_read("judge", rollovers, &calendar))
		return KS_EXIT_USAGE;
	struct ks_diag diag = {0};
	const enum ks_error error = judge_database(database, rollovers != NULL ? &calendar : NULL, &diag);
	ks_calendar_done(&calendar);
	return error == KS_SUCCESS ? KS_EXIT_DONE : ks_cli_fail("judge", error, &diag);
}
