/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/dns_known.h"

#include <string.h>

#include "dissect/dns_p.h"

enum { ID = 2, LEAST = 128 }; /* octets; below that a message is read as fast as it is compared */

/* By flags, counts, and the first octets of the question. */
static struct ks_dns_memo *
memo_of(struct ks_dns_memos *memos, const uint8_t *message)
{
	uint64_t head[2];
	memcpy(head, message + ID, sizeof(head));
	const uint64_t mixed = (head[0] ^ head[1] >> 16) * UINT64_C(0x9e3779b97f4a7c15);
	return &memos->memo[mixed >> 60];
}
static_assert(KS_DNS_MEMOS == 16, "as many as four bits tell apart");

static bool
is_said_again(const struct ks_dns_memo *memo, const uint8_t *message, size_t n)
{
	return memo->number != 0 && memo->n <= n - ID && memcmp(memo->octets, message + ID, memo->n) == 0;
}

static enum ks_verdict
read_rest(const struct ks_dns_memo *memo, const uint8_t *message, size_t n, struct ks_dns *ret)
{
	*ret = memo->dns;
	ret->id = ks_be16(message);
	ret->qname.at = message + KS_DNS_HEADER;
	struct ks_cur cur = ks_cur_init(message + ret->additional_at, n - ret->additional_at);
	return ks_dns_read_back((struct ks_span){message, n}, &cur, ret) ? KS_DNS : KS_DNS_MALFORMED;
}

/* The message was read and found whole; its front is read again, to have it without what stands behind. An
 * OPT record in front would bring spans of this message. */
static void
remember(struct ks_dns_memos *memos, struct ks_dns_memo *memo, const uint8_t *message, struct ks_dns *dns)
{
	const struct ks_span front = {message, dns->additional_at};
	struct ks_cur cur = ks_cur_init(front.at, front.n);
	if (front.n - ID > KS_DNS_MEMO_OCTETS)
		return;
	memo->number = 0;
	if (!ks_dns_read_front(front, &cur, &memo->dns) || memo->dns.edns.records > 0)
		return;
	memo->number = memo->dns.said = dns->said = ++memos->last;
	memo->n = (uint32_t)(front.n - ID);
	memcpy(memo->octets, message + ID, memo->n);
}

enum ks_verdict
ks_dns_read_known(struct ks_dns_memos *memos, const uint8_t *message, size_t cap_len, size_t len,
		  struct ks_dns *ret)
{
	if (cap_len < len || cap_len < LEAST || (message[ID] & KS_FLAG_QR >> 8) == 0)
		return ks_dns_read(message, cap_len, len, ret);
	struct ks_dns_memo *const memo = memo_of(memos, message);
	if (is_said_again(memo, message, cap_len))
		return read_rest(memo, message, cap_len, ret);
	const enum ks_verdict verdict = ks_dns_read(message, cap_len, len, ret);
	if (verdict == KS_DNS && ret->dnskey.keys > 0)
		remember(memos, memo, message, ret);
	return verdict;
}
