/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ticks, columns and coordinates of plots. */
#include "reports/plot/plot.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

#include "reports/plot/axis.h"
#include "reports/plot/draw.h"
#include "reports/plot/svg.h"

static const struct {
	double most, top;
	size_t n;
	const char *prefix, *last;
} linear[] = {
	{0, 1, 6, "", "1"},          {1, 1, 6, "", "1"},       {10, 10, 6, "", "10"},
	{11, 15, 4, "", "15"},       {999, 1000, 6, "k", "1"}, {1234567, 1500000, 4, "M", "1.5"},
	{0.07, 0.08, 5, "", "0.08"}, {3e9, 3e9, 4, "G", "3"},
};

Test(plot, values_end_at_a_round_number)
{
	for (size_t i = 0; i < KS_COUNT(linear); i++) {
		const struct ks_axis axis = ks_axis_linear(linear[i].most);
		struct ks_buf label = {0};
		ks_axis_label(&axis, axis.n - 1, &label);
		cr_assert(fabs(axis.top - linear[i].top) <= 1e-9 * linear[i].top, "row %zu: top %g", i,
			  axis.top);
		cr_assert(eq(sz, axis.n, linear[i].n), "row %zu", i);
		cr_assert(strcmp(axis.prefix, linear[i].prefix) == 0, "row %zu: %s", i, axis.prefix);
		cr_assert(strcmp(ks_buf_string(&label), linear[i].last) == 0, "row %zu: %s", i,
			  ks_buf_string(&label));
		ks_buf_done(&label);
	}
}

Test(plot, any_value_has_a_few_ticks_and_fits)
{
	for (double most = 1e-6; most < 1e15; most *= 1.37) {
		const struct ks_axis axis = ks_axis_linear(most);
		cr_assert(axis.top >= most * (1 - 1e-9) && axis.top <= most * 2.51, "%g: %g", most, axis.top);
		cr_assert(axis.n >= 2 && axis.n <= 7, "%g: %zu", most, axis.n);
	}
}

Test(plot, any_span_has_a_few_ticks_inside)
{
	for (double seconds = 0.01; seconds < 5e9; seconds *= 1.31) {
		const int64_t from = INT64_C(1795219200123456789), to = from + (int64_t)(seconds * 1e9);
		const struct ks_time_axis axis = ks_axis_time(from, to, 9);
		cr_assert(axis.n <= 10, "%g s: %zu ticks", seconds, axis.n);
		cr_assert(axis.n >= 2 || seconds < 12, "%g s: %zu ticks", seconds, axis.n);
		cr_assert(axis.n == 0 || axis.first_s * KS_NS_PER_S >= from, "%g s", seconds);
		cr_assert(axis.n == 0 ||
				  (axis.first_s + (int64_t)(axis.n - 1) * axis.step_s) * KS_NS_PER_S <= to,
			  "%g s", seconds);
	}
}

static const struct {
	int64_t step_s, t_s;
	const char *want;
} times[] = {
	{1, 1795301230, "22:47:10"},  {60, 1795301220, "22:47"},
	{3600, 1795305600, "11-22"}, /* midnight says its day */
	{86400, 1795305600, "11-22"}, {30 * 86400, 1795305600, "2026-11-22"},
};

Test(plot, a_tick_says_as_much_as_its_step_needs)
{
	for (size_t i = 0; i < KS_COUNT(times); i++) {
		const struct ks_time_axis axis = {.step_s = times[i].step_s};
		struct ks_buf label = {0};
		ks_axis_time_label(&axis, times[i].t_s, &label);
		cr_assert(strcmp(ks_buf_string(&label), times[i].want) == 0, "%s", ks_buf_string(&label));
		ks_buf_done(&label);
	}
}

static const struct {
	double value;
	const char *want;
} numbers[] = {{0, "0"},     {-0.04, "0"}, {1, "1"},           {0.05, "0.1"},           {-12.34, "-12.3"},
	       {904, "904"}, {1e300, "0"}, {(double)NAN, "0"}, {(double)INFINITY, "0"}, {99.96, "100"}};

Test(plot, coordinates_have_one_decimal)
{
	for (size_t i = 0; i < KS_COUNT(numbers); i++) {
		struct ks_buf buf = {0};
		ks_svg_number(&buf, numbers[i].value);
		cr_assert(strcmp(ks_buf_string(&buf), numbers[i].want) == 0, "%s", ks_buf_string(&buf));
		ks_buf_done(&buf);
	}
}

