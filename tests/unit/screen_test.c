/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/screen.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static struct ks_screen screen;
static struct ks_announcer storms;

/* More of everything than fits. */
static void
fill(void)
{
	(void)snprintf(screen.interfaces, sizeof(screen.interfaces), "eth0");
	screen.now_s = 1795298230;
	for (size_t i = 0; i < KS_SCREEN_ROWS; i++) {
		(void)snprintf(screen.zones.rows[i].name, KS_SCREEN_NAME, "zone%zu.", i);
		(void)snprintf(screen.sources.rows[i].name, KS_SCREEN_NAME, "192.0.2.%zu", i);
		screen.zones.rows[i].queries = UINT64_MAX;
	}
	screen.zones.n = screen.sources.n = KS_SCREEN_ROWS;
	for (size_t i = 0; i < KS_ANNOUNCE_MAX; i++) {
		struct ks_alarm *const alarm = &storms.list[i].alarm;
		memset(alarm->zone, 'x', sizeof(alarm->zone) - 1);
		alarm->uplift = i % 2 == 0 ? INFINITY : 3;
	}
	for (int i = 0; i < 20; i++) {
		char text[400];
		memset(text, 'e', sizeof(text));
		text[sizeof(text) - 1] = '\0';
		ks_screen_event(&screen, text);
		ks_screen_rate(&screen, UINT64_MAX >> i * 3);
	}
}

Test(screen, no_line_is_longer_than_the_terminal_is_wide)
{
	static ks_screen_line lines[KS_SCREEN_HEIGHT];
	fill();
	for (int help = 0; help < 2; help++) {
		screen.help = help != 0;
		for (unsigned height = 0; height < KS_SCREEN_HEIGHT + 20; height += 3) {
			for (unsigned width = 0; width < KS_SCREEN_WIDTH + 20; width += 7) {
				memset(lines, '!', sizeof(lines));
				ks_screen_draw(&screen, &storms, width, height, lines);
				const unsigned shown = height < KS_SCREEN_HEIGHT ? height : KS_SCREEN_HEIGHT;
				for (unsigned i = 0; i < shown; i++)
					cr_assert(strnlen(lines[i], sizeof(lines[i])) <= width,
						  "%ux%u, line %u", width, height, i);
				/* What is below the terminal is left alone. */
				if (shown < KS_SCREEN_HEIGHT)
					cr_assert(lines[shown][0] == '!', "%ux%u", width, height);
			}
		}
	}
}

Test(screen, shows_what_there_is)
{
	static ks_screen_line lines[KS_SCREEN_HEIGHT];
	static const char *const wanted[] = {
		"eth0  21:57:10Z", "7 packets, 5/s; lost: 2 in the kernel, 1 before",
		"STORM . since",   "com.",
		"192.0.2.1",       "began",
		"q quit"};
	char page[KS_SCREEN_HEIGHT * sizeof(ks_screen_line)] = "";
	screen = (struct ks_screen){.interfaces = "eth0",
				    .now_s = 1795298230,
				    .packets = 7,
				    .lost_kernel = 2,
				    .lost_interface = 1,
				    .zones = {1, {{"com.", 10, 5}}},
				    .sources = {1, {{"192.0.2.1", 10, 5}}}};
	ks_screen_rate(&screen, 5);
	ks_screen_event(&screen, "began");
	storms.list[3].alarm = (struct ks_alarm){.zone = ".", .uplift = 4, .start_s = 1795298230};
	ks_screen_draw(&screen, &storms, 100, 40, lines);
	for (size_t i = 0; i < 40; i++) {
		strcat(page, lines[i]);
		strcat(page, "\n");
	}
	for (size_t i = 0; i < KS_COUNT(wanted); i++)
		cr_expect(strstr(page, wanted[i]) != NULL, "no '%s' in\n%s", wanted[i], page);
}
