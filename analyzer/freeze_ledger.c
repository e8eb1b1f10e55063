/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/freeze_ledger.c -- the ledger becomes facts, in the order of the store's keys: names first. */
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/freeze_ledger_p.h"
#include "dissect/dnssec.h"
#include "dissect/signal.h"

static void
identify(struct ks_span public_key, uint8_t ret[16])
{
	uint8_t digest[32];
	ks_dnssec_sha256(public_key, digest);
	memcpy(ret, digest, 16);
}

static enum ks_error
put_names(const struct ks_ledger *ledger, const struct ks_ledger_places *places, struct ks_sink *sink,
	  struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (uint32_t i = 0; i < places->names.n && error == KS_SUCCESS; i++) {
		const struct ks_fact_ledger_name fact = {
			.name = ks_names_at(&ledger->names, places->names.ranks[i].number)};
		error = sink->ops->ledger_name(sink, &fact, diag);
	}
	return error;
}

/* --- contents --- */

/* The next RDATA of a content's wire form. */
static struct ks_span
take_rdata(struct ks_cur *wire)
{
	const size_t n = ks_cur_u16(wire);
	return (struct ks_span){ks_cur_take(wire, n), n};
}

static struct ks_rrset_key
read_key(struct ks_span rdata)
{
	struct ks_dnskey dnskey;
	struct ks_rrset_key key = {0};
	if (!ks_dnskey_read(rdata, &dnskey))
		return key;
	key.flags = dnskey.flags;
	key.tag = ks_key_tag(rdata);
	key.algorithm = dnskey.algorithm;
	identify(dnskey.public_key, key.identity);
	return key;
}

static struct ks_rrset_ds
read_ds(struct ks_span rdata)
{
	struct ks_ds ds;
	if (!ks_ds_read(rdata, &ds))
		return (struct ks_rrset_ds){0};
	return (struct ks_rrset_ds){ds.tag, ds.algorithm, ds.digest_type, ds.digest};
}

static void
fill_soa(struct ks_fact_rrset *fact)
{
	struct ks_cur cur = ks_cur_init(fact->wire.at, fact->wire.n);
	ks_cur_skip(&cur, 2);
	fact->soa_serial = ks_cur_u32(&cur);
	fact->soa_refresh_s = ks_cur_u32(&cur);
}

static enum ks_error
put_content(const struct ks_ledger *ledger, const struct ks_ledger_places *places,
	    const struct ks_ledger_content *content, struct ks_sink *sink, struct ks_diag *diag)
{
	struct ks_rrset_key keys[KS_RRSET_RECORDS];
	struct ks_rrset_ds ds[KS_RRSET_RECORDS];
	uint8_t digest[32];
	struct ks_fact_rrset fact = {
		.name = places->name[content->name],
		.type = content->type,
		.denial = (enum ks_denial)content->denial,
		.wire = ks_ledger_octets(ledger, content->wire_at, content->n_wire),
		.keys = keys,
		.ds = ds,
		.count = content->count,
		.first_ns = content->first_ns,
		.last_ns = content->last_ns,
	};
	ks_dnssec_sha256(fact.wire, digest);
	memcpy(fact.hash, digest, sizeof(fact.hash));
	struct ks_cur wire = ks_cur_init(fact.wire.at, content->denial != 0 ? 0 : fact.wire.n);
	for (; ks_cur_left(&wire) > 0; fact.n_records++) {
		const struct ks_span rdata = take_rdata(&wire);
		if (fact.type == KS_TYPE_DNSKEY || fact.type == KS_TYPE_CDNSKEY)
			keys[fact.n_keys++] = read_key(rdata);
		else if (fact.type == KS_TYPE_DS || fact.type == KS_TYPE_CDS)
			ds[fact.n_ds++] = read_ds(rdata);
	}
	if (fact.type == KS_TYPE_SOA)
		fill_soa(&fact);
	return sink->ops->rrset(sink, &fact, diag);
}

/* --- periods --- */

enum { SIGNERS_TEXT = KS_LEDGER_SIGNERS * 6 + 1 };

/* Ascending numbers, none twice, a blank between two. */
static void
print_numbers(const uint32_t *numbers, size_t n, char ret[SIGNERS_TEXT])
{
	size_t at = 0;
	ret[0] = '\0';
	for (size_t i = 0; i < n; i++)
		if (i == 0 || numbers[i] != numbers[i - 1])
			at += (size_t)snprintf(ret + at, SIGNERS_TEXT - at, "%s%u", at > 0 ? " " : "",
					       numbers[i]);
}

