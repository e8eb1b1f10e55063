/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/ledger_verify.c -- each pair of RRset and signature is verified once, as far as the bounds allow.
 */
#include "analyzer/ledger_p.h"
#include "dissect/dnssec.h"
#include "dissect/signal.h"

enum state { UNKNOWN, GOOD, BOGUS, UNSUPPORTED };
enum why { NOTHING, SIGNER, LABELS, KEY };

const char *
ks_ledger_why(uint8_t why)
{
	static const char *const whys[] = {
		[NOTHING] = NULL,
		[SIGNER] = "the signer is no zone that holds the owner",
		[LABELS] = "more labels than the owner has",
		[KEY] = "no key with its tag fits",
	};
	return why < KS_COUNT(whys) ? whys[why] : NULL;
}

/* The largest RRset as it is signed: before each record its owner and ten octets, before all of it the
 * signature's own fields. */
enum { SIGNED_MAX = KS_RRCANON_MAX + KS_RRSET_RECORDS * (KS_NAME_MAX + 10) + 18 + KS_NAME_MAX };

/* What is to be verified, by which keys. */
struct job {
	uint32_t signer;
	uint32_t server, nsid; /* of the response with the signature */
	uint8_t algorithm;
	uint16_t tag;
	struct ks_span data, signature;
};

/* A job that waits for its keys. */
struct slot {
	uint32_t pair; /* its number + 1; 0: free */
	uint32_t signer;
	uint32_t server, nsid;
	uint16_t tag;
	uint8_t algorithm, unused;
	uint16_t n_signature, n_data;
	uint8_t octets[KS_LEDGER_SLOT - 24];
};
static_assert(sizeof(struct slot) == KS_LEDGER_SLOT, "slots fill their room");

/* --- keys --- */

/* RFC 4034 s2.1: others make no signatures that count. */
static bool
may_sign(const struct ks_dnskey *key)
{
	return (key->flags & KS_KEY_ZONE) != 0 && key->protocol == 3;
}

/* One that fits is enough, whatever others with the tag say. */
static enum state
better(enum state a, enum ks_dnssec b)
{
	if (a == GOOD || b == KS_DNSSEC_GOOD)
		return GOOD;
	return a == BOGUS || b == KS_DNSSEC_BOGUS ? BOGUS : UNSUPPORTED;
}

/* The keys that were tried for a job, and what came of it. */
struct attempt {
	struct ks_ledger *ledger;
	const struct job *job;
	enum state state;
	unsigned n;
	const struct ks_ledger_key *tried[KS_LEDGER_VERIFY_KEYS];
};

/* Is there nothing left to try? */
static bool
is_over(const struct attempt *attempt)
{
	return attempt->n == KS_LEDGER_VERIFY_KEYS || attempt->state == GOOD;
}

static void
try_key(struct attempt *attempt, const struct ks_ledger_key *entry)
{
	struct ks_ledger *const ledger = attempt->ledger;
	const struct job *const job = attempt->job;
	struct ks_dnskey key;
	for (unsigned i = 0; i < attempt->n; i++)
		if (attempt->tried[i] == entry)
			return;
	attempt->tried[attempt->n++] = entry;
	if (!ks_dnskey_read(ks_ledger_octets(ledger, entry->rdata_at, entry->n_rdata), &key) ||
	    !may_sign(&key))
		return;
	ledger->verified_second++;
	ledger->verified_run++;
	attempt->state = better(attempt->state,
				ks_dnssec_verify(job->algorithm, key.public_key, job->data, job->signature));
}

/* Whoever gave the signature gave its key, most likely; a crowd of keys with this tag elsewhere must not come
 * before it. */
static void
try_given(struct attempt *attempt)
{
	const struct job *const job = attempt->job;
	const struct ks_span wire =
		ks_ledger_given_keys(attempt->ledger, job->signer, job->server, job->nsid);
	if (wire.n == 0)
		return;
	struct ks_cur cur = ks_cur_init(wire.at, wire.n);
	while (ks_cur_left(&cur) > 0 && !is_over(attempt)) {
		struct ks_dnskey key;
		const size_t n = ks_cur_u16(&cur);
		const struct ks_span rdata = {ks_cur_take(&cur, n), n};
		if (rdata.at == NULL || !ks_dnskey_read(rdata, &key) || key.algorithm != job->algorithm ||
		    ks_key_tag(rdata) != job->tag)
			continue;
		const struct ks_ledger_key *const entry =
			ks_ledger_find_key(attempt->ledger, job->signer, rdata);
		if (entry != NULL)
			try_key(attempt, entry);
	}
}

static enum state
try_keys(struct ks_ledger *ledger, const struct job *job)
{
	struct attempt attempt = {.ledger = ledger, .job = job, .state = UNKNOWN};
	const struct ks_ledger_tag *const tagged =
		ks_ledger_tagged(ledger, job->signer, job->algorithm, job->tag);
	uint32_t number = tagged == NULL ? KS_MAP_NONE : tagged->first;
	if (tagged != NULL && tagged->n > 1)
		try_given(&attempt);
	while (number != KS_MAP_NONE && !is_over(&attempt)) {
		const struct ks_ledger_key *const entry = ks_map_at(&ledger->keys, number);
		number = entry->next;
		try_key(&attempt, entry);
	}
	return attempt.state;
}

