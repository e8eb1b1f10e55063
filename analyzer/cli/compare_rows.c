/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two sides joined by name: rows for programs, and from the same rows the answer for people. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/cli/compare.h"
#include "analyzer/judge/contrast.h"
#include "reports/escape.h"
#include "reports/number.h"
#include "reports/prose.h"

const char *const ks_cli_compare_columns[] = {"part", "zone",  "source",   "state",    "quantity", "a",
					      "b",    "ratio", "ratio_lo", "ratio_hi", "unit"};
const size_t ks_cli_n_compare_columns = KS_COUNT(ks_cli_compare_columns);

/* For people a part is a table of its own: without its name. */
static const char *const *const table_columns = ks_cli_compare_columns + 1;
enum { TABLE_COLUMNS = KS_COUNT(ks_cli_compare_columns) - 1 };

/* Of something in both captures; NaN: not known. */
struct figure {
	const char *part, *zone, *source, *state, *quantity, *unit;
	double a, b;
	bool whole; /* they are counts */
	struct ks_contrast ratio;
};

static const char *const states[] = {"gone", "new", "stayed"}; /* in A only, in B only, in both */
enum { GONE, NEW, STAYED, STATES };

struct zone_pair {
	const char *zone;
	const struct ks_store_rates *a, *b; /* NULL: not asked for there */
	double weight;                      /* the larger rate of both */
};

struct offender_pair {
	const struct ks_store_offender *name;
	int state;
	double a, b; /* queries; NaN: not known */
	double weight;
};

struct work {
	const struct ks_cli_comparison *comparison;
	const struct ks_document *document;
	struct ks_sheet *sheet, table; /* all rows; those of the part being written */
	struct ks_buf *buf;
	struct zone_pair *zones;
	size_t n_zones;
	struct offender_pair *offenders;
	size_t n_offenders, n_states[STATES];
};

/* --- rows --- */

static void
put_value(struct ks_sheet *sheet, double value, bool whole)
{
	if (whole && isfinite(value))
		ks_sheet_put_natural(sheet, (uint64_t)value);
	else
		ks_sheet_put_real(sheet, value);
}

static void
put_cells(struct ks_sheet *sheet, const struct figure *figure)
{
	ks_sheet_put_text(sheet, figure->zone);
	ks_sheet_put_text(sheet, figure->source);
	ks_sheet_put_text(sheet, figure->state);
	ks_sheet_put_text(sheet, figure->quantity);
	put_value(sheet, figure->a, figure->whole);
	put_value(sheet, figure->b, figure->whole);
	ks_sheet_put_real(sheet, figure->ratio.ratio);
	ks_sheet_put_real(sheet, figure->ratio.lo);
	ks_sheet_put_real(sheet, figure->ratio.hi);
	ks_sheet_put_text(sheet, figure->unit);
}

static void
put_figure(struct work *work, const struct figure *figure)
{
	ks_sheet_put_text(work->sheet, figure->part);
	put_cells(work->sheet, figure);
	put_cells(&work->table, figure);
}

/* Without an interval: what two numbers say by themselves. */
static struct ks_contrast
plain_ratio(double a, double b)
{
	return (struct ks_contrast){.ratio = a > 0 ? b / a : (double)NAN, .lo = NAN, .hi = NAN};
}

/* The rows since the last call, as a table with a title. */
static void
end_part(struct work *work, const char *title)
{
	const struct ks_report_request *const request = work->document->request;
	if (work->table.n > 0) {
		ks_buf_printf(work->buf, "\n%s\n", title);
		ks_sheet_print(&work->table, work->buf, request->width, request->unicode);
	}
	work->buf->failed |= work->table.failed;
	ks_sheet_done(&work->table);
	ks_sheet_init(&work->table, table_columns, TABLE_COLUMNS);
}

static size_t
limited(const struct work *work, size_t n)
{
	const int64_t limit = work->comparison->limit;
	return limit >= 0 && (uint64_t)limit < n ? (size_t)limit : n;
}

/* --- rates --- */

static double
per_second(double sum, const struct ks_store_cover *cover)
{
	return cover->seconds > 0 ? sum / cover->seconds : (double)NAN;
}

static struct ks_rate
rate_of(const struct ks_store_sum *sum, const struct ks_store_cover *cover)
{
	return (struct ks_rate){
		.count = sum->sum,
		.seconds = cover->seconds,
		.dispersion = ks_contrast_dispersion(cover->n_bins, sum->inner, sum->inner_squares),
	};
}

