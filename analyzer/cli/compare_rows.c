/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of a comparison for programs, and the same rows as tables for people. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/cli/compare_work.h"
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

static const char *const states[] = {"gone", "new", "stayed"};

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
put_figure(struct ks_cli_work *work, const struct figure *figure)
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

/* The same again for another quantity. */
static void
put_next(struct ks_cli_work *work, struct figure *figure, const char *quantity, double a, double b,
	 const char *unit)
{
	figure->quantity = quantity;
	figure->unit = unit;
	figure->whole = false;
	figure->a = a;
	figure->b = b;
	figure->ratio = plain_ratio(a, b);
	put_figure(work, figure);
}

/* The rows since the last call, as a table with a title. */
static void
end_part(struct ks_cli_work *work, const char *title)
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
limited(const struct ks_cli_work *work, size_t n)
{
	const int64_t limit = work->comparison->limit;
	return limit >= 0 && (uint64_t)limit < n ? (size_t)limit : n;
}

/* --- rates --- */

static void
put_rates(struct ks_cli_work *work, const char *zone, const char *quantity, const struct ks_rate *a,
	  const struct ks_rate *b, double times, const char *unit)
{
	const struct figure figure = {
		.part = "rate",
		.zone = zone,
		.quantity = quantity,
		.a = ks_cli_rate_value(a, times),
		.b = ks_cli_rate_value(b, times),
		.ratio = ks_contrast_of_rates(a, b),
		.unit = unit,
	};
	put_figure(work, &figure);
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
put_requeries(struct ks_cli_work *work, const char *zone, const struct ks_share *a, const struct ks_share *b)
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
put_zone(struct ks_cli_work *work, const struct ks_cli_zone_pair *pair)
{
	const struct ks_cli_side *const a = &work->comparison->a, *const b = &work->comparison->b;
	const struct ks_store_rates *const in_a = pair->a != NULL ? pair->a : &ks_cli_no_rates;
	const struct ks_store_rates *const in_b = pair->b != NULL ? pair->b : &ks_cli_no_rates;
	struct ks_rate queries_a, queries_b;
	ks_cli_pair_rates(work->comparison, pair, &queries_a, &queries_b);
	const struct ks_rate bytes_a =
		ks_cli_rate_of_bytes(&in_a->response_bytes, &in_a->dnskey,
				     ks_cli_cover_if_known(a, pair->a, &a->covers.responses));
	const struct ks_rate bytes_b =
		ks_cli_rate_of_bytes(&in_b->response_bytes, &in_b->dnskey,
				     ks_cli_cover_if_known(b, pair->b, &b->covers.responses));
	const struct ks_share share_a = share_of(in_a, &a->covers.both),
			      share_b = share_of(in_b, &b->covers.both);
	put_rates(work, pair->zone, "dnskey_qps", &queries_a, &queries_b, 1, "q/s");
	put_rates(work, pair->zone, "response_bps", &bytes_a, &bytes_b, 8, "b/s");
	put_requeries(work, pair->zone, &share_a, &share_b);
}

static void
put_all_zones(struct ks_cli_work *work)
{
	const struct ks_cli_side *const a = &work->comparison->a, *const b = &work->comparison->b;
	struct ks_rate dnskey_a, dnskey_b;
	ks_cli_pair_rates(work->comparison, NULL, &dnskey_a, &dnskey_b);
	const struct ks_rate queries_a = ks_cli_rate_of(&a->all.queries, &a->covers.queries);
	const struct ks_rate queries_b = ks_cli_rate_of(&b->all.queries, &b->covers.queries);
	const struct ks_rate bytes_a =
		ks_cli_rate_of_bytes(&a->all.response_bytes, &a->all.queries, &a->covers.responses);
	const struct ks_rate bytes_b =
		ks_cli_rate_of_bytes(&b->all.response_bytes, &b->all.queries, &b->covers.responses);
	put_rates(work, NULL, "dnskey_qps", &dnskey_a, &dnskey_b, 1, "q/s");
	put_rates(work, NULL, "all_qps", &queries_a, &queries_b, 1, "q/s");
	put_rates(work, NULL, "response_bps", &bytes_a, &bytes_b, 8, "b/s");
}

/* --- storms --- */

static void
put_storm(struct ks_cli_work *work, const struct ks_store_zone_storms *a,
	  const struct ks_store_zone_storms *b)
{
	const struct ks_cli_comparison *const comparison = work->comparison;
	const double none_a = comparison->a.storms_known ? 0 : (double)NAN;
	const double none_b = comparison->b.storms_known ? 0 : (double)NAN;
	const bool known = comparison->a.storms_known && comparison->b.storms_known;
	struct figure figure = {
		.part = "storm",
		.zone = a != NULL ? a->zone : b->zone,
		.state = !known ? NULL
				: states[a == NULL   ? KS_CLI_NEW
					 : b == NULL ? KS_CLI_GONE
						     : KS_CLI_STAYED],
		.quantity = "storms",
		.whole = true,
		.a = a != NULL ? (double)a->n : none_a,
		.b = b != NULL ? (double)b->n : none_b,
		.ratio = plain_ratio(NAN, NAN),
	};
	put_figure(work, &figure);
	put_next(work, &figure, "uplift", a != NULL ? a->uplift : (double)NAN,
		 b != NULL ? b->uplift : (double)NAN, NULL);
	put_next(work, &figure, "peak_qps", a != NULL ? a->peak_qps : (double)NAN,
		 b != NULL ? b->peak_qps : (double)NAN, "q/s");
}

static void
put_storms(struct ks_cli_work *work)
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
put_offender_counts(struct ks_cli_work *work)
{
	const bool known = work->comparison->a.offenders_known && work->comparison->b.offenders_known;
	for (int state = 0; state < KS_CLI_STATES; state++) {
		const double n = known ? (double)work->n_states[state] : (double)NAN;
		const struct figure figure = {
			.part = "offenders",
			.state = states[state],
			.quantity = "offenders",
			.whole = true,
			.a = state == KS_CLI_NEW ? (double)NAN : n,
			.b = state == KS_CLI_GONE ? (double)NAN : n,
			.ratio = plain_ratio(NAN, NAN),
		};
		put_figure(work, &figure);
	}
}

static void
put_offender(struct ks_cli_work *work, const struct ks_cli_offender_pair *pair)
{
	const struct ks_cli_comparison *const comparison = work->comparison;
	const bool known = comparison->a.offenders_known && comparison->b.offenders_known;
	struct figure figure = {
		.part = "offender",
		.zone = pair->name->zone,
		.source = pair->name->source,
		.state = known ? states[pair->state] : NULL,
		.quantity = "dnskey_qps",
		.a = ks_cli_per_second(pair->a, &comparison->a.covers.queries),
		.b = ks_cli_per_second(pair->b, &comparison->b.covers.queries),
		.unit = "q/s",
	};
	figure.ratio = plain_ratio(figure.a, figure.b);
	put_figure(work, &figure);
}

static double
factor(double answered, double asked)
{
	return asked > 0 ? answered / asked : (double)NAN;
}

static void
put_amplification(struct ks_cli_work *work)
{
	const struct ks_store_amplification *const a = &work->comparison->a.amplification;
	const struct ks_store_amplification *const b = &work->comparison->b.amplification;
	struct figure figure = {.part = "amplification"};
	put_next(work, &figure, "dnskey_baf", factor(a->dnskey_answered, a->dnskey_asked),
		 factor(b->dnskey_answered, b->dnskey_asked), NULL);
	put_next(work, &figure, "all_baf", factor(a->answered, a->asked), factor(b->answered, b->asked),
		 NULL);
}

/* --- all of it --- */

static void
put_left_out(struct ks_cli_work *work, size_t n, const char *what)
{
	const size_t shown = limited(work, n);
	if (shown < n)
		ks_buf_printf(work->buf, "%zu more %s (--limit all)\n", n - shown, what);
}

static void
write_parts(struct ks_cli_work *work)
{
	ks_buf_text(work->buf, "keystorm compare\n");
	ks_cli_put_sides(work);
	ks_buf_put(work->buf, "\n", 1);
	ks_cli_put_sentence(work);
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
	struct ks_cli_work work = {
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
	if (error == KS_SUCCESS)
		error = ks_cli_work_join(&work, diag);
	if (error == KS_SUCCESS)
		write_parts(&work);
	ks_sheet_done(&work.table);
	free(work.zones);
	free(work.offenders);
	return error;
}
