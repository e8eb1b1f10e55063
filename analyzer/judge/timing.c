/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/timing.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/judge/phase.h"
#include "dissect/rrtype.h"

#define HOLD_DOWN_S (INT64_C(30) * 86400)

struct look {
	const struct ks_zone_facts *facts;
	const struct ks_events *events;
};

static void warn(struct ks_event *event, const char *format, ...) KS_PRINTF(2, 3);

/* The first warning stays. */
static void
warn(struct ks_event *event, const char *format, ...)
{
	if (event->warning[0] != '\0')
		return;
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(event->warning, sizeof(event->warning), format, arguments);
	va_end(arguments);
}

static int64_t
greatest_ttl_s(const struct ks_zone_facts *facts, uint16_t type)
{
	size_t n;
	const struct ks_zone_seen *const seen = ks_zone_seen_of(facts, type, &n);
	int64_t ttl_s = 0;
	for (size_t i = 0; i < n; i++)
		ttl_s = seen[i].ttl_s > ttl_s ? seen[i].ttl_s : ttl_s;
	return ttl_s;
}

/* How long signatures of this key over other types than DNSKEY may be kept. */
static int64_t
signature_ttl_s(const struct ks_zone_facts *facts, int32_t tag)
{
	int64_t ttl_s = 0;
	for (size_t i = 0; i < facts->n_signatures; i++) {
		const struct ks_fact_signature *const at = &facts->signatures[i];
		if (at->tag == tag && at->type != KS_TYPE_DNSKEY && at->original_ttl_s > ttl_s)
			ttl_s = at->original_ttl_s;
	}
	return ttl_s;
}

/* The longest time from `from` to `to` that the observations allow, in s; -1: not known. */
static int64_t
longest_s(const struct ks_event *from, const struct ks_event *to)
{
	if (from == NULL || from->before_ns == KS_TIME_UNKNOWN || from->before_ns > to->t_ns)
		return -1;
	return (to->t_ns - from->before_ns + KS_NS_PER_S - 1) / KS_NS_PER_S;
}

/* When the zone's data was last seen signed by this key alone, as an event from which time can be counted:
 * what is signed by others besides does not need it. From SOA, as far as that was seen. */
static struct ks_event
last_signature(const struct ks_zone_facts *facts, const struct ks_event *event)
{
	const int32_t tag = event->tag;
	const int64_t t_ns = event->t_ns;
	const bool alone = event->method == NULL || (strcmp(event->method, "algorithm") != 0 &&
						     strcmp(event->method, "double-signature") != 0);
	struct ks_event last = {.before_ns = KS_TIME_UNKNOWN};
	size_t n;
	const struct ks_zone_seen *const soa = ks_zone_seen_of(facts, KS_TYPE_SOA, &n);
	for (size_t i = 0; i < n; i++) {
		uint16_t signers[KS_ZONE_SIGNERS_MAX];
		const int64_t last_ns = soa[i].last_ns < t_ns ? soa[i].last_ns : t_ns;
		if (ks_zone_numbers(soa[i].signer_tags, signers) == 1 && signers[0] == tag &&
		    soa[i].first_ns <= t_ns && last_ns > last.before_ns)
			last.before_ns = last_ns;
	}
	for (size_t i = 0; i < facts->n_signatures && n == 0 && alone; i++) {
		const struct ks_fact_signature *const at = &facts->signatures[i];
		if (at->tag == tag && at->type != KS_TYPE_DNSKEY && at->last_ns <= t_ns &&
		    at->last_ns > last.before_ns)
			last.before_ns = at->last_ns;
	}
	return last;
}

static const struct ks_event *
find(const struct look *look, enum ks_event_kind kind, const struct ks_event *of)
{
	return ks_phase_find(look->events, kind, of->tag, of->t_ns);
}

