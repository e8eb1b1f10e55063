/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/ledger_denial.c -- NSEC and NSEC3: how a zone denies, and that it denies a DS RRset.
 *
 * Whether a denial is proved (that an NSEC3 with opt-out covers the name) is left to validators: here the
 * parent's word is noted. */
#include "analyzer/ledger_p.h"
#include "dissect/dnssec.h"

/* --- parameters and bitmaps --- */

static void
watch_bitmap(struct ks_visit *visit, uint32_t zone, struct ks_span bitmap)
{
	const unsigned faults = ks_bitmap_faults(bitmap);
	if (faults == 0)
		return;
	if ((faults & KS_BITMAP_EMPTY_WINDOW) != 0)
		ks_ledger_exhaust(visit, zone, KS_EXHAUST_WINDOW_EMPTY, 1);
	if ((faults & KS_BITMAP_LONG_WINDOW) != 0)
		ks_ledger_exhaust(visit, zone, KS_EXHAUST_WINDOW_LONG, 1);
	if ((faults & KS_BITMAP_DISORDER) != 0)
		ks_ledger_exhaust(visit, zone, KS_EXHAUST_WINDOW_ORDER, 1);
}

/* The zone that a set of NSEC or NSEC3 records belongs to: their signer; unsigned NSEC3 lie right below the
 * apex. */
static uint32_t
zone_of(struct ks_visit *visit, const struct ks_rrset *set)
{
	const struct ks_rrsets *const sets = &visit->sets;
	const struct ks_rrset *const over =
		ks_rrsets_find(sets, set->section, set->owner, KS_TYPE_RRSIG, set->type);
	struct ks_rrsig rrsig;
	if (over != NULL && ks_rrsig_read(sets->message, ks_rrset_first(sets, over)->rdata, &rrsig))
		return ks_ledger_signer_name(visit, &rrsig);
	const struct ks_span owner = ks_rrset_owner(sets, set);
	if (set->type != KS_TYPE_NSEC3 || owner.n <= 1)
		return KS_MAP_NONE;
	const size_t label = owner.at[0] + 1u;
	return ks_ledger_name(visit->ledger, (struct ks_span){owner.at + label, owner.n - label});
}

static struct ks_ledger_nsec *
nsec_entry(struct ks_ledger *ledger, uint32_t zone, bool nsec3, const struct ks_nsec3 *parameters,
	   bool *ret_new)
{
	const uint64_t words[2] = {zone, (uint64_t)parameters->iterations << 16 |
						 (uint64_t)parameters->hash_algorithm << 8 | nsec3};
	const struct ks_key fixed = ks_ledger_hash(ledger, words, sizeof(words));
	const struct ks_key salt = ks_ledger_hash(ledger, parameters->salt.at, parameters->salt.n);
	const struct ks_key key = {.w = {fixed.w[0] ^ salt.w[0], fixed.w[1] + salt.w[1]}};
	const uint32_t number = ks_map_add(&ledger->nsecs, &key, ret_new);
	return number == KS_MAP_NONE ? NULL : ks_map_at(&ledger->nsecs, number);
}

static void
count_nsec(struct ks_visit *visit, uint32_t zone, bool nsec3, const struct ks_nsec3 *parameters)
{
	struct ks_ledger *const ledger = visit->ledger;
	bool is_new;
	struct ks_ledger_nsec *const entry = nsec_entry(ledger, zone, nsec3, parameters, &is_new);
	if (entry == NULL) {
		ledger->unlisted++;
		return;
	}
	if (is_new) {
		entry->name = zone;
		entry->nsec3 = nsec3;
		entry->hash_algorithm = parameters->hash_algorithm;
		entry->iterations = parameters->iterations;
		if (ks_ledger_keep(ledger, parameters->salt, &entry->salt_at))
			entry->n_salt = (uint8_t)parameters->salt.n;
	}
	entry->count++;
	entry->opt_out += (parameters->flags & KS_NSEC3_OPT_OUT) != 0;
	ks_ledger_stretch(&entry->first_ns, &entry->last_ns, is_new, visit->message->time_ns);
}

