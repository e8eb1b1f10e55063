/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/html/facts.c -- where and when was captured, and what was not counted: no figure says more than
 * that allows. */
#include <string.h>

#include "reports/columns.h"
#include "reports/each.h"
#include "reports/html/page_p.h"
#include "reports/number.h"

static const char *
vantage_of(const struct ks_store_head *head)
{
	switch (head->vantage[0]) {
	case 'A':
		return "A, at one authoritative server: what others were asked is not seen";
	case 'M':
		return "M, several servers of a zone: what servers outside the capture were asked is not "
		       "seen";
	case 'R':
		return "R, at a resolver: its clients and the servers it asks";
	default:
		return "not known";
	}
}

static void
begin(struct ks_buf *buf, const char *label)
{
	ks_buf_printf(buf, "<dt>%s</dt><dd>", label);
}

static void
end(struct ks_buf *buf)
{
	ks_buf_text(buf, "</dd>\n");
}

static void
put_fact(struct ks_buf *buf, const char *label, const char *text)
{
	begin(buf, label);
	ks_page_put_string(buf, text);
	end(buf);
}

static void
put_span(struct ks_buf *buf, const struct ks_store_head *head)
{
	begin(buf, "Captured");
	if (head->has_span) {
		ks_number_time(buf, head->first_ns, head->time_digits, ' ');
		ks_buf_text(buf, " to ");
		ks_number_time(buf, head->last_ns, head->time_digits, ' ');
		ks_buf_text(buf, ", bins of ");
		ks_number_duration(buf, (double)head->bin_s);
	} else {
		ks_buf_text(buf, "nothing");
	}
	end(buf);
}

/* "kernel_drops 120, packets lost in 2 bins ...; " */
static bool
see_loss(void *arg, const struct ks_rows *rows)
{
	struct ks_buf *const buf = arg;
	const struct ks_value name = ks_column_value(rows, "counter"), note = ks_column_value(rows, "note");
	if (!ks_each_is(rows, "kind", "loss"))
		return true;
	ks_buf_text(buf, buf->n == 0 ? "" : "; ");
	ks_buf_put(buf, name.text, name.type == KS_VALUE_TEXT ? name.n_text : 0);
	ks_buf_text(buf, " ");
	ks_number_scaled(buf, ks_each_number(rows, "value"), /* whole= */ true, "");
	if (note.type == KS_VALUE_TEXT && note.n_text > 0) {
		ks_buf_text(buf, ", ");
		ks_buf_put(buf, note.text, note.n_text);
	}
	return true;
}

enum ks_error
ks_page_read_lost(struct ks_page *page, struct ks_diag *diag)
{
	const struct ks_query query = {.limit = -1};
	return ks_each_row(page->store, "quality", &query, see_loss, &page->lost, diag);
}

void
ks_page_put_facts(const struct ks_page *page, struct ks_buf *buf)
{
	const struct ks_store_head *const head = page->document->head;
	put_span(buf, head);
	put_fact(buf, "Vantage", vantage_of(head));
	put_fact(buf, "Counted", ks_buf_string(&page->prose.counted));
	put_fact(buf, "Not counted",
		 page->prose.refused.n > 0 ? ks_buf_string(&page->prose.refused)
					   : "every packet read was counted as DNS");
	if (page->lost.n > 0)
		put_fact(buf, "Lost", ks_buf_string(&page->lost));
	for (size_t i = 0; i < head->n_caveats; i++)
		put_fact(buf, "Caveat", head->caveats[i]);
	if (head->n_caveats == 0)
		put_fact(buf, "Caveats", "none: no drop, loss, cut or interruption is on record");
	if (page->prose.milestone.n > 0)
		put_fact(buf, "Next milestone", ks_buf_string(&page->prose.milestone));
}
