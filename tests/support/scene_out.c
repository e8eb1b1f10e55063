/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_out.c -- chance, and packets on their way into a file. */
#include "tests/support/scene.h"

#include <stdlib.h>
#include <string.h>

_Noreturn void
ks_scene_die(const char *what)
{
	(void)fprintf(stderr, "scene: %s\n", what);
	exit(1);
}

void *
ks_scene_more(void *memory, size_t n)
{
	void *const more = realloc(memory, n);
	if (more == NULL)
		ks_scene_die("no memory");
	return more;
}

/* SplitMix64 (Steele, Lea, Flood 2014): any seed will do, also 0. */
uint64_t
ks_scene_draw(struct ks_scene *scene)
{
	uint64_t z = scene->random += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint32_t
ks_scene_below(struct ks_scene *scene, uint32_t n)
{
	return (uint32_t)((ks_scene_draw(scene) >> 32) * n >> 32);
}

int64_t
ks_scene_about(struct ks_scene *scene, int64_t mean)
{
	return mean / 2 + (int64_t)(ks_scene_draw(scene) % (uint64_t)(mean + 1));
}

int64_t
ks_scene_uneven(struct ks_scene *scene, int64_t mean)
{
	const double u = (double)(ks_scene_draw(scene) >> 11) / 9007199254740992.0;
	return (int64_t)(3 * u * u * (double)mean) + 1;
}

void
ks_scene_put(struct ks_scene *scene, int64_t t_us, const void *frame, size_t n)
{
	if (scene->n_bytes + n > scene->room) {
		scene->room = 2 * scene->room + (1u << 20);
		scene->bytes = ks_scene_more(scene->bytes, scene->room);
	}
	if (scene->n_packets == scene->packet_room) {
		scene->packet_room = 2 * scene->packet_room + 1024;
		scene->packets =
			ks_scene_more(scene->packets, scene->packet_room * sizeof(scene->packets[0]));
	}
	memcpy(scene->bytes + scene->n_bytes, frame, n);
	scene->packets[scene->n_packets] = (struct ks_scene_packet){
		.t_us = t_us, .at = scene->n_bytes, .n = (uint32_t)n, .number = (uint32_t)scene->n_packets};
	scene->n_packets++;
	scene->n_bytes += n;
}

static int
by_time(const void *one, const void *other)
{
	const struct ks_scene_packet *const a = one, *const b = other;
	if (a->t_us != b->t_us)
		return a->t_us < b->t_us ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* pcap, little-endian on every machine, microseconds. */
static void
put_little(uint8_t *to, uint32_t value)
{
	for (size_t i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

static void
put_words(FILE *out, const uint32_t *words, size_t n)
{
	uint8_t bytes[24];
	for (size_t i = 0; i < n; i++)
		put_little(bytes + 4 * i, words[i]);
	if (fwrite(bytes, 4, n, out) != n)
		ks_scene_die("cannot write");
}

void
ks_scene_write(struct ks_scene *scene, const char *path)
{
	FILE *const out = fopen(path, "wb");
	if (out == NULL) {
		perror(path);
		exit(1);
	}
	put_words(out, (const uint32_t[]){0xa1b2c3d4, 4u << 16 | 2u, 0, 0, 262144, 1}, 6);
	qsort(scene->packets, scene->n_packets, sizeof(scene->packets[0]), by_time);
	for (size_t i = 0; i < scene->n_packets; i++) {
		const struct ks_scene_packet *const packet = &scene->packets[i];
		if (!ks_scene_is_captured(scene, packet->t_us, scene->bytes + packet->at, packet->n))
			continue;
		put_words(out,
			  (const uint32_t[]){(uint32_t)(packet->t_us / KS_SCENE_SECOND),
					     (uint32_t)(packet->t_us % KS_SCENE_SECOND), packet->n,
					     packet->n},
			  4);
		if (fwrite(scene->bytes + packet->at, 1, packet->n, out) != packet->n)
			ks_scene_die("cannot write");
	}
	if (fclose(out) != 0)
		ks_scene_die("cannot write");
}
