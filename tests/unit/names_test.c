/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/names.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>

#include "dissect/name.h"

static const struct ks_secret secret = {.a = 17, .b = 4711};

static struct ks_span
wire(const char *text, uint8_t buffer[KS_NAME_MAX])
{
	const size_t n = ks_name_parse(text, buffer);
	cr_assert(ne(sz, n, 0), "%s", text);
	return (struct ks_span){buffer, n};
}

Test(names, case_does_not_make_another_name)
{
	struct ks_names names;
	struct ks_diag diag;
	uint8_t a[KS_NAME_MAX], b[] = "\3wWw\7ExAmPlE\3cOm";
	bool is_new;
	cr_assert(eq(int, ks_names_init(&names, 1 << 16, &secret, &diag), KS_SUCCESS));
	const uint32_t first = ks_names_add(&names, wire("www.example.com.", a), &is_new);
	cr_assert(is_new);
	const uint32_t again = ks_names_add(&names, (struct ks_span){b, sizeof(b)}, &is_new);
	cr_assert(not(is_new));
	cr_assert(eq(u32, first, again));
	const struct ks_span kept = ks_names_at(&names, first);
	cr_assert(eq(sz, kept.n, sizeof(b)));
	cr_assert(eq(int, memcmp(kept.at, a, kept.n), 0));
	ks_names_done(&names);
}

Test(names, a_full_table_gives_no_number_to_new_names_and_keeps_the_old)
{
	struct ks_names names;
	struct ks_diag diag;
	uint8_t buffer[KS_NAME_MAX];
	bool is_new;
	char text[300];
	uint32_t given = 0;
	cr_assert(eq(int, ks_names_init(&names, 4096, &secret, &diag), KS_SUCCESS));
	const uint32_t root = ks_names_add(&names, wire(".", buffer), &is_new);
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(text, sizeof(text), "%060d.%060d.%060d.", i, i, i);
		given += ks_names_add(&names, wire(text, buffer), &is_new) != KS_MAP_NONE;
	}
	cr_assert(lt(u32, given, 1000));
	cr_assert(eq(u64, names.refused, 1000 - given));
	cr_assert(le(sz, names.used, names.capacity_octets));
	cr_assert(eq(u32, ks_names_add(&names, wire(".", buffer), &is_new), root));
	ks_names_done(&names);
}
