/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_stale.c -- resolvers that cannot validate a zone: what known software was measured to do then. The
 * next query follows the answer by one round trip, from another port, to another server. */
#include "tests/support/scene.h"

/* Servers in an order of chance. */
static void
shuffle(struct ks_scene *scene, size_t *order, size_t n)
{
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = n; i > 1; i--) {
		const size_t other = ks_scene_below(scene, (uint32_t)i), kept = order[i - 1];
		order[i - 1] = order[other];
		order[other] = kept;
	}
}

/* `n` servers in turn, each when the one before has answered. Returns when the last answer has arrived. */
static int64_t
round_of(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone, int64_t t_us,
	 size_t n)
{
	size_t order[KS_SCENE_SERVERS];
	shuffle(scene, order, zone->n_servers);
	for (size_t i = 0; i < n; i++) {
		const int64_t answer_us =
			ks_scene_ask_key(scene, t_us, host, zone, order[i % zone->n_servers]);
		t_us = answer_us + host->rtt_us + 300 + ks_scene_below(scene, 900);
	}
	return t_us;
}

/* All servers, then 30 s of memory; the next client query ends it. */
void
ks_scene_bind(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
	      int64_t from_us, int64_t to_us)
{
	for (int64_t t = from_us; t < to_us; t += 30200000 + (int64_t)ks_scene_below(scene, 1800000))
		(void)round_of(scene, host, zone, t, zone->n_servers);
}

/* Six, then five, for 60 s (val-bogus-ttl). */
void
ks_scene_unbound(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
		 int64_t from_us, int64_t to_us)
{
	size_t n = 6;
	for (int64_t t = from_us; t < to_us; t += 60200000 + (int64_t)ks_scene_below(scene, 1500000)) {
		(void)round_of(scene, host, zone, t, n);
		n = 5;
	}
}

void
ks_scene_knot(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
	      int64_t from_us, int64_t to_us, int64_t mean_us)
{
	char name[96];
	for (int64_t t = from_us; t < to_us;) {
		/* Its clients come and go: every other five minutes three times as many. */
		const bool busy = t / (5 * KS_SCENE_MINUTE) % 2 == 1;
		(void)snprintf(name, sizeof(name), "x%08x.%s", (unsigned)ks_scene_draw(scene),
			       zone->name[0] == '.' ? "" : zone->name);
		const struct ks_scene_query query = {
			.zone = zone,
			.server = ks_scene_below(scene, (uint32_t)zone->n_servers),
			.name = name,
			.type = 1,
		};
		const int64_t answer_us = ks_scene_ask(scene, t, host, &query, NULL);
		const int64_t done_us = round_of(scene, host, zone, answer_us + host->rtt_us, 5);
		t += ks_scene_pace(scene, ks_scene_about(scene, busy ? mean_us / 2 : mean_us * 3 / 2));
		t = t < done_us ? done_us : t;
	}
}

void
ks_scene_old_bind(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
		  int64_t from_us, int64_t to_us)
{
	for (int64_t t = from_us; t < to_us;)
		t = round_of(scene, host, zone, t, zone->n_servers);
}
