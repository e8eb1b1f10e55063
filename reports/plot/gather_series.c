/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rates over time: traffic, queries by type, queries for the keys of zones. */
#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/escape.h"
#include "reports/plot/gather_p.h"

/* A row's value, in all columns that its bin reaches into. */
static void
put_bin(struct ks_plot *plot, size_t series, const struct ks_rows *rows, int64_t t_ns, double value)
{
	const double width_s = ks_each_number(rows, "bin_s");
	const int64_t wide_s = width_s > 0 && width_s < 1e9 ? (int64_t)width_s : 0;
	if (wide_s > plot->bin_s)
		ks_plot_put_wide(plot, series, t_ns / KS_NS_PER_S, wide_s, value);
	else
		ks_plot_put(plot, series, t_ns / KS_NS_PER_S, value);
}

/* --- traffic --- */

static bool
see_traffic(void *arg, const struct ks_rows *rows)
{
	struct ks_plot *const plot = arg;
	int64_t t_ns;
	if (!ks_each_time(rows, "t", &t_ns))
		return true;
	put_bin(plot, 0, rows, t_ns, ks_each_number(rows, "out_bps"));
	put_bin(plot, 1, rows, t_ns, ks_each_number(rows, "in_bps"));
	return true;
}

static struct ks_query
series_query(const struct ks_document *document)
{
	struct ks_query query = document->request->query;
	query.limit = -1; /* the picture bounds itself */
	query.by = NULL;  /* and is in the order of time */
	return query;
}

enum ks_error
ks_gather_traffic(struct ks_store *store, const struct ks_document *document, struct ks_plot *ret,
		  struct ks_diag *diag)
{
	const struct ks_query query = series_query(document);
	ret->id = "traffic";
	ret->unit = "b/s";
	ret->what = "frames on the wire";
	ks_buf_text(&ret->title, "Traffic in and out");
	ks_buf_text(&ret->caption, "Bits per second on the wire, towards the servers (in) and from them "
				   "(out); storms are shaded.");
	if (!ks_gather_time(document, ret))
		return KS_SUCCESS;
	ks_gather_put_bins(ret);
	(void)ks_plot_add_series(ret, "out", 3, (double)NAN);
	(void)ks_plot_add_series(ret, "in", 2, (double)NAN);
	const enum ks_error error = ks_each_row(store, "traffic", &query, see_traffic, ret, diag);
	return error != KS_SUCCESS ? error : ks_gather_spans(store, NULL, /* onsets= */ true, ret, diag);
}

/* --- query types --- */

struct types {
	struct ks_plot *plot;
	bool whole; /* the first reading chooses the types, the second draws */
	int64_t rest_t_s, rest_width_s;
	double rest; /* of the bin at rest_t_s, of the types without a line of their own */
};

enum { TYPES = KS_PLOT_SERIES - 1 };

static bool
choose_type(void *arg, const struct ks_rows *rows)
{
	struct types *const types = arg;
	const struct ks_value type = ks_column_value(rows, "qtype");
	if (type.type != KS_VALUE_TEXT || !(ks_each_number(rows, "queries") > 0))
		return true;
	/* DNSKEY has the first line even where it is rare: it is what this is about. */
	const bool dnskey = ks_each_is(rows, "qtype", "DNSKEY");
	if (!dnskey && types->plot->n_series < TYPES)
		(void)ks_plot_add_series(types->plot, type.text, type.n_text, (double)NAN);
	return true;
}

static size_t
series_of(const struct ks_plot *plot, const struct ks_value *name)
{
	struct ks_buf safe = {0};
	size_t i = 0;
	if (name->type == KS_VALUE_TEXT)
		ks_escape_terminal(&safe, name->text, name->n_text, /* unicode= */ true);
	while (i < plot->n_series && strcmp(ks_buf_string(&plot->series[i].name), ks_buf_string(&safe)) != 0)
		i++;
	ks_buf_done(&safe);
	return i;
}

static void
flush_rest(struct types *types)
{
	if (types->plot->n_series == KS_PLOT_SERIES && types->rest > 0)
		ks_plot_put_wide(types->plot, KS_PLOT_SERIES - 1, types->rest_t_s, types->rest_width_s,
				 types->rest);
	types->rest = 0;
}

