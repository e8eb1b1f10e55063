/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/depth.h -- DNSKEY and DS queries by how deep the name lies (DOMAIN 1-20): the reverse tree and
 * that of telephone numbers are deeper than others, so that a search goes through more levels there.
 *
 * Memory:  fixed. Threads: one owner. Standards: RFC 3596 s2.5 (ip6.arpa), RFC 6116 (e164.arpa). */
#ifndef KS_ANALYZER_DEPTH_H
#define KS_ANALYZER_DEPTH_H

#include "analyzer/summary.h"
#include "dissect/base.h"

enum { KS_DEPTH_LABELS = 128 }; /* 127 one-octet labels fill a name */

struct ks_depths {
	struct ks_depth {
		uint64_t dnskey_queries, ds_queries;
	} by[KS_TREES][KS_DEPTH_LABELS];
};

/* The tree of a name (uncompressed wire format, any case): the tree's own name lies in it. */
enum ks_tree ks_tree_of(struct ks_span name);

/* A DNSKEY query, or else a DS query. */
void ks_depths_count(struct ks_depths *depths, struct ks_span name, unsigned labels, bool dnskey);

#endif
