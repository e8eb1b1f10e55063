/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/sample.h -- the query sequence of a source, in bounded memory (the article's Figure 3).
 *
 * Each source that is followed has a log of three lists:
 *
 *     first:  its first `cap` queries
 *     middle: every k-th query between; when more than `cap`, each second one is dropped and k doubles.
 *             A systematic sample: unbiased over the sequence, and the same in every run.
 *     last:   its latest `cap` queries; what falls out of here enters the middle
 *
 * While there is room every source is followed, with all it asks. When the pool runs dry it is squeezed:
 * first logs of sources of no interest go, and from all others what is not about keys (ks_samples_wants);
 * then logs of sources that never asked again too soon; then all caps are halved. The rank of a log, set
 * by its owner, says which it is.
 *
 * Memory:  one fixed pool. Work: O(1) a query, plus squeezes, each of which halves what is kept.
 * Threads: one owner. */
#ifndef KS_ANALYZER_SAMPLE_H
#define KS_ANALYZER_SAMPLE_H

#include "analyzer/region.h"

#define KS_SAMPLE_NONE UINT32_MAX
enum { KS_SAMPLE_CAP = 512 };

enum ks_sample_rank { KS_RANK_BACKGROUND, KS_RANK_ASKS_KEYS, KS_RANK_REQUERIES };

struct ks_record {
	int64_t t_ns;
	int64_t response_ns;   /* 0: no response seen */
	uint32_t next;         /* in its list */
	uint32_t log;          /* whose it is; KS_SAMPLE_NONE when free */
	uint32_t number;       /* position in the source's sequence */
	uint32_t server, name; /* the owner's numbers */
	uint32_t response_bytes;
	uint16_t id, sport, qtype, flags, edns_size, rcode;
	uint8_t requery;   /* enum ks_requery */
	uint8_t bits;      /* enum ks_record_bits; KS_REC_KEYS: a DNSKEY or DS query */
	uint8_t hop_limit; /* of the query, as met */
	uint8_t keep_s;    /* its answer may be kept so long; 255: that or longer; 0: no such answer */
};

enum ks_record_bits {
	KS_REC_TCP = 1,
	KS_REC_DO = 2,
	KS_REC_EDNS = 4,
	KS_REC_TC = 8,
	KS_REC_KEYS = 16,
	KS_REC_COOKIE = 32, /* one that a server gave */
	KS_REC_AD = 64      /* in the answer */
};

struct ks_sample_list {
	uint32_t head, tail, n;
};

struct ks_log {
	uint32_t owner; /* number of the source; KS_SAMPLE_NONE when free */
	uint32_t next_number;
	uint32_t stride; /* k */
	uint8_t rank;    /* enum ks_sample_rank */
	uint8_t unused[3];
	struct ks_sample_list first, middle, last;
};

struct ks_samples {
	struct ks_region records, logs;
	uint32_t n_records, record_capacity, free_records, used_records;
	uint32_t n_logs, log_capacity, free_log;
	uint32_t cap;     /* of each list */
	uint8_t min_rank; /* sources below are not followed any more */
	uint64_t squeezes;
};

KS_MUST_CHECK enum ks_error ks_samples_init(struct ks_samples *samples, size_t bytes, struct ks_diag *diag);
void ks_samples_done(struct ks_samples *samples);

/* Is a query worth a record? After the first squeeze only those about keys are. */
static inline bool
ks_samples_wants(const struct ks_samples *samples, bool about_keys)
{
	return about_keys || samples->min_rank == KS_RANK_BACKGROUND;
}

/* Follow a source from here on: a log number, or KS_SAMPLE_NONE when sources of that rank are not followed.
 */
uint32_t ks_samples_open(struct ks_samples *samples, uint32_t owner, enum ks_sample_rank rank);

/* Is `log` still the log of `owner`? A squeeze may have taken it away. */
bool ks_samples_is_of(const struct ks_samples *samples, uint32_t log, uint32_t owner);

/* A query or answer of this log's source will come. */
static inline void
ks_samples_soon(const struct ks_samples *samples, uint32_t log)
{
	if (log != KS_SAMPLE_NONE)
		__builtin_prefetch((const struct ks_log *)samples->logs.base + log, 1);
}

/* Once the log has come: the records that a query will be put between. */
static inline void
ks_samples_sooner(const struct ks_samples *samples, uint32_t log)
{
	if (log == KS_SAMPLE_NONE)
		return;
	const struct ks_sample_list *const last = &((const struct ks_log *)samples->logs.base)[log].last;
	const struct ks_record *const records = samples->records.base;
	if (last->n == 0)
		return;
	__builtin_prefetch(&records[last->head], 1);
	__builtin_prefetch(&records[last->tail], 1);
}

/* Its owner is gone; a log that a squeeze has taken is fine. */
void ks_samples_close(struct ks_samples *samples, uint32_t log, uint32_t owner);

/* Whose log is it? False: nobody's. */
bool ks_samples_owner(const struct ks_samples *samples, uint32_t log, uint32_t *ret_owner);

void ks_samples_raise(struct ks_samples *samples, uint32_t log, enum ks_sample_rank rank);

/* Count one more query of the log. Returns the number of the record to fill (its list links and `bits`, of
 * enum ks_record_bits, are set, the rest is zero), or KS_SAMPLE_NONE when the log fell to a squeeze. */
uint32_t ks_samples_add(struct ks_samples *samples, uint32_t log, uint8_t bits);

struct ks_record *ks_samples_record(const struct ks_samples *samples, uint32_t record);

/* Make at most `n_records` remain, by squeezing. For the end of a run. */
void ks_samples_shrink(struct ks_samples *samples, uint32_t n_records);

/* The records of a log in order of their numbers; `record` NULL begins. NULL at the end. */
const struct ks_record *ks_samples_next(const struct ks_samples *samples, uint32_t log,
					const struct ks_record *record);

#endif
