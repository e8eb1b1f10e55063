/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/plot/draw_p.h -- the frame that all kinds of plots share. Private to draw*.c. */
#ifndef KS_REPORTS_PLOT_DRAW_P_H
#define KS_REPORTS_PLOT_DRAW_P_H

#include "reports/plot/plot.h"

enum { KS_DRAW_WIDTH = 920, KS_DRAW_RIGHT = 890, KS_DRAW_LINE = 18 };

/* Where the marks are, in user units; y grows downwards. */
struct ks_frame {
	const struct ks_plot *plot;
	struct ks_buf *buf;
	bool standalone;
	double left, right, top, bottom;
	double height; /* of the whole picture */
};

double ks_frame_x(const struct ks_frame *frame, int64_t t_ns);

/* Set `top` below title and legend, then the rest from the height of the marks. */
void ks_frame_lay_out(struct ks_frame *frame, double left, double marks_height);
void ks_frame_open(const struct ks_frame *frame);
void ks_frame_close(const struct ks_frame *frame);
/* Ticks, their labels, and the name of the axis with its day. */
void ks_frame_time_axis(const struct ks_frame *frame);
/* Shades and lines across the marks; numbers above; what they mean, below the axis. */
void ks_frame_spans(const struct ks_frame *frame);
void ks_frame_events(const struct ks_frame *frame);
void ks_frame_event_list(const struct ks_frame *frame);
/* What the script of the page moves when it zooms begins and ends here. */
void ks_frame_open_marks(const struct ks_frame *frame);
void ks_frame_close_marks(const struct ks_frame *frame);

void ks_draw_lines(struct ks_frame *frame);
void ks_draw_dots(struct ks_frame *frame);
void ks_draw_bars(struct ks_frame *frame);

/* The shape of a class of marks around a point: told apart without colour. */
void ks_draw_shape(struct ks_buf *buf, size_t class, double x, double y);

/* The style of plots, embedded at build. */
extern const char ks_file_plot_css[];

#endif
