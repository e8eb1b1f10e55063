/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/judge_outlook.h"

static bool
is_next(const struct ks_store_storm *before, const struct ks_store_storm *storm)
{
	return !before->by_server && !storm->by_server && before->zone_id == storm->zone_id;
}

enum ks_error
ks_judge_outlooks_put(struct ks_store *store, const struct ks_store_storm *storms, size_t n,
		      struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 1; i < n && error == KS_SUCCESS; i++) {
		if (!is_next(&storms[i - 1], &storms[i]))
			continue;
		const double apart_s = (double)(storms[i].start_s - storms[i - 1].start_s);
		const struct ks_outlook outlook =
			ks_outlook_judge(&storms[i].grade.uplift, &storms[i].grade.growth, apart_s);
		error = ks_store_judge_outlook(store, &storms[i], &outlook, diag);
	}
	return error;
}
