/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_truth.c -- what is true of a scene, as JSON. Rates are counted here from what was sent, in bins as
 * wide as the analyzer chooses for the span: the largest of 60, 30, 10, 5, 1 seconds that makes 120 of them.
 */
#include "tests/support/scene.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

void
ks_scene_text(const struct ks_scene_ip *ip, char ret[46])
{
	(void)inet_ntop(ip->n == 4 ? AF_INET : AF_INET6, ip->b, ret, 46);
}

static bool
is_same(const struct ks_scene_ip *a, const struct ks_scene_ip *b)
{
	return a->n == b->n && memcmp(a->b, b->b, a->n) == 0;
}

void
ks_scene_blame(struct ks_scene *scene, const struct ks_scene_host *host, const struct ks_scene_zone *zone,
	       const char *verdict, const char *profile)
{
	if (scene->n_offenders == KS_SCENE_OFFENDERS)
		ks_scene_die("too many offenders");
	scene->offenders[scene->n_offenders++] = (struct ks_scene_offender){
		.ip = host->ip, .zone = zone, .verdict = verdict, .profile = profile};
}

void
ks_scene_storm(struct ks_scene *scene, const struct ks_scene_storm *storm)
{
	if (scene->n_storms == KS_SCENE_STORMS)
		ks_scene_die("too many storms");
	scene->storms[scene->n_storms++] = *storm;
}

static int64_t
bin_width_s(const struct ks_scene *scene)
{
	static const int64_t widths[] = {60, 30, 10, 5};
	const int64_t span_s = (scene->to_us - scene->from_us) / KS_SCENE_SECOND;
	for (size_t i = 0; i < 4; i++)
		if (span_s / widths[i] >= 120)
			return widths[i];
	return 1;
}

static uint64_t
count_between(const struct ks_scene *scene, const struct ks_scene_zone *zone, int64_t from_us, int64_t to_us)
{
	uint64_t n = 0;
	for (size_t i = 0; i < scene->n_asked; i++)
		n += scene->asked[i].zone == zone && scene->asked[i].t_us >= from_us &&
		     scene->asked[i].t_us < to_us;
	return n;
}

static uint64_t
count_of(const struct ks_scene *scene, const struct ks_scene_offender *offender)
{
	uint64_t n = 0;
	for (size_t i = 0; i < scene->n_asked; i++)
		n += scene->asked[i].zone == offender->zone && is_same(&scene->asked[i].ip, &offender->ip);
	return n;
}

static double
peak_qps(const struct ks_scene *scene, const struct ks_scene_zone *zone)
{
	const int64_t width_us = bin_width_s(scene) * KS_SCENE_SECOND;
	const size_t n_bins = (size_t)((scene->to_us - scene->from_us) / width_us) + 2;
	uint32_t *const bins = ks_scene_more(NULL, n_bins * sizeof(bins[0]));
	uint32_t most = 0;
	memset(bins, 0, n_bins * sizeof(bins[0]));
	for (size_t i = 0; i < scene->n_asked; i++)
		if (scene->asked[i].zone == zone) {
			const int64_t bin = scene->asked[i].t_us / width_us - scene->from_us / width_us;
			most = ++bins[bin] > most ? bins[bin] : most;
		}
	free(bins);
	return (double)most * (double)KS_SCENE_SECOND / (double)width_us;
}

/* How much of that time the capture has. */
static int64_t
captured_between(const struct ks_scene *scene, int64_t from_us, int64_t to_us)
{
	int64_t sum_us = 0;
	if (scene->n_captured == 0)
		return to_us - from_us;
	for (size_t i = 0; i < scene->n_captured; i++) {
		const struct ks_scene_span *const span = &scene->captured[i];
		const int64_t from = span->from_us > from_us ? span->from_us : from_us;
		const int64_t to = span->to_us < to_us ? span->to_us : to_us;
		sum_us += to > from ? to - from : 0;
	}
	return sum_us;
}

static double
rate_between(const struct ks_scene *scene, const struct ks_scene_zone *zone, int64_t from_us, int64_t to_us)
{
	const int64_t captured_us = captured_between(scene, from_us, to_us);
	return captured_us <= 0 ? 0
				: (double)count_between(scene, zone, from_us, to_us) *
					  (double)KS_SCENE_SECOND / (double)captured_us;
}

