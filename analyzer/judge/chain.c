/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/chain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dissect/rrtype.h"

/* Every DS period is held against every DNSKEY period; beyond so many of each the work would grow too much.
 */
enum { PERIODS_MAX = 512 };

/* How a set of DS fits a set of keys. */
struct fit {
	size_t fitting, alone; /* DS records with a key, and without */
	int32_t alone_tag;
	uint8_t alone_algorithm;
	bool unknown; /* some DS could not be checked */
};

struct periods {
	const struct ks_zone_seen *at;
	size_t n;
};

/* Sets of many keys with one tag, against as many DS, would cost without end: when the work is done, what is
 * left is not known. */
enum { WORK_MAX = 1 << 26 };

struct chain {
	const struct ks_zone_facts *facts;
	struct periods ds, keys;
	uint64_t work; /* comparisons so far */
};

static struct periods
periods_of(const struct ks_zone_facts *facts, uint16_t type, struct ks_events *events)
{
	struct periods periods;
	periods.at = ks_zone_seen_of(facts, type, &periods.n);
	events->in_part |= periods.n > PERIODS_MAX;
	if (periods.n > PERIODS_MAX)
		periods.n = PERIODS_MAX;
	return periods;
}

/* Does the DS fit one of the keys? */
static bool
fits_any(struct chain *chain, const struct ks_rrset_ds *ds, const struct ks_zone_content *keys,
	 bool *ret_unknown)
{
	for (size_t k = 0; k < keys->n_keys; k++) {
		const struct ks_rrset_key *const key = &keys->keys[k];
		if (ds->tag == key->tag && ds->algorithm == key->algorithm)
			chain->work += chain->facts->n_keys;
		if (chain->work > WORK_MAX) {
			*ret_unknown = true;
			return false;
		}
		if (ks_zone_ds_fits(chain->facts, ds, key, ret_unknown))
			return true;
	}
	chain->work += keys->n_keys + 1;
	return false;
}

static struct fit
fit_of(struct chain *chain, const struct ks_zone_content *ds, const struct ks_zone_content *keys)
{
	struct fit fit = {.alone_tag = KS_TAG_NONE};
	for (size_t i = 0; i < ds->n_ds; i++) {
		bool unknown = false;
		const bool fits = fits_any(chain, &ds->ds[i], keys, &unknown);
		fit.fitting += fits;
		fit.unknown |= unknown && !fits;
		if (fits || unknown)
			continue;
		fit.alone++;
		if (fit.alone_tag != KS_TAG_NONE)
			continue;
		fit.alone_tag = ds->ds[i].tag;
		fit.alone_algorithm = ds->ds[i].algorithm;
	}
	return fit;
}

static const struct ks_zone_content *
content_of(const struct chain *chain, const struct ks_zone_seen *seen)
{
	return &chain->facts->contents[seen->content];
}

static bool
is_mismatch(const struct fit *fit)
{
	return fit->fitting == 0 && fit->alone > 0 && !fit->unknown;
}

/* When did the two begin to stand together, if they did? */
static bool
meet(const struct ks_zone_seen *a, const struct ks_zone_seen *b, int64_t *ret_from_ns, int64_t *ret_to_ns)
{
	*ret_from_ns = a->first_ns > b->first_ns ? a->first_ns : b->first_ns;
	*ret_to_ns = a->last_ns < b->last_ns ? a->last_ns : b->last_ns;
	return *ret_from_ns <= *ret_to_ns;
}

/* Does another server of the parent say something at `t_ns` that fits these keys, or that there is no DS? */
static bool
is_saved(struct chain *chain, struct periods ds, const struct ks_zone_content *keys, int64_t t_ns)
{
	for (size_t i = 0; i < ds.n; i++) {
		if (ds.at[i].first_ns > t_ns || ds.at[i].last_ns < t_ns)
			continue;
		const struct fit fit = fit_of(chain, content_of(chain, &ds.at[i]), keys);
		if (!is_mismatch(&fit))
			return true;
	}
	return false;
}

