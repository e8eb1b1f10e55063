/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/zone_periods.c -- what the servers of a zone gave, from when to when.
 *
 * Where all answers of a server that name it (NSID) give one name, those that name none are its own too, and
 * the two make one node; where there are several names, nobody can say whose the others are. */
#include <stdlib.h>
#include <string.h>

#include "dissect/rrtype.h"
#include "store/zone_facts_p.h"

/* --- contents --- */

static void
read_keys_of(struct ks_zone_reader *reader, int64_t run_id, int64_t rrset, struct ks_zone_content *ret)
{
	struct ks_rrset_key keys[256];
	size_t n = 0;
	sqlite3_stmt *const stmt = ks_zone_ask(reader, KS_ZONE_KEYS_OF, run_id, rrset);
	while (n < KS_COUNT(keys) && ks_zone_step(reader, stmt)) {
		keys[n] = (struct ks_rrset_key){.algorithm = ks_zone_u8(stmt, 0),
						.flags = ks_zone_u16(stmt, 2),
						.tag = ks_zone_u16(stmt, 3)};
		ks_zone_fixed(stmt, 1, keys[n].identity, sizeof(keys[n].identity));
		n++;
	}
	struct ks_rrset_key *const copy = n != 0 ? ks_zone_keep(reader, n * sizeof(*keys)) : NULL;
	if (copy == NULL)
		return;
	memcpy(copy, keys, n * sizeof(*keys));
	ret->keys = copy;
	ret->n_keys = n;
}

static void
read_ds_of(struct ks_zone_reader *reader, int64_t run_id, int64_t rrset, struct ks_zone_content *ret)
{
	struct ks_rrset_ds ds[256];
	size_t n = 0;
	sqlite3_stmt *const stmt = ks_zone_ask(reader, KS_ZONE_DS_OF, run_id, rrset);
	while (n < KS_COUNT(ds) && ks_zone_step(reader, stmt)) {
		ds[n] = (struct ks_rrset_ds){.tag = ks_zone_u16(stmt, 0),
					     .algorithm = ks_zone_u8(stmt, 1),
					     .digest_type = ks_zone_u8(stmt, 2),
					     .digest = ks_zone_span(reader, stmt, 3)};
		n++;
	}
	struct ks_rrset_ds *const copy = n != 0 ? ks_zone_keep(reader, n * sizeof(*ds)) : NULL;
	if (copy == NULL)
		return;
	memcpy(copy, ds, n * sizeof(*ds));
	ret->ds = copy;
	ret->n_ds = n;
}

static enum ks_denial
denial_of(sqlite3_stmt *stmt, int column)
{
	const char *const text = (const char *)sqlite3_column_text(stmt, column);
	if (text == NULL)
		return KS_DENIAL_NONE;
	return strcmp(text, "nsec") == 0    ? KS_DENIAL_NSEC
	       : strcmp(text, "nsec3") == 0 ? KS_DENIAL_NSEC3
					    : KS_DENIAL_OPT_OUT;
}

/* Contents are known by type and hash; `hashes` holds them in the order of `contents`, ascending. */
struct content_name {
	uint16_t type;
	uint8_t hash[16];
};

static int
compare_names(const struct content_name *a, const struct content_name *b)
{
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	return memcmp(a->hash, b->hash, sizeof(a->hash));
}

void
ks_zone_read_contents(struct ks_zone_reader *reader)
{
	sqlite3_stmt *const stmt = ks_zone_ask(reader, KS_ZONE_CONTENTS, reader->zone_id, 0);
	while (ks_zone_step(reader, stmt)) {
		struct ks_zone_content *const content =
			ks_zone_grow(reader, &reader->contents, sizeof(*content));
		struct content_name *const name = ks_zone_grow(reader, &reader->hashes, sizeof(*name));
		if (content == NULL || name == NULL)
			return;
		const int64_t run_id = sqlite3_column_int64(stmt, 2);
		const int64_t rrset = sqlite3_column_int64(stmt, 3);
		name->type = ks_zone_u16(stmt, 0);
		ks_zone_fixed(stmt, 1, name->hash, sizeof(name->hash));
		memcpy(content->hash, name->hash, sizeof(name->hash));
		content->denial = denial_of(stmt, 4);
		content->wire = ks_zone_span(reader, stmt, 5);
		content->soa_refresh_s = ks_zone_u32(stmt, 6);
		if (name->type == KS_TYPE_DNSKEY || name->type == KS_TYPE_CDNSKEY)
			read_keys_of(reader, run_id, rrset, content);
		else if (name->type == KS_TYPE_DS || name->type == KS_TYPE_CDS)
			read_ds_of(reader, run_id, rrset, content);
	}
}

static bool
find_content(const struct ks_zone_reader *reader, const struct content_name *name, uint32_t *ret)
{
	const struct content_name *const names = reader->hashes.at;
	size_t from = 0, end = reader->hashes.n;
	while (from < end) {
		const size_t middle = from + (end - from) / 2;
		const int order = compare_names(name, &names[middle]);
		if (order == 0) {
			*ret = (uint32_t)middle;
			return true;
		}
		if (order < 0)
			end = middle;
		else
			from = middle + 1;
	}
	return false;
}

