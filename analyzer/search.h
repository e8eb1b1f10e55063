/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/search.h -- how soon a source searches again for keys that it could not use (DOMAIN B3).
 *
 * RFC 9520 section 3.2 wants a failure remembered for a second at least. So a search is a run of queries less
 * than a second apart: whoever remembers is silent for that long when it is over. It fails when a query in it
 * is a requery. The interval counts from the start of a failing search to the start of the next one, if that
 * fails too.
 *
 * Who does not remember may never be silent. In one search software asks one server six times at most
 * (Unbound: once, and val-max-restart 5), and most never twice; a failing search that asks a server a seventh
 * time is crowded: it is several without a pause. Its interval is its first round: from its first query to
 * the first one to a server that was asked before.
 *
 * Memory:  part of its owner. Work: O(1) a query. Time: packet time; a clock that steps back ends the search.
 * Threads: one owner. */
#ifndef KS_ANALYZER_SEARCH_H
#define KS_ANALYZER_SEARCH_H

#include "analyzer/summary.h"

#define KS_SEARCH_NS KS_NS_PER_S
enum {
	KS_SEARCH_SERVERS = 32, /* that are told apart */
	KS_SEARCH_EACH = 6      /* queries to one server within one search */
};

struct ks_search {
	int64_t begun_ns, asked_ns; /* the search at hand: its first query, its last; 0: none yet */
	int64_t failed_ns;          /* when the search before it began, if that one failed; else 0 */
	int64_t round_ns;           /* its first round; 0: no server was asked twice */
	int64_t min_ns;             /* the least interval so far; 0: none */
	uint32_t failing, crowded;  /* searches that are over */
	bool fails, is_crowded;
	uint8_t asked[KS_SEARCH_SERVERS]; /* by server, up to KS_SEARCH_EACH + 1 */
};

/* A query at `t_ns`; `server` is the place of the server among those told apart, or KS_SEARCH_SERVERS. */
void ks_search_ask(struct ks_search *search, int64_t t_ns, unsigned server, bool requery);

/* The counts, as if the search at hand were over. */
void ks_search_close(const struct ks_search *search, struct ks_search_counts *ret);

#endif