/* The end of the period before this one of the same node, or KS_TIME_UNKNOWN; runs that overlap can bring
 * periods that do. */
static int64_t
end_before(struct periods periods, const struct ks_zone_seen *seen)
{
	const bool known =
		seen > periods.at && seen[-1].node == seen->node && seen[-1].last_ns < seen->first_ns;
	return known ? seen[-1].last_ns : KS_TIME_UNKNOWN;
}

/* The two stand together since `t_ns`; what was the last instant at which they did not? */
static int64_t
before(struct periods ds, const struct ks_zone_seen *digests, struct periods keys,
       const struct ks_zone_seen *served, int64_t t_ns)
{
	const int64_t ds_ns = digests->first_ns == t_ns ? end_before(ds, digests) : KS_TIME_UNKNOWN;
	const int64_t key_ns = served->first_ns == t_ns ? end_before(keys, served) : KS_TIME_UNKNOWN;
	return ds_ns > key_ns ? ds_ns : key_ns;
}

/* --- DS_MISMATCH: one for each content of DS and node --- */

struct mismatch {
	const struct ks_zone_seen *digests, *served; /* where it began */
	int64_t from_ns, to_ns;                      /* first and last instant seen */
	struct fit fit;
};

static void
extend(struct mismatch *mismatch, const struct ks_zone_seen *digests, const struct ks_zone_seen *served,
       const struct fit *fit, int64_t from_ns, int64_t to_ns)
{
	if (mismatch->digests == NULL || from_ns < mismatch->from_ns) {
		mismatch->digests = digests;
		mismatch->served = served;
		mismatch->from_ns = from_ns;
		mismatch->fit = *fit;
	}
	if (to_ns > mismatch->to_ns)
		mismatch->to_ns = to_ns;
}

/* All of one node's key periods against all periods of one content of DS. */
static struct mismatch
find_mismatch(struct chain *chain, struct periods ds, uint32_t content, struct periods keys, size_t first,
	      size_t end)
{
	struct mismatch mismatch = {.to_ns = KS_TIME_UNKNOWN};
	for (size_t k = first; k < end; k++) {
		const struct ks_zone_content *const served = content_of(chain, &keys.at[k]);
		const struct fit fit = fit_of(chain, &chain->facts->contents[content], served);
		if (!is_mismatch(&fit))
			continue;
		for (size_t i = 0; i < ds.n; i++) {
			int64_t from_ns, to_ns;
			if (ds.at[i].content == content && meet(&ds.at[i], &keys.at[k], &from_ns, &to_ns) &&
			    !is_saved(chain, ds, served, from_ns))
				extend(&mismatch, &ds.at[i], &keys.at[k], &fit, from_ns, to_ns);
		}
	}
	return mismatch;
}

/* Does any server serve a key for this DS at some time from `t_ns` on? */
static bool
is_served_somewhere(struct chain *chain, uint32_t content, struct periods keys, int64_t t_ns)
{
	for (size_t k = 0; k < keys.n; k++) {
		const struct fit fit =
			fit_of(chain, &chain->facts->contents[content], content_of(chain, &keys.at[k]));
		if (keys.at[k].last_ns >= t_ns && fit.fitting > 0)
			return true;
	}
	return false;
}

static void
tell_mismatch(struct chain *chain, struct periods ds, struct periods keys, const struct mismatch *mismatch,
	      struct ks_events *events)
{
	const int64_t before_ns = before(ds, mismatch->digests, keys, mismatch->served, mismatch->from_ns);
	struct ks_event *const event =
		ks_events_add(events, KS_EVENT_DS_MISMATCH, before_ns, mismatch->from_ns);
	if (event == NULL)
		return;
	event->node = mismatch->served->node;
	event->servers = 1;
	event->tag = mismatch->fit.alone_tag;
	event->algorithm = mismatch->fit.alone_algorithm;
	const int64_t ms = (mismatch->to_ns - mismatch->from_ns) / KS_NS_PER_MS;
	(void)snprintf(event->detail, sizeof(event->detail), "for at least %" PRId64 ".%03d s", ms / 1000,
		       (int)(ms % 1000));
	const bool ahead = is_served_somewhere(chain, mismatch->digests->content, keys, mismatch->from_ns);
	(void)snprintf(event->warning, sizeof(event->warning),
		       ahead ? "DS_FIRST: the parent has DS %d before this server has its key"
			     : "BROKEN: no server has a key for DS %d",
		       mismatch->fit.alone_tag);
}

