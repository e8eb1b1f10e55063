/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/model.h"

static const struct ks_model_count one = {.n = 1};
static const struct ks_model_count too_many = {.n = UINT64_MAX, .over = true};

struct ks_model_count
ks_model_times(struct ks_model_count count, uint64_t factor)
{
	if (count.over || __builtin_mul_overflow(count.n, factor, &count.n))
		return too_many;
	return count;
}

struct ks_model_count
ks_model_plus(struct ks_model_count a, struct ks_model_count b)
{
	if (a.over || b.over || __builtin_add_overflow(a.n, b.n, &a.n))
		return too_many;
	return a;
}

void
ks_model_search(const uint64_t *servers, size_t n, struct ks_model_search *ret)
{
	assert(n >= 1 && n <= KS_MODEL_LEVELS);
	struct ks_model_count below = one; /* N1^2 ... N(i-1)^2: how often level i is turned to */
	*ret = (struct ks_model_search){.n_levels = n};
	for (size_t i = 0; i < n; i++) {
		struct ks_model_level *const level = &ret->levels[i];
		assert(servers[i] >= 1);
		level->servers = servers[i];
		if (i > 0) {
			level->ds_per_server = below;
			level->ds = ks_model_times(below, servers[i]);
		}
		level->dnskey_per_server = ks_model_times(below, servers[i]);
		level->dnskey = ks_model_times(level->dnskey_per_server, servers[i]);
		ret->total = ks_model_plus(ret->total, ks_model_plus(level->dnskey, level->ds));
		below = level->dnskey;
	}
}

uint64_t
ks_model_ceiling_queries(uint64_t rtt_ns)
{
	assert(rtt_ns >= 1);
	return (uint64_t)KS_MODEL_CEILING_S * (uint64_t)KS_NS_PER_S / rtt_ns;
}

double
ks_model_fitting_rtt_s(struct ks_model_count queries)
{
	assert(queries.n >= 1);
	return KS_MODEL_CEILING_S / (double)queries.n;
}

uint64_t
ks_model_rare(uint64_t clients)
{
	return clients / KS_MODEL_RARITY;
}

uint64_t
ks_model_about(uint64_t n)
{
	uint64_t unit = 1;
	while (n / unit >= 10)
		unit *= 10;
	const uint64_t digit = n / unit + (n % unit >= unit - unit / 2);
	uint64_t about;
	return __builtin_mul_overflow(digit, unit, &about) ? n : about;
}

uint64_t
ks_model_root_bytes(uint64_t keys, uint64_t signatures)
{
	return 28 + 275 * keys + 286 * signatures;
}

/* DOMAIN G: loopback, one version each, anchors set by hand. */
const struct ks_model_software ks_model_software[] = {
	{.name = "BIND 9.18", .per_server = true, .every_s = 30.1},
	{.name = "Unbound 1.17", .first = 6, .again = 5, .every_s = 61.2},
	{.name = "Knot Resolver 5.6", .first = 5, .again = 5},
	{.name = "PowerDNS Recursor 4.8", .first = 1, .again = 1, .every_s = 74, .every_is_least = true},
};
const size_t ks_model_n_software = KS_COUNT(ks_model_software);

uint64_t
ks_model_burst(const struct ks_model_software *software, bool first, uint64_t servers)
{
	if (software->per_server)
		return servers;
	return first ? software->first : software->again;
}

double
ks_model_software_qps(const struct ks_model_software *software, uint64_t servers, double client_qps)
{
	const double burst = (double)ks_model_burst(software, /* first= */ false, servers);
	return software->every_s > 0 ? burst / software->every_s : burst * client_qps;
}
