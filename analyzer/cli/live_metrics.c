/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/live_metrics.c -- the verb live: figures in Prometheus' text format. Those that come out of
 * the database are written by the copy, a family at a time, and shown until the next copy has told its own;
 * the others are of now. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/cli/live.h"

enum { TYPES = 32, ZONES = 32, SOURCES = 20 }; /* the number of series is bounded */

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
	/* Half a line would be worse than none. */
	if (n > 0 && (size_t)n < text->size - text->n)
		text->n += (size_t)n;
}

static void
add_head(struct text *text, const char *name, const char *type, const char *help)
{
	add(text, "# HELP keystorm_%s %s\n# TYPE keystorm_%s %s\n", name, help, name, type);
}

/* Names in presentation form are ASCII; quotes and backslashes are escaped. */
static const char *
label(const char *name, char ret[2 * KS_NAME_TEXT])
{
	char *to = ret;
	for (; *name != '\0' && to < ret + 2 * KS_NAME_TEXT - 2; name++) {
		if (*name == '"' || *name == '\\')
			*to++ = '\\';
		*to++ = *name;
	}
	*to = '\0';
	return ret;
}

/* --- in the copy --- */

struct family {
	struct ks_live *live;
	struct ks_copy_word word;
	const char *name, *label;
	int value; /* which of the row's */
};

static void
send_off(struct family *family)
{
	if (family->word.n > 0)
		ks_copy_tell(&family->live->copy, &family->word);
	family->word.n = 0;
}

static enum ks_error
take_row(void *arg, const struct ks_store_metric *metric, struct ks_diag *diag)
{
	struct family *const family = arg;
	char line[2 * KS_NAME_TEXT + 128], name[2 * KS_NAME_TEXT];
	struct text text = {line, 0, sizeof(line)};
	(void)diag;
	add(&text, "keystorm_%s{%s=\"%s\"} %" PRIu64 "\n", family->name, family->label,
	    label(metric->name, name), metric->values[family->value]);
	if (family->word.n + text.n > KS_COPY_TEXT)
		send_off(family);
	memcpy(family->word.text + family->word.n, line, text.n);
	family->word.n += (uint32_t)text.n;
	return KS_SUCCESS;
}

static const struct {
	const char *name, *label, *help;
	enum ks_metric which;
	unsigned most;
	int value;
} families[] = {
	{"segment_queries", "qtype", "Queries in this segment, by type.", KS_METRIC_QTYPE, TYPES, 0},
	{"segment_responses", "qtype", "Responses in this segment, by type.", KS_METRIC_QTYPE, TYPES, 1},
	{"segment_dnskey_queries", "zone", "DNSKEY queries in this segment, of the zones with most.",
	 KS_METRIC_ZONE, ZONES, 0},
	{"segment_dnskey_requeries", "zone", "Of these, asked again with the keys just delivered.",
	 KS_METRIC_ZONE, ZONES, 1},
	{"segment_source_dnskey_queries", "source",
	 "DNSKEY queries in this segment, of the sources with most.", KS_METRIC_SOURCE, SOURCES, 0},
};

/* For the screen. */
static enum ks_error
tell_row(void *arg, const struct ks_store_metric *metric, struct ks_diag *diag)
{
	struct family *const family = arg;
	struct ks_copy_word *const word = &family->word;
	(void)diag;
	word->numbers[1] = (int64_t)metric->values[0];
	word->numbers[2] = (int64_t)metric->values[1];
	word->n =
		1 + (uint32_t)snprintf(word->text, KS_SCREEN_NAME, "%.*s", KS_SCREEN_NAME - 1, metric->name);
	ks_copy_tell(&family->live->copy, word);
	return KS_SUCCESS;
}

static enum ks_error
tell_rows(struct ks_live *live, enum ks_metric which, struct ks_diag *diag)
{
	struct family family = {.live = live, .word = {.kind = KS_LIVE_ROW, .numbers = {which}}};
	return ks_store_each_metric(live->store, which, KS_SCREEN_ROWS, tell_row, &family, diag);
}

enum ks_error
ks_live_measure(struct ks_live *live, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	if (live->options->top)
		error = tell_rows(live, KS_METRIC_ZONE, diag);
	if (live->options->top && error == KS_SUCCESS)
		error = tell_rows(live, KS_METRIC_SOURCE, diag);
	if (live->options->metrics == NULL)
		return error;
	for (size_t i = 0; i < KS_COUNT(families) && error == KS_SUCCESS; i++) {
		struct family family = {
			.live = live,
			.word.kind = KS_LIVE_FIGURES,
			.name = families[i].name,
			.label = families[i].label,
			.value = families[i].value,
		};
		struct text text = {family.word.text, 0, KS_COPY_TEXT};
		add_head(&text, families[i].name, "gauge", families[i].help);
		family.word.n = (uint32_t)text.n;
		error = ks_store_each_metric(live->store, families[i].which, families[i].most, take_row,
					     &family, diag);
		send_off(&family);
	}
	return error;
}

