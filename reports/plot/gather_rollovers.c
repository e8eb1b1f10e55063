/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What happened to the keys of zones: a row for each zone, a mark for each event in the time that was
 * captured. */
#include <string.h>

#include "reports/columns.h"
#include "reports/plot/gather_p.h"

/* Shapes as in draw.c: what goes is full, what comes is hollow. */
static const char *const classes[] = {
	"key removed or revoked", "key or algorithm added", "DS or CDS", "signer changed",
	"planned (calendar)",     "signature or DS wrong",  "other"};

static const struct {
	const char *begin;
	uint8_t class;
} beginnings[] = {
	{"KEY_REMOVED", 0}, {"KEY_REVOKED", 0}, {"ALG_REMOVED", 0}, {"KEY_", 1},
	{"ALG_", 1},        {"DS_MISMATCH", 5}, {"DS_PARTIAL", 5},  {"SIG_", 5},
	{"DS_", 2},         {"CDS_", 2},        {"SIGNER_", 3},     {"ZSK_", 3},
};

static uint8_t
class_of(const struct ks_rows *rows)
{
	const struct ks_value event = ks_column_value(rows, "event");
	if (ks_each_is(rows, "source", "calendar"))
		return 4;
	for (size_t i = 0; event.type == KS_VALUE_TEXT && i < KS_COUNT(beginnings); i++) {
		const size_t n = strlen(beginnings[i].begin);
		if (event.n_text >= n && memcmp(event.text, beginnings[i].begin, n) == 0)
			return beginnings[i].class;
	}
	return 6;
}

static void
put_words(struct ks_buf *text, const struct ks_rows *rows)
{
	static const struct {
		const char *column, *before;
	} parts[] = {{"t", ""},          {"event", " "},  {"tag", " key "},
		     {"server", " at "}, {"phase", ", "}, {"warning", ", "}};
	for (size_t i = 0; i < KS_COUNT(parts); i++) {
		const struct ks_value value = ks_column_value(rows, parts[i].column);
		if (value.type == KS_VALUE_NULL || (value.type == KS_VALUE_TEXT && value.n_text == 0))
			continue;
		ks_buf_text(text, parts[i].before);
		ks_gather_put(text, rows, parts[i].column);
	}
}

static bool
see_event(void *arg, const struct ks_rows *rows)
{
	struct ks_plot *const plot = arg;
	const struct ks_value zone = ks_column_value(rows, "zone");
	int64_t t_ns;
	if (!ks_each_time(rows, "t", &t_ns) || zone.type != KS_VALUE_TEXT)
		return true;
	struct ks_plot_mark *const mark = ks_plot_add_mark(plot);
	if (mark == NULL)
		return true;
	struct ks_buf name = {0};
	ks_gather_put_zone(&name, zone.text, zone.n_text);
	mark->from_ns = t_ns;
	mark->to_ns = t_ns;
	mark->class = class_of(rows);
	mark->row = (uint16_t)ks_plot_row(plot, ks_buf_string(&name), name.n);
	put_words(&mark->text, rows);
	plot->failed |= name.failed;
	ks_buf_done(&name);
	return true;
}

enum ks_error
ks_gather_rollovers(struct ks_store *store, const struct ks_document *document, struct ks_plot *ret,
		    struct ks_diag *diag)
{
	struct ks_query query = document->request->query;
	ret->kind = KS_PLOT_DOTS;
	ret->id = "rollovers";
	ret->unit = "";
	ret->what = "";
	ret->classes = classes;
	ret->n_classes = KS_COUNT(classes);
	ks_buf_text(&ret->title, "What happened to keys, signers and DS, by zone");
	ks_buf_text(&ret->caption,
		    "Each mark is an event as answers showed it, or a planned step; its shape says which.");
	if (!ks_gather_time(document, ret))
		return KS_SUCCESS;
	/* The calendar knows steps of many years: here the time of the capture counts. */
	query.limit = -1;
	query.by = NULL;
	query.has_from = query.has_to = true;
	query.from_ns = ret->from_ns;
	query.to_ns = ret->to_ns;
	const enum ks_error error = ks_each_row(store, "rollovers", &query, see_event, ret, diag);
	if (ret->n_marks_seen > ret->n_marks)
		ks_buf_printf(&ret->caption, " The first %zu of %zu events.", ret->n_marks,
			      ret->n_marks_seen);
	return error;
}
