/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/fmt/svg.h"

#include "reports/plot/draw.h"
#include "reports/plot/gather.h"

enum { EMPTY_WIDTH = 920, EMPTY_HEIGHT = 80 };

/* An empty result is no failure: a picture that says so. */
static void
put_empty(const struct ks_document *document, struct ks_buf *buf)
{
	ks_buf_printf(buf, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">\n",
		      EMPTY_WIDTH, EMPTY_HEIGHT);
	ks_buf_printf(buf, "<title>keystorm %s</title>\n", document->report->name);
	ks_buf_printf(buf,
		      "<text x=\"12\" y=\"44\" font-family=\"sans-serif\" font-size=\"13\" "
		      "fill=\"#777\">%s</text>\n</svg>\n",
		      document->report->empty);
}

enum ks_error
ks_svg_write(struct ks_store *store, const struct ks_document *document, struct ks_diag *diag)
{
	ks_gather_fn *const gather = ks_gather_find(document->report->name);
	if (gather == NULL)
		return ks_diag_set(diag, KS_ERR_USAGE, "report %s has no picture; -f svg is for %s",
				   document->report->name, ks_gather_names);
	if (document->request->query.step_s < 0)
		return ks_diag_set(diag, KS_ERR_USAGE,
				   "-f svg draws bins: --step takes a number of seconds here");
	struct ks_plot plot = {0};
	struct ks_buf buf = {0};
	enum ks_error error = gather(store, document, &plot, diag);
	if (error == KS_SUCCESS) {
		if (ks_plot_is_empty(&plot))
			put_empty(document, &buf);
		else
			ks_plot_draw(&plot, /* standalone= */ true, &buf);
		buf.failed |= plot.failed;
		error = ks_buf_flush(&buf, document->request->out, diag);
	}
	ks_buf_done(&buf);
	ks_plot_done(&plot);
	return error;
}