/* Has a period before this one the same content? */
static bool
is_repeated(struct periods periods, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (periods.at[i].content == periods.at[at].content)
			return true;
	return false;
}

static void
judge_node(struct chain *chain, struct periods ds, struct periods keys, size_t first, size_t end,
	   struct ks_events *events)
{
	for (size_t i = 0; i < ds.n; i++) {
		if (is_repeated(ds, i))
			continue;
		const struct mismatch mismatch = find_mismatch(chain, ds, ds.at[i].content, keys, first, end);
		if (mismatch.digests != NULL)
			tell_mismatch(chain, ds, keys, &mismatch, events);
	}
}

/* --- DS_PARTIAL: one for each content of DS, where it came while we watched --- */

static void
judge_partial(struct chain *chain, struct periods ds, size_t at, struct periods keys,
	      struct ks_events *events)
{
	const struct ks_zone_seen *first = NULL;
	struct fit first_fit = {0};
	int64_t t_ns = 0, before_ns = KS_TIME_UNKNOWN;
	for (size_t i = at; i < ds.n; i++) {
		for (size_t k = 0; k < keys.n && ds.at[i].content == ds.at[at].content; k++) {
			int64_t from_ns, to_ns;
			const struct fit fit =
				fit_of(chain, content_of(chain, &ds.at[i]), content_of(chain, &keys.at[k]));
			if (fit.fitting == 0 || fit.alone == 0 ||
			    !meet(&ds.at[i], &keys.at[k], &from_ns, &to_ns) ||
			    (first != NULL && from_ns >= t_ns))
				continue;
			first = &keys.at[k];
			first_fit = fit;
			t_ns = from_ns;
			before_ns = before(ds, &ds.at[i], keys, &keys.at[k], from_ns);
		}
	}
	/* At first sight a spare DS is how things are, not something that happened. */
	if (first == NULL || before_ns == KS_TIME_UNKNOWN)
		return;
	struct ks_event *const event = ks_events_add(events, KS_EVENT_DS_PARTIAL, before_ns, t_ns);
	if (event == NULL)
		return;
	event->node = first->node;
	event->servers = 1;
	event->tag = first_fit.alone_tag;
	event->algorithm = first_fit.alone_algorithm;
	(void)snprintf(event->detail, sizeof(event->detail), "%zu DS with a key, %zu without",
		       first_fit.fitting, first_fit.alone);
}

/* --- CDS_SIGNAL --- */

static bool
is_same_ds(const struct ks_rrset_ds *a, const struct ks_rrset_ds *b)
{
	return a->tag == b->tag && a->algorithm == b->algorithm && a->digest_type == b->digest_type &&
	       a->digest.n == b->digest.n &&
	       (a->digest.n == 0 || memcmp(a->digest.at, b->digest.at, a->digest.n) == 0);
}

/* The first record of `wanted` that is not among what there is. */
static const struct ks_rrset_ds *
wanted_new(const struct ks_zone_content *wanted, const struct ks_zone_content *there)
{
	for (size_t i = 0; i < wanted->n_ds; i++) {
		bool found = false;
		for (size_t k = 0; k < there->n_ds && !found; k++)
			found = is_same_ds(&wanted->ds[i], &there->ds[k]);
		if (!found)
			return &wanted->ds[i];
	}
	return NULL;
}

