/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/plot/draw_bars.c -- figures that differ by powers of ten, side by side: bars of their logarithm,
 * the figure itself behind each. */
#include <math.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/number.h"
#include "reports/plot/draw_p.h"
#include "reports/plot/svg.h"

enum { ROW = 24, LEFT_LEAST = 120, LEFT_MOST = 420, WORDS = 84, DECADES_MOST = 21 };

static double
highest_of(const struct ks_plot *plot)
{
	double most = 10;
	for (size_t i = 0; i < plot->n_marks; i++)
		most = fmax(most, plot->marks[i].value);
	return most;
}

static double
left_of(const struct ks_plot *plot)
{
	double width = LEFT_LEAST;
	for (size_t i = 0; i < plot->n_rows; i++)
		width = fmax(width, ks_svg_width(ks_buf_string(&plot->rows[i])) + 16);
	return fmin(width, LEFT_MOST);
}

/* 1 stands half a decade from the left, so that a bar of 1 is one. Less than a tenth of that is no bar. */
static double
x_of(const struct ks_frame *frame, double value, double decades)
{
	const double place = value > 0 ? fmax(log10(value) + 0.5, 0) : 0;
	return frame->left + (frame->right - WORDS - frame->left) * place / (decades + 0.5);
}

static void
put_axis(const struct ks_frame *frame, double decades)
{
	for (int i = 0; i <= (int)decades && i <= DECADES_MOST; i += decades > 10 ? 3 : 1) {
		const double value = pow(10, i), x = x_of(frame, value, decades);
		struct ks_buf label = {0};
		ks_number_scaled(&label, value, /* whole= */ false, "");
		/* Round numbers need no digits behind the point. */
		char *const point = label.at == NULL ? NULL : strchr(label.at, '.');
		if (point != NULL) {
			const size_t zeros = strspn(point + 1, "0");
			memmove(point, point + 1 + zeros, strlen(point + 1 + zeros) + 1);
		}
		ks_svg_line(frame->buf, "grid", x, frame->top, x, frame->bottom);
		ks_svg_text(frame->buf, "label", x, frame->bottom + 18, "middle", ks_buf_string(&label));
		ks_buf_done(&label);
	}
	ks_svg_text(frame->buf, "name", frame->right, frame->bottom + 36, "end", frame->plot->what);
}

static void
put_bar(const struct ks_frame *frame, const struct ks_plot_mark *mark, double decades)
{
	char class[24];
	const double y = frame->top + ROW * ((double)mark->row + 0.5), x = x_of(frame, mark->value, decades);
	struct ks_buf figure = {0};
	ks_number_scaled(&figure, mark->value, mark->value - trunc(mark->value) <= 0, "");
	(void)snprintf(class, sizeof(class), "mark bar k%u", (unsigned)mark->class);
	ks_svg_rect(frame->buf, class, frame->left, y - 7, x - frame->left, 14);
	ks_buf_text(frame->buf, "><title>");
	ks_escape_markup(frame->buf, ks_buf_string(&mark->text), mark->text.n);
	ks_buf_text(frame->buf, "</title></rect>\n");
	ks_svg_text(frame->buf, "words", x + 6, y + 4, "start", ks_buf_string(&figure));
	ks_svg_text(frame->buf, "label", frame->left - 10, y + 4, "end",
		    ks_buf_string(&frame->plot->rows[mark->row]));
	ks_buf_done(&figure);
}

void
ks_draw_bars(struct ks_frame *frame)
{
	const struct ks_plot *const plot = frame->plot;
	const double decades = ceil(log10(highest_of(plot)));
	ks_frame_lay_out(frame, left_of(plot), ROW * (double)plot->n_rows);
	ks_frame_open(frame);
	put_axis(frame, decades);
	for (size_t i = 0; i < plot->n_marks; i++)
		put_bar(frame, &plot->marks[i], decades);
	ks_svg_line(frame->buf, "axis", frame->left, frame->top, frame->left, frame->bottom);
	ks_frame_close(frame);
}
