/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/cli/mitigate.h"
#include "store/mitigation.h"

/* A healthy cache asks for keys once in their lifetime; several may share an address. */
enum { DNSKEY_QPS = 5, ALL_QPS = 20 };

/* Room for one more of `size` octets; NULL without memory. */
static void *
grow(void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	void *const more = reallocarray(items, *cap * 2 + 8, size);
	if (more != NULL)
		*cap = *cap * 2 + 8;
	return more;
}

static enum ks_error
no_memory(struct ks_diag *diag)
{
	return ks_diag_set(diag, KS_ERR_MEMORY, "out of memory");
}

static void
copy(char *ret, size_t cap, const char *text)
{
	(void)snprintf(ret, cap, "%s", text != NULL ? text : "");
}

/* --- zones --- */

static struct ks_mitigate_zone *
find_zone(const struct ks_mitigate_plan *plan, const char *name)
{
	uint8_t wire[KS_NAME_MAX];
	const size_t n = ks_name_parse(name, wire);
	for (size_t i = 0; i < plan->n_zones; i++)
		if (plan->zones[i].n_wire == n && memcmp(plan->zones[i].wire, wire, n) == 0)
			return &plan->zones[i];
	return NULL;
}

static enum ks_error
add_zone(struct ks_mitigate_plan *plan, const char *name, struct ks_mitigate_zone **ret, struct ks_diag *diag)
{
	struct ks_mitigate_zone *const zones =
		grow(plan->zones, plan->n_zones, &plan->cap_zones, sizeof(*zones));
	if (zones == NULL)
		return no_memory(diag);
	plan->zones = zones;
	struct ks_mitigate_zone *const zone = &zones[plan->n_zones];
	*zone = (struct ks_mitigate_zone){.uplift = NAN};
	zone->n_wire = ks_name_parse(name, zone->wire);
	if (zone->n_wire == 0 || ks_name_print(zone->wire, zone->n_wire, zone->text, sizeof(zone->text)) == 0)
		return ks_diag_set(diag, KS_ERR_DATABASE, "the database is damaged: a zone has no name");
	plan->n_zones++;
	*ret = zone;
	return KS_SUCCESS;
}

/* Of several storms of a zone the last one counts, but once forged is forged. */
static void
take_verdict(struct ks_mitigate_zone *zone, const char *verdict, bool is_first)
{
	if (!is_first && zone->relief == KS_RELIEF_LIMIT)
		return;
	zone->relief = ks_relief_of(verdict);
	copy(zone->verdict, sizeof(zone->verdict), verdict != NULL ? verdict : "undetermined");
}

static enum ks_error
take_trouble(void *arg, const struct ks_store_trouble *trouble, struct ks_diag *diag)
{
	struct ks_mitigate_plan *const plan = arg;
	struct ks_mitigate_zone *zone = find_zone(plan, trouble->zone);
	const bool is_first = zone == NULL;
	if (is_first) {
		const enum ks_error error = add_zone(plan, trouble->zone, &zone, diag);
		if (error != KS_SUCCESS)
			return error;
	}
	take_verdict(zone, trouble->verdict, is_first);
	zone->peak_qps = fmax(zone->peak_qps, trouble->peak_qps);
	zone->uplift = fmax(zone->uplift, trouble->uplift);
	zone->open = zone->open || trouble->open;
	return KS_SUCCESS;
}

static int
by_peak(const void *a, const void *b)
{
	const struct ks_mitigate_zone *const x = a, *const y = b;
	if (x->peak_qps != y->peak_qps)
		return x->peak_qps > y->peak_qps ? -1 : 1;
	return strcmp(x->text, y->text);
}

static void
choose_zones(struct ks_mitigate_plan *plan)
{
	if (plan->n_zones > 1)
		qsort(plan->zones, plan->n_zones, sizeof(*plan->zones), by_peak);
	if (plan->n_zones <= KS_CLI_MITIGATE_ZONES)
		return;
	plan->n_more_zones = plan->n_zones - KS_CLI_MITIGATE_ZONES;
	plan->n_zones = KS_CLI_MITIGATE_ZONES;
}

/* --- sources --- */

