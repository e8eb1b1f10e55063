/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One side of a comparison out of its database. */
#include <stdlib.h>
#include <string.h>

#include "analyzer/cli/compare.h"

static enum ks_error
no_memory(struct ks_diag *diag)
{
	return ks_diag_set(diag, KS_ERR_MEMORY, "out of memory");
}

/* Room for one more in an array of items of `size`; NULL when there is none. */
static void *
room(void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	void *const grown = reallocarray(items, *cap * 2 + 16, size);
	if (grown != NULL)
		*cap = *cap * 2 + 16;
	return grown;
}

static void
forget(const char *text)
{
	free((void *)(uintptr_t)text);
}

static enum ks_error
take_rates(void *arg, const struct ks_store_rates *rates, struct ks_diag *diag)
{
	struct ks_cli_side *const side = arg;
	if (rates->zone == NULL) {
		side->all = *rates;
		return KS_SUCCESS;
	}
	void *const grown = room(side->zones, side->n_zones, &side->cap_zones, sizeof(*side->zones));
	char *const zone = strdup(rates->zone);
	if (grown != NULL)
		side->zones = grown;
	if (grown == NULL || zone == NULL) {
		free(zone);
		return no_memory(diag);
	}
	side->zones[side->n_zones] = *rates;
	side->zones[side->n_zones++].zone = zone;
	return KS_SUCCESS;
}

static enum ks_error
take_storms(void *arg, const struct ks_store_zone_storms *storms, struct ks_diag *diag)
{
	struct ks_cli_side *const side = arg;
	void *const grown = room(side->storms, side->n_storms, &side->cap_storms, sizeof(*side->storms));
	char *const zone = strdup(storms->zone);
	if (grown != NULL)
		side->storms = grown;
	if (grown == NULL || zone == NULL) {
		free(zone);
		return no_memory(diag);
	}
	side->storms[side->n_storms] = *storms;
	side->storms[side->n_storms++].zone = zone;
	return KS_SUCCESS;
}

static enum ks_error
take_offender(void *arg, const struct ks_store_offender *offender, struct ks_diag *diag)
{
	struct ks_cli_side *const side = arg;
	void *const grown =
		room(side->offenders, side->n_offenders, &side->cap_offenders, sizeof(*side->offenders));
	char *const zone = strdup(offender->zone), *const source = strdup(offender->source);
	if (grown != NULL)
		side->offenders = grown;
	if (grown == NULL || zone == NULL || source == NULL) {
		free(zone);
		free(source);
		return no_memory(diag);
	}
	side->offenders[side->n_offenders++] =
		(struct ks_store_offender){.zone = zone, .source = source, .queries = offender->queries};
	return KS_SUCCESS;
}

enum ks_error
ks_cli_side_read(struct ks_cli_side *side, const char *path, const char *zone, struct ks_diag *diag)
{
	side->path = path;
	enum ks_error error = ks_store_open_read(path, &side->store, diag);
	if (error == KS_SUCCESS)
		error = ks_store_read_head(side->store, &side->head, diag);
	if (error == KS_SUCCESS)
		error = ks_store_is_complete(side->store, &side->complete, diag);
	if (error == KS_SUCCESS)
		error = ks_store_each_rates(side->store, zone, &side->covers, take_rates, side, diag);
	if (error == KS_SUCCESS)
		error = ks_store_each_zone_storms(side->store, zone, &side->storms_known, take_storms, side,
						  diag);
	if (error == KS_SUCCESS)
		error = ks_store_each_offender(side->store, zone, &side->offenders_known, take_offender, side,
					       diag);
	if (error == KS_SUCCESS)
		error = ks_store_read_amplification(side->store, &side->amplification, diag);
	/* Who was never watched did not behave. */
	side->storms_known = side->storms_known && side->covers.queries.seconds > 0;
	side->offenders_known = side->offenders_known && side->covers.both.seconds > 0;
	return error;
}

void
ks_cli_side_done(struct ks_cli_side *side)
{
	for (size_t i = 0; i < side->n_zones; i++)
		forget(side->zones[i].zone);
	for (size_t i = 0; i < side->n_storms; i++)
		forget(side->storms[i].zone);
	for (size_t i = 0; i < side->n_offenders; i++) {
		forget(side->offenders[i].zone);
		forget(side->offenders[i].source);
	}
	free(side->zones);
	free(side->storms);
	free(side->offenders);
	ks_store_close(side->store);
	*side = (struct ks_cli_side){0};
}
