/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/search.h"

#include <string.h>

static int64_t
lesser(int64_t least_ns, int64_t interval_ns)
{
	if (interval_ns <= 0)
		return least_ns;
	return least_ns == 0 || interval_ns < least_ns ? interval_ns : least_ns;
}

/* What the search at hand adds, should it be over. */
static void
end_search(struct ks_search *search)
{
	if (!search->fails)
		return;
	search->failing++;
	if (search->failed_ns != 0)
		search->min_ns = lesser(search->min_ns, search->begun_ns - search->failed_ns);
	if (!search->is_crowded)
		return;
	search->crowded++;
	search->min_ns = lesser(search->min_ns, search->round_ns);
}

static void
begin_search(struct ks_search *search, int64_t t_ns)
{
	end_search(search);
	search->failed_ns = search->fails ? search->begun_ns : 0;
	search->begun_ns = t_ns;
	search->round_ns = 0;
	search->fails = search->is_crowded = false;
	memset(search->asked, 0, sizeof(search->asked));
}

void
ks_search_ask(struct ks_search *search, int64_t t_ns, unsigned server, bool requery)
{
	const int64_t since_ns = t_ns - search->asked_ns;
	if (search->asked_ns == 0 || since_ns < 0 || since_ns >= KS_SEARCH_NS)
		begin_search(search, t_ns);
	search->asked_ns = t_ns;
	search->fails |= requery;
	if (server >= KS_SEARCH_SERVERS)
		return;
	if (search->asked[server] > 0 && search->round_ns == 0)
		search->round_ns = t_ns - search->begun_ns;
	if (search->asked[server] == KS_SEARCH_EACH)
		search->is_crowded = true;
	else
		search->asked[server]++;
}

void
ks_search_close(const struct ks_search *search, struct ks_search_counts *ret)
{
	struct ks_search over = *search;
	end_search(&over);
	*ret = (struct ks_search_counts){
		.failing = over.failing,
		.crowded = over.crowded,
		.min_ns = over.min_ns,
	};
}
