/* SPDX-License-Identifier: BSD-2-Clause
 *
 * zone_answers.c -- a signed zone as its server would give it: every RRset with its signatures, as one
 * authoritative answer each, at one instant.
 *
 * zone_answers SECONDS <ZONEFILE >PCAP: IPv4 without link header, from port 53 of 192.0.2.53; DO set. */
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINK_RAW = 101, IP_HEADER = 20, UDP_HEADER = 8 };

static void
put(uint32_t value, unsigned octets)
{
	while (octets-- > 0)
		(void)putchar((int)(value >> (8 * octets) & 0xff));
}

static void
put_packet(const uint8_t *message, size_t n, uint32_t t_s)
{
	const uint32_t length = (uint32_t)(IP_HEADER + UDP_HEADER + n);
	put(t_s, 4);
	put(0, 4);
	put(length, 4);
	put(length, 4);
	put(0x4500, 2);
	put(length, 2);
	put(0, 4);
	put(0x40110000, 4); /* checksums are left out */
	put(0xc0000235, 4);
	put(0xc6336407, 4);
	put(53, 2);
	put(5353, 2);
	put((uint32_t)(UDP_HEADER + n), 2);
	put(0, 2);
	(void)fwrite(message, 1, n, stdout);
}

static bool
belongs(const ldns_rr *rr, const ldns_rr *first)
{
	const ldns_rr_type type = ldns_rr_get_type(rr) == LDNS_RR_TYPE_RRSIG
					  ? ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rr))
					  : ldns_rr_get_type(rr);
	return type == ldns_rr_get_type(first) &&
	       ldns_dname_compare(ldns_rr_owner(rr), ldns_rr_owner(first)) == 0;
}

static void
answer(const ldns_rr_list *zone, const ldns_rr *first, uint32_t t_s)
{
	ldns_pkt *const pkt =
		ldns_pkt_query_new(ldns_rdf_clone(ldns_rr_owner(first)), ldns_rr_get_type(first),
				   LDNS_RR_CLASS_IN, LDNS_AA | LDNS_QR);
	ldns_pkt_set_edns_do(pkt, true);
	ldns_pkt_set_edns_udp_size(pkt, 1232);
	for (size_t i = 0; i < ldns_rr_list_rr_count(zone); i++)
		if (belongs(ldns_rr_list_rr(zone, i), first))
			(void)ldns_pkt_push_rr(pkt, LDNS_SECTION_ANSWER,
					       ldns_rr_clone(ldns_rr_list_rr(zone, i)));
	uint8_t *wire;
	size_t n;
	if (ldns_pkt2wire(&wire, pkt, &n) != LDNS_STATUS_OK)
		abort();
	put_packet(wire, n, t_s);
	free(wire);
	ldns_pkt_free(pkt);
}

int
main(int argc, char **argv)
{
	ldns_zone *zone;
	if (argc != 2 || ldns_zone_new_frm_fp(&zone, stdin, NULL, 0, LDNS_RR_CLASS_IN) != LDNS_STATUS_OK) {
		(void)fputs("usage: zone_answers SECONDS <ZONEFILE >PCAP\n", stderr);
		return 2;
	}
	const uint32_t t_s = (uint32_t)strtoul(argv[1], NULL, 10);
	ldns_rr_list *const records = ldns_zone_rrs(zone);
	ldns_rr_list_push_rr(records, ldns_zone_soa(zone));
	put(0xa1b2c3d4, 4);
	put(2, 2);
	put(4, 2);
	put(0, 4);
	put(0, 4);
	put(65535, 4);
	put(LINK_RAW, 4);
	/* The keys first: whoever asks, asks for them too. */
	for (int keys = 1; keys >= 0; keys--)
		for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
			const ldns_rr *const rr = ldns_rr_list_rr(records, i);
			bool repeated = ldns_rr_get_type(rr) == LDNS_RR_TYPE_RRSIG;
			for (size_t j = 0; j < i && !repeated; j++)
				repeated =
					ldns_rr_get_type(ldns_rr_list_rr(records, j)) != LDNS_RR_TYPE_RRSIG &&
					belongs(ldns_rr_list_rr(records, j), rr);
			if (!repeated && (ldns_rr_get_type(rr) == LDNS_RR_TYPE_DNSKEY) == (keys == 1))
				answer(records, rr, t_s);
		}
	return 0;
}
