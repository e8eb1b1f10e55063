/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/zone_facts.c -- the ledger for the judge: one zone after the other, all runs together. */
#include <stdlib.h>

#include "store/zone_facts_p.h"

/* What one zone may bring; the rest, later or rarer, is left out. */
#define CONTENTS_MAX 4096
#define SEEN_MAX 8192
#define DKEYS_MAX 1024
#define SIGNATURES_MAX 4096
#define NSECS_MAX 4096
#define LIMIT(most) " LIMIT " LIMIT_TEXT(most)
#define LIMIT_TEXT(most) #most
static const char *const sqls[KS_ZONE_STATEMENTS] = {
	/* Not the many delegations of which nothing but one DS RRset or serial numbers were seen: nothing
	 * happened to them. */
	[KS_ZONE_ZONES] =
		"SELECT zone_id, name_wire = x'00' FROM zone WHERE zone_id IN ("
		"SELECT zone_id FROM rrset WHERE type <> 6 AND type <> 43 UNION SELECT zone_id FROM signature"
		" UNION SELECT zone_id FROM nsec UNION SELECT zone_id FROM rrset_seen WHERE type <> 6 AND "
		"number > 0"
		" UNION SELECT zone_id FROM rrset WHERE type = 43 GROUP BY zone_id HAVING count(DISTINCT "
		"hash) > 1)"
		" ORDER BY name_wire",
	/* One row a content, whichever run has it; the bare columns are those of the row with the minimum. */
	[KS_ZONE_CONTENTS] =
		"SELECT type, hash, min(run_id), rrset, denial, iif(type = 51, wire, NULL), soa_refresh_s"
		" FROM rrset WHERE zone_id = ?1 GROUP BY type, hash ORDER BY type, hash" LIMIT(CONTENTS_MAX),
	[KS_ZONE_KEYS_OF] =
		"SELECT algorithm, identity, flags, tag FROM rrset_key WHERE run_id = ?1 AND rrset = ?2"
		" ORDER BY position",
	[KS_ZONE_DS_OF] =
		"SELECT tag, algorithm, digest_type, digest FROM rrset_ds WHERE run_id = ?1 AND rrset = ?2"
		" ORDER BY position",
	[KS_ZONE_SEEN] = "SELECT rrset_seen.type, server_ip, nsid, hash, signer_tags, signer_algorithms, "
			 "ttl_greatest_s,"
			 " rrset_seen.count, rrset_seen.first_ns, rrset_seen.last_ns"
			 " FROM rrset_seen JOIN rrset USING (run_id, rrset)"
			 " WHERE rrset_seen.zone_id = ?1 AND authoritative"
			 " ORDER BY rrset_seen.first_ns, rrset_seen.last_ns, server_ip, nsid, "
			 "rrset_seen.type, hash" LIMIT(SEEN_MAX),
	[KS_ZONE_DKEYS] =
		"SELECT algorithm, identity, flags, tag, tag_revoked, max(unusable), sha1, sha256, sha384"
		" FROM dkey WHERE zone_id = ?1 GROUP BY algorithm, identity, flags"
		" ORDER BY algorithm, identity, flags" LIMIT(DKEYS_MAX),
	[KS_ZONE_SIGNATURES] =
		"SELECT type, tag, algorithm, inception_s, expiration_s, folded, min(least_validity_s),"
		" max(original_ttl_s), sum(count), sum(expired), sum(future), min(first_expired_ns),"
		" max(last_expired_ns), min(first_ns), max(last_ns) FROM signature WHERE zone_id = ?1"
		" GROUP BY type, tag, algorithm, inception_s, expiration_s, folded"
		" ORDER BY type, tag, algorithm, inception_s, expiration_s, folded" LIMIT(SIGNATURES_MAX),
	[KS_ZONE_NSECS] = "SELECT kind = 'NSEC3', hash_algorithm, iterations, salt, sum(count), sum(opt_out),"
			  " min(first_ns), max(last_ns) FROM nsec WHERE zone_id = ?1"
			  " GROUP BY kind, hash_algorithm, iterations, salt"
			  " ORDER BY kind, hash_algorithm, iterations, salt" LIMIT(NSECS_MAX),
};

static void
read_dkeys(struct ks_zone_reader *reader)
{
	sqlite3_stmt *const stmt = ks_zone_ask(reader, KS_ZONE_DKEYS, reader->zone_id, 0);
	while (ks_zone_step(reader, stmt)) {
		struct ks_fact_key *const key = ks_zone_grow(reader, &reader->keys, sizeof(*key));
		if (key == NULL)
			return;
		key->algorithm = ks_zone_u8(stmt, 0);
		ks_zone_fixed(stmt, 1, key->identity, sizeof(key->identity));
		key->flags = ks_zone_u16(stmt, 2);
		key->tag = ks_zone_u16(stmt, 3);
		key->tag_revoked = ks_zone_u16(stmt, 4);
		key->unusable = sqlite3_column_int(stmt, 5) != 0;
		ks_zone_fixed(stmt, 6, key->sha1, sizeof(key->sha1));
		ks_zone_fixed(stmt, 7, key->sha256, sizeof(key->sha256));
		ks_zone_fixed(stmt, 8, key->sha384, sizeof(key->sha384));
	}
}

