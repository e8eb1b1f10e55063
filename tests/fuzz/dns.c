/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dns.c -- fuzz DNS messages. Input: an octet that says how much the snap length cut, then the message.
 *
 * Spans must lie inside the message; what the cut message says must not contradict the whole one. */
#include <stdlib.h>

#include "dissect/dns.h"
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