/* A ZSK signs: have all caches its key? (Ipub.) */
static void
check_activation(const struct look *look, struct ks_event *event)
{
	const struct ks_event *const added = find(look, KS_EVENT_KEY_ADDED, event);
	const int64_t ttl_s = greatest_ttl_s(look->facts, KS_TYPE_DNSKEY);
	const int64_t s = longest_s(added, event);
	if (event->method != NULL && strcmp(event->method, "algorithm") == 0)
		return; /* signatures come first there */
	if (s >= 0 && s < ttl_s)
		warn(event,
		     "TOO_EARLY: key %d signs at most %" PRId64
		     " s after it was published; caches keep the old "
		     "keys for %" PRId64 " s",
		     event->tag, s, ttl_s);
	else if (added != NULL && ks_phase_is_before(event, added))
		warn(event, "TOO_EARLY: key %d signs before it is published", event->tag);
}

/* A key goes: are its signatures (Iret), or its DS (IretP), forgotten? */
static void
check_removal(const struct look *look, struct ks_event *event)
{
	const struct ks_key_role role = ks_phase_role(look->facts, event->tag, event->algorithm);
	const struct ks_event last = last_signature(look->facts, event);
	const int64_t ttl_s = signature_ttl_s(look->facts, event->tag);
	const int64_t s = longest_s(&last, event);
	if (role.signs_data && s >= 0 && s < ttl_s)
		warn(event,
		     "TOO_EARLY: key %d goes at most %" PRId64 " s after its last signature; caches keep "
		     "signatures for %" PRId64 " s",
		     event->tag, s, ttl_s);
	const int64_t ds_ttl_s = greatest_ttl_s(look->facts, KS_TYPE_DS);
	const int64_t ds_s = longest_s(find(look, KS_EVENT_DS_REMOVED, event), event);
	if (ds_s >= 0 && ds_s < ds_ttl_s)
		warn(event,
		     "TOO_EARLY: key %d goes at most %" PRId64
		     " s after its DS; caches keep the DS for %" PRId64 " s",
		     event->tag, ds_s, ds_ttl_s);
}

/* The parent's DS is exchanged: have all caches the key? (IpubC.) A DS beside the old one does no harm. */
static void
check_delegation(const struct look *look, struct ks_event *event)
{
	bool swap = false;
	for (size_t i = 0; i < look->events->n; i++)
		swap |= look->events->at[i].kind == KS_EVENT_DS_REMOVED &&
			look->events->at[i].t_ns == event->t_ns;
	const int64_t ttl_s = greatest_ttl_s(look->facts, KS_TYPE_DNSKEY);
	const int64_t s = longest_s(find(look, KS_EVENT_KEY_ADDED, event), event);
	if (swap && s >= 0 && s < ttl_s)
		warn(event,
		     "TOO_EARLY: DS %d instead of the old one at most %" PRId64
		     " s after its key was published; "
		     "caches keep the old keys for %" PRId64 " s",
		     event->tag, s, ttl_s);
}

/* Another KSK signs and the old one does not: can everybody trust it? */
static void
check_signer(const struct look *look, struct ks_event *event)
{
	uint16_t then[KS_ZONE_SIGNERS_MAX], now[KS_ZONE_SIGNERS_MAX];
	const char *const arrow = strstr(event->detail, "-> ");
	const size_t n_then = ks_zone_numbers(event->detail, then);
	const size_t n_now = ks_zone_numbers(arrow != NULL ? arrow + 3 : NULL, now);
	for (size_t i = 0; i < n_then; i++)
		for (size_t k = 0; k < n_now; k++)
			if (then[i] == now[k])
				return;
	if (event->tag == KS_TAG_NONE)
		return;
	const struct ks_event *const added = find(look, KS_EVENT_KEY_ADDED, event);
	const int64_t s = longest_s(added, event);
	if (look->facts->root && s >= 0 && s < HOLD_DOWN_S)
		warn(event,
		     "HOLD_DOWN: key %d signs alone at most %" PRId64 " s after it was published; RFC 5011 "
		     "resolvers trust it after 30 d",
		     event->tag, s);
	const int64_t ttl_s = greatest_ttl_s(look->facts, KS_TYPE_DS);
	const int64_t ds_s = longest_s(find(look, KS_EVENT_DS_ADDED, event), event);
	if (!look->facts->root && ds_s >= 0 && ds_s < ttl_s)
		warn(event,
		     "TOO_EARLY: key %d signs alone at most %" PRId64
		     " s after its DS; caches keep the old DS for "
		     "%" PRId64 " s",
		     event->tag, ds_s, ttl_s);
}

