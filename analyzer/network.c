/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/network.h"

static_assert(sizeof(struct ks_network) % 8 == 0, "tables hold whole words");

static void
count_lost(void *arg, uint32_t number)
{
	struct ks_networks *const nets = arg;
	const struct ks_network *const net = ks_map_at(&nets->map, number);
	nets->lost += (uint64_t)net->queries + net->responses;
}

enum ks_error
ks_networks_init(struct ks_networks *nets, size_t bytes, const struct ks_secret *secret, struct ks_diag *diag)
{
	static const size_t count_at[2] = {offsetof(struct ks_network, queries),
					   offsetof(struct ks_network, responses)};
	*nets = (struct ks_networks){
		.saving = ks_saving_init(&nets->map, count_at, offsetof(struct ks_network, err))};
	nets->saving.leave = count_lost;
	nets->saving.arg = nets;
	return ks_map_init(&nets->map, sizeof(struct ks_network),
			   ks_map_capacity(sizeof(struct ks_network), bytes), secret, diag);
}

void
ks_networks_done(struct ks_networks *nets)
{
	ks_map_done(&nets->map);
}

static void
add32(uint32_t *to, uint32_t n)
{
	*to = n < UINT32_MAX - *to ? *to + n : UINT32_MAX;
}

static void
add_to(struct ks_network *net, bool is_new, const struct ks_network *from)
{
	if (is_new || from->first_ns < net->first_ns)
		net->first_ns = from->first_ns;
	if (is_new || from->last_ns > net->last_ns)
		net->last_ns = from->last_ns;
	net->query_dns_bytes += from->query_dns_bytes;
	net->response_dns_bytes += from->response_dns_bytes;
	net->sigkey_dns_bytes += from->sigkey_dns_bytes;
	net->tcp_query_dns_bytes += from->tcp_query_dns_bytes;
	net->tcp_response_dns_bytes += from->tcp_response_dns_bytes;
	add32(&net->queries, from->queries);
	add32(&net->responses, from->responses);
	add32(&net->dnskey_queries, from->dnskey_queries);
	add32(&net->tcp_queries, from->tcp_queries);
	add32(&net->tcp_responses, from->tcp_responses);
	for (size_t i = 0; i < KS_RQ_COUNT; i++)
		add32(&net->cls[i], from->cls[i]);
}

/* `octets` of the address stay. */
static struct ks_key
key_of(struct ks_span address, size_t octets, uint32_t zone)
{
	struct ks_key key = {.w = {0, (uint64_t)octets << 35 | zone}};
	memcpy(&key.w[0], address.at, octets);
	return key;
}

static void
add_prefix(struct ks_networks *nets, const struct ks_key *key, const struct ks_network *from)
{
	bool is_new;
	const uint32_t number = ks_saving_add(&nets->saving, key, &is_new);
	assert(number != KS_MAP_NONE); /* nothing is pinned here */
	add_to(ks_map_at(&nets->map, number), is_new, from);
}

void
ks_networks_add(struct ks_networks *nets, const struct ks_addr *source, uint32_t zone,
		const struct ks_network *from)
{
	const struct ks_span address = ks_addr_bytes(source);
	const bool v4 = address.n == 4;
	const struct ks_key wide = key_of(address, v4 ? 3 : 6, zone);
	add_prefix(nets, &wide, from);
	if (v4)
		return;
	const struct ks_key narrow = key_of(address, 8, zone);
	add_prefix(nets, &narrow, from);
}

struct ks_addr
ks_network_prefix(const struct ks_network *net, uint32_t *ret_bits)
{
	uint8_t bytes[16] = {0};
	memcpy(bytes, &net->key.w[0], sizeof(net->key.w[0]));
	*ret_bits = (uint32_t)(net->key.w[1] >> 32);
	return *ret_bits == 24 ? ks_addr_from_v4(bytes) : ks_addr_from_v6(bytes);
}