static void
print_signers(const struct ks_ledger_signers *signers, char ret_tags[SIGNERS_TEXT],
	      char ret_algorithms[SIGNERS_TEXT])
{
	uint32_t tags[KS_LEDGER_SIGNERS], algorithms[KS_LEDGER_SIGNERS];
	for (size_t i = 0; i < signers->n; i++) {
		const uint32_t algorithm = signers->signer[i] & 0xff;
		size_t at = i;
		tags[i] = signers->signer[i] >> 8;
		for (; at > 0 && algorithms[at - 1] > algorithm; at--)
			algorithms[at] = algorithms[at - 1];
		algorithms[at] = algorithm;
	}
	print_numbers(tags, signers->n, ret_tags);
	print_numbers(algorithms, signers->n, ret_algorithms);
}

static enum ks_error
put_run(const struct ks_shard *shard, const struct ks_ledger_places *places,
	const struct ks_ledger_series *series, const struct ks_ledger_run *run, struct ks_sink *sink,
	struct ks_diag *diag)
{
	const struct ks_ledger *const ledger = &shard->ledger;
	const struct ks_ledger_nsid *const nsid =
		ks_map_at(&ledger->nsids, (uint32_t)(series->key.w[1] >> 32));
	char tags[SIGNERS_TEXT] = "", algorithms[SIGNERS_TEXT] = "";
	if (run->signers != KS_MAP_NONE)
		print_signers(ks_map_at(&ledger->signers, run->signers), tags, algorithms);
	const struct ks_fact_rrset_seen fact = {
		.name = places->name[series->key.w[0] >> 32],
		.type = (uint16_t)(series->key.w[1] >> 16),
		.server = ks_ledger_server(shard, (uint32_t)series->key.w[0]),
		.nsid = {nsid->b, nsid->n},
		.authoritative = (series->key.w[1] & 1) != 0,
		.number = run->number,
		.forgotten = run->forgotten,
		.rrset = places->content[run->content],
		.signers_known = run->signers != KS_MAP_NONE,
		.signer_tags = tags,
		.signer_algorithms = algorithms,
		.ttl_least_s = run->ttl_least_s,
		.ttl_greatest_s = run->ttl_greatest_s,
		.count = run->count,
		.referrals = run->referrals,
		.first_ns = run->first_ns,
		.last_ns = run->last_ns,
	};
	return sink->ops->rrset_seen(sink, &fact, diag);
}

static enum ks_error
put_series(const struct ks_shard *shard, const struct ks_ledger_places *places,
	   const struct ks_ledger_series *series, struct ks_sink *sink, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	uint32_t number = series->n > 0 ? series->first : KS_MAP_NONE;
	while (number != KS_MAP_NONE && error == KS_SUCCESS) {
		const struct ks_ledger_run *const run =
			(const struct ks_ledger_run *)shard->ledger.runs.base + number;
		error = put_run(shard, places, series, run, sink, diag);
		number = run->next;
	}
	return error;
}

/* --- keys --- */

/* A key was seen whenever a content with it was. */
static void
add_up_keys(struct ks_ledger *ledger)
{
	for (uint32_t i = 0; i < ledger->contents.n; i++) {
		const struct ks_ledger_content *const content = ks_map_at(&ledger->contents, i);
		if (content->type != KS_TYPE_DNSKEY)
			continue;
		const struct ks_span wire = ks_ledger_octets(ledger, content->wire_at, content->n_wire);
		struct ks_cur cur = ks_cur_init(wire.at, wire.n);
		while (ks_cur_left(&cur) > 0) {
			struct ks_ledger_key *const key =
				ks_ledger_find_key(ledger, content->name, take_rdata(&cur));
			if (key == NULL)
				continue;
			ks_ledger_stretch(&key->first_ns, &key->last_ns, key->count == 0, content->first_ns);
			ks_ledger_stretch(&key->first_ns, &key->last_ns, false, content->last_ns);
			key->count += content->count;
		}
	}
}

/* RFC 4034 s5.1.4: over owner and RDATA. */
static void
fill_digests(struct ks_fact_key *fact, struct ks_span owner, uint8_t *rdata, size_t n,
	     uint8_t room[KS_NAME_MAX + KS_RRCANON_MAX])
{
	memcpy(room, owner.at, owner.n);
	memcpy(room + owner.n, rdata, n);
	const struct ks_span data = {room, owner.n + n};
	ks_dnssec_sha1(data, fact->sha1);
	ks_dnssec_sha256(data, fact->sha256);
	ks_dnssec_sha384(data, fact->sha384);
}

