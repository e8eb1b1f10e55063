/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dns.c -- fuzz DNS messages. Input: an octet that says how much the snap length cut, then the message.
 *
 * Spans must lie inside the message; what the cut message says must not contradict the whole one. */
#include <stdlib.h>
#include <string.h>

#include "dissect/dns_known.h"
#include "dissect/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

static void
check_span(struct ks_span span, const uint8_t *at, size_t n)
{
	demand(span.at == NULL || (span.at >= at && span.n <= n && span.at + span.n <= at + n));
}

static void
check(const struct ks_dns *dns, const uint8_t *at, size_t n)
{
	check_span(dns->qname, at, n);
	check_span(dns->edns.nsid, at, n);
	check_span(dns->edns.key_tags, at, n);
	check_span(dns->edns.report_channel, at, n);
	demand(!dns->has_question || (dns->counts[0] > 0 && !dns->bad_name));
	demand(dns->has_question || dns->qname.at == NULL || dns->cut);
	demand(!dns->has_question || (dns->qname.n >= 1 && dns->qname.n <= KS_NAME_MAX));
	demand(dns->sigkey_bytes <= n);
	demand(dns->dlv.records <= dns->counts[1]);
	demand(dns->dnskey.expirations <= KS_SIG_TIMES && dns->dnskey.expirations <= dns->dnskey.signatures);
}

static void
check_alike(const struct ks_dns *a, const struct ks_dns *b)
{
	demand(a->id == b->id && a->flags == b->flags && a->rcode == b->rcode && a->labels == b->labels);
	demand(memcmp(a->counts, b->counts, sizeof(a->counts)) == 0);
	demand(a->has_question == b->has_question && a->bad_name == b->bad_name && a->cut == b->cut);
	demand(a->qtype == b->qtype && a->qclass == b->qclass);
	demand(a->qname.at == b->qname.at && a->qname.n == b->qname.n);
	demand(a->edns.records == b->edns.records && a->edns.udp_size == b->edns.udp_size);
	demand(a->edns.options == b->edns.options && a->edns.dnssec_ok == b->edns.dnssec_ok);
	demand(a->edns.nsid.at == b->edns.nsid.at && a->edns.nsid.n == b->edns.nsid.n);
	demand(a->edns.malformed == b->edns.malformed && a->edns.rcode_upper == b->edns.rcode_upper);
	demand(a->additional_at == b->additional_at && a->sigkey_bytes == b->sigkey_bytes);
	demand(a->answer_ttl == b->answer_ttl && a->dlv.records == b->dlv.records);
	demand(a->dnskey.keys == b->dnskey.keys && a->dnskey.signatures == b->dnskey.signatures);
	demand(a->dnskey.key_ttl == b->dnskey.key_ttl && a->dnskey.sig_ttl == b->dnskey.sig_ttl);
	demand(a->dnskey.original_ttl == b->dnskey.original_ttl);
	demand(a->dnskey.expirations == b->dnskey.expirations);
	for (size_t i = 0; i < a->dnskey.keys && i < KS_ANSWER_KEYS; i++)
		demand(a->dnskey.key[i].tag == b->dnskey.key[i].tag);
	for (size_t i = 0; i < a->dnskey.signatures && i < KS_ANSWER_KEYS; i++)
		demand(a->dnskey.signer[i].tag == b->dnskey.signer[i].tag);
}

/* What is remembered of a message, and of all before it, reads as the message does. */
static void
check_known(const uint8_t *message, size_t n, enum ks_verdict verdict, const struct ks_dns *whole)
{
	static struct ks_dns_memos memos;
	for (int round = 0; round < 2; round++) {
		struct ks_dns known;
		demand(ks_dns_read_known(&memos, message, n, n, &known) == verdict);
		if (verdict == KS_DNS)
			check_alike(&known, whole);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const uint8_t *const message = data + 1;
	const size_t n = size - 1;
	struct ks_dns whole, cut;
	const enum ks_verdict verdict = ks_dns_read(message, n, n, &whole);
	demand(verdict == KS_DNS || verdict == KS_DNS_MALFORMED);
	if (verdict == KS_DNS) {
		demand(!whole.cut);
		check(&whole, message, n);
	}
	check_known(message, n, verdict, &whole);

	const size_t kept = n - n * data[0] / 256;
	const enum ks_verdict cut_verdict = ks_dns_read(message, kept, n, &cut);
	if (cut_verdict != KS_DNS)
		return 0;
	check(&cut, message, kept);
	if (verdict == KS_DNS) {
		demand(!cut.has_question || (cut.qtype == whole.qtype && cut.qname.n == whole.qname.n));
		demand(cut.dnskey.keys <= whole.dnskey.keys && cut.sigkey_bytes <= whole.sigkey_bytes);
	}
	return 0;
}
