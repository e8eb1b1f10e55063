/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_history.c -- the root key rollover of 2018 and 2019 as one server saw it, A, at 1:10,000.
 *
 * The counts are those that its operator published (RSSAC002, sizes of answers over UDP and TCP): the size of
 * the DNSKEY answer tells it apart, and what else has that size is taken off where that is known. A UTC day
 * is half an hour here, at its true date and around the true time of day of what happened then; other queries
 * are at 1:100,000, so that the share of DNSKEY is ten times what it was. Where their number is not known
 * they are as many as suits the size of the file. Each day is to be analyzed as a capture of its own: nothing
 * was captured in between.
 *
 * Who asked is made up: each stale source sends some 480 queries in its half hour, and of those three in five
 * signal. */
#include "tests/support/scene.h"

enum { DAY_MINUTES = 30, PER_STALE = 480 };

struct day {
	int64_t from_s;
	uint32_t udp, tcp; /* DNSKEY, of the day / 10,000 */
	uint32_t others;   /* / 100,000 */
	uint32_t base;     /* of `udp`, those of sources in health */
	bool others_known;
};

/* Seconds of: 2018-09-20, 2018-10-20, 2019-01-13, 2019-03-21 at 12:00, 2019-03-22 at 13:42:30, 2019-03-24 at
 * 12:00. */
static const struct day days[] = {
	{1537444800, 726, 51, 48643, 726, true},     {1540036800, 3046, 32, 20000, 726, false},
	{1547380800, 7576, 380, 20000, 726, false},  {1553169600, 50418, 519, 19901, 726, true},
	{1553262150, 29411, 309, 20000, 424, false}, /* up to the removal, 14 hours of the day */
	{1553428800, 1294, 26, 57797, 726, true},
};
enum { ROLL_S = 1539273600, REVOKE_S = 1547215200, REMOVE_S = 1553263200 };

/* States: (4,1) 1414 octets; (3,1) 1139, signed by the new key; (3,2) 1425, the old one revoked; (3,1) 1139.
 */
static void
serve_all(struct ks_scene *scene, struct ks_scene_zone *root)
{
	struct ks_scene_key old, new, zsk[2];
	ks_scene_key_make(0, 257, 19036, &old);
	ks_scene_key_make(1, 257, 20326, &new);
	ks_scene_key_make(2, 256, 41656, &zsk[0]);
	ks_scene_key_make(3, 256, 2134, &zsk[1]);
	const struct ks_scene_key revoked = ks_scene_key_revoked(&old);
	struct ks_scene_keys keys = {
		.key = {&old, &new, &zsk[0], &zsk[1]},
		.n = 4,
		.signers = 1,
		.zone_signer = 2,
		.inception_us = scene->from_us - 120 * KS_SCENE_HOUR,
		.expiration_us = scene->to_us + 216 * KS_SCENE_HOUR,
	};
	ks_scene_zone_state(root, scene->from_us, &keys);
	keys.n = 3;
	keys.signers = 2;
	ks_scene_zone_state(root, ROLL_S * KS_SCENE_SECOND, &keys);
	keys.key[0] = &revoked;
	keys.signers = 3;
	ks_scene_zone_state(root, REVOKE_S * KS_SCENE_SECOND, &keys);
	keys.key[0] = &zsk[1];
	keys.signers = 2;
	ks_scene_zone_state(root, REMOVE_S * KS_SCENE_SECOND, &keys);
}

/* `n` queries from one time to another, each of another source. */
static void
ask_in_health(struct ks_scene *scene, const struct ks_scene_zone *root, int64_t from_us, int64_t length_us,
	      uint32_t n, bool tcp)
{
	const struct ks_scene_query query = {.zone = root, .name = ".", .type = 48};
	for (uint32_t i = 0; i < n; i++) {
		struct ks_scene_host host =
			ks_scene_resolver(scene, "100.64.0.1", 11 * ks_scene_below(scene, 60000));
		const int64_t t = from_us + (int64_t)(ks_scene_draw(scene) % (uint64_t)length_us);
		host.edns = 4096;
		if (tcp)
			(void)ks_scene_ask_tcp(scene, t, &host, &query);
		else
			(void)ks_scene_ask(scene, t, &host, &query, NULL);
	}
}

