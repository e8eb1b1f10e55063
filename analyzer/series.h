/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/series.h -- counts over time: traffic by server and query type, DNSKEY queries by zone.
 *
 * Bins are aligned to the epoch. When the user gives no width the series begins with bins of one second
 * and folds them to 5, 10, 30 and 60 s as soon as the wider bins number KS_SERIES_BINS_WANTED: so one
 * pass ends with the widest bins that still give a capture that many. A table that runs full folds too
 * (to 300, 900, 3600 s, ...): time resolution is given up before counts are.
 *
 * Memory:  bounded tables. Kinds that a hostile sender could multiply are bounded before they become
 *          keys: servers and query types beyond the first few are counted as "other".
 * Threads: one owner. */
#ifndef KS_ANALYZER_SERIES_H
#define KS_ANALYZER_SERIES_H

#include "analyzer/map.h"
#include "analyzer/summary.h"

enum {
	KS_SERIES_BINS_WANTED = 120,
	KS_SERIES_SERVERS = 64, /* servers with bins of their own */
	KS_SERIES_QTYPES = 64   /* query types with bins of their own */
};

/* Messages of one (bin, server, transport, type). */
struct ks_cell {
	struct ks_key key; /* t_s; server << 32 | transport << 20 | qtype */
	uint64_t queries, responses;
	uint64_t query_dns_bytes, response_dns_bytes;
	uint64_t do_queries, cd_queries, tc_responses;
	uint64_t query_ip_bytes, response_ip_bytes;
};

/* Packets of one (bin, server). */
struct ks_flux {
	struct ks_key key; /* t_s; server */
	uint64_t in_packets, out_packets, in_ip_bytes, out_ip_bytes, in_wire_bytes, out_wire_bytes;
};

/* DNSKEY queries of one (bin, zone). */
struct ks_zone_cell {
	struct ks_key key; /* t_s; zone */
	uint64_t queries, cls[KS_RQ_COUNT], responses, response_dns_bytes, sources_new;
	uint64_t hops, hops_squares, ports, ports_squares; /* sums over the queries */
};

enum { KS_SERIES_KINDS = 3, KS_SERIES_RECENT = 512 };

struct ks_series {
	struct ks_map cells, fluxes, zones;
	uint32_t width_s;
	bool width_given;
	bool any;
	int64_t first_s, last_s;          /* whole seconds of the earliest and latest event */
	int64_t seen_from_ns, seen_to_ns; /* from the start of the first of them to the end of the last */
	uint64_t folds_for_room;          /* times the width grew because a table was full */
	uint16_t qtypes[KS_SERIES_QTYPES];
	uint32_t n_qtypes;
	uint8_t qtype_known[65536 / 8];
	/* The bin met last, and where its entries are: most packets fall into entries that one of the packets
	 * before them fell into. */
	int64_t bin_from_ns, bin_to_ns;
	uint64_t bin_t_s;
	uint64_t epoch; /* of `recent`: grows with each change of bin and each fold */
	struct ks_recent_entry {
		uint64_t kind, epoch;
		void *at; /* of its table, where entries do not move but in a fold */
	} recent[KS_SERIES_KINDS][KS_SERIES_RECENT];
};

/* `width_s` 0: chosen by the length of the capture. */
KS_MUST_CHECK enum ks_error ks_series_init(struct ks_series *series, size_t bytes, uint32_t width_s,
					   const struct ks_secret *secret, struct ks_diag *diag);
void ks_series_done(struct ks_series *series);

/* Slow path of ks_series_advance. */
void ks_series_stretch(struct ks_series *series, int64_t time_ns);

/* Tell the time of the packet at hand, before its events. */
static inline void
ks_series_advance(struct ks_series *series, int64_t time_ns)
{
	/* Nearly all packets fall into a second that others fell into. */
	if (time_ns < series->seen_from_ns || time_ns >= series->seen_to_ns)
		ks_series_stretch(series, time_ns);
}

/* The place to count at, made if need be. `server` is a number, KS_SERIES_SERVERS or more for "other".
 * Pointers live until the next call of any function here. NULL when there is no room at all (zones only: the
 * other kinds are bounded to fewer than a table holds). */
struct ks_cell *ks_series_cell(struct ks_series *series, int64_t time_ns, uint32_t server,
			       enum ks_transport transport, uint16_t qtype);
struct ks_flux *ks_series_flux(struct ks_series *series, int64_t time_ns, uint32_t server);
struct ks_zone_cell *ks_series_zone(struct ks_series *series, int64_t time_ns, uint32_t zone);

/* Widest of 60, 30, 10, 5, 1 s that gives `span_s` seconds at least KS_SERIES_BINS_WANTED bins. */
uint32_t ks_series_width_for(int64_t span_s);

#endif
