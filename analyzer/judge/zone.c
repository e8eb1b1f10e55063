/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/zone.h"

#include <stdlib.h>
#include <string.h>

struct ks_event *
ks_events_add(struct ks_events *events, enum ks_event_kind kind, int64_t before_ns, int64_t t_ns)
{
	if (events->n == events->max) {
		events->lost++;
		return NULL;
	}
	struct ks_event *const event = &events->at[events->n++];
	*event = (struct ks_event){
		.kind = kind,
		.t_ns = t_ns,
		.before_ns = before_ns,
		.all_ns = t_ns,
		.node = KS_NODE_NONE,
		.algorithm = -1,
		.tag = KS_TAG_NONE,
	};
	return event;
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int
compare_events(const void *left, const void *right)
{
	const struct ks_event *const a = left, *const b = right;
	const int orders[] = {
		COMPARE(a->t_ns, b->t_ns),           COMPARE(a->kind, b->kind),
		COMPARE(a->algorithm, b->algorithm), COMPARE(a->tag, b->tag),
		COMPARE(a->node, b->node),           memcmp(a->identity, b->identity, sizeof(a->identity)),
		strcmp(a->detail, b->detail),        COMPARE(a->before_ns, b->before_ns),
	};
	for (size_t i = 0; i < KS_COUNT(orders); i++)
		if (orders[i] != 0)
			return orders[i];
	return 0;
}

void
ks_events_sort(struct ks_events *events)
{
	qsort(events->at, events->n, sizeof(*events->at), compare_events);
}

const struct ks_zone_seen *
ks_zone_seen_of(const struct ks_zone_facts *facts, uint16_t type, size_t *ret_n)
{
	size_t from = 0;
	while (from < facts->n_seen && facts->seen[from].type != type)
		from++;
	size_t n = 0;
	while (from + n < facts->n_seen && facts->seen[from + n].type == type)
		n++;
	*ret_n = n;
	return n > 0 ? &facts->seen[from] : NULL;
}

size_t
ks_zone_numbers(const char *text, uint16_t ret[KS_ZONE_SIGNERS_MAX])
{
	size_t n = 0;
	while (text != NULL && *text != '\0' && n < KS_ZONE_SIGNERS_MAX) {
		char *end;
		const unsigned long number = strtoul(text, &end, 10);
		if (end == text)
			break;
		ret[n++] = (uint16_t)number;
		text = end + strspn(end, " ");
	}
	return n;
}

static const struct ks_fact_key *
find_key(const struct ks_zone_facts *facts, const struct ks_rrset_key *key)
{
	for (size_t i = 0; i < facts->n_keys; i++) {
		const struct ks_fact_key *const known = &facts->keys[i];
		if (known->algorithm == key->algorithm && known->flags == key->flags &&
		    memcmp(known->identity, key->identity, sizeof(key->identity)) == 0)
			return known;
	}
	return NULL;
}

bool
ks_zone_ds_fits(const struct ks_zone_facts *facts, const struct ks_rrset_ds *ds,
		const struct ks_rrset_key *key, bool *ret_unknown)
{
	if (ds->algorithm != key->algorithm || ds->tag != key->tag)
		return false;
	const struct ks_fact_key *const known = find_key(facts, key);
	const struct ks_span digests[] = {
		[1] = {known != NULL ? known->sha1 : NULL, 20},
		[2] = {known != NULL ? known->sha256 : NULL, 32},
		[4] = {known != NULL ? known->sha384 : NULL, 48},
	};
	if (known == NULL || ds->digest_type >= KS_COUNT(digests) || digests[ds->digest_type].n == 0) {
		*ret_unknown = true;
		return false;
	}
	const struct ks_span digest = digests[ds->digest_type];
	return ds->digest.n == digest.n && memcmp(ds->digest.at, digest.at, digest.n) == 0;
}
