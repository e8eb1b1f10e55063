/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/freeze_manners.c -- how sources begin, prime, and set CD; servers of zones; depth; lookaside:
 * facts in a total order. */
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/freeze_p.h"

static struct ks_addr
addr_at(const struct ks_map *map, uint32_t number)
{
	return ks_freeze_addr(ks_map_at(map, number));
}

/* --- servers of zones --- */

static int
compare_addrs(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ks_addr));
}

static enum ks_error
put_zone_servers(const struct ks_freezer *freezer, uint32_t zone, uint64_t bits)
{
	struct ks_addr servers[64];
	size_t n = 0;
	for (; bits != 0; bits &= bits - 1)
		servers[n++] = addr_at(&freezer->shard->servers, (uint32_t)__builtin_ctzll(bits));
	qsort(servers, n, sizeof(*servers), compare_addrs);
	for (size_t i = 0; i < n; i++) {
		const struct ks_fact_zone_server fact = {freezer->zone_place[zone], servers[i]};
		const enum ks_error error =
			freezer->sink->ops->zone_server(freezer->sink, &fact, freezer->diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

static enum ks_error
put_servers(const struct ks_freezer *freezer)
{
	const struct ks_shard *const shard = freezer->shard;
	enum ks_error error = KS_SUCCESS;
	for (uint32_t i = 0; i < freezer->zones.n && error == KS_SUCCESS; i++) {
		const uint32_t number = freezer->zones.ranks[i].number;
		error = put_zone_servers(freezer, number, ks_shard_zone(shard, number)->servers);
	}
	return error;
}

/* --- depth --- */

static enum ks_error
put_depths(const struct ks_freezer *freezer)
{
	for (unsigned tree = 0; tree < KS_TREES; tree++) {
		for (unsigned labels = 0; labels < KS_DEPTH_LABELS; labels++) {
			const struct ks_depth *const depth = &freezer->shard->depths.by[tree][labels];
			if (depth->dnskey_queries + depth->ds_queries == 0)
				continue;
			const struct ks_fact_depth fact = {
				.tree = (enum ks_tree)tree,
				.labels = labels,
				.dnskey_queries = depth->dnskey_queries,
				.ds_queries = depth->ds_queries,
			};
			const enum ks_error error =
				freezer->sink->ops->depth(freezer->sink, &fact, freezer->diag);
			if (error != KS_SUCCESS)
				return error;
		}
	}
	return KS_SUCCESS;
}

/* --- openings: in the order in which they ended, which the capture fixes... --- */

static int
compare_openings(const void *a, const void *b)
{
	const struct ks_opening *const x = a, *const y = b;
	if (x->t_ns != y->t_ns)
		return x->t_ns < y->t_ns ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

/* ...but for those that the end of the run found open: their slots follow from numbers of sources, as the
 * order of arrival does. Sorting makes it plain. */
static enum ks_error
put_openings(const struct ks_freezer *freezer)
{
	struct ks_openings *const openings = &freezer->shard->openings;
	ks_openings_close(openings);
	qsort(openings->kept.base, openings->n_kept, sizeof(struct ks_opening), compare_openings);
	for (uint32_t i = 0; i < openings->n_kept; i++) {
		const struct ks_opening *const opening = ks_openings_at(openings, i);
		const struct ks_fact_opening fact = {
			.source = addr_at(&freezer->shard->sources, opening->source),
			.t_ns = opening->t_ns,
			.silence_ns = opening->silence_ns,
			.zone = freezer->zone_place[opening->zone],
			.queries = opening->queries,
			.servers = (uint32_t)__builtin_popcountll(opening->servers),
			.length_ns = opening->last_ns - opening->t_ns,
			.primed = opening->primed != 0,
		};
		const enum ks_error error = freezer->sink->ops->opening(freezer->sink, &fact, freezer->diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

/* --- manners --- */

static enum ks_error
put_manner(const struct ks_freezer *freezer, uint32_t number)
{
	const struct ks_shard *const shard = freezer->shard;
	const struct ks_source *const source = ks_map_at(&shard->sources, number);
	const struct ks_source_more *const more = ks_source_more(&shard->sources_more, source);
	const uint32_t cd_queries = ks_source_cd_queries(source, more);
	const struct ks_key key = {.w = {number, 0}};
	/* Nobody who never set CD has an entry: a million of them need no look-up. */
	const uint32_t change = cd_queries > 0 ? ks_map_find(&shard->cd.changes, &key) : KS_MAP_NONE;
	if (more->priming_queries == 0 && change == KS_MAP_NONE)
		return KS_SUCCESS;
	struct ks_fact_manner fact = {
		.source = addr_at(&shard->sources, number),
		.priming_queries = more->priming_queries,
		.primed_queries = more->primed_queries,
	};
	if (change != KS_MAP_NONE) {
		const struct ks_cd_change *const entry = ks_map_at(&shard->cd.changes, change);
		fact.changed = true;
		fact.plain_before = entry->plain_before;
		fact.cd_queries = cd_queries;
		fact.retries = entry->retries;
		fact.cd_first_ns = entry->first_ns;
		fact.cd_last_ns = entry->last_ns;
	}
	return freezer->sink->ops->manner(freezer->sink, &fact, freezer->diag);
}

static enum ks_error
put_manners(const struct ks_freezer *freezer)
{
	enum ks_error error = KS_SUCCESS;
	for (uint32_t i = 0; i < freezer->sources.n && error == KS_SUCCESS; i++)
		error = put_manner(freezer, freezer->sources.ranks[i].number);
	return error;
}

/* --- lookaside: in order of arrival --- */

static int
compare_tags(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

static struct ks_span
print_tags(const struct ks_lookaside_entry *entry, char text[KS_DLV_TAGS * 6])
{
	uint16_t tags[KS_DLV_TAGS];
	size_t n = 0;
	memcpy(tags, entry->tag, sizeof(tags));
	qsort(tags, entry->n_tags, sizeof(*tags), compare_tags);
	for (size_t i = 0; i < entry->n_tags; i++)
		n += (size_t)snprintf(text + n, KS_DLV_TAGS * 6 - n, "%s%u", i > 0 ? " " : "", tags[i]);
	return (struct ks_span){(const uint8_t *)text, n};
}

static enum ks_error
put_lookaside(const struct ks_freezer *freezer)
{
	const struct ks_lookaside *const lookaside = &freezer->shard->lookaside;
	for (uint32_t i = 0; i < lookaside->table.n; i++) {
		const struct ks_lookaside_entry *const entry = ks_map_at(&lookaside->table, i);
		char tags[KS_DLV_TAGS * 6];
		const struct ks_fact_lookaside fact = {
			.name = ks_names_at(&lookaside->names, (uint32_t)entry->key.w[0]),
			.queries = entry->queries,
			.responses = entry->responses,
			.tags = print_tags(entry, tags),
			.told_ns = entry->told_ns,
			.first_ns = entry->first_ns,
			.last_ns = entry->last_ns,
		};
		const enum ks_error error =
			freezer->sink->ops->lookaside(freezer->sink, &fact, freezer->diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

enum ks_error
ks_freeze_manners(const struct ks_freezer *freezer)
{
	enum ks_error error = put_depths(freezer);
	if (error == KS_SUCCESS)
		error = put_servers(freezer);
	if (error == KS_SUCCESS)
		error = ks_freeze_given(freezer);
	if (error == KS_SUCCESS)
		error = put_openings(freezer);
	if (error == KS_SUCCESS)
		error = put_manners(freezer);
	if (error == KS_SUCCESS)
		error = put_lookaside(freezer);
	return error;
}
