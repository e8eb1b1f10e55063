/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/announce.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* What was told, a word each: "+zone" it begins, "-zone" it ended. */
static char told[8192];

static void
tell(void *arg, const struct ks_alarm *alarm)
{
	(void)arg;
	const size_t n = strlen(told);
	(void)snprintf(told + n, sizeof(told) - n, "%s%c%s", n > 0 ? " " : "", alarm->begins ? '+' : '-',
		       alarm->zone);
}

/* `zones`: a blank between two. */
static void
look(struct ks_announcer *announcer, const char *zones)
{
	char copy[256];
	(void)snprintf(copy, sizeof(copy), "%s", zones);
	ks_announce_begin(announcer);
	for (char *zone = strtok(copy, " "); zone != NULL; zone = strtok(NULL, " ")) {
		struct ks_alarm alarm = {.uplift = 2};
		(void)snprintf(alarm.zone, sizeof(alarm.zone), "%s", zone);
		ks_announce_storm(announcer, &alarm, tell, NULL);
	}
	ks_announce_end(announcer, tell, NULL);
}

static const struct {
	const char *what, *looks[5], *told;
} rows[] = {
	{"nothing is nothing to tell", {"", ""}, ""},
	{"a storm is told of once", {".", ".", "."}, "+."},
	{"and its end", {".", "", ""}, "+. -."},
	{"and when it comes back", {".", "", "."}, "+. -. +."},
	{"zones do not mix", {". com.", "com.", "com. org.", ""}, "+. +com. -. +org. -org. -com."},
};

Test(announce, tells_what_changed)
{
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		static struct ks_announcer announcer;
		memset(&announcer, 0, sizeof(announcer));
		told[0] = '\0';
		for (size_t k = 0; k < KS_COUNT(rows[i].looks) && rows[i].looks[k] != NULL; k++)
			look(&announcer, rows[i].looks[k]);
		cr_expect(strcmp(told, rows[i].told) == 0, "%s: '%s'", rows[i].what, told);
	}
}

Test(announce, more_zones_than_places_are_passed_over)
{
	static struct ks_announcer announcer;
	ks_announce_begin(&announcer);
	for (int i = 0; i < KS_ANNOUNCE_MAX + 3; i++) {
		struct ks_alarm alarm = {0};
		(void)snprintf(alarm.zone, sizeof(alarm.zone), "z%d.", i);
		ks_announce_storm(&announcer, &alarm, tell, NULL);
	}
	ks_announce_end(&announcer, tell, NULL);
	cr_expect(eq(u64, announcer.passed_over, 3));
}

static const struct ks_alarm hostile = {
	.begins = true,
	.zone = "a\\\"b\\\\c\\010d.",
	.start_s = 1795298230,
	.end_s = 1795298350,
	.bin_s = 60,
	.qps = 120.5,
	.base_qps = 0,
	.uplift = INFINITY,
};

Test(announce, an_alarm_in_three_forms)
{
	char text[KS_ALARM_TEXT];
	(void)ks_alarm_sentence(&hostile, text);
	cr_expect(
		strcmp(text,
		       "a storm of DNSKEY queries for a\\\"b\\\\c\\010d. since 2026-11-21T21:57:10Z: 120.5 a "
		       "second") == 0,
		"%s", text);
	(void)ks_alarm_json(&hostile, text);
	cr_expect(strcmp(text, "{\"event\": \"storm-start\", \"zone\": \"a\\\\\\\"b\\\\\\\\c\\\\010d.\", "
			       "\"start\": \"2026-11-21T21:57:10Z\", \"until\": \"2026-11-21T21:59:10Z\", "
			       "\"bin_s\": 60, "
			       "\"qps\": 120.5, \"base_qps\": 0, \"uplift\": null}") == 0,
		  "%s", text);
	const size_t n = ks_alarm_environment(&hostile, "k.db", text);
	size_t strings = 0;
	for (size_t i = 0; i < n; i += strlen(text + i) + 1)
		strings++;
	cr_expect(eq(sz, strings, 8));
	cr_expect(strcmp(text, "KEYSTORM_EVENT=storm-start") == 0);
}

/* Whatever is in it, text ends where its room does. */
Test(announce, no_zone_is_too_long)
{
	static struct ks_alarm alarm;
	char text[KS_ALARM_TEXT];
	memset(alarm.zone, '\\', sizeof(alarm.zone) - 1);
	cr_expect(ks_alarm_sentence(&alarm, text) < sizeof(text));
	cr_expect(ks_alarm_json(&alarm, text) < sizeof(text));
	cr_expect(ks_alarm_environment(&alarm, alarm.zone, text) < sizeof(text));
}
