/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/calendar.h -- the file behind --rollovers: steps of rollovers that the user knows of.
 *
 * Memory: on the heap, until ks_calendar_done. Threads: one. */
#ifndef KS_ANALYZER_CLI_CALENDAR_H
#define KS_ANALYZER_CLI_CALENDAR_H

#include "analyzer/cli/csvfile.h"
#include "analyzer/judge/milestone.h"

struct ks_calendar {
	struct ks_milestone *milestones;
	size_t n;
	struct ks_csvfile file; /* notes point into it */
	uint8_t *names;         /* zones point into it */
};

/* Read CSV lines zone,time,event,tag,note. Every line that cannot be used is told on stderr; false when there
 * was one, or no such file. */
KS_MUST_CHECK bool ks_calendar_read(const char *verb, const char *path, struct ks_calendar *ret);

void ks_calendar_done(struct ks_calendar *calendar);

#endif
