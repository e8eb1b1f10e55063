/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_odd.c -- resolvers without a cache, without answers, with a wrong clock; and a monitor. */
#include "tests/support/scene.h"

enum { SPAN_START_S = 1740960000, ONSET = 1470, END = 1490, LENGTH = 1535 }; /* 2025-03-03; minutes */

/* E2, E4, E12, E16, E18: four resolvers lose their caches; what clients ask is asked again, each time. */
static void
ask_uncached(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
	     int64_t from_us, int64_t to_us)
{
	static const uint16_t types[] = {48, 1, 15, 16, 2, 48, 1, 6};
	for (int64_t t = from_us; t < to_us;) {
		const uint16_t type = types[ks_scene_below(scene, 8)];
		const struct ks_scene_query query = {
			.zone = zone,
			.server = ks_scene_below(scene, 3),
			.name = type == 1 ? "www." : ".",
			.type = type,
		};
		(void)ks_scene_ask(scene, t, host, &query, NULL);
		t += ks_scene_pace(
			scene, ks_scene_uneven(scene, t / (4 * KS_SCENE_MINUTE) % 2 == 0 ? 160000 : 480000));
	}
}

void
ks_scene_no_cache(struct ks_scene *scene)
{
	scene->note =
		"the caches of four resolvers cease to work: all types are asked again within their TTL";
	scene->cause = scene->verdict = "no-cache";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	struct ks_scene_zone *const root = ks_scene_root(scene, 3600, 420);
	const int64_t onset_us = ks_scene_minute(scene, ONSET), end_us = ks_scene_minute(scene, END);
	for (uint32_t i = 0; i < 4; i++) {
		struct ks_scene_host host = ks_scene_resolver(scene, "192.0.2.30", i);
		host.dnssec = false;
		ks_scene_ordinary(scene, &host, root, scene->from_us + i * KS_SCENE_SECOND, onset_us,
				  4 * KS_SCENE_MINUTE);
		ask_uncached(scene, &host, root, onset_us + i * KS_SCENE_SECOND, end_us);
		ks_scene_blame(scene, &host, root, "no-cache", "asks for each client, DO=0");
	}
	ks_scene_storm(scene, &(struct ks_scene_storm){.zone = root,
						       .start_us = onset_us,
						       .end_us = end_us,
						       .rise = "step",
						       .verdict = "no-cache",
						       .evidence = "E2 E4 E12 E16 E18"});
}

/* One step of a search whose large answers are lost: the size it says it takes shrinks, then TCP, then DO
 * goes. */
static int64_t
try_smaller(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
	    int64_t t_us, size_t server)
{
	static const uint16_t sizes[] = {4096, 4096, 1232, 512};
	const struct ks_scene_query query = {.zone = zone, .server = server, .name = zone->name, .type = 48};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		bool cut;
		host->edns = sizes[i];
		t_us = ks_scene_ask(scene, t_us, host, &query, &cut);
		if (cut)
			t_us = ks_scene_half_open(scene, t_us + host->rtt_us, host, &query) +
			       2 * KS_SCENE_SECOND;
		t_us += 400000 + ks_scene_uneven(scene, 2000000);
	}
	host->edns = 4096;
	return t_us;
}

/* E4, E5, E14: a firewall swallows what is larger than 512 octets, and what TCP brings back. */
void
ks_scene_lost(struct ks_scene *scene)
{
	enum { BEHIND = 8, HEALTHY = 400 };
	scene->note =
		"answers to eight resolvers are lost behind a firewall; one other resolver was stale before";
	scene->cause = scene->verdict = "answer-lost";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	struct ks_scene_zone *const root =
		ks_scene_zone_add(scene, ".", 3600, "198.18.0.1", "2001:db8:53::1", 13);
	const int64_t onset_us = ks_scene_minute(scene, ONSET), end_us = ks_scene_minute(scene, END);
	ks_scene_zone_large(root, scene);
	ks_scene_population(scene, root, HEALTHY, 80 * KS_SCENE_MINUTE);
	for (uint32_t i = 0; i < BEHIND; i++) {
		struct ks_scene_host host = ks_scene_resolver(scene, "192.0.2.40", i);
		host.edns = 4096;
		ks_scene_ordinary(scene, &host, root, scene->from_us + i * KS_SCENE_SECOND, scene->to_us,
				  4 * KS_SCENE_MINUTE);
		for (int64_t search = 0; search < 3; search++) /* three clients at a time */
			for (int64_t t = onset_us + (i + 3 * search) * KS_SCENE_SECOND; t < end_us;)
				t = try_smaller(scene, &host, root, t, ks_scene_below(scene, 13));
		ks_scene_blame(scene, &host, root, "answer-lost", "4096, 1232, 512, SYN without data");
	}
	ks_scene_genuine(scene, root);
	ks_scene_storm(scene, &(struct ks_scene_storm){.zone = root,
						       .start_us = onset_us,
						       .end_us = end_us,
						       .rise = "step",
						       .verdict = "answer-lost",
						       .evidence = "E4 E5 E14"});
}

