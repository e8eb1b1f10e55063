/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/capture/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert(KS_SOURCE_RAW - KS_SOURCE_LOOK >= 0, "the first bytes move from the window to the raw buffer");
static_assert(KS_SOURCE_RAW <= KS_SOURCE_READ, "and a raw buffer of them into no less");

enum { PAGE = 4096 };

static_assert(KS_SOURCE_NEED_MAX % PAGE == 0 && KS_SOURCE_WINDOW % PAGE == 0, "reads are page aligned");

static void
source_note(struct ks_source *source, enum ks_source_end ended, const char *why)
{
	source->ended = ended;
	const char *const codec = ks_codec_name(source->codec);
	const uint64_t at = source->input.read_bytes - (source->raw_end - source->raw_at);
	(void)snprintf(source->note, sizeof(source->note), "%s%s%s near byte %" PRIu64, codec,
		       codec[0] != '\0' ? " data " : "", why, at);
}

static void
source_read_failed(struct ks_source *source)
{
	source->ended = KS_SOURCE_BROKEN;
	(void)snprintf(source->note, sizeof(source->note), "cannot be read on from byte %" PRIu64 ": %s",
		       source->input.read_bytes, strerror(source->input.error));
}

/* Stored bytes as they are. */
static size_t
plain_pull(struct ks_source *source, uint8_t *to, size_t room)
{
	const size_t got = ks_input_read(&source->input, to, room);
	if (got > 0)
		return got;
	source->ended = KS_SOURCE_WHOLE;
	if (source->input.error != 0)
		source_read_failed(source);
	return 0;
}

static void
raw_refill(struct ks_source *source)
{
	if (source->raw_at < source->raw_end)
		return;
	source->raw_at = 0;
	source->raw_end = ks_input_read(&source->input, source->raw, KS_SOURCE_RAW);
}

/* The input has ended and the decoder holds nothing back. */
static void
decoded_end(struct ks_source *source)
{
	source->ended = KS_SOURCE_WHOLE;
	if (source->input.error != 0)
		source_read_failed(source);
	else if (ks_decoder_inside_frame(source->decoder))
		source_note(source, KS_SOURCE_SHORT, "ends early (file still being written, or cut)");
}

static void
decoded_broken(struct ks_source *source, bool between, const char *wrong)
{
	char why[96];
	(void)snprintf(why, sizeof(why), "%s (%s)", between ? "followed by something else" : "broken", wrong);
	source_note(source, KS_SOURCE_BROKEN, why);
	ks_input_drain(&source->input, source->raw, KS_SOURCE_RAW); /* the hash is of all stored bytes */
}

static size_t
decoded_pull(struct ks_source *source, uint8_t *to, size_t room)
{
	for (;;) {
		raw_refill(source);
		struct ks_decode_io io = {.in = source->raw + source->raw_at,
					  .in_n = source->raw_end - source->raw_at,
					  .out = to,
					  .out_n = room};
		const bool input_ended = io.in_n == 0;
		const bool between = source->decoded && !ks_decoder_inside_frame(source->decoder);
		const char *const wrong = ks_decoder_step(source->decoder, &io);
		source->raw_at = source->raw_end - io.in_n;
		if (wrong != NULL)
			decoded_broken(source, between, wrong);
		else if (input_ended && io.out == to)
			decoded_end(source);
		source->decoded |= io.out != to;
		if (source->ended != KS_SOURCE_OPEN || io.out != to)
			return (size_t)(io.out - to);
	}
}

/* Make room behind `end`: what is left goes to just before the head. It is less than what was asked for,
 * which is at most KS_SOURCE_NEED_MAX: it fits. */
static void
window_move(struct ks_source *source)
{
	const size_t left = (size_t)(source->end - source->at);
	assert(left <= KS_SOURCE_NEED_MAX);
	uint8_t *const head = source->buffer + KS_SOURCE_NEED_MAX;
	if (left > 0)
		memmove(head - left, source->at, left);
	source->at = head - left;
	source->end = head;
}

/* Nothing more will come: keep the bytes at hand and give the rest of the memory back. */
static void
window_shrink(struct ks_source *source)
{
	ks_decoder_close(source->decoder);
	source->decoder = NULL;
	free(source->raw);
	source->raw = NULL;
	const size_t left = (size_t)(source->end - source->at);
	if (left > 0)
		memmove(source->buffer, source->at, left);
	uint8_t *const smaller = realloc(source->buffer, left > 0 ? left : 1);
	if (smaller != NULL) {
		source->buffer = smaller;
		source->capacity = left;
	}
	source->at = source->buffer;
	source->end = source->buffer + left;
}

