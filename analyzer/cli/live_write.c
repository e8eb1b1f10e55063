/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/live_write.c -- the verb live, its copies: write down the run as it stands, judge. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/cli/live.h"

/* A segment that is over has nobody else who knows it: its copy waits until there is room, and has the work
 * done by copies of its own, since what is frozen cannot be frozen again. Returns in these only. */
static void
try_until_written(struct ks_live *live)
{
	enum { PAUSE_S = 2 };
	for (;;) {
		const pid_t pid = fork();
		if (pid == 0)
			return;
		int status = 1;
		while (pid > 0 && waitpid(pid, &status, 0) < 0)
			continue;
		/* Nobody to report to any more: nobody who would make room either. */
		if (status == 0 || getppid() != live->original)
			_exit(status == 0 ? 0 : 1);
		(void)sleep(PAUSE_S);
	}
}

/* To judge is to read the whole database. Less would not do, for hardly a judgement depends on the latest
 * facts alone or not at all: while there is less than a week, what is normal is learnt from the first quarter
 * of all bins, which grows; bins are as wide as the widest of any run; a storm is graded up to the next one,
 * and against the one before it; a source is weighed by its share of its zone's queries in all runs, by hours
 * watched in all runs, and with the floors of all runs' full tables. In months of data that takes longer than
 * a bin; then it is done when it takes no more than a part of the time, and at the end of a segment. Whoever
 * waits for an end waits no longer than for the writing. Storms that are on are looked for with each bin all
 * the same: ks_live_watch. */
static bool
may_judge(const struct ks_live *live)
{
	enum { PART = 5 };
	if (live->is_last)
		return true;
	if (live->stop_ns != 0)
		return live->judge_ns < 10 * KS_NS_PER_S;
	const int64_t since_ns = ks_feed_now() - live->judged_ns;
	return since_ns < 0 || since_ns / PART >= live->judge_ns;
}

static enum ks_error
judge(struct ks_live *live, struct ks_diag *diag)
{
	const struct ks_calendar *const calendar = live->options->rollovers != NULL ? &live->calendar : NULL;
	const int64_t begun_ns = ks_feed_now();
	if (!may_judge(live))
		return KS_SUCCESS;
	const enum ks_error error = ks_cli_judge_store(live->store, calendar, diag);
	const struct ks_copy_word word = {.kind = KS_LIVE_JUDGED, .numbers = {ks_feed_now() - begun_ns}};
	if (error == KS_SUCCESS)
		ks_copy_tell(&live->copy, &word);
	return error;
}

enum ks_error
ks_live_ended(void *arg, struct ks_sink **sink, struct ks_diag *diag)
{
	struct ks_live *const live = arg;
	if (!live->is_copy)
		return ks_diag_set(diag, KS_ERR_INTERRUPTED, "the segment is over");
	if (live->is_last)
		try_until_written(live);
	live->run.given = live->zone_servers.list;
	live->run.n_given = live->zone_servers.n;
	const enum ks_error error = ks_store_open(live->options->database, &live->store, diag);
	if (error != KS_SUCCESS)
		return error;
	ks_store_keep_judgements(live->store);
	*sink = ks_store_sink(live->store);
	if (live->options->keyfile != NULL)
		*sink = ks_anonymizer_init(&live->anonymizer, &live->key, *sink);
	return KS_SUCCESS;
}

static const char *
name_of(const void *arg, uint32_t interface)
{
	const struct ks_feed *const feed = arg;
	return ks_ring_name(ks_feed_ring(feed, interface));
}

enum ks_error
ks_live_more(void *arg, struct ks_sink *sink, struct ks_diag *diag)
{
	struct ks_live *const live = arg;
	return ks_drops_put(&live->drops, name_of, &live->feed, sink, diag);
}

static void
tell_failure(struct ks_live *live, const struct ks_diag *diag)
{
	struct ks_copy_word word = {.kind = KS_LIVE_FAILED};
	word.n = (uint32_t)strlen(diag->text) + 1;
	memcpy(word.text, diag->text, word.n);
	ks_copy_tell(&live->copy, &word);
}

/* Once a segment: what is old does not get much older in an hour. */
static enum ks_error
retain(struct ks_live *live, struct ks_diag *diag)
{
	const int64_t days = live->options->retain_days;
	if (days == 0 || !live->is_last)
		return KS_SUCCESS;
	return ks_store_retain(live->store, ks_feed_now() - days * 86400 * KS_NS_PER_S, diag);
}

/* Likewise. What is added up is chosen by what was judged just now. */
static enum ks_error
roll(struct ks_live *live, struct ks_diag *diag)
{
	const int64_t days = live->options->fine_days;
	if (days == 0 || !live->is_last)
		return KS_SUCCESS;
	return ks_store_roll(live->store, ks_feed_now() - days * 86400 * KS_NS_PER_S, KS_LIVE_COARSE_S, diag);
}

void
ks_live_copy_end(struct ks_live *live, enum ks_error error, struct ks_diag *diag)
{
	const struct ks_copy_word written = {.kind = KS_LIVE_WRITTEN};
	if (error == KS_SUCCESS) {
		ks_copy_tell(&live->copy, &written);
		error = ks_live_measure(live, diag);
	}
	if (error == KS_SUCCESS)
		error = ks_live_watch(live, diag);
	if (error == KS_SUCCESS)
		error = retain(live, diag);
	if (error == KS_SUCCESS)
		error = judge(live, diag);
	if (error == KS_SUCCESS)
		error = roll(live, diag);
	if (error != KS_SUCCESS)
		tell_failure(live, diag);
	if (live->store != NULL)
		ks_store_abandon(live->store);
	ks_store_close(live->store);
	/* No handlers of the original must run, no buffers of its be written twice. */
	_exit(error == KS_SUCCESS ? 0 : 1);
}