static struct ks_scene_zone *
add_unrelated(struct ks_scene *scene, unsigned number, uint32_t n_sources)
{
	static const char *const names[] = {"alpha.", "bravo.", "charlie.", "delta."};
	struct ks_scene_zone *const zone = ks_scene_healthy_zone(scene, names[number], number);
	ks_scene_population(scene, zone, n_sources, 300 * KS_SCENE_MINUTE);
	return zone;
}

/* E2, E5, E10, E17: two hosts begin to ask every server of four zones for the keys, every five seconds. */
void
ks_scene_monitoring(struct ks_scene *scene)
{
	enum { ZONES = 4, MONITORS = 2 };
	scene->note = "two monitors ask every server of four zones for the keys every five seconds";
	scene->cause = scene->verdict = "monitoring";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	const int64_t onset_us = ks_scene_minute(scene, ONSET), end_us = ks_scene_minute(scene, END);
	struct ks_scene_zone *zones[ZONES];
	for (unsigned i = 0; i < ZONES; i++)
		zones[i] = add_unrelated(scene, i, 700);
	for (uint32_t i = 0; i < MONITORS; i++) {
		struct ks_scene_host host = ks_scene_resolver(scene, "192.0.2.120", i);
		host.edns = 4096;
		for (int64_t t = onset_us + i * KS_SCENE_SECOND; t < end_us;
		     t += ks_scene_pace(scene, 5 * KS_SCENE_SECOND))
			for (unsigned j = 0; j < ZONES * zones[0]->n_servers; j++)
				(void)ks_scene_ask_key(scene, t + (int64_t)j * 20000, &host,
						       zones[j / zones[0]->n_servers],
						       j % zones[0]->n_servers);
		for (unsigned j = 0; j < ZONES; j++)
			ks_scene_blame(scene, &host, zones[j], "monitoring", "every server, every 5 s");
	}
	for (unsigned i = 0; i < ZONES; i++)
		ks_scene_storm(scene, &(struct ks_scene_storm){.zone = zones[i],
							       .start_us = onset_us,
							       .end_us = end_us,
							       .rise = "step",
							       .verdict = "monitoring",
							       .evidence = "E2 E5 E10 E17"});
}

/* E2, E4, E5, E6, E16, E17: what is valid is not yet so for one resolver, whatever the zone. */
void
ks_scene_clock_skew(struct ks_scene *scene)
{
	enum { ZONES = 4, BEHIND_HOURS = 1000 };
	scene->note = "the clock of one resolver falls behind by 1000 hours: to it all signatures lie in the "
		      "future";
	scene->cause = scene->verdict = "clock-skew";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	const int64_t onset_us = ks_scene_minute(scene, ONSET), end_us = ks_scene_minute(scene, END);
	struct ks_scene_host host = ks_scene_resolver(scene, "192.0.2.55", 0);
	host.rtt_us = 15000;
	for (unsigned i = 0; i < ZONES; i++) {
		struct ks_scene_zone *const zone = add_unrelated(scene, i, 420);
		ks_scene_ordinary(scene, &host, zone, scene->from_us + i * KS_SCENE_SECOND, scene->to_us,
				  8 * KS_SCENE_MINUTE);
		ks_scene_knot(scene, &host, zone, onset_us + i * 700000, end_us, 2500000);
		ks_scene_blame(scene, &host, zone, "clock-skew", "five for each client query, in every zone");
		ks_scene_storm(scene, &(struct ks_scene_storm){.zone = zone,
							       .start_us = onset_us,
							       .end_us = end_us,
							       .rise = "step",
							       .verdict = "clock-skew",
							       .evidence = "E2 E4 E5 E6 E16 E17"});
	}
	(void)snprintf(scene->extra, sizeof(scene->extra), "\t\"clock_offset_s\": %d,\n",
		       -BEHIND_HOURS * 3600);
}
