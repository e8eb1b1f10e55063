/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_calm.c -- no storm: all in health, and one resolver that burns slowly. */
#include "tests/support/scene.h"

enum { SPAN_START_S = 1740960000, LENGTH = 1560 }; /* 2025-03-03; minutes */

void
ks_scene_healthy(struct ks_scene *scene)
{
	scene->note = "four hundred ordinary resolvers";
	scene->cause = scene->verdict = "healthy";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	(void)ks_scene_root(scene, 3600, 400);
}

/* 0.08 queries a second for a day: an offender, but neither heavy nor a storm. */
void
ks_scene_slow_burn(struct ks_scene *scene)
{
	scene->note = "one Unbound with a stale anchor, five queries every 61 s, all the time: no storm";
	scene->cause = scene->verdict = "stale-trust-anchor"; /* of the one source: nobody else fails */
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	struct ks_scene_zone *const root = ks_scene_root(scene, 3600, 200);
	struct ks_scene_host host = ks_scene_resolver(scene, "192.0.2.81", 0);
	host.cd = true;
	ks_scene_ordinary(scene, &host, root, scene->from_us, scene->to_us, 3 * KS_SCENE_MINUTE);
	ks_scene_unbound(scene, &host, root, scene->from_us + 3 * KS_SCENE_SECOND, scene->to_us);
	for (int64_t t = ks_scene_minute(scene, 20); t < scene->to_us; t += 6 * KS_SCENE_HOUR)
		ks_scene_signal(scene, t, &host, root, "4f66", 1);
	ks_scene_blame(scene, &host, root, "stale-trust-anchor", "Unbound 1.17");
}
