/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/stream_start.h"

#include "dissect/cursor.h"

enum {
	PREFIX = 2,
	HEADER = 12,
	QUESTION_MIN = 5, /* root, type, class */
	RECORD_MIN = 11,  /* root, type, class, TTL, length */
	OPCODE_MAX = 6,   /* DSO, RFC 8490: the last one assigned */
	OPCODE_DSO = 6,
	TYPE_OPT = 41,
	LABEL_MAX = 63,
	NAME_MAX_BYTES = 255,
	/* A DSO message has no name to check: only short ones are waited for. */
	BARE_MAX = KS_START_BYTES - PREFIX
};

static bool
is_class(uint16_t class)
{
	switch (class) {
	case 1:   /* IN */
	case 3:   /* CH */
	case 4:   /* HS */
	case 254: /* NONE, RFC 2136 s2.4 */
	case 255: /* ANY */
		return true;
	default:
		return false;
	}
}

/* The first question or record: name, type, class. False when it cannot be one; running out of bytes
 * is left to the caller, in cur->failed. */
static bool
is_entry(struct ks_cur *cur, bool is_question)
{
	unsigned length = 1;
	for (uint8_t label; (label = ks_cur_u8(cur)) != 0; length += label + 1u) {
		if (label > LABEL_MAX || length + label + 1u > NAME_MAX_BYTES)
			return false;
		ks_cur_skip(cur, label);
	}
	const uint16_t type = ks_cur_u16(cur);
	const uint16_t class = ks_cur_u16(cur);
	if (cur->failed)
		return true;
	if (type == TYPE_OPT) /* its class is a buffer size, RFC 6891 s6.1.2 */
		return !is_question && length == 1;
	return type != 0 && is_class(class);
}

/* What the bytes at hand say of one message, wherever it ends. `ret_length` is set unless NO. */
static enum ks_start
judge(const struct ks_bytes *bytes, uint32_t *ret_length)
{
	const bool cut = bytes->cap < bytes->len;
	if (bytes->cap < PREFIX)
		return cut ? KS_START_NO : KS_START_MAYBE;
	struct ks_cur cur = ks_cur_init(bytes->at, bytes->cap);
	const uint32_t length = ks_cur_u16(&cur);
	*ret_length = length;
	if (length < HEADER)
		return KS_START_NO;
	ks_cur_limit(&cur, length);
	const bool whole = ks_cur_left(&cur) == length;

	ks_cur_skip(&cur, 2); /* any ID */
	const unsigned opcode = ks_cur_u16(&cur) >> 11 & 0xfu;
	const uint32_t questions = ks_cur_u16(&cur);
	uint32_t records = ks_cur_u16(&cur);
	records += ks_cur_u16(&cur);
	records += ks_cur_u16(&cur);
	if (cur.failed)
		return cut ? KS_START_NO : KS_START_MAYBE;
	if (opcode > OPCODE_MAX || questions > 1 ||
	    HEADER + questions * QUESTION_MIN + records * RECORD_MIN > length)
		return KS_START_NO;

	if (questions + records == 0) {
		if (length != HEADER && (opcode != OPCODE_DSO || length > BARE_MAX))
			return KS_START_NO;
		if (!whole)
			return cut ? KS_START_NO : KS_START_MAYBE;
		return KS_START_YES;
	}
	if (!is_entry(&cur, questions == 1))
		return KS_START_NO;
	if (!cur.failed)
		return KS_START_YES;
	if (whole)
		return KS_START_NO;
	/* A snap length ended the name: then the length that fits the packet's is evidence enough. */
	if (cut)
		return length + PREFIX == bytes->len ? KS_START_YES : KS_START_NO;
	return KS_START_MAYBE;
}

enum ks_start
ks_stream_start(const struct ks_bytes *bytes)
{
	uint32_t length;
	const enum ks_start start = judge(bytes, &length);
	if (start != KS_START_YES || length + PREFIX >= bytes->len)
		return start;
	struct ks_bytes behind = *bytes;
	ks_bytes_skip(&behind, length + PREFIX);
	if (behind.cap < behind.len) /* cut: nothing certain to be had there */
		return KS_START_YES;
	return judge(&behind, &length) == KS_START_NO ? KS_START_NO : KS_START_YES;
}
