/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/lookaside.h"

static_assert(sizeof(struct ks_lookaside_entry) % 8 == 0, "tables hold whole words");

enum ks_error
ks_lookaside_init(struct ks_lookaside *lookaside, size_t bytes, const struct ks_secret *secret,
		  struct ks_diag *diag)
{
	*lookaside = (struct ks_lookaside){0};
	enum ks_error error =
		ks_map_init(&lookaside->table, sizeof(struct ks_lookaside_entry),
			    ks_map_capacity(sizeof(struct ks_lookaside_entry), bytes / 2), secret, diag);
	if (error == KS_SUCCESS)
		error = ks_names_init(&lookaside->names, bytes / 2, secret, diag);
	if (error != KS_SUCCESS)
		ks_lookaside_done(lookaside);
	return error;
}

void
ks_lookaside_done(struct ks_lookaside *lookaside)
{
	ks_map_done(&lookaside->table);
	ks_names_done(&lookaside->names);
}

static struct ks_lookaside_entry *
find(struct ks_lookaside *lookaside, struct ks_span name)
{
	bool is_new;
	const uint32_t place = ks_names_add(&lookaside->names, name, &is_new);
	if (place == KS_MAP_NONE)
		return NULL;
	const struct ks_key key = {.w = {place, 0}};
	const uint32_t number = ks_map_add(&lookaside->table, &key, &is_new);
	return number != KS_MAP_NONE ? ks_map_at(&lookaside->table, number) : NULL;
}

static void
read_answer(struct ks_lookaside_entry *entry, const struct ks_dlv_answer *dlv, int64_t t_ns)
{
	entry->responses++;
	if (dlv->records == 0)
		return;
	entry->told_ns = t_ns;
	entry->n_tags = dlv->records < KS_DLV_TAGS ? dlv->records : KS_DLV_TAGS;
	memcpy(entry->tag, dlv->tag, sizeof(entry->tag));
}

void
ks_lookaside_feed(struct ks_lookaside *lookaside, const struct ks_dns *dns, int64_t t_ns)
{
	if (!dns->has_question || dns->qclass != 1 || ks_dns_opcode(dns) != 0)
		return;
	struct ks_lookaside_entry *const entry = find(lookaside, dns->qname);
	if (entry == NULL) {
		lookaside->unlisted++;
		return;
	}
	const bool is_new = entry->queries + entry->responses == 0;
	if (is_new || t_ns < entry->first_ns)
		entry->first_ns = t_ns;
	if (is_new || t_ns > entry->last_ns)
		entry->last_ns = t_ns;
	if (ks_dns_is_response(dns))
		read_answer(entry, &dns->dlv, t_ns);
	else
		entry->queries++;
}
