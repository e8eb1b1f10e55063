/* SPDX-License-Identifier: BSD-2-Clause
 *
 * message.c -- fuzz DNS messages against ldns. Input: a message.
 *
 * What ldns makes of the input it writes out again, and of that message both must read the same header,
 * question, EDNS, DNSKEY and DLV answer. The input itself may be read differently on purpose: ldns looks into
 * RDATA, where we step over it by its length, and it does not mind a length that its RDATA does not fill
 * (RFC 1035 s3.2.1 leaves no room for that), so that the records behind are other ones to it. Header and
 * question come before any record: there the two must agree on the input too. */
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/dns.h"
#include "dissect/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* ldns 1.8 loses records of packets that it gives up on; that is not what is tested here. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:ldns_";
}

/* A macro, so that the stack tells which demand it was. */
#define demand(holds)                                                                                        \
	do {                                                                                                 \
		if (!(holds))                                                                                \
			abort();                                                                             \
	} while (0)

static void
check_header(const ldns_pkt *pkt, const struct ks_dns *dns)
{
	demand(ldns_pkt_id(pkt) == dns->id);
	demand(ldns_pkt_qr(pkt) == ks_dns_is_response(dns));
	demand(ldns_pkt_aa(pkt) == ((dns->flags & KS_FLAG_AA) != 0));
	demand(ldns_pkt_tc(pkt) == ((dns->flags & KS_FLAG_TC) != 0));
	demand(ldns_pkt_rd(pkt) == ((dns->flags & KS_FLAG_RD) != 0));
	demand(ldns_pkt_ra(pkt) == ((dns->flags & KS_FLAG_RA) != 0));
	demand(ldns_pkt_ad(pkt) == ((dns->flags & KS_FLAG_AD) != 0));
	demand(ldns_pkt_cd(pkt) == ((dns->flags & KS_FLAG_CD) != 0));
	demand((unsigned)ldns_pkt_get_opcode(pkt) == ks_dns_opcode(dns));
	demand((unsigned)ldns_pkt_get_rcode(pkt) == (dns->flags & 15u));
}

/* Is `rdf` this name? ldns keeps names uncompressed, as sent. */
static bool
is_name(const ldns_rdf *rdf, struct ks_span name)
{
	uint8_t theirs[KS_NAME_MAX], ours[KS_NAME_MAX];
	if (ldns_rdf_size(rdf) != name.n || name.n > KS_NAME_MAX)
		return false;
	ks_name_fold(ldns_rdf_data(rdf), name.n, theirs);
	ks_name_fold(name.at, name.n, ours);
	return memcmp(theirs, ours, name.n) == 0;
}

static void
check_question(const ldns_pkt *pkt, const struct ks_dns *dns)
{
	const ldns_rr_list *const questions = ldns_pkt_question(pkt);
	if (ldns_rr_list_rr_count(questions) == 0)
		return;
	const ldns_rr *const question = ldns_rr_list_rr(questions, 0);
	demand(ldns_rr_get_type(question) == dns->qtype);
	demand(ldns_rr_get_class(question) == dns->qclass);
	if (dns->has_question)
		demand(is_name(ldns_rr_owner(question), dns->qname));
}

/* The first OPT record in any section; ldns takes the last of the additional section out of the list. */
static void
check_edns(const ldns_pkt *pkt, const struct ks_dns *dns)
{
	if (dns->edns.records != 1 || !ldns_pkt_edns(pkt))
		return;
	demand(ldns_pkt_edns_udp_size(pkt) == dns->edns.udp_size);
	demand(ldns_pkt_edns_version(pkt) == dns->edns.version);
	demand(ldns_pkt_edns_do(pkt) == dns->edns.dnssec_ok);
	demand(ldns_pkt_edns_extended_rcode(pkt) == dns->edns.rcode_upper);
}

static void
check_dnskeys(const ldns_pkt *pkt, const struct ks_dns *dns)
{
	const ldns_rr_list *const answer = ldns_pkt_answer(pkt);
	unsigned keys = 0;
	uint32_t ttl = UINT32_MAX;
	for (size_t i = 0; i < ldns_rr_list_rr_count(answer); i++) {
		const ldns_rr *const rr = ldns_rr_list_rr(answer, i);
		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_DNSKEY || !is_name(ldns_rr_owner(rr), dns->qname))
			continue;
		keys++;
		ttl = ldns_rr_ttl(rr) < ttl ? ldns_rr_ttl(rr) : ttl;
	}
	demand(keys == dns->dnskey.keys);
	demand(ttl == dns->dnskey.key_ttl);
}

static void
check_dlv(const ldns_pkt *pkt, const struct ks_dns *dns)
{
	const ldns_rr_list *const answer = ldns_pkt_answer(pkt);
	unsigned records = 0;
	for (size_t i = 0; i < ldns_rr_list_rr_count(answer) && dns->qtype == KS_TYPE_DLV; i++) {
		const ldns_rr *const rr = ldns_rr_list_rr(answer, i);
		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_DLV || !is_name(ldns_rr_owner(rr), dns->qname))
			continue;
		if (ldns_rr_rd_count(rr) == 0 || ldns_rr_rdf(rr, 0) == NULL)
			continue; /* RDATA of no length is a DLV record without a tag to ldns, none to us */
		if (records < KS_DLV_TAGS)
			demand(ldns_rdf2native_int16(ldns_rr_rdf(rr, 0)) == dns->dlv.tag[records]);
		records++;
	}
	demand(records == dns->dlv.records);
}

static void
check_rewritten(const ldns_pkt *pkt)
{
	uint8_t *wire = NULL;
	size_t n = 0;
	struct ks_dns dns;
	/* ldns 1.8 counts a TSIG record twice over but writes it once: such a message is no yardstick. */
	if (ldns_pkt_tsig(pkt) != NULL || ldns_pkt2wire(&wire, pkt, &n) != LDNS_STATUS_OK)
		return;
	if (n <= 65535) {
		demand(ks_dns_read(wire, n, n, &dns) == KS_DNS);
		check_header(pkt, &dns);
		check_question(pkt, &dns);
		check_edns(pkt, &dns);
		if (dns.has_question)
			check_dnskeys(pkt, &dns);
		if (dns.has_question)
			check_dlv(pkt, &dns);
	}
	free(wire);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ldns_pkt *pkt = NULL;
	struct ks_dns dns;
	if (size > 65535)
		return 0;
	const enum ks_verdict verdict = ks_dns_read(data, size, size, &dns);
	if (ldns_wire2pkt(&pkt, data, size) != LDNS_STATUS_OK)
		return 0;
	if (verdict == KS_DNS) {
		check_header(pkt, &dns);
		check_question(pkt, &dns);
	}
	check_rewritten(pkt);
	ldns_pkt_free(pkt);
	return 0;
}
