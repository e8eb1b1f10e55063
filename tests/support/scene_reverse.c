/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_reverse.c -- in-addr.arpa in December 2009, at 1:100: 0.12 Mb/s become 0.20, with a peak of 0.30; six
 * servers; a thousand offenders and a hundred heavy ones become ten and one. The days are minutes. */
#include "tests/support/scene.h"

enum { SPAN_START_S = 1260921600, ONSET = 10, PEAK = 14, CALMER = 17, LENGTH = 21, OFFENDERS = 10 };

/* 2009-12-16: the new key alone. Two keys sign, as then: 1193 octets (1188 were measured; the keys were
 * others). */
static void
roll(struct ks_scene *scene, struct ks_scene_zone *zone)
{
	struct ks_scene_key old, new, zsk;
	ks_scene_key_make(0, 257, 5410, &old);
	ks_scene_key_make(1, 257, 5411, &new);
	ks_scene_key_make(2, 256, KS_RSA_ANY_TAG, &zsk);
	struct ks_scene_keys keys = {
		.key = {&old, &zsk},
		.n = 2,
		.signers = 3,
		.zone_signer = 1,
		.inception_us = scene->from_us - 120 * KS_SCENE_HOUR,
		.expiration_us = scene->to_us + 216 * KS_SCENE_HOUR,
	};
	ks_scene_zone_state(zone, scene->from_us, &keys);
	keys.key[0] = &new;
	ks_scene_zone_state(zone, ks_scene_minute(scene, ONSET) - 30 * KS_SCENE_SECOND, &keys);
}

/* Those who look addresses up, half of them with DO: 15,000 octets a second, frames as on the wire. */
static void
add_others(struct ks_scene *scene, const struct ks_scene_zone *zone)
{
	enum { ANSWER_BYTES = 693, PER_SECOND = 15000 - 1078 /* of validators */ };
	uint32_t number = 0;
	const int64_t gap_us = KS_SCENE_SECOND * ANSWER_BYTES / PER_SECOND;
	for (int64_t t = scene->from_us; t < scene->to_us; t += gap_us, number++) {
		char name[96];
		struct ks_scene_host host = ks_scene_resolver(scene, "100.64.0.1", 37 * (number % 3000));
		host.dnssec = number % 2 == 0;
		host.edns = host.dnssec ? 4096 : 0;
		(void)snprintf(name, sizeof(name), "x%u.%u.193.in-addr.arpa.", number % 256,
			       number / 256 % 256);
		const struct ks_scene_query query = {
			.zone = zone, .server = number % 6, .name = name, .type = 12};
		(void)ks_scene_ask(scene, t + ks_scene_below(scene, 4000), &host, &query, NULL);
	}
}

/* Eleven hundred validators in health, each once: the offenders are one in a hundred of who asks for keys. */
static void
add_validators(struct ks_scene *scene, const struct ks_scene_zone *zone)
{
	uint32_t i = 0;
	for (int64_t t = scene->from_us; t < scene->to_us; t += LENGTH * KS_SCENE_MINUTE / 1100, i++) {
		struct ks_scene_host host = ks_scene_resolver(scene, "100.100.0.1", i);
		host.edns = 4096;
		(void)ks_scene_ask_key(scene, t, &host, zone, i % 6);
	}
}

/* Each server once for each server, over and over: 36 queries, one after the other. */
static int64_t
search(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone, int64_t t_us)
{
	for (size_t i = 0; i < 36; i++)
		t_us = ks_scene_ask_key(scene, t_us, host, zone, i % 6) + host->rtt_us;
	return t_us;
}

void
ks_scene_reverse(struct ks_scene *scene)
{
	scene->note = "in-addr.arpa, 2009-12-16, at 1:100 and days as minutes: ten stale BINDs of 2009, one "
		      "of them heavy";
	scene->cause = scene->verdict = "stale-trust-anchor";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	struct ks_scene_zone *const zone =
		ks_scene_zone_add(scene, "in-addr.arpa.", 3600, "198.18.2.1", "2001:db8:53:2::1", 6);
	const int64_t onset_us = ks_scene_minute(scene, ONSET), peak_us = ks_scene_minute(scene, PEAK);
	const int64_t calmer_us = ks_scene_minute(scene, CALMER);
	roll(scene, zone);
	add_others(scene, zone);
	add_validators(scene, zone);
	for (uint32_t i = 0; i < OFFENDERS; i++) {
		struct ks_scene_host host = ks_scene_resolver(scene, "192.0.2.10", i);
		host.edns = 4096;
		host.rtt_us = 190000;
		int64_t t = onset_us + (i == 0 ? 0 : ks_scene_below(scene, 100000000));
		while (t < scene->to_us) {
			const int64_t done_us = search(scene, &host, zone, t);
			const bool at_peak = t >= peak_us && t < calmer_us;
			t = i == 0 ? done_us : t + (at_peak ? 25 : 108) * KS_SCENE_SECOND;
			if (i != 0 && !at_peak && t >= peak_us && t - 108 * KS_SCENE_SECOND < peak_us)
				t = peak_us + ks_scene_below(scene, 20000000);
		}
		ks_scene_blame(scene, &host, zone, "stale-trust-anchor", "BIND 9.6, 36 queries a search");
	}
	(void)snprintf(
		scene->extra, sizeof(scene->extra),
		"\t\"events\": [{\"zone\": \"in-addr.arpa.\", \"event\": \"SIGNER_CHANGED\", \"t\": %lld}],\n"
		"\t\"out_bps\": {\"before\": 120000, \"steady\": 200000, \"peak\": 300000, \"peak_from\": "
		"%lld, \"peak_to\": %lld},\n",
		(long long)(onset_us / KS_SCENE_SECOND - 30), (long long)(peak_us / KS_SCENE_SECOND),
		(long long)(calmer_us / KS_SCENE_SECOND));
	ks_scene_storm(scene, &(struct ks_scene_storm){.zone = zone,
						       .start_us = onset_us,
						       .rise = "step",
						       .verdict = "stale-trust-anchor",
						       .evidence = "E1 E2 E5 E6"});
}
