/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/depth.h"

#include <string.h>

#include "dissect/name.h"

static const struct {
	enum ks_tree tree;
	uint8_t n;
	char wire[16];
} trees[] = {
	{KS_TREE_IN_ADDR, 14, "\7in-addr\4arpa"},
	{KS_TREE_IP6, 10, "\3ip6\4arpa"},
	{KS_TREE_E164, 11, "\4e164\4arpa"},
};

/* A name may end in the octets of another without lying below it, so its labels are walked. */
enum ks_tree
ks_tree_of(struct ks_span name)
{
	uint8_t folded[KS_NAME_MAX];
	enum { LONGEST = 14 };
	size_t at = 0;
	while (name.n - at > LONGEST && name.at[at] != 0)
		at += name.at[at] + 1u;
	for (; at < name.n && name.at[at] != 0; at += name.at[at] + 1u) {
		const size_t n = name.n - at;
		ks_name_fold(name.at + at, n, folded);
		for (size_t i = 0; i < KS_COUNT(trees); i++)
			if (n == trees[i].n && memcmp(folded, trees[i].wire, n) == 0)
				return trees[i].tree;
	}
	return KS_TREE_OTHER;
}

void
ks_depths_count(struct ks_depths *depths, struct ks_span name, unsigned labels, bool dnskey)
{
	assert(labels < KS_DEPTH_LABELS);
	struct ks_depth *const depth = &depths->by[ks_tree_of(name)][labels];
	*(dnskey ? &depth->dnskey_queries : &depth->ds_queries) += 1;
}
