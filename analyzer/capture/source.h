/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/capture/source.h -- a window that moves over the bytes of a capture, decompressed.
 *
 *      buffer                  head                                             limit
 *        |  room for leftovers  |  one read, KS_SOURCE_READ bytes, page aligned   |
 *        |            at ------------------------------- end                      |
 *
 * Readers look at `at`..`end` in place and move `at`. When a record is not whole, the bytes left are
 * moved to just before `head` and the next read goes behind them: no packet is copied but the one that
 * straddles, and reads stay large and aligned. (mmap was measured 1.4 to 2 times slower.)
 *
 * When the input has ended, the descriptor is closed, the decoder freed and the window cut to the bytes
 * that are left: many small files can be open at once.
 *
 * Memory:  the window, a smaller buffer and a decoder for compressed data.
 * Threads: one owner at a time. */
#ifndef KS_CAPTURE_SOURCE_H
#define KS_CAPTURE_SOURCE_H

#include "analyzer/capture/decompress.h"
#include "analyzer/capture/input.h"

/* KS_SMALL_WINDOWS is for fuzzing: small inputs then reach what happens between two reads. */
#ifdef KS_SMALL_WINDOWS
enum { KS_SOURCE_READ = 1 << 12, KS_SOURCE_NEED_MAX = 1 << 13, KS_SOURCE_RAW = 1 << 7 };
#else
enum {
	KS_SOURCE_READ = 1 << 20,
	KS_SOURCE_NEED_MAX = 1 << 19, /* the most `ks_source_need` can promise */
	KS_SOURCE_RAW = 1 << 18       /* compressed bytes per read */
};
#endif

enum {
	KS_SOURCE_WINDOW = KS_SOURCE_NEED_MAX + KS_SOURCE_READ,
	KS_SOURCE_LOOK =
		KS_SOURCE_READ / 16 < KS_SOURCE_RAW ? KS_SOURCE_READ / 16 : KS_SOURCE_RAW /* see `look` */
};

enum ks_source_end {
	KS_SOURCE_OPEN,  /* more may come */
	KS_SOURCE_WHOLE, /* the end */
	KS_SOURCE_SHORT, /* compressed data that stops before its end */
	KS_SOURCE_BROKEN /* compressed data that cannot be decoded, or the file cannot be read on */
};

struct ks_source {
	const uint8_t *at, *end; /* bytes at hand */
	uint8_t *buffer;
	size_t capacity;
	struct ks_input input;
	struct ks_decoder *decoder; /* NULL: stored as is */
	uint8_t *raw;               /* compressed bytes `raw_at` to `raw_end` wait for the decoder */
	size_t raw_at, raw_end;
	enum ks_codec codec;
	bool look;    /* reads of KS_SOURCE_LOOK bytes: only the beginning is wanted */
	bool decoded; /* something came out of the decoder */
	enum ks_source_end ended;
	char note[160]; /* why SHORT or BROKEN */
};

/* Takes over `input`, also on failure, and recognises the compression. `look`: only the beginning will
 * be read. */
KS_MUST_CHECK enum ks_error ks_source_open(struct ks_source *source, const struct ks_input *input, bool look,
					   struct ks_diag *diag);

/* Slow path of ks_source_need. */
KS_MUST_CHECK bool ks_source_fill_to(struct ks_source *source, size_t n);

/* Have at least `n` <= KS_SOURCE_NEED_MAX bytes at hand; moves the window, so that pointers into it die.
 * False: the source ends before; what is left is at hand. */
static inline bool
ks_source_need(struct ks_source *source, size_t n)
{
	return (size_t)(source->end - source->at) >= n || ks_source_fill_to(source, n);
}

/* Move on by `n` bytes. False: the source ended on the way. */
KS_MUST_CHECK bool ks_source_skip(struct ks_source *source, uint64_t n);

/* Read what is left of the stored bytes, so that the hash is of all of them. The window is lost. */
void ks_source_finish(struct ks_source *source);

/* Memory held, decoder included. */
size_t ks_source_bytes(const struct ks_source *source);

/* Accepts a zeroed source. */
void ks_source_close(struct ks_source *source);

#endif
