/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/zone_facts.c -- the ledger for the judge: one zone after the other, all runs together.
 *
 * Where all answers of a server that name it (NSID) give one name, those that name none are its own too, and
 * the two make one node; where there are several names, nobody can say whose the others are. */
#include <stdlib.h>
#include <string.h>

#include "dissect/rrtype.h"
#include "store/store.h"
#include "store/store_p.h"

/* The LIMITs below are what one zone may bring; the rest, later or rarer, is left out. */
enum { BLOCK_BYTES = 65536 };

/* Copies that live as long as one zone is judged. */
struct block {
	struct block *next;
	size_t used, size;
	uint8_t at[];
};

/* A list that grows. */
struct list {
	void *at;
	size_t n, capacity;
};

enum { ZONES, CONTENTS, KEYS_OF, DS_OF, SEEN, DKEYS, SIGNATURES, NSECS, STATEMENTS };

struct reader {
	struct ks_store *store;
	sqlite3_stmt *stmts[STATEMENTS];
	struct block *blocks;
	struct list contents, hashes, nodes, seen, keys, signatures, nsec;
	int64_t zone_id;
	bool root, no_memory;
	int rc;
};

static const char *const sqls[STATEMENTS] = {
	[ZONES] = "SELECT zone_id, name_wire = x'00' FROM zone WHERE zone_id IN (SELECT zone_id FROM "
		  "ledger_name)"
		  " ORDER BY name_wire",
	/* One row a content, whichever run has it; the bare columns are those of the row with the minimum. */
	[CONTENTS] =
		"SELECT type, hash, min(run_id), rrset, denial, iif(type = 51, wire, NULL), soa_refresh_s"
		" FROM rrset WHERE zone_id = ?1 GROUP BY type, hash ORDER BY type, hash LIMIT 4096",
	[KEYS_OF] = "SELECT algorithm, identity, flags, tag FROM rrset_key WHERE run_id = ?1 AND rrset = ?2"
		    " ORDER BY position",
	[DS_OF] = "SELECT tag, algorithm, digest_type, digest FROM rrset_ds WHERE run_id = ?1 AND rrset = ?2"
		  " ORDER BY position",
	[SEEN] = "SELECT rrset_seen.type, server_ip, nsid, hash, signer_tags, signer_algorithms, "
		 "ttl_greatest_s,"
		 " rrset_seen.count, rrset_seen.first_ns, rrset_seen.last_ns"
		 " FROM rrset_seen JOIN rrset USING (run_id, rrset)"
		 " WHERE rrset_seen.zone_id = ?1 AND authoritative"
		 " ORDER BY rrset_seen.first_ns, rrset_seen.last_ns, server_ip, nsid, rrset_seen.type, hash "
		 "LIMIT 8192",
	[DKEYS] = "SELECT algorithm, identity, flags, tag, tag_revoked, max(unusable), sha1, sha256, sha384"
		  " FROM dkey WHERE zone_id = ?1 GROUP BY algorithm, identity, flags"
		  " ORDER BY algorithm, identity, flags LIMIT 1024",
	[SIGNATURES] =
		"SELECT type, tag, algorithm, inception_s, expiration_s, folded, min(least_validity_s),"
		" max(original_ttl_s), sum(count), sum(expired), sum(future), min(first_expired_ns),"
		" max(last_expired_ns), min(first_ns), max(last_ns) FROM signature WHERE zone_id = ?1"
		" GROUP BY type, tag, algorithm, inception_s, expiration_s, folded"
		" ORDER BY type, tag, algorithm, inception_s, expiration_s, folded LIMIT 4096",
	[NSECS] = "SELECT kind = 'NSEC3', hash_algorithm, iterations, salt, sum(count), sum(opt_out),"
		  " min(first_ns), max(last_ns) FROM nsec WHERE zone_id = ?1"
		  " GROUP BY kind, hash_algorithm, iterations, salt"
		  " ORDER BY kind, hash_algorithm, iterations, salt LIMIT 4096",
};

/* --- memory --- */

static void *
keep(struct reader *reader, size_t n)
{
	struct block *block = reader->blocks;
	n = (n + 7) & ~(size_t)7;
	if (block == NULL || block->size - block->used < n) {
		const size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
		block = calloc(1, sizeof(*block) + size);
		if (block == NULL) {
			reader->no_memory = true;
			return NULL;
		}
		block->size = size;
		block->next = reader->blocks;
		reader->blocks = block;
	}
	void *const at = block->at + block->used;
	block->used += n;
	return at;
}

