/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/escape.h -- text that came out of packets and file names, made harmless for its reader.
 *
 * Input:     any bytes. Output is always valid UTF-8 without control characters.
 * Reader:    a JSON parser, a spreadsheet, a browser, or a person's terminal. "Hidden" are the code points
 * that change what a person sees without being seen: C0 and C1 controls (a terminal obeys ESC and CSI),
 * bidirectional marks (they reorder what is around them), line and paragraph separators, invisible format and
 * tag characters. Standards: RFC 3629 (UTF-8), RFC 8259 s7 (JSON strings), RFC 4180 s2 (CSV fields), UAX #9
 * (bidi). */
#ifndef KS_REPORTS_ESCAPE_H
#define KS_REPORTS_ESCAPE_H

#include "reports/buf.h"

/* Length of the well-formed character that starts here, 0 when there is none; `ret` gets its code point. */
KS_MUST_CHECK size_t ks_utf8_next(const char *at, size_t n, uint32_t *ret);
bool ks_utf8_hidden(uint32_t code);
/* How many columns of a terminal: one per code point, which is right for all we print ourselves. */
size_t ks_utf8_columns(const char *text, size_t n);

/* A JSON string with its quotes. Hidden characters as \uXXXX, each byte of malformed text as \ufffd. */
void ks_escape_json(struct ks_buf *buf, const char *text, size_t n);

/* A CSV field, quoted when it must be. Hidden and malformed bytes as \xHH. A field that a spreadsheet
 * would take for a formula (= + - @ TAB CR first) gets an apostrophe before it. */
void ks_escape_csv(struct ks_buf *buf, const char *text, size_t n);

/* Hidden and malformed bytes as \xHH; so is everything beyond ASCII unless `unicode`. */
void ks_escape_terminal(struct ks_buf *buf, const char *text, size_t n, bool unicode);

/* Text or the value of a quoted attribute in HTML and in XML. Hidden and malformed bytes as \xHH, the five
 * characters that mean something to a parser as entities. */
void ks_escape_markup(struct ks_buf *buf, const char *text, size_t n);

/* A JSON string that may stand inside a script element of HTML: nothing in it ends the element. */
void ks_escape_script_json(struct ks_buf *buf, const char *text, size_t n);

/* One word of a shell command that a person may copy: quoted when it must be, ASCII always. */
void ks_escape_shell(struct ks_buf *buf, const char *text, size_t n);

#endif
