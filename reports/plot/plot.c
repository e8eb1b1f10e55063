/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/plot/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/addr.h"
#include "reports/escape.h"

static bool
done_text(struct ks_buf *buf)
{
	const bool failed = buf->failed;
	ks_buf_done(buf);
	return failed;
}

void
ks_plot_done(struct ks_plot *plot)
{
	ks_buf_done(&plot->title);
	ks_buf_done(&plot->caption);
	for (size_t i = 0; i < plot->n_series; i++) {
		(void)done_text(&plot->series[i].name);
		free(plot->series[i].y);
	}
	for (size_t i = 0; i < plot->n_events; i++)
		ks_buf_done(&plot->events[i].text);
	for (size_t i = 0; i < plot->n_rows; i++)
		ks_buf_done(&plot->rows[i]);
	for (size_t i = 0; i < plot->n_marks; i++)
		ks_buf_done(&plot->marks[i].text);
	free(plot->marks);
	*plot = (struct ks_plot){0};
}

bool
ks_plot_is_empty(const struct ks_plot *plot)
{
	return plot->kind == KS_PLOT_LINES
		       ? plot->n_columns == 0 || plot->n_series == 0 || !isfinite(ks_plot_highest(plot))
		       : plot->n_marks == 0;
}

bool
ks_plot_has_bars(const struct ks_plot *plot)
{
	return plot->n_marks > 0 && plot->marks[0].to_ns > plot->marks[0].from_ns;
}

static int64_t
bin_of(int64_t s, int64_t bin_s)
{
	return s / bin_s - (s % bin_s < 0);
}

bool
ks_plot_set_time(struct ks_plot *plot, int64_t from_ns, int64_t to_ns, int64_t bin_s)
{
	/* Nobody captured before 1824 or behind 2116: such times are faults, and the ends of int64_t are
	 * near. */
	enum { BIN_MOST_S = 366 * 86400 };
	if (bin_s <= 0 || bin_s > BIN_MOST_S || from_ns > to_ns || from_ns < INT64_MIN / 2 ||
	    to_ns > INT64_MAX / 2)
		return false;
	const int64_t first = bin_of(from_ns / KS_NS_PER_S - (from_ns % KS_NS_PER_S < 0), bin_s);
	const int64_t last = bin_of(to_ns / KS_NS_PER_S, bin_s);
	const uint64_t n = (uint64_t)(last - first) + 1;
	plot->first_bin = first;
	plot->bin_s = bin_s;
	plot->bins_per_column = (n + KS_PLOT_COLUMNS - 1) / KS_PLOT_COLUMNS;
	plot->n_columns = (size_t)((n + plot->bins_per_column - 1) / plot->bins_per_column);
	/* Whole bins: the first and the last reach beyond the capture, and so do their rates. */
	plot->from_ns = first * bin_s * KS_NS_PER_S;
	plot->to_ns = (last + 1) * bin_s * KS_NS_PER_S;
	return true;
}

size_t
ks_plot_add_series(struct ks_plot *plot, const char *name, size_t n_name, double fill)
{
	if (plot->n_series == KS_PLOT_SERIES)
		return SIZE_MAX;
	struct ks_plot_series *const series = &plot->series[plot->n_series];
	series->y = malloc((plot->n_columns + 1) * sizeof(*series->y));
	if (series->y == NULL) {
		plot->failed = true;
		return SIZE_MAX;
	}
	for (size_t i = 0; i < plot->n_columns; i++)
		series->y[i] = fill;
	ks_escape_terminal(&series->name, name, n_name, /* unicode= */ true);
	return plot->n_series++;
}

size_t
ks_plot_column(const struct ks_plot *plot, int64_t t_s)
{
	if (plot->n_columns == 0)
		return SIZE_MAX;
	const int64_t bin = bin_of(t_s, plot->bin_s) - plot->first_bin;
	const uint64_t column = bin < 0 ? UINT64_MAX : (uint64_t)bin / plot->bins_per_column;
	return column < plot->n_columns ? (size_t)column : SIZE_MAX;
}

void
ks_plot_put(struct ks_plot *plot, size_t series, int64_t t_s, double value)
{
	const size_t column = ks_plot_column(plot, t_s);
	if (series >= plot->n_series || column == SIZE_MAX || !isfinite(value))
		return;
	double *const y = &plot->series[series].y[column];
	if (!(*y >= value))
		*y = value;
}

