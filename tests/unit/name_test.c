/* SPDX-License-Identifier: BSD-2-Clause
 *
 * name_test.c -- domain names: walked, unpacked, printed, parsed. */
#include "dissect/name.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "tests/support/guard.h"

/* A name of as many labels of one octet as fit: 127 of them, 255 octets. */
static size_t
longest_name(uint8_t ret[KS_NAME_MAX])
{
	for (size_t i = 0; i + 1 < KS_NAME_MAX; i += 2) {
		ret[i] = 1;
		ret[i + 1] = 'a';
	}
	ret[KS_NAME_MAX - 1] = 0;
	return KS_NAME_MAX;
}

/* clang-format off */
static const struct {
	const char *what, *wire;
	size_t n;
	size_t length;       /* of the name; 0: refused */
	unsigned labels;
	bool cut;            /* refused because bytes are missing */
} names[] = {
	{"the root",                       "\0",             1, 1, 0, false},
	{"one label",                      "\3tld\0",        5, 5, 1, false},
	{"two labels, more behind",        "\1a\1b\0rest",   9, 5, 2, false},
	{"any octet may be in a label",    "\2\0\377\0",     4, 4, 1, false},
	{"nothing",                        "",               0, 0, 0, true},
	{"no root label",                  "\3tld",          4, 0, 0, true},
	{"cut inside a label",             "\3tl",           3, 0, 0, true},
	{"a pointer",                      "\300\014",       2, 0, 0, false},
	{"a pointer behind a label",       "\3tld\300\014",  6, 0, 0, false},
	{"an extended label, RFC 2673",    "\101\0\0",       3, 0, 0, false},
	{"the reserved type 10",           "\200\0\0",       3, 0, 0, false},
	{"64 octets in a label",           "\100",           1, 0, 0, false},
};
/* clang-format on */

Test(name, take)
{
	for (size_t i = 0; i < KS_COUNT(names); i++) {
		struct ks_cur cur = ks_cur_init(ks_guarded(names[i].wire, names[i].n), names[i].n);
		const uint8_t *const start = cur.at;
		uint8_t labels = 99;
		const struct ks_span name = ks_name_take(&cur, &labels);
		cr_assert(eq(sz, name.n, names[i].length), "%s", names[i].what);
		cr_assert(eq(int, name.at == NULL, names[i].length == 0), "%s", names[i].what);
		cr_assert(eq(int, cur.failed, names[i].cut), "%s", names[i].what);
		if (name.at == NULL)
			continue;
		cr_assert(name.at == start, "%s: in place", names[i].what);
		cr_assert(eq(int, labels, names[i].labels), "%s", names[i].what);
		cr_assert(eq(sz, ks_cur_left(&cur), names[i].n - names[i].length), "%s", names[i].what);
	}
}

Test(name, longest_is_taken_and_one_more_octet_is_not)
{
	uint8_t wire[KS_NAME_MAX + 2];
	(void)longest_name(wire);
	struct ks_cur cur = ks_cur_init(ks_guarded(wire, KS_NAME_MAX), KS_NAME_MAX);
	uint8_t labels;
	cr_assert(eq(sz, ks_name_take(&cur, &labels).n, KS_NAME_MAX));
	cr_assert(eq(int, labels, 127));

	memmove(wire + 2, wire, KS_NAME_MAX); /* 128 labels, 257 octets */
	cur = ks_cur_init(ks_guarded(wire, sizeof(wire)), sizeof(wire));
	cr_assert(ks_name_take(&cur, &labels).at == NULL);
	cr_assert(not(cur.failed), "too long, not cut");
	cur = ks_cur_init(ks_guarded(wire, sizeof(wire)), sizeof(wire));
	cr_assert(ks_name_skip(&cur), "what stands behind a name too long is sound all the same");
	cr_assert(eq(sz, ks_cur_left(&cur), 0));
}

