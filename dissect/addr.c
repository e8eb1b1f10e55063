/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/addr.h"

#include <arpa/inet.h>
#include <stdlib.h>

/* Decimal, without leading zeros; returns where it ends. */
static char *
print_octet(char *at, uint8_t octet)
{
	if (octet >= 100)
		*at++ = (char)('0' + octet / 100);
	if (octet >= 10)
		*at++ = (char)('0' + octet / 10 % 10);
	*at++ = (char)('0' + octet % 10);
	return at;
}

/* By hand: a database of a million sources prints a million of them, and inet_ntop goes through sprintf,
 * some 1,200 instructions each. */
static const char *
print_v4(const uint8_t *bytes, char ret_text[KS_ADDR_TEXT])
{
	char *at = ret_text;
	for (size_t i = 0; i < 4; i++) {
		if (i > 0)
			*at++ = '.';
		at = print_octet(at, bytes[i]);
	}
	*at = '\0';
	return ret_text;
}

const char *
ks_addr_print(const struct ks_addr *addr, char ret_text[KS_ADDR_TEXT])
{
	static_assert(KS_ADDR_TEXT >= INET6_ADDRSTRLEN, "inet_ntop must not fail for space");
	if (ks_addr_is_v4(addr))
		return print_v4(addr->b + 12, ret_text);
	const char *const text = inet_ntop(AF_INET6, addr->b, ret_text, KS_ADDR_TEXT);
	assert(text != NULL);
	return text;
}

bool
ks_addr_parse(const char *text, struct ks_addr *ret)
{
	uint8_t bytes[16];
	if (inet_pton(AF_INET, text, bytes) == 1)
		*ret = ks_addr_from_v4(bytes);
	else if (inet_pton(AF_INET6, text, bytes) == 1)
		*ret = ks_addr_from_v6(bytes);
	else
		return false;
	return true;
}

static void
clear_behind(struct ks_addr *addr, unsigned bits)
{
	for (unsigned i = 0; i < 16; i++) {
		const unsigned kept = bits > i * 8 ? bits - i * 8 : 0;
		if (kept < 8)
			addr->b[i] = (uint8_t)(addr->b[i] & ~(0xffu >> kept));
	}
}

bool
ks_addr_parse_prefix(const char *text, struct ks_addr *ret, unsigned *ret_bits)
{
	const char *const slash = strchr(text, '/');
	char host[KS_ADDR_TEXT];
	const size_t n = slash == NULL ? strlen(text) : (size_t)(slash - text);
	if (n >= sizeof(host))
		return false;
	memcpy(host, text, n);
	host[n] = '\0';

	struct ks_addr addr;
	if (!ks_addr_parse(host, &addr))
		return false;
	/* The family is that of the text: "::/0" is a prefix of IPv6, not of the mapped form. */
	const bool v4 = strchr(host, ':') == NULL;
	unsigned long bits = v4 ? 32 : 128;
	if (slash != NULL) {
		char *end;
		if (slash[1] < '0' || slash[1] > '9')
			return false;
		const unsigned long said = strtoul(slash + 1, &end, 10);
		if (*end != '\0' || said > bits)
			return false;
		bits = said;
	}
	*ret_bits = (unsigned)bits + (v4 ? 96 : 0);
	clear_behind(&addr, *ret_bits);
	*ret = addr;
	return true;
}

bool
ks_addr_in_prefix(const struct ks_addr *addr, const struct ks_addr *prefix, unsigned bits)
{
	assert(bits <= 128);
	struct ks_addr masked = *addr;
	clear_behind(&masked, bits);
	return ks_addr_equal(&masked, prefix);
}
