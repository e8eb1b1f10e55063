/* SPDX-License-Identifier: BSD-2-Clause
 *
 * More sources than there is room for: what a shard says then, beside an exact count of everything. */
#include "analyzer/shard.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/distinct.h"

/* Room for some 30,000 sources and 12,000 flows. */
enum { MEMORY = 12 << 20, SOURCES = 200000, HEAVY = 100 };

static struct ks_shard shard;
static uint32_t truth[SOURCES];                /* queries by source; all for the root's DNSKEY */
static uint32_t truth_net[(SOURCES >> 8) + 1]; /* by /24 */

/* What came out. */
static struct {
	struct ks_sink sink;
	uint32_t net[(SOURCES >> 8) + 1]; /* flows and networks added up */
	uint64_t net_sources[(SOURCES >> 8) + 1];
	bool listed[SOURCES];
	uint64_t net_err;
	struct ks_fact_bound bounds[KS_BOUND_TABLES];
	size_t n_sources, n_flows, n_nets, n_heavy, n_days;
	uint64_t estimate;
	bool clients_exact;
	uint64_t clients[KS_CLIENTS_KINDS];
} got;

static uint32_t
number_of(const struct ks_addr *addr)
{
	const uint8_t *const b = addr->b + 12;
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void
check(const struct ks_addr *addr, uint64_t queries, uint64_t err, const char *what)
{
	const uint32_t source = number_of(addr);
	cr_assert(lt(u32, source, SOURCES));
	cr_assert(queries - err <= truth[source] && truth[source] <= queries,
		  "%s of source %u: %llu +- %llu, truth %u", what, source, (unsigned long long)queries,
		  (unsigned long long)err, truth[source]);
}

#define KEEP(kind)                                                                                           \
	static enum ks_error keep_##kind(struct ks_sink *sink, const struct ks_fact_##kind *fact,            \
					 struct ks_diag *diag)                                               \
	{                                                                                                    \
		(void)sink;                                                                                  \
		(void)diag;                                                                                  \
		take_##kind(fact);                                                                           \
		return KS_SUCCESS;                                                                           \
	}

static void
take_source(const struct ks_fact_source *fact)
{
	got.n_sources++;
	got.listed[number_of(&fact->source)] = true;
	check(&fact->source, fact->queries, fact->err, "queries");
	got.net_sources[number_of(&fact->source) >> 8] += fact->queries - fact->err;
}

static void
take_flow(const struct ks_fact_flow *fact)
{
	got.n_flows++;
	check(&fact->source, fact->queries, fact->err, "flow");
	uint64_t classed = 0;
	for (size_t i = 0; i < KS_RQ_COUNT; i++)
		classed += fact->cls[i];
	cr_assert(eq(u64, classed, fact->queries - fact->err), "classes are of what was seen");
	got.net[number_of(&fact->source) >> 8] += (uint32_t)(fact->queries - fact->err);
	got.n_heavy += number_of(&fact->source) < HEAVY;
}

static void
take_net(const struct ks_fact_net *fact)
{
	got.n_nets++;
	got.net_err += fact->err;
	cr_assert(eq(u32, fact->bits, 24));
	const uint32_t net = number_of(&fact->prefix) >> 8;
	if (fact->by_zone)
		got.net[net] += (uint32_t)fact->queries;
	else
		got.net_sources[net] += fact->queries;
}

static void
take_bound(const struct ks_fact_bound *fact)
{
	got.bounds[fact->table] = *fact;
}

static void
take_clients(const struct ks_fact_clients *fact)
{
	if (fact->scope == KS_CLIENTS_ALL) {
		got.clients_exact = fact->exact;
		memcpy(got.clients, fact->counts, sizeof(got.clients));
		return;
	}
	got.n_days++;
	got.estimate = (uint64_t)ks_distinct_count(fact->registers[KS_CLIENTS_V4].at, KS_CLIENTS_P);
}

KEEP(source)
KEEP(flow)
KEEP(net)
KEEP(bound)
KEEP(clients)

#define DROP(kind)                                                                                           \
	static enum ks_error drop_##kind(struct ks_sink *sink, const struct ks_fact_##kind *fact,            \
					 struct ks_diag *diag)                                               \
	{                                                                                                    \
		(void)sink;                                                                                  \
		(void)fact;                                                                                  \
		(void)diag;                                                                                  \
		return KS_SUCCESS;                                                                           \
	}

DROP(server)
DROP(rest)
DROP(bin)
DROP(traffic)
DROP(zone)
DROP(zone_bin)
DROP(behaviour)
DROP(query)
DROP(stack)

static const struct ks_sink_ops ops = {
	.bound = keep_bound,
	.server = drop_server,
	.source = keep_source,
	.rest = drop_rest,
	.clients = keep_clients,
	.bin = drop_bin,
	.traffic = drop_traffic,
	.zone = drop_zone,
	.zone_bin = drop_zone_bin,
	.flow = keep_flow,
	.net = keep_net,
	.behaviour = drop_behaviour,
	.query = drop_query,
	.stack = drop_stack,
};

