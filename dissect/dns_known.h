/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/dns_known.h -- answers with keys that were read before: whoever repeats one is compared, not read.
 *
 * In a storm a server gives the same keys a hundred thousand times, to each with another ID, and behind them
 * another cookie. What such an answer said up to its additional section is remembered word for word, with
 * what ks_dns_read made of it; only the rest is read again.
 *
 * Input:   hostile. Whoever sends different answers makes each be read twice.
 * Memory:  fixed, the caller's: 38 KiB. Spans point into the message at hand, never into what is remembered.
 * Threads: one owner. */
#ifndef KS_DISSECT_DNS_KNOWN_H
#define KS_DISSECT_DNS_KNOWN_H

#include "dissect/dns.h"

enum { KS_DNS_MEMOS = 16, KS_DNS_MEMO_OCTETS = 2048 };

/* Zeroed is empty. */
struct ks_dns_memos {
	uint64_t last; /* number given */
	struct ks_dns_memo {
		uint64_t number; /* 0: free */
		uint32_t n;      /* octets behind the ID, up to the additional section */
		struct ks_dns dns;
		uint8_t octets[KS_DNS_MEMO_OCTETS];
	} memo[KS_DNS_MEMOS];
};

/* As ks_dns_read. Of two messages for which it sets `ret->said` to one number, other than 0, all octets up to
 * the additional section are the same but for the ID. */
KS_MUST_CHECK enum ks_verdict ks_dns_read_known(struct ks_dns_memos *memos, const uint8_t *message,
						size_t cap_len, size_t len, struct ks_dns *ret);

#endif
