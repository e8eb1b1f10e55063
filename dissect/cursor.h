/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/cursor.h -- the only way packet bytes are read.
 *
 * The error is sticky: a read past the end yields zero and sets `failed`, and every later read
 * yields zero too. So a parser reads a whole header and checks once, and no path can use bytes that
 * are not there.
 *
 * Memory:  none; the cursor points into the caller's buffer.
 * Threads: no state. */
#ifndef KS_DISSECT_CURSOR_H
#define KS_DISSECT_CURSOR_H

#include "dissect/base.h"

struct ks_cur {
	const uint8_t *at, *end;
	bool failed;
};

static inline struct ks_cur
ks_cur_init(const uint8_t *bytes, size_t n)
{
	/* An absent span is NULL and 0, to which nothing may be added, not even 0. */
	return (struct ks_cur){.at = bytes, .end = n == 0 ? bytes : bytes + n, .failed = false};
}

/* Bytes left to read; 0 after a failure. */
static inline size_t
ks_cur_left(const struct ks_cur *cur)
{
	return (size_t)(cur->end - cur->at);
}

/* `n` bytes in place, or NULL with `failed` set. */
static inline const uint8_t *
ks_cur_take(struct ks_cur *cur, size_t n)
{
	if (n > ks_cur_left(cur)) {
		cur->failed = true;
		cur->at = cur->end;
		return NULL;
	}
	const uint8_t *const at = cur->at;
	cur->at += n;
	return at;
}

static inline void
ks_cur_skip(struct ks_cur *cur, size_t n)
{
	(void)ks_cur_take(cur, n);
}

static inline uint8_t
ks_cur_u8(struct ks_cur *cur)
{
	const uint8_t *const at = ks_cur_take(cur, 1);
	if (at == NULL)
		return 0;
	return at[0];
}

/* Of bytes that ks_cur_take gave, in network byte order: a header of many fields is taken once. */
static inline uint16_t
ks_be16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t
ks_be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3];
}

/* Network byte order. */
static inline uint16_t
ks_cur_u16(struct ks_cur *cur)
{
	const uint8_t *const at = ks_cur_take(cur, 2);
	return at == NULL ? 0 : ks_be16(at);
}

/* Network byte order. */
static inline uint32_t
ks_cur_u32(struct ks_cur *cur)
{
	const uint8_t *const at = ks_cur_take(cur, 4);
	return at == NULL ? 0 : ks_be32(at);
}

/* The cursor's bytes end `n` from here, unless they end sooner. */
static inline void
ks_cur_limit(struct ks_cur *cur, size_t n)
{
	if (n < ks_cur_left(cur))
		cur->end = cur->at + n;
}

#endif
