/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/html/page_p.h -- the parts of the page. Private to reports/html.
 *
 * Each part appends markup to `buf`; text from the store goes through ks_page_put_text and nothing else. */
#ifndef KS_REPORTS_HTML_PAGE_P_H
#define KS_REPORTS_HTML_PAGE_P_H

#include "reports/buf.h"
#include "reports/fmt/fmt.h"
#include "reports/summary.h"

/* Made before the first byte is written: the list of contents stands above what it lists. */
struct ks_page {
	struct ks_store *store;
	const struct ks_document *document; /* its query: all of the database */
	int64_t limit;                      /* rows of a table; 0: as many as its section says, < 0: all */
	struct ks_summary_prose prose;
	struct ks_buf numbers;  /* items of a list of definitions: figures to know */
	struct ks_buf lost;     /* sentences: what was lost before it could be read, and why */
	struct ks_buf contents; /* items of a list */
	struct ks_buf pictures, tables;
};

void ks_page_put_text(struct ks_buf *buf, const char *text, size_t n);
void ks_page_put_string(struct ks_buf *buf, const char *text);
/* A value as people read it; what is not known as the column says it. */
void ks_page_put_value(struct ks_buf *buf, const char *column, const struct ks_value *value);
/* "<li><a href=#id>title</a></li>" */
void ks_page_put_content(struct ks_page *page, const char *id, const char *title);

/* pictures.c, tables.c, numbers.c: fill the buffer of that name, and the contents. */
KS_MUST_CHECK enum ks_error ks_page_read_pictures(struct ks_page *page, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_page_read_tables(struct ks_page *page, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_page_read_numbers(struct ks_page *page, struct ks_diag *diag);

/* ranking.c: storms and sources with their explanations and the evidence; `ret_n` counts them. */
KS_MUST_CHECK enum ks_error ks_page_read_ranking(const struct ks_page *page, struct ks_buf *buf,
						 int64_t *ret_n, struct ks_diag *diag);

/* facts.c: what the capture lost, for `lost`; what the page is about, and what it is not. */
KS_MUST_CHECK enum ks_error ks_page_read_lost(struct ks_page *page, struct ks_diag *diag);
void ks_page_put_facts(const struct ks_page *page, struct ks_buf *buf);

/* Files embedded at build. */
extern const char ks_file_page_html[], ks_file_page_css[], ks_file_plot_css[], ks_file_page_js[],
	ks_file_page_js_sha256[];

#endif