void
ks_plot_put_wide(struct ks_plot *plot, size_t series, int64_t t_s, int64_t width_s, double value)
{
	const int64_t column_s = plot->bin_s * (int64_t)plot->bins_per_column;
	const int64_t first_s = plot->first_bin * plot->bin_s;
	const int64_t end_s = first_s + column_s * (int64_t)plot->n_columns;
	const int64_t to_s = t_s < end_s && width_s < end_s - t_s ? t_s + width_s : end_s;
	int64_t s = t_s < first_s ? first_s : t_s;
	while (s < to_s) {
		ks_plot_put(plot, series, s, value);
		s += column_s - (s - first_s) % column_s; /* where the next column begins */
	}
}

double
ks_plot_highest(const struct ks_plot *plot)
{
	double most = (double)NAN;
	for (size_t i = 0; i < plot->n_series; i++)
		for (size_t k = 0; k < plot->n_columns; k++)
			if (!(most >= plot->series[i].y[k]) && isfinite(plot->series[i].y[k]))
				most = plot->series[i].y[k];
	return most;
}

struct ks_buf *
ks_plot_add_event(struct ks_plot *plot, int64_t t_ns)
{
	plot->n_events_seen++;
	if (plot->n_events == KS_PLOT_EVENTS)
		return NULL;
	plot->events[plot->n_events] = (struct ks_plot_event){.t_ns = t_ns};
	return &plot->events[plot->n_events++].text;
}

void
ks_plot_add_span(struct ks_plot *plot, int64_t from_ns, int64_t to_ns)
{
	plot->n_spans_seen++;
	if (plot->n_spans < KS_PLOT_SPANS)
		plot->spans[plot->n_spans++] = (struct ks_plot_span){from_ns, to_ns};
}

struct ks_plot_mark *
ks_plot_add_mark(struct ks_plot *plot)
{
	plot->n_marks_seen++;
	if (plot->n_marks == KS_PLOT_MARKS)
		return NULL;
	if (plot->n_marks == plot->cap_marks) {
		const size_t cap = plot->cap_marks == 0 ? 64 : plot->cap_marks * 2;
		struct ks_plot_mark *const marks = reallocarray(plot->marks, cap, sizeof(*marks));
		plot->failed |= marks == NULL;
		if (marks == NULL)
			return NULL;
		plot->marks = marks;
		plot->cap_marks = cap;
	}
	plot->marks[plot->n_marks] = (struct ks_plot_mark){0};
	return &plot->marks[plot->n_marks++];
}

size_t
ks_plot_row(struct ks_plot *plot, const char *name, size_t n_name)
{
	struct ks_buf safe = {0};
	ks_escape_terminal(&safe, name, n_name, /* unicode= */ true);
	size_t row = 0;
	while (row < plot->n_rows && strcmp(ks_buf_string(&plot->rows[row]), ks_buf_string(&safe)) != 0)
		row++;
	if (row < plot->n_rows || row == KS_PLOT_ROWS) {
		plot->failed |= done_text(&safe);
		return row < KS_PLOT_ROWS ? row : KS_PLOT_ROWS - 1;
	}
	if (plot->n_rows == KS_PLOT_ROWS - 1) {
		ks_buf_clear(&safe);
		ks_buf_text(&safe, "all others");
	}
	plot->rows[plot->n_rows++] = safe;
	return row;
}

struct place {
	bool is_addr;
	struct ks_addr addr;
	size_t row;
};

static int
compare_places(const void *a, const void *b)
{
	const struct place *const x = a, *const y = b;
	if (x->is_addr != y->is_addr)
		return x->is_addr ? -1 : 1;
	if (x->is_addr && ks_addr_is_v4(&x->addr) != ks_addr_is_v4(&y->addr))
		return ks_addr_is_v4(&x->addr) ? -1 : 1;
	const int order = x->is_addr ? memcmp(x->addr.b, y->addr.b, sizeof(x->addr.b)) : 0;
	return order != 0 ? order : x->row < y->row ? -1 : 1;
}

void
ks_plot_sort_rows(struct ks_plot *plot)
{
	struct place places[KS_PLOT_ROWS];
	struct ks_buf rows[KS_PLOT_ROWS];
	uint16_t now[KS_PLOT_ROWS];
	for (size_t i = 0; i < plot->n_rows; i++) {
		places[i] = (struct place){.row = i};
		places[i].is_addr = ks_addr_parse(ks_buf_string(&plot->rows[i]), &places[i].addr);
		rows[i] = plot->rows[i];
	}
	qsort(places, plot->n_rows, sizeof(places[0]), compare_places);
	for (size_t i = 0; i < plot->n_rows; i++) {
		plot->rows[i] = rows[places[i].row];
		now[places[i].row] = (uint16_t)i;
	}
	for (size_t i = 0; i < plot->n_marks; i++)
		plot->marks[i].row = now[plot->marks[i].row];
}
