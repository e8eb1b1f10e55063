/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/live_watch.c -- the verb live: storms that are on, from the copy to the original, from there
 * to whoever wants to know. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/cli/live.h"

enum { STORMS_PER_ZONE = 1024 };

struct watch {
	struct ks_live *live;
	int64_t now_s;
	struct ks_storm *storms; /* STORMS_PER_ZONE */
};

/* A storm is told of when it has two bins; what is stored as one has three. */
static struct ks_storm_limits
limits(void)
{
	struct ks_storm_limits ret = ks_storm_defaults;
	ret.min_bins = 2;
	return ret;
}

static void
tell(struct watch *watch, const struct ks_store_series *series, const struct ks_storm *storm)
{
	const struct ks_storm_series *const bins = &series->storm;
	struct ks_copy_word word = {
		.kind = KS_LIVE_STORM,
		.numbers = {bins->t0_s + (int64_t)storm->start * bins->bin_s,
			    bins->t0_s + (int64_t)storm->end * bins->bin_s, bins->bin_s, storm->began_before},
		.reals = {storm->mean_qps, storm->base_qps, storm->uplift},
	};
	const size_t n = strlen(series->zone) + 1;
	if (n > KS_NAME_TEXT)
		return;
	word.n = (uint32_t)n;
	memcpy(word.text, series->zone, n);
	ks_copy_tell(&watch->live->copy, &word);
}

static enum ks_error
watch_zone(void *arg, const struct ks_store_series *series, struct ks_diag *diag)
{
	struct watch *const watch = arg;
	const struct ks_storm_series *const bins = &series->storm;
	const struct ks_storm_limits least = limits();
	const int64_t known_s = bins->t0_s + (int64_t)bins->n * bins->bin_s;
	/* Long silence is calm too, though no bins tell of it. */
	if (known_s + (int64_t)least.calm_bins * bins->bin_s < watch->now_s)
		return KS_SUCCESS;
	const struct ks_storm_scratch scratch = {.values = calloc(bins->n, sizeof(double)),
						 .excluded = calloc(bins->n, 1)};
	enum ks_error error = KS_SUCCESS;
	if (scratch.values == NULL || scratch.excluded == NULL)
		error = ks_diag_set(diag, KS_ERR_MEMORY, "no memory for %zu bins", bins->n);
	else
		for (size_t n = ks_storm_find(bins, &least, &scratch, watch->storms, STORMS_PER_ZONE); n > 0;
		     n--)
			if (watch->storms[n - 1].open)
				tell(watch, series, &watch->storms[n - 1]);
	free(scratch.values);
	free(scratch.excluded);
	return error;
}

enum ks_error
ks_live_watch(struct ks_live *live, struct ks_diag *diag)
{
	struct watch watch = {
		.live = live,
		.now_s = ks_feed_now() / KS_NS_PER_S,
		.storms = calloc(STORMS_PER_ZONE, sizeof(struct ks_storm)),
	};
	const struct ks_copy_word done = {.kind = KS_LIVE_WATCHED};
	if (watch.storms == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for storms");
	const enum ks_error error = ks_store_each_series(live->store, (uint32_t)ks_storm_defaults.min_qps,
							 watch_zone, &watch, diag);
	free(watch.storms);
	if (error == KS_SUCCESS)
		ks_copy_tell(&live->copy, &done);
	return error;
}

/* --- in the original --- */

static void
announce(void *arg, const struct ks_alarm *alarm)
{
	struct ks_live *const live = arg;
	char text[KS_ALARM_TEXT];
	(void)ks_alarm_sentence(alarm, text);
	ks_live_say(live, "%s", text);
	if (live->options->json) {
		(void)ks_alarm_json(alarm, text);
		(void)puts(text);
		(void)fflush(stdout);
	}
	if (live->helper.to_helper < 0)
		return;
	const size_t n = ks_alarm_environment(alarm, live->options->database, text);
	if (!ks_helper_start(&live->helper, text, n))
		ks_live_say(live, "--on-storm: could not be started");
}

void
ks_live_hear_storm(struct ks_live *live, const struct ks_copy_word *word)
{
	if (!live->in_round)
		ks_announce_begin(&live->announcer);
	live->in_round = word->kind != KS_LIVE_WATCHED;
	if (!live->in_round) {
		ks_announce_end(&live->announcer, announce, live);
		return;
	}
	struct ks_alarm alarm = {
		.start_s = word->numbers[0],
		.end_s = word->numbers[1],
		.bin_s = (uint32_t)word->numbers[2],
		.began_before = word->numbers[3] != 0,
		.qps = word->reals[0],
		.base_qps = word->reals[1],
		.uplift = word->reals[2],
	};
	(void)snprintf(alarm.zone, sizeof(alarm.zone), "%.*s", (int)word->n, word->text);
	ks_announce_storm(&live->announcer, &alarm, announce, live);
}
