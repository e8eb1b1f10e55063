/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/capture/decompress.h -- gzip, xz, zstd and lz4 as one kind of step.
 *
 * Input:     hostile bytes, in pieces of any size. A file may hold several members or frames one after
 *            the other (what `cat a.gz b.gz` makes), and zero bytes between and after them.
 * Memory:    what the format's window needs, at most KS_DECODER_MEMORY_MAX; output goes to the caller,
 *            who says how much he can take, so that a bomb costs time in proportion and no memory.
 * Threads:   one owner at a time.
 * Standards: RFC 1952, RFC 8878, the .xz file format 1.2, the LZ4 frame format 1.6. */
#ifndef KS_CAPTURE_DECOMPRESS_H
#define KS_CAPTURE_DECOMPRESS_H

#include "dissect/err.h"

enum ks_codec { KS_CODEC_NONE, KS_CODEC_GZIP, KS_CODEC_XZ, KS_CODEC_ZSTD, KS_CODEC_LZ4 };

enum {
	KS_CODEC_MAGIC_MAX = 6, /* bytes that tell every codec: xz has the longest magic */
	/* `xz -9` needs 65 MiB and `zstd --ultra -22` 128 MiB; a file that asks for more is an attack, or
	 * was made with switches that its reader must know too. */
	KS_DECODER_MEMORY_MAX = 144 << 20
};

/* By content; `n` may be less than KS_CODEC_MAGIC_MAX at the end of a file. */
KS_PURE enum ks_codec ks_codec_recognise(const uint8_t *at, size_t n);

/* "gzip", "xz", "zstd", "lz4", or "" for KS_CODEC_NONE. */
const char *ks_codec_name(enum ks_codec codec);

/* Moved on by a step, as far as it consumed and produced. */
struct ks_decode_io {
	const uint8_t *in;
	size_t in_n;
	uint8_t *out;
	size_t out_n;
};

struct ks_decoder;

/* `codec` is not KS_CODEC_NONE. KS_ERR_MEMORY is the only failure. */
KS_MUST_CHECK enum ks_error ks_decoder_open(enum ks_codec codec, struct ks_decoder **ret,
					    struct ks_diag *diag);

/* One step: NULL, or what is wrong with the data in a few words (what was produced before counts, and
 * the decoder can only be closed). With input and room for output, a step without error makes
 * progress; with `in_n` 0 it hands out what is still inside. */
KS_MUST_CHECK const char *ks_decoder_step(struct ks_decoder *decoder, struct ks_decode_io *io);

/* The data may not end here. */
bool ks_decoder_inside_frame(const struct ks_decoder *decoder);

/* Memory it holds now, roughly. */
size_t ks_decoder_bytes(const struct ks_decoder *decoder);

/* Takes NULL. */
void ks_decoder_close(struct ks_decoder *decoder);

#endif