/* Octets come by the answer, so they scatter at least as answers of their mean size would. */
static struct ks_rate
rate_of_bytes(const struct ks_store_sum *bytes, const struct ks_store_sum *answers,
	      const struct ks_store_cover *cover)
{
	struct ks_rate rate = rate_of(bytes, cover);
	if (answers->sum > 0)
		rate.dispersion = isnan(rate.dispersion) ? rate.dispersion
							 : fmax(rate.dispersion, bytes->sum / answers->sum);
	return rate;
}

static double
value_of(const struct ks_rate *rate, double times)
{
	return rate->seconds > 0 ? rate->count * times / rate->seconds : (double)NAN;
}

static void
put_rates(struct work *work, const char *zone, const char *quantity, const struct ks_rate *a,
	  const struct ks_rate *b, double times, const char *unit)
{
	const struct figure figure = {
		.part = "rate",
		.zone = zone,
		.quantity = quantity,
		.a = value_of(a, times),
		.b = value_of(b, times),
		.ratio = ks_contrast_of_rates(a, b),
		.unit = unit,
	};
	put_figure(work, &figure);
}

static const struct ks_store_rates nothing;
static const struct ks_store_cover unwatched;

/* A zone that is missing where not all could be kept may have been asked for all the same. */
static const struct ks_store_cover *
cover_if_known(const struct ks_cli_side *side, const struct ks_store_rates *rates,
	       const struct ks_store_cover *cover)
{
	return rates == NULL && !side->complete ? &unwatched : cover;
}

static struct ks_share
share_of(const struct ks_store_rates *rates, const struct ks_store_cover *cover)
{
	return (struct ks_share){
		.part = rates->requeries,
		.whole = rates->classed,
		.n = cover->n_bins,
		.part_part = rates->rr,
		.part_whole = rates->rc,
		.whole_whole = rates->cc,
	};
}

static void
put_requeries(struct work *work, const char *zone, const struct ks_share *a, const struct ks_share *b)
{
	const struct figure figure = {
		.part = "rate",
		.zone = zone,
		.quantity = "requery_ratio",
		.a = a->whole > 0 ? a->part / a->whole : (double)NAN,
		.b = b->whole > 0 ? b->part / b->whole : (double)NAN,
		.ratio = ks_contrast_of_shares(a, b),
	};
	put_figure(work, &figure);
}

static void
put_zone(struct work *work, const struct zone_pair *pair)
{
	const struct ks_cli_side *const a = &work->comparison->a, *const b = &work->comparison->b;
	const struct ks_store_rates *const in_a = pair->a != NULL ? pair->a : &nothing;
	const struct ks_store_rates *const in_b = pair->b != NULL ? pair->b : &nothing;
	const struct ks_rate queries_a =
		rate_of(&in_a->dnskey, cover_if_known(a, pair->a, &a->covers.queries));
	const struct ks_rate queries_b =
		rate_of(&in_b->dnskey, cover_if_known(b, pair->b, &b->covers.queries));
	const struct ks_rate bytes_a = rate_of_bytes(&in_a->response_bytes, &in_a->dnskey,
						     cover_if_known(a, pair->a, &a->covers.responses));
	const struct ks_rate bytes_b = rate_of_bytes(&in_b->response_bytes, &in_b->dnskey,
						     cover_if_known(b, pair->b, &b->covers.responses));
	const struct ks_share share_a = share_of(in_a, &a->covers.both),
			      share_b = share_of(in_b, &b->covers.both);
	put_rates(work, pair->zone, "dnskey_qps", &queries_a, &queries_b, 1, "q/s");
	put_rates(work, pair->zone, "response_bps", &bytes_a, &bytes_b, 8, "b/s");
	put_requeries(work, pair->zone, &share_a, &share_b);
}

