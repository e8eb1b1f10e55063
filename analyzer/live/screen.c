/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/screen.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { CHART_HEIGHT = 6, LABEL = 12 };

/* Where the next line goes. */
struct page {
	ks_screen_line *lines;
	unsigned width, height, n;
};

static void line(struct page *page, const char *format, ...) KS_PRINTF(2, 3);

static void
line(struct page *page, const char *format, ...)
{
	if (page->n >= page->height)
		return;
	va_list args;
	va_start(args, format);
	(void)vsnprintf(page->lines[page->n++], page->width + 1, format, args);
	va_end(args);
}

static const char *
clock_of(int64_t t_s, char ret[16])
{
	const time_t t = (time_t)t_s;
	struct tm tm;
	if (gmtime_r(&t, &tm) == NULL || strftime(ret, 16, "%H:%M:%SZ", &tm) == 0)
		ret[0] = '\0';
	return ret;
}

void
ks_screen_rate(struct ks_screen *screen, uint64_t packets)
{
	memmove(screen->rates, screen->rates + 1, sizeof(screen->rates) - sizeof(screen->rates[0]));
	screen->rates[KS_SCREEN_RATES - 1] = packets < UINT32_MAX ? (uint32_t)packets : UINT32_MAX;
}

void
ks_screen_event(struct ks_screen *screen, const char *text)
{
	memmove(screen->events[0], screen->events[1], sizeof(screen->events) - sizeof(screen->events[0]));
	(void)snprintf(screen->events[KS_SCREEN_EVENTS - 1], sizeof(screen->events[0]), "%.*s",
		       KS_SCREEN_WIDTH - 1, text);
	screen->n_events++;
}

static void
draw_head(struct page *page, const struct ks_screen *screen)
{
	char now[16], written[16];
	line(page, "keystorm live  %s  %s%s", screen->interfaces, clock_of(screen->now_s, now),
	     screen->paused ? "  paused: p goes on" : "");
	line(page,
	     "%" PRIu64 " packets, %u/s; lost: %" PRIu64 " in the kernel, %" PRIu64 " before; written: %s%s",
	     screen->packets, screen->rates[KS_SCREEN_RATES - 1], screen->lost_kernel, screen->lost_interface,
	     screen->written_s != 0 ? clock_of(screen->written_s, written) : "not yet",
	     screen->failing ? ", CANNOT BE WRITTEN" : "");
}

/* One column a second, the last one at the right. */
static void
draw_chart(struct page *page, const struct ks_screen *screen)
{
	const unsigned room = page->width > LABEL ? page->width - LABEL : 0;
	const unsigned n = room < KS_SCREEN_RATES ? room : KS_SCREEN_RATES;
	const uint32_t *const rates = screen->rates + KS_SCREEN_RATES - n;
	uint32_t most = 1;
	for (unsigned i = 0; i < n; i++)
		most = rates[i] > most ? rates[i] : most;
	for (unsigned row = CHART_HEIGHT; row-- > 0;) {
		char bars[KS_SCREEN_RATES + 1] = "";
		for (unsigned i = 0; i < n; i++) {
			const double height = (double)rates[i] / most * CHART_HEIGHT;
			bars[i] = height > row + 0.5 ? '#' : height > row ? '.' : ' ';
		}
		bars[n] = '\0';
		if (row == CHART_HEIGHT - 1)
			line(page, "%*u/s %s", LABEL - 3, most, bars);
		else
			line(page, "%*s%s", LABEL, "", bars);
	}
}

static void
draw_storms(struct page *page, const struct ks_announcer *storms)
{
	unsigned n = 0;
	for (size_t i = 0; i < KS_ANNOUNCE_MAX; i++) {
		const struct ks_alarm *const alarm = &storms->list[i].alarm;
		char since[16];
		if (alarm->zone[0] == '\0')
			continue;
		line(page, "STORM %.60s since %s: %.4g DNSKEY queries/s%s%.3g%s", alarm->zone,
		     alarm->began_before ? "before" : clock_of(alarm->start_s, since), alarm->qps,
		     isfinite(alarm->uplift) ? ", " : ", usual ",
		     isfinite(alarm->uplift) ? alarm->uplift : alarm->base_qps,
		     isfinite(alarm->uplift) ? " times the usual" : "");
		n++;
	}
	if (n == 0)
		line(page, "no storm");
}

static void
draw_table(struct page *page, const struct ks_screen_table *table, const char *head, unsigned most)
{
	line(page, "%-40s %12s %12s", head, "DNSKEY", "again");
	for (size_t i = 0; i < table->n && i < most; i++) {
		const struct ks_screen_row *const row = &table->rows[i];
		line(page, "%-40.40s %12" PRIu64 " %11.1f%%", row->name, row->queries,
		     row->queries > 0 ? 100.0 * (double)row->requeries / (double)row->queries : 0.0);
	}
}

static void
draw_events(struct page *page, const struct ks_screen *screen)
{
	for (size_t i = 0; i < KS_SCREEN_EVENTS; i++)
		if (screen->events[i][0] != '\0')
			line(page, "%s", screen->events[i]);
}

static void
draw_help(struct page *page)
{
	line(page, "q        end: the bin is written first");
	line(page, "p, space pause the screen; capturing goes on");
	line(page, "h, ?     this page and back");
	line(page, "The chart is packets a second. Zones and sources are those with the most DNSKEY queries "
		   "in this");
	line(page,
	     "segment, as of the last bin that was written; \"again\" is the share of queries for keys just");
	line(page, "delivered.");
}

void
ks_screen_draw(const struct ks_screen *screen, const struct ks_announcer *storms, unsigned width,
	       unsigned height, ks_screen_line ret[KS_SCREEN_HEIGHT])
{
	struct page page = {
		.lines = ret,
		.width = width < KS_SCREEN_WIDTH ? width : KS_SCREEN_WIDTH,
		.height = height < KS_SCREEN_HEIGHT ? height : KS_SCREEN_HEIGHT,
	};
	for (unsigned i = 0; i < page.height; i++)
		ret[i][0] = '\0';
	draw_head(&page, screen);
	if (screen->help) {
		draw_help(&page);
		return;
	}
	draw_chart(&page, screen);
	draw_storms(&page, storms);
	/* Half of what is left for zones, less a few lines for what happened. */
	const unsigned left = page.height > page.n + 6 ? page.height - page.n - 6 : 0;
	draw_table(&page, &screen->zones, "zone", left / 2);
	draw_table(&page, &screen->sources, "source", left - left / 2);
	draw_events(&page, screen);
	if (page.height > 0) /* always in sight */
		(void)snprintf(ret[page.height - 1], page.width + 1, "q quit  p pause  h help");
}
