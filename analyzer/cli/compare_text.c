/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The answer for people: which captures, and the sentence. */
#include <math.h>
#include <string.h>

#include "analyzer/cli/compare_work.h"
#include "reports/escape.h"
#include "reports/number.h"
#include "reports/prose.h"

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
	const double in_a = ks_cli_rate_value(a, 1), in_b = ks_cli_rate_value(b, 1);
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
put_offenders_sentence(struct ks_buf *line, const struct ks_cli_work *work)
{
	const size_t before = work->n_states[KS_CLI_GONE] + work->n_states[KS_CLI_STAYED];
	if (!work->comparison->a.offenders_known || !work->comparison->b.offenders_known) {
		ks_buf_text(line, "; who offends is not known without queries and answers of both.");
		return;
	}
	if (before == 0)
		ks_buf_text(line, "; nobody offended in A");
	else if (work->n_states[KS_CLI_GONE] == 0)
		ks_buf_printf(line, "; none of %zu offender%s is gone", before, before == 1 ? "" : "s");
	else
		ks_buf_printf(line, "; %zu of %zu offender%s %s gone", work->n_states[KS_CLI_GONE], before,
			      before == 1 ? "" : "s", work->n_states[KS_CLI_GONE] == 1 ? "is" : "are");
	if (work->n_states[KS_CLI_NEW] > 0)
		ks_buf_printf(line, ", %zu %s new", work->n_states[KS_CLI_NEW],
			      work->n_states[KS_CLI_NEW] == 1 ? "is" : "are");
	ks_buf_text(line, ".");
}

void
ks_cli_put_sentence(struct ks_cli_work *work)
{
	const struct ks_report_request *const request = work->document->request;
	struct ks_buf line = {0};
	struct ks_rate rate_a, rate_b;
	const struct ks_cli_zone_pair *const pair = work->n_zones > 0 ? &work->zones[0] : NULL;
	ks_cli_pair_rates(work->comparison, pair, &rate_a, &rate_b);
	if (pair != NULL) {
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
put_side(struct ks_cli_work *work, const char *label, const struct ks_cli_side *side)
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

void
ks_cli_put_sides(struct ks_cli_work *work)
{
	put_side(work, "A: ", &work->comparison->a);
	put_side(work, "B: ", &work->comparison->b);
}
