/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/traits_p.h -- what the files of traits.h share; private to judge/. */
#ifndef KS_ANALYZER_JUDGE_TRAITS_P_H
#define KS_ANALYZER_JUDGE_TRAITS_P_H

#include "analyzer/judge/traits.h"

enum { KS_TRAIT_FLAG_REVOKE = 0x0080 };

/* The traits of a period, one kind of them; room for KS_TRAITS_MAX. */
struct ks_harvest {
	struct ks_trait *at;
	size_t n;
};

bool ks_trait_is_same(const struct ks_trait *a, const struct ks_trait *b);
bool ks_trait_has(const struct ks_trait *traits, size_t n, const struct ks_trait *trait);

/* --- traits_take.c --- */

/* False: the period does not tell. */
bool ks_traits_take(const struct ks_zone_facts *facts, const struct ks_zone_seen *seen,
		    enum ks_trait_kind kind, struct ks_harvest *harvest);

/* --- traits_words.c --- */

/* What the event is about, and a word of detail. */
void ks_traits_describe(const struct ks_zone_facts *facts, const struct ks_change *change,
			struct ks_event *event);

#endif