/* What no cache has: names that are not there. */
static void
ask_others(struct ks_scene *scene, const struct ks_scene_zone *root, int64_t from_us, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		char name[96];
		struct ks_scene_host host =
			ks_scene_resolver(scene, "100.64.0.1", 11 * ks_scene_below(scene, 60000));
		host.dnssec = false;
		host.edns = 0;
		(void)snprintf(name, sizeof(name), "x%06x.", (unsigned)ks_scene_below(scene, 1u << 24));
		const struct ks_scene_query query = {.zone = root, .name = name, .type = 1};
		(void)ks_scene_ask(scene,
				   from_us + (int64_t)(ks_scene_draw(scene) %
						       (uint64_t)(DAY_MINUTES * KS_SCENE_MINUTE - 1000)),
				   &host, &query, NULL);
	}
}

/* One stale source: a round over all servers brings it back to this one, evenly. */
static void
ask_stale(struct ks_scene *scene, const struct ks_scene_zone *root, int64_t from_us, int64_t length_us,
	  uint32_t n, uint32_t number)
{
	struct ks_scene_host host = ks_scene_resolver(scene, "192.0.2.1", number);
	const int64_t gap_us = length_us / n;
	host.edns = 4096;
	int64_t t = from_us + ks_scene_below(scene, (uint32_t)(gap_us / 2));
	if (number % 5 < 3)
		ks_scene_signal(scene, t + 1000, &host, root, "4a5c", 10);
	for (uint32_t i = 0; i < n; i++, t += gap_us)
		(void)ks_scene_ask_key(scene, t + ks_scene_below(scene, (uint32_t)(gap_us / 10)), &host, root,
				       0);
}

static void
ask_all_stale(struct ks_scene *scene, const struct ks_scene_zone *root, int64_t from_us, int64_t length_us,
	      uint32_t n)
{
	const uint32_t sources = n / PER_STALE > 0 ? n / PER_STALE : 1;
	for (uint32_t i = 0; i < sources && n > 0; i++)
		ask_stale(scene, root, from_us, length_us, n / sources + (i < n % sources), i);
}

/* The day of the removal: what was going on ends a minute behind it, and ten hours in health are left. */
static void
end_of(struct ks_scene *scene, const struct ks_scene_zone *root, int64_t removed_us, int64_t to_us)
{
	ask_in_health(scene, root, removed_us, KS_SCENE_MINUTE, 270, false);
	ask_in_health(scene, root, removed_us, to_us - removed_us - 1000, 540, false);
}

static void
live_through(struct ks_scene *scene, const struct ks_scene_zone *root, const struct day *day)
{
	const int64_t from_us = day->from_s * KS_SCENE_SECOND, removed_us = REMOVE_S * KS_SCENE_SECOND;
	const int64_t to_us = from_us + DAY_MINUTES * KS_SCENE_MINUTE;
	const bool ends = from_us < removed_us && removed_us < to_us;
	const int64_t length_us = (ends ? removed_us : to_us) - from_us - 1000;
	/* A capture is as long as from its first packet to its last. */
	struct ks_scene_host edge = ks_scene_resolver(scene, "100.64.0.1", 0);
	const struct ks_scene_query query = {.zone = root, .name = ".", .type = 6};
	(void)ks_scene_ask(scene, from_us, &edge, &query, NULL);
	(void)ks_scene_ask(scene, to_us - 1000, &edge, &query, NULL);
	ask_others(scene, root, from_us, day->others - 2);
	ask_in_health(scene, root, from_us, length_us, day->base, false);
	ask_in_health(scene, root, from_us, length_us, day->tcp, true);
	ask_all_stale(scene, root, from_us, length_us, day->udp - day->base);
	if (ends)
		end_of(scene, root, removed_us, to_us);
}