/* A week by the minute: a column is the highest of seven bins, whatever the order they come in. */
Test(plot, a_column_is_the_highest_of_its_bins)
{
	enum { BINS = 10080, EACH = 7 };
	struct ks_plot plot = {.id = "x", .unit = "q/s", .what = ""};
	double naive[KS_PLOT_COLUMNS] = {0};
	cr_assert(ks_plot_set_time(&plot, 0, (BINS * INT64_C(60) - 1) * KS_NS_PER_S, 60));
	cr_assert(eq(sz, plot.n_columns, KS_PLOT_COLUMNS));
	cr_assert(eq(sz, plot.bins_per_column, EACH));
	const size_t series = ks_plot_add_series(&plot, "a", 1, (double)NAN);
	for (uint64_t i = 0; i < BINS; i++) {
		const uint64_t bin = i * 7919 % BINS;
		const double value = (double)(bin * 104729 % 1009);
		ks_plot_put(&plot, series, (int64_t)bin * 60, value);
		naive[bin / EACH] = fmax(naive[bin / EACH], value);
	}
	for (size_t i = 0; i < KS_PLOT_COLUMNS; i++)
		cr_assert(fabs(plot.series[0].y[i] - naive[i]) <= 0, "column %zu", i);
	ks_plot_put(&plot, series, -60, 1e9);
	ks_plot_put(&plot, series, BINS * INT64_C(60), 1e9);
	cr_assert(ks_plot_highest(&plot) < 1e9, "what lies outside is no part of it");
	ks_plot_done(&plot);
}

static const struct {
	int64_t from_ns, to_ns, bin_s;
	bool want;
} spans[] = {
	{0, 0, 1, true},
	{-KS_NS_PER_S, KS_NS_PER_S, 60, true},
	{1, 0, 1, false},
	{0, 1, 0, false},
	{0, 1, -60, false},
	{INT64_MIN, INT64_MAX, 1, false},
	{0, INT64_MAX, 60, false},
	{0, 1, INT64_MAX, false},
	{INT64_MIN / 2, INT64_MAX / 2, 1, true},
};

/* Which columns of a plot over 100 bins of 60 s have a value, as intervals. */
static void
put_wide(int64_t t_s, int64_t width_s, const char *want)
{
	struct ks_plot plot = {.kind = KS_PLOT_LINES};
	char got[64] = "";
	size_t n = 0;
	cr_assert(ks_plot_set_time(&plot, 0, 99 * INT64_C(60) * KS_NS_PER_S, 60));
	const size_t series = ks_plot_add_series(&plot, "s", 1, (double)NAN);
	ks_plot_put_wide(&plot, series, t_s, width_s, 1);
	for (size_t i = 0; i < plot.n_columns; i++) {
		const bool is = isfinite(plot.series[0].y[i]);
		const bool was = i > 0 && isfinite(plot.series[0].y[i - 1]);
		if (is != was)
			n += (size_t)snprintf(got + n, sizeof(got) - n, is ? "%zu-" : "%zu ", i);
	}
	cr_expect(strcmp(got, want) == 0, "%lld wide at %lld: %s, wanted %s", (long long)width_s,
		  (long long)t_s, got, want);
	ks_plot_done(&plot);
}

Test(plot, a_wide_bin_fills_all_columns_it_reaches_into)
{
	put_wide(600, 60, "10-11 ");
	put_wide(600, 600, "10-20 ");
	put_wide(590, 600, "9-20 ");
	put_wide(-300, 600, "0-5 ");
	put_wide(-600, 600, "");
	put_wide(98 * 60, 3600, "98-");
	put_wide(100 * 60, 3600, "");
	put_wide(INT64_MIN / 2, INT64_MAX / 2, "");
	put_wide(0, INT64_MAX, "0-");
}

Test(plot, absurd_times_are_no_axis)
{
	for (size_t i = 0; i < KS_COUNT(spans); i++) {
		struct ks_plot plot = {0};
		const bool got = ks_plot_set_time(&plot, spans[i].from_ns, spans[i].to_ns, spans[i].bin_s);
		cr_assert(got == spans[i].want, "row %zu", i);
		cr_assert(plot.n_columns <= KS_PLOT_COLUMNS && plot.from_ns <= plot.to_ns, "row %zu", i);
		ks_plot_done(&plot);
	}
}

