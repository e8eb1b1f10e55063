/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/signing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dissect/rrtype.h"

#define WARN_S (INT64_C(7) * 86400)

typedef bool meets_fn(const struct ks_fact_signature *signature, int64_t *ret_before_ns, int64_t *ret_t_ns);

/* Seconds out of a packet, as a time. */
static int64_t
ns_of(int64_t s)
{
	const int64_t most = INT64_MAX / KS_NS_PER_S;
	return (s > most ? most : s < -most ? -most : s) * KS_NS_PER_S;
}

static bool
is_expired(const struct ks_fact_signature *signature, int64_t *ret_before_ns, int64_t *ret_t_ns)
{
	const int64_t end_ns = ns_of(signature->expiration_s);
	*ret_t_ns = signature->first_expired_ns;
	/* Up to its last second it was valid, whether anybody looked or not. */
	*ret_before_ns = signature->folded ? KS_TIME_UNKNOWN : end_ns;
	return signature->expired > 0;
}

static bool
is_future(const struct ks_fact_signature *signature, int64_t *ret_before_ns, int64_t *ret_t_ns)
{
	*ret_before_ns = KS_TIME_UNKNOWN;
	*ret_t_ns = signature->first_ns;
	return signature->future > 0;
}

static bool
is_expiring(const struct ks_fact_signature *signature, int64_t *ret_before_ns, int64_t *ret_t_ns)
{
	const int64_t edge_ns = ns_of(signature->expiration_s - WARN_S);
	*ret_before_ns = edge_ns;
	*ret_t_ns = edge_ns + 1;
	return !signature->folded && signature->least_validity_s > WARN_S && signature->first_ns <= edge_ns &&
	       signature->last_ns > edge_ns;
}

static bool
is_signer(const struct ks_fact_signature *a, const struct ks_fact_signature *b)
{
	return a->tag == b->tag && a->algorithm == b->algorithm;
}

/* "types 6 48" is what the store prints by name; here they are numbers. */
static void
list_types(const struct ks_zone_facts *facts, const struct ks_fact_signature *signer, meets_fn *meets,
	   struct ks_event *event)
{
	size_t n = (size_t)snprintf(event->detail, sizeof(event->detail), "types");
	uint16_t last = 0;
	for (size_t i = 0; i < facts->n_signatures; i++) {
		const struct ks_fact_signature *const at = &facts->signatures[i];
		int64_t before_ns, t_ns;
		char name[KS_RRTYPE_TEXT];
		if (!is_signer(at, signer) || at->type == last || !meets(at, &before_ns, &t_ns))
			continue;
		last = at->type;
		if (n + 24 < sizeof(event->detail))
			n += (size_t)snprintf(event->detail + n, sizeof(event->detail) - n, " %s",
					      ks_rrtype_name(at->type, name));
	}
}

/* One event for each signer: its first signature of the kind. */
static void
judge_state(const struct ks_zone_facts *facts, enum ks_event_kind kind, meets_fn *meets,
	    struct ks_events *events)
{
	const size_t from = events->n;
	for (size_t i = 0; i < facts->n_signatures; i++) {
		const struct ks_fact_signature *const at = &facts->signatures[i];
		int64_t before_ns, t_ns;
		if (!meets(at, &before_ns, &t_ns))
			continue;
		struct ks_event *event = NULL;
		for (size_t k = from; k < events->n && event == NULL; k++)
			if (events->at[k].tag == at->tag && events->at[k].algorithm == at->algorithm)
				event = &events->at[k];
		if (event == NULL) {
			event = ks_events_add(events, kind, before_ns, t_ns);
			if (event == NULL)
				continue;
			event->tag = at->tag;
			event->algorithm = at->algorithm;
			list_types(facts, at, meets, event);
		} else if (t_ns < event->t_ns) {
			event->t_ns = event->all_ns = t_ns;
			event->before_ns = before_ns;
		}
	}
}

/* --- who signs, where no SOA tells --- */

static bool
is_data(const struct ks_fact_signature *signature)
{
	return signature->type != KS_TYPE_DNSKEY && signature->type != KS_TYPE_CDS &&
	       signature->type != KS_TYPE_CDNSKEY && !signature->folded;
}

