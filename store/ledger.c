/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/ledger.c -- the sink's part for the ledger of DNSSEC records. */
#include <stdlib.h>

#include "dissect/rrtype.h"
#include "store/store_p.h"

/* A row that begins with its run and a name of the ledger. */
static struct ks_sql_row
row_of(struct ks_store *store, enum ks_put which, uint32_t name)
{
	assert(store->run_id != 0 && name < store->n_ledger_names);
	struct ks_sql_row row = ks_sql_row_begin(store, which);
	ks_sql_put_int(&row, store->run_id);
	ks_sql_put_int(&row, store->ledger_names[name]);
	return row;
}

static enum ks_error
remember(struct ks_store *store, int64_t zone_id, struct ks_diag *diag)
{
	if (store->n_ledger_names == store->cap_ledger_names) {
		const size_t cap = store->cap_ledger_names != 0 ? 2 * store->cap_ledger_names : 64;
		int64_t *const ids = reallocarray(store->ledger_names, cap, sizeof(*ids));
		if (ids == NULL)
			return ks_sql_fail(store, SQLITE_NOMEM, diag);
		store->ledger_names = ids;
		store->cap_ledger_names = cap;
	}
	store->ledger_names[store->n_ledger_names++] = zone_id;
	return KS_SUCCESS;
}

enum ks_error
ks_store_put_ledger_name(struct ks_sink *sink, const struct ks_fact_ledger_name *fact, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	int64_t zone_id;
	enum ks_error error = ks_store_put_name(store, fact->name, &zone_id, diag);
	if (error != KS_SUCCESS)
		return error;
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_LEDGER_NAME);
	ks_sql_put_int(&row, store->run_id);
	ks_sql_put_int(&row, zone_id);
	error = ks_sql_row_done(&row, diag);
	return error == KS_SUCCESS ? remember(store, zone_id, diag) : error;
}

/* --- contents --- */

static struct ks_sql_row
record_row(struct ks_store *store, enum ks_put which, size_t position)
{
	struct ks_sql_row row = ks_sql_row_begin(store, which);
	ks_sql_put_int(&row, store->run_id);
	ks_sql_put_int(&row, store->n_rrsets);
	ks_sql_put_int(&row, (int64_t)position);
	return row;
}