static enum ks_error
put_key(const struct ks_ledger *ledger, const struct ks_ledger_places *places,
	const struct ks_ledger_key *entry, struct ks_sink *sink, struct ks_diag *diag)
{
	uint8_t rdata[KS_RRCANON_MAX], room[KS_NAME_MAX + KS_RRCANON_MAX];
	const struct ks_span kept = ks_ledger_octets(ledger, entry->rdata_at, entry->n_rdata);
	struct ks_dnskey dnskey = {0};
	if (!ks_dnskey_read(kept, &dnskey)) /* what was kept was read before */
		return KS_SUCCESS;
	const struct ks_key_shape shape = ks_key_shape(dnskey.algorithm, dnskey.public_key);
	struct ks_fact_key fact = {
		.name = places->name[entry->name],
		.algorithm = dnskey.algorithm,
		.flags = dnskey.flags,
		.tag = ks_key_tag(kept),
		.protocol = dnskey.protocol,
		.bits = shape.bits,
		.exponent = shape.exponent,
		.unusable = shape.unusable,
		.public_key = dnskey.public_key,
		.count = entry->count,
		.first_ns = entry->first_ns,
		.last_ns = entry->last_ns,
	};
	identify(dnskey.public_key, fact.identity);
	memcpy(rdata, kept.at, kept.n);
	fill_digests(&fact, ks_names_at(&ledger->names, entry->name), rdata, kept.n, room);
	rdata[1] |= KS_KEY_REVOKE;
	fact.tag_revoked = ks_key_tag((struct ks_span){rdata, kept.n});
	return sink->ops->key(sink, &fact, diag);
}

/* --- signatures and the rest --- */

static enum ks_error
put_signature(const struct ks_ledger_places *places, const struct ks_ledger_signature *entry,
	      struct ks_sink *sink, struct ks_diag *diag)
{
	if (entry->count == 0)
		return KS_SUCCESS; /* a folded one that nothing was folded into */
	const struct ks_fact_signature fact = {
		.name = places->name[entry->key.w[0] >> 40],
		.type = (uint16_t)(entry->key.w[0] >> 16),
		.tag = (uint16_t)entry->key.w[0],
		.algorithm = (uint8_t)(entry->key.w[0] >> 32),
		.folded = entry->key.w[1] == UINT64_MAX,
		.inception_s = entry->inception_s,
		.expiration_s = entry->expiration_s,
		.least_validity_s = entry->least_validity_s,
		.original_ttl_s = entry->original_ttl_s,
		.count = entry->count,
		.expired = entry->expired,
		.future = entry->future,
		.first_expired_ns = entry->first_expired_ns,
		.last_expired_ns = entry->last_expired_ns,
		.good = entry->good,
		.bogus = entry->bogus,
		.unsupported = entry->unsupported,
		.unknown = entry->unknown + (uint64_t)entry->refused,
		.bogus_why = ks_ledger_why(entry->why),
		.first_ns = entry->first_ns,
		.last_ns = entry->last_ns,
	};
	return sink->ops->signature(sink, &fact, diag);
}

static enum ks_error
put_nsec(const struct ks_ledger *ledger, const struct ks_ledger_places *places,
	 const struct ks_ledger_nsec *entry, struct ks_sink *sink, struct ks_diag *diag)
{
	const struct ks_fact_nsec fact = {
		.name = places->name[entry->name],
		.nsec3 = entry->nsec3,
		.hash_algorithm = entry->hash_algorithm,
		.iterations = entry->iterations,
		.salt = ks_ledger_octets(ledger, entry->salt_at, entry->n_salt),
		.count = entry->count,
		.opt_out = entry->opt_out,
		.first_ns = entry->first_ns,
		.last_ns = entry->last_ns,
	};
	return sink->ops->nsec(sink, &fact, diag);
}

