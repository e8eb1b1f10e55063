/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/options.h -- the arguments of options, from text to values.
 *
 * Each parser accepts the whole text or nothing: false leaves `ret` alone. */
#ifndef KS_ANALYZER_CLI_OPTIONS_H
#define KS_ANALYZER_CLI_OPTIONS_H

#include <getopt.h>

#include "dissect/base.h"

/* Decimal digits only, at least `min`, at most `max`. */
KS_MUST_CHECK bool ks_option_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret);

/* "20", "35.5": in units of a thousandth of a thousandth, at most six decimals. */
KS_MUST_CHECK bool ks_option_millionths(const char *text, uint64_t min, uint64_t max,
					uint64_t *ret_millionths);

/* "1/1500", "0.2%", "0.05": more than nothing, at most all. */
KS_MUST_CHECK bool ks_option_share(const char *text, double *ret);

/* "512M", "2G", "65536", "64MiB": powers of 1024. */
KS_MUST_CHECK bool ks_option_size(const char *text, uint64_t *ret_bytes);

/* RFC 3339 ("2026-11-21T22:47:00.5Z", any offset), a date alone (its midnight, UTC), or seconds since the
 * epoch with up to nine decimals. */
KS_MUST_CHECK bool ks_option_time(const char *text, int64_t *ret_ns);

/* The next option of `argv`, as getopt_long with its complaints turned into one line of ours: on an
 * unknown or incomplete option prints it and returns '?'. */
int ks_option_next(const char *verb, int argc, char **argv, const char *letters, const struct option *words);

#endif
