/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ldns_verify.c -- signatures the slow way: ldns parses whole messages, finds RRsets, keys and canonical
 * forms by itself, and verifies every distinct signature of the types that the ledger keeps, with every key
 * that was seen.
 *
 * Standard input: one DNS message a line, in hexadecimal. Standard output: lines "SIGNER TYPE TAG RESULT
 * COUNT". */
#include <ctype.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_OCTETS = 65535, PAIRS_MAX = 100000 };

static ldns_pkt **packets;
static size_t n_packets;
static ldns_rr_list *all_keys;

/* A distinct pair, and what came of it: two texts. */
static struct pair {
	char *key;
	char result[96];
} * pairs;
static size_t n_pairs;

static bool
is_kept(ldns_rr_type type)
{
	return type == LDNS_RR_TYPE_DNSKEY || type == LDNS_RR_TYPE_DS || type == LDNS_RR_TYPE_SOA ||
	       type == LDNS_RR_TYPE_CDS || type == LDNS_RR_TYPE_CDNSKEY || type == LDNS_RR_TYPE_NSEC3PARAM;
}

static void
read_line(const char *line)
{
	static uint8_t bytes[LINE_MAX_OCTETS];
	size_t n = 0;
	for (; isxdigit((unsigned char)line[0]) && isxdigit((unsigned char)line[1]) && n < sizeof(bytes);
	     line += 2) {
		const char octet[3] = {line[0], line[1], '\0'};
		bytes[n++] = (uint8_t)strtoul(octet, NULL, 16);
	}
	ldns_pkt *pkt;
	if (ldns_wire2pkt(&pkt, bytes, n) != LDNS_STATUS_OK)
		return;
	const ldns_pkt_rcode rcode = ldns_pkt_get_rcode(pkt);
	if (!ldns_pkt_qr(pkt) || ldns_pkt_tc(pkt) || ldns_pkt_get_opcode(pkt) != LDNS_PACKET_QUERY ||
	    (rcode != LDNS_RCODE_NOERROR && rcode != LDNS_RCODE_NXDOMAIN)) {
		ldns_pkt_free(pkt);
		return;
	}
	packets = realloc(packets, (n_packets + 1) * sizeof(*packets));
	if (packets == NULL)
		abort();
	packets[n_packets++] = pkt;
}

static void
collect_keys(const ldns_rr_list *section)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
		ldns_rr *const rr = ldns_rr_list_rr(section, i);
		if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_DNSKEY && !ldns_rr_list_contains_rr(all_keys, rr))
			ldns_rr_list_push_rr(all_keys, rr);
	}
}

static ldns_rr_list *
covered_by(const ldns_rr_list *section, const ldns_rr *rrsig)
{
	ldns_rr_list *const rrset = ldns_rr_list_new();
	const ldns_rr_type covered = ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rrsig));
	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
		ldns_rr *const rr = ldns_rr_list_rr(section, i);
		if (ldns_rr_get_type(rr) == covered &&
		    ldns_dname_compare(ldns_rr_owner(rr), ldns_rr_owner(rrsig)) == 0)
			ldns_rr_list_push_rr(rrset, rr);
	}
	return rrset;
}

/* The pair as text: TTLs alike, names in lower case, records in order. */
static char *
text_of(const ldns_rr_list *rrset, const ldns_rr *rrsig)
{
	ldns_rr_list *const copy = ldns_rr_list_clone(rrset);
	ldns_rr_list_push_rr(copy, ldns_rr_clone(rrsig));
	for (size_t i = 0; i < ldns_rr_list_rr_count(copy); i++) {
		ldns_rr_set_ttl(ldns_rr_list_rr(copy, i), 0);
		ldns_rr2canonical(ldns_rr_list_rr(copy, i));
	}
	ldns_rr_list_sort(copy);
	char *const text = ldns_rr_list2str(copy);
	ldns_rr_list_deep_free(copy);
	return text;
}

static const char *
verify(const ldns_rr_list *rrset, const ldns_rr *rrsig)
{
	ldns_rr_list *const keys = ldns_rr_list_new();
	for (size_t i = 0; i < ldns_rr_list_rr_count(all_keys); i++) {
		ldns_rr *const key = ldns_rr_list_rr(all_keys, i);
		if (ldns_dname_compare(ldns_rr_owner(key), ldns_rr_rrsig_signame(rrsig)) == 0)
			ldns_rr_list_push_rr(keys, key);
	}
	const ldns_status status = ldns_verify_rrsig_keylist_notime(rrset, rrsig, keys, NULL);
	ldns_rr_list_free(keys);
	if (status == LDNS_STATUS_OK)
		return "good";
	return status == LDNS_STATUS_CRYPTO_NO_MATCHING_KEYTAG_DNSKEY ? "unknown" : "bogus";
}

static void
look_at(const ldns_rr_list *section, const ldns_rr *rrsig)
{
	const ldns_rr_type type = ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rrsig));
	ldns_rr_list *const rrset = covered_by(section, rrsig);
	if (ldns_rr_list_rr_count(rrset) > 0 && n_pairs < PAIRS_MAX) {
		const struct pair wanted = {.key = text_of(rrset, rrsig)};
		struct pair *found = NULL;
		for (size_t i = n_pairs; i > 0 && found == NULL; i--)
			if (strcmp(pairs[i - 1].key, wanted.key) == 0)
				found = &pairs[i - 1];
		if (found == NULL) {
			char *const signer = ldns_rdf2str(ldns_rr_rrsig_signame(rrsig));
			char *const name = ldns_rr_type2str(type);
			pairs[n_pairs] = wanted;
			(void)snprintf(pairs[n_pairs].result, sizeof(pairs[0].result), "%s %s %u %s", signer,
				       name, ldns_rdf2native_int16(ldns_rr_rrsig_keytag(rrsig)),
				       verify(rrset, rrsig));
			n_pairs++;
			free(signer);
			free(name);
		} else {
			free(wanted.key);
		}
	}
	ldns_rr_list_free(rrset);
}

static void
look_through(const ldns_rr_list *section)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
		const ldns_rr *const rr = ldns_rr_list_rr(section, i);
		if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_RRSIG &&
		    is_kept(ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rr))))
			look_at(section, rr);
	}
}

static int
by_result(const void *a, const void *b)
{
	return strcmp(((const struct pair *)a)->result, ((const struct pair *)b)->result);
}

int
main(void)
{
	static char line[2 * LINE_MAX_OCTETS + 2];
	all_keys = ldns_rr_list_new();
	pairs = calloc(PAIRS_MAX, sizeof(*pairs));
	if (pairs == NULL)
		return 1;
	while (fgets(line, sizeof(line), stdin) != NULL)
		read_line(line);
	for (size_t i = 0; i < n_packets; i++) {
		collect_keys(ldns_pkt_answer(packets[i]));
		collect_keys(ldns_pkt_authority(packets[i]));
	}
	for (size_t i = 0; i < n_packets; i++) {
		look_through(ldns_pkt_answer(packets[i]));
		look_through(ldns_pkt_authority(packets[i]));
	}
	qsort(pairs, n_pairs, sizeof(*pairs), by_result);
	for (size_t i = 0, n = 0; i < n_pairs; i++) {
		n++;
		if (i + 1 == n_pairs || strcmp(pairs[i].result, pairs[i + 1].result) != 0) {
			(void)printf("%s %zu\n", pairs[i].result, n);
			n = 0;
		}
	}
	return 0;
}
