/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/traits_take.c -- a period's traits. */
#include <string.h>

#include "analyzer/judge/traits_p.h"
#include "dissect/rrtype.h"

bool
ks_trait_is_same(const struct ks_trait *a, const struct ks_trait *b)
{
	return a->number == b->number && a->algorithm == b->algorithm &&
	       memcmp(a->identity, b->identity, sizeof(a->identity)) == 0;
}

bool
ks_trait_has(const struct ks_trait *traits, size_t n, const struct ks_trait *trait)
{
	for (size_t i = 0; i < n; i++)
		if (ks_trait_is_same(&traits[i], trait))
			return true;
	return false;
}

static void
add(struct ks_harvest *harvest, struct ks_trait trait)
{
	if (harvest->n < KS_TRAITS_MAX && !ks_trait_has(harvest->at, harvest->n, &trait))
		harvest->at[harvest->n++] = trait;
}

static void
take_keys(struct ks_harvest *harvest, const struct ks_zone_seen *seen, const struct ks_zone_content *content,
	  enum ks_trait_kind kind)
{
	for (size_t i = 0; i < content->n_keys; i++) {
		const struct ks_rrset_key *const key = &content->keys[i];
		struct ks_trait trait = {.algorithm = key->algorithm, .tag = KS_TAG_NONE, .seen = seen};
		if (kind == KS_TRAIT_REVOKED && (key->flags & KS_TRAIT_FLAG_REVOKE) == 0)
			continue;
		if (kind != KS_TRAIT_ALGORITHM) {
			memcpy(trait.identity, key->identity, sizeof(trait.identity));
			trait.tag = key->tag;
		}
		add(harvest, trait);
	}
}

static void
take_ds(struct ks_harvest *harvest, const struct ks_zone_seen *seen, const struct ks_zone_content *content)
{
	for (size_t i = 0; i < content->n_ds; i++) {
		const struct ks_rrset_ds *const ds = &content->ds[i];
		struct ks_trait trait = {
			.number = ds->digest_type, .algorithm = ds->algorithm, .tag = ds->tag, .seen = seen};
		const size_t n =
			ds->digest.n < sizeof(trait.identity) ? ds->digest.n : sizeof(trait.identity);
		if (n > 0)
			memcpy(trait.identity, ds->digest.at, n);
		add(harvest, trait);
	}
}

static void
take_numbers(struct ks_harvest *harvest, const struct ks_zone_seen *seen, const char *text, bool algorithms)
{
	uint16_t numbers[KS_ZONE_SIGNERS_MAX];
	const size_t n = ks_zone_numbers(text, numbers);
	for (size_t i = 0; i < n; i++) {
		struct ks_trait trait = {.tag = KS_TAG_NONE, .seen = seen};
		if (algorithms)
			trait.algorithm = (uint8_t)numbers[i];
		else
			trait.number = (uint32_t)(trait.tag = numbers[i]);
		add(harvest, trait);
	}
}

/* A set of signers is one trait, known by what it is written as (FNV-1a, twice). */
static void
take_set(struct ks_harvest *harvest, const struct ks_zone_seen *seen)
{
	struct ks_trait trait = {.tag = KS_TAG_NONE, .seen = seen};
	uint64_t hash[2] = {UINT64_C(0xcbf29ce484222325), UINT64_C(0x84222325cbf29ce4)};
	for (const char *c = seen->signer_tags; *c != '\0'; c++)
		for (size_t i = 0; i < KS_COUNT(hash); i++)
			hash[i] = (hash[i] ^ (uint8_t)*c) * UINT64_C(0x100000001b3);
	memcpy(trait.identity, hash, sizeof(trait.identity));
	add(harvest, trait);
}

bool
ks_traits_take(const struct ks_zone_facts *facts, const struct ks_zone_seen *seen, enum ks_trait_kind kind,
	       struct ks_harvest *harvest)
{
	const struct ks_zone_content *const content = &facts->contents[seen->content];
	struct ks_trait trait = {.tag = KS_TAG_NONE, .seen = seen};
	harvest->n = 0;
	switch (kind) {
	case KS_TRAIT_SIGNATURES:
		take_numbers(harvest, seen, seen->signer_algorithms, /* algorithms= */ true);
		return seen->signer_algorithms != NULL;
	case KS_TRAIT_ACTIVE:
		take_numbers(harvest, seen, seen->signer_tags, /* algorithms= */ false);
		return seen->signer_tags != NULL;
	case KS_TRAIT_SIGNERS:
		if (seen->signer_tags != NULL)
			take_set(harvest, seen);
		return seen->signer_tags != NULL;
	case KS_TRAIT_DS:
		take_ds(harvest, seen, content);
		return true;
	case KS_TRAIT_TTL:
		trait.number = seen->ttl_s;
		add(harvest, trait);
		return true;
	case KS_TRAIT_PARAM:
		memcpy(trait.identity, content->hash, sizeof(trait.identity));
		add(harvest, trait);
		return true;
	default:
		take_keys(harvest, seen, content, kind);
		return true;
	}
}
