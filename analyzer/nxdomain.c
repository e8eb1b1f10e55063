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

enum { NXDOMAIN = 3 };

static bool
is_missing(const struct ks_message *response)
{
	return response->dns.rcode == NXDOMAIN;
}

static bool
is_wanted(const struct ks_nxdomain *nxdomain, const struct ks_message *response)
{
	const struct ks_dns *const dns = &response->dns;
	return dns->has_question && ks_dns_opcode(dns) == 0 && dns->qname.n > 1 &&
	       (is_missing(response) || nxdomain->map.n > 0);
}

/* The first label, with its length, which the dissector has checked. */
static size_t
label_octets(struct ks_span qname)
{
	const size_t n = qname.at[0] + 1u;
	assert(n < qname.n);
	return n;
}

static struct ks_span
name_above(struct ks_span qname)
{
	const size_t n = label_octets(qname);
	return (struct ks_span){qname.at + n, qname.n - n};
}

static void
ask(const struct ks_nxdomain *nxdomain, struct ks_span above, struct ks_nx_asked *ret)
{
	/* Other secrets than the table's own, as in names.c. */
	const struct ks_secret one = {.a = ~nxdomain->map.secret.b, .b = ~nxdomain->map.secret.a};
	const struct ks_secret two = {.a = one.b, .b = one.a};
	ks_name_hash_twice(&one, &two, above, ret->key.w);
	ret->hash = ks_map_hash(&nxdomain->map, &ret->key);
	ret->known = true;
}

void
ks_nxdomain_soon(const struct ks_nxdomain *nxdomain, const struct ks_message *response,
		 struct ks_nx_asked *ret)
{
	ret->known = false;
	if (!is_wanted(nxdomain, response))
		return;
	ask(nxdomain, name_above(response->dns.qname), ret);
	ks_map_soon(&nxdomain->map, ret->hash);
}

void
ks_nxdomain_sooner(const struct ks_nxdomain *nxdomain, const struct ks_nx_asked *asked)
{
	const uint32_t number = asked->known ? ks_map_guess(&nxdomain->map, asked->hash) : KS_MAP_NONE;
	if (number != KS_MAP_NONE)
		__builtin_prefetch(ks_map_at(&nxdomain->map, number), 1);
}

/* NULL: the name has no missing ones below it, or no room. */
static struct ks_nx_parent *
find(struct ks_nxdomain *nxdomain, const struct ks_nx_asked *asked, struct ks_span above, bool make)
{
	struct ks_map *const map = &nxdomain->map;
	bool is_new = false;
	const uint32_t number = make ? ks_map_add_hashed(map, asked->hash, &asked->key, &is_new)
				     : ks_map_find_hashed(map, asked->hash, &asked->key);
	if (number == KS_MAP_NONE)
		return NULL;
	struct ks_nx_parent *const parent = ks_map_at(map, number);
	if (is_new) {
		parent->n_name = (uint8_t)above.n;
		ks_name_fold(above.at, above.n, parent->name);
	}
	return parent;
}

static void
count_nxdomain(struct ks_nx_parent *parent, const struct ks_message *response)
{
	const struct ks_span qname = response->dns.qname;
	const size_t n_label = label_octets(qname);
	uint8_t label[KS_NAME_MAX];
	ks_name_fold(qname.at, n_label, label);
	const int64_t t_ns = response->time_ns;
	if (parent->nxdomain == 0 || t_ns < parent->first_ns)
		parent->first_ns = t_ns;
	if (parent->nxdomain == 0 || t_ns > parent->last_ns)
		parent->last_ns = t_ns;
	parent->nxdomain++;
	ks_distinct_add(parent->labels, KS_NX_LABELS_P, label, n_label);
	ks_distinct_add(parent->sources, KS_NX_SOURCES_P, response->client.b, sizeof(response->client.b));
}

void
ks_nxdomain_feed(struct ks_nxdomain *nxdomain, const struct ks_message *response,
		 const struct ks_nx_asked *asked)
{
	if (!is_wanted(nxdomain, response))
		return;
	const struct ks_span above = name_above(response->dns.qname);
	struct ks_nx_asked own;
	if (asked == NULL || !asked->known) {
		ask(nxdomain, above, &own);
		asked = &own;
	}
	struct ks_nx_parent *const parent = find(nxdomain, asked, above, is_missing(response));
	if (parent == NULL) {
		nxdomain->unlisted += is_missing(response);
		return;
	}
	parent->responses++;
	if (is_missing(response))
		count_nxdomain(parent, response);
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
