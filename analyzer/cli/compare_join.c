/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two sides joined by name. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/cli/compare_work.h"

static double
weigh(double a, double b)
{
	return fmax(isnan(a) ? 0 : a, isnan(b) ? 0 : b);
}

static int
heavier_zone(const void *left, const void *right)
{
	const struct ks_cli_zone_pair *const a = left, *const b = right;
	if (a->weight > b->weight || a->weight < b->weight)
		return a->weight > b->weight ? -1 : 1;
	return strcmp(a->zone, b->zone);
}

static int
heavier_offender(const void *left, const void *right)
{
	const struct ks_cli_offender_pair *const a = left, *const b = right;
	if (a->weight > b->weight || a->weight < b->weight)
		return a->weight > b->weight ? -1 : 1;
	const int order = strcmp(a->name->zone, b->name->zone);
	return order != 0 ? order : strcmp(a->name->source, b->name->source);
}

static void
join_zones(struct ks_cli_work *work)
{
	const struct ks_cli_side *const a = &work->comparison->a, *const b = &work->comparison->b;
	for (size_t i = 0, j = 0; i < a->n_zones || j < b->n_zones;) {
		const int order = i == a->n_zones   ? 1
				  : j == b->n_zones ? -1
						    : strcmp(a->zones[i].zone, b->zones[j].zone);
		struct ks_cli_zone_pair *const pair = &work->zones[work->n_zones++];
		*pair = (struct ks_cli_zone_pair){.a = order <= 0 ? &a->zones[i] : NULL,
						  .b = order >= 0 ? &b->zones[j] : NULL};
		pair->zone = order <= 0 ? a->zones[i].zone : b->zones[j].zone;
		pair->weight = weigh(
			pair->a != NULL ? ks_cli_per_second(pair->a->dnskey.sum, &a->covers.queries) : 0,
			pair->b != NULL ? ks_cli_per_second(pair->b->dnskey.sum, &b->covers.queries) : 0);
		i += order <= 0;
		j += order >= 0;
	}
	qsort(work->zones, work->n_zones, sizeof(*work->zones), heavier_zone);
}

static int
order_offenders(const struct ks_store_offender *a, const struct ks_store_offender *b)
{
	const int order = strcmp(a->zone, b->zone);
	return order != 0 ? order : strcmp(a->source, b->source);
}

/* An offender of one side may ask the other too, without offending there. */
static enum ks_error
fill_offender(const struct ks_cli_comparison *comparison, struct ks_cli_offender_pair *pair,
	      struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	if (pair->state == KS_CLI_NEW)
		error = ks_store_read_flow(comparison->a.store, pair->name->zone, pair->name->source,
					   &pair->a, diag);
	if (pair->state == KS_CLI_GONE)
		error = ks_store_read_flow(comparison->b.store, pair->name->zone, pair->name->source,
					   &pair->b, diag);
	pair->weight = weigh(ks_cli_per_second(pair->a, &comparison->a.covers.queries),
			     ks_cli_per_second(pair->b, &comparison->b.covers.queries));
	return error;
}

static enum ks_error
join_offenders(struct ks_cli_work *work, struct ks_diag *diag)
{
	const struct ks_cli_side *const a = &work->comparison->a, *const b = &work->comparison->b;
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0, j = 0; (i < a->n_offenders || j < b->n_offenders) && error == KS_SUCCESS;) {
		const int order = i == a->n_offenders   ? 1
				  : j == b->n_offenders ? -1
							: order_offenders(&a->offenders[i], &b->offenders[j]);
		struct ks_cli_offender_pair *const pair = &work->offenders[work->n_offenders++];
		*pair = (struct ks_cli_offender_pair){
			.name = order <= 0 ? &a->offenders[i] : &b->offenders[j],
			.state = order < 0   ? KS_CLI_GONE
				 : order > 0 ? KS_CLI_NEW
					     : KS_CLI_STAYED,
			.a = order <= 0 ? (double)a->offenders[i].queries : (double)NAN,
			.b = order >= 0 ? (double)b->offenders[j].queries : (double)NAN,
		};
		work->n_states[pair->state]++;
		error = fill_offender(work->comparison, pair, diag);
		i += order <= 0;
		j += order >= 0;
	}
	qsort(work->offenders, work->n_offenders, sizeof(*work->offenders), heavier_offender);
	return error;
}

enum ks_error
ks_cli_work_join(struct ks_cli_work *work, struct ks_diag *diag)
{
	join_zones(work);
	return join_offenders(work, diag);
}
