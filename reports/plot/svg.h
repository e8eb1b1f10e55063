/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/plot/svg.h -- the few elements of SVG that a plot is made of.
 *
 * Input:     numbers in user units; text that is safe for a terminal (ks_escape_terminal), escaped here for
 *            markup. Classes are ours and plain.
 * Output:    the same bytes for the same numbers: coordinates have one decimal, by integers.
 * Standards: SVG 1.1, well-formed XML 1.0. */
#ifndef KS_REPORTS_PLOT_SVG_H
#define KS_REPORTS_PLOT_SVG_H

#include "reports/buf.h"

/* "12.3", "12"; not finite: "0". */
void ks_svg_number(struct ks_buf *buf, double value);
void ks_svg_line(struct ks_buf *buf, const char *class, double x1, double y1, double x2, double y2);
/* Left open, so that a title or an end ("/>") may follow: ends before ">". */
void ks_svg_rect(struct ks_buf *buf, const char *class, double x, double y, double width, double height);
/* `anchor`: start, middle or end. */
void ks_svg_text(struct ks_buf *buf, const char *class, double x, double y, const char *anchor,
		 const char *text);

/* How wide this text is likely to be at the size of labels; fonts differ. */
double ks_svg_width(const char *text);

#endif
