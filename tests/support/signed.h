/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/support/signed.h -- RRsets that ldns made and signed, as DNS messages; what ldns does is the
 * yardstick.
 */
#ifndef KS_TESTS_SUPPORT_SIGNED_H
#define KS_TESTS_SUPPORT_SIGNED_H

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/wire.h"

static inline ldns_rr *
ks_signed_rr(const char *text)
{
	ldns_rr *rr = NULL;
	if (ldns_rr_new_frm_str(&rr, text, 0, NULL, NULL) != LDNS_STATUS_OK)
		abort();
	return rr;
}

/* The key's DNSKEY record. */
static inline ldns_rr *
ks_signed_dnskey(const ldns_key *key)
{
	ldns_rr *const rr = ldns_key2rr(key);
	ldns_rr_set_ttl(rr, 3600);
	return rr;
}

/* A key pair of the zone that signs from 2026-11-21 to 2026-12-21. */
static inline ldns_key *
ks_signed_key(const char *zone, ldns_signing_algorithm algorithm, uint16_t bits, uint16_t flags)
{
	ldns_key *const key = ldns_key_new_frm_algorithm(algorithm, bits);
	if (key == NULL)
		abort();
	ldns_key_set_pubkey_owner(key, ldns_dname_new_frm_str(zone));
	ldns_key_set_flags(key, flags);
	ldns_key_set_inception(key, 1795219200);
	ldns_key_set_expiration(key, 1797811200);
	ldns_rr *const public_key = ks_signed_dnskey(key);
	ldns_key_set_keytag(key, ldns_calc_keytag(public_key));
	ldns_rr_free(public_key);
	return key;
}

/* Signatures of the key over the RRset, appended to `rrset`. */
static inline void
ks_signed_sign(ldns_rr_list *rrset, ldns_key *key)
{
	ldns_key_list *const keys = ldns_key_list_new();
	ldns_key_list_push_key(keys, key);
	ldns_key_set_use(key, true);
	ldns_rr_list *const signatures = ldns_sign_public(rrset, keys);
	if (signatures == NULL || ldns_rr_list_rr_count(signatures) == 0)
		abort();
	ldns_rr_list_push_rr_list(rrset, signatures);
	ldns_rr_list_free(signatures);
	ldns_key_list_set_key_count(keys, 0); /* the list would free the key too */
	ldns_key_list_free(keys);
}

/* A response with `answer` and `authority` in their sections (either may be NULL), DO set. The lists stay the
 * caller's. */
static inline void
ks_signed_message(struct ks_wire *wire, const char *qname, unsigned qtype, unsigned flags,
		  const ldns_rr_list *answer, const ldns_rr_list *authority)
{
	const ldns_rr_list *const lists[] = {answer, authority};
	size_t n[2];
	for (size_t i = 0; i < 2; i++)
		n[i] = lists[i] == NULL ? 0 : ldns_rr_list_rr_count(lists[i]);
	wire->n = 0;
	ks_wire_header(wire, 1, flags, 1, (unsigned)n[0], (unsigned)n[1], 1);
	ks_wire_question(wire, qname, qtype);
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < n[i]; j++) {
			ldns_buffer *const buffer = ldns_buffer_new(4096);
			if (ldns_rr2buffer_wire(buffer, ldns_rr_list_rr(lists[i], j), LDNS_SECTION_ANSWER) !=
			    LDNS_STATUS_OK)
				abort();
			ks_wire_bytes(wire, ldns_buffer_begin(buffer), ldns_buffer_position(buffer));
			ldns_buffer_free(buffer);
		}
	ks_wire_rr(wire, ".", 41, 1232, 0x8000, 0);
}

#endif
