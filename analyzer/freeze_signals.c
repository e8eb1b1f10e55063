/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/freeze_signals.c -- what sources said about anchors and failures becomes facts. In the order of
 * arrival, which the capture fixes. */
#include "analyzer/shard.h"

static enum ks_error
put_signal(const struct ks_shard *shard, const struct ks_signal_entry *entry, struct ks_sink *sink,
	   struct ks_diag *diag)
{
	const struct ks_signals *const signals = &shard->signals;
	const struct ks_source *const source = ks_map_at(&shard->sources, (uint32_t)(entry->key.w[0] >> 32));
	struct ks_fact_ta_signal fact = {
		.zone = ks_names_at(&signals->names, (uint32_t)entry->key.w[0]),
		.tags = ks_names_at(&signals->names, (uint32_t)(entry->key.w[1] >> 32)),
		.via = (enum ks_signal_via)(entry->key.w[1] & 0xff),
		.queries = entry->queries,
		.forwarded = entry->forwarded,
		.first_ns = entry->first_ns,
		.last_ns = entry->last_ns,
	};
	memcpy(fact.source.b, source->key.w, sizeof(fact.source.b));
	return sink->ops->ta_signal(sink, &fact, diag);
}

static enum ks_error
put_key(const struct ks_key_entry *entry, const uint32_t *zone_place, struct ks_sink *sink,
	struct ks_diag *diag)
{
	const struct ks_fact_zone_key fact = {
		.zone = zone_place[entry->key.w[0]],
		.tag = (uint16_t)(entry->key.w[1] >> 32),
		.flags = (uint16_t)(entry->key.w[1] >> 16),
		.algorithm = (uint8_t)(entry->key.w[1] >> 8),
		.signs = (entry->key.w[1] & 1) != 0,
		.first_ns = entry->first_ns,
		.last_ns = entry->last_ns,
	};
	return sink->ops->zone_key(sink, &fact, diag);
}

static bool
is_zone(const struct ks_shard *shard, struct ks_span name)
{
	const uint32_t number = ks_names_find(&shard->zones, name);
	return number != KS_MAP_NONE && ks_shard_is_zone(shard, number) &&
	       ks_shard_zone(shard, number)->answered;
}

static struct ks_span
parent(struct ks_span name)
{
	const size_t n = (size_t)name.at[0] + 1;
	return (struct ks_span){name.at + n, name.n - n};
}

/* The closest zone at or above `name` whose keys were seen. The root and top-level domains hold little but
 * delegations, so what lies below them nearly always belongs to a zone that was not seen: they stand for
 * themselves only. */
static struct ks_span
zone_of(const struct ks_shard *shard, struct ks_span name)
{
	if (name.n == 0 || is_zone(shard, name))
		return name;
	while (name.n > 1) {
		name = parent(name);
		const bool shallow = name.n <= 1 || parent(name).n <= 1;
		if (!shallow && is_zone(shard, name))
			return name;
	}
	return (struct ks_span){0};
}

static enum ks_error
put_failure(const struct ks_shard *shard, const struct ks_error_entry *entry, struct ks_sink *sink,
	    struct ks_diag *diag)
{
	const uint32_t name = (uint32_t)entry->key.w[0];
	struct ks_fact_failure fact = {
		.report = entry->key.w[1] >> 32 != 0,
		.code = (uint16_t)(entry->key.w[1] >> 16),
		.qtype = (uint16_t)entry->key.w[1],
		.count = entry->count,
		.first_ns = entry->first_ns,
		.last_ns = entry->last_ns,
	};
	if (name != KS_MAP_NONE)
		fact.name = ks_names_at(&shard->errors.names, name);
	fact.zone = zone_of(shard, fact.name);
	return sink->ops->failure(sink, &fact, diag);
}

enum ks_error
ks_shard_freeze_signals(const struct ks_shard *shard, const uint32_t *zone_place, struct ks_sink *sink,
			struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (uint32_t i = 0; i < shard->signals.table.n && error == KS_SUCCESS; i++)
		error = put_signal(shard, ks_map_at(&shard->signals.table, i), sink, diag);
	for (uint32_t i = 0; i < shard->signals.keys.n && error == KS_SUCCESS; i++)
		error = put_key(ks_map_at(&shard->signals.keys, i), zone_place, sink, diag);
	for (uint32_t i = 0; i < shard->errors.table.n && error == KS_SUCCESS; i++)
		error = put_failure(shard, ks_map_at(&shard->errors.table, i), sink, diag);
	return error;
}
