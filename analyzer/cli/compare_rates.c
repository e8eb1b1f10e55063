/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sums of a database as rates that can be compared. */
#include <math.h>

#include "analyzer/cli/compare_work.h"

const struct ks_store_rates ks_cli_no_rates;

double
ks_cli_per_second(double sum, const struct ks_store_cover *cover)
{
	return cover->seconds > 0 ? sum / cover->seconds : (double)NAN;
}

struct ks_rate
ks_cli_rate_of(const struct ks_store_sum *sum, const struct ks_store_cover *cover)
{
	return (struct ks_rate){
		.count = sum->sum,
		.seconds = cover->seconds,
		.dispersion = ks_contrast_dispersion(cover->n_bins, sum->inner, sum->inner_squares),
	};
}

/* Octets come by the answer, so they scatter at least as answers of their mean size would. */
struct ks_rate
ks_cli_rate_of_bytes(const struct ks_store_sum *bytes, const struct ks_store_sum *answers,
		     const struct ks_store_cover *cover)
{
	struct ks_rate rate = ks_cli_rate_of(bytes, cover);
	if (answers->sum > 0)
		rate.dispersion = isnan(rate.dispersion) ? rate.dispersion
							 : fmax(rate.dispersion, bytes->sum / answers->sum);
	return rate;
}

double
ks_cli_rate_value(const struct ks_rate *rate, double times)
{
	return rate->seconds > 0 ? rate->count * times / rate->seconds : (double)NAN;
}

static const struct ks_store_cover unwatched;

/* A zone that is missing where not all could be kept may have been asked for all the same. */
const struct ks_store_cover *
ks_cli_cover_if_known(const struct ks_cli_side *side, const struct ks_store_rates *rates,
		      const struct ks_store_cover *cover)
{
	return rates == NULL && !side->complete ? &unwatched : cover;
}

void
ks_cli_pair_rates(const struct ks_cli_comparison *comparison, const struct ks_cli_zone_pair *pair,
		  struct ks_rate *ret_a, struct ks_rate *ret_b)
{
	const struct ks_cli_side *const a = &comparison->a, *const b = &comparison->b;
	if (pair == NULL) {
		*ret_a = ks_cli_rate_of(&a->all.dnskey, &a->covers.queries);
		*ret_b = ks_cli_rate_of(&b->all.dnskey, &b->covers.queries);
		return;
	}
	*ret_a = ks_cli_rate_of(&(pair->a != NULL ? pair->a : &ks_cli_no_rates)->dnskey,
				ks_cli_cover_if_known(a, pair->a, &a->covers.queries));
	*ret_b = ks_cli_rate_of(&(pair->b != NULL ? pair->b : &ks_cli_no_rates)->dnskey,
				ks_cli_cover_if_known(b, pair->b, &b->covers.queries));
}
