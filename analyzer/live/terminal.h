/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/live/terminal.h -- the terminal that `live --top` draws on, by ncurses.
 *
 * Threads: one owner; ncurses knows one terminal. */
#ifndef KS_LIVE_TERMINAL_H
#define KS_LIVE_TERMINAL_H

#include "analyzer/live/screen.h"

/* False: the terminal is unknown. */
KS_MUST_CHECK bool ks_terminal_open(void);
void ks_terminal_close(void);

/* Draw; changes of size are noticed. */
void ks_terminal_show(const struct ks_screen *screen, const struct ks_announcer *storms);

/* The next key that was pressed, 0: none. */
int ks_terminal_key(void);

#endif
