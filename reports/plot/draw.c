/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/plot/draw.h"

#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/escape.h"
#include "reports/number.h"
#include "reports/plot/draw_p.h"
#include "reports/plot/svg.h"

/* Shapes that differ without colour: disc, ring, triangle, square, diamond, cross, bar. */
void
ks_draw_shape(struct ks_buf *buf, size_t class, double x, double y)
{
	static const char *const shapes[] = {
		"m-3.5,0a3.5,3.5 0 1 0 7,0a3.5,3.5 0 1 0-7,0z",
		"m-3,0a3,3 0 1 0 6,0a3,3 0 1 0-6,0z",
		"m0,-4l4,7h-8z",
		"m-3,-3h6v6h-6z",
		"m0,-4.5l4,4.5l-4,4.5l-4,-4.5z",
		"m-3,-3l6,6m0,-6l-6,6",
		"m0,-4v8",
	};
	ks_buf_text(buf, "M");
	ks_svg_number(buf, x);
	ks_buf_text(buf, ",");
	ks_svg_number(buf, y);
	ks_buf_text(buf, shapes[class < KS_COUNT(shapes) ? class : KS_COUNT(shapes) - 1]);
}

void
ks_plot_draw(const struct ks_plot *plot, bool standalone, struct ks_buf *buf)
{
	struct ks_frame frame = {.plot = plot, .buf = buf, .standalone = standalone};
	assert(!ks_plot_is_empty(plot));
	switch (plot->kind) {
	case KS_PLOT_LINES:
		ks_draw_lines(&frame);
		return;
	case KS_PLOT_DOTS:
		ks_draw_dots(&frame);
		return;
	case KS_PLOT_BARS:
		ks_draw_bars(&frame);
	}
}

/* --- in words --- */

static void
put_unit(struct ks_buf *buf, double value, const char *unit)
{
	ks_number_scaled(buf, value, /* whole= */ false, unit);
}

static void
describe_line(const struct ks_plot *plot, const struct ks_plot_series *series, struct ks_buf *buf)
{
	size_t best = SIZE_MAX;
	for (size_t i = 0; i < plot->n_columns; i++)
		if (isfinite(series->y[i]) && (best == SIZE_MAX || series->y[i] > series->y[best]))
			best = i;
	if (best == SIZE_MAX)
		return;
	const int64_t t_s = (plot->first_bin + (int64_t)(best * plot->bins_per_column)) * plot->bin_s;
	ks_buf_printf(buf, " %.80s: highest ", ks_buf_string(&series->name));
	put_unit(buf, series->y[best], plot->unit);
	ks_buf_text(buf, " at ");
	ks_number_time(buf, t_s * KS_NS_PER_S, 0, 'T');
	ks_buf_text(buf, ".");
}

void
ks_plot_describe(const struct ks_plot *plot, struct ks_buf *buf)
{
	ks_buf_text(buf, ks_buf_string(&plot->caption));
	if (plot->kind == KS_PLOT_LINES)
		for (size_t i = 0; i < plot->n_series; i++)
			describe_line(plot, &plot->series[i], buf);
	for (size_t i = 0; i < plot->n_events; i++) {
		ks_buf_text(buf, i == 0 ? " Events: " : "; ");
		ks_buf_text(buf, ks_buf_string(&plot->events[i].text));
	}
	ks_buf_text(buf, plot->n_events > 0 ? "." : "");
}

/* --- for programs --- */

static void
put_series(const struct ks_plot *plot, const struct ks_plot_series *series, struct ks_buf *buf)
{
	ks_buf_text(buf, "{\"name\":");
	ks_escape_script_json(buf, ks_buf_string(&series->name), series->name.n);
	ks_buf_text(buf, ",\"y\":[");
	for (size_t i = 0; i < plot->n_columns; i++) {
		ks_buf_text(buf, i == 0 ? "" : ",");
		if (isfinite(series->y[i]))
			ks_number_exact(buf, series->y[i]);
		else
			ks_buf_text(buf, "null");
	}
	ks_buf_text(buf, "]}");
}

void
ks_plot_data(const struct ks_plot *plot, struct ks_buf *buf)
{
	const int64_t start_s = plot->first_bin * plot->bin_s;
	ks_buf_printf(buf, "{\"start_s\":%lld,\"step_s\":%lld,\"unit\":\"%s\",\"series\":[",
		      (long long)start_s, (long long)plot->bin_s * (long long)plot->bins_per_column,
		      plot->unit);
	for (size_t i = 0; i < plot->n_series; i++) {
		ks_buf_text(buf, i == 0 ? "" : ",");
		put_series(plot, &plot->series[i], buf);
	}
	ks_buf_text(buf, "]}");
}