/* --- in the original --- */

void
ks_live_hear_figures(struct ks_live *live, const struct ks_copy_word *word)
{
	struct ks_live_figures *const figures = &live->figures;
	if (word->kind == KS_LIVE_WATCHED) {
		memcpy(figures->shown, figures->coming, figures->n_coming);
		figures->n_shown = figures->n_coming;
		figures->n_coming = 0;
		return;
	}
	if (figures->n_coming + word->n > sizeof(figures->coming))
		return;
	memcpy(figures->coming + figures->n_coming, word->text, word->n);
	figures->n_coming += word->n;
}

static void
add_interfaces(struct text *text, const struct ks_live *live)
{
	add_head(text, "packets_total", "counter", "Packets captured, by interface.");
	for (size_t i = 0; i < live->feed.n_interfaces; i++)
		add(text, "keystorm_packets_total{interface=\"%s\"} %" PRIu64 "\n",
		    ks_ring_name(ks_feed_ring(&live->feed, i)), live->feed.delivered[i].packets);
	add_head(text, "bytes_total", "counter", "Octets of these packets on the wire, by interface.");
	for (size_t i = 0; i < live->feed.n_interfaces; i++)
		add(text, "keystorm_bytes_total{interface=\"%s\"} %" PRIu64 "\n",
		    ks_ring_name(ks_feed_ring(&live->feed, i)), live->feed.delivered[i].bytes);
	add_head(text, "dropped_packets_total", "counter", "Packets lost, by interface and place.");
	for (size_t i = 0; i < live->feed.n_interfaces; i++) {
		const char *const name = ks_ring_name(ks_feed_ring(&live->feed, i));
		const struct ks_ring_lost *const lost = &live->drops.before[i];
		add(text, "keystorm_dropped_packets_total{interface=\"%s\",where=\"kernel\"} %" PRIu64 "\n",
		    name, lost->kernel);
		add(text,
		    "keystorm_dropped_packets_total{interface=\"%s\",where=\"interface\"} %" PRIu64 "\n",
		    name, lost->interface);
	}
	add_head(text, "interface_up", "gauge", "Whether the interface can be captured from.");
	for (size_t i = 0; i < live->feed.n_interfaces; i++)
		add(text, "keystorm_interface_up{interface=\"%s\"} %d\n",
		    ks_ring_name(ks_feed_ring(&live->feed, i)), ks_ring_is_up(ks_feed_ring(&live->feed, i)));
}

static void
add_storms(struct text *text, const struct ks_announcer *announcer)
{
	char name[2 * KS_NAME_TEXT];
	unsigned n = 0;
	for (size_t i = 0; i < KS_ANNOUNCE_MAX; i++)
		n += announcer->list[i].alarm.zone[0] != '\0';
	add_head(text, "storms", "gauge", "Zones with a storm of DNSKEY queries.");
	add(text, "keystorm_storms %u\n", n);
	add_head(text, "storm_uplift_ratio", "gauge", "DNSKEY queries in the storm, over those before it.");
	for (size_t i = 0; i < KS_ANNOUNCE_MAX; i++) {
		const struct ks_alarm *const alarm = &announcer->list[i].alarm;
		if (alarm->zone[0] != '\0' && isfinite(alarm->uplift))
			add(text, "keystorm_storm_uplift_ratio{zone=\"%s\"} %.9g\n", label(alarm->zone, name),
			    alarm->uplift);
	}
}

size_t
ks_live_figures_text(void *arg, char *ret, size_t size)
{
	const struct ks_live *const live = arg;
	struct text text = {ret, 0, size};
	add_head(&text, "build_info", "gauge", "The version of this program.");
	add(&text, "keystorm_build_info{version=\"%s\"} 1\n", KS_VERSION);
	add_interfaces(&text, live);
	add_storms(&text, &live->announcer);
	add_head(&text, "shed_step", "gauge",
		 "What is left out because packets come too fast: 0 nothing, 1 samples, 2 all detail that is "
		 "not about keys.");
	add(&text, "keystorm_shed_step %d\n", (int)live->load.step);
	add_head(&text, "database_writable", "gauge",
		 "Whether what is known could be written the last time.");
	add(&text, "keystorm_database_writable %d\n", !live->failing);
	add_head(&text, "written_bin_seconds", "gauge",
		 "End of the last bin that was written, since the epoch.");
	add(&text, "keystorm_written_bin_seconds %" PRId64 "\n", live->written_s);
	add_head(&text, "write_duration_seconds", "gauge",
		 "How long writing and judging took the last time.");
	add(&text, "keystorm_write_duration_seconds %.3f\n", (double)live->write_ns * 1e-9);
	if (text.n + live->figures.n_shown < size) {
		memcpy(ret + text.n, live->figures.shown, live->figures.n_shown);
		text.n += live->figures.n_shown;
	}
	return text.n;
}
