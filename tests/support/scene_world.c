/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_world.c -- what several scenes share: the span, the root, one resolver that is really stale. */
#include "tests/support/scene.h"

void
ks_scene_span(struct ks_scene *scene, int64_t from_s, int64_t minutes)
{
	scene->from_us = from_s * KS_SCENE_SECOND;
	scene->to_us = scene->from_us + minutes * KS_SCENE_MINUTE;
}

int64_t
ks_scene_minute(const struct ks_scene *scene, int64_t minute)
{
	return scene->from_us + minute * KS_SCENE_MINUTE;
}

/* One KSK and one ZSK, signed from five days before the scene to nine days behind it. */
static void
serve_in_health(struct ks_scene *scene, struct ks_scene_zone *zone, unsigned pair, int ksk_tag)
{
	struct ks_scene_key ksk, zsk;
	ks_scene_key_make(pair, 257, ksk_tag, &ksk);
	ks_scene_key_make(pair + 1, 256, KS_RSA_ANY_TAG, &zsk);
	const struct ks_scene_keys keys = {
		.key = {&ksk, &zsk},
		.n = 2,
		.signers = 1,
		.zone_signer = 1,
		.inception_us = scene->from_us - 120 * KS_SCENE_HOUR,
		.expiration_us = scene->to_us + 216 * KS_SCENE_HOUR,
	};
	ks_scene_zone_state(zone, scene->from_us, &keys);
}

struct ks_scene_zone *
ks_scene_root(struct ks_scene *scene, uint32_t ttl_s, uint32_t n)
{
	struct ks_scene_zone *const root =
		ks_scene_zone_add(scene, ".", ttl_s, "198.18.0.1", "2001:db8:53::1", 13);
	serve_in_health(scene, root, 0, 38696);
	ks_scene_population(scene, root, n, 80 * KS_SCENE_MINUTE);
	return root;
}

struct ks_scene_zone *
ks_scene_healthy_zone(struct ks_scene *scene, const char *name, unsigned number)
{
	struct ks_scene_zone *const zone =
		ks_scene_zone_add(scene, name, 3600, "198.18.1.1", "2001:db8:53:1::1", 4);
	for (uint32_t i = 0; i < zone->n_servers; i++) {
		zone->server4[i] = ks_scene_ip("198.18.1.1", 256 * number + i);
		zone->server6[i] = ks_scene_ip("2001:db8:53:1::1", 256 * number + i);
	}
	serve_in_health(scene, zone, 2 + 2 * number, KS_RSA_ANY_TAG);
	return zone;
}

void
ks_scene_genuine(struct ks_scene *scene, const struct ks_scene_zone *zone)
{
	struct ks_scene_host host = ks_scene_resolver(scene, "192.0.2.66", 0);
	host.edns = 4096;
	host.cd = true;
	host.rtt_us = 24000;
	ks_scene_ordinary(scene, &host, zone, scene->from_us, scene->to_us, 3 * KS_SCENE_MINUTE);
	ks_scene_unbound(scene, &host, zone, scene->from_us + 7 * KS_SCENE_SECOND, scene->to_us);
	for (int64_t t = ks_scene_minute(scene, 11); t < scene->to_us; t += 12 * KS_SCENE_HOUR)
		ks_scene_signal(scene, t, &host, zone, "4f66", 1);
	ks_scene_blame(scene, &host, zone, "stale-trust-anchor",
		       "Unbound 1.17, stale before the capture began");
}