static void
read_nsec(struct ks_visit *visit, const struct ks_rrset *set, struct ks_span rdata, uint32_t zone)
{
	struct ks_nsec3 parameters = {0};
	const bool nsec3 = set->type == KS_TYPE_NSEC3;
	const bool sound =
		nsec3 ? ks_nsec3_read(rdata, &parameters) : ks_nsec_bitmap(rdata, &parameters.bitmap);
	if (!sound) {
		visit->ledger->malformed++;
		return;
	}
	watch_bitmap(visit, zone, parameters.bitmap);
	if (zone == KS_MAP_NONE)
		return;
	if (parameters.iterations > KS_LIMIT_ITERATIONS)
		ks_ledger_exhaust(visit, zone, KS_EXHAUST_ITERATIONS, parameters.iterations);
	count_nsec(visit, zone, nsec3, &parameters);
}

void
ks_ledger_nsec(struct ks_visit *visit, const struct ks_rrset *set)
{
	const uint32_t zone = zone_of(visit, set);
	const struct ks_rr *record = ks_rrset_first(&visit->sets, set);
	for (unsigned i = 0; i < set->n; i++, record = ks_rrset_next(&visit->sets, record))
		read_nsec(visit, set, record->rdata, zone);
}

/* --- no DS --- */

/* Is it the bitmap of a delegation without DS? One with SOA is the child's own. */
static bool
denies_ds(struct ks_span bitmap)
{
	return ks_bitmap_has(bitmap, KS_TYPE_NS) && !ks_bitmap_has(bitmap, KS_TYPE_DS) &&
	       !ks_bitmap_has(bitmap, KS_TYPE_SOA);
}

/* Base32 with the extended hex alphabet (RFC 4648 s7) of the owner's first label, lower case: twenty octets
 * are thirty-two letters. */
static bool
is_hash_label(struct ks_span owner, const uint8_t hash[20])
{
	static const char letters[] = "0123456789abcdefghijklmnopqrstuv";
	if (owner.n < 33 || owner.at[0] != 32)
		return false;
	for (unsigned i = 0; i < 32; i++) {
		const unsigned bit = i * 5;
		const unsigned two = (unsigned)hash[bit / 8] << 8 | (bit / 8 < 19 ? hash[bit / 8 + 1] : 0u);
		if (owner.at[1 + i] != (uint8_t)letters[two >> (11 - bit % 8) & 31])
			return false;
	}
	return true;
}

static enum ks_denial
denial_by_nsec3(const struct ks_visit *visit, const struct ks_rrset *set, struct ks_span name)
{
	const struct ks_rrsets *const sets = &visit->sets;
	struct ks_nsec3 nsec3;
	uint8_t hash[20];
	if (!ks_nsec3_read(ks_rrset_first(sets, set)->rdata, &nsec3))
		return KS_DENIAL_NONE;
	if (nsec3.hash_algorithm == 1 && ks_dnssec_nsec3_hash(name, nsec3.salt, nsec3.iterations, hash) &&
	    is_hash_label(ks_rrset_owner(sets, set), hash))
		return denies_ds(nsec3.bitmap) ? KS_DENIAL_NSEC3 : KS_DENIAL_NONE;
	return (nsec3.flags & KS_NSEC3_OPT_OUT) != 0 ? KS_DENIAL_OPT_OUT : KS_DENIAL_NONE;
}

/* What the NSEC3 records of the authority section say of the name; a record of its own hash has the last
 * word. */
static enum ks_denial
ask_nsec3(const struct ks_visit *visit, struct ks_span name)
{
	enum ks_denial denial = KS_DENIAL_NONE;
	unsigned asked = 0;
	for (unsigned i = 0; i < visit->sets.n && denial != KS_DENIAL_NSEC3; i++) {
		const struct ks_rrset *const set = &visit->sets.set[i];
		if (set->type != KS_TYPE_NSEC3 || set->section != KS_SECTION_AUTHORITY)
			continue;
		if (++asked > 4) /* an honest answer has three at most, RFC 5155 s7.2 */
			break;
		const enum ks_denial said = denial_by_nsec3(visit, set, name);
		if (said != KS_DENIAL_NONE)
			denial = said;
	}
	return denial;
}

