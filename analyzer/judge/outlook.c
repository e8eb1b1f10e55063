/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/outlook.h"

#include <math.h>

struct ks_outlook
ks_outlook_judge(const struct ks_ratio *uplift, const struct ks_ratio *growth, double apart_s)
{
	const struct ks_ratio unknown = {NAN, NAN, NAN};
	const bool known = apart_s > 0 && !isnan(growth->value);
	return (struct ks_outlook){
		.apart_s = apart_s,
		.doubling_s = known ? (struct ks_ratio){ks_ratio_doubling(growth->value, apart_s),
							ks_ratio_doubling(growth->hi, apart_s),
							ks_ratio_doubling(growth->lo, apart_s)}
				    : unknown,
		.next = known ? ks_ratio_forecast(uplift, growth) : unknown,
	};
}
