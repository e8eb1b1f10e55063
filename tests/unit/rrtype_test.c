/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rrtype_test.c -- mnemonics of types and response codes. */
#include "dissect/rrtype.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

static const struct {
	uint16_t code;
	const char *name;
} types[] =
	{
		{1, "A"},
		{2, "NS"},
		{6, "SOA"},
		{28, "AAAA"},
		{41, "OPT"},
		{43, "DS"},
		{46, "RRSIG"},
		{47, "NSEC"},
		{48, "DNSKEY"},
		{50, "NSEC3"},
		{51, "NSEC3PARAM"},
		{59, "CDS"},
		{60, "CDNSKEY"},
		{64, "SVCB"},
		{65, "HTTPS"},
		{255, "ANY"},
		{257, "CAA"},
		{32769, "DLV"},
		{0, "TYPE0"},
		{54, "TYPE54"},
		{65280, "TYPE65280"},
		{65535, "TYPE65535"},
},
  rcodes[] = {
	  {0, "NOERROR"}, {1, "FORMERR"},  {2, "SERVFAIL"},   {3, "NXDOMAIN"}, {5, "REFUSED"},
	  {9, "NOTAUTH"}, {16, "BADVERS"}, {23, "BADCOOKIE"}, {12, "RCODE12"}, {4095, "RCODE4095"},
};

Test(rrtype, names)
{
	char text[KS_RRTYPE_TEXT];
	for (size_t i = 0; i < KS_COUNT(types); i++)
		cr_assert(strcmp(ks_rrtype_name(types[i].code, text), types[i].name) == 0, "%s", text);
	for (size_t i = 0; i < KS_COUNT(rcodes); i++)
		cr_assert(strcmp(ks_rcode_name(rcodes[i].code, text), rcodes[i].name) == 0, "%s", text);
}

/* The table is searched by halving: an entry out of order would not be found. Names differ. */
Test(rrtype, every_type_has_a_name_of_its_own)
{
	static char seen[65536][KS_RRTYPE_TEXT];
	unsigned mnemonics = 0;
	for (unsigned code = 0; code < 65536; code++) {
		char generic[32];
		(void)snprintf(generic, sizeof(generic), "TYPE%u", code);
		(void)ks_rrtype_name((uint16_t)code, seen[code]);
		mnemonics += strcmp(seen[code], generic) != 0;
	}
	cr_assert(ge(uint, mnemonics, 90), "%u of the IANA registry's 97", mnemonics);
	for (unsigned a = 0; a < 300; a++)
		for (unsigned b = 0; b < a; b++)
			cr_assert(strcmp(seen[a], seen[b]) != 0, "%u and %u are both %s", a, b, seen[a]);
}
