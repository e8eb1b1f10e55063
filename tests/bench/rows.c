/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rows.c [ROWS] -- how many rows a second go into a database: facts as an analysis puts them, in the order of
 * their keys, into a new file, with what opening, committing and closing cost. Kind by kind, since rows
 * differ in width. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "store/store.h"

#define T0 INT64_C(1700000000)

static struct ks_diag diag;
static char folder[] = "/tmp/ks_rows_XXXXXX";

static void
check(enum ks_error error)
{
	if (error == KS_SUCCESS)
		return;
	(void)fprintf(stderr, "rows: %s\n", diag.text);
	exit(1);
}

static struct ks_addr
source_of(uint64_t i)
{
	const uint64_t n = i + 1;
	const uint8_t v4[4] = {10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
	return ks_addr_from_v4(v4);
}

static void
put_source(struct ks_sink *sink, uint64_t i)
{
	const struct ks_fact_source fact = {
		.source = source_of(i),
		.queries = i % 1000,
		.responses = i % 1000,
		.dnskey_queries = i % 10,
		.query_dns_bytes = 40 * i,
		.response_dns_bytes = 1000 * i,
		.first_ns = T0 * KS_NS_PER_S + (int64_t)i,
		.last_ns = (T0 + 600) * KS_NS_PER_S + (int64_t)i,
	};
	check(sink->ops->source(sink, &fact, &diag));
}

static void
put_query(struct ks_sink *sink, uint64_t i)
{
	static const uint8_t name[] = "\7example\3com";
	const struct ks_fact_query fact = {
		.source = source_of(i / 16),
		.number = i % 16,
		.server = source_of(0),
		.t_ns = (T0 + (int64_t)(i % 16)) * KS_NS_PER_S,
		.response_ns = (T0 + (int64_t)(i % 16)) * KS_NS_PER_S + 1000,
		.name = {name, sizeof(name)},
		.qtype = 48,
		.id = (uint16_t)i,
		.sport = (uint16_t)(i * 7),
		.edns = true,
		.edns_size = 1232,
		.dnssec_ok = true,
		.response_bytes = 1139,
	};
	check(sink->ops->query(sink, &fact, &diag));
}

static void
put_bin(struct ks_sink *sink, uint64_t i)
{
	const struct ks_fact_bin fact = {
		.t_s = T0 + (int64_t)(i / 32) * 10,
		.server = source_of(i / 8 % 4),
		.qtype = (uint32_t)(i % 8 + 1),
		.queries = i,
		.responses = i,
		.query_dns_bytes = 40 * i,
		.response_dns_bytes = 500 * i,
	};
	check(sink->ops->bin(sink, &fact, &diag));
}

static double
cpu_s(void)
{
	struct rusage used;
	(void)getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* Seconds of the processor for a new database with `n` such rows. */
static double
write_rows(void (*put)(struct ks_sink *sink, uint64_t i), uint64_t n)
{
	char path[sizeof(folder) + 8];
	struct ks_store *store = NULL;
	(void)snprintf(path, sizeof(path), "%s/x.db", folder);
	const double begin_s = cpu_s();
	check(ks_store_open(path, &store, &diag));
	struct ks_sink *const sink = ks_store_sink(store);
	const struct ks_fact_run run = {.tool_version = "bench",
					.sensor = "",
					.vantage = 'A',
					.bin_s = 10,
					.time_digits = 6,
					.first_ns = T0 * KS_NS_PER_S,
					.last_ns = (T0 + 600) * KS_NS_PER_S};
	check(sink->ops->begin(sink, &run, &diag));
	for (uint64_t i = 0; i < n; i++)
		put(sink, i);
	check(sink->ops->end(sink, &diag));
	ks_store_close(store);
	const double took_s = cpu_s() - begin_s;
	(void)unlink(path);
	return took_s;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*put)(struct ks_sink *sink, uint64_t i);
	} kinds[] = {{"source", put_source}, {"query", put_query}, {"bin", put_bin}};
	const uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 200000;
	if (mkdtemp(folder) == NULL) {
		perror("rows");
		return 1;
	}
	for (size_t i = 0; i < KS_COUNT(kinds); i++) {
		double least_s = write_rows(kinds[i].put, n);
		const double empty_s = write_rows(kinds[i].put, 0);
		for (int again = 0; again < 4; again++) {
			const double took_s = write_rows(kinds[i].put, n);
			least_s = took_s < least_s ? took_s : least_s;
		}
		(void)printf("%-8s %llu rows  %.0f rows/s  %.2f us a row  (an empty database: %.1f ms)\n",
			     kinds[i].name, (unsigned long long)n, (double)n / least_s,
			     1e6 * (least_s - empty_s) / (double)n, 1e3 * empty_s);
	}
	return rmdir(folder) == 0 ? 0 : 1;
}
