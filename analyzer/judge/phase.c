/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/phase.h"

#include <string.h>

#include "dissect/rrtype.h"

enum { FLAG_SEP = 0x0001, FLAG_REVOKE = 0x0080 };

static bool
lists(const char *tags, int32_t tag)
{
	uint16_t numbers[KS_ZONE_SIGNERS_MAX];
	const size_t n = ks_zone_numbers(tags, numbers);
	for (size_t i = 0; i < n; i++)
		if (numbers[i] == tag)
			return true;
	return false;
}

struct ks_key_role
ks_phase_role(const struct ks_zone_facts *facts, int32_t tag, int32_t algorithm)
{
	struct ks_key_role role = {0};
	for (size_t i = 0; i < facts->n_seen; i++) {
		const struct ks_zone_seen *const seen = &facts->seen[i];
		if (seen->type == KS_TYPE_DNSKEY)
			role.signs_keys |= lists(seen->signer_tags, tag);
		else if (seen->type == KS_TYPE_SOA || seen->type == KS_TYPE_NSEC3PARAM)
			role.signs_data |= lists(seen->signer_tags, tag);
	}
	for (size_t i = 0; i < facts->n_signatures; i++) {
		const struct ks_fact_signature *const at = &facts->signatures[i];
		/* CDS may be signed by either (RFC 7344 s4.1). */
		role.signs_data |= at->tag == tag && at->type != KS_TYPE_DNSKEY && at->type != KS_TYPE_CDS &&
				   at->type != KS_TYPE_CDNSKEY;
	}
	for (size_t i = 0; i < facts->n_keys; i++)
		role.sep |= facts->keys[i].tag == tag &&
			    (algorithm < 0 || facts->keys[i].algorithm == algorithm) &&
			    (facts->keys[i].flags & FLAG_SEP) != 0;
	return role;
}

const struct ks_event *
ks_phase_find(const struct ks_events *events, enum ks_event_kind kind, int32_t tag, int64_t t_ns)
{
	const struct ks_event *found = NULL;
	for (size_t i = 0; i < events->n; i++) {
		const struct ks_event *const at = &events->at[i];
		if (at->kind != kind || at->tag != tag || (found != NULL && at->t_ns > t_ns))
			continue;
		found = at;
	}
	return found;
}

/* SIGNER_CHANGED, ZSK_ACTIVE and DS know a tag only. */
static void
name_key(const struct ks_zone_facts *facts, struct ks_event *event)
{
	const struct ks_fact_key *found = NULL;
	for (size_t i = 0; i < facts->n_keys; i++) {
		const struct ks_fact_key *const at = &facts->keys[i];
		if (at->tag != event->tag || (event->algorithm >= 0 && at->algorithm != event->algorithm))
			continue;
		if (found != NULL && (found->algorithm != at->algorithm ||
				      memcmp(found->identity, at->identity, sizeof(at->identity)) != 0))
			return; /* two keys with this tag: nobody can say which */
		found = at;
	}
	if (found == NULL)
		return;
	event->algorithm = found->algorithm;
	event->has_key = true;
	memcpy(event->identity, found->identity, sizeof(event->identity));
}

static bool
is_revoked(const struct ks_zone_facts *facts, int32_t tag)
{
	bool revoked = false;
	for (size_t i = 0; i < facts->n_keys; i++)
		revoked |= facts->keys[i].tag == tag && (facts->keys[i].flags & FLAG_REVOKE) != 0;
	return revoked;
}

enum role { ZSK, KSK, CSK, ROLES };

static enum role
role_of(const struct ks_zone_facts *facts, const struct ks_event *event)
{
	const struct ks_key_role role = ks_phase_role(facts, event->tag, event->algorithm);
	if (role.signs_keys && role.signs_data)
		return CSK;
	if (role.signs_keys || role.signs_data)
		return role.signs_keys ? KSK : ZSK;
	return role.sep ? KSK : ZSK;
}

static const char *
phase_of(const struct ks_zone_facts *facts, const struct ks_event *event)
{
	static const char *const publish[ROLES] = {"zsk-publish", "ksk-publish", "csk-publish"};
	static const char *const removal[ROLES] = {"zsk-remove", "ksk-remove", "csk-remove"};
	const bool keys = strcmp(event->detail, "keys") == 0;
	switch (event->kind) {
	case KS_EVENT_KEY_ADDED:
		return publish[role_of(facts, event)];
	case KS_EVENT_KEY_REMOVED:
		return removal[role_of(facts, event)];
	case KS_EVENT_KEY_REVOKED:
		return "ksk-revoke";
	case KS_EVENT_SIGNER_CHANGED:
		/* A revoked key signs to prove that it was revoked by its owner (RFC 5011 s2.1). */
		return event->tag == KS_TAG_NONE       ? NULL
		       : is_revoked(facts, event->tag) ? "ksk-revoke"
						       : "ksk-activate";
	case KS_EVENT_ZSK_ACTIVE:
		return role_of(facts, event) == CSK ? "csk-activate" : "zsk-activate";
	case KS_EVENT_DS_ADDED:
		return "ds-publish";
	case KS_EVENT_DS_REMOVED:
		return "ds-remove";
	case KS_EVENT_ALG_ADDED:
		return keys ? "algorithm-keys" : "algorithm-signatures";
	case KS_EVENT_ALG_REMOVED:
		return keys ? "algorithm-keys-out" : "algorithm-signatures-out";
	default:
		return NULL;
	}
}