/* --- results --- */

static uint32_t *
counter_of(struct ks_ledger_signature *entry, enum state state)
{
	switch (state) {
	case GOOD:
		return &entry->good;
	case BOGUS:
		return &entry->bogus;
	case UNSUPPORTED:
		return &entry->unsupported;
	default:
		return &entry->unknown;
	}
}

static void
settle(struct ks_ledger *ledger, struct ks_ledger_pair *pair, enum state state, enum why why)
{
	struct ks_ledger_signature *const entry = ks_map_at(&ledger->signatures, pair->signature);
	--*counter_of(entry, (enum state)pair->state);
	++*counter_of(entry, state);
	pair->state = state;
	if (state == BOGUS && entry->why == NOTHING)
		entry->why = (uint8_t)(why == NOTHING ? KEY : why);
	else if (entry->bogus == 0)
		entry->why = NOTHING;
}

/* --- waiting --- */

/* One that fits no key with its tag may have been made by another key with that tag that was not seen yet. */
static bool
may_wait(enum state state)
{
	return state == UNKNOWN || state == BOGUS;
}

/* The signature overwrites the one that waits longest: keys that are asked for come soon. */
static void
wait_for_keys(struct ks_ledger *ledger, uint32_t pair, const struct job *job)
{
	struct slot *const slots = ledger->slots.base;
	if (job->data.n + job->signature.n > sizeof(slots->octets))
		return;
	struct slot *const slot = &slots[ledger->next_slot++ % ledger->n_slots];
	slot->pair = pair + 1;
	slot->signer = job->signer;
	slot->server = job->server;
	slot->nsid = job->nsid;
	slot->tag = job->tag;
	slot->algorithm = job->algorithm;
	slot->n_signature = (uint16_t)job->signature.n;
	slot->n_data = (uint16_t)job->data.n;
	memcpy(slot->octets, job->data.at, job->data.n);
	if (job->signature.n > 0)
		memcpy(slot->octets + job->data.n, job->signature.at, job->signature.n);
}

static void
retry(struct ks_ledger *ledger, struct slot *slot)
{
	const struct job job = {
		.signer = slot->signer,
		.server = slot->server,
		.nsid = slot->nsid,
		.algorithm = slot->algorithm,
		.tag = slot->tag,
		.data = {slot->octets, slot->n_data},
		.signature = {slot->octets + slot->n_data, slot->n_signature},
	};
	struct ks_ledger_pair *const pair = ks_map_at(&ledger->pairs, slot->pair - 1);
	if (may_wait((enum state)pair->state))
		settle(ledger, pair, try_keys(ledger, &job), NOTHING);
	if (!may_wait((enum state)pair->state))
		slot->pair = 0;
}

/* One key per tag and message is what honest zones send: the room for those that wait bounds the work. */
void
ks_ledger_lift(struct ks_ledger *ledger, uint32_t name, uint8_t algorithm, uint16_t tag)
{
	struct slot *const slots = ledger->slots.base;
	for (uint32_t i = 0; i < ledger->n_slots && i < ledger->next_slot; i++) {
		struct slot *const slot = &slots[i];
		if (slot->pair == 0 || slot->signer != name || slot->algorithm != algorithm ||
		    slot->tag != tag)
			continue;
		if (ledger->verified_second >= KS_LEDGER_VERIFY_SECOND ||
		    ledger->verified_run >= KS_LEDGER_VERIFY_RUN)
			return;
		retry(ledger, slot);
	}
}

/* --- bounds --- */

/* The last quarter of a run's work is for the signatures over keys, of which there are few. */
static bool
has_budget(struct ks_ledger *ledger, uint16_t covered, int64_t t_ns)
{
	if (t_ns / KS_NS_PER_S != ledger->second) {
		ledger->second = t_ns / KS_NS_PER_S;
		ledger->verified_second = 0;
	}
	const uint32_t most = covered == KS_TYPE_DNSKEY ? KS_LEDGER_VERIFY_RUN : KS_LEDGER_VERIFY_RUN / 4 * 3;
	return ledger->verified_second < KS_LEDGER_VERIFY_SECOND && ledger->verified_run < most;
}

bool
ks_ledger_is_busy(const struct ks_ledger *ledger, int64_t t_ns)
{
	return t_ns / KS_NS_PER_S == ledger->second && ledger->verified_second >= KS_LEDGER_VERIFY_SECOND / 4;
}

static void
refuse(struct ks_ledger *ledger, uint32_t signature)
{
	((struct ks_ledger_signature *)ks_map_at(&ledger->signatures, signature))->refused = true;
	ledger->unverified++;
}

/* --- one pair --- */

/* RFC 4035 s5.3.1: the signer is the zone that holds the RRset. Keys lie at its apex; a DS RRset belongs to
 * the zone above its owner. */
