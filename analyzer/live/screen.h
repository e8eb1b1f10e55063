/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/live/screen.h -- what the screen of `live --top` shows: lines of text out of figures. No terminal
 * here.
 *
 * Memory:  given by the caller. Threads: no state. Clock: an argument.
 * Output:  ASCII; names in presentation form are. */
#ifndef KS_LIVE_SCREEN_H
#define KS_LIVE_SCREEN_H

#include "analyzer/live/announce.h"

enum {
	KS_SCREEN_WIDTH = 200, /* columns at most; what is beyond stays empty */
	KS_SCREEN_HEIGHT = 100,
	KS_SCREEN_RATES = 180, /* seconds of chart */
	KS_SCREEN_ROWS = 32,
	KS_SCREEN_EVENTS = 8,
	KS_SCREEN_NAME = 64
};

struct ks_screen_row {
	char name[KS_SCREEN_NAME]; /* cut */
	uint64_t queries, requeries;
};

struct ks_screen_table {
	size_t n;
	struct ks_screen_row rows[KS_SCREEN_ROWS];
};

struct ks_screen {
	char interfaces[KS_SCREEN_NAME];
	int64_t now_s, began_s, written_s; /* since the epoch; written_s 0: not yet */
	bool failing, paused, help;
	uint64_t packets, lost_kernel, lost_interface;
	uint32_t rates[KS_SCREEN_RATES];                /* packets of each second, the last one last */
	struct ks_screen_table zones, sources;          /* DNSKEY queries of the segment */
	char events[KS_SCREEN_EVENTS][KS_SCREEN_WIDTH]; /* the last one last; "" none */
	uint64_t n_events;
};

typedef char ks_screen_line[KS_SCREEN_WIDTH + 1];

/* The second that is over had so many packets. */
void ks_screen_rate(struct ks_screen *screen, uint64_t packets);

/* Something happened. */
void ks_screen_event(struct ks_screen *screen, const char *text);

/* Draw `height` lines of `width` columns; whatever these are, no line is longer and none is missing. */
void ks_screen_draw(const struct ks_screen *screen, const struct ks_announcer *storms, unsigned width,
		    unsigned height, ks_screen_line ret[KS_SCREEN_HEIGHT]);

#endif
