/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/number.h -- how figures and times look; the only place that decides it.
 *
 * The same figure is printed the same way in every report: machines get `ks_number_exact`, people the
 * others, with three significant digits and a unit. No locale: the decimal sign is always a point. */
#ifndef KS_REPORTS_NUMBER_H
#define KS_REPORTS_NUMBER_H

#include "reports/buf.h"

/* At most 9 significant digits, no trailing zeros; without exponent from 1e-6 to below 1e15.
 * `value` is finite. */
void ks_number_exact(struct ks_buf *buf, double value);

/* "12.3k", "4.56 Mb/s" (with `unit` "b/s"), "0.083". Whole numbers below 10,000 keep all their digits. */
void ks_number_scaled(struct ks_buf *buf, double value, bool whole, const char *unit);

/* 0.4512 as "45.1 %"; "<0.01 %" and ">99.9 %" where rounding would say none or all. */
void ks_number_share(struct ks_buf *buf, double share);

/* "3 min 9 s", "2 d 4 h", "451 ms" */
void ks_number_duration(struct ks_buf *buf, double seconds);

/* RFC 3339 UTC with `digits` decimals (at most 9; cut, not rounded: a time never moves into the next second).
 * `separator` stands between date and time; 0: the time of day alone. */
void ks_number_time(struct ks_buf *buf, int64_t ns, unsigned digits, char separator);

/* The seconds of "2026-11-21T22:47:00[.fraction]Z"; false leaves `ret` alone. */
KS_MUST_CHECK bool ks_number_parse_time(const char *text, size_t n_text, int64_t *ret_s);

#endif
