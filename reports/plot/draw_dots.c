/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/plot/draw_dots.c -- marks in rows over time: instants as shapes, stretches as bars with their
 * words. */
#include <math.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/plot/draw_p.h"
#include "reports/plot/svg.h"

enum { DOT_ROW = 26, BAR_ROW = 38, LEFT_LEAST = 64, LEFT_MOST = 300 };

static double
left_of(const struct ks_plot *plot)
{
	double width = LEFT_LEAST;
	for (size_t i = 0; i < plot->n_rows; i++)
		width = fmax(width, ks_svg_width(ks_buf_string(&plot->rows[i])) + 20);
	return fmin(width, LEFT_MOST);
}

static void
put_rows(const struct ks_frame *frame, double height)
{
	const struct ks_plot *const plot = frame->plot;
	for (size_t i = 0; i < plot->n_rows; i++) {
		const double y = frame->top + height * ((double)i + 0.5);
		/* A name may be 255 octets; what does not fit is cut, and whole in the table. */
		struct ks_buf name = {0};
		const size_t room = (size_t)((frame->left - 16) / 6.5);
		const char *const text = ks_buf_string(&plot->rows[i]);
		ks_buf_printf(&name, plot->rows[i].n > room ? "%.*s..." : "%.*s",
			      (int)(plot->rows[i].n > room ? room - 2 : room), text);
		ks_svg_line(frame->buf, "grid", frame->left, y, frame->right, y);
		ks_svg_text(frame->buf, "label", frame->left - 10, y + 4, "end", ks_buf_string(&name));
		frame->buf->failed |= name.failed;
		ks_buf_done(&name);
	}
}

static void
put_title(const struct ks_frame *frame, const struct ks_plot_mark *mark)
{
	ks_buf_text(frame->buf, "><title>");
	ks_escape_markup(frame->buf, ks_buf_string(&mark->text), mark->text.n);
	ks_buf_text(frame->buf, "</title>");
}

/* Repeats on the line, what began them above it, and what has nothing to do with keys below: they do not hide
 * each other. */
static double
lane_of(const struct ks_plot_mark *mark)
{
	return mark->class == 0 ? 0 : mark->class == 3 || mark->class == 6 ? 7 : -7;
}

static void
put_dot(const struct ks_frame *frame, const struct ks_plot_mark *mark, double y)
{
	ks_buf_printf(frame->buf, "<path class=\"mark k%u\" d=\"", (unsigned)mark->class);
	ks_draw_shape(frame->buf, mark->class, ks_frame_x(frame, mark->from_ns), y);
	ks_buf_text(frame->buf, "\"");
	put_title(frame, mark);
	ks_buf_text(frame->buf, "</path>\n");
}

static void
put_bar(const struct ks_frame *frame, const struct ks_plot_mark *mark, double y)
{
	char class[24];
	const double from = ks_frame_x(frame, mark->from_ns), to = ks_frame_x(frame, mark->to_ns);
	(void)snprintf(class, sizeof(class), "mark bar k%u", (unsigned)mark->class);
	ks_svg_rect(frame->buf, class, from, y - 14, fmax(to - from, 2), 12);
	put_title(frame, mark);
	ks_buf_text(frame->buf, "</rect>\n");
}

/* The words of a bar stand below it, and reach to the left when there is no room to the right. Where the
 * words of another of the row are in the way, only the bar tells. */
static void
put_bar_words(const struct ks_frame *frame, const struct ks_plot_mark *mark, double y, double *end)
{
	const double width = ks_svg_width(ks_buf_string(&mark->text));
	const double from = fmax(ks_frame_x(frame, mark->from_ns), frame->left);
	const double x = fmin(from, frame->right - width);
	if (x < *end)
		return;
	ks_svg_text(frame->buf, "words", from <= x ? x + 2 : frame->right, y + 13,
		    from <= x ? "start" : "end", ks_buf_string(&mark->text));
	*end = x + width + 8;
}

void
ks_draw_dots(struct ks_frame *frame)
{
	const struct ks_plot *const plot = frame->plot;
	const bool bars = ks_plot_has_bars(plot);
	const double height = bars ? BAR_ROW : DOT_ROW;
	ks_frame_lay_out(frame, left_of(plot), height * (double)plot->n_rows);
	ks_frame_open(frame);
	put_rows(frame, height);
	ks_frame_open_marks(frame);
	ks_frame_spans(frame);
	ks_frame_events(frame);
	for (size_t i = 0; i < plot->n_marks; i++) {
		const struct ks_plot_mark *const mark = &plot->marks[i];
		const double y = frame->top + height * ((double)mark->row + 0.5);
		if (bars)
			put_bar(frame, mark, y);
		else
			put_dot(frame, mark, y + lane_of(mark));
	}
	ks_frame_close_marks(frame);
	double ends[KS_PLOT_ROWS] = {0};
	for (size_t i = 0; bars && i < plot->n_marks; i++) {
		const size_t row = plot->marks[i].row;
		put_bar_words(frame, &plot->marks[i], frame->top + height * ((double)row + 0.5), &ends[row]);
	}
	ks_frame_time_axis(frame);
	ks_frame_event_list(frame);
	ks_frame_close(frame);
}
