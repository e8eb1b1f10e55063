/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Transitions of the CD bit, and what is none. */
#include "analyzer/cd.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#define S(n) ((int64_t)(n)*KS_NS_PER_S)
#define T0 S(1795298174)

static struct ks_cd cd;

static void
begin(size_t bytes)
{
	static const struct ks_secret secret = {.a = 1234567, .b = 7654321};
	struct ks_diag diag;
	cr_assert(eq(int, ks_cd_init(&cd, bytes, &secret, &diag), KS_SUCCESS));
}

static struct ks_message
message(uint8_t client, const char *qname, size_t n, int64_t t_s)
{
	struct ks_message ret = {.time_ns = T0 + S(t_s)};
	ret.client.b[15] = client;
	ret.dns.has_question = true;
	ret.dns.qname = (struct ks_span){(const uint8_t *)qname, n};
	return ret;
}
#define NAME "\3www\7example\0"
#define LOUD "\3WWW\7eXample\0"
#define OTHER "\3ftp\7example\0"

static struct ks_cd_change *
change_of(uint32_t source)
{
	const struct ks_key key = {.w = {source, 0}};
	const uint32_t number = ks_map_find(&cd.changes, &key);
	return number != KS_MAP_NONE ? ks_map_at(&cd.changes, number) : NULL;
}

Test(cd, unbound_which_always_sets_it_changes_nothing)
{
	begin(1 << 20);
	for (unsigned i = 0; i < 100; i++) {
		const struct ks_message query = message(1, NAME, sizeof(NAME) - 1, i);
		ks_cd_query(&cd, 1, &query, i, i);
	}
	cr_assert(zero(ptr, change_of(1)));
	ks_cd_done(&cd);
}

Test(cd, the_first_bit_of_a_source_with_history_is_a_change)
{
	begin(1 << 20);
	for (unsigned i = 0; i < 5; i++) {
		const struct ks_message query = message(1, NAME, sizeof(NAME) - 1, 100 + i);
		ks_cd_query(&cd, 1, &query, 40 + i, i);
	}
	struct ks_cd_change *const change = change_of(1);
	cr_assert(not(zero(ptr, change)));
	cr_assert(eq(u64, change->plain_before, 40));
	cr_assert(eq(u64, change->retries, 0));
	cr_assert(eq(i64, change->first_ns, T0 + S(100)));
	cr_assert(eq(i64, change->last_ns, T0 + S(100)));
	ks_cd_done(&cd);
}

Test(cd, a_retry_behind_a_servfail)
{
	static const struct {
		const char *what, *name;
		uint8_t client;
		int64_t t_s;
		bool counts;
	} rows[] = {
		{"at once", NAME, 1, 0, true},        {"the last moment", NAME, 1, 60, true},
		{"too late", NAME, 1, 61, false},     {"the same name in another case", LOUD, 1, 1, true},
		{"another name", OTHER, 1, 1, false}, {"another client", NAME, 2, 1, false},
		{"before it", NAME, 1, -1, false},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		begin(1 << 20);
		const struct ks_message response = message(1, NAME, sizeof(NAME) - 1, 0);
		const struct ks_message query =
			message(rows[i].client, rows[i].name, sizeof(NAME) - 1, rows[i].t_s);
		ks_cd_refuse(&cd, &response);
		/* A source that has set CD before: only the retry tells. */
		ks_cd_query(&cd, 1, &query, 9, 3);
		ks_cd_query(&cd, 1, &query, 10, 4);
		struct ks_cd_change *const change = change_of(1);
		cr_expect(eq(u64, change != NULL ? change->retries : 0, rows[i].counts), "%s", rows[i].what);
		ks_cd_done(&cd);
	}
}

/* Whatever the secret, the same refusals give way. */
Test(cd, refusals_beyond_room_are_counted_the_same_in_every_run)
{
	uint64_t forgotten[2] = {0}, retries[2] = {0};
	for (unsigned run = 0; run < 2; run++) {
		const struct ks_secret secret = {.a = 77 + run, .b = 99};
		struct ks_diag diag;
		cr_assert(eq(int, ks_cd_init(&cd, 1 << 20, &secret, &diag), KS_SUCCESS));
		for (unsigned k = 0; k < 2; k++) {
			for (unsigned i = 0; i < 6000; i++) {
				char name[8];
				(void)snprintf(name, sizeof(name), "\5%05u", i);
				const struct ks_message any = message(1, name, 7, k);
				if (k == 0)
					ks_cd_refuse(&cd, &any);
				else
					ks_cd_query(&cd, 1, &any, 9, 1);
			}
		}
		forgotten[run] = cd.forgotten;
		retries[run] = change_of(1)->retries;
		ks_cd_done(&cd);
	}
	cr_assert(eq(u64, forgotten[0], forgotten[1]));
	cr_assert(eq(u64, retries[0], retries[1]));
	cr_assert(eq(u64, retries[0] + forgotten[0], 6000), "none is lost without being counted");
	cr_assert(gt(u64, retries[0], 3500));
}

Test(cd, a_message_without_question_is_no_refusal)
{
	begin(1 << 20);
	const struct ks_message none = {.time_ns = T0};
	ks_cd_refuse(&cd, &none);
	cr_assert(not(cd.refused));
	ks_cd_query(&cd, 1, &none, 3, 1);
	cr_assert(zero(ptr, change_of(1)));
	ks_cd_done(&cd);
}

Test(cd, what_finds_no_room_is_counted)
{
	begin(4096); /* little, and never less than a few */
	for (uint32_t i = 0; i < 100000; i++) {
		const struct ks_message query = message(1, NAME, sizeof(NAME) - 1, 0);
		ks_cd_query(&cd, i, &query, 1, 0);
	}
	cr_assert(gt(u64, cd.unlisted, 0));
	cr_assert(eq(u64, cd.unlisted + cd.changes.n, 100000));
	ks_cd_done(&cd);
}
