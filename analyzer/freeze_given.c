/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/freeze_given.c -- the servers that the user named, of the zones that were met. */
#include "analyzer/freeze_p.h"

static enum ks_error
put_zone(const struct ks_freezer *freezer, uint32_t place)
{
	const struct ks_shard *const shard = freezer->shard;
	size_t n;
	const struct ks_given_server *const servers =
		ks_given_find(shard->given, shard->n_given,
			      ks_names_at(&shard->zones, freezer->zones.ranks[place].number), &n);
	for (size_t i = 0; i < n; i++) {
		const struct ks_fact_given_server fact = {place, servers[i].server};
		const enum ks_error error =
			freezer->sink->ops->given_server(freezer->sink, &fact, freezer->diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

enum ks_error
ks_freeze_given(const struct ks_freezer *freezer)
{
	enum ks_error error = KS_SUCCESS;
	for (uint32_t i = 0; freezer->shard->n_given > 0 && i < freezer->zones.n && error == KS_SUCCESS; i++)
		error = put_zone(freezer, i);
	return error;
}