static enum ks_error
put_rrset_keys(struct ks_store *store, const struct ks_fact_rrset *fact, struct ks_diag *diag)
{
	for (size_t i = 0; i < fact->n_keys; i++) {
		const struct ks_rrset_key *const key = &fact->keys[i];
		struct ks_sql_row row = record_row(store, KS_PUT_RRSET_KEY, i);
		ks_sql_put_int(&row, key->algorithm);
		ks_sql_put_blob(&row, key->identity, sizeof(key->identity));
		ks_sql_put_int(&row, key->flags);
		ks_sql_put_int(&row, key->tag);
		const enum ks_error error = ks_sql_row_done(&row, diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

static enum ks_error
put_rrset_ds(struct ks_store *store, const struct ks_fact_rrset *fact, struct ks_diag *diag)
{
	for (size_t i = 0; i < fact->n_ds; i++) {
		const struct ks_rrset_ds *const ds = &fact->ds[i];
		struct ks_sql_row row = record_row(store, KS_PUT_RRSET_DS, i);
		ks_sql_put_int(&row, ds->tag);
		ks_sql_put_int(&row, ds->algorithm);
		ks_sql_put_int(&row, ds->digest_type);
		ks_sql_put_span(&row, ds->digest);
		const enum ks_error error = ks_sql_row_done(&row, diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}

enum ks_error
ks_store_put_rrset(struct ks_sink *sink, const struct ks_fact_rrset *fact, struct ks_diag *diag)
{
	static const char *const denials[KS_DENIAL_COUNT] = {
		[KS_DENIAL_NONE] = NULL,
		[KS_DENIAL_NSEC] = "nsec",
		[KS_DENIAL_NSEC3] = "nsec3",
		[KS_DENIAL_OPT_OUT] = "opt-out",
	};
	struct ks_store *const store = ks_store_of(sink);
	struct ks_sql_row row = row_of(store, KS_PUT_RRSET, fact->name);
	ks_sql_put_int(&row, store->n_rrsets);
	ks_sql_put_int(&row, fact->type);
	ks_sql_put_text(&row, denials[fact->denial]);
	ks_sql_put_blob(&row, fact->hash, sizeof(fact->hash));
	ks_sql_put_int(&row, fact->n_records);
	ks_sql_put_span(&row, fact->wire);
	ks_sql_put_known(&row, fact->type == KS_TYPE_SOA, fact->soa_serial);
	ks_sql_put_known(&row, fact->type == KS_TYPE_SOA, fact->soa_refresh_s);
	ks_sql_put_count(&row, fact->count);
	ks_sql_put_int(&row, fact->first_ns);
	ks_sql_put_int(&row, fact->last_ns);
	enum ks_error error = ks_sql_row_done(&row, diag);
	if (error == KS_SUCCESS)
		error = put_rrset_keys(store, fact, diag);
	if (error == KS_SUCCESS)
		error = put_rrset_ds(store, fact, diag);
	store->n_rrsets++;
	return error;
}

enum ks_error
ks_store_put_rrset_seen(struct ks_sink *sink, const struct ks_fact_rrset_seen *fact, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	char address[KS_ADDR_TEXT];
	assert(fact->rrset < store->n_rrsets);
	struct ks_sql_row row = row_of(store, KS_PUT_RRSET_SEEN, fact->name);
	ks_sql_put_int(&row, fact->type);
	ks_sql_put_addr(&row, &fact->server);
	ks_sql_put_span(&row, fact->nsid);
	ks_sql_put_int(&row, fact->authoritative);
	ks_sql_put_int(&row, fact->number);
	ks_sql_put_text(&row, ks_addr_print(&fact->server, address));
	ks_sql_put_int(&row, fact->rrset);
	ks_sql_put_text(&row, fact->signers_known ? fact->signer_tags : NULL);
	ks_sql_put_text(&row, fact->signers_known ? fact->signer_algorithms : NULL);
	ks_sql_put_int(&row, fact->ttl_least_s);
	ks_sql_put_int(&row, fact->ttl_greatest_s);
	ks_sql_put_count(&row, fact->count);
	ks_sql_put_count(&row, fact->referrals);
	ks_sql_put_int(&row, fact->forgotten);
	ks_sql_put_int(&row, fact->first_ns);
	ks_sql_put_int(&row, fact->last_ns);
	return ks_sql_row_done(&row, diag);
}

/* --- keys and signatures --- */

enum ks_error
ks_store_put_key(struct ks_sink *sink, const struct ks_fact_key *fact, struct ks_diag *diag)
{
	struct ks_sql_row row = row_of(ks_store_of(sink), KS_PUT_DKEY, fact->name);
	ks_sql_put_int(&row, fact->algorithm);
	ks_sql_put_blob(&row, fact->identity, sizeof(fact->identity));
	ks_sql_put_int(&row, fact->flags);
	ks_sql_put_int(&row, fact->tag);
	ks_sql_put_int(&row, fact->tag_revoked);
	ks_sql_put_int(&row, fact->protocol);
	ks_sql_put_known(&row, fact->bits != 0, fact->bits);
	ks_sql_put_known(&row, fact->exponent != 0, fact->exponent);
	ks_sql_put_int(&row, fact->unusable);
	ks_sql_put_span(&row, fact->public_key);
	ks_sql_put_blob(&row, fact->sha1, sizeof(fact->sha1));
	ks_sql_put_blob(&row, fact->sha256, sizeof(fact->sha256));
	ks_sql_put_blob(&row, fact->sha384, sizeof(fact->sha384));
	ks_sql_put_count(&row, fact->count);
	ks_sql_put_int(&row, fact->first_ns);
	ks_sql_put_int(&row, fact->last_ns);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_put_signature(struct ks_sink *sink, const struct ks_fact_signature *fact, struct ks_diag *diag)
{
	struct ks_sql_row row = row_of(ks_store_of(sink), KS_PUT_SIGNATURE, fact->name);
	ks_sql_put_int(&row, fact->type);
	ks_sql_put_int(&row, fact->tag);
	ks_sql_put_int(&row, fact->algorithm);
	ks_sql_put_int(&row, fact->inception_s);
	ks_sql_put_int(&row, fact->expiration_s);
	ks_sql_put_int(&row, fact->folded);
	ks_sql_put_int(&row, fact->least_validity_s);
	ks_sql_put_int(&row, fact->original_ttl_s);
	ks_sql_put_count(&row, fact->count);
	ks_sql_put_count(&row, fact->expired);
	ks_sql_put_count(&row, fact->future);
	ks_sql_put_known(&row, fact->expired != 0, fact->first_expired_ns);
	ks_sql_put_known(&row, fact->expired != 0, fact->last_expired_ns);
	ks_sql_put_count(&row, fact->good);
	ks_sql_put_count(&row, fact->bogus);
	ks_sql_put_count(&row, fact->unsupported);
	ks_sql_put_count(&row, fact->unknown);
	ks_sql_put_text(&row, fact->bogus_why);
	ks_sql_put_int(&row, fact->first_ns);
	ks_sql_put_int(&row, fact->last_ns);
	return ks_sql_row_done(&row, diag);
}

/* --- denial and exhaustion --- */

enum ks_error
ks_store_put_nsec(struct ks_sink *sink, const struct ks_fact_nsec *fact, struct ks_diag *diag)
{
	struct ks_sql_row row = row_of(ks_store_of(sink), KS_PUT_NSEC, fact->name);
	ks_sql_put_text(&row, fact->nsec3 ? "NSEC3" : "NSEC");
	ks_sql_put_int(&row, fact->hash_algorithm);
	ks_sql_put_int(&row, fact->iterations);
	ks_sql_put_span(&row, fact->salt);
	ks_sql_put_count(&row, fact->count);
	ks_sql_put_count(&row, fact->opt_out);
	ks_sql_put_int(&row, fact->first_ns);
	ks_sql_put_int(&row, fact->last_ns);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_put_exhaustion(struct ks_sink *sink, const struct ks_fact_exhaustion *fact, struct ks_diag *diag)
{
	static const char *const kinds[KS_EXHAUST_COUNT] = {
		[KS_EXHAUST_TAG_COLLISION] = "key-tag-collision", [KS_EXHAUST_KEYS] = "keys",
		[KS_EXHAUST_SIGNATURES] = "signatures",           [KS_EXHAUST_DS] = "ds",
		[KS_EXHAUST_ITERATIONS] = "nsec3-iterations",     [KS_EXHAUST_WINDOW_EMPTY] = "empty-window",
		[KS_EXHAUST_WINDOW_LONG] = "long-window",         [KS_EXHAUST_WINDOW_ORDER] = "window-order",
		[KS_EXHAUST_VERIFICATIONS] = "verifications",
	};
	char address[KS_ADDR_TEXT];
	struct ks_sql_row row = row_of(ks_store_of(sink), KS_PUT_EXHAUSTION, fact->name);
	ks_sql_put_text(&row, kinds[fact->kind]);
	ks_sql_put_addr(&row, &fact->server);
	ks_sql_put_text(&row, ks_addr_print(&fact->server, address));
	ks_sql_put_count(&row, fact->greatest);
	ks_sql_put_count(&row, fact->limit);
	ks_sql_put_count(&row, fact->responses);
	ks_sql_put_int(&row, fact->first_ns);
	ks_sql_put_int(&row, fact->last_ns);
	return ks_sql_row_done(&row, diag);
}
