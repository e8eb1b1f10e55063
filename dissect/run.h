/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/run.h -- runs of bytes kept in fixed-size blocks of one pool.
 *
 * A run is what one fragment or one TCP segment brought: `len` bytes promised from position `at` on,
 * of which the first `cap` are stored. Bytes behind the first missing one are never stored: they
 * could not be told from content that belongs before them. Fixed blocks rather than one buffer a
 * datagram, so that the pool never splinters and a full one holds many small or few large datagrams.
 *
 * Private to frag.c and the stream files.
 * Memory:  the pool owns blocks that its user gave; never grows.
 * Threads: one owner. */
#ifndef KS_DISSECT_RUN_H
#define KS_DISSECT_RUN_H

#include "dissect/base.h"

/* Three blocks hold what one Ethernet frame can bring: 1480 bytes of an IPv4 fragment. */
enum { KS_BLOCK_DATA = 496 };
static_assert(3 * KS_BLOCK_DATA >= 1480, "a full frame must not need a fourth block");

struct ks_run {
	struct ks_run *next_block; /* more bytes of the same run */
	/* Below here only the first block of a run has meaning. */
	struct ks_run *last_block;
	struct ks_run *next; /* the run behind this one */
	int64_t time_ns;     /* when it came */
	uint32_t at;         /* offset in a datagram, or sequence number */
	uint32_t len, cap;
	uint8_t data[KS_BLOCK_DATA];
};

/* Bytes as a packet brings them: `len` promised, `cap` at hand (cap <= len). */
struct ks_bytes {
	const uint8_t *at;
	uint32_t cap, len;
};

/* Blocks never used lie behind `fresh`: memory that no traffic needs is never touched. */
struct ks_run_pool {
	struct ks_run *given_back; /* joined by .next_block */
	struct ks_run *fresh;
	size_t n_free; /* of both kinds */
};

/* Blocks that a run of `cap` stored bytes takes; an empty one takes a block too. */
static inline size_t
ks_run_blocks(uint32_t cap)
{
	return cap == 0 ? 1 : ((size_t)cap + KS_BLOCK_DATA - 1) / KS_BLOCK_DATA;
}

static inline uint32_t
ks_min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Go `n` promised bytes on; n <= bytes->len. */
static inline void
ks_bytes_skip(struct ks_bytes *bytes, uint32_t n)
{
	const uint32_t stored = ks_min_u32(n, bytes->cap);
	if (stored != 0) /* NULL + 0 is not defined */
		bytes->at += stored;
	bytes->cap -= stored;
	bytes->len -= n;
}

/* The first `n` promised bytes; n <= bytes->len. */
static inline struct ks_bytes
ks_bytes_head(const struct ks_bytes *bytes, uint32_t n)
{
	return (struct ks_bytes){.at = bytes->at, .cap = ks_min_u32(n, bytes->cap), .len = n};
}

/* All of `n` blocks are free. */
void ks_run_pool_init(struct ks_run_pool *pool, struct ks_run *blocks, size_t n);

/* An empty run; the pool has a free block. */
struct ks_run *ks_run_new(struct ks_run_pool *pool, uint32_t at, int64_t time_ns);

/* Blocks that ks_run_append(run, bytes) would take out of the pool. */
size_t ks_run_append_blocks(const struct ks_run *run, const struct ks_bytes *bytes);

/* Lengthen `run`; the pool has the blocks. */
void ks_run_append(struct ks_run_pool *pool, struct ks_run *run, const struct ks_bytes *bytes);

/* Copy the first `n` stored bytes from `offset` on; offset + n <= run->cap. */
void ks_run_copy(const struct ks_run *run, uint32_t offset, uint8_t *ret, uint32_t n);

/* Do the stored bytes from `offset` on equal `n` bytes? offset + n <= run->cap. */
bool ks_run_equals(const struct ks_run *run, uint32_t offset, const uint8_t *bytes, uint32_t n);

/* Give the blocks of `run` back; returns their number. */
size_t ks_run_free(struct ks_run_pool *pool, struct ks_run *run);

#endif
