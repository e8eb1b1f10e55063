/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/plot/draw.h -- a plot as SVG, and its values for the script of the page.
 *
 * Output:  deterministic, well-formed XML; no reference leaves the file. Colours follow the reader's light or
 *          dark theme (plot.css); lines differ by dashes and marks by shape as well. */
#ifndef KS_REPORTS_PLOT_DRAW_H
#define KS_REPORTS_PLOT_DRAW_H

#include "reports/plot/plot.h"

/* A file of its own (with title, style and namespace), or a part of a page. `plot` is not empty. */
void ks_plot_draw(const struct ks_plot *plot, bool standalone, struct ks_buf *buf);

/* One object of JSON that may stand in a script element: times, names and values of lines, all digits. */
void ks_plot_data(const struct ks_plot *plot, struct ks_buf *buf);

/* A sentence for each line: where it is highest. For those who cannot see it. */
void ks_plot_describe(const struct ks_plot *plot, struct ks_buf *buf);

#endif