static enum ks_error
put_exhaustion(const struct ks_shard *shard, const struct ks_ledger_places *places,
	       const struct ks_ledger_exhaustion *entry, struct ks_sink *sink, struct ks_diag *diag)
{
	static const uint64_t limits[KS_EXHAUST_COUNT] = {
		[KS_EXHAUST_TAG_COLLISION] = KS_LIMIT_TAG_COLLISION,
		[KS_EXHAUST_KEYS] = KS_LIMIT_KEYS,
		[KS_EXHAUST_SIGNATURES] = KS_LIMIT_SIGNATURES,
		[KS_EXHAUST_DS] = KS_LIMIT_DS,
		[KS_EXHAUST_ITERATIONS] = KS_LIMIT_ITERATIONS,
		[KS_EXHAUST_VERIFICATIONS] = KS_LEDGER_VERIFY_RRSET,
	};
	const struct ks_fact_exhaustion fact = {
		.name = places->name[entry->key.w[0] >> 32],
		.kind = (enum ks_exhaustion)entry->key.w[1],
		.server = ks_ledger_server(shard, (uint32_t)entry->key.w[0]),
		.greatest = entry->greatest,
		.limit = limits[entry->key.w[1]],
		.responses = entry->responses,
		.first_ns = entry->first_ns,
		.last_ns = entry->last_ns,
	};
	return sink->ops->exhaustion(sink, &fact, diag);
}

static enum ks_error
put_contents(const struct ks_ledger *ledger, const struct ks_ledger_places *places, struct ks_sink *sink,
	     struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (uint32_t i = 0; i < places->contents.n && error == KS_SUCCESS; i++) {
		const uint32_t number = places->contents.ranks[i].number;
		places->content[number] = i;
		error = put_content(ledger, places, ks_map_at(&ledger->contents, number), sink, diag);
	}
	return error;
}

static enum ks_error
put_records(struct ks_shard *shard, const struct ks_ledger_places *places, struct ks_sink *sink,
	    struct ks_diag *diag)
{
	const struct ks_ledger *const ledger = &shard->ledger;
	const struct ks_rank *const series = places->series.ranks, *const keys = places->keys.ranks;
	enum ks_error error = put_names(ledger, places, sink, diag);
	if (error == KS_SUCCESS)
		error = put_contents(ledger, places, sink, diag);
	for (uint32_t i = 0; i < places->series.n && error == KS_SUCCESS; i++)
		error = put_series(shard, places, ks_map_at(&ledger->series, series[i].number), sink, diag);
	for (uint32_t i = 0; i < places->keys.n && error == KS_SUCCESS; i++)
		error = put_key(ledger, places, ks_map_at(&ledger->keys, keys[i].number), sink, diag);
	return error;
}

/* There are few of the others: they come in the order of arrival, which the capture fixes. */
static enum ks_error
put_all(struct ks_shard *shard, const struct ks_ledger_places *places, struct ks_sink *sink,
	struct ks_diag *diag)
{
	struct ks_ledger *const ledger = &shard->ledger;
	add_up_keys(ledger);
	enum ks_error error = put_records(shard, places, sink, diag);
	for (uint32_t i = 0; i < ledger->signatures.n && error == KS_SUCCESS; i++)
		error = put_signature(places, ks_map_at(&ledger->signatures, i), sink, diag);
	for (uint32_t i = 0; i < ledger->nsecs.n && error == KS_SUCCESS; i++)
		error = put_nsec(ledger, places, ks_map_at(&ledger->nsecs, i), sink, diag);
	for (uint32_t i = 0; i < ledger->exhaustions.n && error == KS_SUCCESS; i++)
		error = put_exhaustion(shard, places, ks_map_at(&ledger->exhaustions, i), sink, diag);
	return error;
}

static bool
is_zone(const void *arg, uint32_t number)
{
	const struct ks_shard *const shard = arg;
	return ks_shard_is_zone(shard, number);
}

enum ks_error
ks_shard_choose(struct ks_shard *shard, struct ks_diag *diag)
{
	return ks_ledger_choose(&shard->ledger, &shard->zones, is_zone, shard, diag);
}

enum ks_error
ks_shard_freeze_ledger(struct ks_shard *shard, struct ks_sink *sink, struct ks_diag *diag)
{
	const struct ks_ledger *const ledger = &shard->ledger;
	struct ks_ledger_places places = {0};
	const bool chosen = ledger->chosen != NULL && ledger->n_chosen == ledger->names.table.n;
	enum ks_error error = chosen ? KS_SUCCESS : ks_shard_choose(shard, diag);
	if (error == KS_SUCCESS)
		error = ks_ledger_places_init(&places, shard, diag);
	if (error == KS_SUCCESS)
		error = put_all(shard, &places, sink, diag);
	ks_ledger_places_done(&places);
	/* A choice serves one freeze: what comes later has a say in the next. */
	free(shard->ledger.chosen);
	shard->ledger.chosen = NULL;
	return error;
}