static void
read_signatures(struct ks_zone_reader *reader)
{
	sqlite3_stmt *const stmt = ks_zone_ask(reader, KS_ZONE_SIGNATURES, reader->zone_id, 0);
	while (ks_zone_step(reader, stmt)) {
		struct ks_fact_signature *const at = ks_zone_grow(reader, &reader->signatures, sizeof(*at));
		if (at == NULL)
			return;
		at->type = ks_zone_u16(stmt, 0);
		at->tag = ks_zone_u16(stmt, 1);
		at->algorithm = ks_zone_u8(stmt, 2);
		at->inception_s = ks_zone_time(stmt, 3);
		at->expiration_s = ks_zone_time(stmt, 4);
		at->folded = sqlite3_column_int(stmt, 5) != 0;
		at->least_validity_s = ks_zone_time(stmt, 6);
		at->original_ttl_s = ks_zone_u32(stmt, 7);
		at->count = ks_zone_count(stmt, 8);
		at->expired = ks_zone_count(stmt, 9);
		at->future = ks_zone_count(stmt, 10);
		at->first_expired_ns = ks_zone_time(stmt, 11);
		at->last_expired_ns = ks_zone_time(stmt, 12);
		at->first_ns = ks_zone_time(stmt, 13);
		at->last_ns = ks_zone_time(stmt, 14);
	}
}

static void
read_nsecs(struct ks_zone_reader *reader)
{
	sqlite3_stmt *const stmt = ks_zone_ask(reader, KS_ZONE_NSECS, reader->zone_id, 0);
	while (ks_zone_step(reader, stmt)) {
		struct ks_fact_nsec *const at = ks_zone_grow(reader, &reader->nsec, sizeof(*at));
		if (at == NULL)
			return;
		at->nsec3 = sqlite3_column_int(stmt, 0) != 0;
		at->hash_algorithm = ks_zone_u8(stmt, 1);
		at->iterations = ks_zone_u16(stmt, 2);
		at->salt = ks_zone_span(reader, stmt, 3);
		at->count = ks_zone_count(stmt, 4);
		at->opt_out = ks_zone_count(stmt, 5);
		at->first_ns = ks_zone_time(stmt, 6);
		at->last_ns = ks_zone_time(stmt, 7);
	}
}

static bool
is_cut(const struct ks_zone_reader *reader)
{
	return reader->contents.n >= CONTENTS_MAX || reader->seen.n >= SEEN_MAX ||
	       reader->keys.n >= DKEYS_MAX || reader->signatures.n >= SIGNATURES_MAX ||
	       reader->nsec.n >= NSECS_MAX;
}

static struct ks_zone_facts
facts_of(const struct ks_zone_reader *reader)
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
read_zone(struct ks_zone_reader *reader, ks_store_zone_fn *each, void *arg, struct ks_diag *diag)
{
	static void (*const parts[])(struct ks_zone_reader *) = {
		ks_zone_read_contents, ks_zone_read_seen, read_dkeys, read_signatures, read_nsecs,
	};
	ks_zone_forget(reader);
	for (size_t i = 0; i < KS_COUNT(parts); i++) {
		parts[i](reader);
		if (reader->no_memory)
			return ks_sql_fail(reader->store, SQLITE_NOMEM, diag);
		if (reader->rc != SQLITE_DONE && reader->rc != SQLITE_ROW)
			return ks_sql_fail(reader->store, reader->rc, diag);
	}
	if (reader->seen.n == 0 && reader->signatures.n == 0)
		return KS_SUCCESS;
	const bool cut = is_cut(reader);
	ks_zone_join_seen(reader);
	struct ks_zone_facts facts = facts_of(reader);
	facts.cut = cut;
	return each(arg, reader->zone_id, &facts, diag);
}

static enum ks_error
read_zones(struct ks_zone_reader *reader, ks_store_zone_fn *each, void *arg, struct ks_diag *diag)
{
	sqlite3_stmt *const stmt = reader->stmts[KS_ZONE_ZONES];
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
	struct ks_zone_reader reader = {.store = store};
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < KS_ZONE_STATEMENTS && error == KS_SUCCESS; i++)
		error = ks_sql_prepare(store, sqls[i], &reader.stmts[i], diag);
	if (error == KS_SUCCESS)
		error = read_zones(&reader, each, arg, diag);
	for (size_t i = 0; i < KS_ZONE_STATEMENTS; i++)
		sqlite3_finalize(reader.stmts[i]);
	ks_zone_forget(&reader);
	struct ks_zone_list *const lists[] = {&reader.contents, &reader.hashes, &reader.nodes,
					      &reader.seen,     &reader.keys,   &reader.signatures,
					      &reader.nsec};
	for (size_t i = 0; i < KS_COUNT(lists); i++)
		free(lists[i]->at);
	return error;
}