/* --- algorithms --- */

static const struct ks_event *
find_algorithm(const struct look *look, enum ks_event_kind kind, int32_t algorithm, const char *detail)
{
	for (size_t i = 0; i < look->events->n; i++) {
		const struct ks_event *const at = &look->events->at[i];
		if (at->kind == kind && at->algorithm == algorithm &&
		    (detail == NULL || strcmp(at->detail, detail) == 0))
			return at;
	}
	return NULL;
}

static void
check_algorithm_in(const struct look *look, struct ks_event *event)
{
	const struct ks_event *const signatures =
		find_algorithm(look, KS_EVENT_ALG_ADDED, event->algorithm, "signatures");
	const struct ks_event *const ds = find_algorithm(look, KS_EVENT_DS_ADDED, event->algorithm, NULL);
	if (strcmp(event->detail, "keys") != 0)
		return;
	if (signatures != NULL && ks_phase_is_before(event, signatures))
		warn(event, "ORDER: keys of algorithm %d before its signatures", event->algorithm);
	if (ds != NULL && ks_phase_is_before(ds, event))
		warn(event, "ORDER: DS of algorithm %d before its keys", event->algorithm);
}

static void
check_algorithm_out(const struct look *look, struct ks_event *event)
{
	const struct ks_event *const signatures =
		find_algorithm(look, KS_EVENT_ALG_REMOVED, event->algorithm, "signatures");
	const struct ks_event *const ds = find_algorithm(look, KS_EVENT_DS_REMOVED, event->algorithm, NULL);
	if (strcmp(event->detail, "keys") != 0)
		return;
	if (signatures != NULL && ks_phase_is_before(signatures, event))
		warn(event, "ORDER: signatures of algorithm %d went before its keys", event->algorithm);
	if (ds != NULL && ks_phase_is_before(event, ds))
		warn(event, "ORDER: keys of algorithm %d went before its DS", event->algorithm);
}

/* --- the key itself --- */

static void
check_key(const struct look *look, struct ks_event *event)
{
	const struct ks_zone_facts *const facts = look->facts;
	for (size_t i = 0; i < facts->n_keys; i++) {
		const struct ks_fact_key *const at = &facts->keys[i];
		if (at->tag != event->tag || at->algorithm != event->algorithm)
			continue;
		if (memcmp(at->identity, event->identity, sizeof(at->identity)) != 0)
			warn(event, "COLLISION: another key of algorithm %d has tag %d too", event->algorithm,
			     event->tag);
		else if (at->unusable)
			warn(event, "UNUSABLE: key %d is not to be read as a key of algorithm %d", event->tag,
			     event->algorithm);
	}
}

void
ks_timing_judge(const struct ks_zone_facts *facts, struct ks_events *events)
{
	const struct look look = {facts, events};
	for (size_t i = 0; i < events->n; i++) {
		struct ks_event *const event = &events->at[i];
		switch (event->kind) {
		case KS_EVENT_KEY_ADDED:
			check_key(&look, event);
			break;
		case KS_EVENT_KEY_REMOVED:
			check_removal(&look, event);
			break;
		case KS_EVENT_ZSK_ACTIVE:
			check_activation(&look, event);
			break;
		case KS_EVENT_SIGNER_CHANGED:
			check_signer(&look, event);
			break;
		case KS_EVENT_DS_ADDED:
			check_delegation(&look, event);
			break;
		case KS_EVENT_ALG_ADDED:
			check_algorithm_in(&look, event);
			break;
		case KS_EVENT_ALG_REMOVED:
			check_algorithm_out(&look, event);
			break;
		default:
			break;
		}
	}
}