static void
put_all_zones(struct work *work)
{
	const struct ks_cli_side *const a = &work->comparison->a, *const b = &work->comparison->b;
	const struct ks_rate dnskey_a = rate_of(&a->all.dnskey, &a->covers.queries);
	const struct ks_rate dnskey_b = rate_of(&b->all.dnskey, &b->covers.queries);
	const struct ks_rate queries_a = rate_of(&a->all.queries, &a->covers.queries);
	const struct ks_rate queries_b = rate_of(&b->all.queries, &b->covers.queries);
	const struct ks_rate bytes_a =
		rate_of_bytes(&a->all.response_bytes, &a->all.queries, &a->covers.responses);
	const struct ks_rate bytes_b =
		rate_of_bytes(&b->all.response_bytes, &b->all.queries, &b->covers.responses);
	put_rates(work, NULL, "dnskey_qps", &dnskey_a, &dnskey_b, 1, "q/s");
	put_rates(work, NULL, "all_qps", &queries_a, &queries_b, 1, "q/s");
	put_rates(work, NULL, "response_bps", &bytes_a, &bytes_b, 8, "b/s");
}

/* --- storms --- */

static void
put_storm(struct work *work, const struct ks_store_zone_storms *a, const struct ks_store_zone_storms *b)
{
	const struct ks_cli_comparison *const comparison = work->comparison;
	const double none_a = comparison->a.storms_known ? 0 : (double)NAN;
	const double none_b = comparison->b.storms_known ? 0 : (double)NAN;
	const bool known = comparison->a.storms_known && comparison->b.storms_known;
	struct figure figure = {
		.part = "storm",
		.zone = a != NULL ? a->zone : b->zone,
		.state = !known ? NULL
				: states[a == NULL   ? NEW
					 : b == NULL ? GONE
						     : STAYED],
		.quantity = "storms",
		.whole = true,
		.a = a != NULL ? (double)a->n : none_a,
		.b = b != NULL ? (double)b->n : none_b,
		.ratio = plain_ratio(NAN, NAN),
	};
	put_figure(work, &figure);
	figure.quantity = "uplift";
	figure.whole = false;
	figure.a = a != NULL ? a->uplift : (double)NAN;
	figure.b = b != NULL ? b->uplift : (double)NAN;
	figure.ratio = plain_ratio(figure.a, figure.b);
	put_figure(work, &figure);
	figure.quantity = "peak_qps";
	figure.unit = "q/s";
	figure.a = a != NULL ? a->peak_qps : (double)NAN;
	figure.b = b != NULL ? b->peak_qps : (double)NAN;
	figure.ratio = plain_ratio(figure.a, figure.b);
	put_figure(work, &figure);
}

static void
put_storms(struct work *work)
{
	const struct ks_cli_side *const a = &work->comparison->a, *const b = &work->comparison->b;
	for (size_t i = 0, j = 0; i < a->n_storms || j < b->n_storms;) {
		const int order = i == a->n_storms   ? 1
				  : j == b->n_storms ? -1
						     : strcmp(a->storms[i].zone, b->storms[j].zone);
		put_storm(work, order <= 0 ? &a->storms[i] : NULL, order >= 0 ? &b->storms[j] : NULL);
		i += order <= 0;
		j += order >= 0;
	}
}

/* --- offenders --- */

static void
put_offender_counts(struct work *work)
{
	const bool known = work->comparison->a.offenders_known && work->comparison->b.offenders_known;
	for (int state = 0; state < STATES; state++) {
		const double n = known ? (double)work->n_states[state] : (double)NAN;
		const struct figure figure = {
			.part = "offenders",
			.state = states[state],
			.quantity = "offenders",
			.whole = true,
			.a = state == NEW ? (double)NAN : n,
			.b = state == GONE ? (double)NAN : n,
			.ratio = plain_ratio(NAN, NAN),
		};
		put_figure(work, &figure);
	}
}

static void
put_offender(struct work *work, const struct offender_pair *pair)
{
	const struct ks_cli_comparison *const comparison = work->comparison;
	const bool known = comparison->a.offenders_known && comparison->b.offenders_known;
	struct figure figure = {
		.part = "offender",
		.zone = pair->name->zone,
		.source = pair->name->source,
		.state = known ? states[pair->state] : NULL,
		.quantity = "dnskey_qps",
		.a = per_second(pair->a, &comparison->a.covers.queries),
		.b = per_second(pair->b, &comparison->b.covers.queries),
		.unit = "q/s",
	};
	figure.ratio = plain_ratio(figure.a, figure.b);
	put_figure(work, &figure);
}

