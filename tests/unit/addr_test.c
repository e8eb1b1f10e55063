/* SPDX-License-Identifier: BSD-2-Clause
 *
 * addr_test.c -- addresses in and out of text, and prefixes. */
#include "dissect/addr.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

/* clang-format off */
static const struct {
	const char *what, *text, *canonical; /* canonical NULL: refused */
} addresses[] = {
	{"IPv4",                        "192.0.2.53",               "192.0.2.53"},
	{"IPv4, least",                 "0.0.0.0",                  "0.0.0.0"},
	{"IPv6",                        "2001:db8::53",             "2001:db8::53"},
	{"IPv6 in capitals and full",   "2001:0DB8:0:0:0:0:0:0053", "2001:db8::53"},
	{"two runs of zeros: first of the longest", "2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
	{"all zeros",                   "::",                       "::"},
	{"mapped is the IPv4 address",  "::ffff:192.0.2.53",        "192.0.2.53"},
	{"three octets",                "192.0.2",                  NULL},
	{"an octet too large",          "192.0.2.256",              NULL},
	{"leading zero is octal to some", "192.0.2.053",            NULL},
	{"blank before",                " 192.0.2.53",              NULL},
	{"blank behind",                "192.0.2.53 ",              NULL},
	{"a port",                      "192.0.2.53:53",            NULL},
	{"a zone index",                "fe80::1%eth0",             NULL},
	{"brackets",                    "[::1]",                    NULL},
	{"a name",                      "localhost",                NULL},
	{"nothing",                     "",                         NULL},
};

static const struct {
	const char *what, *text, *first; /* first NULL: refused */
	unsigned bits;
} prefixes[] = {
	{"an address is its own prefix",      "192.0.2.53",        "192.0.2.53",   128},
	{"IPv4 bits count behind the 96 of the mapped form", "192.0.2.53/24", "192.0.2.0", 120},
	{"bits behind the prefix are cleared", "192.0.2.255/25",   "192.0.2.128",  121},
	{"all of IPv4",                       "203.0.113.9/0",     "0.0.0.0",      96},
	{"IPv6",                              "2001:db8:1:2::3/48", "2001:db8:1::", 48},
	{"IPv6, odd length",                  "2001:db8:ffff::/35", "2001:db8:e000::", 35},
	{"all of IPv6",                       "::/0",              "::",           0},
	{"too long for IPv4",                 "192.0.2.0/33",      NULL,           0},
	{"too long for IPv6",                 "2001:db8::/129",    NULL,           0},
	{"no length",                         "192.0.2.0/",        NULL,           0},
	{"negative",                          "192.0.2.0/-1",      NULL,           0},
	{"signed",                            "192.0.2.0/+8",      NULL,           0},
	{"hexadecimal",                       "192.0.2.0/0x8",     NULL,           0},
	{"more than the length",              "192.0.2.0/24x",     NULL,           0},
	{"longer than any number",            "192.0.2.0/99999999999999999999", NULL, 0},
	{"a mask",                            "192.0.2.0/255.255.255.0", NULL,     0},
	{"longer than any address", "0000:0000:0000:0000:0000:0000:0000:0000:0000/8", NULL, 0},
};
/* clang-format on */

Test(addr, print_of_parse_is_canonical)
{
	for (size_t i = 0; i < KS_COUNT(addresses); i++) {
		struct ks_addr addr;
		char text[KS_ADDR_TEXT];
		const bool taken = ks_addr_parse(addresses[i].text, &addr);
		cr_assert(eq(int, taken, addresses[i].canonical != NULL), "%s", addresses[i].what);
		if (taken)
			cr_assert(strcmp(ks_addr_print(&addr, text), addresses[i].canonical) == 0, "%s: %s",
				  addresses[i].what, text);
	}
}

Test(addr, refusal_leaves_the_output_alone)
{
	struct ks_addr addr = ks_addr_from_v4((const uint8_t[]){1, 2, 3, 4});
	const struct ks_addr before = addr;
	cr_assert(not(ks_addr_parse("1.2.3", &addr)));
	cr_assert(ks_addr_equal(&addr, &before));
	unsigned bits = 7;
	cr_assert(not(ks_addr_parse_prefix("1.2.3.4/33", &addr, &bits)));
	cr_assert(ks_addr_equal(&addr, &before));
	cr_assert(eq(uint, bits, 7));
}

Test(addr, prefixes)
{
	for (size_t i = 0; i < KS_COUNT(prefixes); i++) {
		struct ks_addr addr, first;
		unsigned bits;
		const bool taken = ks_addr_parse_prefix(prefixes[i].text, &addr, &bits);
		cr_assert(eq(int, taken, prefixes[i].first != NULL), "%s", prefixes[i].what);
		if (!taken)
			continue;
		cr_assert(ks_addr_parse(prefixes[i].first, &first));
		cr_assert(ks_addr_equal(&addr, &first), "%s", prefixes[i].what);
		cr_assert(eq(uint, bits, prefixes[i].bits), "%s", prefixes[i].what);
	}
}

Test(addr, in_prefix_looks_at_the_first_bits_only)
{
	struct ks_addr prefix, inside, outside;
	unsigned bits;
	cr_assert(ks_addr_parse_prefix("192.0.2.128/25", &prefix, &bits));
	cr_assert(ks_addr_parse("192.0.2.255", &inside));
	cr_assert(ks_addr_parse("192.0.2.127", &outside));
	cr_assert(ks_addr_in_prefix(&inside, &prefix, bits));
	cr_assert(not(ks_addr_in_prefix(&outside, &prefix, bits)));
	cr_assert(ks_addr_parse_prefix("::/0", &prefix, &bits));
	cr_assert(ks_addr_in_prefix(&inside, &prefix, bits), "::/0 is every address");
	cr_assert(ks_addr_parse_prefix("0.0.0.0/0", &prefix, &bits));
	cr_assert(ks_addr_parse("2001:db8::1", &outside));
	cr_assert(not(ks_addr_in_prefix(&outside, &prefix, bits)), "0.0.0.0/0 is IPv4 only");
}

/* Every length: the last bit that counts and the first that does not. */
Test(addr, prefix_of_every_length)
{
	const struct ks_addr ones = {
		.b = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}};
	for (unsigned bits = 0; bits <= 128; bits++) {
		struct ks_addr prefix = {0};
		for (unsigned i = 0; i < bits; i++)
			prefix.b[i / 8] = (uint8_t)(prefix.b[i / 8] | 0x80u >> i % 8);
		cr_assert(ks_addr_in_prefix(&ones, &prefix, bits), "%u", bits);
		if (bits == 0)
			continue;
		struct ks_addr other = ones;
		other.b[(bits - 1) / 8] = (uint8_t)(other.b[(bits - 1) / 8] ^ 0x80u >> (bits - 1) % 8);
		cr_assert(not(ks_addr_in_prefix(&other, &prefix, bits)), "%u", bits);
	}
}

Test(addr, bytes_are_those_of_the_family)
{
	struct ks_addr addr;
	cr_assert(ks_addr_parse("192.0.2.53", &addr));
	cr_assert(eq(sz, ks_addr_bytes(&addr).n, 4));
	cr_assert(eq(int, ks_addr_bytes(&addr).at[0], 192));
	cr_assert(ks_addr_is_v4(&addr));
	cr_assert(ks_addr_parse("2001:db8::53", &addr));
	cr_assert(eq(sz, ks_addr_bytes(&addr).n, 16));
	cr_assert(not(ks_addr_is_v4(&addr)));
}
