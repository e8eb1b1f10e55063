/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_rhythm.c -- who asks behind a timer, and who asks by day. */
#include "tests/support/scene.h"

#include <math.h>

enum { SPAN_START_S = 1740960000 }; /* 2025-03-03, a midnight */

/* One search: the answer does not come, so the next server is asked when the timer runs out, which doubles.
 */
static int64_t
wait_in_vain(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
	     int64_t t_us)
{
	for (int64_t timer_us = 800000; timer_us <= 3200000; timer_us *= 2) {
		(void)ks_scene_ask_key(scene, t_us, host, zone,
				       ks_scene_below(scene, (uint32_t)zone->n_servers));
		t_us += timer_us + ks_scene_below(scene, 20000);
	}
	return t_us;
}

/* E4, E5, E14: fragments are dropped on the way to twelve resolvers, which try on and change nothing. */
void
ks_scene_timer(struct ks_scene *scene)
{
	enum { ONSET = 1470, END = 1490, LENGTH = 1535, BEHIND = 12, HEALTHY = 300 };
	scene->note =
		"answers to twelve resolvers are lost; they try again behind a timer of 0.8, 1.6 and 3.2 s";
	scene->cause = scene->verdict = "answer-lost";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	struct ks_scene_zone *const root =
		ks_scene_zone_add(scene, ".", 3600, "198.18.0.1", "2001:db8:53::1", 13);
	const int64_t onset_us = ks_scene_minute(scene, ONSET), end_us = ks_scene_minute(scene, END);
	ks_scene_zone_large(root, scene);
	ks_scene_population(scene, root, HEALTHY, 80 * KS_SCENE_MINUTE);
	for (uint32_t i = 0; i < BEHIND; i++) {
		struct ks_scene_host host = ks_scene_resolver(scene, "192.0.2.140", i);
		host.edns = 4096;
		ks_scene_ordinary(scene, &host, root, scene->from_us + i * KS_SCENE_SECOND, scene->to_us,
				  4 * KS_SCENE_MINUTE);
		for (int64_t t = onset_us + i * 300000; t < end_us; t += ks_scene_uneven(scene, 6000000))
			t = wait_in_vain(scene, &host, root, t);
		ks_scene_blame(scene, &host, root, "answer-lost", "timers, and nothing else");
	}
	ks_scene_storm(scene, &(struct ks_scene_storm){.zone = root,
						       .start_us = onset_us,
						       .end_us = end_us,
						       .rise = "step",
						       .verdict = "answer-lost",
						       .evidence = "E4 E5 E14"});
}

/* E16: for four days, five queries for each client of a stale resolver, whose clients work by day. */
void
ks_scene_by_day(struct ks_scene *scene)
{
	enum { LENGTH = 4 * 1440, HEALTHY = 12 };
	scene->note =
		"one stale resolver for four days; its clients are three times as many at noon as the mean "
		"of night";
	scene->cause = scene->verdict = "stale-trust-anchor";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	struct ks_scene_zone *const root = ks_scene_root(scene, 3600, HEALTHY);
	struct ks_scene_host host = ks_scene_resolver(scene, "192.0.2.150", 0);
	host.cd = true;
	ks_scene_ordinary(scene, &host, root, scene->from_us, scene->to_us, 20 * KS_SCENE_MINUTE);
	for (int64_t t = scene->from_us + KS_SCENE_SECOND; t < scene->to_us;) {
		const double day = 2 * acos(-1) * (double)(t % (24 * KS_SCENE_HOUR)) / (24 * KS_SCENE_HOUR);
		for (size_t i = 0; i < 5; i++)
			(void)ks_scene_ask_key(scene, t + (int64_t)i * (host.rtt_us + 2000), &host, root,
					       ks_scene_below(scene, (uint32_t)root->n_servers));
		t += (int64_t)((double)ks_scene_about(scene, 90 * KS_SCENE_SECOND) / (1 - 0.5 * cos(day)));
	}
	for (int64_t t = ks_scene_minute(scene, 20); t < scene->to_us; t += 6 * KS_SCENE_HOUR)
		ks_scene_signal(scene, t, &host, root, "4f66", 1);
	ks_scene_blame(scene, &host, root, "stale-trust-anchor", "by day");
}
