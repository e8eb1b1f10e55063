/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/rrset.h"

#include <string.h>

enum { NOWHERE = 0xffff };

/* Where the owner name at `offset` stands. Nearly every name is one pointer to another, so that equal places
 * tell equal names without a look at them. */
static size_t
place_of(struct ks_span message, size_t offset)
{
	if (message.n - offset < 2 || message.at[offset] < 0xc0)
		return offset;
	const size_t target = (size_t)(message.at[offset] & 0x3f) << 8 | message.at[offset + 1];
	return target < offset ? target : offset;
}

/* Index of the owner at `offset`, or NOWHERE. */
static unsigned
find_owner(struct ks_rrsets *sets, size_t offset)
{
	const size_t place = place_of(sets->message, offset);
	for (unsigned i = 0; i < sets->n_owners; i++)
		if (sets->owner[i].offset == place)
			return i;
	uint8_t name[KS_NAME_MAX];
	const size_t n = ks_name_expand(sets->message, place, name);
	if (n == 0)
		return NOWHERE;
	for (unsigned i = 0; i < sets->n_owners; i++)
		if (sets->owner[i].n == n && memcmp(sets->owner[i].name, name, n) == 0)
			return i;
	if (sets->n_owners == KS_RRSETS)
		return NOWHERE;
	struct ks_rr_owner *const owner = &sets->owner[sets->n_owners];
	owner->offset = place;
	owner->n = (uint8_t)n;
	memcpy(owner->name, name, n);
	return sets->n_owners++;
}

static struct ks_rrset *
find_set(struct ks_rrsets *sets, const struct ks_rrset *wanted)
{
	for (unsigned i = 0; i < sets->n; i++) {
		struct ks_rrset *const set = &sets->set[i];
		if (set->type == wanted->type && set->owner == wanted->owner &&
		    set->covered == wanted->covered && set->section == wanted->section)
			return set;
	}
	if (sets->n == KS_RRSETS)
		return NULL;
	struct ks_rrset *const set = &sets->set[sets->n++];
	*set = *wanted;
	return set;
}

static void
keep(struct ks_rrsets *sets, const struct ks_rrset *wanted, struct ks_span rdata)
{
	struct ks_rrset *const set = find_set(sets, wanted);
	if (set == NULL) {
		sets->lost++;
		return;
	}
	set->n_seen++;
	if (wanted->ttl_s < set->ttl_s)
		set->ttl_s = wanted->ttl_s;
	if (set->n == KS_RRSET_RECORDS || sets->n_records == KS_RRSETS_RECORDS) {
		sets->lost++;
		return;
	}
	const uint16_t number = sets->n_records++;
	sets->record[number] = (struct ks_rr){.rdata = rdata};
	if (set->n == 0)
		set->first = number;
	else
		sets->record[set->last].next = number;
	set->last = number;
	set->n++;
}

/* False: the records end here. */
static bool
take_record(struct ks_rrsets *sets, struct ks_cur *cur, enum ks_section section)
{
	const size_t offset = (size_t)(cur->at - sets->message.at);
	if (!ks_name_skip(cur))
		return false;
	/* Type, class, TTL, length: RFC 1035 s3.2.1. */
	const uint8_t *const fixed = ks_cur_take(cur, 10);
	if (fixed == NULL)
		return false;
	struct ks_rrset wanted = {.section = section, .type = ks_be16(fixed), .ttl_s = ks_be32(fixed + 4)};
	const uint16_t rr_class = ks_be16(fixed + 2);
	const uint16_t n = ks_be16(fixed + 8);
	const uint8_t *const rdata = ks_cur_take(cur, n);
	if (rdata == NULL)
		return false;
	if (rr_class != 1 || wanted.type == KS_TYPE_OPT)
		return true;
	if (wanted.type == KS_TYPE_RRSIG && n >= 2)
		wanted.covered = (uint16_t)(rdata[0] << 8 | rdata[1]);
	const unsigned owner = find_owner(sets, offset);
	if (owner == NOWHERE) {
		sets->lost++;
		return true;
	}
	wanted.owner = (uint8_t)owner;
	keep(sets, &wanted, (struct ks_span){rdata, n});
	return true;
}

static bool
skip_questions(struct ks_cur *cur, unsigned n)
{
	for (; n > 0 && !cur->failed; n--) {
		if (!ks_name_skip(cur))
			return false;
		ks_cur_skip(cur, 4);
	}
	return !cur->failed;
}

void
ks_rrsets_read(struct ks_span message, const struct ks_dns *dns, struct ks_rrsets *ret)
{
	struct ks_cur cur = ks_cur_init(message.at, message.n);
	ret->message = message;
	ret->n = ret->n_records = ret->n_owners = ret->lost = 0;
	ks_cur_skip(&cur, KS_DNS_HEADER);
	if (!skip_questions(&cur, dns->counts[0]))
		return;
	for (unsigned section = KS_SECTION_ANSWER; section <= KS_SECTION_AUTHORITY; section++)
		for (unsigned i = 0; i < dns->counts[section]; i++)
			if (!take_record(ret, &cur, (enum ks_section)section))
				return;
}

/* A record's type, stepped over; false where the records end. */
static bool
skip_record(struct ks_cur *cur, uint16_t *ret_type)
{
	if (!ks_name_skip(cur))
		return false;
	*ret_type = ks_cur_u16(cur);
	ks_cur_skip(cur, 6);
	const uint16_t n = ks_cur_u16(cur);
	ks_cur_skip(cur, n);
	return !cur->failed;
}

static bool
has_signatures(struct ks_cur cur, unsigned n)
{
	uint16_t type = 0;
	for (; n > 0 && type != KS_TYPE_RRSIG; n--)
		if (!skip_record(&cur, &type))
			return false;
	return type == KS_TYPE_RRSIG;
}

void
ks_rrsets_read_additional(const struct ks_dns *dns, struct ks_rrsets *sets)
{
	const size_t at = dns->additional_at;
	if (at < KS_DNS_HEADER || at > sets->message.n)
		return;
	struct ks_cur cur = ks_cur_init(sets->message.at + at, sets->message.n - at);
	const unsigned n = dns->counts[KS_SECTION_ADDITIONAL];
	if (!has_signatures(cur, n))
		return;
	for (unsigned i = 0; i < n; i++)
		if (!take_record(sets, &cur, KS_SECTION_ADDITIONAL))
			return;
}

const struct ks_rrset *
ks_rrsets_find(const struct ks_rrsets *sets, enum ks_section section, uint8_t owner, uint16_t type,
	       uint16_t covered)
{
	for (unsigned i = 0; i < sets->n; i++) {
		const struct ks_rrset *const set = &sets->set[i];
		if (set->type == type && set->owner == owner && set->covered == covered &&
		    set->section == section)
			return set;
	}
	return NULL;
}