Test(name, skip_ends_behind_a_pointer)
{
	static const uint8_t wire[] = "\3tld\300\014rest";
	struct ks_cur cur = ks_cur_init(ks_guarded(wire, 10), 10);
	cr_assert(ks_name_skip(&cur));
	cr_assert(eq(sz, ks_cur_left(&cur), 4));
	cur = ks_cur_init(ks_guarded(wire, 5), 5);
	cr_assert(not(ks_name_skip(&cur)), "half a pointer");
	cur = ks_cur_init(ks_guarded("\100x", 2), 2);
	cr_assert(not(ks_name_skip(&cur)), "an extended label");
}

/* clang-format off */
static const struct {
	const char *what, *message;
	size_t n, offset;
	const char *text; /* NULL: refused */
} packed[] = {
	{"plain",                            "\3TLD\0",                  5, 0,  "tld."},
	{"the root",                         "\0",                       1, 0,  "."},
	{"label, then pointer back",         "\3tld\0\1a\300\0",         9, 5,  "a.tld."},
	{"pointer to a pointer back",        "\3tld\0\300\0\300\5",      9, 7,  "tld."},
	{"pointer to itself",                "\300\0",                   2, 0,  NULL},
	{"pointer forward",                  "\300\2\0",                 3, 0,  NULL},
	{"two pointers at each other",       "\300\2\300\0",             4, 2,  NULL},
	{"pointer into its own labels, which leads to it again", "\1a\300\0", 4, 0, NULL},
	{"pointer past the end",             "\300\377",                 2, 0,  NULL},
	{"half a pointer",                   "\0\300",                   2, 1,  NULL},
	{"offset past the end",              "\0",                       1, 2,  NULL},
	{"offset at the end",                "\0",                       1, 1,  NULL},
	{"no root label",                    "\3tld",                    4, 0,  NULL},
	{"an extended label",                "\101\0",                   2, 0,  NULL},
};
/* clang-format on */

Test(name, expand)
{
	for (size_t i = 0; i < KS_COUNT(packed); i++) {
		const struct ks_span message = {ks_guarded(packed[i].message, packed[i].n), packed[i].n};
		uint8_t wire[KS_NAME_MAX];
		char text[KS_NAME_TEXT] = "";
		const size_t n = ks_name_expand(message, packed[i].offset, wire);
		cr_assert(eq(int, n != 0, packed[i].text != NULL), "%s", packed[i].what);
		if (n == 0)
			continue;
		cr_assert(ks_name_print(wire, n, text, sizeof(text)) > 0, "%s", packed[i].what);
		cr_assert(strcmp(text, packed[i].text) == 0, "%s: %s", packed[i].what, text);
	}
}

/* A ladder of 8000 pointers, each to the one before: legal, and no honest name needs more than 127. */
Test(name, expand_of_many_pointers_is_bounded)
{
	static uint8_t message[16000];
	message[0] = 1, message[1] = 'a'; /* and the root label behind it */
	for (unsigned at = 4; at < sizeof(message); at += 2) {
		const unsigned target = at == 4 ? 0 : at - 2;
		message[at] = (uint8_t)(0xc0 | target >> 8);
		message[at + 1] = (uint8_t)target;
	}
	uint8_t wire[KS_NAME_MAX];
	const struct ks_span span = {message, sizeof(message)};
	cr_assert(eq(sz, ks_name_expand(span, 6, wire), 3), "two pointers are fine");
	cr_assert(eq(sz, ks_name_expand(span, 4 + 2 * KS_NAME_JUMPS + 2, wire), 0),
		  "more than KS_NAME_JUMPS pointers are refused, as the header promises");
}

/* A name of 255 octets unpacks; pointers cannot make one longer. */
Test(name, expand_never_passes_255_octets)
{
	uint8_t message[KS_NAME_MAX + 64];
	size_t n = longest_name(message);
	uint8_t wire[KS_NAME_MAX];
	cr_assert(eq(sz, ks_name_expand((struct ks_span){ks_guarded(message, n), n}, 0, wire), KS_NAME_MAX));
	const size_t offset = n;
	memcpy(message + n, "\1b\300\0", 4);
	n += 4;
	cr_assert(eq(sz, ks_name_expand((struct ks_span){ks_guarded(message, n), n}, offset, wire), 0));
}

