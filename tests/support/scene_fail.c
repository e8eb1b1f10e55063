/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_fail.c -- resolvers that cannot validate: their anchor is stale, or the zone is broken for all. */
#include "tests/support/scene.h"

enum { SPAN_START_S = 1740960000 }; /* 2025-03-03 */

struct staleness {
	const char *profile;
	void (*ask)(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
		    int64_t from_us, int64_t to_us);
	uint16_t signal_type; /* 0: sends none */
	int64_t delay_us;
};

static void
busy_knot(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
	  int64_t from_us, int64_t to_us)
{
	ks_scene_knot(scene, host, zone, from_us, to_us, 1600000);
}

/* KSK-2024 (38696) is there already; then KSK-2017 (20326) is revoked and both sign (RFC 5011 s2.1, s6.3). */
static void
revoke(struct ks_scene *scene, struct ks_scene_zone *root, int64_t revoked_us)
{
	struct ks_scene_key old, new, zsk;
	ks_scene_key_make(0, 257, 20326, &old);
	ks_scene_key_make(1, 257, 38696, &new);
	ks_scene_key_make(2, 256, KS_RSA_ANY_TAG, &zsk);
	const struct ks_scene_key revoked = ks_scene_key_revoked(&old);
	struct ks_scene_keys keys = {
		.key = {&old, &new, &zsk},
		.n = 3,
		.signers = 1,
		.zone_signer = 2,
		.inception_us = scene->from_us - 120 * KS_SCENE_HOUR,
		.expiration_us = scene->to_us + 216 * KS_SCENE_HOUR,
	};
	ks_scene_zone_state(root, scene->from_us, &keys);
	keys.key[0] = &revoked;
	keys.signers = 3;
	ks_scene_zone_state(root, revoked_us, &keys);
}

static void
signal_in_health(struct ks_scene *scene, const struct ks_scene_zone *root, uint32_t n)
{
	for (uint32_t i = 0; i < n; i += 3) {
		struct ks_scene_host host = ks_scene_resolver(scene, "100.64.0.1", 37 * i);
		if (i % 4 != 3)
			ks_scene_signal(scene, ks_scene_minute(scene, 3 * i), &host, root, "4f66-9728", 10);
	}
}

/* E1, E2, E4, E5, E6, E8, E11, E16. Each was ordinary for a day; its cached keys run out soon after the
 * event. */
void
ks_scene_stale(struct ks_scene *scene)
{
	enum { REVOKED = 1440, ONSET = 1470, LENGTH = 1530, HEALTHY = 450, NEWCOMERS = 20 };
	static const struct staleness kinds[] = {
		{"Knot Resolver 5.6", busy_knot, 0, 0},
		{"BIND 9.18", ks_scene_bind, 10, 4 * KS_SCENE_SECOND},
		{"BIND 9.18", ks_scene_bind, 10, 21 * KS_SCENE_SECOND},
		{"Unbound 1.17", ks_scene_unbound, 1, 33 * KS_SCENE_SECOND},
	};
	scene->note = "KSK-2017 is revoked; four resolvers of 474 trust it alone";
	scene->cause = scene->verdict = "stale-trust-anchor";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	struct ks_scene_zone *const root =
		ks_scene_zone_add(scene, ".", 86400, "198.18.0.1", "2001:db8:53::1", 13);
	const int64_t revoked_us = ks_scene_minute(scene, REVOKED), onset_us = ks_scene_minute(scene, ONSET);
	revoke(scene, root, revoked_us);
	ks_scene_population(scene, root, HEALTHY, 80 * KS_SCENE_MINUTE);
	signal_in_health(scene, root, HEALTHY);
	for (uint32_t i = 0; i < NEWCOMERS; i++) { /* so that the event is seen when it happens */
		struct ks_scene_host host = ks_scene_resolver(scene, "100.100.0.1", i);
		host.edns = 4096;
		(void)ks_scene_ask_key(scene, revoked_us + ((int64_t)i * 4 - 50) * KS_SCENE_MINUTE, &host,
				       root, i % 13);
	}
	for (uint32_t i = 0; i < 4; i++) {
		struct ks_scene_host host = ks_scene_resolver(scene, "192.0.2.10", i);
		host.edns = 4096;
		host.cookie = kinds[i].ask == ks_scene_bind;
		host.cd = !host.cookie;
		host.rtt_us = 18000 + 3000 * i;
		ks_scene_ordinary(scene, &host, root, scene->from_us + (30 + i) * KS_SCENE_SECOND,
				  scene->to_us, 150 * KS_SCENE_SECOND);
		kinds[i].ask(scene, &host, root, onset_us + kinds[i].delay_us, scene->to_us);
		for (int64_t t = ks_scene_minute(scene, 40 + i);
		     kinds[i].signal_type != 0 && t < scene->to_us;
		     t += 12 * KS_SCENE_HOUR - 40 * KS_SCENE_MINUTE)
			ks_scene_signal(scene, t, &host, root, "4f66", kinds[i].signal_type);
		ks_scene_blame(scene, &host, root, "stale-trust-anchor", kinds[i].profile);
	}
	(void)snprintf(scene->extra, sizeof(scene->extra),
		       "\t\"events\": [{\"zone\": \".\", \"event\": \"KEY_REVOKED\", \"tag\": 20454, \"t\": "
		       "%lld}],\n",
		       (long long)(revoked_us / KS_SCENE_SECOND));
	ks_scene_storm(scene, &(struct ks_scene_storm){.zone = root,
						       .start_us = onset_us,
						       .rise = "step",
						       .verdict = "stale-trust-anchor",
						       .evidence = "E1 E2 E4 E5 E6 E8 E11 E16"});
}

