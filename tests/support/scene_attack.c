/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_attack.c -- those who do not wait for answers: a flood, a reflection, a loop of an application. One
 * stale resolver is in each, and was so before. */
#include "tests/support/scene.h"

enum { ONSET = 1470, END = 1480, LENGTH = 1525, SPAN_START_S = 1740960000 }; /* minutes; 2025-03-03 */

/* `n` queries for the keys, back to back: all but the first are sent while one waits. */
static void
send_train(struct ks_scene *scene, int64_t t_us, struct ks_scene_host *host, const struct ks_scene_zone *zone,
	   size_t server, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		(void)ks_scene_ask_key(scene, t_us + 9 * i, host, zone, server);
}

/* E3, E7, E8, E10: machines of their own, each at one server; some asked over TCP too. */
void
ks_scene_dos(struct ks_scene *scene)
{
	enum { BOTS = 120 };
	scene->note = "a hundred and twenty machines ask for the root's keys, at a rate of their own; one "
		      "resolver was stale before";
	scene->cause = scene->verdict = "dos";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	struct ks_scene_zone *const root = ks_scene_root(scene, 3600, 300);
	const int64_t onset_us = ks_scene_minute(scene, ONSET), end_us = ks_scene_minute(scene, END);
	for (uint32_t i = 0; i < BOTS; i++) {
		struct ks_scene_host bot = ks_scene_resolver(scene, "203.0.113.1", 2 * i);
		const struct ks_scene_query query = {.zone = root, .server = i % 13, .name = ".", .type = 48};
		bot.edns = 4096;
		for (int64_t t = onset_us + ks_scene_below(scene, 20000000); t < end_us;
		     t += ks_scene_pace(scene, 28 * KS_SCENE_SECOND + ks_scene_below(scene, 8000000)))
			send_train(scene, t, &bot, root, i % 13, 8);
		(void)ks_scene_ask_tcp(scene, onset_us + 25 * KS_SCENE_SECOND + i * 100000, &bot, &query);
		ks_scene_blame(scene, &bot, root, "dos", "trains of eight, none waits for an answer");
	}
	ks_scene_genuine(scene, root);
	ks_scene_storm(scene, &(struct ks_scene_storm){.zone = root,
						       .start_us = onset_us,
						       .end_us = end_us,
						       .rise = "step",
						       .verdict = "dos",
						       .evidence = "E3 E7 E8 E10"});
}

/* E2, E7, E9, E10: one address that never asked; it says so by ICMP, once a second at most. */
void
ks_scene_reflection(struct ks_scene *scene)
{
	scene->note = "queries in the name of one victim, from one port and with one hop count; one resolver "
		      "was stale before";
	scene->cause = scene->verdict = "reflection";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	struct ks_scene_zone *const root = ks_scene_root(scene, 3600, 400);
	const int64_t onset_us = ks_scene_minute(scene, ONSET), end_us = ks_scene_minute(scene, END);
	struct ks_scene_host victim = ks_scene_resolver(scene, "203.0.113.99", 0);
	victim.edns = 4096;
	victim.port = 8080;
	victim.hops = 243;
	int64_t complained_us = 0;
	for (int64_t t = onset_us; t < end_us; t += ks_scene_pace(scene, 200000)) {
		const size_t server = ks_scene_below(scene, (uint32_t)root->n_servers);
		send_train(scene, t, &victim, root, server, 8);
		if (t - complained_us < KS_SCENE_SECOND || victim.ip.n != 4)
			continue;
		struct ks_wire answer = {0};
		ks_wire_header(&answer, ks_scene_below(scene, 0x10000), 0x8400, 1, 3, 0, 1);
		ks_wire_question(&answer, ".", 48);
		const struct ks_scene_section *const keys =
			&ks_scene_zone_at(root, t)->signed_[KS_SCENE_DNSKEY];
		ks_wire_bytes(&answer, keys->b, keys->n);
		const struct ks_scene_path path = {.from = &root->server4[server],
						   .to = &victim.ip,
						   .hops = 52,
						   .from_port = 53,
						   .to_port = victim.port};
		ks_scene_unreachable(scene, t + 14000, &path, &answer);
		complained_us = t;
	}
	ks_scene_blame(scene, &victim, root, "reflection", "forged: the address of a victim");
	ks_scene_genuine(scene, root);
	ks_scene_storm(scene, &(struct ks_scene_storm){.zone = root,
						       .start_us = onset_us,
						       .end_us = end_us,
						       .rise = "step",
						       .verdict = "reflection",
						       .evidence = "E2 E7 E9 E10"});
}

