/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/plot/plot.h -- a picture before it is drawn: its axes, its marks, and what it has to say in words.
 *
 * A plot is gathered from rows of the store (gather.h), then drawn as SVG (draw.h). Three kinds: lines over
 * time; marks in rows over time (queries by server, storms by zone); bars of a logarithm.
 *
 * Bounds:  KS_PLOT_COLUMNS points a line, each the highest of its bins; KS_PLOT_ROWS rows; KS_PLOT_MARKS
 *          marks; KS_PLOT_EVENTS events. What is beyond is counted and said in `caption`.
 * Text:    every ks_buf here is safe for a terminal; the drawing escapes it for markup.
 * Memory:  malloc; failures are sticky (`failed`).
 * Threads: one per plot. */
#ifndef KS_REPORTS_PLOT_PLOT_H
#define KS_REPORTS_PLOT_PLOT_H

#include "reports/buf.h"

enum {
	KS_PLOT_COLUMNS = 1440, /* a day by the minute */
	KS_PLOT_SERIES = 7,     /* as many as colours and dashes can be told apart */
	KS_PLOT_ROWS = 40,
	KS_PLOT_MARKS = 2000,
	KS_PLOT_EVENTS = 12,
	KS_PLOT_SPANS = 16
};

enum ks_plot_kind { KS_PLOT_LINES, KS_PLOT_DOTS, KS_PLOT_BARS };

struct ks_plot_series {
	struct ks_buf name;
	double *y; /* one a column; NaN: not known */
};

/* Something that happened: a line across, numbered, and told below the axis. */
struct ks_plot_event {
	int64_t t_ns;
	struct ks_buf text;
};

/* A stretch of time that is shaded. */
struct ks_plot_span {
	int64_t from_ns, to_ns;
};

/* A point, or with to_ns > from_ns a bar, in a row; a bar's `value` is what its length stands for. */
struct ks_plot_mark {
	int64_t from_ns, to_ns;
	double value;
	uint16_t row;
	uint8_t class; /* index into `classes` */
	struct ks_buf text;
};

struct ks_plot {
	enum ks_plot_kind kind;
	const char *id;         /* plain word */
	struct ks_buf title;    /* what is shown, of what */
	struct ks_buf caption;  /* how to read it, and its bounds; sentences */
	const char *unit;       /* "b/s" */
	const char *what;       /* of the y axis: "traffic" */
	int64_t from_ns, to_ns; /* of the x axis */

	int64_t first_bin, bin_s; /* column 0 begins at first_bin * bin_s */
	size_t bins_per_column, n_columns;
	struct ks_plot_series series[KS_PLOT_SERIES];
	size_t n_series;

	struct ks_plot_event events[KS_PLOT_EVENTS];
	size_t n_events, n_events_seen;
	struct ks_plot_span spans[KS_PLOT_SPANS];
	size_t n_spans, n_spans_seen;

	struct ks_buf rows[KS_PLOT_ROWS];
	size_t n_rows;
	const char *const *classes; /* names for the legend */
	size_t n_classes;
	struct ks_plot_mark *marks;
	size_t n_marks, cap_marks, n_marks_seen;

	bool failed;
};

void ks_plot_done(struct ks_plot *plot);
/* Anything to look at? */
bool ks_plot_is_empty(const struct ks_plot *plot);
/* Are the marks stretches of time? All or none are. */
bool ks_plot_has_bars(const struct ks_plot *plot);

/* Columns over from..to for bins of this width; false when the span is no span. */
KS_MUST_CHECK bool ks_plot_set_time(struct ks_plot *plot, int64_t from_ns, int64_t to_ns, int64_t bin_s);
/* A line of its own; `fill` is what is true where nothing is put: 0, or NaN. Returns its index, SIZE_MAX when
 * there is no room. */
size_t ks_plot_add_series(struct ks_plot *plot, const char *name, size_t n_name, double fill);
/* The value of the bin that begins at `t_s`; of a column's bins the highest stays. */
void ks_plot_put(struct ks_plot *plot, size_t series, int64_t t_s, double value);
/* Likewise of a bin that may be wider than the plot's: all columns that it reaches into. */
void ks_plot_put_wide(struct ks_plot *plot, size_t series, int64_t t_s, int64_t width_s, double value);
/* The column of an instant, or SIZE_MAX outside. */
size_t ks_plot_column(const struct ks_plot *plot, int64_t t_s);
double ks_plot_highest(const struct ks_plot *plot);

/* Each returns where to put the text, or NULL when there is no room (it is counted). */
struct ks_buf *ks_plot_add_event(struct ks_plot *plot, int64_t t_ns);
void ks_plot_add_span(struct ks_plot *plot, int64_t from_ns, int64_t to_ns);
struct ks_plot_mark *ks_plot_add_mark(struct ks_plot *plot);
/* The row of this name, made when it is new; the last one collects what has no room. */
size_t ks_plot_row(struct ks_plot *plot, const char *name, size_t n_name);
/* Rows that are addresses in their numeric order, IPv4 first; others behind them as they came. */
void ks_plot_sort_rows(struct ks_plot *plot);

#endif