static void
put_amplification(struct work *work)
{
	const struct ks_store_amplification *const a = &work->comparison->a.amplification;
	const struct ks_store_amplification *const b = &work->comparison->b.amplification;
	struct figure figure = {
		.part = "amplification",
		.quantity = "dnskey_baf",
		.a = a->dnskey_asked > 0 ? a->dnskey_answered / a->dnskey_asked : (double)NAN,
		.b = b->dnskey_asked > 0 ? b->dnskey_answered / b->dnskey_asked : (double)NAN,
	};
	figure.ratio = plain_ratio(figure.a, figure.b);
	put_figure(work, &figure);
	figure.quantity = "all_baf";
	figure.a = a->asked > 0 ? a->answered / a->asked : (double)NAN;
	figure.b = b->asked > 0 ? b->answered / b->asked : (double)NAN;
	figure.ratio = plain_ratio(figure.a, figure.b);
	put_figure(work, &figure);
}

/* --- joining --- */

static double
weigh(double a, double b)
{
	return fmax(isnan(a) ? 0 : a, isnan(b) ? 0 : b);
}

static int
heavier_zone(const void *left, const void *right)
{
	const struct zone_pair *const a = left, *const b = right;
	if (a->weight > b->weight || a->weight < b->weight)
		return a->weight > b->weight ? -1 : 1;
	return strcmp(a->zone, b->zone);
}

static int
heavier_offender(const void *left, const void *right)
{
	const struct offender_pair *const a = left, *const b = right;
	if (a->weight > b->weight || a->weight < b->weight)
		return a->weight > b->weight ? -1 : 1;
	const int order = strcmp(a->name->zone, b->name->zone);
	return order != 0 ? order : strcmp(a->name->source, b->name->source);
}

static void
join_zones(struct work *work)
{
	const struct ks_cli_side *const a = &work->comparison->a, *const b = &work->comparison->b;
	for (size_t i = 0, j = 0; i < a->n_zones || j < b->n_zones;) {
		const int order = i == a->n_zones   ? 1
				  : j == b->n_zones ? -1
						    : strcmp(a->zones[i].zone, b->zones[j].zone);
		struct zone_pair *const pair = &work->zones[work->n_zones++];
		*pair = (struct zone_pair){.a = order <= 0 ? &a->zones[i] : NULL,
					   .b = order >= 0 ? &b->zones[j] : NULL};
		pair->zone = order <= 0 ? a->zones[i].zone : b->zones[j].zone;
		pair->weight =
			weigh(pair->a != NULL ? per_second(pair->a->dnskey.sum, &a->covers.queries) : 0,
			      pair->b != NULL ? per_second(pair->b->dnskey.sum, &b->covers.queries) : 0);
		i += order <= 0;
		j += order >= 0;
	}
	qsort(work->zones, work->n_zones, sizeof(*work->zones), heavier_zone);
}

static int
order_offenders(const struct ks_store_offender *a, const struct ks_store_offender *b)
{
	const int order = strcmp(a->zone, b->zone);
	return order != 0 ? order : strcmp(a->source, b->source);
}

/* An offender of one side may ask the other too, without offending there. */
static enum ks_error
fill_offender(const struct ks_cli_comparison *comparison, struct offender_pair *pair, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	if (pair->state == NEW)
		error = ks_store_read_flow(comparison->a.store, pair->name->zone, pair->name->source,
					   &pair->a, diag);
	if (pair->state == GONE)
		error = ks_store_read_flow(comparison->b.store, pair->name->zone, pair->name->source,
					   &pair->b, diag);
	pair->weight = weigh(per_second(pair->a, &comparison->a.covers.queries),
			     per_second(pair->b, &comparison->b.covers.queries));
	return error;
}

static enum ks_error
join_offenders(struct work *work, struct ks_diag *diag)
{
	const struct ks_cli_side *const a = &work->comparison->a, *const b = &work->comparison->b;
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0, j = 0; (i < a->n_offenders || j < b->n_offenders) && error == KS_SUCCESS;) {
		const int order = i == a->n_offenders   ? 1
				  : j == b->n_offenders ? -1
							: order_offenders(&a->offenders[i], &b->offenders[j]);
		struct offender_pair *const pair = &work->offenders[work->n_offenders++];
		*pair = (struct offender_pair){
			.name = order <= 0 ? &a->offenders[i] : &b->offenders[j],
			.state = order < 0   ? GONE
				 : order > 0 ? NEW
					     : STAYED,
			.a = order <= 0 ? (double)a->offenders[i].queries : (double)NAN,
			.b = order >= 0 ? (double)b->offenders[j].queries : (double)NAN,
		};
		work->n_states[pair->state]++;
		error = fill_offender(work->comparison, pair, diag);
		i += order <= 0;
		j += order >= 0;
	}
	qsort(work->offenders, work->n_offenders, sizeof(*work->offenders), heavier_offender);
	return error;
}