/* The same, hashing only what was not hashed before. */
static enum ks_denial
recall_nsec3(struct ks_visit *visit, struct ks_span name)
{
	struct ks_ledger *const ledger = visit->ledger;
	uint64_t hash = ks_hash_bytes(&ledger->secret, name.at, name.n);
	for (unsigned i = 0; i < visit->sets.n; i++) {
		const struct ks_rrset *const set = &visit->sets.set[i];
		const struct ks_span owner = ks_rrset_owner(&visit->sets, set);
		if (set->type == KS_TYPE_NSEC3)
			hash += ks_hash_bytes(&ledger->secret, owner.at, owner.n) ^
				ks_ledger_rrset_hash(visit, set).w[1];
	}
	struct ks_ledger_denial *const entry =
		(struct ks_ledger_denial *)ledger->denials.base + hash % KS_LEDGER_DENIALS;
	if (entry->hash != hash) {
		entry->denial = ask_nsec3(visit, name);
		entry->hash = hash;
	}
	return (enum ks_denial)entry->denial;
}

/* Index of the owner with this name (lower case), or -1. */
static int
owner_index(const struct ks_rrsets *sets, struct ks_span name)
{
	for (int i = 0; i < sets->n_owners; i++)
		if (sets->owner[i].n == name.n && memcmp(sets->owner[i].name, name.at, name.n) == 0)
			return i;
	return -1;
}

static enum ks_denial
denial_of(struct ks_visit *visit, struct ks_span name)
{
	const struct ks_rrsets *const sets = &visit->sets;
	const int owner = owner_index(sets, name);
	const struct ks_rrset *const nsec =
		owner < 0 ? NULL
			  : ks_rrsets_find(sets, KS_SECTION_AUTHORITY, (uint8_t)owner, KS_TYPE_NSEC, 0);
	struct ks_span bitmap;
	if (nsec == NULL)
		return recall_nsec3(visit, name);
	if (!ks_nsec_bitmap(ks_rrset_first(sets, nsec)->rdata, &bitmap) || !denies_ds(bitmap))
		return KS_DENIAL_NONE;
	return KS_DENIAL_NSEC;
}

static const struct ks_rrset *
find_type(const struct ks_rrsets *sets, enum ks_section section, uint16_t type)
{
	for (unsigned i = 0; i < sets->n; i++)
		if (sets->set[i].type == type && sets->set[i].section == section)
			return &sets->set[i];
	return NULL;
}

/* The least TTL of what denies. */
static uint32_t
denial_ttl(const struct ks_rrsets *sets)
{
	uint32_t ttl_s = UINT32_MAX;
	for (unsigned i = 0; i < sets->n; i++) {
		const struct ks_rrset *const set = &sets->set[i];
		if ((set->type == KS_TYPE_NSEC || set->type == KS_TYPE_NSEC3) && set->ttl_s < ttl_s)
			ttl_s = set->ttl_s;
	}
	return ttl_s;
}

static void
note_denial(struct ks_visit *visit, struct ks_span name, bool referral)
{
	const enum ks_denial denial = denial_of(visit, name);
	if (denial != KS_DENIAL_NONE)
		ks_ledger_denied(visit, name, denial, denial_ttl(&visit->sets), referral);
}

/* An answer to a DS question without DS. */
static bool
is_no_data(const struct ks_visit *visit)
{
	const struct ks_dns *const dns = &visit->message->dns;
	return dns->has_question && dns->qtype == KS_TYPE_DS && dns->rcode == 0 && dns->counts[1] == 0;
}

void
ks_ledger_ds_denial(struct ks_visit *visit)
{
	const struct ks_dns *const dns = &visit->message->dns;
	const struct ks_rrsets *const sets = &visit->sets;
	if (dns->rcode != 0 || dns->counts[1] != 0)
		return;
	if (find_type(sets, KS_SECTION_AUTHORITY, KS_TYPE_NSEC) == NULL &&
	    find_type(sets, KS_SECTION_AUTHORITY, KS_TYPE_NSEC3) == NULL)
		return;
	const struct ks_rrset *const cut = find_type(sets, KS_SECTION_AUTHORITY, KS_TYPE_NS);
	if (cut == NULL && is_no_data(visit)) {
		uint8_t name[KS_NAME_MAX];
		ks_name_fold(dns->qname.at, dns->qname.n, name);
		note_denial(visit, (struct ks_span){name, dns->qname.n}, false);
		return;
	}
	/* Of the many delegations without DS, those are noted of which something is known. */
	if (cut == NULL || visit->authoritative ||
	    ks_rrsets_find(sets, KS_SECTION_AUTHORITY, cut->owner, KS_TYPE_DS, 0) != NULL)
		return;
	const struct ks_span name = ks_rrset_owner(sets, cut);
	if (ks_names_find(&visit->ledger->names, name) != KS_MAP_NONE)
		note_denial(visit, name, true);
}