Test(plot, what_is_not_known_is_a_gap)
{
	struct ks_plot plot = {.id = "x", .unit = "q/s", .what = "queries"};
	struct ks_buf svg = {0}, data = {0};
	cr_assert(ks_plot_set_time(&plot, 0, 4 * KS_NS_PER_S - 1, 1));
	cr_assert(ks_plot_is_empty(&plot), "no line yet");
	const size_t series = ks_plot_add_series(&plot, "<b>", 3, (double)NAN);
	cr_assert(ks_plot_is_empty(&plot), "nothing known yet");
	ks_plot_put(&plot, series, 0, 1);
	ks_plot_put(&plot, series, 3, 2);
	ks_plot_draw(&plot, /* standalone= */ false, &svg);
	ks_plot_data(&plot, &data);
	cr_assert(strstr(data.at, "\"name\":\"\\u003cb\\u003e\",\"y\":[1,null,null,2]") != NULL, "%s",
		  data.at);
	const char *const path = strstr(svg.at, "<path class=\"line s0\" d=\"");
	cr_assert(path != NULL && strstr(svg.at, "&lt;b&gt;") != NULL && strstr(svg.at, "<b>") == NULL, "%s",
		  svg.at);
	size_t begins = 0;
	for (const char *at = strchr(path, 'd'); *at != '>'; at++)
		begins += *at == 'M';
	cr_assert(eq(sz, begins, 2), "two pieces: %s", path);
	ks_buf_done(&svg);
	ks_buf_done(&data);
	ks_plot_done(&plot);
}

Test(plot, servers_stand_in_the_order_of_their_addresses)
{
	static const char *const names[] = {"2001:db8::2", "192.0.2.10", "other servers", "192.0.2.9",
					    "2001:db8::1"};
	static const char *const want[] = {"192.0.2.9", "192.0.2.10", "2001:db8::1", "2001:db8::2",
					   "other servers"};
	struct ks_plot plot = {.kind = KS_PLOT_DOTS};
	for (size_t i = 0; i < KS_COUNT(names); i++) {
		struct ks_plot_mark *const mark = ks_plot_add_mark(&plot);
		mark->row = (uint16_t)ks_plot_row(&plot, names[i], strlen(names[i]));
		ks_buf_text(&mark->text, names[i]);
	}
	ks_plot_sort_rows(&plot);
	for (size_t i = 0; i < KS_COUNT(want); i++) {
		cr_assert(strcmp(ks_buf_string(&plot.rows[i]), want[i]) == 0, "row %zu", i);
		cr_assert(strcmp(ks_buf_string(&plot.marks[i].text),
				 ks_buf_string(&plot.rows[plot.marks[i].row])) == 0,
			  "marks move with their rows");
	}
	ks_plot_done(&plot);
}

Test(plot, what_has_no_room_is_counted)
{
	struct ks_plot plot = {.kind = KS_PLOT_DOTS};
	for (size_t i = 0; i < KS_PLOT_MARKS + 5; i++) {
		char name[24];
		(void)snprintf(name, sizeof(name), "row %zu", i);
		struct ks_plot_mark *const mark = ks_plot_add_mark(&plot);
		if (mark != NULL)
			mark->row = (uint16_t)ks_plot_row(&plot, name, strlen(name));
		(void)ks_plot_add_event(&plot, (int64_t)i);
		ks_plot_add_span(&plot, 0, 1);
	}
	cr_assert(eq(sz, plot.n_marks, KS_PLOT_MARKS));
	cr_assert(eq(sz, plot.n_marks_seen, KS_PLOT_MARKS + 5));
	cr_assert(eq(sz, plot.n_rows, KS_PLOT_ROWS));
	cr_assert(strcmp(ks_buf_string(&plot.rows[KS_PLOT_ROWS - 1]), "all others") == 0);
	cr_assert(plot.n_events_seen == KS_PLOT_MARKS + 5 && plot.n_events == KS_PLOT_EVENTS);
	cr_assert(plot.n_spans == KS_PLOT_SPANS && plot.n_spans_seen == KS_PLOT_MARKS + 5);
	ks_plot_done(&plot);
}
