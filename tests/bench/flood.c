/* SPDX-License-Identifier: BSD-2-Clause
 *
 * flood.c -- flood [MILLIONS [MIB [STREAM]]]: what forged sources cost, and how much memory they take.
 *
 * The tables of one worker are fed directly, no file and no parser between, with four streams of queries (one
 * in five for the root's DNSKEY) and then with the flood of MILLIONS million (100):
 *
 *     few      100,000 sources, Zipf: what a server meets; hits in the cache
 *     many     half as many sources as the table holds, uniform: hits that wait for memory
 *     mixed    half of the queries from `few`, half from sources never met before
 *     flood    every query from a source never met before
 *
 * For each, or for STREAM alone: nanoseconds of CPU a query, over an equal number of queries while the tables
 * are as full as that stream makes them, and the resident set. The claim is that the last line is at most
 * twice the second, and that the resident set does not grow from the first ten million on. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "analyzer/shard.h"

enum { FEW = 100000, AHEAD = 32 };

static struct ks_shard shard;

static uint64_t
mix(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint64_t
draw(uint64_t *state)
{
	return mix(*state += UINT64_C(0x9e3779b97f4a7c15));
}

/* Each number another address: a permutation of the 32 bits. */
static struct ks_addr
source(uint32_t number)
{
	const uint32_t bits = number * UINT32_C(2654435761);
	const uint8_t bytes[4] = {(uint8_t)(bits >> 24), (uint8_t)(bits >> 16), (uint8_t)(bits >> 8),
				  (uint8_t)bits};
	return ks_addr_from_v4(bytes);
}

static uint32_t
zipf(uint64_t *state)
{
	return (uint32_t)pow(FEW, (double)(draw(state) >> 11) / 9007199254740992.0) - 1;
}

struct stream {
	const char *name;
	uint64_t state;
	uint32_t fresh, many;
	unsigned kind;
};

static uint32_t
next(struct stream *stream)
{
	switch (stream->kind) {
	case 0:
		return zipf(&stream->state);
	case 1:
		return (uint32_t)(draw(&stream->state) % stream->many);
	case 2:
		return draw(&stream->state) % 2 == 0 ? zipf(&stream->state) : stream->fresh++;
	default:
		return stream->fresh++;
	}
}

static void
put(struct ks_batch *batch, struct ks_addr client, uint64_t i)
{
	static const uint8_t root[1], name[] = "\3www\7example";
	const bool keys = mix(i) % 5 == 0;
	batch->event[batch->n_events++] = KS_BATCH_MESSAGE;
	batch->message[batch->n_messages++] = (struct ks_message){
		.time_ns = INT64_C(1795298174) * KS_NS_PER_S + (int64_t)i * 5000,
		.client = client,
		.server = {.b = {[15] = 53}},
		.client_port = (uint16_t)(1024 + i % 60000),
		.server_port = 53,
		.len = keys ? 28 : 40,
		.ip_bytes = keys ? 56 : 68,
		.ttl = 60,
		.dns = {.id = (uint16_t)mix(i),
			.has_question = true,
			.qname = {keys ? root : name, keys ? sizeof(root) : sizeof(name)},
			.qtype = keys ? KS_TYPE_DNSKEY : 1,
			.qclass = 1,
			.edns = {.records = 1, .udp_size = 1232, .dnssec_ok = true}},
	};
}

/* As the dissector does. */
static void
run(struct stream *stream, uint64_t n, uint64_t *at)
{
	static struct ks_batch batch;
	for (uint64_t i = 0; i < n; i += AHEAD) {
		for (unsigned k = 0; k < AHEAD; k++)
			put(&batch, source(next(stream)), (*at)++);
		ks_shard_batch(&shard, &batch);
		ks_batch_clear(&batch);
	}
}

static double
cpu_s(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static long
resident_kib(void)
{
	struct rusage usage;
	(void)getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static void
measure(struct stream *stream, uint64_t n, uint64_t *at)
{
	const double before = cpu_s();
	run(stream, n, at);
	(void)printf("%-6s %4.0f M queries  %6.1f ns a query  %5.1f MiB resident  floor %u, %u\n",
		     stream->name, (double)n * 1e-6, (cpu_s() - before) / (double)n * 1e9,
		     (double)resident_kib() / 1024, shard.saving_sources.floor, shard.saving_flows.floor);
	(void)fflush(stdout);
}

static bool
begin(size_t mib)
{
	static const struct ks_secret secret = {.a = 1234567, .b = 7654321};
	struct ks_diag diag;
	return ks_shard_init(&shard, mib << 20, 60, &secret, &diag) == KS_SUCCESS;
}

int
main(int argc, char **argv)
{
	const uint64_t millions = argc > 1 ? strtoull(argv[1], NULL, 10) : 100;
	const size_t mib = argc > 2 ? strtoull(argv[2], NULL, 10) : 200;
	for (unsigned kind = 0; kind < 4; kind++) {
		static const char *const names[] = {"few", "many", "mixed", "flood"};
		if (argc > 3 && strcmp(argv[3], names[kind]) != 0)
			continue;
		struct stream stream = {.name = names[kind], .state = 42, .fresh = FEW, .kind = kind};
		uint64_t at = 0;
		if (!begin(mib))
			return 1;
		stream.many = shard.sources.capacity / 2;
		run(&stream, 10000000, &at); /* fill the tables */
		measure(&stream, 10000000, &at);
		for (uint64_t done = 20; kind == 3 && done < millions; done += 20)
			measure(&stream, (millions - done < 20 ? millions - done : 20) * 1000000, &at);
		ks_shard_done(&shard);
	}
	return 0;
}