Test(name, fold_changes_ascii_letters_only)
{
	uint8_t all[KS_NAME_MAX], folded[KS_NAME_MAX];
	for (unsigned base = 0; base < 256; base += 64) {
		all[0] = 63;
		for (unsigned i = 1; i < 64; i++)
			all[i] = (uint8_t)(base + i);
		all[64] = 0;
		ks_name_fold(ks_guarded(all, 65), 65, folded);
		for (unsigned i = 1; i < 64; i++) {
			const unsigned c = base + i;
			cr_assert(eq(int, folded[i], c >= 'A' && c <= 'Z' ? (int)(c + 32) : (int)c));
		}
		cr_assert(eq(int, folded[0], 63), "a length octet is below 'A' and stays");
	}
	(void)longest_name(all);
	ks_name_fold(ks_guarded(all, KS_NAME_MAX), KS_NAME_MAX, folded);
	cr_assert(eq(int, memcmp(all, folded, KS_NAME_MAX), 0));
}

/* Octets of all kinds, in every length, at the end of what may be read. */
Test(name, the_hash_of_a_name_is_that_of_its_folded_octets)
{
	static const struct ks_secret one = {.a = 12345, .b = 67890}, two = {.a = 13579, .b = 24680};
	uint8_t octets[KS_NAME_MAX] = {0}, folded[KS_NAME_MAX];
	for (size_t n = 0; n <= KS_NAME_MAX; n++) {
		for (size_t i = 0; i < n; i++)
			octets[i] = (uint8_t)(i * 7 + n * 31);
		uint64_t want[2], got[2];
		ks_name_fold(octets, n, folded);
		ks_hash_bytes_twice(&one, &two, folded, n, want);
		const struct ks_span name = {ks_guarded(octets, n), n};
		ks_name_hash_twice(&one, &two, name, got);
		cr_assert(eq(u64, got[0], want[0]), "%zu octets", n);
		cr_assert(eq(u64, got[1], want[1]), "%zu octets", n);
		cr_assert(eq(u64, ks_name_hash(&two, name), want[1]), "%zu octets", n);
	}
}

/* clang-format off */
static const struct {
	const char *what, *wire;
	size_t n;
	const char *text;
} texts[] = {
	{"the root",                      "\0",                      1,  "."},
	{"lower case, final dot",         "\3Tld\0",                 5,  "tld."},
	{"a dot inside a label",          "\3a.b\0",                 5,  "a\\.b."},
	{"what zone files give meaning",  "\7\\\"();@$\0",           9,  "\\\\\\\"\\(\\)\\;\\@\\$."},
	{"a blank",                       "\1 \0",                   3,  "\\032."},
	{"a NUL and a DEL and a high octet", "\3\0\177\377\0",       5,  "\\000\\127\\255."},
	{"an escape sequence for a terminal", "\4\033[2J\0",         6,  "\\027[2j."},
};
/* clang-format on */

Test(name, print_and_parse_are_inverse)
{
	for (size_t i = 0; i < KS_COUNT(texts); i++) {
		char text[KS_NAME_TEXT];
		uint8_t wire[KS_NAME_MAX], folded[KS_NAME_MAX];
		const size_t n =
			ks_name_print(ks_guarded(texts[i].wire, texts[i].n), texts[i].n, text, sizeof(text));
		cr_assert(strcmp(text, texts[i].text) == 0, "%s: %s", texts[i].what, text);
		cr_assert(eq(sz, n, strlen(text)), "%s", texts[i].what);
		cr_assert(eq(sz, ks_name_parse(text, wire), texts[i].n), "%s", texts[i].what);
		ks_name_fold((const uint8_t *)texts[i].wire, texts[i].n, folded);
		cr_assert(eq(int, memcmp(wire, folded, texts[i].n), 0), "%s", texts[i].what);
	}
}

