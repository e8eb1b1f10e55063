/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/calendar.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "analyzer/cli/cli.h"
#include "analyzer/cli/options.h"
#include "analyzer/judge/csv.h"
#include "dissect/name.h"

enum { FILE_MAX_BYTES = 1 << 20, NAME_ROOM = KS_NAME_MAX };

enum field { ZONE, TIME, EVENT, TAG, NOTE, FIELDS };

struct reader {
	const char *verb, *path;
	struct ks_calendar *calendar;
	bool bad;
};

static void complain(struct reader *reader, unsigned line, const char *format, ...) KS_PRINTF(3, 4);

static void
complain(struct reader *reader, unsigned line, const char *format, ...)
{
	char what[384];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	struct ks_diag diag;
	const enum ks_error error =
		ks_diag_set(&diag, KS_ERR_USAGE, "%.120s:%u: %s", reader->path, line, what);
	(void)ks_cli_fail(reader->verb, error, &diag);
	reader->bad = true;
}

/* The whole file with a NUL behind it; NULL when it cannot be had, which was told. */
static char *
load(const char *verb, const char *path)
{
	FILE *const file = fopen(path, "r");
	struct stat status;
	if (file == NULL || fstat(fileno(file), &status) != 0 || S_ISDIR(status.st_mode)) {
		const int reason = file == NULL ? errno : EISDIR;
		(void)ks_cli_usage(verb, "--rollovers %.300s: %s", path, strerror(reason));
		if (file != NULL)
			(void)fclose(file);
		return NULL;
	}
	char *const text = malloc(FILE_MAX_BYTES + 2);
	const size_t n = text != NULL ? fread(text, 1, FILE_MAX_BYTES + 1, file) : 0;
	(void)fclose(file);
	if (text != NULL && n <= FILE_MAX_BYTES && memchr(text, '\0', n) == NULL) {
		text[n] = '\0';
		return text;
	}
	(void)ks_cli_usage(verb, "--rollovers %.300s: no text of at most %d MiB", path, FILE_MAX_BYTES >> 20);
	free(text);
	return NULL;
}

static size_t
count_lines(const char *text)
{
	size_t n = 1;
	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

static bool
is_header(const struct ks_csv_record *record)
{
	return record->n >= 2 && strcasecmp(record->fields[ZONE], "zone") == 0 &&
	       strcasecmp(record->fields[TIME], "time") == 0;
}

static bool
take_zone(struct reader *reader, const struct ks_csv_record *record, struct ks_milestone *ret)
{
	uint8_t *const room = reader->calendar->names + reader->calendar->n * NAME_ROOM;
	ret->zone = (struct ks_span){room, ks_name_parse(record->fields[ZONE], room)};
	if (ret->zone.n != 0)
		return true;
	complain(reader, record->line, "'%.100s' is no zone (example.com, or . for the root)",
		 record->fields[ZONE]);
	return false;
}

static bool
take_time(struct reader *reader, const struct ks_csv_record *record, struct ks_milestone *ret)
{
	if (ks_option_time(record->fields[TIME], &ret->t_ns))
		return true;
	complain(reader, record->line, "'%.60s' is no time (2027-01-11T14:00:00Z, 2027-01-11, or seconds)",
		 record->fields[TIME]);
	return false;
}

static bool
take_event(struct reader *reader, const struct ks_csv_record *record, struct ks_milestone *ret)
{
	if (ks_event_parse(record->fields[EVENT], &ret->event))
		return true;
	char list[320] = "";
	size_t n = 0;
	for (unsigned i = 0; i < KS_EVENT_KINDS && n < sizeof(list); i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", i == 0 ? "" : ", ",
				      ks_event_name((enum ks_event_kind)i));
	complain(reader, record->line, "'%.40s' is no event; there are: %s", record->fields[EVENT], list);
	return false;
}

static bool
take_tag(struct reader *reader, const struct ks_csv_record *record, struct ks_milestone *ret)
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
	complain(reader, record->line, "'%.40s' is no key tag (0 to 65535, or nothing)", text);
	return false;
}

static void
take_record(struct reader *reader, const struct ks_csv_record *record)
{
	struct ks_milestone milestone = {.note = record->n > NOTE ? record->fields[NOTE] : ""};
	if (record->n <= EVENT || record->n > FIELDS) {
		complain(reader, record->line, "%zu fields; right are zone,time,event,tag,note%s", record->n,
			 record->n > FIELDS ? " (a note with commas stands in quotes)" : "");
		return;
	}
	if (take_zone(reader, record, &milestone) && take_time(reader, record, &milestone) &&
	    take_event(reader, record, &milestone) && take_tag(reader, record, &milestone))
		reader->calendar->milestones[reader->calendar->n++] = milestone;
}

static void
take_all(struct reader *reader)
{
	struct ks_csv csv;
	ks_csv_init(&csv, reader->calendar->text);
	for (bool first = true;; first = false) {
		struct ks_csv_record record;
		switch (ks_csv_next(&csv, &record)) {
		case KS_CSV_END:
			return;
		case KS_CSV_BAD_QUOTE:
			complain(
				reader, record.line,
				"a quote out of place; a field with quotes is \"quoted, \"\"like this\"\"\"");
			break;
		case KS_CSV_OPEN_QUOTE:
			complain(reader, record.line,
				 "a quote that is not closed; a field with quotes is \"quoted\"");
			break;
		case KS_CSV_TOO_MANY:
			record.n = KS_CSV_FIELDS;
			take_record(reader, &record);
			break;
		case KS_CSV_RECORD:
			if (!first || !is_header(&record))
				take_record(reader, &record);
			break;
		}
	}
}

bool
ks_calendar_read(const char *verb, const char *path, struct ks_calendar *ret)
{
	struct reader reader = {.verb = verb, .path = path, .calendar = ret};
	*ret = (struct ks_calendar){.text = load(verb, path)};
	if (ret->text == NULL)
		return false;
	/* A record takes a line at least. */
	const size_t n = count_lines(ret->text);
	ret->milestones = calloc(n, sizeof(*ret->milestones));
	ret->names = calloc(n, NAME_ROOM);
	if (ret->milestones == NULL || ret->names == NULL)
		(void)ks_cli_usage(verb, "--rollovers %.300s: no memory for %zu lines", path, n);
	else
		take_all(&reader);
	if (!reader.bad && ret->milestones != NULL && ret->names != NULL)
		return true;
	ks_calendar_done(ret);
	return false;
}

void
ks_calendar_done(struct ks_calendar *calendar)
{
	free(calendar->milestones);
	free(calendar->names);
	free(calendar->text);
	*calendar = (struct ks_calendar){0};
}