/* E9, E10: thousands of addresses that never asked, two or three queries in the name of each, and one path.
 */
void
ks_scene_carpet(struct ks_scene *scene)
{
	enum { VICTIMS = 4000 };
	scene->note =
		"queries in the names of four thousand victims, with one hop count; one resolver was stale "
		"before";
	scene->cause = scene->verdict = "reflection";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	struct ks_scene_zone *const root = ks_scene_root(scene, 3600, 300);
	const int64_t onset_us = ks_scene_minute(scene, ONSET), end_us = ks_scene_minute(scene, END);
	for (int64_t t = onset_us; t < end_us; t += ks_scene_pace(scene, ks_scene_about(scene, 60000))) {
		struct ks_scene_host victim =
			ks_scene_resolver(scene, "203.0.0.1", 13 * ks_scene_below(scene, VICTIMS));
		victim.edns = 4096;
		victim.hops = 243;
		(void)ks_scene_ask_key(scene, t, &victim, root,
				       ks_scene_below(scene, (uint32_t)root->n_servers));
	}
	ks_scene_genuine(scene, root);
	ks_scene_storm(scene, &(struct ks_scene_storm){.zone = root,
						       .start_us = onset_us,
						       .end_us = end_us,
						       .rise = "step",
						       .verdict = "reflection",
						       .evidence = "E9 E10"});
}

/* E2, E7, E8, E10, E12, E15, E16, E18: TXT and keys of the apex, in trains, twice as many in every other
 * minute. */
void
ks_scene_loop(struct ks_scene *scene)
{
	scene->note = "an application asks one server for TXT and the keys of the root in a loop; one "
		      "resolver was stale before";
	scene->cause = scene->verdict = "loop";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	struct ks_scene_zone *const root = ks_scene_root(scene, 3600, 400);
	const int64_t onset_us = ks_scene_minute(scene, ONSET), end_us = ks_scene_minute(scene, END);
	struct ks_scene_host loop = ks_scene_resolver(scene, "203.0.113.77", 0);
	loop.edns = 4096;
	loop.rd = true;
	loop.dnssec = false;
	const struct ks_scene_query text = {.zone = root, .server = 3, .name = ".", .type = 16};
	const struct ks_scene_query keys = {.zone = root, .server = 3, .name = ".", .type = 48};
	unsigned turn = 0;
	for (int64_t t = onset_us; t < end_us; turn++) {
		for (unsigned i = 0; i < 12; i++)
			(void)ks_scene_ask(scene, t + 9 * i, &loop, i % 2 == 0 ? &text : &keys, NULL);
		if (turn % 60 == 59)
			(void)ks_scene_ask_tcp(scene, t + 100000, &loop, &keys);
		t += ks_scene_pace(scene, t / KS_SCENE_MINUTE % 2 == 0 ? 220000 : 440000);
	}
	ks_scene_blame(scene, &loop, root, "loop", "TXT and DNSKEY of the apex at one server, RD=1, DO=0");
	ks_scene_genuine(scene, root);
	ks_scene_storm(scene, &(struct ks_scene_storm){.zone = root,
						       .start_us = onset_us,
						       .end_us = end_us,
						       .rise = "step",
						       .verdict = "loop",
						       .evidence = "E2 E7 E8 E10 E12 E15 E16 E18"});
}
