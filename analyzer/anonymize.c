/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/anonymize.h"

#include <assert.h>

/* --- addresses --- */

struct ks_siphash_key
ks_anonymize_key(const void *secret, size_t n)
{
	static const struct ks_siphash_key first = {0, 1}, second = {0, 2};
	assert(n >= KS_ANONYMIZE_KEY_MIN);
	return (struct ks_siphash_key){ks_siphash(&first, secret, n), ks_siphash(&second, secret, n)};
}

/* `n` octets of an address, of which the first `bits` bits count. What is hashed for a bit: the family, the
 * bit's number, and all bits before it. */
static void
scramble(const struct ks_siphash_key *key, const uint8_t *in, size_t n, unsigned bits, uint8_t *out)
{
	uint8_t seen[18] = {(uint8_t)n};
	memset(out, 0, n);
	for (unsigned bit = 0; bit < bits; bit++) {
		const uint8_t mask = (uint8_t)(0x80 >> bit % 8);
		const uint8_t flip = ks_siphash(key, seen, 2 + n) & 1 ? mask : 0;
		out[bit / 8] |= (uint8_t)((in[bit / 8] & mask) ^ flip);
		seen[2 + bit / 8] |= in[bit / 8] & mask;
		seen[1] = (uint8_t)(bit + 1);
	}
}

struct ks_addr
ks_anonymize_prefix(const struct ks_siphash_key *key, const struct ks_addr *addr, unsigned bits)
{
	const struct ks_span bytes = ks_addr_bytes(addr);
	uint8_t out[16];
	scramble(key, bytes.at, bytes.n, bits < bytes.n * 8 ? bits : (unsigned)bytes.n * 8, out);
	return bytes.n == 4 ? ks_addr_from_v4(out) : ks_addr_from_v6(out);
}

struct ks_addr
ks_anonymize(const struct ks_siphash_key *key, const struct ks_addr *addr)
{
	return ks_anonymize_prefix(key, addr, 128);
}

/* --- facts --- */

static struct ks_anonymizer *
of(struct ks_sink *sink)
{
	return (struct ks_anonymizer *)sink;
}

/* Facts without a source. */
#define PASS(member)                                                                                         \
	static enum ks_error pass_##member(struct ks_sink *sink, const struct ks_fact_##member *fact,        \
					   struct ks_diag *diag)                                             \
	{                                                                                                    \
		struct ks_sink *const inner = of(sink)->inner;                                               \
		return inner->ops->member(inner, fact, diag);                                                \
	}

/* Facts with the member `source`. */
#define HIDE(member)                                                                                         \
	static enum ks_error hide_##member(struct ks_sink *sink, const struct ks_fact_##member *fact,        \
					   struct ks_diag *diag)                                             \
	{                                                                                                    \
		struct ks_sink *const inner = of(sink)->inner;                                               \
		struct ks_fact_##member hidden = *fact;                                                      \
		hidden.source = ks_anonymize(&of(sink)->key, &fact->source);                                 \
		return inner->ops->member(inner, &hidden, diag);                                             \
	}

/* clang-format off */
PASS(input) PASS(counter) PASS(server) PASS(rest) PASS(clients) PASS(bin) PASS(traffic) PASS(zone) PASS(zone_bin)
PASS(bound) PASS(nxdomain) PASS(depth) PASS(zone_server) PASS(given_server) PASS(lookaside) PASS(zone_key) PASS(failure)
PASS(ledger_name) PASS(rrset) PASS(rrset_seen) PASS(key) PASS(signature) PASS(nsec) PASS(exhaustion) PASS(drop)
HIDE(source) HIDE(flow) HIDE(behaviour) HIDE(query) HIDE(icmp) HIDE(stack) HIDE(opening) HIDE(manner)
HIDE(ta_signal)
	/* clang-format on */

	static enum ks_error
	mark_run(struct ks_sink *sink, const struct ks_fact_run *fact, struct ks_diag *diag)
{
	struct ks_sink *const inner = of(sink)->inner;
	struct ks_fact_run marked = *fact;
	marked.anonymized = true;
	return inner->ops->begin(inner, &marked, diag);
}

static enum ks_error
hide_net(struct ks_sink *sink, const struct ks_fact_net *fact, struct ks_diag *diag)
{
	struct ks_sink *const inner = of(sink)->inner;
	struct ks_fact_net hidden = *fact;
	hidden.prefix = ks_anonymize_prefix(&of(sink)->key, &fact->prefix, fact->bits);
	return inner->ops->net(inner, &hidden, diag);
}

static enum ks_error
pass_end(struct ks_sink *sink, struct ks_diag *diag)
{
	struct ks_sink *const inner = of(sink)->inner;
	return inner->ops->end(inner, diag);
}

static const struct ks_sink_ops ops = {
	.begin = mark_run,
	.input = pass_input,
	.counter = pass_counter,
	.server = pass_server,
	.source = hide_source,
	.rest = pass_rest,
	.clients = pass_clients,
	.bin = pass_bin,
	.traffic = pass_traffic,
	.zone = pass_zone,
	.zone_bin = pass_zone_bin,
	.flow = hide_flow,
	.net = hide_net,
	.bound = pass_bound,
	.behaviour = hide_behaviour,
	.query = hide_query,
	.icmp = hide_icmp,
	.stack = hide_stack,
	.nxdomain = pass_nxdomain,
	.depth = pass_depth,
	.zone_server = pass_zone_server,
	.given_server = pass_given_server,
	.opening = hide_opening,
	.manner = hide_manner,
	.lookaside = pass_lookaside,
	.ta_signal = hide_ta_signal,
	.zone_key = pass_zone_key,
	.failure = pass_failure,
	.ledger_name = pass_ledger_name,
	.rrset = pass_rrset,
	.rrset_seen = pass_rrset_seen,
	.key = pass_key,
	.signature = pass_signature,
	.nsec = pass_nsec,
	.exhaustion = pass_exhaustion,
	.drop = pass_drop,
	.end = pass_end,
};
/* A new kind of fact must be listed above, under HIDE when it tells the address of a source, else under PASS;
 * then count it here. */
static_assert(sizeof(ops) == 37 * sizeof(ops.end), "a kind of fact is neither passed on nor hidden");

struct ks_sink *
ks_anonymizer_init(struct ks_anonymizer *ret, const struct ks_siphash_key *key, struct ks_sink *inner)
{
	*ret = (struct ks_anonymizer){.sink = {&ops}, .inner = inner, .key = *key};
	return &ret->sink;
}
