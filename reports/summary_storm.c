/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One storm in sentences: first what it is, how strong and whether it is over, then the rest. What is not
 * known is not mentioned. */
#include <math.h>

#include "reports/columns.h"
#include "reports/escape.h"
#include "reports/number.h"
#include "reports/summary.h"
#include "reports/summary_p.h"

static double
number(const struct ks_rows *rows, const char *name)
{
	const struct ks_value value = ks_column_value(rows, name);
	return ks_column_number(&value, NAN);
}

static void
put_number(struct ks_buf *buf, double value)
{
	ks_number_scaled(buf, value, /* whole= */ false, "");
}

/* " (95 %: 50.1 to 104)" */
static void
put_interval(struct ks_buf *buf, double lo, double hi)
{
	if (!isfinite(lo) || !isfinite(hi))
		return;
	ks_buf_text(buf, " (95 %: ");
	put_number(buf, lo);
	ks_buf_text(buf, " to ");
	put_number(buf, hi);
	ks_buf_text(buf, ")");
}

static void
put_uplift(struct ks_buf *buf, const struct ks_rows *rows)
{
	const double uplift = number(rows, "uplift"), lo = number(rows, "uplift_lo");
	const bool at_least = number(rows, "uplift_is_lower_bound") > 0;
	/* Over nothing there is no uplift, but how much less than seen would have been seen tells a least
	 * one. */
	const double told = isfinite(uplift) ? uplift : lo;
	if (!isfinite(told))
		return;
	ks_buf_text(buf, at_least ? ", at least " : ", ");
	put_number(buf, told);
	ks_buf_text(buf, " times the base");
	if (!at_least)
		put_interval(buf, lo, number(rows, "uplift_hi"));
}

/* With a T inside: a time in a sentence must not be folded, and can be copied behind --from. */
static void
put_second(struct ks_buf *buf, const struct ks_value *time, bool unicode)
{
	int64_t s;
	if (time->type == KS_VALUE_TEXT && ks_number_parse_time(time->text, time->n_text, &s) &&
	    s > INT64_MIN / KS_NS_PER_S && s < INT64_MAX / KS_NS_PER_S)
		ks_number_time(buf, s * KS_NS_PER_S, 0, 'T');
	else if (time->type == KS_VALUE_TEXT)
		ks_escape_terminal(buf, time->text, time->n_text, unicode);
}

static void
put_extent(struct ks_buf *buf, const struct ks_rows *rows, bool unicode)
{
	const struct ks_value start = ks_column_value(rows, "start"), end = ks_column_value(rows, "end");
	const bool open = end.type == KS_VALUE_NULL;
	if (start.type == KS_VALUE_NULL) {
		ks_buf_text(buf, ", on before the capture began");
		ks_buf_text(buf, open ? " and not over when it ends." : ", over at ");
	} else {
		ks_buf_text(buf, open ? ", since " : ", over: from ");
		put_second(buf, &start, unicode);
		ks_buf_text(buf, open ? " and not over when the capture ends." : " to ");
	}
	if (!open) {
		put_second(buf, &end, unicode);
		ks_buf_text(buf, ".");
	}
}

static void
put_peak(struct ks_buf *buf, const struct ks_rows *rows)
{
	const double peak = number(rows, "peak_qps"), base = number(rows, "base_qps");
	if (!isfinite(peak))
		return;
	ks_buf_text(buf, " It peaked at ");
	put_number(buf, peak);
	ks_buf_text(buf, " DNSKEY q/s");
	if (isfinite(base) && base > 0) {
		ks_buf_text(buf, " over a base of ");
		put_number(buf, base);
		ks_buf_text(buf, " q/s");
	} else if (isfinite(base)) {
		ks_buf_text(buf, " where nothing was asked before");
	}
	ks_buf_text(buf, ".");
}

static void
put_bytes(struct ks_buf *buf, const struct ks_rows *rows)
{
	const double share = number(rows, "byte_share");
	if (!isfinite(share) || share < 0)
		return;
	ks_buf_text(buf, " Its DNSKEY answers were ");
	if (share > 1) {
		ks_buf_text(buf, "more than all of the growth in DNS response bytes: others shrank.");
		return;
	}
	ks_number_share(buf, share);
	ks_buf_text(buf, " of the growth in DNS response bytes.");
}

static void
put_rise(struct ks_buf *buf, const struct ks_rows *rows)
{
	const struct ks_value rise = ks_column_value(rows, "rise");
	const double seconds = number(rows, "rise_s");
	if (rise.type != KS_VALUE_TEXT || !isfinite(seconds))
		return;
	ks_buf_text(buf, " It rose as a ");
	ks_escape_terminal(buf, rise.text, rise.n_text, /* unicode= */ false);
	ks_buf_text(buf, ", within ");
	ks_number_duration(buf, seconds);
	ks_buf_text(buf, ".");
}

/* Coming before is not being the cause, so it does not say more. */
static void
put_trigger(struct ks_buf *buf, const struct ks_rows *rows, bool unicode)
{
	const struct ks_value trigger = ks_column_value(rows, "trigger");
	const double most = number(rows, "lag_most_s");
	if (trigger.type != KS_VALUE_TEXT)
		return;
	ks_buf_text(buf, " Before it came ");
	ks_escape_terminal(buf, trigger.text, trigger.n_text, unicode);
	if (isfinite(most)) {
		ks_buf_text(buf, ", at most ");
		ks_number_duration(buf, most);
		ks_buf_text(buf, " earlier");
	}
	ks_buf_text(buf, ".");
}

static void
put_rest(struct ks_buf *buf, const struct ks_rows *rows)
{
	const double rest = number(rows, "residual"), half_life = number(rows, "half_life_s");
	if (isfinite(half_life)) {
		ks_buf_text(buf, " Half of it was gone after ");
		ks_number_duration(buf, half_life);
		ks_buf_text(buf, ".");
	}
	if (!isfinite(rest) || !(number(rows, "higher_than_before") > 0))
		return;
	ks_buf_text(buf, " What remains is more than before: ");
	put_number(buf, rest);
	ks_buf_text(buf, " times the base");
	put_interval(buf, number(rows, "residual_lo"), number(rows, "residual_hi"));
	ks_buf_text(buf, ".");
}

void
ks_summary_put_storm(struct ks_buf *buf, const struct ks_rows *rows, bool unicode)
{
	const struct ks_value zone = ks_column_value(rows, "zone");
	const double severity = number(rows, "severity");
	ks_buf_text(buf, "Storm on ");
	ks_summary_put_zone(buf, &zone, unicode);
	if (severity >= 1 && severity <= 5)
		ks_buf_printf(buf, ", severity %d of 5", (int)severity);
	put_uplift(buf, rows);
	put_extent(buf, rows, unicode);
	put_peak(buf, rows);
	put_bytes(buf, rows);
	put_rise(buf, rows);
	put_trigger(buf, rows, unicode);
	put_rest(buf, rows);
}
