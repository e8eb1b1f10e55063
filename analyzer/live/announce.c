/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/announce.h"

#include <string.h>

void
ks_announce_begin(struct ks_announcer *announcer)
{
	for (size_t i = 0; i < KS_ANNOUNCE_MAX; i++)
		announcer->list[i].on = false;
}

/* The place of a zone, or a free one; NULL when all are taken. */
static struct ks_announced *
place_of(struct ks_announcer *announcer, const char *zone)
{
	struct ks_announced *free_place = NULL;
	for (size_t i = 0; i < KS_ANNOUNCE_MAX; i++) {
		struct ks_announced *const place = &announcer->list[i];
		if (strcmp(place->alarm.zone, zone) == 0)
			return place;
		if (place->alarm.zone[0] == '\0' && free_place == NULL)
			free_place = place;
	}
	return free_place;
}

void
ks_announce_storm(struct ks_announcer *announcer, const struct ks_alarm *storm, ks_announce_fn *tell,
		  void *arg)
{
	struct ks_announced *const place = place_of(announcer, storm->zone);
	if (place == NULL) {
		announcer->passed_over++;
		return;
	}
	const bool is_new = place->alarm.zone[0] == '\0';
	place->alarm = *storm;
	place->alarm.begins = true;
	place->on = true;
	if (is_new)
		tell(arg, &place->alarm);
}

void
ks_announce_end(struct ks_announcer *announcer, ks_announce_fn *tell, void *arg)
{
	for (size_t i = 0; i < KS_ANNOUNCE_MAX; i++) {
		struct ks_announced *const place = &announcer->list[i];
		if (place->alarm.zone[0] == '\0' || place->on)
			continue;
		place->alarm.begins = false;
		tell(arg, &place->alarm);
		place->alarm.zone[0] = '\0';
	}
}
