/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/terminal.h"

#include <curses.h>
#include <stdio.h>
#include <unistd.h>

static SCREEN *terminal;

bool
ks_terminal_open(void)
{
	/* Not initscr: it ends the process when the terminal is unknown. */
	terminal = newterm(NULL, stdout, stdin);
	if (terminal == NULL)
		return false;
	(void)set_term(terminal);
	(void)cbreak();
	(void)noecho();
	(void)nodelay(stdscr, true);
	(void)keypad(stdscr, true);
	(void)curs_set(0);
	return true;
}

void
ks_terminal_close(void)
{
	if (terminal == NULL)
		return;
	(void)endwin();
	delscreen(terminal);
	terminal = NULL;
}

void
ks_terminal_show(const struct ks_screen *screen, const struct ks_announcer *storms)
{
	ks_screen_line lines[KS_SCREEN_HEIGHT];
	const int width = getmaxx(stdscr), height = getmaxy(stdscr);
	if (width <= 0 || height <= 0)
		return;
	ks_screen_draw(screen, storms, (unsigned)width, (unsigned)height, lines);
	(void)erase();
	for (int i = 0; i < height && i < KS_SCREEN_HEIGHT; i++)
		(void)mvaddstr(i, 0, lines[i]);
	(void)refresh();
}

int
ks_terminal_key(void)
{
	for (;;) {
		const int key = getch();
		if (key == ERR)
			return 0;
		if (key != KEY_RESIZE) /* the next drawing knows */
			return key;
	}
}
