/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cursor_test.c -- reads past the end give zero, set the flag and keep it set. */
#include "dissect/cursor.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/guard.h"

static const uint8_t bytes[] = {0x81, 0x02, 0x83, 0x04, 0x85, 0x06, 0x87};

static struct ks_cur
cursor(size_t n)
{
	return ks_cur_init(ks_guarded(bytes, n), n);
}

Test(cursor, reads_in_network_order)
{
	struct ks_cur cur = cursor(7);
	cr_assert(eq(u8, ks_cur_u8(&cur), 0x81));
	cr_assert(eq(u16, ks_cur_u16(&cur), 0x0283));
	cr_assert(eq(u32, ks_cur_u32(&cur), 0x04850687));
	cr_assert(eq(sz, ks_cur_left(&cur), 0));
	cr_assert(not(cur.failed), "reading to the very end is no failure");
}

/* Each accessor against each length that is too short for it. */
Test(cursor, short_input_gives_zero)
{
	for (size_t n = 0; n < 4; n++) {
		struct ks_cur cur = cursor(n);
		cr_assert(eq(u32, ks_cur_u32(&cur), 0), "%zu", n);
		cr_assert(cur.failed);
	}
	for (size_t n = 0; n < 2; n++) {
		struct ks_cur cur = cursor(n);
		cr_assert(eq(u16, ks_cur_u16(&cur), 0), "%zu", n);
		cr_assert(cur.failed);
	}
	struct ks_cur cur = cursor(0);
	cr_assert(eq(u8, ks_cur_u8(&cur), 0));
	cr_assert(cur.failed);
}

Test(cursor, failure_is_sticky)
{
	struct ks_cur cur = cursor(3);
	(void)ks_cur_u32(&cur);
	cr_assert(cur.failed);
	cr_assert(eq(u8, ks_cur_u8(&cur), 0), "the three bytes that were there are not given out any more");
	cr_assert(eq(sz, ks_cur_left(&cur), 0));
	cr_assert(eq(ptr, (void *)(uintptr_t)ks_cur_take(&cur, 1), NULL));
	cr_assert(cur.failed);
}

Test(cursor, take_gives_bytes_in_place)
{
	struct ks_cur cur = cursor(7);
	const uint8_t *const at = cur.at;
	cr_assert(ks_cur_take(&cur, 2) == at);
	cr_assert(ks_cur_take(&cur, 0) == at + 2, "nothing can be taken anywhere");
	cr_assert(ks_cur_take(&cur, 5) == at + 2);
	cr_assert(ks_cur_take(&cur, 0) == at + 7, "at the end too");
	cr_assert(not(cur.failed));
	cr_assert(ks_cur_take(&cur, SIZE_MAX) == NULL, "a length that would wrap the pointer");
	cr_assert(cur.failed);
}

Test(cursor, skip_past_the_end_fails)
{
	struct ks_cur cur = cursor(7);
	ks_cur_skip(&cur, 7);
	cr_assert(not(cur.failed));
	ks_cur_skip(&cur, 1);
	cr_assert(cur.failed);
}

Test(cursor, limit_only_shortens)
{
	struct ks_cur cur = cursor(7);
	ks_cur_limit(&cur, 100);
	cr_assert(eq(sz, ks_cur_left(&cur), 7));
	ks_cur_limit(&cur, 3);
	cr_assert(eq(sz, ks_cur_left(&cur), 3));
	(void)ks_cur_u32(&cur);
	cr_assert(cur.failed);
}

Test(cursor, empty_input_may_be_null)
{
	struct ks_cur cur = ks_cur_init(NULL, 0);
	cr_assert(eq(sz, ks_cur_left(&cur), 0));
	cr_assert(eq(u8, ks_cur_u8(&cur), 0));
	cr_assert(cur.failed);
}