static void
window_fill(struct ks_source *source)
{
	const uint8_t *const limit = source->buffer + KS_SOURCE_WINDOW;
	if (source->end == limit)
		window_move(source);
	/* A file is read until the window is full, so that its end is seen early; a pipe gives what it has.
	 */
	do {
		uint8_t *const to = source->buffer + (source->end - source->buffer);
		size_t room = (size_t)(limit - source->end);
		if (source->look && room > KS_SOURCE_LOOK)
			room = KS_SOURCE_LOOK;
		source->end += source->decoder == NULL ? plain_pull(source, to, room)
						       : decoded_pull(source, to, room);
	} while (source->input.regular && !source->look && source->ended == KS_SOURCE_OPEN &&
		 source->end < limit);
	if (source->ended != KS_SOURCE_OPEN)
		window_shrink(source);
}

bool
ks_source_fill_to(struct ks_source *source, size_t n)
{
	assert(n <= KS_SOURCE_NEED_MAX);
	while ((size_t)(source->end - source->at) < n) {
		if (source->ended != KS_SOURCE_OPEN)
			return false;
		window_fill(source);
	}
	return true;
}

bool
ks_source_skip(struct ks_source *source, uint64_t n)
{
	while (n > 0) {
		if (!ks_source_need(source, 1))
			return false;
		const uint64_t left = (uint64_t)(source->end - source->at), step = n < left ? n : left;
		source->at += step;
		n -= step;
	}
	return true;
}

static enum ks_error
source_decode(struct ks_source *source, struct ks_diag *diag)
{
	source->raw = malloc(KS_SOURCE_RAW);
	if (source->raw == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory to read a capture");
	const enum ks_error error = ks_decoder_open(source->codec, &source->decoder, diag);
	if (error != KS_SUCCESS)
		return error;
	source->raw_end = (size_t)(source->end - source->at);
	memcpy(source->raw, source->at, source->raw_end);
	source->end = source->at;
	return KS_SUCCESS;
}

enum ks_error
ks_source_open(struct ks_source *source, const struct ks_input *input, bool look, struct ks_diag *diag)
{
	*source = (struct ks_source){.input = *input, .capacity = KS_SOURCE_WINDOW, .look = look};
	source->buffer = aligned_alloc(PAGE, KS_SOURCE_WINDOW);
	if (source->buffer == NULL) {
		ks_source_close(source);
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory to read a capture");
	}
	source->at = source->end = source->buffer + KS_SOURCE_NEED_MAX;

	/* The first bytes tell the compression; no more of them than the raw buffer can take over. */
	uint8_t *const head = source->buffer + KS_SOURCE_NEED_MAX;
	size_t got = 0, n = 0;
	do {
		got = ks_input_read(&source->input, head + n, KS_SOURCE_LOOK - n);
		n += got;
	} while (got > 0 && n < KS_CODEC_MAGIC_MAX);
	source->end = head + n;
	source->codec = ks_codec_recognise(source->at, n);
	enum ks_error error = KS_SUCCESS;
	if (source->codec != KS_CODEC_NONE)
		error = source_decode(source, diag);
	if (error != KS_SUCCESS)
		ks_source_close(source);
	else if (source->input.regular && !look)
		window_fill(source);
	return error;
}

void
ks_source_finish(struct ks_source *source)
{
	if (!source->input.ended) {
		ks_input_drain(&source->input, source->buffer, KS_SOURCE_WINDOW);
		source->ended = KS_SOURCE_WHOLE;
	}
	source->at = source->end = source->buffer;
}

size_t
ks_source_bytes(const struct ks_source *source)
{
	size_t n = sizeof(*source) + source->capacity;
	if (source->decoder != NULL)
		n += KS_SOURCE_RAW + ks_decoder_bytes(source->decoder);
	return n;
}

void
ks_source_close(struct ks_source *source)
{
	ks_input_close(&source->input);
	ks_decoder_close(source->decoder);
	free(source->raw);
	free(source->buffer);
	*source = (struct ks_source){.input = {.fd = -1}, .ended = KS_SOURCE_WHOLE};
}
