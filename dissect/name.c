/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/name.h"

#include <string.h>

struct ks_span
ks_name_take(struct ks_cur *cur, uint8_t *ret_labels)
{
	const uint8_t *const start = cur->at;
	const size_t left = ks_cur_left(cur);
	size_t n = 0;
	uint8_t labels = 0;
	for (; n < left && start[n] != 0; labels++) {
		const size_t label = start[n];
		if (label > KS_LABEL_MAX || n + label + 2 > KS_NAME_MAX)
			return (struct ks_span){0};
		n += label + 1;
	}
	n++; /* the root's label; where octets ended before it, it is missing */
	if (ks_cur_take(cur, n) == NULL)
		return (struct ks_span){0};
	*ret_labels = labels;
	return (struct ks_span){start, n};
}

bool
ks_name_skip(struct ks_cur *cur)
{
	for (uint8_t label; (label = ks_cur_u8(cur)) != 0;) {
		if (label >= 0xc0) {
			ks_cur_skip(cur, 1);
			break;
		}
		if (label > KS_LABEL_MAX)
			return false;
		ks_cur_skip(cur, label);
	}
	return !cur->failed;
}

static uint8_t
fold_octet(uint8_t c)
{
	const bool upper = (uint8_t)(c - 'A') < 26;
	return upper ? (uint8_t)(c | 0x20) : c;
}

size_t
ks_name_expand(struct ks_span message, size_t offset, uint8_t ret[KS_NAME_MAX])
{
	size_t length = 0;
	size_t limit = offset; /* a pointer must lead before the place where this stretch began */
	unsigned jumps = 0;
	struct ks_cur cur = ks_cur_init(message.at, message.n);
	ks_cur_skip(&cur, offset);
	for (;;) {
		const uint8_t label = ks_cur_u8(&cur);
		if (label >= 0xc0) {
			const size_t target = (size_t)(label & 0x3f) << 8 | ks_cur_u8(&cur);
			if (cur.failed || target >= limit || ++jumps > KS_NAME_JUMPS)
				return 0;
			limit = target;
			cur = ks_cur_init(message.at, message.n);
			ks_cur_skip(&cur, target);
			continue;
		}
		const uint8_t *const octets = ks_cur_take(&cur, label);
		if (label > KS_LABEL_MAX || cur.failed || length + label + 1u > KS_NAME_MAX)
			return 0;
		ret[length++] = label;
		for (size_t i = 0; i < label; i++)
			ret[length++] = fold_octet(octets[i]);
		if (label == 0)
			return length;
	}
}

/* Eight octets at once: bit 7 of each octet of `upper` tells a letter from A to Z, and a letter's case is its
 * bit 5. Adding to the low seven bits carries into bit 7 exactly when the octet is at or above a bound, and
 * never into the next octet. */
static uint64_t
fold_word(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t low = word & (ones * 0x7f);
	const uint64_t from_a = low + ones * (0x80 - 'A');
	const uint64_t behind_z = low + ones * (0x80 - 'Z' - 1);
	const uint64_t upper = from_a & ~behind_z & ~word & (ones * 0x80);
	return word | upper >> 2;
}

void
ks_name_hash_twice(const struct ks_secret *one, const struct ks_secret *two, struct ks_span name,
		   uint64_t ret[2])
{
	const uint8_t *at = name.at;
	size_t n = name.n;
	uint64_t a = ks_hash_start(one, n), b = ks_hash_start(two, n), words[2];
	for (; n > 16; n -= 16, at += 16) {
		memcpy(words, at, sizeof(words));
		const uint64_t first = fold_word(words[0]), second = fold_word(words[1]);
		a = ks_hash_fold(a ^ first, second ^ one->b);
		b = ks_hash_fold(b ^ first, second ^ two->b);
	}
	/* Folded, the octets of a word stay where they are, whatever ks_hash_ends made a word of. */
	ks_hash_ends(name.at, name.n, words);
	words[0] = fold_word(words[0]);
	words[1] = fold_word(words[1]);
	ret[0] = ks_hash_finish(one, a, words);
	ret[1] = ks_hash_finish(two, b, words);
}

