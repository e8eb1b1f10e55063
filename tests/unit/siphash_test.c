/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/siphash.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

/* The test vectors of its authors: key 00 01 .. 0f, input 00 01 .. of each length. */
Test(siphash, vectors_of_its_authors)
{
	static const struct {
		size_t n;
		uint64_t value;
	} rows[] = {
		{0, UINT64_C(0x726fdb47dd0e0e31)},  {1, UINT64_C(0x74f839c593dc67fd)},
		{7, UINT64_C(0xab0200f58b01d137)},  {8, UINT64_C(0x93f5f5799a932462)},
		{15, UINT64_C(0xa129ca6149be45e5)}, {16, UINT64_C(0x3f2acc7f57c29bdb)},
		{63, UINT64_C(0x958a324ceb064572)},
	};
	static const struct ks_siphash_key key = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};
	uint8_t input[64];
	for (size_t i = 0; i < sizeof(input); i++)
		input[i] = (uint8_t)i;
	for (size_t i = 0; i < KS_COUNT(rows); i++)
		cr_expect(eq(u64, ks_siphash(&key, input, rows[i].n), rows[i].value), "%zu octets",
			  rows[i].n);
}