static void
put_time(FILE *out, const char *name, int64_t t_us)
{
	(void)fprintf(out, "\"%s\": %lld.%06lld", name, (long long)(t_us / KS_SCENE_SECOND),
		      (long long)(t_us % KS_SCENE_SECOND));
}

/* "E1 E7" to ["E1", "E7"]. */
static void
put_evidence(FILE *out, const char *words)
{
	(void)fputs("\"evidence\": [", out);
	for (const char *separator = ""; *words != '\0'; separator = ", ") {
		const size_t n = strcspn(words, " ");
		(void)fprintf(out, "%s\"%.*s\"", separator, (int)n, words);
		words += n + (words[n] == ' ');
	}
	(void)fputs("]", out);
}

static void
put_storm(FILE *out, const struct ks_scene *scene, const struct ks_scene_storm *storm)
{
	const int64_t end_us = storm->end_us != 0 ? storm->end_us : scene->to_us;
	(void)fprintf(out, "\t\t{\"zone\": \"%s\", ", storm->zone->name);
	put_time(out, "start", storm->start_us);
	if (storm->end_us != 0) {
		(void)fputs(", ", out);
		put_time(out, "end", storm->end_us);
	} else {
		(void)fputs(", \"end\": null", out);
	}
	(void)fprintf(out, ", \"rise\": \"%s\", \"base_qps\": %.6f, \"mean_qps\": %.6f, \"peak_qps\": %.6f, ",
		      storm->rise, rate_between(scene, storm->zone, scene->from_us, storm->start_us),
		      rate_between(scene, storm->zone, storm->start_us, end_us),
		      peak_qps(scene, storm->zone));
	(void)fprintf(out, "\"verdict\": \"%s\", \"lead_db_least\": 10, ", storm->verdict);
	put_evidence(out, storm->evidence);
	(void)fputs("}", out);
}

static void
put_offender(FILE *out, const struct ks_scene *scene, const struct ks_scene_offender *offender)
{
	char ip[46];
	ks_scene_text(&offender->ip, ip);
	(void)fprintf(
		out,
		"\t\t{\"source\": \"%s\", \"zone\": \"%s\", \"dnskey_queries\": %llu, \"verdict\": \"%s\", "
		"\"profile\": \"%s\"}",
		ip, offender->zone->name, (unsigned long long)count_of(scene, offender), offender->verdict,
		offender->profile);
}

void
ks_scene_tell(const struct ks_scene *scene, const char *path)
{
	FILE *const out = fopen(path, "wb");
	if (out == NULL) {
		perror(path);
		exit(1);
	}
	(void)fprintf(out, "{\n\t\"scene\": \"%s\", \"seed\": %llu,\n\t\"note\": \"%s\",\n", scene->name,
		      (unsigned long long)scene->seed, scene->note);
	(void)fprintf(out, "\t\"cause\": \"%s\", \"verdict\": \"%s\", \"vantage\": \"%s\",\n\t", scene->cause,
		      scene->verdict, scene->vantage);
	put_time(out, "from", scene->from_us);
	(void)fputs(", ", out);
	put_time(out, "to", scene->to_us);
	const long long width_s = (long long)bin_width_s(scene);
	(void)fprintf(out, ", \"bin_s\": %lld, \"dnskey_queries\": %zu,\n", width_s, scene->n_asked);
	(void)fprintf(out, "\t\"tolerance\": {\"start_s\": %lld, \"end_s\": %lld, \"rate\": 0.05},\n%s",
		      2 * width_s, 2 * width_s, scene->extra);
	(void)fputs("\t\"storms\": [\n", out);
	for (size_t i = 0; i < scene->n_storms; i++) {
		put_storm(out, scene, &scene->storms[i]);
		(void)fputs(i + 1 < scene->n_storms ? ",\n" : "\n", out);
	}
	(void)fputs("\t],\n\t\"offenders\": [\n", out);
	for (size_t i = 0; i < scene->n_offenders; i++) {
		put_offender(out, scene, &scene->offenders[i]);
		(void)fputs(i + 1 < scene->n_offenders ? ",\n" : "\n", out);
	}
	(void)fputs("\t]\n}\n", out);
	if (fclose(out) != 0)
		ks_scene_die("cannot write");
}