/* --- the sentence --- */

static void
put_number(struct ks_buf *line, double value, const char *unit)
{
	ks_number_scaled(line, value, /* whole= */ false, unit);
}

static void
put_interval(struct ks_buf *line, const struct ks_contrast *ratio)
{
	if (isnan(ratio->lo) || isnan(ratio->hi))
		return;
	ks_buf_text(line, " (");
	put_number(line, ratio->lo, "");
	ks_buf_text(line, "-");
	put_number(line, ratio->hi, "");
	ks_buf_text(line, ")");
}

/* "fell to 0.21 (0.19-0.23) of what it was: 12.3 q/s in A, 2.58 q/s in B" */
static void
put_change(struct ks_buf *line, const struct ks_rate *a, const struct ks_rate *b)
{
	const struct ks_contrast ratio = ks_contrast_of_rates(a, b);
	const double in_a = value_of(a, 1), in_b = value_of(b, 1);
	if (isnan(in_a) || isnan(in_b)) {
		ks_buf_text(line, " cannot be compared: it is not known in ");
		ks_buf_text(line, isnan(in_a) && isnan(in_b) ? "either" : isnan(in_a) ? "A" : "B");
		return;
	}
	if (a->count <= 0 && b->count <= 0) {
		ks_buf_text(line, " was none and is none");
		return;
	}
	if (a->count <= 0) {
		ks_buf_text(line, " is new");
	} else if (isnan(ratio.lo) || isnan(ratio.hi)) {
		ks_buf_text(line, " is ");
		put_number(line, ratio.ratio, "times what it was");
		ks_buf_text(line, " (too few bins to tell how sure that is)");
	} else if (ratio.lo <= 1 && ratio.hi >= 1) {
		ks_buf_text(line, " did not change beyond chance, it is ");
		put_number(line, ratio.ratio, "");
		put_interval(line, &ratio);
		ks_buf_text(line, " of what it was");
	} else {
		ks_buf_text(line, ratio.ratio < 1 ? " fell to " : " rose to ");
		put_number(line, ratio.ratio, "");
		put_interval(line, &ratio);
		ks_buf_text(line, ratio.ratio < 1 ? " of what it was" : " times what it was");
	}
	ks_buf_text(line, ": ");
	put_number(line, in_a, "q/s in A, ");
	put_number(line, in_b, "q/s in B");
}

static void
put_zone_name(struct ks_buf *line, const char *zone, bool unicode)
{
	ks_buf_text(line, "DNSKEY load on ");
	ks_escape_terminal(line, zone, strlen(zone), unicode);
}

static void
put_offenders_sentence(struct ks_buf *line, const struct work *work)
{
	const size_t before = work->n_states[GONE] + work->n_states[STAYED];
	if (!work->comparison->a.offenders_known || !work->comparison->b.offenders_known) {
		ks_buf_text(line, "; who offends is not known without queries and answers of both.");
		return;
	}
	if (before == 0)
		ks_buf_text(line, "; nobody offended in A");
	else if (work->n_states[GONE] == 0)
		ks_buf_printf(line, "; none of %zu offender%s is gone", before, before == 1 ? "" : "s");
	else
		ks_buf_printf(line, "; %zu of %zu offender%s %s gone", work->n_states[GONE], before,
			      before == 1 ? "" : "s", work->n_states[GONE] == 1 ? "is" : "are");
	if (work->n_states[NEW] > 0)
		ks_buf_printf(line, ", %zu %s new", work->n_states[NEW],
			      work->n_states[NEW] == 1 ? "is" : "are");
	ks_buf_text(line, ".");
}