static bool
see_type(void *arg, const struct ks_rows *rows)
{
	struct types *const types = arg;
	const struct ks_value type = ks_column_value(rows, "qtype");
	const double qps = ks_each_number(rows, "qps");
	int64_t t_ns;
	if (!ks_each_time(rows, "t", &t_ns) || !isfinite(qps))
		return true;
	const int64_t t_s = t_ns / KS_NS_PER_S;
	if (t_s != types->rest_t_s)
		flush_rest(types);
	const double width_s = ks_each_number(rows, "bin_s");
	types->rest_t_s = t_s;
	types->rest_width_s = width_s > 0 && width_s < 1e9 ? (int64_t)width_s : types->plot->bin_s;
	const size_t series = series_of(types->plot, &type);
	if (series < TYPES && series < types->plot->n_series)
		put_bin(types->plot, series, rows, t_ns, qps);
	else
		types->rest += qps;
	return true;
}

/* Where something was captured a type without a row was asked for 0 times; elsewhere nobody knows. */
static bool
see_captured(void *arg, const struct ks_rows *rows)
{
	struct ks_plot *const plot = arg;
	int64_t t_ns;
	if (ks_each_time(rows, "t", &t_ns))
		for (size_t i = 0; i < plot->n_series; i++)
			put_bin(plot, i, rows, t_ns, 0);
	return true;
}

static enum ks_error
read_types(struct ks_store *store, const struct ks_query *query, struct types *types, struct ks_diag *diag)
{
	struct ks_query whole = *query;
	whole.step_s = -1;
	(void)ks_plot_add_series(types->plot, "DNSKEY", 6, (double)NAN);
	enum ks_error error = ks_each_row(store, "qtypes", &whole, choose_type, types, diag);
	if (error != KS_SUCCESS)
		return error;
	if (types->plot->n_series == TYPES)
		(void)ks_plot_add_series(types->plot, "other types", 11, (double)NAN);
	error = ks_each_row(store, "traffic", query, see_captured, types->plot, diag);
	if (error == KS_SUCCESS)
		error = ks_each_row(store, "qtypes", query, see_type, types, diag);
	flush_rest(types);
	return error;
}

enum ks_error
ks_gather_qtypes(struct ks_store *store, const struct ks_document *document, struct ks_plot *ret,
		 struct ks_diag *diag)
{
	const struct ks_query query = series_query(document);
	struct types types = {.plot = ret, .rest_t_s = INT64_MIN};
	ret->id = "qtypes";
	ret->unit = "q/s";
	ret->what = "queries";
	ks_buf_text(&ret->title, "Queries by type");
	ks_buf_text(&ret->caption,
		    "Queries per second by type; storms are shaded, numbered lines are events of zones.");
	if (!ks_gather_time(document, ret))
		return KS_SUCCESS;
	ks_gather_put_bins(ret);
	enum ks_error error = read_types(store, &query, &types, diag);
	if (error == KS_SUCCESS)
		error = ks_gather_spans(store, NULL, /* onsets= */ false, ret, diag);
	return error != KS_SUCCESS ? error : ks_gather_events(store, NULL, ret, diag);
}

/* --- zones --- */

/* The highest rates of zones, highest first; rows come zone by zone. */
struct zones {
	struct ks_plot *plot;
	struct ks_buf names[KS_PLOT_SERIES], name;
	double peaks[KS_PLOT_SERIES], peak;
	size_t n, n_seen;
};

static void
take_zone(struct zones *zones)
{
	if (zones->name.n == 0)
		return;
	zones->n_seen++;
	size_t place = zones->n;
	while (place > 0 && zones->peak > zones->peaks[place - 1])
		place--;
	if (place == KS_PLOT_SERIES)
		return;
	const size_t last = zones->n < KS_PLOT_SERIES ? zones->n++ : KS_PLOT_SERIES - 1;
	struct ks_buf spare = zones->names[last];
	for (size_t i = last; i > place; i--) {
		zones->names[i] = zones->names[i - 1];
		zones->peaks[i] = zones->peaks[i - 1];
	}
	ks_buf_clear(&spare);
	ks_buf_put(&spare, zones->name.at, zones->name.n);
	zones->names[place] = spare;
	zones->peaks[place] = zones->peak;
}