static void
begin(size_t memory_bytes)
{
	static const struct ks_secret secret = {.a = 1234567, .b = 7654321};
	struct ks_diag diag;
	cr_assert(eq(int, ks_shard_init(&shard, memory_bytes, 0, &secret, &diag), KS_SUCCESS));
}

static void
freeze(void)
{
	struct ks_diag diag;
	memset(&got, 0, sizeof(got));
	got.sink.ops = &ops;
	cr_assert(eq(int, ks_shard_freeze(&shard, &got.sink, &diag), KS_SUCCESS));
}

#define T0 (INT64_C(1795298174) * KS_NS_PER_S)

static void
ask(uint32_t source, int64_t t_ns)
{
	static const uint8_t root[1];
	const uint8_t bytes[4] = {(uint8_t)(source >> 24), (uint8_t)(source >> 16), (uint8_t)(source >> 8),
				  (uint8_t)source};
	const struct ks_message message = {
		.time_ns = t_ns,
		.client = ks_addr_from_v4(bytes),
		.server = {.b = {[15] = 53}},
		.client_port = 4000,
		.server_port = 53,
		.len = 28,
		.ip_bytes = 56,
		.dns = {.id = (uint16_t)t_ns,
			.has_question = true,
			.qname = {root, 1},
			.qtype = KS_TYPE_DNSKEY,
			.qclass = 1},
	};
	truth[source]++;
	truth_net[source >> 8]++;
	ks_shard_message(&shard, &message);
}

/* A hundred heavy sources, each asking every hundredth time, among many that come and go. */
static void
flood(uint32_t n)
{
	uint64_t state = 99;
	for (uint32_t i = 0; i < n; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		const uint32_t light = HEAVY + (uint32_t)(state >> 33) % (SOURCES - HEAVY);
		ask(i % 4 == 0 ? i / 4 % HEAVY : light, T0 + (int64_t)i * 1000);
	}
}

Test(overflow, counts_keep_their_bounds_and_the_heavy_their_places)
{
	begin(MEMORY);
	flood(1000000);
	freeze();
	cr_assert(lt(sz, got.n_sources, SOURCES / 2), "the table was too small");
	cr_assert(lt(sz, got.n_flows, SOURCES / 4));
	cr_assert(eq(sz, got.n_heavy, HEAVY));
	cr_assert(gt(u64, got.bounds[KS_BOUND_FLOWS].floor, 0));
	cr_assert(le(u64, got.bounds[KS_BOUND_FLOWS].floor, 1000000 / got.bounds[KS_BOUND_FLOWS].capacity));
	/* Those who may be replaced: all but the sources that have fingerprints. */
	const uint64_t places = got.bounds[KS_BOUND_SOURCES].capacity - shard.stacks.map.n;
	cr_assert(le(u64, shard.saving_sources.floor, 1000000 / places));
	/* The bound also holds for those who are in the table and get no row. */
	for (uint32_t source = 0; source < SOURCES; source++)
		cr_assert(got.listed[source] || truth[source] <= got.bounds[KS_BOUND_SOURCES].floor);
	ks_shard_done(&shard);
}

Test(overflow, by_prefix_nothing_is_lost)
{
	begin(MEMORY);
	flood(1000000);
	freeze();
	cr_assert(gt(sz, got.n_nets, 0));
	cr_assert(eq(u64, got.net_err, 0), "there are fewer prefixes than places for them");
	for (uint32_t net = 0; net < KS_COUNT(truth_net); net++) {
		cr_assert(eq(u32, got.net[net], truth_net[net]), "net %u", net);
		cr_assert(eq(u64, got.net_sources[net], truth_net[net]), "net %u", net);
	}
	ks_shard_done(&shard);
}

Test(overflow, distinct_sources_are_estimated_within_four_standard_errors)
{
	begin(MEMORY);
	for (uint32_t source = 0; source < SOURCES; source++)
		ask(source, T0 + source * 1000);
	freeze();
	cr_assert(not(got.clients_exact));
	cr_assert(eq(sz, got.n_days, 1));
	const double error = 4 * 0.0081 * SOURCES;
	cr_assert(got.estimate > SOURCES - error && got.estimate < SOURCES + error, "%llu",
		  (unsigned long long)got.estimate);
	ks_shard_done(&shard);
}

Test(overflow, with_room_all_is_exact)
{
	begin(256 << 20);
	flood(400000);
	freeze();
	size_t asked = 0;
	for (uint32_t source = 0; source < SOURCES; source++)
		asked += truth[source] > 0;
	cr_assert(eq(u32, shard.sources.n, asked));
	cr_assert(eq(sz, got.n_flows, asked));
	cr_assert(got.clients_exact);
	cr_assert(eq(u64, got.clients[KS_CLIENTS_V4], asked));
	for (size_t i = 0; i < KS_BOUND_TABLES; i++)
		cr_assert(got.bounds[i].lost == 0 && got.bounds[i].replaced == 0);
	cr_assert(eq(u64, got.bounds[KS_BOUND_FLOWS].floor, 0));
	/* Those without rows stand in their networks, which are all there. */
	for (uint32_t net = 0; net < KS_COUNT(truth_net); net++)
		cr_assert(eq(u64, got.net_sources[net], truth_net[net]), "net %u", net);
	ks_shard_done(&shard);
}
