/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/plot/draw_lines.c -- rates over time. A column is a step: a rate holds for its bin, not for an
 * instant. */
#include <math.h>

#include "reports/plot/axis.h"
#include "reports/plot/draw_p.h"
#include "reports/plot/svg.h"

enum { LEFT = 64, HEIGHT = 230 };

static void
put_value_axis(const struct ks_frame *frame, const struct ks_axis *axis)
{
	char name[64];
	(void)snprintf(name, sizeof(name), "%s, %s%s", frame->plot->what, axis->prefix, frame->plot->unit);
	ks_svg_text(frame->buf, "name", 12, frame->bottom + 36, "start", name);
	for (size_t i = 0; i < axis->n; i++) {
		const double y =
			frame->bottom - (frame->bottom - frame->top) * axis->step * (double)i / axis->top;
		struct ks_buf label = {0};
		ks_axis_label(axis, i, &label);
		if (i > 0)
			ks_svg_line(frame->buf, "grid", frame->left, y, frame->right, y);
		ks_svg_text(frame->buf, "label", frame->left - 8, y + 4, "end", ks_buf_string(&label));
		ks_buf_done(&label);
	}
}

/* Steps of one line; a gap where nothing is known. Equal neighbours need no corner. */
static void
put_path(const struct ks_frame *frame, size_t index, double top)
{
	const struct ks_plot *const plot = frame->plot;
	const double *const y = plot->series[index].y;
	const int64_t step_ns = plot->bin_s * (int64_t)plot->bins_per_column * KS_NS_PER_S;
	struct ks_buf *const buf = frame->buf;
	bool drawn = false;
	ks_buf_printf(buf, "<path class=\"line s%zu\" d=\"", index);
	for (size_t i = 0; i < plot->n_columns; i++) {
		if (!isfinite(y[i])) {
			drawn = false;
			continue;
		}
		const bool corner = !drawn || fabs(y[i] - y[i - 1]) > 0;
		const int64_t from_ns = plot->from_ns + (int64_t)i * step_ns;
		if (!drawn) {
			ks_buf_text(buf, "M");
			ks_svg_number(buf, ks_frame_x(frame, from_ns));
			ks_buf_text(buf, ",");
		} else if (corner) {
			ks_buf_text(buf, "V");
		}
		if (corner)
			ks_svg_number(buf, frame->bottom - (frame->bottom - frame->top) * y[i] / top);
		drawn = true;
		if (i + 1 < plot->n_columns && fabs(y[i + 1] - y[i]) <= 0)
			continue;
		const int64_t to_ns = from_ns + step_ns < plot->to_ns ? from_ns + step_ns : plot->to_ns;
		ks_buf_text(buf, "H");
		ks_svg_number(buf, ks_frame_x(frame, to_ns));
	}
	ks_buf_text(buf, "\"/>\n");
}

void
ks_draw_lines(struct ks_frame *frame)
{
	const struct ks_plot *const plot = frame->plot;
	const struct ks_axis axis = ks_axis_linear(ks_plot_highest(plot));
	ks_frame_lay_out(frame, LEFT, HEIGHT);
	ks_frame_open(frame);
	put_value_axis(frame, &axis);
	ks_frame_open_marks(frame);
	ks_frame_spans(frame);
	ks_frame_events(frame);
	/* The first line is the one that matters: it lies on top. */
	for (size_t i = plot->n_series; i-- > 0;)
		put_path(frame, i, axis.top);
	ks_frame_close_marks(frame);
	ks_frame_time_axis(frame);
	ks_frame_event_list(frame);
	ks_frame_close(frame);
}
