/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_knobs.c -- a scene with other parameters: what must be found must not hang on those it was written
 * with. */
#include "tests/support/scene.h"

#include <stdlib.h>
#include <string.h>

bool
ks_scene_turn(struct ks_scene *scene, const char *setting)
{
	struct ks_scene_knobs *const knobs = &scene->knobs;
	const struct {
		const char *name;
		int64_t *to;
	} all[] = {
		{"ttl", &knobs->ttl_s},
		{"servers", &knobs->servers},
		{"pace", &knobs->pace_percent},
		{"loss", &knobs->loss_percent},
		{"from", &knobs->from_percent},
		{"to", &knobs->to_percent},
		{"v6", &knobs->v6},
		{"noise", &knobs->noise},
		{"side", &knobs->side},
		{"one-server", &knobs->one_server},
	};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const size_t n = strlen(all[i].name);
		if (strncmp(setting, all[i].name, n) != 0 || setting[n] != '=')
			continue;
		char *end;
		*all[i].to = strtoll(setting + n + 1, &end, 10);
		return end != setting + n + 1 && *end == '\0' && *all[i].to >= 0;
	}
	return false;
}

int64_t
ks_scene_pace(const struct ks_scene *scene, int64_t us)
{
	return scene->knobs.pace_percent != 0 ? us * scene->knobs.pace_percent / 100 : us;
}

/* 192.0.2.10 to 2001:dc0:2:a00::1: a /64 for each, and a /48 for each /24. */
struct ks_scene_ip
ks_scene_client(const struct ks_scene *scene, struct ks_scene_ip ip)
{
	if (scene->knobs.v6 == 0 || ip.n != 4)
		return ip;
	struct ks_scene_ip six = {.b = {0x20, 0x01, 0x0d}, .n = 16};
	memcpy(six.b + 3, ip.b, 4);
	six.b[15] = 1;
	return six;
}

/* The side of a frame that is a server, and its last octet; false: neither is on port 53 (ICMP). */
static bool
server_side(const uint8_t *frame, bool *ret_answer, unsigned *ret_last)
{
	const bool v4 = frame[12] == 0x08;
	const uint8_t *const ip = frame + 14, *const ports = ip + (v4 ? 20 : 40);
	if ((v4 ? ip[9] : ip[6]) == 1)
		return false;
	*ret_answer = ports[0] == 0 && ports[1] == 53;
	const uint8_t *const address = ip + (v4 ? (*ret_answer ? 12 : 16) : (*ret_answer ? 8 : 24));
	*ret_last = address[v4 ? 3 : 15];
	return true;
}

bool
ks_scene_is_captured(struct ks_scene *scene, int64_t t_us, const uint8_t *frame, size_t n)
{
	const struct ks_scene_knobs *const knobs = &scene->knobs;
	const int64_t all_us = scene->to_us - scene->from_us;
	const int64_t to_percent = knobs->to_percent != 0 ? knobs->to_percent : 100;
	bool answer = false;
	unsigned last = 1;
	if (t_us < scene->from_us + all_us / 100 * knobs->from_percent ||
	    t_us >= scene->from_us + all_us * to_percent / 100)
		return false;
	if (knobs->loss_percent != 0 && ks_scene_below(scene, 100) < knobs->loss_percent)
		return false;
	if (n < 62 || !server_side(frame, &answer, &last))
		return knobs->side != 2 && knobs->one_server == 0;
	return (knobs->side == 0 || answer == (knobs->side == 2)) && (knobs->one_server == 0 || last == 1);
}

void
ks_scene_make_noise(struct ks_scene *scene)
{
	if (scene->knobs.noise == 0)
		return;
	const struct ks_scene_zone *const zone = ks_scene_healthy_zone(scene, "noise.", 12);
	for (uint32_t i = 0; i < scene->knobs.noise; i++) {
		struct ks_scene_host host = ks_scene_resolver(scene, "100.120.0.1", 61 * i);
		ks_scene_ordinary(scene, &host, zone, scene->from_us, scene->to_us, 20 * KS_SCENE_MINUTE);
	}
}