/* --- methods --- */

static bool
is_new_algorithm(const struct ks_events *events, int32_t algorithm)
{
	for (size_t i = 0; i < events->n; i++)
		if (events->at[i].algorithm == algorithm &&
		    (events->at[i].kind == KS_EVENT_ALG_ADDED || events->at[i].kind == KS_EVENT_ALG_REMOVED))
			return true;
	return false;
}

/* "50527 -> 18850 50527": does some signer of before stand behind the arrow too? */
static bool
keeps_a_signer(const struct ks_event *event)
{
	uint16_t then[KS_ZONE_SIGNERS_MAX];
	const char *const arrow = strstr(event->detail, "-> ");
	const size_t n = ks_zone_numbers(event->detail, then);
	bool kept = false;
	for (size_t i = 0; i < n && arrow != NULL; i++)
		kept |= lists(arrow + 3, then[i]);
	return kept;
}

static const char *
method_of_zsk(const struct ks_events *events, int32_t tag, int64_t t_ns)
{
	const struct ks_event *const added = ks_phase_find(events, KS_EVENT_KEY_ADDED, tag, t_ns);
	const struct ks_event *const active = ks_phase_find(events, KS_EVENT_ZSK_ACTIVE, tag, t_ns);
	if (active == NULL)
		return NULL; /* published; what becomes of it is not known yet */
	if (added == NULL || ks_phase_is_before(added, active))
		return "pre-publish"; /* or it was there when the capture began */
	return keeps_a_signer(active) ? "double-signature" : "abrupt";
}

static bool
is_between(const struct ks_events *events, enum ks_event_kind kind, int64_t from_ns, int64_t to_ns)
{
	for (size_t i = 0; i < events->n; i++)
		if (events->at[i].kind == kind && events->at[i].t_ns >= from_ns &&
		    events->at[i].t_ns <= to_ns)
			return true;
	return false;
}

static const char *
method_of_ksk(const struct ks_zone_facts *facts, const struct ks_events *events, int32_t tag, int64_t t_ns)
{
	const struct ks_event *const added = ks_phase_find(events, KS_EVENT_KEY_ADDED, tag, t_ns);
	const struct ks_event *const signs = ks_phase_find(events, KS_EVENT_SIGNER_CHANGED, tag, t_ns);
	const struct ks_event *const ds = ks_phase_find(events, KS_EVENT_DS_ADDED, tag, t_ns);
	if (ds != NULL && added != NULL && ks_phase_is_before(ds, added))
		return "double-ds";
	if (signs != NULL && keeps_a_signer(signs)) {
		/* Both DS at once, or one instead of the other? */
		if (ds != NULL && !is_between(events, KS_EVENT_DS_REMOVED, ds->before_ns, ds->t_ns))
			return "double-rrset";
		return "double-signature";
	}
	if (signs != NULL && (added == NULL || ks_phase_is_before(added, signs)))
		return facts->root ? "rfc5011" : "pre-publish";
	return signs != NULL && added != NULL ? "abrupt" : NULL;
}

/* The tag of the key that a rollover brings: an event that takes one away belongs to the next that comes. */
static int32_t
tag_of_new(const struct ks_events *events, const struct ks_event *event, bool zsk)
{
	if (event->kind != KS_EVENT_KEY_REMOVED && event->kind != KS_EVENT_DS_REMOVED &&
	    strcmp(event->phase, "ksk-revoke") != 0)
		return event->tag;
	int32_t tag = KS_TAG_NONE;
	for (size_t i = 0; i < events->n; i++) {
		const struct ks_event *const at = &events->at[i];
		if (at->kind == (zsk ? KS_EVENT_ZSK_ACTIVE : KS_EVENT_SIGNER_CHANGED) && at->phase != NULL &&
		    strcmp(at->phase, "ksk-revoke") != 0 && at->tag != event->tag &&
		    (tag == KS_TAG_NONE || at->t_ns <= event->t_ns))
			tag = at->tag;
	}
	return tag;
}

static const char *
method_of(const struct ks_zone_facts *facts, const struct ks_events *events, const struct ks_event *event)
{
	if (event->phase == NULL)
		return NULL;
	if (event->algorithm >= 0 && is_new_algorithm(events, event->algorithm))
		return "algorithm";
	const bool zsk = strncmp(event->phase, "zsk", 3) == 0;
	const int32_t tag = tag_of_new(events, event, zsk);
	if (tag == KS_TAG_NONE)
		return NULL;
	return zsk ? method_of_zsk(events, tag, event->t_ns) : method_of_ksk(facts, events, tag, event->t_ns);
}

void
ks_phase_judge(const struct ks_zone_facts *facts, struct ks_events *events)
{
	for (size_t i = 0; i < events->n; i++) {
		struct ks_event *const event = &events->at[i];
		if (event->tag != KS_TAG_NONE && !event->has_key)
			name_key(facts, event);
		event->phase = phase_of(facts, event);
	}
	for (size_t i = 0; i < events->n; i++)
		events->at[i].method = method_of(facts, events, &events->at[i]);
}
