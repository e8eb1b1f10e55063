/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/ledger_signature.c -- signatures, counted by signer, type covered, key and validity. */
#include "analyzer/ledger_p.h"

/* The key's second word for validities that find no room of their own: a signature that claims to begin and
 * end in the last second of a serial number's turn is counted there too. */
#define FOLDED UINT64_MAX

static uint64_t
group_of(uint32_t signer, const struct ks_rrsig *rrsig)
{
	return (uint64_t)signer << 40 | (uint64_t)rrsig->algorithm << 32 | (uint64_t)rrsig->covered << 16 |
	       rrsig->tag;
}

/* The entry for this validity; the folded one when the group has as many as are kept apart. */
static uint32_t
entry_of(struct ks_ledger *ledger, uint32_t signer, const struct ks_rrsig *rrsig, bool *ret_new)
{
	struct ks_key key = {
		.w = {group_of(signer, rrsig), (uint64_t)rrsig->inception << 32 | rrsig->expiration}};
	uint32_t number = ks_map_find(&ledger->signatures, &key);
	*ret_new = false;
	if (number != KS_MAP_NONE)
		return number;
	if (!ks_ledger_has_room(&ledger->signatures, rrsig->covered))
		return KS_MAP_NONE;
	const struct ks_key folded = {.w = {key.w[0], FOLDED}};
	const uint32_t rest = ks_map_add(&ledger->signatures, &folded, ret_new);
	if (rest == KS_MAP_NONE)
		return rest;
	struct ks_ledger_signature *const group = ks_map_at(&ledger->signatures, rest);
	*ret_new = group->count == 0;
	if (group->n_validities == KS_LEDGER_VALIDITIES)
		return rest;
	number = ks_map_add(&ledger->signatures, &key, ret_new);
	if (number == KS_MAP_NONE)
		return rest;
	group->n_validities++;
	return number;
}

static void
count_state(struct ks_ledger_signature *entry, int64_t inception_s, int64_t expiration_s, int64_t t_ns)
{
	const int64_t now_s = t_ns / KS_NS_PER_S;
	if (expiration_s < now_s) {
		ks_ledger_stretch(&entry->first_expired_ns, &entry->last_expired_ns, entry->expired == 0,
				  t_ns);
		ks_ledger_count32(&entry->expired);
	}
	if (inception_s > now_s)
		ks_ledger_count32(&entry->future);
}

static void
count_times(struct ks_ledger_signature *entry, const struct ks_rrsig *rrsig, bool is_new, int64_t t_ns)
{
	const int64_t now_s = t_ns / KS_NS_PER_S;
	const int64_t inception_s = ks_serial_time(rrsig->inception, now_s);
	const int64_t expiration_s = ks_serial_time(rrsig->expiration, now_s);
	/* Of one validity the first reading holds. */
	if (is_new || entry->key.w[1] == FOLDED) {
		if (is_new || inception_s > entry->inception_s)
			entry->inception_s = inception_s;
		if (is_new || expiration_s < entry->expiration_s)
			entry->expiration_s = expiration_s;
		if (is_new || expiration_s - inception_s < entry->least_validity_s)
			entry->least_validity_s = expiration_s - inception_s;
	}
	count_state(entry, inception_s, expiration_s, t_ns);
	ks_ledger_stretch(&entry->first_ns, &entry->last_ns, is_new, t_ns);
}

void
ks_ledger_count_again(struct ks_ledger_signature *entry, int64_t t_ns)
{
	count_state(entry, entry->inception_s, entry->expiration_s, t_ns);
	ks_ledger_stretch(&entry->first_ns, &entry->last_ns, false, t_ns);
	entry->count++;
}

uint32_t
ks_ledger_signer_name(struct ks_visit *visit, const struct ks_rrsig *rrsig)
{
	if (visit->n_signer == rrsig->n_signer &&
	    memcmp(visit->signer_name, rrsig->signer, rrsig->n_signer) == 0)
		return visit->signer;
	visit->signer = ks_ledger_name(visit->ledger, (struct ks_span){rrsig->signer, rrsig->n_signer});
	visit->n_signer = rrsig->n_signer;
	memcpy(visit->signer_name, rrsig->signer, rrsig->n_signer);
	return visit->signer;
}

/* Types of which the contents are kept are verified whenever they are new, others by sample; those of the
 * additional section, which every referral repeats, when there is little to do. */
static bool
wants_verification(const struct ks_visit *visit, const struct ks_rrset *over,
		   const struct ks_ledger_signature *entry)
{
	const bool kept = ks_ledger_keeps(over->type);
	const bool few = entry->good + entry->bogus + entry->unsupported + entry->unknown < KS_LEDGER_SAMPLE;
	if (over->section == KS_SECTION_ADDITIONAL)
		return few && !ks_ledger_is_busy(visit->ledger, visit->message->time_ns);
	return kept || few;
}

static void
count_signature(struct ks_visit *visit, const struct ks_rrset *over, const struct ks_rrsig *rrsig,
		struct ks_span rdata, unsigned *tried)
{
	struct ks_ledger *const ledger = visit->ledger;
	const uint32_t signer = ks_ledger_signer_name(visit, rrsig);
	bool is_new;
	const uint32_t number =
		signer == KS_MAP_NONE ? KS_MAP_NONE : entry_of(ledger, signer, rrsig, &is_new);
	if (number == KS_MAP_NONE) {
		visit->odd = true;
		ledger->unlisted_signatures++;
		return;
	}
	struct ks_ledger_signature *const entry = ks_map_at(&ledger->signatures, number);
	/* Those that are folded keep the least of many times. */
	visit->odd |= entry->key.w[1] == FOLDED;
	ks_ledger_trace(visit, KS_TOUCH_SIGNATURE, number, KS_MAP_NONE, false);
	count_times(entry, rrsig, is_new, visit->message->time_ns);
	entry->count++;
	if (rrsig->original_ttl_s > entry->original_ttl_s)
		entry->original_ttl_s = rrsig->original_ttl_s;
	if (over != NULL && over->n == over->n_seen && wants_verification(visit, over, entry))
		ks_ledger_verify(visit, over, rrsig, rdata, signer, number, tried);
}

void
ks_ledger_signatures(struct ks_visit *visit, const struct ks_rrset *set)
{
	const struct ks_rrsets *const sets = &visit->sets;
	const struct ks_rrset *const over = ks_rrsets_find(sets, set->section, set->owner, set->covered, 0);
	const struct ks_rr *record = ks_rrset_first(sets, set);
	struct ks_rrsig rrsig;
	unsigned tried = 0;
	uint32_t signer = KS_MAP_NONE;
	for (unsigned i = 0; i < set->n; i++, record = ks_rrset_next(sets, record)) {
		if (!ks_rrsig_read(sets->message, record->rdata, &rrsig)) {
			visit->odd = true;
			visit->ledger->malformed++;
			continue;
		}
		count_signature(visit, over, &rrsig, record->rdata, &tried);
		signer = visit->signer;
	}
	if (tried > KS_LEDGER_VERIFY_RRSET)
		ks_ledger_exhaust(visit, signer, KS_EXHAUST_VERIFICATIONS, tried);
	if (set->n_seen > KS_LIMIT_SIGNATURES)
		ks_ledger_exhaust(visit, signer, KS_EXHAUST_SIGNATURES, set->n_seen);
}