/* Of one type: the first signature of this signer, and the last of any other before it. False when others
 * went on. */
static bool
took_over(const struct ks_zone_facts *facts, const struct ks_fact_signature *signer, int64_t *ret_before_ns,
	  int64_t *ret_t_ns)
{
	int64_t first_ns = INT64_MAX, other_ns = KS_TIME_UNKNOWN;
	for (size_t i = 0; i < facts->n_signatures; i++) {
		const struct ks_fact_signature *const at = &facts->signatures[i];
		if (at->type != signer->type || at->folded)
			continue;
		if (is_signer(at, signer))
			first_ns = at->first_ns < first_ns ? at->first_ns : first_ns;
		else
			other_ns = at->last_ns > other_ns ? at->last_ns : other_ns;
	}
	*ret_before_ns = other_ns;
	*ret_t_ns = first_ns;
	return other_ns != KS_TIME_UNKNOWN && other_ns < first_ns;
}

static bool
is_told(const struct ks_events *events, const struct ks_fact_signature *signer)
{
	for (size_t i = 0; i < events->n; i++)
		if (events->at[i].kind == KS_EVENT_ZSK_ACTIVE && events->at[i].tag == signer->tag)
			return true;
	return false;
}

static void
judge_signers(const struct ks_zone_facts *facts, struct ks_events *events)
{
	size_t n_soa;
	(void)ks_zone_seen_of(facts, KS_TYPE_SOA, &n_soa);
	for (size_t i = 0; i < facts->n_signatures && n_soa == 0; i++) {
		const struct ks_fact_signature *const at = &facts->signatures[i];
		int64_t before_ns, t_ns;
		if (!is_data(at) || is_told(events, at) || !took_over(facts, at, &before_ns, &t_ns))
			continue;
		struct ks_event *const event = ks_events_add(events, KS_EVENT_ZSK_ACTIVE, before_ns, t_ns);
		char name[KS_RRTYPE_TEXT];
		if (event == NULL)
			continue;
		event->tag = at->tag;
		event->algorithm = at->algorithm;
		(void)snprintf(event->detail, sizeof(event->detail), "over %s",
			       ks_rrtype_name(at->type, name));
	}
}

/* --- how names are denied, where no NSEC3PARAM tells --- */

static void
judge_denial(const struct ks_zone_facts *facts, struct ks_events *events)
{
	size_t n_param;
	(void)ks_zone_seen_of(facts, KS_TYPE_NSEC3PARAM, &n_param);
	for (size_t i = 0; i < facts->n_nsec && n_param < 2; i++) {
		const struct ks_fact_nsec *const at = &facts->nsec[i];
		int64_t other_ns = KS_TIME_UNKNOWN;
		for (size_t k = 0; k < facts->n_nsec; k++)
			if (k != i && facts->nsec[k].first_ns < at->first_ns &&
			    facts->nsec[k].last_ns > other_ns)
				other_ns = facts->nsec[k].last_ns;
		if (other_ns == KS_TIME_UNKNOWN || other_ns >= at->first_ns)
			continue;
		struct ks_event *const event =
			ks_events_add(events, KS_EVENT_PARAM_CHANGED, other_ns, at->first_ns);
		if (event == NULL)
			continue;
		if (at->nsec3)
			(void)snprintf(event->detail, sizeof(event->detail),
				       "NSEC3 with %u iterations, salt of %zu octets", at->iterations,
				       at->salt.n);
		else
			(void)snprintf(event->detail, sizeof(event->detail), "NSEC");
	}
}

void
ks_signing_judge(const struct ks_zone_facts *facts, struct ks_events *events)
{
	judge_state(facts, KS_EVENT_SIG_EXPIRED, is_expired, events);
	judge_state(facts, KS_EVENT_SIG_FUTURE, is_future, events);
	judge_state(facts, KS_EVENT_SIG_EXPIRING, is_expiring, events);
	judge_signers(facts, events);
	judge_denial(facts, events);
}