uint64_t
ks_name_hash(const struct ks_secret *secret, struct ks_span name)
{
	uint64_t both[2]; /* the compiler leaves out the second */
	ks_name_hash_twice(secret, secret, name, both);
	return both[0];
}

static void
fold_eight(const uint8_t *from, uint8_t *to)
{
	uint64_t word;
	memcpy(&word, from, sizeof(word));
	word = fold_word(word);
	memcpy(to, &word, sizeof(word));
}

/* The last eight octets may have been among those before: folding twice is folding once. */
void
ks_name_fold(const uint8_t *name, size_t n, uint8_t ret[KS_NAME_MAX])
{
	assert(n <= KS_NAME_MAX);
	for (size_t i = 0; i + 8 <= n; i += 8)
		fold_eight(name + i, ret + i);
	if (n >= 8)
		fold_eight(name + n - 8, ret + n - 8);
	for (size_t i = 0; n < 8 && i < n; i++)
		ret[i] = fold_octet(name[i]);
}

static size_t
print_octet(uint8_t c, char ret[4])
{
	if (c <= 0x20 || c >= 0x7f) {
		ret[0] = '\\';
		ret[1] = (char)('0' + c / 100);
		ret[2] = (char)('0' + c / 10 % 10);
		ret[3] = (char)('0' + c % 10);
		return 4;
	}
	/* The characters that a zone file gives a meaning, RFC 1035 s5.1. */
	if (strchr(".\\\"();@$", c) != NULL) {
		ret[0] = '\\';
		ret[1] = (char)c;
		return 2;
	}
	ret[0] = (char)fold_octet(c);
	return 1;
}

size_t
ks_name_print(const uint8_t *name, size_t n, char *ret, size_t cap)
{
	struct ks_cur cur = ks_cur_init(name, n);
	size_t length = 0;
	for (uint8_t label; (label = ks_cur_u8(&cur)) != 0;) {
		const uint8_t *const octets = ks_cur_take(&cur, label);
		if (octets == NULL || label > KS_LABEL_MAX)
			return 0;
		for (size_t i = 0; i < label; i++) {
			char text[4];
			const size_t n_text = print_octet(octets[i], text);
			if (length + n_text + 2 > cap)
				return 0;
			memcpy(ret + length, text, n_text);
			length += n_text;
		}
		ret[length++] = '.';
	}
	if (cur.failed || length + 2 > cap)
		return 0;
	if (length == 0)
		ret[length++] = '.';
	ret[length] = '\0';
	return length;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One octet of a label; steps `*text` over it. -1: not an octet of a name. */
static int
parse_octet(const char **text)
{
	const char *at = *text;
	int octet = (uint8_t)*at++;
	if (octet == '\\') {
		if (is_digit(at[0]) && is_digit(at[1]) && is_digit(at[2])) {
			octet = (at[0] - '0') * 100 + (at[1] - '0') * 10 + (at[2] - '0');
			at += 3;
		} else if (*at != '\0') {
			octet = (uint8_t)*at++;
		} else {
			return -1;
		}
	}
	*text = at;
	return octet > 255 ? -1 : octet;
}

size_t
ks_name_parse(const char *text, uint8_t ret[KS_NAME_MAX])
{
	size_t length = 0;
	if (text[0] == '\0')
		return 0;
	if (text[0] == '.' && text[1] == '\0')
		text++;
	while (*text != '\0') {
		const size_t head = length++;
		while (*text != '\0' && *text != '.') {
			const int octet = parse_octet(&text);
			if (octet < 0 || length + 1 >= KS_NAME_MAX)
				return 0;
			ret[length++] = fold_octet((uint8_t)octet);
		}
		const size_t label = length - head - 1;
		if (label == 0 || label > KS_LABEL_MAX)
			return 0;
		ret[head] = (uint8_t)label;
		if (*text == '.')
			text++;
	}
	if (length + 1 > KS_NAME_MAX)
		return 0;
	ret[length++] = 0;
	return length;
}
