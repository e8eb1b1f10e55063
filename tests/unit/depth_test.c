/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Trees of names, and load by depth. */
#include "analyzer/depth.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#define NAME(literal)                                                                                        \
	{                                                                                                    \
		(const uint8_t *)(literal), sizeof(literal)                                                  \
	}

static const struct {
	struct ks_span name;
	enum ks_tree want;
} names[] = {
	{NAME(""), KS_TREE_OTHER},
	{NAME("\4arpa"), KS_TREE_OTHER},
	{NAME("\7in-addr\4arpa"), KS_TREE_IN_ADDR},
	{NAME("\7IN-Addr\4ARPA"), KS_TREE_IN_ADDR},
	{NAME("\00210\7in-addr\4arpa"), KS_TREE_IN_ADDR},
	{NAME("\0011\0018\003bd0\3ip6\4arpa"), KS_TREE_IP6},
	{NAME("\0011\0014\4e164\4arpa"), KS_TREE_E164},
	{NAME("\4e164\4arpa\3com"), KS_TREE_OTHER},
	{NAME("\7in-addr\3net"), KS_TREE_OTHER},
	{NAME("\10xin-addr\4arpa"), KS_TREE_OTHER},
	/* one label whose octets end as the tree's name does */
	{NAME("\16ab\7in-addr\4arp\1a"), KS_TREE_OTHER},
	{NAME("\5a\3ip6\4arpa"), KS_TREE_OTHER},
};

Test(depth, trees)
{
	for (size_t i = 0; i < KS_COUNT(names); i++)
		cr_expect(eq(int, ks_tree_of(names[i].name), names[i].want), "row %zu", i);
}

Test(depth, the_deepest_name_has_a_place)
{
	static struct ks_depths depths;
	uint8_t name[255] = {0};
	for (size_t i = 0; i < 254; i += 2)
		name[i] = 1;
	ks_depths_count(&depths, (struct ks_span){name, sizeof(name)}, 127, false);
	ks_depths_count(&depths, (struct ks_span){name, sizeof(name)}, 127, true);
	ks_depths_count(&depths, (struct ks_span){name, sizeof(name)}, 127, true);
	cr_assert(eq(u64, depths.by[KS_TREE_OTHER][127].ds_queries, 1));
	cr_assert(eq(u64, depths.by[KS_TREE_OTHER][127].dnskey_queries, 2));
}