static void
expire(struct ks_scene *scene, struct ks_scene_zone *tld, int64_t expired_us, int64_t repaired_us)
{
	struct ks_scene_key ksk, zsk;
	ks_scene_key_make(3, 257, KS_RSA_ANY_TAG, &ksk);
	ks_scene_key_make(4, 256, KS_RSA_ANY_TAG, &zsk);
	struct ks_scene_keys keys = {
		.key = {&ksk, &zsk},
		.n = 2,
		.signers = 1,
		.zone_signer = 1,
		.inception_us = expired_us - 14 * 24 * KS_SCENE_HOUR,
		.expiration_us = expired_us,
	};
	ks_scene_zone_state(tld, scene->from_us, &keys);
	keys.inception_us = repaired_us - KS_SCENE_HOUR;
	keys.expiration_us = repaired_us + 14 * 24 * KS_SCENE_HOUR;
	ks_scene_zone_state(tld, repaired_us, &keys);
}

/* E1, E3, E4, E5, E6, E8, E13: seventy of 150 who validate meet the expired signatures before the repair. */
void
ks_scene_broken(struct ks_scene *scene)
{
	enum { EXPIRED = 1465, REPAIRED = 1495, LENGTH = 1540, VALIDATORS = 150, MET = 70 };
	scene->note = "all signatures of tld. expire, and are renewed half an hour later";
	scene->cause = scene->verdict = "broken-zone";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	struct ks_scene_zone *const tld =
		ks_scene_zone_add(scene, "tld.", 3600, "198.18.1.1", "2001:db8:53:1::1", 6);
	const int64_t expired_us = ks_scene_minute(scene, EXPIRED),
		      repaired_us = ks_scene_minute(scene, REPAIRED);
	expire(scene, tld, expired_us, repaired_us);
	for (uint32_t i = 0; i < VALIDATORS; i++) {
		struct ks_scene_host host =
			ks_scene_resolver(scene, i % 4 == 3 ? "2001:db8:64::1" : "100.64.0.1", 37 * i);
		host.cookie = i % 3 == 0;
		host.cd = i % 3 == 1;
		ks_scene_ordinary(scene, &host, tld, scene->from_us + (int64_t)i * KS_SCENE_SECOND,
				  scene->to_us, 40 * KS_SCENE_MINUTE);
		if (i >= MET)
			continue;
		ks_scene_bind(scene, &host, tld, expired_us + ks_scene_below(scene, 90000000), repaired_us);
		ks_scene_blame(scene, &host, tld, "broken-zone", "healthy; all servers every 30 s");
	}
	(void)snprintf(scene->extra, sizeof(scene->extra),
		       "\t\"events\": [{\"zone\": \"tld.\", \"event\": \"SIG_EXPIRED\", \"t\": %lld}], "
		       "\"repaired\": %lld,\n",
		       (long long)(expired_us / KS_SCENE_SECOND), (long long)(repaired_us / KS_SCENE_SECOND));
	ks_scene_storm(scene, &(struct ks_scene_storm){.zone = tld,
						       .start_us = expired_us,
						       .end_us = repaired_us,
						       .rise = "step",
						       .verdict = "broken-zone",
						       .evidence = "E1 E3 E4 E5 E6 E8 E13"});
}
