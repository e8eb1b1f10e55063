/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/chart.h -- a few lines of blocks that show when the queries came.
 *
 * Memory: the columns of the chart, whatever the number of bins. */
#ifndef KS_REPORTS_CHART_H
#define KS_REPORTS_CHART_H

#include "reports/buf.h"

enum {
	KS_CHART_WIDTH = 60,   /* at most, labels included */
	KS_CHART_COLUMNS = 47, /* of blocks: what the widest label leaves ("<0.001 q/s |") */
	KS_CHART_ROWS = 5
};

/* Columns of equal time; each holds the highest of its bins, so that a short peak stays visible. */
struct ks_chart {
	int64_t first_s, last_s; /* of the capture */
	int64_t bin_s;           /* > 0 */
	size_t room, n;          /* columns there are, and in use */
	uint64_t bins_per_column;
	double peak[KS_CHART_COLUMNS];
};

/* `width`: of the terminal, 0 when it does not matter. */
void ks_chart_init(struct ks_chart *chart, int64_t first_s, int64_t last_s, int64_t bin_s, size_t width);
/* The rate of the bin that begins at `t_s` and is so wide; what lies outside the capture is left out. */
void ks_chart_add(struct ks_chart *chart, int64_t t_s, int64_t width_s, double qps);
void ks_chart_print(const struct ks_chart *chart, struct ks_buf *buf, const char *what, bool unicode);

#endif