static bool
is_signer(struct ks_span signer, struct ks_span owner, uint16_t covered)
{
	if (covered == KS_TYPE_DNSKEY)
		return owner.n == signer.n && memcmp(owner.at, signer.at, owner.n) == 0;
	size_t at = 0;
	while (owner.n - at > signer.n)
		at += owner.at[at] + 1u;
	if (owner.n - at != signer.n || memcmp(owner.at + at, signer.at, signer.n) != 0)
		return false;
	return covered != KS_TYPE_DS || at > 0;
}

static struct ks_key
pair_key(struct ks_visit *visit, const struct ks_rrset *set, struct ks_span rdata)
{
	const struct ks_ledger *const ledger = visit->ledger;
	const struct ks_span owner = ks_rrset_owner(&visit->sets, set);
	const struct ks_key records = ks_ledger_rrset_hash(visit, set);
	const struct ks_key signature = ks_ledger_hash(ledger, rdata.at, rdata.n);
	const struct ks_key name = ks_ledger_hash(ledger, owner.at, owner.n);
	return (struct ks_key){
		.w = {ks_hash_words(&ledger->secret, records.w[0] ^ name.w[0], signature.w[0]),
		      ks_hash_words(&ledger->other_secret, records.w[1] ^ name.w[1], signature.w[1])}};
}

/* What is signed, as octets of `data`. False: it cannot be told. */
static bool
compose(const struct ks_visit *visit, const struct ks_rrset *set, const struct ks_rrsig *rrsig,
	uint8_t data[SIGNED_MAX], size_t *ret_n, enum why *ret_why)
{
	uint8_t records[KS_RRCANON_MAX];
	size_t n_records;
	*ret_why = NOTHING;
	if (!ks_rrset_canonical(&visit->sets, set, records, &n_records))
		return false;
	*ret_why = LABELS;
	return ks_rrsig_signed_data(rrsig, ks_rrset_owner(&visit->sets, set),
				    (struct ks_span){records, n_records}, data, SIGNED_MAX, ret_n);
}

static void
verify(struct ks_visit *visit, const struct ks_rrset *set, const struct ks_rrsig *rrsig, uint32_t signer,
       uint32_t number)
{
	struct ks_ledger *const ledger = visit->ledger;
	struct ks_ledger_pair *const pair = ks_map_at(&ledger->pairs, number);
	uint8_t data[SIGNED_MAX];
	size_t n_data = 0;
	enum why why = SIGNER;
	if (!ks_dnssec_knows(rrsig->algorithm)) {
		settle(ledger, pair, UNSUPPORTED, NOTHING);
		return;
	}
	const bool fits = is_signer((struct ks_span){rrsig->signer, rrsig->n_signer},
				    ks_rrset_owner(&visit->sets, set), set->type);
	if (!fits || !compose(visit, set, rrsig, data, &n_data, &why)) {
		if (why != NOTHING)
			settle(ledger, pair, BOGUS, why);
		return;
	}
	const struct job job = {
		.signer = signer,
		.server = visit->server,
		.nsid = visit->nsid,
		.algorithm = rrsig->algorithm,
		.tag = rrsig->tag,
		.data = {data, n_data},
		.signature = rrsig->signature,
	};
	const enum state state = try_keys(ledger, &job);
	if (may_wait(state))
		wait_for_keys(ledger, number, &job);
	settle(ledger, pair, state, NOTHING);
}

/* Nothing to do: it was settled, or its keys are still missing. */
static bool
is_done(const struct ks_ledger *ledger, uint32_t number, uint32_t signer, const struct ks_rrsig *rrsig)
{
	const struct ks_ledger_pair *const pair = ks_map_at(&ledger->pairs, number);
	return pair->state != UNKNOWN ||
	       ks_ledger_tagged(ledger, signer, rrsig->algorithm, rrsig->tag) == NULL;
}

void
ks_ledger_verify(struct ks_visit *visit, const struct ks_rrset *set, const struct ks_rrsig *rrsig,
		 struct ks_span rdata, uint32_t signer, uint32_t signature, unsigned *tried)
{
	struct ks_ledger *const ledger = visit->ledger;
	const struct ks_key key = pair_key(visit, set, rdata);
	uint32_t number = ks_map_find(&ledger->pairs, &key);
	if (number != KS_MAP_NONE && is_done(ledger, number, signer, rrsig))
		return;
	visit->odd = true;
	if (++*tried > KS_LEDGER_VERIFY_RRSET) {
		refuse(ledger, signature);
		return;
	}
	bool is_new = false;
	const bool may_work = has_budget(ledger, rrsig->covered, visit->message->time_ns);
	if (may_work && number == KS_MAP_NONE && ks_ledger_has_room(&ledger->pairs, rrsig->covered))
		number = ks_map_add(&ledger->pairs, &key, &is_new);
	if (!may_work || number == KS_MAP_NONE) {
		refuse(ledger, signature);
		return;
	}
	if (is_new) {
		struct ks_ledger_pair *const pair = ks_map_at(&ledger->pairs, number);
		pair->signature = signature;
		++*counter_of(ks_map_at(&ledger->signatures, signature), UNKNOWN);
	}
	verify(visit, set, rrsig, signer, number);
}
