/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_people.c -- resolvers in health: the background of every scene. */
#include "tests/support/scene.h"

#include <string.h>

struct ks_scene_host
ks_scene_resolver(struct ks_scene *scene, const char *ip, uint32_t add)
{
	return (struct ks_scene_host){
		.ip = ks_scene_client(scene, ks_scene_ip(ip, add)),
		.hops = (uint8_t)(44 + ks_scene_below(scene, 18)),
		.rtt_us = 8000 + ks_scene_below(scene, 60000),
		.edns = 1232,
		.dnssec = true,
	};
}

/* Four times as many at noon as at midnight, in percent of the mean. */
static int64_t
share_of_day(int64_t t_us)
{
	const int64_t of_day = t_us % (24 * KS_SCENE_HOUR), noon = 12 * KS_SCENE_HOUR;
	const int64_t from_noon = of_day < noon ? noon - of_day : of_day - noon;
	return 160 - 120 * from_noon / noon;
}

/* A name that is not there, and sorts behind www: the denial covers it. */
static void
missing_name(struct ks_scene *scene, const char *zone, char ret[96])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	char label[11] = "x";
	for (size_t i = 1; i < 10; i++)
		label[i] = letters[ks_scene_below(scene, 36)];
	(void)snprintf(ret, 96, "%s.%s", label, zone[0] == '.' ? "" : zone);
}

static void
known_name(const char *zone, uint16_t type, char ret[96])
{
	const char *const label = type == 43 ? "child." : type == 1 ? "www." : "";
	(void)snprintf(ret, 96, "%s%s", label, label[0] != '\0' && zone[0] == '.' ? "" : zone);
}

void
ks_scene_ordinary(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
		  int64_t from_us, int64_t to_us, int64_t mean_us)
{
	static const uint16_t types[] = {48, 1, 2, 43, 15, 6, 16};
	enum { TYPES = sizeof(types) / sizeof(types[0]) };
	int64_t asked_us[TYPES] = {0};
	unsigned turn = ks_scene_below(scene, 2 * TYPES);
	for (int64_t t = from_us + ks_scene_about(scene, mean_us) - mean_us / 2; t < to_us;
	     t += ks_scene_about(scene, mean_us) * 100 / share_of_day(t)) {
		char name[96];
		const unsigned i = turn % TYPES;
		const uint32_t ttl_s = types[i] == 48 ? zone->ttl_s : KS_SCENE_TTL_S;
		struct ks_scene_query query = {.zone = zone, .name = name, .type = types[i]};
		query.server = ks_scene_below(scene, (uint32_t)zone->n_servers);
		/* What is still in its cache it does not ask for: it asks for something new instead. */
		if (turn++ / TYPES % 2 == 1 || t - asked_us[i] < (ttl_s + 60) * KS_SCENE_SECOND) {
			query.type = turn % 3 == 0 ? 28 : 1;
			missing_name(scene, zone->name, name);
		} else {
			asked_us[i] = t;
			known_name(zone->name, query.type, name);
		}
		(void)ks_scene_lookup(scene, t, host, &query);
	}
}

void
ks_scene_population(struct ks_scene *scene, const struct ks_scene_zone *zone, uint32_t n, int64_t mean_us)
{
	for (uint32_t i = 0; i < n; i++) {
		struct ks_scene_host host =
			ks_scene_resolver(scene, i % 4 == 3 ? "2001:db8:64::1" : "100.64.0.1", 37 * i);
		host.cookie = i % 3 == 0;
		host.cd = i % 3 == 1;
		ks_scene_ordinary(scene, &host, zone, scene->from_us + (int64_t)i * KS_SCENE_SECOND,
				  scene->to_us, mean_us);
	}
}

void
ks_scene_signal(struct ks_scene *scene, int64_t t_us, struct ks_scene_host *host,
		const struct ks_scene_zone *zone, const char *tags, uint16_t type)
{
	char name[96];
	(void)snprintf(name, sizeof(name), "_ta-%s.%s", tags, zone->name[0] == '.' ? "" : zone->name);
	const struct ks_scene_query query = {
		.zone = zone,
		.server = ks_scene_below(scene, (uint32_t)zone->n_servers),
		.name = name,
		.type = type,
	};
	(void)ks_scene_ask(scene, t_us, host, &query, NULL);
}
