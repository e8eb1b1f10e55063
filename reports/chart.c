/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/chart.h"

#include <math.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/number.h"

enum { LABELS = KS_CHART_WIDTH - KS_CHART_COLUMNS };

static int64_t
bin_of(int64_t t_s, int64_t bin_s)
{
	return t_s / bin_s - (t_s % bin_s < 0);
}

void
ks_chart_init(struct ks_chart *chart, int64_t first_s, int64_t last_s, int64_t bin_s, size_t width)
{
	assert(bin_s > 0 && first_s <= last_s);
	/* Below 10 columns a chart says nothing; let it overflow. */
	size_t room = width == 0 || width >= KS_CHART_WIDTH ? KS_CHART_COLUMNS
		      : width < LABELS + 10                 ? 10
							    : width - LABELS;
	uint64_t bins = (uint64_t)(bin_of(last_s, bin_s) - bin_of(first_s, bin_s)) + 1;
	uint64_t each = (bins + room - 1) / room;
	*chart = (struct ks_chart){.first_s = first_s,
				   .last_s = last_s,
				   .bin_s = bin_s,
				   .room = room,
				   .n = (size_t)((bins + each - 1) / each),
				   .bins_per_column = each};
}

void
ks_chart_add(struct ks_chart *chart, int64_t t_s, int64_t width_s, double qps)
{
	const int64_t first = bin_of(chart->first_s, chart->bin_s);
	const int64_t from = bin_of(t_s, chart->bin_s) - first;
	const int64_t to = width_s > chart->bin_s ? bin_of(t_s + width_s - 1, chart->bin_s) - first : from;
	if (to < 0 || !isfinite(qps))
		return;
	for (uint64_t i = from < 0 ? 0 : (uint64_t)from / chart->bins_per_column;
	     i <= (uint64_t)to / chart->bins_per_column && i < chart->n; i++)
		if (qps > chart->peak[i])
			chart->peak[i] = qps;
}

static double
highest(const struct ks_chart *chart)
{
	double peak = 0;
	for (size_t i = 0; i < chart->n; i++)
		peak = chart->peak[i] > peak ? chart->peak[i] : peak;
	return peak;
}

/* How full is this cell: 0 to `steps`. The least rate still shows in the lowest row. */
static unsigned
fill_of(double rate, double peak, unsigned row, unsigned steps)
{
	if (rate <= 0)
		return 0;
	double level = ceil(rate / peak * KS_CHART_ROWS * steps) - (double)row * steps;
	return level <= 0 ? 0 : level >= steps ? steps : (unsigned)level;
}

static void
put_row(const struct ks_chart *chart, struct ks_buf *buf, double peak, unsigned row, bool unicode)
{
	static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const ascii[] = {" ", ".", ":", "#"};
	unsigned steps = unicode ? KS_COUNT(blocks) - 1 : KS_COUNT(ascii) - 1;
	/* Few bins are drawn wide, but not so wide that one looks like a plateau. */
	size_t wide = chart->room / chart->n < 4 ? chart->room / chart->n : 4;
	size_t pending = 0;
	for (size_t i = 0; i < chart->n * wide; i++) {
		unsigned fill = fill_of(chart->peak[i / wide], peak, row, steps);
		if (fill == 0) {
			pending++;
			continue;
		}
		ks_buf_fill(buf, ' ', pending);
		pending = 0;
		ks_buf_text(buf, unicode ? blocks[fill] : ascii[fill]);
	}
	ks_buf_put(buf, "\n", 1);
}

static void
put_title(const struct ks_chart *chart, struct ks_buf *buf, const char *what)
{
	ks_buf_printf(buf, "%s, bins of ", what);
	ks_number_duration(buf, (double)chart->bin_s);
	if (chart->bins_per_column > 1)
		ks_buf_printf(buf, ", highest of each %llu", (unsigned long long)chart->bins_per_column);
	ks_buf_put(buf, "\n", 1);
}

void
ks_chart_print(const struct ks_chart *chart, struct ks_buf *buf, const char *what, bool unicode)
{
	double peak = highest(chart);
	if (peak <= 0)
		return;
	struct ks_buf top = {0};
	ks_number_scaled(&top, peak, /* whole= */ false, "");
	ks_buf_text(&top, " q/s");
	size_t width = top.n;
	put_title(chart, buf, what);
	for (unsigned row = KS_CHART_ROWS; row-- > 0;) {
		const char *label = row == KS_CHART_ROWS - 1 ? ks_buf_string(&top) : row == 0 ? "0" : "";
		ks_buf_printf(buf, "%*s |", (int)width, label);
		put_row(chart, buf, peak, row, unicode);
	}
	ks_buf_done(&top);
	bool same_day = bin_of(chart->first_s, 86400) == bin_of(chart->last_s, 86400);
	ks_buf_fill(buf, ' ', width + 2);
	ks_number_time(buf, chart->first_s * KS_NS_PER_S, 0, same_day ? '\0' : ' ');
	ks_buf_text(buf, " to ");
	ks_number_time(buf, chart->last_s * KS_NS_PER_S, 0, same_day ? '\0' : ' ');
	ks_buf_put(buf, "\n", 1);
}
