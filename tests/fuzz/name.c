/* SPDX-License-Identifier: BSD-2-Clause
 *
 * name.c -- fuzz domain names. Input: an octet that says where in the message the name begins, then the
 * message.
 *
 * What is printed must parse back to the same name; the two walkers must agree on what has no pointer. */
#include <stdlib.h>
#include <string.h>

#include "dissect/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

static void
check_text(const uint8_t *wire, size_t n)
{
	char text[KS_NAME_TEXT];
	uint8_t folded[KS_NAME_MAX], back[KS_NAME_MAX];
	const size_t length = ks_name_print(wire, n, text, sizeof(text));
	demand(length > 0 && length == strlen(text));
	for (size_t i = 0; i < length; i++)
		demand(text[i] > ' ' && text[i] < 0x7f);
	ks_name_fold(wire, n, folded);
	demand(ks_name_parse(text, back) == n && memcmp(back, folded, n) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const size_t offset = data[0];
	const struct ks_span message = {data + 1, size - 1};
	uint8_t unpacked[KS_NAME_MAX];
	const size_t n = ks_name_expand(message, offset, unpacked);
	demand(n <= KS_NAME_MAX);
	if (n > 0)
		check_text(unpacked, n);

	struct ks_cur cur = ks_cur_init(message.at, message.n);
	ks_cur_skip(&cur, offset);
	struct ks_cur skip = cur;
	uint8_t labels = 0;
	const struct ks_span name = ks_name_take(&cur, &labels);
	const bool skipped = ks_name_skip(&skip);
	if (name.at != NULL) {
		demand(skipped && skip.at == cur.at);
		demand(n == name.n && labels < 128);
		check_text(name.at, name.n);
	}
	return 0;
}
