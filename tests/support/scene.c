/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene.c -- scene NAME SEED OUT.pcap [KEY=VALUE]...: a capture of which the cause is known, and
 * OUT.truth.json beside it. The same name, seed and settings (ks_scene_knobs) give the same files; rates of
 * the truth are of the scene without settings. `scene` alone lists the names. */
#include "tests/support/scene.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	ks_scene_fn *make;
} scenes[] = {
	{"healthy", ks_scene_healthy},
	{"h1-dos", ks_scene_dos},
	{"h2-reflection", ks_scene_reflection},
	{"h2-carpet", ks_scene_carpet},
	{"h3-no-cache", ks_scene_no_cache},
	{"h4-loop", ks_scene_loop},
	{"h5-stale", ks_scene_stale},
	{"h6-broken", ks_scene_broken},
	{"h7-lost", ks_scene_lost},
	{"h7-timer", ks_scene_timer},
	{"h8-monitoring", ks_scene_monitoring},
	{"d3-reverse", ks_scene_reverse},
	{"d12-slow-burn", ks_scene_slow_burn},
	{"h5-by-day", ks_scene_by_day},
	{"clock-skew", ks_scene_clock_skew},
	{"r-vantage", ks_scene_at_resolver},
	{"root-2019", ks_scene_root_2019},
};

static ks_scene_fn *
find(const char *name)
{
	for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
		if (strcmp(scenes[i].name, name) == 0)
			return scenes[i].make;
	return NULL;
}

/* OUT.pcap to OUT.truth.json. */
static void
name_truth(const char *capture, char *ret, size_t room)
{
	size_t n = strlen(capture);
	if (n > 5 && strcmp(capture + n - 5, ".pcap") == 0)
		n -= 5;
	if (n + sizeof(".truth.json") > room)
		ks_scene_die("too long a name");
	(void)snprintf(ret, room, "%.*s.truth.json", (int)n, capture);
}

static void
let_go(struct ks_scene *scene)
{
	for (size_t i = 0; i < scene->n_zones; i++)
		free(scene->zones[i].states);
	free(scene->bytes);
	free(scene->packets);
	free(scene->asked);
	free(scene);
}

int
main(int argc, char **argv)
{
	if (argc == 1) {
		for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
			(void)puts(scenes[i].name);
		return 0;
	}
	ks_scene_fn *const make = argc >= 4 ? find(argv[1]) : NULL;
	struct ks_scene *const scene = ks_scene_more(NULL, sizeof(*scene));
	memset(scene, 0, sizeof(*scene));
	bool good = make != NULL;
	for (int i = 4; i < argc; i++)
		good = good && ks_scene_turn(scene, argv[i]);
	if (!good) {
		(void)fprintf(stderr, "usage: scene NAME SEED OUT.pcap [KEY=VALUE]...; the names: scene; the "
				      "keys: scene_knobs.c\n");
		free(scene);
		return 2;
	}
	scene->name = argv[1];
	scene->seed = scene->random = strtoull(argv[2], NULL, 10);
	scene->vantage = "M";
	make(scene);
	ks_scene_make_noise(scene);
	char truth[4096];
	name_truth(argv[3], truth, sizeof(truth));
	ks_scene_write(scene, argv[3]);
	ks_scene_tell(scene, truth);
	let_go(scene);
	return 0;
}
