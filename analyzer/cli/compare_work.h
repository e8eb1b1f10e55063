/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/compare_work.h -- what the parts of a comparison share. */
#ifndef KS_ANALYZER_CLI_COMPARE_WORK_H
#define KS_ANALYZER_CLI_COMPARE_WORK_H

#include "analyzer/cli/compare.h"
#include "analyzer/judge/contrast.h"

enum { KS_CLI_GONE, KS_CLI_NEW, KS_CLI_STAYED, KS_CLI_STATES }; /* in A only, in B only, in both */

struct ks_cli_zone_pair {
	const char *zone;
	const struct ks_store_rates *a, *b; /* NULL: not asked for there */
	double weight;                      /* the larger rate of both */
};

struct ks_cli_offender_pair {
	const struct ks_store_offender *name;
	int state;
	double a, b; /* queries; NaN: not known */
	double weight;
};

struct ks_cli_work {
	const struct ks_cli_comparison *comparison;
	const struct ks_document *document;
	struct ks_sheet *sheet, table; /* all rows; those of the part being written */
	struct ks_buf *buf;
	struct ks_cli_zone_pair *zones;
	size_t n_zones;
	struct ks_cli_offender_pair *offenders;
	size_t n_offenders, n_states[KS_CLI_STATES];
};

/* Zones and offenders of both sides side by side, the greatest rate first. There is room for all of them. */
KS_MUST_CHECK enum ks_error ks_cli_work_join(struct ks_cli_work *work, struct ks_diag *diag);

/* A count over the time that was watched; NaN: none was. */
double ks_cli_per_second(double sum, const struct ks_store_cover *cover);

struct ks_rate ks_cli_rate_of(const struct ks_store_sum *sum, const struct ks_store_cover *cover);
/* Octets come by the answer, so they scatter at least as answers of their mean size would. */
struct ks_rate ks_cli_rate_of_bytes(const struct ks_store_sum *bytes, const struct ks_store_sum *answers,
				    const struct ks_store_cover *cover);
/* A zone that is missing (`rates` NULL) where not all could be kept may have been asked for all the same:
 * then no time at all. */
const struct ks_store_cover *ks_cli_cover_if_known(const struct ks_cli_side *side,
						   const struct ks_store_rates *rates,
						   const struct ks_store_cover *cover);
extern const struct ks_store_rates ks_cli_no_rates;

/* DNSKEY rates of a zone in both, or of all zones (`pair` NULL). */
void ks_cli_pair_rates(const struct ks_cli_comparison *comparison, const struct ks_cli_zone_pair *pair,
		       struct ks_rate *ret_a, struct ks_rate *ret_b);
double ks_cli_rate_value(const struct ks_rate *rate, double times);

/* What stands above the tables. */
void ks_cli_put_sides(struct ks_cli_work *work);
void ks_cli_put_sentence(struct ks_cli_work *work);

#endif