/* The newest DS of the parent as of `t_ns`. */
static const struct ks_zone_seen *
newest(struct periods ds, int64_t t_ns)
{
	const struct ks_zone_seen *found = NULL;
	for (size_t i = 0; i < ds.n; i++)
		if (ds.at[i].first_ns <= t_ns && (found == NULL || ds.at[i].first_ns > found->first_ns))
			found = &ds.at[i];
	return found;
}

/* What the zone asks for and does not have; algorithm 0 asks for nothing at all. */
static bool
wished_ds(struct chain *chain, const struct ks_zone_content *wanted, const struct ks_zone_content *there,
	  struct ks_rrset_ds *ret)
{
	const struct ks_rrset_ds *const record = wanted_new(wanted, there);
	(void)chain;
	if (record == NULL)
		return false;
	*ret = *record;
	return true;
}

static bool
wished_key(struct chain *chain, const struct ks_zone_content *wanted, const struct ks_zone_content *there,
	   struct ks_rrset_ds *ret)
{
	for (size_t i = 0; i < wanted->n_keys; i++) {
		const struct ks_zone_content one = {.keys = &wanted->keys[i], .n_keys = 1};
		const struct fit fit = fit_of(chain, there, &one);
		if (fit.fitting > 0 || fit.unknown)
			continue;
		*ret = (struct ks_rrset_ds){.tag = one.keys->tag, .algorithm = one.keys->algorithm};
		return true;
	}
	return false;
}

static void
tell_signal(struct periods cds, const struct ks_zone_seen *seen, const struct ks_rrset_ds *wish,
	    struct ks_events *events)
{
	struct ks_event *const event =
		ks_events_add(events, KS_EVENT_CDS_SIGNAL, end_before(cds, seen), seen->first_ns);
	if (event == NULL)
		return;
	event->node = seen->node;
	event->servers = 1;
	event->tag = wish->algorithm != 0 ? wish->tag : KS_TAG_NONE;
	event->algorithm = wish->algorithm != 0 ? wish->algorithm : -1;
	(void)snprintf(event->detail, sizeof(event->detail), "%s",
		       wish->algorithm != 0 ? "the zone asks for another DS"
					    : "the zone asks to delete its DS");
}

typedef bool wished_fn(struct chain *chain, const struct ks_zone_content *wanted,
		       const struct ks_zone_content *there, struct ks_rrset_ds *ret);

static void
judge_signals(struct chain *chain, uint16_t type, wished_fn *wished, struct ks_events *events)
{
	const struct periods cds = periods_of(chain->facts, type, events);
	for (size_t i = 0; i < cds.n; i++) {
		const struct ks_zone_seen *const there = newest(chain->ds, cds.at[i].last_ns);
		struct ks_rrset_ds wish;
		if (there != NULL && !is_repeated(cds, i) &&
		    wished(chain, content_of(chain, &cds.at[i]), content_of(chain, there), &wish))
			tell_signal(cds, &cds.at[i], &wish, events);
	}
}

void
ks_chain_judge(const struct ks_zone_facts *facts, struct ks_events *events)
{
	struct chain chain = {
		.facts = facts,
		.ds = periods_of(facts, KS_TYPE_DS, events),
		.keys = periods_of(facts, KS_TYPE_DNSKEY, events),
	};
	const struct periods ds = chain.ds, keys = chain.keys;
	for (size_t first = 0, end; first < keys.n; first = end) {
		for (end = first + 1; end < keys.n && keys.at[end].node == keys.at[first].node;)
			end++;
		judge_node(&chain, ds, keys, first, end, events);
	}
	for (size_t i = 0; i < ds.n; i++)
		if (!is_repeated(ds, i))
			judge_partial(&chain, ds, i, keys, events);
	judge_signals(&chain, KS_TYPE_CDS, wished_ds, events);
	judge_signals(&chain, KS_TYPE_CDNSKEY, wished_key, events);
	events->in_part |= chain.work > WORK_MAX;
}