/* KS_NAME_TEXT is enough for the worst name: 250 octets of \DDD in four labels. */
Test(name, print_of_the_worst_name_fits)
{
	uint8_t wire[KS_NAME_MAX], back[KS_NAME_MAX];
	memset(wire, 0xff, sizeof(wire));
	wire[0] = wire[64] = wire[128] = 63;
	wire[192] = 61;
	wire[254] = 0;
	char *const room = (char *)(uintptr_t)ks_guard_end(KS_NAME_TEXT) - KS_NAME_TEXT;
	const size_t n = ks_name_print(ks_guarded(wire, KS_NAME_MAX), KS_NAME_MAX, room, KS_NAME_TEXT);
	cr_assert(eq(sz, n, 4 * 250 + 4));
	cr_assert(eq(sz, ks_name_parse(room, back), KS_NAME_MAX));
	cr_assert(eq(int, memcmp(wire, back, KS_NAME_MAX), 0));
}

/* Every capacity too small gives 0 and writes nothing behind it. */
Test(name, print_respects_its_capacity)
{
	static const char wire[] = "\3a b\3tld";
	for (size_t cap = 0; cap < 16; cap++) {
		char *const room = (char *)(uintptr_t)ks_guard_end(64) - cap;
		const size_t n = ks_name_print((const uint8_t *)wire, sizeof(wire), room, cap);
		if (cap != 12) /* one octet of slack is no fault */
			cr_assert(eq(sz, n, cap > 12 ? 11 : 0), "capacity %zu", cap);
	}
	cr_assert(eq(sz, ks_name_print((const uint8_t *)"\3ab", 3, (char[16]){0}, 16), 0), "not well formed");
	cr_assert(eq(sz, ks_name_print((const uint8_t *)"\300\014", 2, (char[16]){0}, 16), 0),
		  "a pointer is no name");
}

/* clang-format off */
static const struct {
	const char *what, *text;
	const char *wire; /* NULL: refused */
	size_t n;
} parsed[] = {
	{"without final dot",            "tld",        "\3tld\0",   5},
	{"the root",                     ".",          "\0",        1},
	{"capitals",                     "TLD.",       "\3tld\0",   5},
	{"an escaped dot",               "a\\.b.",     "\3a.b\0",   5},
	{"an octet by number",           "\\065.",     "\1a\0",     3},
	{"a needless escape",            "\\t\\l\\d.", "\3tld\0",   5},
	{"nothing",                      "",           NULL,        0},
	{"an empty label",               "a..b",       NULL,        0},
	{"two dots",                     "..",         NULL,        0},
	{"a dot before",                 ".a",         NULL,        0},
	{"an octet above 255",           "\\256.",     NULL,        0},
	{"an escape at the end",         "a\\",        NULL,        0},
	{"64 octets in a label", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.", NULL, 0},
};
/* clang-format on */

Test(name, parse)
{
	for (size_t i = 0; i < KS_COUNT(parsed); i++) {
		uint8_t wire[KS_NAME_MAX];
		const size_t n = ks_name_parse(parsed[i].text, wire);
		cr_assert(eq(sz, n, parsed[i].n), "%s", parsed[i].what);
		if (n > 0)
			cr_assert(eq(int, memcmp(wire, parsed[i].wire, n), 0), "%s", parsed[i].what);
	}
}

Test(name, parse_never_writes_past_255_octets)
{
	char text[1024];
	for (size_t n_labels = 125; n_labels < 131; n_labels++) {
		for (size_t i = 0; i < n_labels; i++)
			memcpy(text + 2 * i, "a.", 3);
		uint8_t *const room = ks_guard_end(KS_NAME_MAX) - KS_NAME_MAX;
		cr_assert(eq(sz, ks_name_parse(text, room), n_labels <= 127 ? n_labels * 2 + 1 : 0), "%zu",
			  n_labels);
	}
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	cr_assert(eq(sz, ks_name_parse(text, ks_guard_end(KS_NAME_MAX) - KS_NAME_MAX), 0));
}