static void
put_sentence(struct work *work)
{
	const struct ks_cli_side *const a = &work->comparison->a, *const b = &work->comparison->b;
	const struct ks_report_request *const request = work->document->request;
	struct ks_buf line = {0};
	struct ks_rate rate_a = rate_of(&a->all.dnskey, &a->covers.queries);
	struct ks_rate rate_b = rate_of(&b->all.dnskey, &b->covers.queries);
	if (work->n_zones > 0) {
		const struct zone_pair *const pair = &work->zones[0];
		rate_a = rate_of(&(pair->a != NULL ? pair->a : &nothing)->dnskey,
				 cover_if_known(a, pair->a, &a->covers.queries));
		rate_b = rate_of(&(pair->b != NULL ? pair->b : &nothing)->dnskey,
				 cover_if_known(b, pair->b, &b->covers.queries));
		put_zone_name(&line, pair->zone, request->unicode);
	} else if (work->comparison->zone != NULL) {
		rate_a.count = rate_b.count = 0;
		put_zone_name(&line, work->comparison->zone, request->unicode);
	} else {
		ks_buf_text(&line, "DNSKEY load");
	}
	put_change(&line, &rate_a, &rate_b);
	put_offenders_sentence(&line, work);
	ks_prose_fold(work->buf, "", ks_buf_string(&line), request->width);
	work->buf->failed |= line.failed;
	ks_buf_done(&line);
}

static void
put_side(struct work *work, const char *label, const struct ks_cli_side *side)
{
	const struct ks_report_request *const request = work->document->request;
	struct ks_buf line = {0};
	ks_escape_terminal(&line, side->path, strlen(side->path), request->unicode);
	if (side->head.has_span) {
		ks_buf_text(&line, ", ");
		ks_number_time(&line, side->head.first_ns, 0, ' ');
		ks_buf_text(&line, " to ");
		ks_number_time(&line, side->head.last_ns, 0, ' ');
		ks_buf_text(&line, " (");
		ks_number_duration(&line, ((double)side->head.last_ns - (double)side->head.first_ns) / 1e9);
		ks_buf_printf(&line, "), vantage %s", side->head.vantage);
	} else {
		ks_buf_text(&line, ", no packets");
	}
	ks_prose_fold(work->buf, label, ks_buf_string(&line), request->width);
	work->buf->failed |= line.failed;
	ks_buf_done(&line);
}

static void
put_left_out(struct work *work, size_t n, const char *what)
{
	const size_t shown = limited(work, n);
	if (shown < n)
		ks_buf_printf(work->buf, "%zu more %s (--limit all)\n", n - shown, what);
}

/* --- all of it --- */

static void
write_parts(struct work *work)
{
	ks_buf_text(work->buf, "keystorm compare\n");
	put_side(work, "A: ", &work->comparison->a);
	put_side(work, "B: ", &work->comparison->b);
	ks_buf_put(work->buf, "\n", 1);
	put_sentence(work);
	if (work->comparison->zone == NULL)
		put_all_zones(work);
	for (size_t i = 0; i < limited(work, work->n_zones); i++)
		put_zone(work, &work->zones[i]);
	end_part(work, "rates (zone -: all together)");
	put_left_out(work, work->n_zones, "zones");
	put_storms(work);
	end_part(work, "storms");
	put_offender_counts(work);
	end_part(work, "offenders");
	for (size_t i = 0; i < limited(work, work->n_offenders); i++)
		put_offender(work, &work->offenders[i]);
	end_part(work, "offenders by rate");
	put_left_out(work, work->n_offenders, "offenders");
	if (work->comparison->zone == NULL) {
		put_amplification(work);
		end_part(work, "amplification (octets answered for an octet asked, UDP)");
	}
	ks_buf_put(work->buf, "\n", 1);
	ks_prose_caveats(work->buf, work->document);
	ks_prose_command(work->buf, work->document, "next: ", "hitters");
}

enum ks_error
ks_cli_compare(const struct ks_cli_comparison *comparison, const struct ks_document *document,
	       struct ks_sheet *sheet, struct ks_buf *buf, struct ks_diag *diag)
{
	struct work work = {
		.comparison = comparison,
		.document = document,
		.sheet = sheet,
		.buf = buf,
		.zones = calloc(comparison->a.n_zones + comparison->b.n_zones + 1, sizeof(*work.zones)),
		.offenders = calloc(comparison->a.n_offenders + comparison->b.n_offenders + 1,
				    sizeof(*work.offenders)),
	};
	enum ks_error error = KS_SUCCESS;
	ks_sheet_init(&work.table, table_columns, TABLE_COLUMNS);
	if (work.zones == NULL || work.offenders == NULL)
		error = ks_diag_set(diag, KS_ERR_MEMORY, "out of memory");
	if (error == KS_SUCCESS) {
		join_zones(&work);
		error = join_offenders(&work, diag);
	}
	if (error == KS_SUCCESS)
		write_parts(&work);
	ks_sheet_done(&work.table);
	free(work.zones);
	free(work.offenders);
	return error;
}
