/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/calendar.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/cli/cli.h"
#include "analyzer/cli/options.h"
#include "dissect/name.h"

enum { NAME_ROOM = KS_NAME_MAX };

enum field { ZONE, TIME, EVENT, TAG, NOTE, FIELDS };

static bool
take_zone(struct ks_calendar *calendar, const struct ks_csv_record *record, struct ks_milestone *ret)
{
	uint8_t *const room = calendar->names + calendar->n * NAME_ROOM;
	ret->zone = (struct ks_span){room, ks_name_parse(record->fields[ZONE], room)};
	if (ret->zone.n != 0)
		return true;
	ks_csvfile_complain(&calendar->file, record->line,
			    "'%.100s' is no zone (example.com, or . for the root)", record->fields[ZONE]);
	return false;
}

static bool
take_time(struct ks_calendar *calendar, const struct ks_csv_record *record, struct ks_milestone *ret)
{
	if (ks_option_time(record->fields[TIME], &ret->t_ns))
		return true;
	ks_csvfile_complain(&calendar->file, record->line,
			    "'%.60s' is no time (2027-01-11T14:00:00Z, 2027-01-11, or seconds)",
			    record->fields[TIME]);
	return false;
}

static bool
take_event(struct ks_calendar *calendar, const struct ks_csv_record *record, struct ks_milestone *ret)
{
	if (ks_event_parse(record->fields[EVENT], &ret->event))
		return true;
	char list[320] = "";
	size_t n = 0;
	for (unsigned i = 0; i < KS_EVENT_KINDS && n < sizeof(list); i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", i == 0 ? "" : ", ",
				      ks_event_name((enum ks_event_kind)i));
	ks_csvfile_complain(&calendar->file, record->line, "'%.40s' is no event; there are: %s",
			    record->fields[EVENT], list);
	return false;
}

static bool
take_tag(struct ks_calendar *calendar, const struct ks_csv_record *record, struct ks_milestone *ret)
{
	uint64_t tag;
	const char *const text = record->n > TAG ? record->fields[TAG] : "";
	ret->tag = KS_TAG_UNKNOWN;
	if (text[0] == '\0')
		return true;
	if (ks_option_number(text, 0, UINT16_MAX, &tag)) {
		ret->tag = (int32_t)tag;
		return true;
	}
	ks_csvfile_complain(&calendar->file, record->line, "'%.40s' is no key tag (0 to 65535, or nothing)",
			    text);
	return false;
}

static void
take_record(void *arg, const struct ks_csv_record *record)
{
	struct ks_calendar *const calendar = arg;
	struct ks_milestone milestone = {.note = record->n > NOTE ? record->fields[NOTE] : ""};
	if (record->n <= EVENT || record->n > FIELDS) {
		ks_csvfile_complain(&calendar->file, record->line,
				    "%zu fields; right are zone,time,event,tag,note%s", record->n,
				    record->n > FIELDS ? " (a note with commas stands in quotes)" : "");
		return;
	}
	if (take_zone(calendar, record, &milestone) && take_time(calendar, record, &milestone) &&
	    take_event(calendar, record, &milestone) && take_tag(calendar, record, &milestone))
		calendar->milestones[calendar->n++] = milestone;
}

bool
ks_calendar_read(const char *verb, const char *path, struct ks_calendar *ret)
{
	static const char *const header[] = {"zone", "time"};
	*ret = (struct ks_calendar){.file = {.verb = verb, .option = "--rollovers", .path = path}};
	if (!ks_csvfile_load(&ret->file))
		return false;
	/* A record takes a line at least. */
	ret->milestones = calloc(ret->file.n_lines, sizeof(*ret->milestones));
	ret->names = calloc(ret->file.n_lines, NAME_ROOM);
	if (ret->milestones == NULL || ret->names == NULL)
		(void)ks_cli_usage(verb, "--rollovers %.300s: no memory for %zu lines", path,
				   ret->file.n_lines);
	else
		ks_csvfile_each(&ret->file, header, take_record, ret);
	if (!ret->file.bad && ret->milestones != NULL && ret->names != NULL)
		return true;
	ks_calendar_done(ret);
	return false;
}

void
ks_calendar_done(struct ks_calendar *calendar)
{
	free(calendar->milestones);
	free(calendar->names);
	ks_csvfile_done(&calendar->file);
	*calendar = (struct ks_calendar){0};
}
