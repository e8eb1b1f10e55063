/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/stream_start.h"

#include "tests/unit/stream_fixture.h"

/* Every true prefix of a message may still become one; none is refused, none reads past its end. */
Test(stream_start, prefixes_of_a_message_may_be_one)
{
	uint8_t bytes[102];
	const uint32_t size = (uint32_t)ks_stream_write(bytes, 1, 100);
	for (uint32_t n = 0; n <= size; n++) {
		const struct ks_bytes head = {ks_stream_guarded(bytes, n, 0), n, n};
		const int want = n < 21 ? KS_START_MAYBE : KS_START_YES;
		cr_assert(eq(int, (int)ks_stream_start(&head), want), "%u bytes", n);
	}
}

/* clang-format off */
#define HEAD(n) "\0" n "\x12\x34\1\0\0\1\0\0\0\0\0\0"
static const struct {
	const char *what, *bytes;
	uint32_t n;
	int want;
} starts[] = {
	{"a root query",                 HEAD("\21") "\0\0\60\0\1", 19, KS_START_YES},
	{"with another one behind",      HEAD("\21") "\0\0\60\0\1\0\21\x12\x35", 23, KS_START_YES},
	{"with no message behind",       HEAD("\21") "\0\0\60\0\1\0\3\x12\x35", 23, KS_START_NO},
	{"length below a header",        "\0\13\x12\x34", 4, KS_START_NO},
	{"two questions",                "\0\26\x12\x34\1\0\0\2\0\0\0\0\0\0\0\0\60\0\1\0\0\60\0\1", 24, KS_START_NO},
	{"more records than fit",        "\0\21\x12\x34\1\0\0\1\0\1\0\0\0\0\0\0\60\0\1", 19, KS_START_NO},
	{"an opcode not assigned",       "\0\21\x12\x34\x38\0\0\1\0\0\0\0\0\0\0\0\60\0\1", 19, KS_START_NO},
	{"a class not known",            HEAD("\21") "\0\0\60\0\2", 19, KS_START_NO},
	{"type zero",                    HEAD("\21") "\0\0\0\0\1", 19, KS_START_NO},
	{"a compressed name",            HEAD("\22") "\300\14\0\60\0\1", 20, KS_START_NO},
	{"a name past the message",      HEAD("\21") "\11\0\60\0\1\0\0\0\0\0\0\0\0\1\0\1", 30, KS_START_NO},
	{"an answer without question",   "\0\27\x12\x34\x84\0\0\0\0\1\0\0\0\0\0\0\2\0\1\0\0\0\0\0\0", 25, KS_START_YES},
	{"OPT first, any size of class", "\0\27\x12\x34\x84\1\0\0\0\0\0\0\0\1\0\0\51\4\xd0\0\0\0\0\0\0", 25, KS_START_YES},
	{"OPT as a question",            HEAD("\21") "\0\0\51\4\xd0", 19, KS_START_NO},
	{"a bare header",                "\0\14\x12\x34\x80\1\0\0\0\0\0\0\0\0", 14, KS_START_YES},
	{"a bare header and more",       "\0\15\x12\x34\x80\1\0\0\0\0\0\0\0\0\0", 15, KS_START_NO},
	{"a stateful operation",         "\0\20\x12\x34\x30\0\0\0\0\0\0\0\0\0\0\1\0\0", 18, KS_START_YES},
	{"zeros",                        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, KS_START_NO},
	{"text",                         "GET / HTTP/1.1\r\nHost: a\r\n", 25, KS_START_NO},
};
/* clang-format on */

Test(stream_start, table)
{
	for (size_t i = 0; i < KS_COUNT(starts); i++) {
		const uint32_t n = starts[i].n;
		const struct ks_bytes bytes = {ks_stream_guarded((const uint8_t *)starts[i].bytes, n, 0), n,
					       n};
		cr_assert(eq(int, (int)ks_stream_start(&bytes), starts[i].want), "%s", starts[i].what);
	}
}

/* Chance must not look like a start: none of many random places does. */
Test(stream_start, noise_is_no_start)
{
	uint32_t state = 362436069u;
	for (unsigned i = 0; i < 200000; i++) {
		uint8_t noise[64];
		for (size_t j = 0; j < sizeof(noise); j++)
			noise[j] = (uint8_t)(ks_stream_random(&state) >> 24);
		const struct ks_bytes bytes = {noise, sizeof(noise), sizeof(noise)};
		cr_assert(ne(int, (int)ks_stream_start(&bytes), KS_START_YES), "round %u", i);
	}
}