static void
forget(struct reader *reader)
{
	for (struct block *block = reader->blocks, *next; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	reader->blocks = NULL;
	struct list *const lists[] = {&reader->contents, &reader->hashes,     &reader->nodes, &reader->seen,
				      &reader->keys,     &reader->signatures, &reader->nsec};
	for (size_t i = 0; i < KS_COUNT(lists); i++)
		lists[i]->n = 0;
}

/* Room for one more, zeroed; NULL without memory. */
static void *
grow(struct reader *reader, struct list *list, size_t size)
{
	if (list->n == list->capacity) {
		const size_t capacity = list->capacity != 0 ? 2 * list->capacity : 64;
		void *const at = reallocarray(list->at, capacity, size);
		if (at == NULL) {
			reader->no_memory = true;
			return NULL;
		}
		list->at = at;
		list->capacity = capacity;
	}
	return memset((uint8_t *)list->at + list->n++ * size, 0, size);
}

/* --- columns: whoever wrote the file, we stay within our types --- */

static struct ks_span
span_of(struct reader *reader, sqlite3_stmt *stmt, int column)
{
	const void *const blob = sqlite3_column_blob(stmt, column);
	const size_t n = (size_t)sqlite3_column_bytes(stmt, column);
	uint8_t *const copy = n != 0 ? keep(reader, n) : NULL;
	if (copy == NULL)
		return (struct ks_span){0};
	memcpy(copy, blob, n);
	return (struct ks_span){copy, n};
}

static const char *
text_of(struct reader *reader, sqlite3_stmt *stmt, int column)
{
	const unsigned char *const text = sqlite3_column_text(stmt, column);
	if (text == NULL)
		return NULL;
	const size_t n = (size_t)sqlite3_column_bytes(stmt, column);
	char *const copy = keep(reader, n + 1);
	if (copy == NULL)
		return NULL;
	memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

static void
fixed_of(sqlite3_stmt *stmt, int column, uint8_t *ret, size_t n)
{
	const void *const blob = sqlite3_column_blob(stmt, column);
	if (blob != NULL && (size_t)sqlite3_column_bytes(stmt, column) == n)
		memcpy(ret, blob, n);
}

static uint64_t
count_of(sqlite3_stmt *stmt, int column)
{
	const int64_t value = sqlite3_column_int64(stmt, column);
	return value < 0 ? 0 : (uint64_t)value;
}

static uint32_t
u32_of(sqlite3_stmt *stmt, int column)
{
	const uint64_t value = count_of(stmt, column);
	return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static uint16_t
u16_of(sqlite3_stmt *stmt, int column)
{
	return (uint16_t)sqlite3_column_int(stmt, column);
}

static uint8_t
u8_of(sqlite3_stmt *stmt, int column)
{
	return (uint8_t)sqlite3_column_int(stmt, column);
}

/* The next row of a statement over the zone. */
static bool
step(struct reader *reader, sqlite3_stmt *stmt)
{
	if (reader->no_memory)
		return false;
	reader->rc = sqlite3_step(stmt);
	return reader->rc == SQLITE_ROW;
}

static sqlite3_stmt *
ask(struct reader *reader, int which, int64_t a, int64_t b)
{
	sqlite3_stmt *const stmt = reader->stmts[which];
	sqlite3_reset(stmt);
	sqlite3_bind_int64(stmt, 1, a);
	if (sqlite3_bind_parameter_count(stmt) > 1)
		sqlite3_bind_int64(stmt, 2, b);
	return stmt;
}

/* --- contents --- */

static void
read_keys_of(struct reader *reader, int64_t run_id, int64_t rrset, struct ks_zone_content *ret)
{
	struct ks_rrset_key keys[256];
	size_t n = 0;
	sqlite3_stmt *const stmt = ask(reader, KEYS_OF, run_id, rrset);
	while (n < KS_COUNT(keys) && step(reader, stmt)) {
		keys[n] = (struct ks_rrset_key){
			.algorithm = u8_of(stmt, 0), .flags = u16_of(stmt, 2), .tag = u16_of(stmt, 3)};
		fixed_of(stmt, 1, keys[n].identity, sizeof(keys[n].identity));
		n++;
	}
	struct ks_rrset_key *const copy = n != 0 ? keep(reader, n * sizeof(*keys)) : NULL;
	if (copy == NULL)
		return;
	memcpy(copy, keys, n * sizeof(*keys));
	ret->keys = copy;
	ret->n_keys = n;
}

static void
read_ds_of(struct reader *reader, int64_t run_id, int64_t rrset, struct ks_zone_content *ret)
{
	struct ks_rrset_ds ds[256];
	size_t n = 0;
	sqlite3_stmt *const stmt = ask(reader, DS_OF, run_id, rrset);
	while (n < KS_COUNT(ds) && step(reader, stmt)) {
		ds[n] = (struct ks_rrset_ds){.tag = u16_of(stmt, 0),
					     .algorithm = u8_of(stmt, 1),
					     .digest_type = u8_of(stmt, 2),
					     .digest = span_of(reader, stmt, 3)};
		n++;
	}
	struct ks_rrset_ds *const copy = n != 0 ? keep(reader, n * sizeof(*ds)) : NULL;
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

static void
read_contents(struct reader *reader)
{
	sqlite3_stmt *const stmt = ask(reader, CONTENTS, reader->zone_id, 0);
	while (step(reader, stmt)) {
		struct ks_zone_content *const content = grow(reader, &reader->contents, sizeof(*content));
		struct content_name *const name = grow(reader, &reader->hashes, sizeof(*name));
		if (content == NULL || name == NULL)
			return;
		const int64_t run_id = sqlite3_column_int64(stmt, 2);
		const int64_t rrset = sqlite3_column_int64(stmt, 3);
		name->type = u16_of(stmt, 0);
		fixed_of(stmt, 1, name->hash, sizeof(name->hash));
		memcpy(content->hash, name->hash, sizeof(name->hash));
		content->denial = denial_of(stmt, 4);
		content->wire = span_of(reader, stmt, 5);
		content->soa_refresh_s = u32_of(stmt, 6);
		if (name->type == KS_TYPE_DNSKEY || name->type == KS_TYPE_CDNSKEY)
			read_keys_of(reader, run_id, rrset, content);
		else if (name->type == KS_TYPE_DS || name->type == KS_TYPE_CDS)
			read_ds_of(reader, run_id, rrset, content);
	}
}

static bool
find_content(const struct reader *reader, const struct content_name *name, uint32_t *ret)
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
node_of(struct reader *reader, sqlite3_stmt *stmt)
{
	const struct ks_addr server = addr_of(stmt, 1);
	const void *const nsid = sqlite3_column_blob(stmt, 2);
	const size_t n = (size_t)sqlite3_column_bytes(stmt, 2);
	struct ks_zone_node *const nodes = reader->nodes.at;
	for (size_t i = 0; i < reader->nodes.n; i++)
		if (memcmp(&nodes[i].server, &server, sizeof(server)) == 0 && nodes[i].nsid.n == n &&
		    (n == 0 || memcmp(nodes[i].nsid.at, nsid, n) == 0))
			return (uint32_t)i;
	struct ks_zone_node *const node = grow(reader, &reader->nodes, sizeof(*node));
	if (node == NULL)
		return 0;
	node->server = server;
	node->nsid = span_of(reader, stmt, 2);
	return (uint32_t)(reader->nodes.n - 1);
}

static void
read_seen(struct reader *reader)
{
	sqlite3_stmt *const stmt = ask(reader, SEEN, reader->zone_id, 0);
	while (step(reader, stmt)) {
		struct content_name name = {.type = u16_of(stmt, 0)};
		uint32_t content;
		fixed_of(stmt, 3, name.hash, sizeof(name.hash));
		if (!find_content(reader, &name, &content))
			continue;
		struct ks_zone_seen *const seen = grow(reader, &reader->seen, sizeof(*seen));
		if (seen == NULL)
			return;
		seen->type = name.type;
		seen->content = content;
		seen->node = node_of(reader, stmt);
		seen->signer_tags = text_of(reader, stmt, 4);
		seen->signer_algorithms = text_of(reader, stmt, 5);
		seen->ttl_s = u32_of(stmt, 6);
		seen->count = count_of(stmt, 7);
		seen->first_ns = sqlite3_column_int64(stmt, 8);
		seen->last_ns = sqlite3_column_int64(stmt, 9);
	}
}

/* The only other node of this server that has a name, or the node itself. */
static uint32_t
named_node(const struct reader *reader, uint32_t node)
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

static void
join_seen(struct reader *reader)
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

/* --- the rest --- */

static void
read_dkeys(struct reader *reader)
{
	sqlite3_stmt *const stmt = ask(reader, DKEYS, reader->zone_id, 0);
	while (step(reader, stmt)) {
		struct ks_fact_key *const key = grow(reader, &reader->keys, sizeof(*key));
		if (key == NULL)
			return;
		key->algorithm = u8_of(stmt, 0);
		fixed_of(stmt, 1, key->identity, sizeof(key->identity));
		key->flags = u16_of(stmt, 2);
		key->tag = u16_of(stmt, 3);
		key->tag_revoked = u16_of(stmt, 4);
		key->unusable = sqlite3_column_int(stmt, 5) != 0;
		fixed_of(stmt, 6, key->sha1, sizeof(key->sha1));
		fixed_of(stmt, 7, key->sha256, sizeof(key->sha256));
		fixed_of(stmt, 8, key->sha384, sizeof(key->sha384));
	}
}

static void
read_signatures(struct reader *reader)
{
	sqlite3_stmt *const stmt = ask(reader, SIGNATURES, reader->zone_id, 0);
	while (step(reader, stmt)) {
		struct ks_fact_signature *const at = grow(reader, &reader->signatures, sizeof(*at));
		if (at == NULL)
			return;
		at->type = u16_of(stmt, 0);
		at->tag = u16_of(stmt, 1);
		at->algorithm = u8_of(stmt, 2);
		at->inception_s = sqlite3_column_int64(stmt, 3);
		at->expiration_s = sqlite3_column_int64(stmt, 4);
		at->folded = sqlite3_column_int(stmt, 5) != 0;
		at->least_validity_s = sqlite3_column_int64(stmt, 6);
		at->original_ttl_s = u32_of(stmt, 7);
		at->count = count_of(stmt, 8);
		at->expired = count_of(stmt, 9);
		at->future = count_of(stmt, 10);
		at->first_expired_ns = sqlite3_column_int64(stmt, 11);
		at->last_expired_ns = sqlite3_column_int64(stmt, 12);
		at->first_ns = sqlite3_column_int64(stmt, 13);
		at->last_ns = sqlite3_column_int64(stmt, 14);
	}
}

static void
read_nsecs(struct reader *reader)
{
	sqlite3_stmt *const stmt = ask(reader, NSECS, reader->zone_id, 0);
	while (step(reader, stmt)) {
		struct ks_fact_nsec *const at = grow(reader, &reader->nsec, sizeof(*at));
		if (at == NULL)
			return;
		at->nsec3 = sqlite3_column_int(stmt, 0) != 0;
		at->hash_algorithm = u8_of(stmt, 1);
		at->iterations = u16_of(stmt, 2);
		at->salt = span_of(reader, stmt, 3);
		at->count = count_of(stmt, 4);
		at->opt_out = count_of(stmt, 5);
		at->first_ns = sqlite3_column_int64(stmt, 6);
		at->last_ns = sqlite3_column_int64(stmt, 7);
	}
}

static struct ks_zone_facts
facts_of(const struct reader *reader)
{
	return (struct ks_zone_facts){
		.root = reader->root,
		.nodes = reader->nodes.at,
		.n_nodes = reader->nodes.n,
		.contents = reader->contents.at,
		.n_contents = reader->contents.n,
		.seen = reader->seen.at,
		.n_seen = reader->seen.n,
		.keys = reader->keys.at,
		.n_keys = reader->keys.n,
		.signatures = reader->signatures.at,
		.n_signatures = reader->signatures.n,
		.nsec = reader->nsec.at,
		.n_nsec = reader->nsec.n,
	};
}

static enum ks_error
read_zone(struct reader *reader, ks_store_zone_fn *each, void *arg, struct ks_diag *diag)
{
	static void (*const parts[])(struct reader *) = {
		read_contents, read_seen, read_dkeys, read_signatures, read_nsecs,
	};
	forget(reader);
	for (size_t i = 0; i < KS_COUNT(parts); i++) {
		parts[i](reader);
		if (reader->no_memory)
			return ks_sql_fail(reader->store, SQLITE_NOMEM, diag);
		if (reader->rc != SQLITE_DONE && reader->rc != SQLITE_ROW)
			return ks_sql_fail(reader->store, reader->rc, diag);
	}
	if (reader->seen.n == 0 && reader->signatures.n == 0)
		return KS_SUCCESS;
	join_seen(reader);
	const struct ks_zone_facts facts = facts_of(reader);
	return each(arg, reader->zone_id, &facts, diag);
}

static enum ks_error
read_zones(struct reader *reader, ks_store_zone_fn *each, void *arg, struct ks_diag *diag)
{
	sqlite3_stmt *const stmt = reader->stmts[ZONES];
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		reader->zone_id = sqlite3_column_int64(stmt, 0);
		reader->root = sqlite3_column_int(stmt, 1) != 0;
		const enum ks_error error = read_zone(reader, each, arg, diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(reader->store, rc, diag);
}

enum ks_error
ks_store_each_zone(struct ks_store *store, ks_store_zone_fn *each, void *arg, struct ks_diag *diag)
{
	struct reader reader = {.store = store};
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < STATEMENTS && error == KS_SUCCESS; i++)
		error = ks_sql_prepare(store, sqls[i], &reader.stmts[i], diag);
	if (error == KS_SUCCESS)
		error = read_zones(&reader, each, arg, diag);
	for (size_t i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(reader.stmts[i]);
	forget(&reader);
	struct list *const lists[] = {&reader.contents, &reader.hashes,     &reader.nodes, &reader.seen,
				      &reader.keys,     &reader.signatures, &reader.nsec};
	for (size_t i = 0; i < KS_COUNT(lists); i++)
		free(lists[i]->at);
	return error;
}
