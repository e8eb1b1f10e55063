/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/live/alarm.c -- what an alarm looks like (announce.h). */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "analyzer/live/announce.h"

/* Text that grows to the end of its room and no further. */
struct text {
	char *at;
	size_t n, size;
};

static void add(struct text *text, const char *format, ...) KS_PRINTF(2, 3);

static void
add(struct text *text, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const int n = vsnprintf(text->at + text->n, text->size - text->n, format, args);
	va_end(args);
	text->n += n > 0 ? (size_t)n : 0;
	if (text->n >= text->size)
		text->n = text->size - 1;
}

static void
add_time(struct text *text, int64_t t_s)
{
	const time_t t = (time_t)t_s;
	struct tm tm;
	char printed[40];
	if (gmtime_r(&t, &tm) != NULL && strftime(printed, sizeof(printed), "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
		add(text, "%s", printed);
}

size_t
ks_alarm_sentence(const struct ks_alarm *alarm, char ret[KS_ALARM_TEXT])
{
	struct text text = {ret, 0, KS_ALARM_TEXT};
	add(&text, "%s of DNSKEY queries for %s", alarm->begins ? "a storm" : "the end of the storm",
	    alarm->zone);
	if (alarm->began_before) {
		add(&text, ", which began before the capture");
	} else {
		add(&text, " since ");
		add_time(&text, alarm->start_s);
	}
	if (!alarm->begins) {
		add(&text, ", known until ");
		add_time(&text, alarm->end_s);
	}
	add(&text, ": %.4g a second", alarm->qps);
	if (isfinite(alarm->uplift))
		add(&text, ", %.3g times the usual", alarm->uplift);
	return text.n;
}

/* Names are ASCII, and hold no control characters; quotes and backslashes they may. */
static void
add_quoted(struct text *text, const char *string)
{
	add(text, "\"");
	for (const char *c = string; *c != '\0'; c++)
		add(text, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
	add(text, "\"");
}

static void
add_json_time(struct text *text, const char *name, bool known, int64_t t_s)
{
	add(text, ", \"%s\": %s", name, known ? "\"" : "null");
	if (known) {
		add_time(text, t_s);
		add(text, "\"");
	}
}

static void
add_json_number(struct text *text, const char *name, double number)
{
	if (isfinite(number))
		add(text, ", \"%s\": %.9g", name, number);
	else
		add(text, ", \"%s\": null", name);
}

size_t
ks_alarm_json(const struct ks_alarm *alarm, char ret[KS_ALARM_TEXT])
{
	struct text text = {ret, 0, KS_ALARM_TEXT};
	add(&text, "{\"event\": \"%s\", \"zone\": ", alarm->begins ? "storm-start" : "storm-end");
	add_quoted(&text, alarm->zone);
	add_json_time(&text, "start", !alarm->began_before, alarm->start_s);
	add_json_time(&text, "until", true, alarm->end_s);
	add(&text, ", \"bin_s\": %" PRIu32, alarm->bin_s);
	add_json_number(&text, "qps", alarm->qps);
	add_json_number(&text, "base_qps", alarm->base_qps);
	add_json_number(&text, "uplift", alarm->uplift);
	add(&text, "}");
	return text.n;
}

/* Up to and with the NUL. */
static void
end_string(struct text *text)
{
	if (text->n < text->size - 1)
		text->n++;
	text->at[text->n] = '\0';
}

size_t
ks_alarm_environment(const struct ks_alarm *alarm, const char *database, char ret[KS_ALARM_TEXT])
{
	struct text text = {ret, 0, KS_ALARM_TEXT};
	add(&text, "KEYSTORM_EVENT=%s", alarm->begins ? "storm-start" : "storm-end");
	end_string(&text);
	add(&text, "KEYSTORM_ZONE=%s", alarm->zone);
	end_string(&text);
	add(&text, "KEYSTORM_START=");
	if (!alarm->began_before)
		add_time(&text, alarm->start_s);
	end_string(&text);
	add(&text, "KEYSTORM_UNTIL=");
	add_time(&text, alarm->end_s);
	end_string(&text);
	add(&text, "KEYSTORM_QPS=%.9g", alarm->qps);
	end_string(&text);
	add(&text, "KEYSTORM_BASE_QPS=%.9g", alarm->base_qps);
	end_string(&text);
	add(&text, "KEYSTORM_UPLIFT=");
	if (isfinite(alarm->uplift))
		add(&text, "%.9g", alarm->uplift);
	end_string(&text);
	add(&text, "KEYSTORM_DATABASE=%.800s", database);
	end_string(&text);
	return text.n;
}
