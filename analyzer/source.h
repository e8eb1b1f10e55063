/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/source.h -- what is counted of a source, in two parts.
 *
 * What each message touches is one aligned line of the cache, and all that a plain client of a million costs
 * (besides its slot in the index). What few need -- those who ask for DNSKEY, use TCP, prime, are sampled,
 * come on several days -- is a part of a pool, taken at the first need. Counts that are great for few stand
 * in both: their low digits in the line, and in the other part how often these went round.
 *
 * Memory:  64 octets a source, and sizeof(struct ks_source_more) for those who need it. No allocation.
 * Counts:  those of packets have 32 bits and saturate: four billion queries of one source in one run would be
 *          a capture of hundreds of gigabytes. Those of octets have 48: 281 terabytes, six hours of 100 Gb/s.
 * Threads: one owner. */
#ifndef KS_ANALYZER_SOURCE_H
#define KS_ANALYZER_SOURCE_H

#include "analyzer/map.h"
#include "analyzer/pool.h"
#include "analyzer/sample.h"

/* Octets of messages: the low digits of each. */
enum ks_source_octets { KS_OCTETS_QUERY, KS_OCTETS_RESPONSE, KS_OCTETS_SIGKEY, KS_OCTETS_COUNT };

struct ks_source {
	struct ks_key key; /* address */
	int64_t first_ns, last_ns;
	uint32_t octets[KS_OCTETS_COUNT]; /* low digits */
	uint32_t queries, responses;
	uint32_t err;           /* saving.h; all other counts are since the source entered the table */
	uint16_t do_queries;    /* low digits */
	uint8_t ds_queries;     /* low digits */
	uint8_t cd_queries;     /* low digits */
	uint32_t more : 26;     /* of the pool of struct ks_source_more; 0: none */
	uint32_t day : 5;       /* place in `clients` of the day of its last query, if there was one */
	uint32_t asks_keys : 1; /* some of its queries were for DNSKEY */
};

/* As many sources as `more` can tell apart: four gigabytes of them. */
enum { KS_SOURCES_MAX = (1 << 26) - 1 };

struct ks_source_more {
	uint32_t dnskey_queries, requeries, tcp_queries;
	uint32_t tcp_syns, tcp_responses;
	uint32_t tcp_query_octets, tcp_response_octets; /* saturate */
	uint32_t days;             /* bit for each place of `clients`, once there are two */
	uint32_t log_and_one;      /* of samples; 0: none */
	uint32_t ds_high, cd_high; /* how often the counts in the line went round */
	uint16_t do_high;
	uint16_t octets_high[KS_OCTETS_COUNT];
	uint16_t priming_queries, primed_queries; /* primed: with a DNSKEY query behind them; both saturate */
};

extern const struct ks_source_more ks_source_none; /* all zero */

/* Its other part, all zero if it has none. */
static inline const struct ks_source_more *
ks_source_more(const struct ks_pool *pool, const struct ks_source *source)
{
	return source->more != 0 ? ks_pool_at(pool, source->more) : &ks_source_none;
}

/* The same to write into; made if there is none. */
struct ks_source_more *ks_source_need(struct ks_pool *pool, struct ks_source *source);

/* It goes: whatever it has besides its line is given back. */
void ks_source_leave(struct ks_pool *pool, struct ks_source *source);

/* --- whole counts, of a line and its other part --- */

static inline uint64_t
ks_source_octets(const struct ks_source *source, const struct ks_source_more *more,
		 enum ks_source_octets which)
{
	return (uint64_t)more->octets_high[which] << 32 | source->octets[which];
}

static inline uint32_t
ks_source_do_queries(const struct ks_source *source, const struct ks_source_more *more)
{
	return (uint32_t)more->do_high << 16 | source->do_queries;
}

static inline uint32_t
ks_source_ds_queries(const struct ks_source *source, const struct ks_source_more *more)
{
	return more->ds_high << 8 | source->ds_queries;
}

static inline uint32_t
ks_source_cd_queries(const struct ks_source *source, const struct ks_source_more *more)
{
	return more->cd_high << 8 | source->cd_queries;
}

/* Bit for each place of `clients`. */
static inline uint32_t
ks_source_days(const struct ks_source *source, const struct ks_source_more *more)
{
	return source->queries == 0 ? 0 : more->days | UINT32_C(1) << source->day;
}

/* Log of samples, or KS_SAMPLE_NONE. */
static inline uint32_t
ks_source_log(const struct ks_source_more *more)
{
	return more->log_and_one - 1;
}
static_assert(KS_SAMPLE_NONE == UINT32_MAX, "what comes before the first");

/* --- counting: what happens once in 256 times and more is out of the way --- */

void ks_source_carry_octets(struct ks_pool *pool, struct ks_source *source, enum ks_source_octets which);
void ks_source_carry_do(struct ks_pool *pool, struct ks_source *source);
void ks_source_carry_ds(struct ks_pool *pool, struct ks_source *source);
void ks_source_carry_cd(struct ks_pool *pool, struct ks_source *source);

static inline void
ks_source_add_octets(struct ks_pool *pool, struct ks_source *source, enum ks_source_octets which, uint32_t n)
{
	source->octets[which] += n;
	if (source->octets[which] < n)
		ks_source_carry_octets(pool, source, which);
}

/* `n`: 0 or 1. */
static inline void
ks_source_count_do(struct ks_pool *pool, struct ks_source *source, uint32_t n)
{
	source->do_queries = (uint16_t)(source->do_queries + n);
	if (source->do_queries < n)
		ks_source_carry_do(pool, source);
}

static inline void
ks_source_count_ds(struct ks_pool *pool, struct ks_source *source)
{
	if (++source->ds_queries == 0)
		ks_source_carry_ds(pool, source);
}

static inline void
ks_source_count_cd(struct ks_pool *pool, struct ks_source *source)
{
	if (++source->cd_queries == 0)
		ks_source_carry_cd(pool, source);
}

/* A query came on the day at `place`, another than the one before it. True: its first on that day. */
bool ks_source_other_day(struct ks_pool *pool, struct ks_source *source, uint32_t place);

/* The same of any query, which `queries` has counted already. */
static inline bool
ks_source_see_day(struct ks_pool *pool, struct ks_source *source, uint32_t place)
{
	const bool is_first = source->queries == 1;
	if (is_first)
		source->day = place & 31;
	return is_first || (source->day != place && ks_source_other_day(pool, source, place));
}

#endif
