/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/plot/frame.c -- what stands around the marks: title, legend, axis of time, events. */
#include <math.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/number.h"
#include "reports/plot/axis.h"
#include "reports/plot/draw.h"
#include "reports/plot/draw_p.h"
#include "reports/plot/svg.h"

enum { LEGEND_GAP = 18, SAMPLE = 26, AXIS_ROOM = 44, EVENT_GAP = 18, TIME_TICKS = 9 };

double
ks_frame_x(const struct ks_frame *frame, int64_t t_ns)
{
	const struct ks_plot *const plot = frame->plot;
	const double span = (double)plot->to_ns - (double)plot->from_ns;
	const double part = span > 0 ? ((double)t_ns - (double)plot->from_ns) / span : 0;
	return frame->left + part * (frame->right - frame->left);
}

/* --- legend --- */

static size_t
legend_items(const struct ks_plot *plot)
{
	return plot->kind == KS_PLOT_LINES ? plot->n_series : plot->n_classes;
}

static const char *
legend_name(const struct ks_plot *plot, size_t item)
{
	return plot->kind == KS_PLOT_LINES ? ks_buf_string(&plot->series[item].name) : plot->classes[item];
}

static bool
legend_has(const struct ks_plot *plot, size_t item)
{
	for (size_t i = 0; plot->kind != KS_PLOT_LINES && i < plot->n_marks; i++)
		if (plot->marks[i].class == item)
			return true;
	return plot->kind == KS_PLOT_LINES;
}

static void
put_sample(const struct ks_frame *frame, size_t item, double x, double y)
{
	char class[16];
	if (frame->plot->kind == KS_PLOT_LINES) {
		(void)snprintf(class, sizeof(class), "line s%zu", item);
		ks_svg_line(frame->buf, class, x, y - 4, x + SAMPLE - 6, y - 4);
		return;
	}
	if (frame->plot->kind == KS_PLOT_BARS || ks_plot_has_bars(frame->plot)) {
		(void)snprintf(class, sizeof(class), "bar k%zu", item);
		ks_svg_rect(frame->buf, class, x + 4, y - 9, 14, 9);
		ks_buf_text(frame->buf, "/>\n");
		return;
	}
	ks_buf_printf(frame->buf, "<path class=\"mark k%zu\" d=\"", item);
	ks_draw_shape(frame->buf, item, x + 12, y - 4);
	ks_buf_text(frame->buf, "\"/>\n");
}

/* Puts the legend, or only measures it (`put` false); the lines it takes. */
static size_t
lay_legend(const struct ks_frame *frame, double y, bool put)
{
	size_t lines = legend_items(frame->plot) > 0;
	double x = 12;
	for (size_t i = 0; i < legend_items(frame->plot); i++) {
		if (!legend_has(frame->plot, i))
			continue;
		const char *const name = legend_name(frame->plot, i);
		const double width = SAMPLE + ks_svg_width(name) + LEGEND_GAP;
		if (x + width > KS_DRAW_WIDTH && x > 12) {
			x = 12;
			y += KS_DRAW_LINE;
			lines++;
		}
		if (put) {
			put_sample(frame, i, x, y);
			ks_svg_text(frame->buf, "name", x + SAMPLE, y, "start", name);
		}
		x += width;
	}
	return lines;
}

/* --- the whole --- */

static double
legend_y(const struct ks_frame *frame)
{
	return frame->standalone ? 44 : 16;
}

void
ks_frame_lay_out(struct ks_frame *frame, double left, double marks_height)
{
	const struct ks_plot *const plot = frame->plot;
	const double numbers = plot->n_events > 0 ? KS_DRAW_LINE : 6;
	frame->left = left;
	frame->right = KS_DRAW_RIGHT;
	frame->top =
		legend_y(frame) + (double)lay_legend(frame, 0, /* put= */ false) * KS_DRAW_LINE - 8 + numbers;
	frame->bottom = frame->top + marks_height;
	frame->height = frame->bottom + AXIS_ROOM + (double)plot->n_events * KS_DRAW_LINE +
			(plot->n_events_seen > plot->n_events ? KS_DRAW_LINE : 0) +
			(plot->n_events > 0 ? 8 : 0);
}