static struct ks_mitigate_source
source_of(const struct ks_store_suspect *suspect, enum ks_relief relief)
{
	const struct ks_relief_habits habits = {suspect->memory_class, suspect->sci, suspect->qps};
	struct ks_mitigate_source source = {
		.addr = suspect->addr,
		.named = ks_relief_may_name(suspect->verdict, relief, suspect->answered_over_tcp),
		.tier = ks_relief_choose(&habits),
		.qps = suspect->qps,
		.gap_ms = suspect->median_gap_ms,
		.sends_cookies =
			suspect->fingerprint != NULL && strstr(suspect->fingerprint, "cookie") != NULL,
	};
	source.delay_ms = ks_relief_delay_ms(source.tier);
	source.undelayed_qps = ks_relief_rate_qps(source.gap_ms, 0);
	source.delayed_qps = ks_relief_rate_qps(source.gap_ms, source.delay_ms);
	copy(source.tags, sizeof(source.tags), suspect->tags);
	copy(source.verdict, sizeof(source.verdict), suspect->verdict);
	return source;
}

static enum ks_error
take_suspect(void *arg, const struct ks_store_suspect *suspect, struct ks_diag *diag)
{
	struct ks_mitigate_zone *const zone = find_zone(arg, suspect->zone);
	if (zone == NULL)
		return KS_SUCCESS;
	struct ks_mitigate_source *const sources =
		grow(zone->sources, zone->n_sources, &zone->cap_sources, sizeof(*sources));
	if (sources == NULL)
		return no_memory(diag);
	zone->sources = sources;
	sources[zone->n_sources++] = source_of(suspect, zone->relief);
	return KS_SUCCESS;
}

static enum ks_error
take_offender(void *arg, const struct ks_store_offender *offender, struct ks_diag *diag)
{
	struct ks_mitigate_plan *const plan = arg;
	(void)diag;
	plan->n_slow_burners += find_zone(plan, offender->zone) == NULL;
	return KS_SUCCESS;
}

/* --- all --- */

static enum ks_error
skip_storms(void *arg, const struct ks_store_zone_storms *storms, struct ks_diag *diag)
{
	(void)arg;
	(void)storms;
	(void)diag;
	return KS_SUCCESS;
}

static enum ks_error
read_head(struct ks_store *store, struct ks_mitigate_plan *plan, struct ks_diag *diag)
{
	struct ks_store_head head;
	const enum ks_error error = ks_store_read_head(store, &head, diag);
	if (error != KS_SUCCESS)
		return error;
	plan->has_span = head.has_span;
	plan->first_ns = head.first_ns;
	plan->last_ns = head.last_ns;
	plan->vantage = head.vantage[0];
	return ks_store_each_zone_storms(store, plan->zone_asked, &plan->known, skip_storms, NULL, diag);
}

static enum ks_error
read_limits(struct ks_store *store, struct ks_mitigate_plan *plan, struct ks_diag *diag)
{
	struct ks_store_quiet quiet;
	const enum ks_error error = ks_store_read_quiet(store, &quiet, diag);
	if (error != KS_SUCCESS)
		return error;
	plan->dnskey_qps = ks_relief_limit_qps(quiet.dnskey_qps, DNSKEY_QPS);
	plan->all_qps = ks_relief_limit_qps(quiet.all_qps, ALL_QPS);
	return KS_SUCCESS;
}

enum ks_error
ks_cli_plan_read(struct ks_store *store, struct ks_mitigate_plan *plan, struct ks_diag *diag)
{
	bool sources_known;
	enum ks_error error = read_head(store, plan, diag);
	if (error == KS_SUCCESS)
		error = read_limits(store, plan, diag);
	if (error == KS_SUCCESS)
		error = ks_store_each_trouble(store, plan->zone_asked, take_trouble, plan, diag);
	/* Before zones are left out: an offender of one of them burns fast. */
	if (error == KS_SUCCESS)
		error = ks_store_each_offender(store, plan->zone_asked, &sources_known, take_offender, plan,
					       diag);
	choose_zones(plan);
	if (error == KS_SUCCESS && plan->n_zones > 0)
		error = ks_store_each_suspect(store, plan->zone_asked, take_suspect, plan, diag);
	return error;
}

void
ks_cli_plan_done(struct ks_mitigate_plan *plan)
{
	const size_t n_zones = plan->n_zones;
	for (size_t i = 0; i < n_zones; i++)
		free(plan->zones[i].sources);
	free(plan->zones);
}