/* As many as there were on the worst day. */
static void
blame_all(struct ks_scene *scene, const struct ks_scene_zone *root)
{
	for (uint32_t i = 0; i < (days[3].udp - days[3].base) / PER_STALE; i++) {
		const struct ks_scene_host host = ks_scene_resolver(scene, "192.0.2.1", i);
		ks_scene_blame(scene, &host, root, "stale-trust-anchor",
			       "rounds over all servers, 3.5 s each");
	}
}

static void
tell_days(struct ks_scene *scene)
{
	size_t n = (size_t)snprintf(scene->extra, sizeof(scene->extra), "\t\"days\": [\n");
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		n += (size_t)snprintf(
			scene->extra + n, sizeof(scene->extra) - n,
			"\t\t{\"from\": %lld, \"to\": %lld, \"dnskey_udp\": %u, \"dnskey_tcp\": %u, "
			"\"others\": %u, \"others_known\": %s}%s\n",
			(long long)days[i].from_s, (long long)days[i].from_s + DAY_MINUTES * 60, days[i].udp,
			days[i].tcp, days[i].others, days[i].others_known ? "true" : "false",
			i + 1 < sizeof(days) / sizeof(days[0]) ? "," : "");
	n += (size_t)snprintf(
		scene->extra + n, sizeof(scene->extra) - n,
		"\t],\n\t\"events\": [\n"
		"\t\t{\"zone\": \".\", \"event\": \"SIGNER_CHANGED\", \"tag\": 20326, \"t\": %d},\n"
		"\t\t{\"zone\": \".\", \"event\": \"KEY_REVOKED\", \"tag\": 19164, \"t\": %d},\n"
		"\t\t{\"zone\": \".\", \"event\": \"KEY_REMOVED\", \"tag\": 19164, \"t\": %d}\n\t],\n",
		ROLL_S, REVOKE_S, REMOVE_S);
}

void
ks_scene_root_2019(struct ks_scene *scene)
{
	scene->note = "the root's rollover of 2018 and 2019 at A, 1:10,000; to be analyzed day by day";
	scene->cause = scene->verdict = "stale-trust-anchor";
	scene->vantage = "A";
	scene->from_us = days[0].from_s * KS_SCENE_SECOND;
	scene->to_us = (days[5].from_s + DAY_MINUTES * 60) * KS_SCENE_SECOND;
	struct ks_scene_zone *const root =
		ks_scene_zone_add(scene, ".", 172800, "198.41.0.4", "2001:503:ba3e::2:30", 1);
	serve_all(scene, root);
	/* One healthy look right before each event, and one right behind, is all that a day without counts
	 * gets. */
	static const int64_t events[] = {ROLL_S, REVOKE_S};
	for (size_t i = 0; i < 2; i++) {
		ask_in_health(scene, root, (events[i] - 90) * KS_SCENE_SECOND, KS_SCENE_MINUTE, 1, false);
		ask_in_health(scene, root, (events[i] + 30) * KS_SCENE_SECOND, KS_SCENE_MINUTE, 1, false);
	}
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		const int64_t from_us = days[i].from_s * KS_SCENE_SECOND;
		scene->captured[scene->n_captured++] =
			(struct ks_scene_span){from_us, from_us + DAY_MINUTES * KS_SCENE_MINUTE};
		live_through(scene, root, &days[i]);
	}
	blame_all(scene, root);
	tell_days(scene);
	ks_scene_storm(scene, &(struct ks_scene_storm){.zone = root,
						       .start_us = days[1].from_s * KS_SCENE_SECOND,
						       .end_us = REMOVE_S * KS_SCENE_SECOND,
						       .rise = "step",
						       .verdict = "stale-trust-anchor",
						       .evidence = "E1 E2 E6 E11"});
}
