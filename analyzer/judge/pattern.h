/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/pattern.h -- many networks, and one machine behind them: forged addresses.
 *
 * Input:   sums over the DNSKEY queries of a zone before a storm and inside it: of hop limits and source
 *          ports as met, and of their squares; and how the queries of those that came with the storm are
 *          spread over networks (IPv4 /24, IPv6 /48).
 *
 * Method:  DOMAIN A3, E9. What the storm adds is what is inside, less as much as there was before in as long
 *          a time. Its variance tells whether one path (or one socket) makes it: at most 1, where the
 *          queries before have 4 and more, and a tenth of theirs, or are eight away on average, if as many
 *          were asked besides as chance allows. That is a pattern of many networks when newcomers make half
 *          of what was added, over sixteen networks and more, as evenly spread ones would be (the inverse of
 *          Simpson's index): one busy newcomer has one hop limit too.
 *
 * Unknown: without a pattern nothing is said against forgery, since who forges may vary both. Where all who
 *          asked before came over one path as well (a laboratory), or where less than half of what is inside
 *          was added, there is nothing to compare with: no pattern.
 *
 * Memory:  none. Threads: no state. Pure function.
 */
#ifndef KS_ANALYZER_JUDGE_PATTERN_H
#define KS_ANALYZER_JUDGE_PATTERN_H

#include "dissect/base.h"

struct ks_pattern_sums {
	double queries, hops, hops_squares, ports, ports_squares;
	double seconds;
};

struct ks_pattern_facts {
	struct ks_pattern_sums before, inside;
	double newcomers;      /* queries of sources that first asked inside */
	double newcomers_only; /* of them, by those that asked for nothing but keys */
	double networks;       /* of newcomers, effective number */
};

struct ks_pattern {
	double hop, port; /* what they have in common; NaN: nothing */
	double only_keys; /* with a pattern: share of the newcomers' queries by those that asked nothing else
			   */
};

struct ks_pattern ks_pattern_judge(const struct ks_pattern_facts *facts);

#endif
