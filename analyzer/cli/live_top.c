/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/live_top.c -- the verb live: what it says, as lines or on a screen. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/cli/live.h"
#include "analyzer/live/terminal.h"

/* A line on standard error; on a screen an event, for a line would tear it, and a line too where that goes
 * elsewhere. */
void
ks_live_say(struct ks_live *live, const char *format, ...)
{
	char text[3200];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (live->on_screen)
		ks_screen_event(&live->screen, text);
	if (!live->on_screen || !isatty(STDERR_FILENO))
		(void)fprintf(stderr, "keystorm live: %s\n", text);
}

void
ks_live_top_begin(struct ks_live *live)
{
	size_t n = 0;
	live->screen.began_s = ks_feed_now() / KS_NS_PER_S;
	for (size_t i = 0; i < live->feed.n_interfaces && n < sizeof(live->screen.interfaces); i++)
		n += (size_t)snprintf(live->screen.interfaces + n, sizeof(live->screen.interfaces) - n,
				      "%s%s", i > 0 ? " " : "", ks_ring_name(ks_feed_ring(&live->feed, i)));
	live->on_screen =
		live->options->top && isatty(STDOUT_FILENO) && isatty(STDIN_FILENO) && ks_terminal_open();
}

void
ks_live_top_end(struct ks_live *live)
{
	if (live->on_screen)
		ks_terminal_close();
	live->on_screen = false;
}

/* A row of a table for the screen. */
void
ks_live_hear_row(struct ks_live *live, const struct ks_copy_word *word)
{
	struct ks_screen_table *const table =
		word->numbers[0] == KS_METRIC_ZONE ? &live->zones : &live->sources;
	if (table->n == KS_SCREEN_ROWS)
		return;
	struct ks_screen_row *const row = &table->rows[table->n++];
	row->queries = (uint64_t)word->numbers[1];
	row->requeries = (uint64_t)word->numbers[2];
	(void)snprintf(row->name, sizeof(row->name), "%.*s", (int)sizeof(row->name) - 1, word->text);
}

/* They were all. */
void
ks_live_top_rows(struct ks_live *live)
{
	live->screen.zones = live->zones;
	live->screen.sources = live->sources;
	live->zones.n = live->sources.n = 0;
}

static uint64_t
delivered(const struct ks_live *live)
{
	uint64_t n = 0;
	for (size_t i = 0; i < live->feed.n_interfaces; i++)
		n += live->feed.delivered[i].packets;
	return n;
}

void
ks_live_top_second(struct ks_live *live)
{
	const uint64_t packets = delivered(live);
	ks_screen_rate(&live->screen, packets - live->screen.packets);
	live->screen.packets = packets;
}

static bool
take_keys(struct ks_live *live)
{
	for (int key; (key = ks_terminal_key()) != 0;) {
		if (key == 'q' || key == 'Q')
			return true;
		if (key == 'h' || key == '?')
			live->screen.help = !live->screen.help;
		if (key == 'p' || key == ' ')
			live->screen.paused = !live->screen.paused;
	}
	return false;
}

bool
ks_live_top_show(struct ks_live *live, int64_t now_ns)
{
	struct ks_screen *const screen = &live->screen;
	if (!live->on_screen)
		return false;
	const bool was_paused = screen->paused && !screen->help;
	const bool quits = take_keys(live);
	screen->written_s = live->written_s;
	screen->failing = live->failing;
	screen->lost_kernel = live->drops.all.kernel;
	screen->lost_interface = live->drops.all.interface;
	screen->now_s = now_ns / KS_NS_PER_S;
	if (!was_paused || !screen->paused || screen->help)
		ks_terminal_show(screen, &live->announcer);
	return quits;
}

void
ks_live_top_bin(struct ks_live *live, int64_t end_s)
{
	const uint64_t packets = delivered(live);
	const time_t t = (time_t)end_s;
	char text[40] = "";
	struct tm tm;
	unsigned storms = 0;
	for (size_t i = 0; i < KS_ANNOUNCE_MAX; i++)
		storms += live->announcer.list[i].alarm.zone[0] != '\0';
	if (live->options->top && !live->on_screen && gmtime_r(&t, &tm) != NULL &&
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) > 0) {
		(void)printf("%s %" PRIu64 " packets, %" PRIu64 " lost, %u storms\n", text,
			     packets - live->bin_packets,
			     live->drops.all.kernel + live->drops.all.interface - live->bin_lost, storms);
		(void)fflush(stdout);
	}
	live->bin_packets = packets;
	live->bin_lost = live->drops.all.kernel + live->drops.all.interface;
}