static bool
rank_zone(void *arg, const struct ks_rows *rows)
{
	struct zones *const zones = arg;
	const struct ks_value zone = ks_column_value(rows, "zone");
	const double qps = ks_each_number(rows, "dnskey_qps");
	if (zone.type != KS_VALUE_TEXT)
		return true;
	if (zone.n_text != zones->name.n || memcmp(zone.text, zones->name.at, zone.n_text) != 0) {
		take_zone(zones);
		ks_buf_clear(&zones->name);
		ks_buf_put(&zones->name, zone.text, zone.n_text);
		zones->peak = 0;
	}
	zones->peak = qps > zones->peak ? qps : zones->peak;
	return true;
}

static bool
see_zone(void *arg, const struct ks_rows *rows)
{
	struct zones *const zones = arg;
	const struct ks_value zone = ks_column_value(rows, "zone");
	int64_t t_ns;
	if (!ks_each_time(rows, "t", &t_ns))
		return true;
	put_bin(zones->plot, series_of(zones->plot, &zone), rows, t_ns, ks_each_number(rows, "dnskey_qps"));
	return true;
}

static void
done_zones(struct zones *zones)
{
	for (size_t i = 0; i < KS_PLOT_SERIES; i++) {
		zones->plot->failed |= zones->names[i].failed;
		ks_buf_done(&zones->names[i]);
	}
	ks_buf_done(&zones->name);
}

/* Those that have a line, one by one: of a hundred zones a handful is drawn. */
static enum ks_error
draw_zones(struct ks_store *store, const struct ks_query *query, struct zones *zones, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < zones->plot->n_series && error == KS_SUCCESS; i++) {
		struct ks_query one = *query;
		one.zone = ks_buf_string(&zones->names[i]);
		error = ks_each_row(store, "rollover-series", &one, see_zone, zones, diag);
	}
	return error;
}

static enum ks_error
read_zones(struct ks_store *store, const struct ks_query *query, struct zones *zones, struct ks_diag *diag)
{
	struct ks_query captured = {.limit = -1, .step_s = query->step_s};
	enum ks_error error = ks_each_row(store, "rollover-series", query, rank_zone, zones, diag);
	take_zone(zones);
	for (size_t i = 0; i < zones->n; i++)
		if (zones->peaks[i] > 0 || zones->n == 1)
			(void)ks_plot_add_series(zones->plot, ks_buf_string(&zones->names[i]),
						 zones->names[i].n, (double)NAN);
	if (zones->n_seen > zones->plot->n_series)
		ks_buf_printf(&zones->plot->caption, " The %zu zones of the highest peaks, of %zu.",
			      zones->plot->n_series, zones->n_seen);
	if (error == KS_SUCCESS)
		error = ks_each_row(store, "traffic", &captured, see_captured, zones->plot, diag);
	return error == KS_SUCCESS ? draw_zones(store, query, zones, diag) : error;
}

enum ks_error
ks_gather_rollover_series(struct ks_store *store, const struct ks_document *document, struct ks_plot *ret,
			  struct ks_diag *diag)
{
	const struct ks_query query = series_query(document);
	struct zones zones = {.plot = ret};
	ret->id = "rollover-series";
	ret->unit = "q/s";
	ret->what = "DNSKEY queries";
	ks_buf_text(&ret->title, "DNSKEY queries by zone");
	ks_buf_text(&ret->caption,
		    "DNSKEY queries per second; storms are shaded, numbered lines are events of zones.");
	if (!ks_gather_time(document, ret))
		return KS_SUCCESS;
	ks_gather_put_bins(ret);
	enum ks_error error = read_zones(store, &query, &zones, diag);
	done_zones(&zones);
	if (error == KS_SUCCESS)
		error = ks_gather_spans(store, query.zone, /* onsets= */ false, ret, diag);
	return error != KS_SUCCESS ? error : ks_gather_events(store, query.zone, ret, diag);
}