static void
put_words(const struct ks_frame *frame)
{
	struct ks_buf *const buf = frame->buf;
	const struct ks_plot *const plot = frame->plot;
	struct ks_buf words = {0};
	ks_buf_printf(buf, "<title id=\"%s-title\">", plot->id);
	ks_escape_markup(buf, ks_buf_string(&plot->title), plot->title.n);
	ks_buf_printf(buf, "</title>\n<desc id=\"%s-desc\">", plot->id);
	ks_plot_describe(plot, &words);
	ks_escape_markup(buf, ks_buf_string(&words), words.n);
	ks_buf_text(buf, "</desc>\n");
	buf->failed |= words.failed;
	ks_buf_done(&words);
}

static void
put_data(const struct ks_frame *frame, const char *name, double value)
{
	ks_buf_printf(frame->buf, " data-%s=\"", name);
	ks_svg_number(frame->buf, value);
	ks_buf_put(frame->buf, "\"", 1);
}

void
ks_frame_open(const struct ks_frame *frame)
{
	struct ks_buf *const buf = frame->buf;
	const char *const id = frame->plot->id;
	ks_buf_printf(buf, "<svg class=\"ks-plot\"%s viewBox=\"0 0 %d ",
		      frame->standalone ? " xmlns=\"http://www.w3.org/2000/svg\"" : "", KS_DRAW_WIDTH);
	ks_svg_number(buf, frame->height);
	ks_buf_printf(buf, "\" role=\"img\" aria-labelledby=\"%s-title %s-desc\"", id, id);
	put_data(frame, "left", frame->left);
	put_data(frame, "right", frame->right);
	put_data(frame, "top", frame->top);
	put_data(frame, "bottom", frame->bottom);
	ks_buf_printf(buf, " data-from=\"%lld\" data-to=\"%lld\">\n",
		      (long long)(frame->plot->from_ns / KS_NS_PER_MS),
		      (long long)(frame->plot->to_ns / KS_NS_PER_MS));
	put_words(frame);
	if (frame->standalone) {
		ks_buf_text(buf, "<style>");
		ks_buf_text(buf, ks_file_plot_css);
		ks_buf_text(buf, "</style>\n");
		ks_svg_rect(buf, "paper", 0, 0, KS_DRAW_WIDTH, frame->height);
		ks_buf_text(buf, "/>\n");
		ks_svg_text(buf, "title", 12, 22, "start", ks_buf_string(&frame->plot->title));
	}
	(void)lay_legend(frame, legend_y(frame), /* put= */ true);
}

void
ks_frame_close(const struct ks_frame *frame)
{
	ks_buf_text(frame->buf, "</svg>\n");
}

void
ks_frame_open_marks(const struct ks_frame *frame)
{
	struct ks_buf *const buf = frame->buf;
	ks_buf_printf(buf, "<clipPath id=\"%s-clip\">", frame->plot->id);
	/* A little wider than the axes: a mark on the edge is a whole mark. */
	ks_svg_rect(buf, "clip", frame->left - 5, frame->top - 2, frame->right - frame->left + 10,
		    frame->bottom - frame->top + 4);
	ks_buf_printf(buf, "/></clipPath>\n<g clip-path=\"url(#%s-clip)\"><g class=\"zoom\">\n",
		      frame->plot->id);
}

void
ks_frame_close_marks(const struct ks_frame *frame)
{
	ks_buf_text(frame->buf, "</g></g>\n");
}

/* --- time --- */

static void
put_time_name(const struct ks_frame *frame)
{
	struct ks_buf text = {0};
	const int64_t last_ns = frame->plot->to_ns - 1;
	struct ks_buf first = {0}, last = {0};
	ks_number_time(&first, frame->plot->from_ns, 0, 'T');
	ks_number_time(&last, last_ns, 0, 'T');
	const bool same_day = strncmp(ks_buf_string(&first), ks_buf_string(&last), 10) == 0;
	ks_buf_printf(&text, "UTC, %.10s", ks_buf_string(&first));
	if (!same_day)
		ks_buf_printf(&text, " to %.10s", ks_buf_string(&last));
	ks_svg_text(frame->buf, "name", frame->right, frame->bottom + 36, "end", ks_buf_string(&text));
	frame->buf->failed |= text.failed || first.failed || last.failed;
	ks_buf_done(&first);
	ks_buf_done(&last);
	ks_buf_done(&text);
}

