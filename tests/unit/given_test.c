/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Servers that the user named: sorted, each once, found by zone. */
#include "analyzer/given.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define NAME(literal) ((struct ks_span){(const uint8_t *)(literal), sizeof(literal)})
#define ROOT NAME("")
#define COM NAME("\3com")
#define EXAMPLE NAME("\7example\3com")

static struct ks_addr
addr(const char *text)
{
	struct ks_addr ret;
	cr_assert(ks_addr_parse(text, &ret), "%s", text);
	return ret;
}

Test(given, each_once_and_by_zone)
{
	struct ks_given_server list[] = {
		{EXAMPLE, addr("192.0.2.1")}, {COM, addr("192.0.2.2")},     {ROOT, addr("2001:db8::1")},
		{COM, addr("192.0.2.1")},     {ROOT, addr("192.0.2.1")},    {COM, addr("192.0.2.2")},
		{EXAMPLE, addr("192.0.2.1")}, {EXAMPLE, addr("192.0.2.1")},
	};
	const size_t n = ks_given_sort(list, KS_COUNT(list));
	static const struct {
		const char *what;
		struct ks_span zone;
		size_t n;
	} rows[] = {
		{"the root", ROOT, 2},
		{"com", COM, 2},
		{"example.com", EXAMPLE, 1},
		{"between", NAME("\4comm"), 0},
		{"behind all", NAME("\77zzz"), 0},
		{"begins alike", NAME("\3com\3com"), 0},
	};
	cr_assert(eq(sz, n, 5));
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		size_t got;
		const struct ks_given_server *const found = ks_given_find(list, n, rows[i].zone, &got);
		cr_expect(eq(sz, got, rows[i].n), "%s", rows[i].what);
		for (size_t j = 0; j < got; j++)
			cr_expect(found[j].zone.n == rows[i].zone.n &&
					  memcmp(found[j].zone.at, rows[i].zone.at, rows[i].zone.n) == 0,
				  "%s", rows[i].what);
	}
}

Test(given, none_is_fine)
{
	size_t n = 7;
	cr_expect(eq(sz, ks_given_sort(NULL, 0), 0));
	cr_expect(ks_given_find(NULL, 0, ROOT, &n) == NULL);
	cr_expect(eq(sz, n, 0));
}
