/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/addr.h -- IP addresses as sixteen bytes; IPv4 as ::ffff:a.b.c.d (RFC 4291 s2.5.5.2).
 *
 * One size for both families keeps keys and tables simple. An IPv4-mapped address in an IPv6 packet
 * is forged or misrouted (RFC 4038) and is not told apart from the IPv4 address. */
#ifndef KS_DISSECT_ADDR_H
#define KS_DISSECT_ADDR_H

#include <string.h>

#include "dissect/base.h"

struct ks_addr {
	uint8_t b[16];
};

enum { KS_ADDR_TEXT = 46 }; /* longest text and its NUL, RFC 4291 (INET6_ADDRSTRLEN) */

static inline struct ks_addr
ks_addr_from_v4(const uint8_t bytes[4])
{
	struct ks_addr addr = {.b = {[10] = 0xff, [11] = 0xff}};
	memcpy(addr.b + 12, bytes, 4);
	return addr;
}

static inline struct ks_addr
ks_addr_from_v6(const uint8_t bytes[16])
{
	struct ks_addr addr;
	memcpy(addr.b, bytes, 16);
	return addr;
}

static inline bool
ks_addr_is_v4(const struct ks_addr *addr)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	return memcmp(addr->b, mapped, sizeof(mapped)) == 0;
}

static inline bool
ks_addr_equal(const struct ks_addr *a, const struct ks_addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

/* The bytes of the address itself: 4 for IPv4, 16 for IPv6. Points into `addr`. */
static inline struct ks_span
ks_addr_bytes(const struct ks_addr *addr)
{
	if (ks_addr_is_v4(addr))
		return (struct ks_span){addr->b + 12, 4};
	return (struct ks_span){addr->b, 16};
}

/* Canonical text (RFC 5952) with its NUL; returns `ret_text`. */
const char *ks_addr_print(const struct ks_addr *addr, char ret_text[KS_ADDR_TEXT]);

/* Dotted quad or IPv6 text, nothing before or behind it. False leaves `ret` alone. */
KS_MUST_CHECK bool ks_addr_parse(const char *text, struct ks_addr *ret);

/* "ADDR" or "ADDR/LEN"; `ret_bits` is counted in the 128 of the mapped form (IPv4 /24 gives 120).
 * Bits behind the prefix are cleared in `ret`. */
KS_MUST_CHECK bool ks_addr_parse_prefix(const char *text, struct ks_addr *ret, unsigned *ret_bits);

/* Do the first `bits` (of 128) agree? */
bool ks_addr_in_prefix(const struct ks_addr *addr, const struct ks_addr *prefix, unsigned bits);

#endif