void
ks_frame_time_axis(const struct ks_frame *frame)
{
	const struct ks_plot *const plot = frame->plot;
	const struct ks_time_axis axis = ks_axis_time(plot->from_ns, plot->to_ns, TIME_TICKS);
	ks_buf_text(frame->buf, "<g class=\"time\">\n");
	for (size_t i = 0; i < axis.n; i++) {
		const int64_t t_s = axis.first_s + (int64_t)i * axis.step_s;
		const double x = ks_frame_x(frame, t_s * KS_NS_PER_S);
		struct ks_buf label = {0};
		ks_axis_time_label(&axis, t_s, &label);
		ks_svg_line(frame->buf, "tick", x, frame->bottom, x, frame->bottom + 5);
		ks_svg_text(frame->buf, "label", x, frame->bottom + 18, "middle", ks_buf_string(&label));
		ks_buf_done(&label);
	}
	ks_buf_text(frame->buf, "</g>\n");
	ks_svg_line(frame->buf, "axis", frame->left, frame->bottom, frame->right, frame->bottom);
	put_time_name(frame);
}

/* --- what happened --- */

void
ks_frame_spans(const struct ks_frame *frame)
{
	for (size_t i = 0; i < frame->plot->n_spans; i++) {
		const struct ks_plot_span *const span = &frame->plot->spans[i];
		const double from = fmax(ks_frame_x(frame, span->from_ns), frame->left);
		const double to = fmin(ks_frame_x(frame, span->to_ns), frame->right);
		ks_svg_rect(frame->buf, "span", from, frame->top, to - from, frame->bottom - frame->top);
		ks_buf_text(frame->buf, "/>\n");
	}
}

void
ks_frame_events(const struct ks_frame *frame)
{
	for (size_t i = 0; i < frame->plot->n_events; i++) {
		const double x = ks_frame_x(frame, frame->plot->events[i].t_ns);
		ks_svg_line(frame->buf, "event", x, frame->top, x, frame->bottom);
	}
}

/* Numbers above the lines; those too close to each other share a place: "2-4". */
static void
put_event_numbers(const struct ks_frame *frame)
{
	const struct ks_plot *const plot = frame->plot;
	ks_buf_text(frame->buf, "<g class=\"numbers\">\n");
	for (size_t i = 0, next; i < plot->n_events; i = next) {
		const double x = ks_frame_x(frame, plot->events[i].t_ns);
		for (next = i + 1; next < plot->n_events; next++)
			if (ks_frame_x(frame, plot->events[next].t_ns) - x >= EVENT_GAP)
				break;
		char label[48];
		if (next == i + 1)
			(void)snprintf(label, sizeof(label), "%zu", i + 1);
		else
			(void)snprintf(label, sizeof(label), "%zu-%zu", i + 1, next);
		ks_svg_text(frame->buf, "number", x, frame->top - 5, "middle", label);
	}
	ks_buf_text(frame->buf, "</g>\n");
}

void
ks_frame_event_list(const struct ks_frame *frame)
{
	const struct ks_plot *const plot = frame->plot;
	double y = frame->bottom + AXIS_ROOM + 12;
	put_event_numbers(frame);
	for (size_t i = 0; i < plot->n_events; i++, y += KS_DRAW_LINE) {
		char number[24];
		(void)snprintf(number, sizeof(number), "%zu", i + 1);
		ks_svg_text(frame->buf, "number", 24, y, "end", number);
		ks_svg_text(frame->buf, "name", 34, y, "start", ks_buf_string(&plot->events[i].text));
	}
	if (plot->n_events_seen > plot->n_events) {
		char more[80];
		(void)snprintf(more, sizeof(more), "%zu more: keystorm report rollovers",
			       plot->n_events_seen - plot->n_events);
		ks_svg_text(frame->buf, "name", 34, y, "start", more);
	}
}
