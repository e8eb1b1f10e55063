/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/plot/svg.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "reports/escape.h"

enum { GLYPH = 65 }; /* hundredths of a user unit of a letter at 12 units, on the wide side */

void
ks_svg_number(struct ks_buf *buf, double value)
{
	const int64_t tenths = isfinite(value) && fabs(value) < 1e9 ? llround(value * 10) : 0;
	const int64_t size = tenths < 0 ? -tenths : tenths;
	ks_buf_printf(buf, "%s%" PRId64, tenths < 0 ? "-" : "", size / 10);
	if (size % 10 != 0)
		ks_buf_printf(buf, ".%" PRId64, size % 10);
}

static void
put_attribute(struct ks_buf *buf, const char *name, double value)
{
	ks_buf_printf(buf, " %s=\"", name);
	ks_svg_number(buf, value);
	ks_buf_put(buf, "\"", 1);
}

void
ks_svg_line(struct ks_buf *buf, const char *class, double x1, double y1, double x2, double y2)
{
	ks_buf_printf(buf, "<line class=\"%s\"", class);
	put_attribute(buf, "x1", x1);
	put_attribute(buf, "y1", y1);
	put_attribute(buf, "x2", x2);
	put_attribute(buf, "y2", y2);
	ks_buf_text(buf, "/>\n");
}

void
ks_svg_rect(struct ks_buf *buf, const char *class, double x, double y, double width, double height)
{
	ks_buf_printf(buf, "<rect class=\"%s\"", class);
	put_attribute(buf, "x", x);
	put_attribute(buf, "y", y);
	put_attribute(buf, "width", width > 0 ? width : 0);
	put_attribute(buf, "height", height > 0 ? height : 0);
}

void
ks_svg_text(struct ks_buf *buf, const char *class, double x, double y, const char *anchor, const char *text)
{
	ks_buf_printf(buf, "<text class=\"%s\"", class);
	put_attribute(buf, "x", x);
	put_attribute(buf, "y", y);
	if (strcmp(anchor, "start") != 0)
		ks_buf_printf(buf, " text-anchor=\"%s\"", anchor);
	ks_buf_put(buf, ">", 1);
	ks_escape_markup(buf, text, strlen(text));
	ks_buf_text(buf, "</text>\n");
}

double
ks_svg_width(const char *text)
{
	return (double)ks_utf8_columns(text, strlen(text)) * GLYPH / 10;
}
