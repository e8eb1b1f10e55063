/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/capture/decompress.h"

#include <lz4frame.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

struct ks_decoder {
	const struct codec_ops *ops;
	bool inside; /* a frame has begun and not ended */
	union {
		z_stream gzip;
		lzma_stream xz;
		ZSTD_DStream *zstd;
		LZ4F_dctx *lz4;
	};
};

struct codec_ops {
	const char *name;
	const char *magic;
	size_t magic_n;
	bool (*open)(struct ks_decoder *decoder);
	/* As ks_decoder_step; tells the end of a frame, after which it is ready for the next one. */
	const char *(*step)(struct ks_decoder *decoder, struct ks_decode_io *io, bool *ret_frame_end);
	size_t (*bytes)(const struct ks_decoder *decoder);
	void (*close)(struct ks_decoder *decoder);
};

/* --- gzip --- */

static bool
gzip_open(struct ks_decoder *decoder)
{
	return inflateInit2(&decoder->gzip, 16 + MAX_WBITS) == Z_OK; /* 16: a gzip header and nothing else */
}

static const char *
gzip_step(struct ks_decoder *decoder, struct ks_decode_io *io, bool *ret_frame_end)
{
	z_stream *const z = &decoder->gzip;
	z->next_in = io->in;
	z->avail_in = (uInt)io->in_n;
	z->next_out = io->out;
	z->avail_out = (uInt)io->out_n;
	const int result = inflate(z, Z_NO_FLUSH);
	*io = (struct ks_decode_io){z->next_in, z->avail_in, z->next_out, z->avail_out};
	if (result == Z_STREAM_END) {
		*ret_frame_end = true;
		return inflateReset(z) == Z_OK ? NULL : "decoder broken";
	}
	if (result == Z_OK || result == Z_BUF_ERROR)
		return NULL;
	return z->msg != NULL ? z->msg : "cannot be decoded";
}

static size_t
gzip_bytes(const struct ks_decoder *decoder)
{
	(void)decoder;
	return (1u << MAX_WBITS) + 16384; /* window and tables, zlib's own figure (zconf.h) */
}

static void
gzip_close(struct ks_decoder *decoder)
{
	(void)inflateEnd(&decoder->gzip);
}

/* --- xz --- */

static bool
xz_open(struct ks_decoder *decoder)
{
	/* Streams one by one and not LZMA_CONCATENATED, so that all codecs end and pad in one way. */
	return lzma_stream_decoder(&decoder->xz, KS_DECODER_MEMORY_MAX, 0) == LZMA_OK;
}

static const char *
xz_step(struct ks_decoder *decoder, struct ks_decode_io *io, bool *ret_frame_end)
{
	lzma_stream *const xz = &decoder->xz;
	xz->next_in = io->in;
	xz->avail_in = io->in_n;
	xz->next_out = io->out;
	xz->avail_out = io->out_n;
	const lzma_ret result = lzma_code(xz, LZMA_RUN);
	*io = (struct ks_decode_io){xz->next_in, xz->avail_in, xz->next_out, xz->avail_out};
	switch (result) {
	case LZMA_OK:
	case LZMA_BUF_ERROR:
		return NULL;
	case LZMA_STREAM_END:
		*ret_frame_end = true;
		return xz_open(decoder) ? NULL : "no memory";
	case LZMA_MEMLIMIT_ERROR:
		return "needs too much memory";
	case LZMA_MEM_ERROR:
		return "no memory";
	case LZMA_OPTIONS_ERROR:
		return "uses options this liblzma does not know";
	default:
		return "cannot be decoded";
	}
}

static size_t
xz_bytes(const struct ks_decoder *decoder)
{
	return (size_t)lzma_memusage(&decoder->xz);
}

static void
xz_close(struct ks_decoder *decoder)
{
	lzma_end(&decoder->xz);
}

/* --- zstd --- */

static bool
zstd_open(struct ks_decoder *decoder)
{
	decoder->zstd = ZSTD_createDStream(); /* its own limit: a window of 2^27 bytes */
	return decoder->zstd != NULL;
}

static const char *
zstd_step(struct ks_decoder *decoder, struct ks_decode_io *io, bool *ret_frame_end)
{
	ZSTD_inBuffer in = {.src = io->in, .size = io->in_n};
	ZSTD_outBuffer out = {.dst = io->out, .size = io->out_n};
	const size_t result = ZSTD_decompressStream(decoder->zstd, &out, &in);
	*io = (struct ks_decode_io){io->in + in.pos, io->in_n - in.pos, io->out + out.pos,
				    io->out_n - out.pos};
	if (ZSTD_isError(result))
		return ZSTD_getErrorName(result);
	*ret_frame_end = result == 0;
	return NULL;
}

static size_t
zstd_bytes(const struct ks_decoder *decoder)
{
	return ZSTD_sizeof_DStream(decoder->zstd);
}

