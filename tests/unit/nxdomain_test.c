/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/nxdomain.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>

#include "dissect/name.h"

static const struct ks_secret secret = {.a = 17, .b = 4711};
static struct ks_nxdomain table;

static void
begin(size_t bytes)
{
	struct ks_diag diag;
	cr_assert(eq(int, ks_nxdomain_init(&table, bytes, &secret, &diag), KS_SUCCESS));
}

static void
answer(uint32_t source, const char *qname, uint16_t rcode, int64_t t_ns)
{
	uint8_t wire[KS_NAME_MAX];
	const size_t n = ks_name_parse(qname, wire);
	struct ks_message response = {
		.time_ns = t_ns,
		.dns = {.flags = KS_FLAG_QR, .has_question = true, .qname = {wire, n}, .rcode = rcode},
	};
	memcpy(response.client.b, &source, sizeof(source));
	ks_nxdomain_feed(&table, &response, NULL);
}

/* One that counted nothing where the name is not there: the test that asks for it then fails. */
static const struct ks_nx_parent *
parent_of(const char *name)
{
	static const struct ks_nx_parent none;
	uint8_t wire[KS_NAME_MAX];
	const size_t n = ks_name_parse(name, wire);
	for (uint32_t i = 0; i < table.map.n; i++) {
		const struct ks_nx_parent *const parent = ks_map_at(&table.map, i);
		if (parent->n_name == n && memcmp(parent->name, wire, n) == 0)
			return parent;
	}
	return &none;
}

Test(nxdomain, a_planted_flood_is_nearly_all_different)
{
	begin(1 << 20);
	for (uint32_t i = 0; i < 20000; i++) {
		char text[40];
		(void)snprintf(text, sizeof(text), "x%08x.example.com", i * 2654435761u);
		answer(i % 100, text, 3, i);
	}
	const struct ks_nx_parent *const parent = parent_of("example.com");
	cr_assert(eq(u64, parent->nxdomain, 20000));
	cr_assert(ge(u64, ks_nxdomain_labels(parent), 18200), "%llu",
		  (unsigned long long)ks_nxdomain_labels(parent));
	cr_assert(le(u64, ks_nxdomain_labels(parent), 20000));
	cr_assert(ge(u64, ks_nxdomain_sources(parent), 80));
	cr_assert(le(u64, ks_nxdomain_sources(parent), 120));
	cr_assert(eq(i64, parent->last_ns, 19999));
	ks_nxdomain_done(&table);
}

Test(nxdomain, typing_errors_come_back)
{
	begin(1 << 20);
	for (uint32_t i = 0; i < 20000; i++) {
		char text[40];
		(void)snprintf(text, sizeof(text), "%s%u.example.com", i % 2 != 0 ? "wwww" : "WWWW", i % 50);
		answer(i, text, 3, i);
	}
	const struct ks_nx_parent *const parent = parent_of("example.com");
	cr_assert(ge(u64, ks_nxdomain_labels(parent), 48));
	cr_assert(le(u64, ks_nxdomain_labels(parent), 52));
	ks_nxdomain_done(&table);
}

Test(nxdomain, other_answers_count_from_the_first_nxdomain_on)
{
	begin(1 << 20);
	answer(1, "www.example.com", 0, 1);
	cr_assert(eq(u32, table.map.n, 0));
	answer(1, "wwww.example.com", 3, 2);
	answer(1, "www.example.com", 0, 3);
	answer(1, "refused.example.com", 5, 4);
	answer(1, "www.example.org", 0, 5);
	const struct ks_nx_parent *const parent = parent_of("example.com");
	cr_assert(eq(u64, parent->nxdomain, 1));
	cr_assert(eq(u64, parent->responses, 3));
	cr_assert(eq(i64, parent->last_ns, 2));
	cr_assert(eq(u32, table.map.n, 1));
	ks_nxdomain_done(&table);
}

Test(nxdomain, names_at_the_edges)
{
	begin(1 << 20);
	answer(1, "nosuchtld", 3, 1);
	cr_assert(eq(u64, parent_of(".")->nxdomain, 1));
	answer(1, ".", 3, 2); /* a lie: the root exists, and nothing is above it */
	struct ks_message none = {.dns = {.flags = KS_FLAG_QR, .rcode = 3}};
	ks_nxdomain_feed(&table, &none, NULL); /* no question */
	const struct ks_span update = {(const uint8_t *)"\1a", 3};
	none.dns = (struct ks_dns){
		.flags = KS_FLAG_QR | 5 << 11, .has_question = true, .qname = update, .rcode = 3};
	ks_nxdomain_feed(&table, &none, NULL); /* RFC 2136 */
	cr_assert(eq(u32, table.map.n, 1));
	cr_assert(eq(u64, parent_of(".")->nxdomain, 1));
	uint8_t longest[KS_NAME_MAX] = {0};
	for (size_t i = 0; i + 2 < KS_NAME_MAX; i += 2) {
		longest[i] = 1;
		longest[i + 1] = 'A';
	}
	none.dns = (struct ks_dns){
		.flags = KS_FLAG_QR, .has_question = true, .qname = {longest, KS_NAME_MAX}, .rcode = 3};
	ks_nxdomain_feed(&table, &none, NULL);
	const struct ks_nx_parent *const last = ks_map_at(&table.map, 1);
	cr_assert(eq(u32, last->n_name, KS_NAME_MAX - 2));
	cr_assert(eq(u32, last->name[1], 'a'));
	ks_nxdomain_done(&table);
}

Test(nxdomain, more_parents_than_room_are_counted)
{
	begin(64 << 10);
	const uint32_t room = table.map.capacity;
	for (uint32_t i = 0; i < 5000; i++) {
		char text[40];
		(void)snprintf(text, sizeof(text), "a.p%u.example", i);
		answer(1, text, 3, i);
	}
	cr_assert(eq(u32, table.map.n, room));
	cr_assert(eq(u64, table.unlisted, 5000 - room));
	answer(1, "b.p0.example", 3, 5000);
	cr_assert(eq(u64, parent_of("p0.example")->nxdomain, 2));
	ks_nxdomain_done(&table);
	begin((size_t)1 << 30);
	cr_assert(le(u32, table.map.capacity, KS_NX_PARENTS));
	ks_nxdomain_done(&table);
}
