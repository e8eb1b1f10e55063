/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/plot/gather.h"

#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/escape.h"
#include "reports/number.h"
#include "reports/plot/gather_p.h"

static const struct {
	const char *report;
	ks_gather_fn *gather;
} pictures[] = {
	{"traffic", ks_gather_traffic},
	{"qtypes", ks_gather_qtypes},
	{"rollover-series", ks_gather_rollover_series},
	{"sequence", ks_gather_sequence},
	{"storms", ks_gather_storms},
	{"habits", ks_gather_chain},
	{"rollovers", ks_gather_rollovers},
};
const char ks_gather_names[] = "traffic, qtypes, rollovers, rollover-series, sequence, storms, habits";

ks_gather_fn *
ks_gather_find(const char *report)
{
	for (size_t i = 0; i < KS_COUNT(pictures); i++)
		if (strcmp(pictures[i].report, report) == 0)
			return pictures[i].gather;
	return NULL;
}

bool
ks_gather_time(const struct ks_document *document, struct ks_plot *plot)
{
	const struct ks_store_head *const head = document->head;
	const struct ks_query *const query = &document->request->query;
	int64_t from_ns = head->first_ns, to_ns = head->last_ns;
	if (!head->has_span)
		return false;
	if (query->has_from && query->from_ns > from_ns)
		from_ns = query->from_ns;
	if (query->has_to && query->to_ns - 1 < to_ns)
		to_ns = query->to_ns - 1;
	return ks_plot_set_time(plot, from_ns, to_ns, query->step_s > 0 ? query->step_s : head->bin_s);
}

void
ks_gather_put_bins(struct ks_plot *plot)
{
	ks_buf_text(&plot->caption, " Bins of ");
	ks_number_duration(&plot->caption, (double)plot->bin_s);
	if (plot->bins_per_column > 1)
		ks_buf_printf(&plot->caption, "; a point is the highest of %zu bins", plot->bins_per_column);
	ks_buf_text(&plot->caption, ".");
}

void
ks_gather_put(struct ks_buf *buf, const struct ks_rows *rows, const char *name)
{
	const struct ks_column column = ks_column_of(name);
	const struct ks_value value = ks_column_value(rows, name);
	ks_column_print(buf, &column, &value, /* unicode= */ true);
}

void
ks_gather_put_zone(struct ks_buf *buf, const char *zone, size_t n)
{
	if (n == 1 && zone[0] == '.')
		ks_buf_text(buf, "root (.)");
	else
		ks_escape_terminal(buf, zone, n, /* unicode= */ true);
}

static void
put_zone(struct ks_buf *buf, const struct ks_rows *rows)
{
	const struct ks_value zone = ks_column_value(rows, "zone");
	if (zone.type == KS_VALUE_TEXT)
		ks_gather_put_zone(buf, zone.text, zone.n_text);
}

/* --- storms as shades --- */

struct spans {
	struct ks_plot *plot;
	bool onsets;
};

static bool
see_storm(void *arg, const struct ks_rows *rows)
{
	const struct spans *const spans = arg;
	struct ks_plot *const plot = spans->plot;
	int64_t from_ns = plot->from_ns, to_ns = plot->to_ns;
	const bool started = ks_each_time(rows, "start", &from_ns);
	ks_each_time(rows, "end", &to_ns); /* still on: to the end */
	if (from_ns >= plot->to_ns || to_ns <= plot->from_ns)
		return true;
	ks_plot_add_span(plot, from_ns, to_ns);
	struct ks_buf *const text = started && spans->onsets && from_ns >= plot->from_ns
					    ? ks_plot_add_event(plot, from_ns)
					    : NULL;
	if (text == NULL)
		return true;
	ks_number_time(text, from_ns, 0, 'T');
	ks_buf_text(text, " onset of the storm on zone ");
	put_zone(text, rows);
	return true;
}

enum ks_error
ks_gather_spans(struct ks_store *store, const char *zone, bool onsets, struct ks_plot *plot,
		struct ks_diag *diag)
{
	const struct ks_query query = {.limit = -1, .zone = zone};
	struct spans spans = {.plot = plot, .onsets = onsets};
	return ks_each_row(store, "storms", &query, see_storm, &spans, diag);
}

/* --- events --- */

static bool
see_event(void *arg, const struct ks_rows *rows)
{
	struct ks_plot *const plot = arg;
	int64_t t_ns;
	if (!ks_each_time(rows, "t", &t_ns))
		return true;
	struct ks_buf *const text = ks_plot_add_event(plot, t_ns);
	if (text == NULL)
		return true;
	ks_number_time(text, t_ns, 0, 'T');
	ks_buf_put(text, " ", 1);
	ks_gather_put(text, rows, "event");
	const struct ks_value tag = ks_column_value(rows, "tag");
	if (tag.type != KS_VALUE_NULL) {
		ks_buf_text(text, " key ");
		ks_gather_put(text, rows, "tag");
	}
	ks_buf_text(text, ", zone ");
	put_zone(text, rows);
	if (ks_each_is(rows, "source", "calendar"))
		ks_buf_text(text, " (calendar)");
	return true;
}

enum ks_error
ks_gather_events(struct ks_store *store, const char *zone, struct ks_plot *plot, struct ks_diag *diag)
{
	const struct ks_query query = {.limit = -1,
				       .zone = zone,
				       .has_from = true,
				       .has_to = true,
				       .from_ns = plot->from_ns,
				       .to_ns = plot->to_ns};
	return ks_each_row(store, "rollovers", &query, see_event, plot, diag);
}

/* --- whom to look at --- */

static bool
see_hitter(void *arg, const struct ks_rows *rows)
{
	struct ks_offender *const offender = arg;
	const struct ks_value source = ks_column_value(rows, "source");
	const struct ks_value zone = ks_column_value(rows, "zone");
	const bool repeats = ks_each_number(rows, "rr") >= 0.5; /* DOMAIN B7 */
	if (source.type != KS_VALUE_TEXT || source.n_text >= KS_ADDR_TEXT ||
	    (offender->source[0] != '\0' && !repeats))
		return true;
	memcpy(offender->source, source.text, source.n_text);
	offender->source[source.n_text] = '\0';
	offender->repeats = repeats;
	ks_buf_clear(&offender->zone);
	if (zone.type == KS_VALUE_TEXT)
		ks_buf_put(&offender->zone, zone.text, zone.n_text);
	return !repeats;
}

enum ks_error
ks_gather_offender(struct ks_store *store, const struct ks_query *query, struct ks_offender *ret,
		   struct ks_diag *diag)
{
	enum { LOOKED_AT = 200 };
	const struct ks_query those = {.limit = LOOKED_AT,
				       .zone = query->zone,
				       .has_source = query->has_source,
				       .source = query->source,
				       .source_bits = query->source_bits};
	*ret = (struct ks_offender){0};
	return ks_each_row(store, "hitters", &those, see_hitter, ret, diag);
}
