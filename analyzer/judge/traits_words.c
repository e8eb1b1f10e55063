/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/traits_words.c -- what a change is about. */
#include <stdio.h>
#include <string.h>

#include "analyzer/judge/traits_p.h"

/* The signer that came; one whose key is revoked only when there is no other. */
static int32_t
new_signer(const struct ks_zone_facts *facts, const struct ks_zone_seen *from, const struct ks_zone_seen *to)
{
	uint16_t then[KS_ZONE_SIGNERS_MAX], now[KS_ZONE_SIGNERS_MAX];
	const size_t n_then = ks_zone_numbers(from->signer_tags, then);
	const size_t n_now = ks_zone_numbers(to->signer_tags, now);
	const struct ks_zone_content *const content = &facts->contents[to->content];
	int32_t found = KS_TAG_NONE;
	for (size_t i = 0; i < n_now; i++) {
		bool old = false, revoked = false;
		for (size_t k = 0; k < n_then; k++)
			old |= then[k] == now[i];
		for (size_t k = 0; k < content->n_keys; k++)
			revoked |= content->keys[k].tag == now[i] &&
				   (content->keys[k].flags & KS_TRAIT_FLAG_REVOKE) != 0;
		if (!old && (found == KS_TAG_NONE || !revoked))
			found = now[i];
	}
	return found;
}

static const char *
or_nobody(const char *tags)
{
	return tags == NULL ? "?" : tags[0] == '\0' ? "nobody" : tags;
}

/* NSEC3PARAM: the first record, "iterations 0, salt none". */
static void
describe_param(struct ks_span wire, char *ret, size_t cap)
{
	/* Length in two octets, hash algorithm, flags, iterations, salt length (RFC 5155 s4.2). */
	if (wire.n < 7)
		return;
	(void)snprintf(ret, cap, "NSEC3 with %u iterations, salt of %u octets",
		       (unsigned)(wire.at[4] << 8 | wire.at[5]), wire.at[6]);
}

void
ks_traits_describe(const struct ks_zone_facts *facts, const struct ks_change *change, struct ks_event *event)
{
	const struct ks_trait *const trait = &change->trait;
	char *const detail = event->detail;
	const size_t cap = sizeof(event->detail);
	event->tag = trait->tag;
	switch (change->kind) {
	case KS_TRAIT_KEY:
	case KS_TRAIT_REVOKED:
		event->algorithm = trait->algorithm;
		event->has_key = true;
		memcpy(event->identity, trait->identity, sizeof(event->identity));
		break;
	case KS_TRAIT_ALGORITHM:
	case KS_TRAIT_SIGNATURES:
		event->algorithm = trait->algorithm;
		(void)snprintf(detail, cap, "%s", change->kind == KS_TRAIT_ALGORITHM ? "keys" : "signatures");
		break;
	case KS_TRAIT_SIGNERS:
		event->tag = new_signer(facts, change->from, trait->seen);
		(void)snprintf(detail, cap, "%.56s -> %.56s", or_nobody(change->from->signer_tags),
			       or_nobody(trait->seen->signer_tags));
		break;
	case KS_TRAIT_ACTIVE:
		(void)snprintf(detail, cap, "%.56s -> %.56s", or_nobody(change->from->signer_tags),
			       or_nobody(trait->seen->signer_tags));
		break;
	case KS_TRAIT_DS:
		event->algorithm = trait->algorithm;
		(void)snprintf(detail, cap, "digest type %u", trait->number);
		break;
	case KS_TRAIT_TTL:
		(void)snprintf(detail, cap, "%u s -> %u s", change->from->ttl_s, trait->number);
		break;
	default:
		describe_param(facts->contents[trait->seen->content].wire, detail, cap);
		break;
	}
}
