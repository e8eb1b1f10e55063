/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/nxdomain.h"

#include <math.h>

#include "analyzer/distinct.h"
#include "dissect/name.h"

static_assert(sizeof(struct ks_nx_parent) % 8 == 0, "tables hold whole words");

enum ks_error
ks_nxdomain_init(struct ks_nxdomain *nxdomain, size_t bytes, const struct ks_secret *secret,
		 struct ks_diag *diag)
{
	const size_t capacity = ks_map_capacity(sizeof(struct ks_nx_parent), bytes);
	*nxdomain = (struct ks_nxdomain){0};
	return ks_map_init(&nxdomain->map, sizeof(struct ks_nx_parent),
			   capacity < KS_NX_PARENTS ? capacity : KS_NX_PARENTS, secret, diag);
}

void
ks_nxdomain_done(struct ks_nxdomain *nxdomain)
{
	ks_map_done(&nxdomain->map);
}

static struct ks_nx_parent *
find(struct ks_nxdomain *nxdomain, struct ks_span name, bool make)
{
	struct ks_map *const map = &nxdomain->map;
	/* Other secrets than the table's own, as in names.c. */
	const struct ks_secret one = {.a = ~map->secret.b, .b = ~map->secret.a};
	const struct ks_secret two = {.a = one.b, .b = one.a};
	struct ks_key key;
	ks_hash_bytes_twice(&one, &two, name.at, name.n, key.w);
	bool is_new = false;
	const uint32_t number = make ? ks_map_add(map, &key, &is_new) : ks_map_find(map, &key);
	if (number == KS_MAP_NONE)
		return NULL;
	struct ks_nx_parent *const parent = ks_map_at(map, number);
	if (is_new) {
		parent->n_name = (uint8_t)name.n;
		memcpy(parent->name, name.at, name.n);
	}
	return parent;
}

static void
count_nxdomain(struct ks_nx_parent *parent, const struct ks_message *response, struct ks_span label)
{
	const int64_t t_ns = response->time_ns;
	if (parent->nxdomain == 0 || t_ns < parent->first_ns)
		parent->first_ns = t_ns;
	if (parent->nxdomain == 0 || t_ns > parent->last_ns)
		parent->last_ns = t_ns;
	parent->nxdomain++;
	ks_distinct_add(parent->labels, KS_NX_LABELS_P, label.at, label.n);
	ks_distinct_add(parent->sources, KS_NX_SOURCES_P, response->client.b, sizeof(response->client.b));
}

void
ks_nxdomain_feed(struct ks_nxdomain *nxdomain, const struct ks_message *response)
{
	enum { NXDOMAIN = 3 };
	const struct ks_dns *const dns = &response->dns;
	const bool missing = dns->rcode == NXDOMAIN;
	if (!dns->has_question || ks_dns_opcode(dns) != 0 || dns->qname.n <= 1 ||
	    (!missing && nxdomain->map.n == 0))
		return;
	uint8_t folded[KS_NAME_MAX];
	ks_name_fold(dns->qname.at, dns->qname.n, folded);
	const size_t n_label = folded[0] + 1u; /* with its length, which the dissector has checked */
	assert(n_label < dns->qname.n);
	const struct ks_span above = {folded + n_label, dns->qname.n - n_label};
	struct ks_nx_parent *const parent = find(nxdomain, above, missing);
	if (parent == NULL) {
		nxdomain->unlisted += missing;
		return;
	}
	parent->responses++;
	if (missing)
		count_nxdomain(parent, response, (struct ks_span){folded, n_label});
}

static uint64_t
at_most(double estimate, uint64_t limit)
{
	const double rounded = round(estimate);
	return rounded < (double)limit ? (uint64_t)rounded : limit;
}

uint64_t
ks_nxdomain_labels(const struct ks_nx_parent *parent)
{
	return at_most(ks_distinct_count(parent->labels, KS_NX_LABELS_P), parent->nxdomain);
}

uint64_t
ks_nxdomain_sources(const struct ks_nx_parent *parent)
{
	return at_most(ks_distinct_count(parent->sources, KS_NX_SOURCES_P), parent->nxdomain);
}
