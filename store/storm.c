/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/storm.c -- storms on their way in. */
#include <math.h>

#include "store/store.h"
#include "store/store_p.h"

/* NULL where the value is: an interval around nothing says nothing. */
static void
put_interval(struct ks_sql_row *row, const struct ks_ratio *ratio)
{
	ks_sql_put_real(row, isnan(ratio->value) ? NAN : ratio->lo);
	ks_sql_put_real(row, isnan(ratio->value) ? NAN : ratio->hi);
}

static void
put_ratio(struct ks_sql_row *row, const struct ks_ratio *ratio)
{
	ks_sql_put_real(row, ratio->value);
	put_interval(row, ratio);
}

/* When, and against what. */
static void
put_time(struct ks_sql_row *row, const struct ks_store_storm *storm)
{
	const struct ks_storm_grade *const grade = &storm->grade;
	ks_sql_put_int(row, storm->bin_s);
	ks_sql_put_real(row, grade->duration_s);
	ks_sql_put_count(row, grade->unknown_bins);
	ks_sql_put_text(row, ks_baseline_name(storm->base.kind));
	ks_sql_put_count(row, storm->base.n);
	ks_sql_put_real(row, storm->base.dispersion);
	ks_sql_put_known(row, grade->has_second, storm->start_s + grade->second_start_bins * storm->bin_s);
}

static void
put_strength(struct ks_sql_row *row, const struct ks_store_storm *storm)
{
	const struct ks_storm_grade *const grade = &storm->grade;
	put_interval(row, &grade->uplift);
	ks_sql_put_real(row, storm->mean_qps);
	ks_sql_put_int(row, grade->severity);
	ks_sql_put_int(row, grade->severity_unknown);
	ks_sql_put_real(row, grade->byte_share);
	ks_sql_put_real(row, grade->answer_bytes);
	ks_sql_put_real(row, grade->answered_bps);
	ks_sql_put_real(row, grade->cost.dns_bps);
	ks_sql_put_real(row, grade->cost.ip_bps);
	ks_sql_put_real(row, grade->cost.wire_bps);
	put_ratio(row, &grade->growth);
}

static void
put_course(struct ks_sql_row *row, const struct ks_storm_grade *grade)
{
	ks_sql_put_text(row, ks_rise_name(grade->rise.rise));
	ks_sql_put_real(row, grade->rise.seconds);
	ks_sql_put_real(row, grade->recovery.half_life_s);
	ks_sql_put_real(row, grade->recovery.at_least_s);
	put_ratio(row, &grade->residual);
	put_ratio(row, &grade->residual_share);
}

static enum ks_put
statement_of(const struct ks_store_storm *storm)
{
	assert(storm->graded || !storm->by_server);
	if (storm->by_server)
		return KS_PUT_SERVER_STORM;
	return storm->graded ? KS_PUT_STORM : KS_PUT_STORM_BARE;
}

static void
put_server(struct ks_sql_row *row, const struct ks_addr *server, char text[KS_ADDR_TEXT])
{
	ks_sql_put_addr(row, server);
	ks_sql_put_text(row, ks_addr_print(server, text));
}

enum ks_error
ks_store_judge_outlook(struct ks_store *store, const struct ks_store_storm *storm,
		       const struct ks_outlook *outlook, struct ks_diag *diag)
{
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_OUTLOOK);
	ks_sql_put_real(&row, outlook->apart_s);
	put_ratio(&row, &outlook->doubling_s);
	put_ratio(&row, &outlook->next);
	ks_sql_put_int(&row, storm->zone_id);
	ks_sql_put_int(&row, storm->start_s);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_judge_repair(struct ks_store *store, const struct ks_store_storm *storm, int64_t event_id,
		      bool above, double end_s, double half_s, struct ks_diag *diag)
{
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_REPAIR);
	ks_sql_put_int(&row, event_id);
	ks_sql_put_int(&row, above);
	ks_sql_put_real(&row, end_s);
	ks_sql_put_real(&row, half_s);
	ks_sql_put_int(&row, storm->zone_id);
	ks_sql_put_int(&row, storm->start_s);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_judge_storm(struct ks_store *store, const struct ks_store_storm *storm, struct ks_diag *diag)
{
	struct ks_sql_row row = ks_sql_row_begin(store, statement_of(storm));
	char text[KS_ADDR_TEXT];
	ks_sql_put_known(&row, storm->zone_id != 0, storm->zone_id);
	ks_sql_put_int(&row, storm->start_s);
	ks_sql_put_int(&row, storm->end_s);
	ks_sql_put_int(&row, storm->began_before);
	ks_sql_put_int(&row, storm->open);
	ks_sql_put_real(&row, storm->peak_qps);
	ks_sql_put_real(&row, storm->base_qps);
	ks_sql_put_real(&row, storm->uplift);
	/* No database and no JSON has infinity: more than any number is "at least" without a number. */
	ks_sql_put_int(&row, storm->uplift_is_lower_bound || storm->uplift > 1e300);
	ks_sql_put_count(&row, storm->queries);
	if (storm->graded) {
		put_time(&row, storm);
		put_strength(&row, storm);
		put_course(&row, &storm->grade);
	}
	if (storm->by_server)
		put_server(&row, &storm->server, text);
	return ks_sql_row_done(&row, diag);
}