/* --- periods --- */

static struct ks_addr
addr_of(sqlite3_stmt *stmt, int column)
{
	const void *const ip = sqlite3_column_blob(stmt, column);
	const int n = sqlite3_column_bytes(stmt, column);
	if (n == 4)
		return ks_addr_from_v4(ip);
	return n == 16 ? ks_addr_from_v6(ip) : (struct ks_addr){0};
}

static uint32_t
node_of(struct ks_zone_reader *reader, sqlite3_stmt *stmt)
{
	const struct ks_addr server = addr_of(stmt, 1);
	const void *const nsid = sqlite3_column_blob(stmt, 2);
	const size_t n = (size_t)sqlite3_column_bytes(stmt, 2);
	struct ks_zone_node *const nodes = reader->nodes.at;
	for (size_t i = 0; i < reader->nodes.n; i++)
		if (memcmp(&nodes[i].server, &server, sizeof(server)) == 0 && nodes[i].nsid.n == n &&
		    (n == 0 || memcmp(nodes[i].nsid.at, nsid, n) == 0))
			return (uint32_t)i;
	struct ks_zone_node *const node = ks_zone_grow(reader, &reader->nodes, sizeof(*node));
	if (node == NULL)
		return 0;
	node->server = server;
	node->nsid = ks_zone_span(reader, stmt, 2);
	return (uint32_t)(reader->nodes.n - 1);
}

void
ks_zone_read_seen(struct ks_zone_reader *reader)
{
	sqlite3_stmt *const stmt = ks_zone_ask(reader, KS_ZONE_SEEN, reader->zone_id, 0);
	while (ks_zone_step(reader, stmt)) {
		struct content_name name = {.type = ks_zone_u16(stmt, 0)};
		uint32_t content;
		ks_zone_fixed(stmt, 3, name.hash, sizeof(name.hash));
		if (!find_content(reader, &name, &content))
			continue;
		struct ks_zone_seen *const seen = ks_zone_grow(reader, &reader->seen, sizeof(*seen));
		if (seen == NULL)
			return;
		seen->type = name.type;
		seen->content = content;
		seen->node = node_of(reader, stmt);
		seen->signer_tags = ks_zone_text(reader, stmt, 4);
		seen->signer_algorithms = ks_zone_text(reader, stmt, 5);
		seen->ttl_s = ks_zone_u32(stmt, 6);
		seen->count = ks_zone_count(stmt, 7);
		seen->first_ns = ks_zone_time(stmt, 8);
		seen->last_ns = ks_zone_time(stmt, 9);
	}
}

/* The only other node of this server that has a name, or the node itself. */
static uint32_t
named_node(const struct ks_zone_reader *reader, uint32_t node)
{
	const struct ks_zone_node *const nodes = reader->nodes.at;
	uint32_t found = node;
	if (nodes[node].nsid.n != 0)
		return node;
	for (uint32_t i = 0; i < reader->nodes.n; i++) {
		if (i == node || memcmp(&nodes[i].server, &nodes[node].server, sizeof(nodes->server)) != 0)
			continue;
		if (found != node)
			return node;
		found = i;
	}
	return found;
}

static int
compare_seen(const void *left, const void *right)
{
	const struct ks_zone_seen *const a = left, *const b = right;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns ? -1 : 1;
	if (a->last_ns != b->last_ns)
		return a->last_ns < b->last_ns ? -1 : 1;
	return (a->content > b->content) - (a->content < b->content);
}

static bool
is_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL || strcmp(a, b) == 0;
}

/* The same content told apart by who asked, or by run, is one period. */
static bool
continues(const struct ks_zone_seen *a, const struct ks_zone_seen *b)
{
	return a->type == b->type && a->node == b->node && a->content == b->content && a->ttl_s == b->ttl_s &&
	       is_same_text(a->signer_tags, b->signer_tags) &&
	       is_same_text(a->signer_algorithms, b->signer_algorithms);
}

static void
extend(struct ks_zone_seen *seen, const struct ks_zone_seen *by)
{
	if (seen->signer_tags == NULL) {
		seen->signer_tags = by->signer_tags;
		seen->signer_algorithms = by->signer_algorithms;
	}
	seen->count += by->count;
	seen->last_ns = by->last_ns > seen->last_ns ? by->last_ns : seen->last_ns;
}

void
ks_zone_join_seen(struct ks_zone_reader *reader)
{
	struct ks_zone_seen *const seen = reader->seen.at;
	size_t n = 0;
	for (size_t i = 0; i < reader->seen.n; i++)
		seen[i].node = named_node(reader, seen[i].node);
	if (reader->seen.n != 0)
		qsort(seen, reader->seen.n, sizeof(*seen), compare_seen);
	for (size_t i = 0; i < reader->seen.n; i++) {
		if (n > 0 && continues(&seen[n - 1], &seen[i]))
			extend(&seen[n - 1], &seen[i]);
		else
			seen[n++] = seen[i];
	}
	reader->seen.n = n;
}
