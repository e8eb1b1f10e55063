/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/html/pictures.c -- the figures. A number belongs to its figure even where there is nothing to draw.
 */
#include "reports/html/page_p.h"
#include "reports/plot/draw.h"
#include "reports/plot/gather.h"

static const struct picture {
	const char *id, *number, *title, *empty, *command;
	ks_gather_fn *gather;
} pictures[] = {
	{"figure-1", "Figure 1", "Traffic in and out", "No packet on a DNS port was seen.", "traffic",
	 ks_gather_traffic},
	{"figure-2", "Figure 2", "Queries by type", "No query was seen.", "qtypes", ks_gather_qtypes},
	{"figure-3", "Figure 3", "The queries of one source, by server",
	 "No source asked for DNSKEY, or none was kept.", "sequence", ks_gather_sequence},
	{"figure-4", "Figure 4", "The search for keys: the model beside what was seen",
	 "No source asked for DNSKEY, so there is no search to compare with.", "habits", ks_gather_chain},
	{"figure-5", "Figure 5", "Storms and events by zone", "No storm was found.", "storms",
	 ks_gather_storms},
	{"figure-6", "Figure 6", "What happened to keys, signers and DS, by zone",
	 "No key, signer or DS was seen to change.", "rollovers", ks_gather_rollovers},
};

static const char *const kinds[] = {"lines", "dots", "bars"};

/* "Figure 3. Queries of 192.0.2.1 by server. Each mark is ..." */
static void
put_caption(struct ks_buf *buf, const struct picture *picture, const struct ks_plot *plot)
{
	const bool empty = ks_plot_is_empty(plot);
	ks_buf_printf(buf, "<figcaption><b>%s. ", picture->number);
	ks_page_put_string(buf, empty ? picture->title : ks_buf_string(&plot->title));
	ks_buf_text(buf, ".</b> ");
	ks_page_put_string(buf, empty ? picture->empty : ks_buf_string(&plot->caption));
	ks_buf_printf(buf, " <code>keystorm report %s%s</code></figcaption>\n", picture->command,
		      empty ? "" : " -f svg");
}

static void
put_picture(struct ks_page *page, const struct picture *picture, const struct ks_plot *plot)
{
	struct ks_buf *const buf = &page->pictures;
	const bool empty = ks_plot_is_empty(plot);
	ks_buf_printf(buf, "<figure id=\"%s\"", picture->id);
	if (!empty)
		ks_buf_printf(buf, " data-plot=\"%s\" data-name=\"%s\"", kinds[plot->kind], picture->number);
	ks_buf_text(buf, ">\n");
	put_caption(buf, picture, plot);
	if (!empty) {
		ks_buf_text(buf, "<div class=\"scroll\">\n");
		ks_plot_draw(plot, /* standalone= */ false, buf);
		ks_buf_text(buf, "</div>\n");
	}
	if (!empty && plot->kind == KS_PLOT_LINES) {
		ks_buf_text(buf, "<script type=\"application/json\">");
		ks_plot_data(plot, buf);
		ks_buf_text(buf, "</script>\n");
	}
	ks_buf_text(buf, "</figure>\n");
	buf->failed |= plot->failed;
}

enum ks_error
ks_page_read_pictures(struct ks_page *page, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	ks_buf_text(&page->pictures,
		    "<section aria-labelledby=\"figures\"><h2 id=\"figures\">Figures</h2>\n");
	ks_page_put_content(page, "figures", "Figures");
	for (size_t i = 0; error == KS_SUCCESS && i < KS_COUNT(pictures); i++) {
		struct ks_plot plot = {0};
		error = pictures[i].gather(page->store, page->document, &plot, diag);
		if (error == KS_SUCCESS)
			put_picture(page, &pictures[i], &plot);
		ks_plot_done(&plot);
	}
	ks_buf_text(&page->pictures, "</section>\n");
	return error;
}
