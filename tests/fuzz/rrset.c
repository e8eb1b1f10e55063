/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rrset.c -- fuzz the records of a message: gathered into RRsets, read field by field, put into canonical
 * form, their signatures offered to ldns. Input: a message.
 *
 * Whatever the input: RRsets keep their limits, no record is lost without being counted, the canonical form
 * of an RRset is sorted and fits its room, and what is signed has the length that its parts make. */
#include <stdlib.h>
#include <string.h>

#include "dissect/dnssec.h"
#include "dissect/rrcanon.h"
#include "dissect/signal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A macro, so that the stack tells which demand it was. */
#define demand(holds)                                                                                        \
	do {                                                                                                 \
		if (!(holds))                                                                                \
			abort();                                                                             \
	} while (0)

enum { VERIFICATIONS = 4, SIGNED_MAX = KS_RRCANON_MAX + KS_RRSET_RECORDS * (KS_NAME_MAX + 10) + 300 };

static struct ks_rrsets sets;
static uint8_t records[KS_RRCANON_MAX], signed_data[SIGNED_MAX];

static void
check_limits(void)
{
	size_t kept = 0;
	demand(sets.n <= KS_RRSETS && sets.n_owners <= KS_RRSETS);
	for (unsigned i = 0; i < sets.n; i++) {
		const struct ks_rrset *const set = &sets.set[i];
		demand(set->n <= KS_RRSET_RECORDS && set->n <= set->n_seen && set->owner < sets.n_owners);
		demand(ks_rrsets_find(&sets, set->section, set->owner, set->type, set->covered) == set);
		const struct ks_rr *record = ks_rrset_first(&sets, set);
		for (unsigned j = 0; j < set->n; j++, record = ks_rrset_next(&sets, record)) {
			demand(record->rdata.at >= sets.message.at);
			demand(record->rdata.at + record->rdata.n <= sets.message.at + sets.message.n);
		}
		kept += set->n;
	}
	demand(kept == sets.n_records);
}

/* Records of the canonical form, each after the one before. */
static unsigned
check_order(size_t n)
{
	struct ks_cur cur = ks_cur_init(records, n);
	struct ks_span before = {0};
	unsigned count = 0;
	for (; ks_cur_left(&cur) > 0; count++) {
		const size_t length = ks_cur_u16(&cur);
		const struct ks_span rdata = {ks_cur_take(&cur, length), length};
		demand(rdata.at != NULL);
		const size_t common = before.n < rdata.n ? before.n : rdata.n;
		const int order = count == 0 ? -1 : memcmp(before.at, rdata.at, common);
		demand(order < 0 || (order == 0 && before.n < rdata.n));
		before = rdata;
	}
	return count;
}

static void
read_key(struct ks_span rdata)
{
	struct ks_dnskey key;
	if (!ks_dnskey_read(rdata, &key))
		return;
	const struct ks_key_shape shape = ks_key_shape(key.algorithm, key.public_key);
	demand(shape.bits <= 8 * 65536);
	(void)ks_key_tag(rdata);
}

static void
read_denial(uint16_t type, struct ks_span rdata)
{
	struct ks_nsec3 nsec3 = {0};
	uint8_t hash[20];
	const uint8_t name[] = "\1a";
	const bool sound =
		type == KS_TYPE_NSEC3 ? ks_nsec3_read(rdata, &nsec3) : ks_nsec_bitmap(rdata, &nsec3.bitmap);
	if (!sound)
		return;
	const unsigned faults = ks_bitmap_faults(nsec3.bitmap);
	if (faults == 0 && nsec3.bitmap.n > 0) {
		/* Without a fault some type of the last window may be there; none is beyond it. */
		unsigned types = 0;
		for (unsigned i = 0; i < 65536; i += 7)
			types += ks_bitmap_has(nsec3.bitmap, (uint16_t)i);
		demand(types <= nsec3.bitmap.n * 8);
	}
	demand(ks_dnssec_nsec3_hash((struct ks_span){name, 3}, nsec3.salt, nsec3.iterations, hash) ==
	       (nsec3.iterations <= KS_DNSSEC_ITERATIONS));
}

static void
read_rdata(const struct ks_rrset *set)
{
	const struct ks_rr *record = ks_rrset_first(&sets, set);
	struct ks_ds ds;
	for (unsigned i = 0; i < set->n; i++, record = ks_rrset_next(&sets, record)) {
		if (set->type == KS_TYPE_DNSKEY)
			read_key(record->rdata);
		else if (set->type == KS_TYPE_NSEC || set->type == KS_TYPE_NSEC3)
			read_denial(set->type, record->rdata);
		else if (set->type == KS_TYPE_DS)
			demand(ks_ds_read(record->rdata, &ds) == (record->rdata.n >= 4));
	}
}

/* With every key of the message as if it were the signer's. */
static void
try_keys(const struct ks_rrsig *rrsig, size_t n_signed, unsigned *tried)
{
	for (unsigned i = 0; i < sets.n; i++) {
		if (sets.set[i].type != KS_TYPE_DNSKEY)
			continue;
		const struct ks_rr *record = ks_rrset_first(&sets, &sets.set[i]);
		for (unsigned j = 0; j < sets.set[i].n; j++, record = ks_rrset_next(&sets, record)) {
			struct ks_dnskey key;
			if (!ks_dnskey_read(record->rdata, &key) || ++*tried > VERIFICATIONS)
				continue;
			(void)ks_dnssec_verify(rrsig->algorithm, key.public_key,
					       (struct ks_span){signed_data, n_signed}, rrsig->signature);
		}
	}
}

static void
check_signature(const struct ks_rrset *set, struct ks_span rdata, unsigned *tried)
{
	struct ks_rrsig rrsig;
	size_t n_records, n_signed;
	const struct ks_rrset *const over = ks_rrsets_find(&sets, set->section, set->owner, set->covered, 0);
	if (!ks_rrsig_read(sets.message, rdata, &rrsig))
		return;
	demand(rrsig.covered == set->covered && rrsig.n_signer > 0);
	demand(rrsig.signer[rrsig.n_signer - 1] == 0);
	if (over == NULL || !ks_rrset_canonical(&sets, over, records, &n_records))
		return;
	const unsigned n = check_order(n_records);
	demand(n >= 1 && n <= over->n);
	const struct ks_span owner = ks_rrset_owner(&sets, over);
	if (!ks_rrsig_signed_data(&rrsig, owner, (struct ks_span){records, n_records}, signed_data,
				  sizeof(signed_data), &n_signed))
		return;
	demand(n_signed <= 18u + rrsig.n_signer + n_records + n * (owner.n + 8u));
	try_keys(&rrsig, n_signed, tried);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ks_dns dns;
	unsigned tried = 0;
	if (size > 65535 || ks_dns_read(data, size, size, &dns) != KS_DNS)
		return 0;
	ks_rrsets_read((struct ks_span){data, size}, &dns, &sets);
	check_limits();
	ks_rrsets_read_additional(&dns, &sets);
	check_limits();
	for (unsigned i = 0; i < sets.n; i++) {
		const struct ks_rrset *const set = &sets.set[i];
		const struct ks_rr *record = ks_rrset_first(&sets, set);
		read_rdata(set);
		if (set->type != KS_TYPE_RRSIG)
			continue;
		for (unsigned j = 0; j < set->n; j++, record = ks_rrset_next(&sets, record))
			check_signature(set, record->rdata, &tried);
	}
	return 0;
}