static void
zstd_close(struct ks_decoder *decoder)
{
	(void)ZSTD_freeDStream(decoder->zstd);
}

/* --- lz4 --- */

static bool
lz4_open(struct ks_decoder *decoder)
{
	return !LZ4F_isError(LZ4F_createDecompressionContext(&decoder->lz4, LZ4F_VERSION));
}

static const char *
lz4_step(struct ks_decoder *decoder, struct ks_decode_io *io, bool *ret_frame_end)
{
	size_t in_n = io->in_n, out_n = io->out_n;
	const size_t result = LZ4F_decompress(decoder->lz4, io->out, &out_n, io->in, &in_n, NULL);
	if (LZ4F_isError(result))
		return LZ4F_getErrorName(result); /* the counts are not told then */
	*io = (struct ks_decode_io){io->in + in_n, io->in_n - in_n, io->out + out_n, io->out_n - out_n};
	*ret_frame_end = result == 0;
	return NULL;
}

static size_t
lz4_bytes(const struct ks_decoder *decoder)
{
	(void)decoder;
	return (2u * 4 << 20) +
	       (128u << 10); /* the largest block twice, and the window; it tells no figure */
}

static void
lz4_close(struct ks_decoder *decoder)
{
	(void)LZ4F_freeDecompressionContext(decoder->lz4);
}

/* --- all --- */

/* clang-format off */
static const struct codec_ops codecs[] = {
	[KS_CODEC_NONE] = {.name = ""},
	[KS_CODEC_GZIP] = {"gzip", "\x1f\x8b\x08",     3, gzip_open, gzip_step, gzip_bytes, gzip_close},
	[KS_CODEC_XZ]   = {"xz",   "\xfd" "7zXZ\0",    6, xz_open,   xz_step,   xz_bytes,   xz_close},
	[KS_CODEC_ZSTD] = {"zstd", "\x28\xb5\x2f\xfd", 4, zstd_open, zstd_step, zstd_bytes, zstd_close},
	[KS_CODEC_LZ4]  = {"lz4",  "\x04\x22\x4d\x18", 4, lz4_open,  lz4_step,  lz4_bytes,  lz4_close},
};
/* clang-format on */

enum ks_codec
ks_codec_recognise(const uint8_t *at, size_t n)
{
	for (size_t i = KS_CODEC_NONE + 1; i < KS_COUNT(codecs); i++)
		if (n >= codecs[i].magic_n && memcmp(at, codecs[i].magic, codecs[i].magic_n) == 0)
			return (enum ks_codec)i;
	/* A skippable frame first: lz4 has them too, but only the parallel zstd writers begin with one. */
	if (n >= 4 && (at[0] & 0xf0) == 0x50 && memcmp(at + 1, "\x2a\x4d\x18", 3) == 0)
		return KS_CODEC_ZSTD;
	return KS_CODEC_NONE;
}

const char *
ks_codec_name(enum ks_codec codec)
{
	return codecs[codec].name;
}

enum ks_error
ks_decoder_open(enum ks_codec codec, struct ks_decoder **ret, struct ks_diag *diag)
{
	assert(codec != KS_CODEC_NONE);
	struct ks_decoder *const decoder = calloc(1, sizeof(*decoder));
	if (decoder == NULL || !codecs[codec].open(decoder)) {
		free(decoder);
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory to decompress %s data",
				   codecs[codec].name);
	}
	decoder->ops = &codecs[codec];
	*ret = decoder;
	return KS_SUCCESS;
}

static void
zeros_skip(struct ks_decode_io *io)
{
	while (io->in_n > 0 && io->in[0] == 0) {
		io->in++;
		io->in_n--;
	}
}

const char *
ks_decoder_step(struct ks_decoder *decoder, struct ks_decode_io *io)
{
	const bool between = !decoder->inside;
	if (between) {
		/* No magic begins with zero. The .xz format pads with zeros, tapes and block devices do. */
		zeros_skip(io);
		if (io->in_n == 0)
			return NULL;
	}
	const struct ks_decode_io before = *io;
	bool frame_end = false;
	const char *const wrong = decoder->ops->step(decoder, io, &frame_end);
	if (wrong != NULL)
		return wrong;
	decoder->inside = !frame_end;
	/* The libraries promise progress; a hostile file shall not be able to make a loop out of a slip. */
	if (before.in_n > 0 && before.out_n > 0 && io->in_n == before.in_n && io->out_n == before.out_n &&
	    !frame_end)
		return "decoder makes no progress";
	return NULL;
}

bool
ks_decoder_inside_frame(const struct ks_decoder *decoder)
{
	return decoder->inside;
}

size_t
ks_decoder_bytes(const struct ks_decoder *decoder)
{
	return sizeof(*decoder) + decoder->ops->bytes(decoder);
}

void
ks_decoder_close(struct ks_decoder *decoder)
{
	if (decoder == NULL)
		return;
	decoder->ops->close(decoder);
	free(decoder);
}
